"""What an inference said of an effect, and the estimate it is shown with."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.estimation.panel.panel import Panel
from analysis.estimation.results import Check, Estimate, Term


@dataclass(frozen=True)
class Verdict:
    """The inference shown, with the p-values of those beside it, and what was done.

    `p_value` is None where there was no noise to judge by; `terms` and `checks` come with estimators that give
    several effects.
    """

    inference: str
    p_value: float | None
    conf_low: float | None
    conf_high: float | None
    std_error: float | None
    p_values: dict[str, float]
    notes: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    checks: tuple[Check, ...] = ()

    def of(
        self,
        panel: Panel,
        *,
        method: str,
        estimand: str,
        estimate: float,
        conf_level: float,
        first: tuple[str, ...] = (),
        checks: tuple[Check, ...] = (),
    ) -> Estimate:
        """Show an estimate made from a panel with this verdict.

        `first` are the notes that come before its own, `checks` those of the design, which come after its own.
        """
        return Estimate(
            method=method,
            estimand=estimand,
            estimate=estimate,
            unit=panel.outcome_name,
            n_obs=panel.n_obs,
            n_units=panel.n_units,
            n_treated=panel.n_treated,
            inference=self.inference,
            std_error=self.std_error,
            conf_low=self.conf_low,
            conf_high=self.conf_high,
            conf_level=conf_level,
            p_value=self.p_value,
            p_values=self.p_values,
            terms=self.terms,
            checks=(*self.checks, *checks),
            notes=(*first, *self.notes, *panel.notes),
        )

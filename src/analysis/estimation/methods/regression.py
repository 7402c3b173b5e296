"""The same regressions with every dummy written out, by statsmodels, where a full regression table is to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimation.errors import MissingValues, UnknownColumn, some
from analysis.estimation.inference.judge import INFERENCES, Ask, infer
from analysis.estimation.inference.rule import PERMUTATION_ONLY_UP_TO, count_side, few_side
from analysis.estimation.methods.did import STAGGERED_NOTE
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.twoway import TwoWayFit, fit_two_way
from analysis.estimation.panel.panel import Panel
from analysis.estimation.results import Estimate

TREATMENT = "treated"
COLUMNS = ("term", "estimate", "std_error", "conf_low", "conf_high", "p_value")


@dataclass(frozen=True)
class RegressionTable:
    """A two-way regression as statsmodels fits it, with its equation.

    `rows` hold a term (the treatment, then covariates) with estimate, CR1 standard error and, for the treatment,
    the interval and p-value of `inference`; None where the rule shows none. `r_squared_within` is the share of
    what unit and period effects leave of the outcome that the terms account for.
    """

    outcome: str
    equation: str
    latex: str
    rows: tuple[dict[str, Any], ...]
    n_obs: int
    n_units: int
    n_periods: int
    n_clusters: int
    r_squared: float
    r_squared_within: float
    inference: str
    conf_level: float
    notes: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """Return the rows as a tidy frame."""
        return pd.DataFrame(list(self.rows), columns=list(COLUMNS))

    def __str__(self) -> str:
        """Write the table for a terminal."""
        return f"{self.equation}\n{self.frame().to_string(index=False)}\n{self._foot()}"

    def _repr_html_(self) -> str:
        from analysis.estimation.results.display import frame_html

        return frame_html(self.frame(), f"{self.equation}. {self._foot()}")

    def _foot(self) -> str:
        return (
            f"N = {self.n_obs:,} ({self.n_units} units, {self.n_periods} periods, {self.n_clusters} clusters); "
            f"R² {self.r_squared:.3f}, within {self.r_squared_within:.3f}; interval and p: {self.inference}. "
            + " ".join(self.notes)
        )


@door(INFERENCES, arranging={"keeps_always_treated": True})
def regression_table(panel: Panel, ask: Ask) -> RegressionTable:
    """Fit the two-way equation by statsmodels, a dummy for each unit and period, and lay its table out.

    The coefficient is that of `did`, whose inference (by the rule unless asked otherwise) gives interval and p of
    the treatment. CR1 standard errors, unit effects counted as one term, stand beside from six clusters on the
    smaller side of the treatment on; with fewer they are far too small and left empty. Staggered starts are
    fitted with a note that says what the coefficient then averages.

    References:
        Angrist & Pischke (2009), Mostly Harmless Econometrics, chapter 5.
    """
    fit = fit_two_way(panel)
    verdict = infer(fit, ask).of(
        panel, method="did", estimand="", estimate=fit.estimate, conf_level=ask.conf_level
    )
    return _lay_out(panel, fit, verdict)


def _lay_out(panel: Panel, fit: TwoWayFit, verdict: Estimate) -> RegressionTable:
    rows = _long(panel)
    terms = [TREATMENT, *panel.covariates]
    columns = {"outcome": "outcome", "unit": "unit", "time": "period", "weights": "weight"}
    full = regress_with_dummies(rows, **columns, regressors=terms, cluster="cluster")
    bare = regress_with_dummies(rows, **columns, regressors=())
    allowed = few_side(panel) > PERMUTATION_ONLY_UP_TO
    # statsmodels counts every unit dummy in the small-sample factor; nested in the clusters they count as one.
    factor = np.sqrt((full.nobs - len(full.params)) / (full.nobs - fit.n_parameters))
    why = "" if allowed else f"{count_side(panel)}: clustered standard errors are not shown. "
    notes = (why + "; ".join(verdict.notes[:1]), *((STAGGERED_NOTE,) if len(panel.starts) > 1 else ()))
    return RegressionTable(
        outcome=panel.outcome_name,
        equation=_equation(panel),
        latex=_latex(panel),
        rows=tuple(_row(full, term, factor if allowed else None, verdict) for term in terms),
        n_obs=panel.n_obs,
        n_units=panel.n_units,
        n_periods=panel.n_periods,
        n_clusters=fit.n_clusters,
        r_squared=float(full.rsquared),
        r_squared_within=float(1 - full.ssr / bare.ssr),
        inference=verdict.inference,
        conf_level=verdict.conf_level,
        notes=notes,
    )


def _row(full: Any, term: str, factor: float | None, verdict: Estimate) -> dict[str, Any]:
    shown = verdict if term == TREATMENT else None
    values = (
        term,
        float(full.params[term]),
        None if factor is None else float(full.bse[term]) * factor,
        shown.conf_low if shown else None,
        shown.conf_high if shown else None,
        shown.p_value if shown else None,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _long(panel: Panel) -> pd.DataFrame:
    rows, columns = np.nonzero(panel.observed)
    cluster = np.arange(panel.n_units) if panel.cluster is None else panel.cluster
    return pd.DataFrame(
        {
            "unit": np.array(panel.units)[rows],
            "period": np.array(panel.periods)[columns],
            "outcome": panel.outcome[rows, columns],
            TREATMENT: panel.treatment[rows, columns].astype(float),
            "weight": panel.cell_weights[rows, columns],
            "cluster": cluster[rows],
            **{name: values[rows, columns] for name, values in panel.covariates.items()},
        }
    )


def _equation(panel: Panel) -> str:
    more = "".join(f" + δ{k} {name}_it" for k, name in enumerate(panel.covariates, start=1))
    how = "weighted least squares" if panel.weights is not None else "least squares"
    return f"{panel.outcome_name}_it = α_i + γ_t + β {TREATMENT}_it{more} + ε_it ({how})"


def _latex(panel: Panel) -> str:
    names = [_escape(name) for name in (panel.outcome_name, TREATMENT, *panel.covariates)]
    more = "".join(rf" + \delta_{{{k}}} \text{{{name}}}_{{it}}" for k, name in enumerate(names[2:], start=1))
    return (
        rf"\text{{{names[0]}}}_{{it}} = \alpha_i + \gamma_t + \beta\,\text{{{names[1]}}}_{{it}}{more} + "
        r"\varepsilon_{it}"
    )


def _escape(name: str) -> str:
    return name.replace("_", r"\_").replace("%", r"\%").replace("&", r"\&")


def regress_with_dummies(
    rows: pd.DataFrame,
    *,
    outcome: str,
    regressors: Sequence[str],
    unit: str,
    time: str | None = None,
    weights: str | None = None,
    cluster: str | None = None,
) -> Any:
    """Regress an outcome on regressors with a dummy for each unit, and for each period when `time` is named.

    Returns statsmodels' results; without `cluster` the standard errors are the classical ones of the within
    estimator. Rows without an outcome are left out.

    Raises:
        UnknownColumn: a column is not there.
        MissingValues: a regressor is missing where there is an outcome.
    """
    from statsmodels.regression.linear_model import WLS

    names = [outcome, *regressors, unit, *(n for n in (time, weights, cluster) if n)]
    if unknown := [name for name in names if name not in rows.columns]:
        raise UnknownColumn(f"No column {some(map(repr, unknown))}. The rows have: {some(rows.columns, 30)}.")
    seen = rows[rows[outcome].notna()]
    if empty := [name for name in names if seen[name].isna().any()]:
        raise MissingValues(f"Empty cells in {some(map(repr, empty))}; drop or fill these rows first.")
    dummies = [pd.get_dummies(seen[unit].astype(str), prefix=unit, dtype=float)]
    if time is not None:
        dummies.append(pd.get_dummies(seen[time].astype(str), prefix=time, dtype=float, drop_first=True))
    design = pd.concat([seen[list(regressors)].astype(float), *dummies], axis=1)
    model = WLS(seen[outcome].astype(float), design, weights=1.0 if weights is None else seen[weights])
    if cluster is None:
        return model.fit()
    return model.fit(cov_type="cluster", cov_kwds={"groups": pd.factorize(seen[cluster])[0]}, use_t=True)

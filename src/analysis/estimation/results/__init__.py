"""What estimation gives back: frozen results that go to JSON and come back unchanged.

Reporting knows estimation by this module alone. The confidence level travels with its interval, the unit
with its estimate. A number that could not be had is None with the reason in `notes`, never NaN.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

# Part of this door: what results are written and read with.
from analysis.estimation.results.as_json import from_json as from_json
from analysis.estimation.results.as_json import to_json as to_json

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Term:
    """One coefficient of a result that has several: an event time, or a group and period."""

    estimate: float
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    p_value: float | None = None
    event_time: int | None = None
    group: str | None = None
    period: str | None = None
    is_reference: bool = False


@dataclass(frozen=True)
class Check:
    """A check of the design: whether it passed, the rows that show it, and one sentence in English.

    `passed` is None where the check could not be made; `text` then says why.
    """

    name: str
    passed: bool | None
    text: str
    table: tuple[dict[str, Any], ...] = ()

    def frame(self) -> pd.DataFrame:
        """Return the rows as a tidy frame."""
        import pandas as pd

        return pd.DataFrame(list(self.table))

    def __str__(self) -> str:
        """Say in one line whether it passed, and why."""
        from analysis.estimation.results.display import check_line

        return check_line(self)

    def _repr_html_(self) -> str:
        from analysis.estimation.results.display import check_line, frame_html

        return frame_html(self.frame(), check_line(self))


@dataclass(frozen=True)
class Estimate:
    """An effect with its uncertainty, in `unit`, and what it was computed from.

    `p_values` holds every p-value computed, by the name of its inference; `p_value` is the one that
    `inference` names. `std_error` is None where showing one would mislead (few treated units).
    """

    method: str
    estimand: str
    estimate: float
    unit: str
    n_obs: int
    n_units: int
    n_treated: int
    inference: str
    std_error: float | None = None
    conf_low: float | None = None
    conf_high: float | None = None
    conf_level: float = 0.95
    p_value: float | None = None
    p_values: dict[str, float] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write the result as a table for a terminal."""
        from analysis.estimation.results.display import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from analysis.estimation.results.display import as_html

        return as_html(self)

    def summary(self) -> str:
        """Write the result as a table with what was done: the text that printing it gives."""
        return str(self)

    def frame(self) -> pd.DataFrame:
        """Return the estimate, first, and its terms as a tidy frame: name, numbers, p, and what they are of."""
        import pandas as pd

        from analysis.estimation.results.display import term_name

        numbers = ("estimate", "std_error", "conf_low", "conf_high", "p_value")
        whole = ("conf_level", "unit", "method", "inference", "n_obs", "n_units", "n_treated")
        rows = [("effect", self), *((term_name(term), term) for term in self.terms)]
        shown = [{"name": name, **{number: getattr(one, number) for number in numbers}} for name, one in rows]
        facts = {fact: getattr(self, fact) for fact in whole}
        return pd.DataFrame(shown).astype(dict.fromkeys(numbers, float)).assign(**facts)

    def to_csv(self, path: Path | str) -> None:
        """Write the estimate and its terms as comma-separated text, as `frame` has them."""
        self.frame().to_csv(path, index=False)

    def to_latex(self) -> str:
        """Write the estimate and its terms as a tabular of the package booktabs."""
        from analysis.estimation.results.etable import etable

        return etable([self], terms=True).to_latex()

    def to_excel(self, path: Path | str) -> None:
        """Write all there is as a workbook: sheets of effects, p-values, weights, checks, notes."""
        from analysis.estimation.results.etable import write_workbook

        write_workbook(self, path)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the terms, or the one estimate, with intervals; return the axis."""
        from analysis.estimation.results.plots import plot_estimate

        return plot_estimate(self, ax)


@dataclass(frozen=True)
class Power:
    """How often effects of each size would have been found: `rows` of inference, effect and power.

    `detectable` maps an inference to the smallest effect found in a share `power` of the repetitions; one that
    would find none is not in it.
    """

    unit: str
    rows: tuple[dict[str, Any], ...]
    detectable: dict[str, float]
    power: float
    conf_level: float
    repetitions: int
    text: str

    def frame(self) -> pd.DataFrame:
        """Return the curve as a tidy frame."""
        import pandas as pd

        return pd.DataFrame(list(self.rows))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the power curve of each inference; return the axis."""
        from analysis.estimation.results.plots import plot_power

        return plot_power(self, ax)

    def _repr_html_(self) -> str:
        from analysis.estimation.results.display import frame_html

        return frame_html(self.frame(), self.text)


@dataclass(frozen=True)
class SpecificationCurve:
    """One row a combination of outcome, window, controls and method; `reason` where it could not be estimated."""

    rows: tuple[dict[str, Any], ...]

    def frame(self) -> pd.DataFrame:
        """Return the rows as a tidy frame, those estimated first and by size."""
        import pandas as pd

        frame = pd.DataFrame(list(self.rows))
        return frame.sort_values("estimate", ignore_index=True) if "estimate" in frame else frame

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the estimates by size with their intervals; return the axis."""
        from analysis.estimation.results.plots import plot_specifications

        return plot_specifications(self, ax)

    def _repr_html_(self) -> str:
        from analysis.estimation.results.display import frame_html

        return frame_html(self.frame(), f"{len(self.rows)} specifications")

"""The regression of a panel written out: its equation, and its table by statsmodels with a dummy for every fixed effect.

One start: the two-way regression, whose coefficient is the answer's. Several starts: one coefficient for each group of
provinces that start together, so that provinces already treated are no controls of later ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from analysis.panel import StudyPanel

FEWEST_FOR_ERRORS = 6  # with fewer treated clusters a clustered standard error is far too small


@dataclass(frozen=True)
class Regression:
    """A regression table in units of the outcome and percentage points, with its equation in LaTeX.

    `table` has one row a coefficient: estimate, in points where the outcome is a share, and with at least six treated
    provinces the standard error clustered by province and its p-value. `summary` is statsmodels' own line on the fit.
    """

    equation: str
    table: pd.DataFrame
    summary: str

    def _repr_html_(self) -> str:
        from analysis.reporting.tables import Table

        return f"<p>$${self.equation}$$</p>{Table(self.table)._repr_html_()}<p>{self.summary}</p>"

    def __repr__(self) -> str:
        return f"{self.equation}\n\n{self.table.to_string()}\n\n{self.summary}"


def regress(panel: StudyPanel) -> Regression:
    """Regress the outcome on treatment with province and period dummies.

    Raises:
        AnalysisError: the panel has empty cells where the regression needs a figure.
    """
    from analysis.estimation.regression import regress_with_dummies, regression_table

    rows, names = _with_treatment(panel)
    results = regress_with_dummies(
        rows, outcome="outcome", regressors=list(names), unit="province_code", time="period",
        weights=panel.columns.get("weights"), cluster="province_code",
    )  # fmt: skip
    found = regression_table(results, list(names))
    table = found[["estimate"]].rename(columns={"estimate": f"estimate, {panel.unit}"})
    if panel.points_per_unit is not None:
        table["percentage points"] = (found["estimate"] * panel.points_per_unit).round(2)
    table["provinces"] = list(names.values())
    if min(names.values()) >= FEWEST_FOR_ERRORS:
        table = table.assign(**{"clustered s.e.": found["std_error"], "p (clustered)": found["p_value"]})
    table.index.name = "coefficient"
    return Regression(_equation(panel), table.round(4), _summary(panel, results, min(names.values())))


def _with_treatment(panel: StudyPanel) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the rows with one column a coefficient (1 where it acts), and the treated provinces behind each."""
    rows = panel.rows
    started = rows["treated_from"].notna() & (rows["period"] >= rows["treated_from"].fillna(rows["period"].max()))
    if not panel.is_staggered:
        return rows.assign(treated=started.astype(float)), {"treated": len(panel.treated)}
    names = {}
    columns = {}
    for start, own in rows.groupby("treated_from"):
        name = f"from {start}"
        columns[name] = (started & (rows["treated_from"] == start)).astype(float)
        names[name] = int(own["province_code"].nunique())
    return rows.assign(**columns), names


def _equation(panel: StudyPanel) -> str:
    step = "" if panel.is_staggered else r"\beta\,D_{it}"
    groups = r"\sum_g \beta_g\,\mathbf{1}[G_i = g]\,\mathbf{1}[t \ge g]"
    return rf"y_{{it}} = \alpha_i + \lambda_t + {step or groups} + \varepsilon_{{it}}"


def _summary(panel: StudyPanel, results: object, fewest: int) -> str:
    """Say what was fitted and how far the errors can be trusted."""
    fitted = (
        f"OLS by statsmodels: {int(results.nobs)} figures, {panel.rows['province_code'].nunique()} province and "  # type: ignore[attr-defined]
        f"{len(panel.periods)} period effects, R² = {results.rsquared:.3f}."  # type: ignore[attr-defined]
    )
    weighted = "" if panel.study.weights == "none" else f" Weighted by {panel.study.weights}."
    if fewest >= FEWEST_FOR_ERRORS:
        errors = " Errors are clustered by province; with this few treated they are somewhat small, so permutation answers."
    else:
        errors = " With so few treated provinces behind a coefficient a clustered standard error would mislead: none is shown."
    means = " A coefficient averages each group's months after its start." if panel.is_staggered else ""
    return fitted + weighted + errors + means

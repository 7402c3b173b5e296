"""The regression of a panel written out: its equation, and its table by statsmodels, with all fixed effects.

One start: the two-way regression, whose coefficient is the answer's. Several starts: one coefficient for each group of
provinces that start together, so that provinces already treated are no controls of later ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from analysis.panels.study_panel import StudyPanel


@dataclass(frozen=True)
class Regression:
    """A regression table with its equation in LaTeX.

    `table` has one row a coefficient, in the panel's level unit (percentage points of a share); `summary` says what was
    fitted, and how interval and p-value were had.
    """

    equation: str
    table: pd.DataFrame
    summary: str

    def _repr_markdown_(self) -> str:
        from analysis.reporting.tables import Table

        return f"$${self.equation}$$\n\n{Table(self.table)._repr_html_()}\n\n{self.summary}"

    def __repr__(self) -> str:
        return f"{self.equation}\n\n{self.table.to_string()}\n\n{self.summary}"


def regress(panel: StudyPanel) -> Regression:
    """Regress the outcome on treatment with province and period dummies.

    Raises:
        AnalysisError: the panel cannot be used; the message says why.
    """
    return _by_group(panel) if panel.is_staggered else _two_way(panel)


def _two_way(panel: StudyPanel) -> Regression:
    """Return the two-way regression with the study's own inference for the treatment."""
    from analysis.estimation.methods.regression import regression_table

    words: dict[str, Any] = {
        "draws": panel.study.draws,
        "seed": panel.study.seed,
        "conf_level": panel.study.conf_level,
    }
    found = regression_table(panel.levels, **panel.level_columns, **words)
    summary = (
        f"Least squares by statsmodels: {found.n_obs} figures, {found.n_units} province and {found.n_periods} period "
        f"effects, R² = {found.r_squared:.3f}, within {found.r_squared_within:.3f}. Standard errors are clustered by "
        f"province; interval and p by {found.inference}. {' '.join(found.notes)}"
    )
    return Regression(found.latex, found.frame().round(4), summary)


def _by_group(panel: StudyPanel) -> Regression:
    """Return a coefficient for each group of provinces that start together; none is large enough for errors."""
    from analysis.estimation.methods.regression import regress_with_dummies

    rows, sizes = _with_groups(panel)
    results = regress_with_dummies(
        rows, outcome=panel.level_name, regressors=list(sizes), unit="province_code", time="period",
        weights=panel.columns.get("weights"),
    )  # fmt: skip
    table = pd.DataFrame(
        {
            "group": list(sizes),
            "provinces": list(sizes.values()),
            panel.level_name: [round(float(results.params[name]), 2) for name in sizes],
        }
    )
    weighted = "" if panel.study.weights == "none" else f", weighted by {panel.study.weights}"
    summary = (
        f"Least squares by statsmodels{weighted}: {int(results.nobs)} figures, {panel.rows['province_code'].nunique()} "
        f"province and {len(panel.periods)} period effects, R² = {results.rsquared:.3f}. A coefficient is the "
        f"mean over all "
        "of a group's periods from its start on. So few provinces stand behind each that a clustered standard "
        "error would "
        "mislead; none is shown, and the table of methods has intervals."
    )
    groups = r"\sum_g \beta_g\,\mathbf{1}[G_i = g]\,\mathbf{1}[t \ge g]"
    equation = rf"y_{{it}} = \alpha_i + \gamma_t + {groups} + \varepsilon_{{it}}"
    return Regression(equation, table, summary)


def _with_groups(panel: StudyPanel) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the rows with one column a group, 1 where it is treated, and each group's number of provinces."""
    rows = panel.levels
    began = rows["treated_from"].notna()
    started = began & (rows["period"] >= rows["treated_from"].where(began, rows["period"].max()))
    sizes, columns = dict[str, int](), dict[str, pd.Series]()
    for start, own in rows[began].groupby("treated_from"):
        columns[f"from {start}"] = (started & (rows["treated_from"] == start)).astype(float)
        sizes[f"from {start}"] = int(own["province_code"].nunique())
    return rows.assign(**columns), sizes

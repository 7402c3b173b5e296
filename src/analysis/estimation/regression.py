"""The same regressions with every dummy written out, by statsmodels, where a full regression table is to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.estimation.errors import MissingValues, UnknownColumn, require_option, some


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


def regression_table(results: Any, regressors: Sequence[str]) -> pd.DataFrame:
    """Return the regressors' rows of the table: estimate, std_error, conf_low, conf_high, p_value.

    Raises:
        UnknownOption: a regressor is not in the regression.
    """
    for name in regressors:
        require_option("regressors", name, list(results.params.index))
    limits = results.conf_int()
    return pd.DataFrame(
        {
            "estimate": results.params[list(regressors)],
            "std_error": results.bse[list(regressors)],
            "conf_low": limits.loc[list(regressors), 0],
            "conf_high": limits.loc[list(regressors), 1],
            "p_value": results.pvalues[list(regressors)],
        }
    )

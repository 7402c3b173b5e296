"""Interrupted time series: a straight line before, another after, and errors that remember.

References:
    Wagner, Soumerai, Zhang & Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics 27(4);
    Newey & West (1987), Econometrica 55(3).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimation.clustered import Spread
from analysis.estimation.errors import NotEstimable, TooShort, Unbalanced, UnknownOption, some
from analysis.estimation.frames import build_panel
from analysis.estimation.inference import check_ask
from analysis.estimation.panel import BoolArray, FloatArray, Panel
from analysis.estimation.results import Estimate, Term

INFERENCES = ("default", "newey-west")
FEWEST = 8
NAMES = ("mean", "change of level", "change of slope a period")
ALONE = (
    "mean gap after the start between the series and its own earlier line carried on; there is no comparison"
)
COMPARED = "mean gap after the start between treated less untreated mean and that difference's earlier line"


def its(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated_from: str | None = None,
    treatment: str | None = None,
    weights: str | None = None,
    covariates: Sequence[str] | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    inference: str = "default",
    draws: int = 9_999,
    seed: int = 1,
    conf_level: float = 0.95,
    steps: Sequence[str] = (),
) -> Estimate:
    """Fit a segmented regression to the treated units' mean, less the untreated units' where there are any.

    Needs at least 8 periods on either side, none missing. The terms are the change of level at the start and
    the change of slope; the standard errors are Newey and West's. `steps` are periods from which the outcome is
    defined otherwise: each lets the level change there, whatever the start did.

    Raises:
        TooShort: fewer than 8 periods before or after.
        Unbalanced: a unit lacks a period, so that the mean would be of other units.
        RequestError: a column or option does not exist, or covariates, strata or clusters are named.
    """
    check_ask(inference, draws, seed, conf_level, INFERENCES)
    refused = {"covariates": covariates, "strata": strata, "cluster": cluster}
    if named := [name for name, value in refused.items() if value]:
        raise UnknownOption(f"its takes no {some(named)}: it fits one series.")
    arranged = build_panel(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated_from=treated_from,
        treatment=treatment,
        weights=weights,
        needs_controls=False,
    )
    return estimate_its(arranged, conf_level=conf_level, steps=steps)


def estimate_its(panel: Panel, *, conf_level: float = 0.95, steps: Sequence[str] = ()) -> Estimate:
    """Fit a segmented regression to a panel already arranged; see `its`."""
    start = _require_enough(panel)
    breaks = find_steps(panel.periods, steps, start)
    compared = bool((~panel.treated).any())
    series = _mean(panel, panel.treated) - (_mean(panel, ~panel.treated) if compared else 0.0)
    coefficients, covariance, lags = fit_segments(series, start, breaks)
    pieces, freedom = _pieces(panel.n_periods, start, breaks), panel.n_periods - 4 - len(breaks)
    names = (*NAMES, *(f"step of definition in {panel.periods[at]}" for at in breaks))
    terms = tuple(
        _term(_judge(combination, coefficients, covariance, freedom), name, conf_level)
        for combination, name in zip(pieces, names, strict=True)
    )
    whole = terms[0]
    return Estimate(
        method="its",
        estimand=COMPARED if compared else ALONE,
        estimate=whole.estimate,
        unit=panel.outcome_name,
        n_obs=panel.n_periods,
        n_units=panel.n_units,
        n_treated=panel.n_treated,
        inference="newey-west",
        std_error=whole.std_error,
        conf_low=whole.conf_low,
        conf_high=whole.conf_high,
        conf_level=conf_level,
        p_value=whole.p_value,
        terms=terms[1:],
        notes=(
            f"Newey–West errors with {lags} lag(s), t with {freedom} degrees of freedom.",
            *panel.notes,
        ),
    )


def _require_enough(panel: Panel) -> int:
    panel.require_one_start("its")
    if not panel.is_balanced:
        raise Unbalanced(
            f"its needs every cell; {int((~panel.observed).sum())} of {panel.observed.size} are missing. Drop units "
            "or periods until none is."
        )
    start = int(panel.starts[0])
    if min(start, panel.n_periods - start) < FEWEST:
        raise TooShort(
            f"its needs {FEWEST} periods on either side of the start; there are {start} before and "
            f"{panel.n_periods - start} from {panel.periods[start]} on."
        )
    return start


def find_steps(periods: Sequence[str], steps: Sequence[str], start: int) -> tuple[int, ...]:
    """Give the indexes of the periods named in `steps`; those at or before the first period change nothing.

    Raises:
        UnknownOption: a step names no period of the series.
        NotEstimable: the definition changed in the period of the start, so that the two cannot be told apart.
    """
    if strange := [step for step in steps if step not in periods]:
        raise UnknownOption(f"steps name {some(strange)}; the series has {some(periods, 30)}.")
    found = tuple(sorted({list(periods).index(step) for step in steps} - {0}))
    if start in found:
        raise NotEstimable(
            f"The definition changed in {periods[start]}, when the treatment began: one change of level cannot be "
            "told from the other. Take a series that ends or begins there, or compare with untreated units."
        )
    return found


def fit_segments(
    series: FloatArray, start: int, steps: Sequence[int] = ()
) -> tuple[FloatArray, FloatArray, int]:
    """Fit level, slope, their changes and steps: coefficients (4 + steps,), their covariance, and the lags used."""
    from statsmodels.regression.linear_model import OLS

    lags = int(4 * (len(series) / 100) ** (2 / 9))
    fitted = OLS(series, segments(len(series), start, steps)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    return np.asarray(fitted.params), np.asarray(fitted.cov_params()), lags


def segments(n_periods: int, start: int, steps: Sequence[int] = ()) -> FloatArray:
    """Lay out constant, time, after, time since the start, and after each step: (T, 4 + steps)."""
    times = np.arange(n_periods, dtype=float)
    after = (times >= start).astype(float)
    stepped = [(times >= step).astype(float) for step in steps]
    return np.column_stack([np.ones(n_periods), times, after, after * (times - start), *stepped])


def _mean(panel: Panel, units: BoolArray) -> FloatArray:
    weights = panel.cell_weights[units]
    return np.asarray((weights * panel.outcome[units]).sum(axis=0) / weights.sum(axis=0))


def _pieces(n_periods: int, start: int, steps: Sequence[int]) -> FloatArray:
    since = (n_periods - start - 1) / 2
    pieces = np.zeros((3 + len(steps), 4 + len(steps)))
    pieces[0, 2:4] = 1, since
    pieces[1:, 2:] = np.eye(2 + len(steps))
    return pieces


def _judge(
    combination: FloatArray, coefficients: FloatArray, covariance: FloatArray, freedom: int
) -> tuple[float, Spread]:
    variance = float(combination @ covariance @ combination)
    if variance <= 0:
        raise NotEstimable("The series lies exactly on the two lines; no error is left to judge them by.")
    return float(combination @ coefficients), Spread(float(np.sqrt(variance)), freedom)


def _term(value: tuple[float, Spread], name: str, conf_level: float) -> Term:
    estimate, spread = value
    low, high = spread.interval(estimate, conf_level)
    return Term(estimate, spread.std_error, low, high, spread.p_value(estimate), group=name)

"""How far trends would have to part before an event study's conclusion changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.estimation.checks.relative_magnitudes import (
    GridTooNarrow,
    Moments,
    relative_magnitudes_interval,
)
from analysis.estimation.checks.smoothness import smoothness_interval
from analysis.estimation.errors import NotEstimable, PanelError, TooShort, UnknownOption, require_option, some
from analysis.estimation.inference.judge import Ask, check_ask
from analysis.estimation.inference.multiplier import sum_by_cluster
from analysis.estimation.inference.rule import PERMUTATION_ONLY_UP_TO, STUDENTISED_UP_TO, few_side
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.group_time import Averages, aggregate_effects, group_times
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.results import Check, Estimate, Term

RESTRICTIONS = ("both", "relative-magnitudes", "smoothness")
MAGNITUDES = (0.5, 1.0, 1.5, 2.0)
# Smoothness bounds are in units of the outcome: by default these multiples of the effect's standard error.
SMOOTHNESS_MULTIPLES = (0.0, 0.25, 0.5, 1.0, 2.0)
ESTIMAND = "effect {when} treatment, allowing the treated and the others to have parted without it"


@door(("default",), draws=50_000)
def rambachan_roth(
    panel: Panel,
    ask: Ask,
    *,
    restriction: str = "both",
    magnitudes: Sequence[float] = MAGNITUDES,
    slope_changes: Sequence[float] | None = None,
    target: int | str = 0,
) -> Estimate:
    """Give intervals for an event study's effect that hold when trends part within bounds.

    `target` is the event time of interest, or "average" for the mean of all from treatment on. Relative
    magnitudes: from one period to the next trends part at most `magnitudes` times as much as at worst before.
    Smoothness: from one period to the next the slope of their parting changes by at most `slope_changes`, in
    units of the outcome. The event study compares each cohort with units not yet treated, every event time with
    the one before treatment, and clusters by unit or by `cluster`.

    References:
        Rambachan & Roth (2023), Review of Economic Studies 90.
    """
    _require_enough_treated(panel)
    panel.require_even("rambachan-roth")
    times, moments = event_moments(panel, target)
    found = _judge(times, moments, target, ask, restriction, magnitudes, slope_changes)
    return replace(
        found,
        unit=panel.outcome_name,
        n_obs=panel.n_obs,
        n_units=panel.n_units,
        n_treated=panel.n_treated,
        notes=(*_notes(panel), *panel.notes),
    )


def rambachan_roth_from_moments(
    betahat: Sequence[float],
    sigma: Sequence[Sequence[float]],
    *,
    n_pre: int,
    unit: str = "outcome",
    draws: int = 50_000,
    seed: int = 1,
    conf_level: float = 0.95,
    restriction: str = "both",
    magnitudes: Sequence[float] = MAGNITUDES,
    slope_changes: Sequence[float] | None = None,
    target: int | str = 0,
) -> Estimate:
    """Give the same intervals from an event study made elsewhere: its coefficients and their covariance.

    `betahat` are the coefficients in order of time, the reference period left out, the first `n_pre` of them before
    treatment; `sigma` their covariance matrix. How many units stand behind them is not known here: the intervals
    trust the covariance.

    Raises:
        PanelError: the two do not fit together, or the covariance is none.
        RequestError: an option is not allowed.

    References:
        Rambachan & Roth (2023), Review of Economic Studies 90.
    """
    ask = check_ask("default", draws, seed, conf_level, ("default",))
    estimates, covariance = np.asarray(betahat, float).ravel(), np.asarray(sigma, float)
    count = len(estimates)
    if covariance.shape != (count, count) or not 1 <= n_pre < count:
        raise PanelError(
            f"betahat has {count} coefficients, sigma is {' × '.join(map(str, covariance.shape))}, n_pre is {n_pre}: "
            "sigma has to be square with a row a coefficient, and coefficients have to lie on both sides of treatment."
        )
    if not np.allclose(covariance, covariance.T, rtol=1e-6) or np.linalg.matrix_rank(covariance) < count:
        raise NotEstimable(
            "sigma is no covariance of full rank: it is not symmetric, or coefficients repeat others."
        )
    times = (*range(-n_pre - 1, -1), *range(count - n_pre))
    moments = Moments(estimates, covariance, n_pre, _target_weights(times[n_pre:], target))
    found = _judge(times, moments, target, ask, restriction, magnitudes, slope_changes)
    return replace(found, unit=unit, n_obs=count)


def _judge(
    times: tuple[int, ...],
    moments: Moments,
    target: int | str,
    ask: Ask,
    restriction: str,
    magnitudes: Sequence[float],
    slope_changes: Sequence[float] | None,
) -> Estimate:
    from scipy.special import ndtr, ndtri

    require_option("restriction", restriction, RESTRICTIONS)
    changes = slope_changes if slope_changes is not None else _rounded(moments.std_error)
    if any(bound < 0 for bound in (*magnitudes, *changes)):
        raise UnknownOption("magnitudes and slope_changes must be 0 or more.")
    half = float(ndtri(0.5 + ask.conf_level / 2)) * moments.std_error
    return Estimate(
        method="rambachan-roth",
        estimand=ESTIMAND.format(
            when="averaged over" if target == "average" else f"at event time {target} of"
        ),
        estimate=moments.point,
        unit="outcome",
        n_obs=0,
        n_units=0,
        n_treated=0,
        inference="normal under parallel trends; intervals under each bound are in the checks",
        std_error=moments.std_error,
        conf_low=moments.point - half,
        conf_high=moments.point + half,
        conf_level=ask.conf_level,
        p_value=float(2 * ndtr(-abs(moments.point) / moments.std_error)),
        terms=_terms(times, moments),
        checks=_checks(moments, restriction, magnitudes, changes, ask),
    )


def _checks(
    moments: Moments, restriction: str, magnitudes: Sequence[float], changes: Sequence[float], ask: Ask
) -> tuple[Check, ...]:
    """Make the check of each restriction asked for."""

    def by_magnitude(bound: float) -> tuple[float, float]:
        words = {"draws": ask.draws, "seed": ask.seed}
        return relative_magnitudes_interval(moments, bound, conf_level=ask.conf_level, **words)

    def by_slope(bound: float) -> tuple[float, float]:
        return smoothness_interval(moments, bound, conf_level=ask.conf_level)

    made = []
    if restriction != "smoothness":
        made.append(_check("relative magnitudes", magnitudes, by_magnitude))
    if restriction != "relative-magnitudes":
        made.append(_check("smoothness", changes, by_slope))
    return tuple(made)


def event_moments(panel: Panel, target: int | str) -> tuple[tuple[int, ...], Moments]:
    """Estimate the event study with its covariance; leave the reference, event time -1, out.

    The covariance is clustered, with the small-sample factor regression packages use.

    Raises:
        TooShort: when fewer than two periods come before treatment.
        UnknownOption: when the target is no event time from treatment on.
        NotEstimable: when event times have gaps, or there are fewer clusters than effects.
    """
    cells = group_times(panel, controls="not-yet", method="dr", base="universal")
    averages = aggregate_effects(cells, "dynamic")
    times = tuple(key for key in averages.keys if key != -1)
    n_pre = sum(key < -1 for key in times)
    if n_pre < 1:
        raise TooShort("A trend before treatment needs at least 2 periods before it; there is 1.")
    if times != tuple(key for key in range(times[0], times[-1] + 1) if key != -1):
        raise NotEstimable(
            f"The event times {some(times, 20)} have gaps. Narrow the panel to where they have none."
        )
    weights = _target_weights(times[n_pre:], target)
    covariance = _covariance(panel, averages)
    if np.linalg.matrix_rank(covariance) < len(times):
        raise NotEstimable(
            f"{len(times)} event-time effects have a covariance of lower rank: too few units. Shorten the panel."
        )
    effects = np.array([e for key, e in zip(averages.keys, averages.effects, strict=True) if key != -1])
    return times, Moments(effects, covariance, n_pre, weights)


def _covariance(panel: Panel, averages: Averages) -> FloatArray:
    moving = np.array([key != -1 for key in averages.keys])
    summed = sum_by_cluster(averages.influence[:, moving], panel.cluster)
    n_clusters, n_terms = len(summed), int(moving.sum()) + panel.n_periods
    factor = n_clusters / (n_clusters - 1) * (panel.n_obs - 1) / (panel.n_obs - n_terms)
    return np.asarray(factor * summed.T @ summed / panel.n_units**2)


def _target_weights(after: tuple[int, ...], target: int | str) -> FloatArray:
    if target == "average":
        return np.full(len(after), 1 / len(after))
    if target not in after:
        raise UnknownOption(f"target={target!r} is not known. Allowed: average, {some(after, 20)}.")
    return np.array([float(key == target) for key in after])


def _check(name: str, bounds: Sequence[float], interval: Callable[[float], tuple[float, float]]) -> Check:
    """Collect the interval at each bound; passed when zero stays outside at the smallest bound above 0.

    A bound whose interval cannot be had keeps its row, with the reason, and the others stand.
    """
    rows, table = list[tuple[float, float, float]](), list[dict[str, Any]]()
    for bound in sorted(map(float, bounds)):
        try:
            low, high = interval(bound)
        except GridTooNarrow as error:
            table.append({"bound": bound, "conf_low": None, "conf_high": None, "reason": str(error)})
            continue
        rows.append((bound, low, high))
        table.append({"bound": bound, "conf_low": low, "conf_high": high})
    if not rows:
        return Check(
            name, None, f"{name}: {table[0]['reason'] if table else 'no bound was named.'}", tuple(table)
        )
    held = [bound for bound, low, high in rows if low > 0 or high < 0]
    unbroken = [bound for k, (bound, *_) in enumerate(rows) if len(held) > k and held[k] == bound]
    ends = f"from {rows[0][1]:.4g} to {rows[0][2]:.4g} at {rows[0][0]:g}"
    if not unbroken:
        text = f"{name}: the interval is {ends}, so zero is not excluded even at the smallest bound."
    elif len(unbroken) == len(rows):
        text = f"{name}: the interval is {ends}; zero is excluded at every bound up to {rows[-1][0]:g}."
    else:
        text = f"{name}: the interval is {ends}; zero is excluded up to a bound of {unbroken[-1]:g}, not at the next."
    return Check(name, any(bound > 0 for bound in unbroken), text, tuple(table))


def _rounded(std_error: float) -> tuple[float, ...]:
    return tuple(float(f"{multiple * std_error:.1g}") for multiple in SMOOTHNESS_MULTIPLES)


def _terms(times: tuple[int, ...], moments: Moments) -> tuple[Term, ...]:
    deviations = np.sqrt(np.diag(moments.covariance))
    found = [
        Term(float(effect), std_error=float(deviation), event_time=time)
        for time, effect, deviation in zip(times, moments.estimates, deviations, strict=True)
    ]
    found.insert(moments.n_pre, Term(0.0, event_time=-1, is_reference=True))
    return tuple(found)


def _require_enough_treated(panel: Panel) -> None:
    few = few_side(panel)
    if few <= PERMUTATION_ONLY_UP_TO:
        raise NotEstimable(
            f"rambachan-roth rests on the event study's covariance, and {few} treated (or untreated) cluster(s) "
            f"give none to trust; more than {PERMUTATION_ONLY_UP_TO} are needed. Use placebo dates and "
            "leave-one-out instead."
        )


def _notes(panel: Panel) -> tuple[str, ...]:
    few = few_side(panel)
    if few > STUDENTISED_UP_TO:
        return ()
    return (
        f"With {few} clusters on the smaller side the covariance is rough: read the intervals as too narrow.",
    )

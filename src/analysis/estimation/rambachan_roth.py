"""How far trends would have to part before an event study's conclusion changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimation.aggregation import Averages, aggregate_effects
from analysis.estimation.errors import NotEstimable, TooShort, UnknownOption, require_option, some
from analysis.estimation.frames import build_panel
from analysis.estimation.group_time import group_times
from analysis.estimation.inference import Ask, check_ask
from analysis.estimation.inference_rule import PERMUTATION_ONLY_UP_TO, STUDENTISED_UP_TO, few_side
from analysis.estimation.multiplier import sum_by_cluster
from analysis.estimation.panel import Panel
from analysis.estimation.relative_magnitudes import Moments, relative_magnitudes_interval
from analysis.estimation.results import Check, Estimate, Term
from analysis.estimation.smoothness import smoothness_interval

Array = NDArray[np.float64]

RESTRICTIONS = ("both", "relative-magnitudes", "smoothness")
MAGNITUDES = (0.5, 1.0, 1.5, 2.0)
# Smoothness bounds are in units of the outcome: by default these multiples of the effect's standard error.
SMOOTHNESS_MULTIPLES = (0.0, 0.25, 0.5, 1.0, 2.0)
ESTIMAND = "effect {when} treatment, allowing the treated and the others to have parted without it"


def rambachan_roth(
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
    draws: int = 50_000,
    seed: int = 1,
    conf_level: float = 0.95,
    restriction: str = "both",
    magnitudes: Sequence[float] = MAGNITUDES,
    slope_changes: Sequence[float] | None = None,
    target: int | str = 0,
) -> Estimate:
    """Give intervals for an event study's effect that hold when trends part within bounds.

    `panel` is a tidy frame, one row a unit and period; the other words name its columns. `target` is the event
    time of interest, or "average" for the mean of all from treatment on. Relative magnitudes: from one period
    to the next trends part at most `magnitudes` times as much as at worst before. Smoothness: from one period
    to the next the slope of their parting changes by at most `slope_changes`, in units of the outcome. The
    event study compares each cohort with units not yet treated, every event time with the one before
    treatment, and clusters by unit or by `cluster`.

    Raises:
        PanelError: the panel cannot be used; each subclass says what was found and what is allowed.
        RequestError: a column or option does not exist.

    References:
        Rambachan & Roth (2023), Review of Economic Studies 90.
    """
    arranged = build_panel(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated_from=treated_from,
        treatment=treatment,
        weights=weights,
        covariates=covariates,
        strata=strata,
        cluster=cluster,
    )
    return estimate_rambachan_roth(
        arranged,
        inference=inference,
        draws=draws,
        seed=seed,
        conf_level=conf_level,
        restriction=restriction,
        magnitudes=magnitudes,
        slope_changes=slope_changes,
        target=target,
    )


def estimate_rambachan_roth(
    panel: Panel,
    *,
    inference: str = "default",
    draws: int = 50_000,
    seed: int = 1,
    conf_level: float = 0.95,
    restriction: str = "both",
    magnitudes: Sequence[float] = MAGNITUDES,
    slope_changes: Sequence[float] | None = None,
    target: int | str = 0,
) -> Estimate:
    """Judge a panel already arranged; see `rambachan_roth`."""
    from scipy.special import ndtr, ndtri

    ask = check_ask(inference, draws, seed, conf_level, ("default",))
    require_option("restriction", restriction, RESTRICTIONS)
    _require_enough_treated(panel)
    times, moments = event_moments(panel, target)
    changes = slope_changes if slope_changes is not None else _rounded(moments.std_error)
    if any(bound < 0 for bound in (*magnitudes, *changes)):
        raise UnknownOption("magnitudes and slope_changes must be 0 or more.")
    checks = _checks(moments, restriction, magnitudes, changes, ask)
    half = float(ndtri(0.5 + conf_level / 2)) * moments.std_error
    return Estimate(
        method="rambachan-roth",
        estimand=ESTIMAND.format(
            when="averaged over" if target == "average" else f"at event time {target} of"
        ),
        estimate=moments.point,
        unit=panel.outcome_name,
        n_obs=panel.n_obs,
        n_units=panel.n_units,
        n_treated=panel.n_treated,
        inference="normal under parallel trends; intervals under each bound are in the checks",
        std_error=moments.std_error,
        conf_low=moments.point - half,
        conf_high=moments.point + half,
        conf_level=conf_level,
        p_value=float(2 * ndtr(-abs(moments.point) / moments.std_error)),
        terms=_terms(times, moments),
        checks=checks,
        notes=(*_notes(panel), *panel.notes),
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


def _covariance(panel: Panel, averages: Averages) -> Array:
    moving = np.array([key != -1 for key in averages.keys])
    summed = sum_by_cluster(averages.influence[:, moving], panel.cluster)
    n_clusters, n_terms = len(summed), int(moving.sum()) + panel.n_periods
    factor = n_clusters / (n_clusters - 1) * (panel.n_obs - 1) / (panel.n_obs - n_terms)
    return np.asarray(factor * summed.T @ summed / panel.n_units**2)


def _target_weights(after: tuple[int, ...], target: int | str) -> Array:
    if target == "average":
        return np.full(len(after), 1 / len(after))
    if target not in after:
        raise UnknownOption(f"target={target!r} is not known. Allowed: average, {some(after, 20)}.")
    return np.array([float(key == target) for key in after])


def _check(name: str, bounds: Sequence[float], interval: Callable[[float], tuple[float, float]]) -> Check:
    """Collect the interval at each bound; passed when zero stays outside at the smallest bound above 0."""
    rows = [(float(bound), *interval(float(bound))) for bound in sorted(bounds)]
    held = [bound for bound, low, high in rows if low > 0 or high < 0]
    unbroken = [bound for k, (bound, *_) in enumerate(rows) if len(held) > k and held[k] == bound]
    ends = f"from {rows[0][1]:.4g} to {rows[0][2]:.4g} at {rows[0][0]:g}"
    if not unbroken:
        text = f"{name}: the interval is {ends}, so zero is not excluded even at the smallest bound."
    elif len(unbroken) == len(rows):
        text = f"{name}: the interval is {ends}; zero is excluded at every bound up to {rows[-1][0]:g}."
    else:
        text = f"{name}: the interval is {ends}; zero is excluded up to a bound of {unbroken[-1]:g}, not at the next."
    table = tuple({"bound": bound, "conf_low": low, "conf_high": high} for bound, low, high in rows)
    return Check(name, any(bound > 0 for bound in unbroken), text, table)


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

"""One number a unit: its mean after the start less its mean, or its own line, before; then a regression with exact t.

Averaging over periods leaves one row a unit, whose errors may remember as they like over time. Were these normal with
one variance, the t statistic of the treated would be exact however few they are: an assumption on the units that
permutation does without, for an interval where permutation among few units has none.

References: Lee & Wooldridge (2023), Simple Approaches to Inference with Difference-in-Differences Estimators with Small
Cross-Sectional Sample Sizes.
"""

from __future__ import annotations

import numpy as np

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import NotEstimable, TooShort, some
from analysis.estimation.inference.clustered import Spread
from analysis.estimation.inference.judge import Ask
from analysis.estimation.inference.noise import rounding
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.methods.doors import OFFERED, door
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.results import Estimate

ESTIMANDS = {
    False: "mean effect on the treated units, were the others' mean change theirs too",
    True: "mean effect on the treated units, were the others' mean departure from their own lines theirs too",
}


@door(("default", "exact-t"), takes_no=OFFERED, why="it compares one number a unit")
def collapsed(panel: Panel, ask: Ask, *, detrend: bool = False) -> Estimate:
    """Estimate the effect of one start date from one number a unit, with the exact t of a regression on treatment.

    `detrend` takes each unit's own line before the start off, carried on, instead of its mean.
    """
    panel.require_one_start("collapsed")
    panel.require_never_treated("collapsed")
    if detrend:
        panel.require_even("collapsed with detrend")
    numbers = _numbers(panel, int(panel.starts[0]), detrend)
    groups = [numbers[group] for group in (panel.treated, ~panel.treated)]
    estimate = float(groups[0].mean() - groups[1].mean())
    freedom = panel.n_units - 2
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in groups)
    if freedom < 1 or squares <= freedom * rounding(panel.outcome[panel.observed]) ** 2:
        raise NotEstimable(
            "The untreated units all changed alike, so there is no noise to judge an effect by."
        )
    spread = Spread(float(np.sqrt(squares / freedom * sum(1 / len(group) for group in groups))), freedom)
    low, high = spread.interval(estimate, ask.conf_level)
    p_value = spread.p_value(estimate)
    note = (
        f"exact-t: t with {freedom} degrees of freedom, exact if the units' numbers are normal with one variance; "
        "permutation (did) does not need that."
    )
    verdict = Verdict("exact-t", p_value, low, high, spread.std_error, {"exact-t": p_value}, (note,))
    return verdict.of(
        panel,
        method="collapsed",
        estimand=ESTIMANDS[detrend],
        estimate=estimate,
        conf_level=ask.conf_level,
        checks=check_design(panel),
    )


def _numbers(panel: Panel, start: int, detrend: bool) -> FloatArray:
    """Give each unit's mean after the start, less its mean or its carried-on line before."""
    needed = 2 if detrend else 1
    short = (panel.observed[:, :start].sum(axis=1) < needed) | ~panel.observed[:, start:].any(axis=1)
    if short.any():
        raise TooShort(
            f"collapsed needs {needed} period(s) before the start and one after; not so for "
            f"{some(panel.units[i] for i in np.flatnonzero(short))}. Leave these units out."
        )
    times = np.arange(panel.n_periods, dtype=float)
    found = []
    for outcome, seen in zip(panel.outcome, panel.observed, strict=True):
        before, after = seen & (times < start), seen & (times >= start)
        line = np.polyfit(times[before], outcome[before], needed - 1)
        found.append(float((outcome[after] - np.polyval(line, times[after])).mean()))
    return np.array(found)

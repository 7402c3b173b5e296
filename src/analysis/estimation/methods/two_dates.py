"""One unit before and after, from any panel: its change less the others' over the same dates, or bounds on that."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import NoControlLeft, NotEstimable, UnknownOption, some
from analysis.estimation.inference.judge import Ask, infer
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.panel.periods import parse_periods
from analysis.estimation.panel.units import label
from analysis.estimation.results import Estimate, Term

INFERENCES = ("default", "permutation", "conley-taber", "ferman-pinto")
OBSERVED = "the unit's change between its last figures before and after, less the others' mean change"
BOUNDED = "the unit's change between its last figures before and after, less what the others may have moved"


@door(INFERENCES, takes_no=("covariates",), why="it compares two dates of one unit with the others")
def two_dates(panel: Panel, ask: Ask, *, treated_unit: str | None = None) -> Estimate:
    """Compare one treated unit's last outcome before its start with its last outcome after it.

    Where others have outcomes at both dates, their mean change is taken off and the difference is judged by
    giving each of them the unit's place. Where none has, the others' change is bounded: by a straight line
    through their means, and by the fastest pace between two of those; the estimate is the straight line's, and
    the terms are all readings. A bare difference is never given.

    Raises:
        UnknownOption: several units are treated and none is named.
        NotEstimable: the others' figures do not lie around the two dates.
    """
    one = _only(panel, treated_unit)
    row = int(np.flatnonzero(one.treated)[0])
    start, seen = int(one.treated_from[row]), np.flatnonzero(one.observed[row])
    before, after = int(seen[seen < start][-1]), int(seen[seen >= start][-1])
    if (one.observed[:, before] & one.observed[:, after]).sum() < 2:
        return _bounded(one, row, before, after, ask.conf_level)
    found = _compared(one, row, before, after, ask)
    return replace(found, checks=check_design(one))


def _compared(panel: Panel, row: int, before: int, after: int, ask: Ask) -> Estimate:
    pair = panel.keep(
        units=panel.observed[:, before] & panel.observed[:, after],
        periods=np.isin(np.arange(panel.n_periods), (before, after)),
    )
    fit = fit_two_way(pair)
    verdict = infer(fit, ask)
    change = float(panel.outcome[row, after] - panel.outcome[row, before])
    told = (
        f"{panel.units[row]} moved by {change:.4g} from {panel.periods[before]} to {panel.periods[after]}, the others "
        f"by {change - fit.estimate:.4g} on average."
    )
    return verdict.of(
        pair,
        method="before-after",
        estimand=OBSERVED,
        estimate=fit.estimate,
        conf_level=ask.conf_level,
        first=(told,),
    )


def _only(panel: Panel, treated_unit: str | None) -> Panel:
    treated = [panel.units[i] for i in np.flatnonzero(panel.treated)]
    if treated_unit is None and len(treated) > 1:
        raise UnknownOption(
            f"before-after takes one unit, and {len(treated)} are treated: {some(treated)}. Name one in treated_unit."
        )
    if treated_unit is not None and label(treated_unit) not in treated:
        raise UnknownOption(f"treated_unit={treated_unit!r}; allowed are the treated: {some(treated, 70)}.")
    name = treated[0] if treated_unit is None else label(treated_unit)
    kept = ~panel.treated | (np.array(panel.units) == name)
    if kept.sum() < 2:
        raise NoControlLeft("before-after needs at least one untreated unit; a bare difference says nothing.")
    return panel.keep(units=kept) if not kept.all() else panel


def _bounded(panel: Panel, row: int, before: int, after: int, conf_level: float) -> Estimate:
    others = panel.observed & ~panel.treated[:, None]
    known = np.flatnonzero(others.any(axis=0))
    times = parse_periods(pd.Series(panel.periods), "period").ordinals.astype(float)
    if len(known) < 2 or known[0] > before or known[-1] < after:
        raise NotEstimable(
            f"The others have figures in {some(panel.periods[t] for t in known)}; they have to lie around "
            f"{panel.periods[before]} and {panel.periods[after]}."
        )
    weights = np.where(others, panel.cell_weights, 0.0)
    means = (weights * np.where(others, panel.outcome, 0.0)).sum(axis=0)[known] / weights.sum(axis=0)[known]
    line = np.interp(times[[before, after]], times[known], means)
    tides = {
        "straight line": float(line[1] - line[0]),
        "fastest pace": _fastest(times[known], means) * float(times[after] - times[before]),
    }
    change = float(panel.outcome[row, after] - panel.outcome[row, before])
    terms = tuple(Term(change - tide, group=name) for name, tide in tides.items())
    low, high = sorted(term.estimate for term in terms)
    note = (
        f"No other unit has figures in both {panel.periods[before]} and {panel.periods[after]}: {panel.units[row]} "
        f"moved by {change:.4g}, of which {low:.4g} to {high:.4g} is not the others' movement, by its readings."
    )
    bounded = Verdict("none", None, None, None, None, {}, (note,), terms)
    return bounded.of(
        panel, method="before-after", estimand=BOUNDED, estimate=terms[0].estimate, conf_level=conf_level
    )


def _fastest(times: FloatArray, means: FloatArray) -> float:
    return max(
        (
            float((b - a) / (later - earlier))
            for (earlier, a), (later, b) in pairwise(zip(times, means, strict=True))
        ),
        key=abs,
    )

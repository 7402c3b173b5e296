"""What every result says of its design: were the treated the low ones, had they fallen, were they on another trend?

Targets are often set by those behind. Units that are low, or have just fallen, rise again by themselves, and a
comparison with the others reads that as an effect. Each check ranks the treated units' mean of one figure of the
periods before their start among those of treatment dealt out anew, as the estimate is judged, and is held to 5 percent,
since several are made.

References:
    Daw & Hatfield (2018), Health Services Research 53(6), on matching and regression to the mean;
    Roth & Sant'Anna (2023), Econometrica 91(2), on trends that are parallel on one scale only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.estimation.errors import NothingToMove, TooFewDraws
from analysis.estimation.inference.assignments import Assignments, draw_assignments
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel
from analysis.estimation.results import Check

LEVEL, FALL, TREND, SCALE = "level before", "fall before", "trend before", "points against logits"
FAILS_BELOW = 0.05
DRAWS = 999
# True nulls rejected in 100 at 5 percent, at most, on the panels of benchmarks/design_study.csv: where the lowest were
# treated, and where they were chosen by their last figure or had fallen by one standard deviation.
LOWEST_RATE, FALLEN_RATE, FALLEN_RATE_OF_ONE_PERIOD = 50, 20, 90
# Shares so close to a bound count as this close, so that one province at zero does not make the mean of logits.
NEAREST = 0.5
# The scale matters where the two readings differ by more than this share of the estimate's own spread.
PART_BY = 0.5


def check_design(panel: Panel, *, seed: int = 1) -> tuple[Check, ...]:
    """Hold the treated units' level, last change and trend before their start against the others'.

    The level is the mean before the start, the fall the last outcome less the earlier ones' mean, the trend the slope
    of a straight line, for shares in percent on logits too. Starts that differ are each compared at their own time with
    the units that start at no time. A check for which there are too few periods before is left out.
    """
    try:
        dealt = draw_assignments(panel, DRAWS, np.random.default_rng([seed, 41]), 1 - FAILS_BELOW)
    except (NothingToMove, TooFewDraws):
        return ()
    scales: dict[str, FloatArray] = {"points": panel.outcome}
    if is_percent(panel):
        scales["logits"] = _logits(panel.outcome)
    made = [
        _one(panel, dealt, LEVEL, {"": panel.outcome}, _level),
        _one(panel, dealt, FALL, {"": panel.outcome}, _fall),
    ]
    made.append(_one(panel, dealt, TREND, scales, _trend))
    if "logits" in scales:
        made.append(_scale(panel, dealt))
    return tuple(check for check in made if check is not None)


def is_percent(panel: Panel) -> bool:
    """Say whether the outcome is a share in percent: between 0 and 100, and not all between 0 and 1."""
    seen = panel.outcome[panel.observed]
    return bool(seen.min() >= 0 and 1 < seen.max() <= 100)


Figure = Callable[[FloatArray, BoolArray], FloatArray]


def _one(
    panel: Panel, dealt: Assignments, name: str, scales: dict[str, FloatArray], figure: Figure
) -> Check | None:
    found = {}
    for scale, values in scales.items():
        parts = _net_parts(panel, values, figure)
        if parts is None:
            return None
        found[scale] = _rank(panel, dealt, parts)
    rows = tuple({"scale": scale, "difference": own, "p_value": p} for scale, (own, p, _) in found.items())
    passed = min(p for _, p, _ in found.values()) >= FAILS_BELOW
    told = "; ".join(
        f"{own:+.3g}{f' in {scale}' if scale else ''} (p = {p:.3f})" for scale, (own, p, _) in found.items()
    )
    lowest = name == LEVEL and any(is_lowest for _, _, is_lowest in found.values())
    ends = (
        "" if passed else _ENDS[name],
        _RATE_OF_LOWEST if lowest else "",
        _RATE_OF_FALLEN if name == FALL else "",
    )
    return Check(name, passed, f"{_SENTENCES[name]} {told}.{''.join(ends)}", rows)


_SENTENCES = {
    LEVEL: "Before their start the treated differed from the others in level by",
    FALL: "In the last period before their start the treated left their earlier mean, against the others, by",
    TREND: "A period before their start moved the treated against the others by",
}
_ENDS = {
    LEVEL: " Units at the bottom, or at the top, move back by themselves, which reads as an effect.",
    FALL: " What has fallen, or risen, by chance moves back by itself, which reads as an effect.",
    TREND: " What moved them apart before may go on, which reads as an effect.",
}
_RATE_OF_LOWEST = (
    f" They are the lowest: where those are treated, up to {LOWEST_RATE} of 100 true nulls are rejected instead of 5 "
    "(docs/methods.md)."
)
_RATE_OF_FALLEN = (
    f" Were they chosen by their last figure, or fallen by one standard deviation, up to {FALLEN_RATE} of 100 true "
    f"nulls would be rejected, and {FALLEN_RATE_OF_ONE_PERIOD} by a method that compares with that period alone "
    "(docs/methods.md)."
)


def _net_parts(panel: Panel, values: FloatArray, figure: Figure) -> FloatArray | None:
    """Give each unit's figure before each start (N, G), less the mean of the never treated; None where none has it.

    A unit without the figure counts as that mean.
    """
    parts = np.zeros((panel.n_units, len(panel.starts)))
    for column, start in enumerate(panel.starts.tolist()):
        if start == 0:  # units treated throughout have no figure, and count as the others' mean
            continue
        of_units = figure(values[:, :start], panel.observed[:, :start])
        known = np.isfinite(of_units)
        controls = known & ~panel.treated
        if not controls.any() or not (known & (panel.treated_from == start)).any():
            return None
        parts[:, column] = np.where(known, of_units - of_units[controls].mean(), 0.0)
    return parts


def _rank(panel: Panel, dealt: Assignments, parts: FloatArray) -> tuple[float, float, bool]:
    """Give the treated units' mean figure, its rank among the draws', and whether hardly any draw is as low."""
    observed = np.searchsorted(panel.starts, panel.treated_from)
    padded = np.column_stack([parts, np.zeros(len(parts))])
    units = np.arange(len(parts))
    own = float(padded[units, observed].sum() / panel.n_treated)
    drawn = padded[units, dealt.paths].sum(axis=1) / panel.n_treated
    # Either side for itself: the lowest of all stays the lowest however far out the highest lie.
    room = 1e-9 * (abs(own) + float(drawn.std()))
    low, high = dealt.share(drawn <= own + room), dealt.share(drawn >= own - room)
    return own, min(1.0, 2 * min(low, high)), low <= max(FAILS_BELOW / 2, dealt.smallest_p)


def _level(values: FloatArray, seen: BoolArray) -> FloatArray:
    return _mean(values, seen)


def _fall(values: FloatArray, seen: BoolArray) -> FloatArray:
    if values.shape[1] < 2:
        return np.full(len(values), np.nan)
    last = np.where(seen[:, -1], values[:, -1], np.nan)
    return np.asarray(last - _mean(values[:, :-1], seen[:, :-1]))


def _trend(values: FloatArray, seen: BoolArray) -> FloatArray:
    if values.shape[1] < 3:
        return np.full(len(values), np.nan)
    times = np.arange(values.shape[1], dtype=float) * np.ones((len(values), 1))
    centred = np.where(seen, times - _mean(times, seen)[:, None], 0.0)
    squares = (centred**2).sum(axis=1)
    sums = (centred * np.where(seen, values, 0.0)).sum(axis=1)
    return np.where(seen.sum(axis=1) >= 3, sums / np.where(squares > 0, squares, 1.0), np.nan)


def _mean(values: FloatArray, seen: BoolArray) -> FloatArray:
    count = seen.sum(axis=1)
    return np.where(count > 0, np.where(seen, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)


def _logits(values: FloatArray) -> FloatArray:
    share = np.clip(values, NEAREST, 100 - NEAREST)
    return np.asarray(np.log(share / (100 - share)))


def _scale(panel: Panel, dealt: Assignments) -> Check | None:
    """Carry the never treated units' mean change on to the treated in points and in logits, and compare the effects."""
    spread = _changes(panel, panel.outcome)
    if spread is None:
        return None
    points = _rank(panel, dealt, spread)[0]
    padded = np.column_stack([spread, np.zeros(len(spread))])
    noise = float((padded[np.arange(len(padded)), dealt.paths].sum(axis=1) / panel.n_treated).std())
    effects = np.concatenate([_effect_in_logits(panel, start) for start in panel.starts.tolist() if start])
    logit = float(effects[np.isfinite(effects)].mean())
    rows = ({"scale": "points", "estimate": points}, {"scale": "logits", "estimate": logit})
    passed = abs(points - logit) <= PART_BY * noise
    text = f"Trends parallel in points give {points:.3g}, in logits {logit:.3g}"
    text += (
        ": the scale makes little difference." if passed else ": the scale decides, so both are to be read."
    )
    return Check(SCALE, passed, text, rows)


def _changes(panel: Panel, values: FloatArray) -> FloatArray | None:
    """Give each unit's mean from each start on less its mean before (N, G), less the never treated units' mean."""
    parts = np.zeros((panel.n_units, len(panel.starts)))
    for column, start in enumerate(panel.starts.tolist()):
        if start == 0:
            continue
        seen = panel.observed
        change = _mean(values[:, start:], seen[:, start:]) - _mean(values[:, :start], seen[:, :start])
        known = np.isfinite(change)
        if not (known & ~panel.treated).any():
            return None
        parts[:, column] = np.where(known, change - change[known & ~panel.treated].mean(), 0.0)
    return parts


def _effect_in_logits(panel: Panel, start: int) -> FloatArray:
    """Take the never treated units' course of mean logits to each treated unit's own mean before: one value a unit."""
    logits, seen = np.where(panel.observed, _logits(panel.outcome), 0.0), panel.observed
    counted = seen & ~panel.treated[:, None]
    course = np.where(counted, logits, 0.0).sum(axis=0) / np.maximum(counted.sum(axis=0), 1)
    own = panel.treated_from == start
    level = _mean((logits - course)[own, :start], seen[own, :start])
    predicted = 100 / (1 + np.exp(-(level[:, None] + course[None, start:])))
    used = seen[own, start:] & counted[:, start:].any(axis=0)
    return _mean(np.where(used, panel.outcome[own, start:] - predicted, 0.0), used)

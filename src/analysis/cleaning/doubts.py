"""What no single explanation fits: figures of a missing period, another order of provinces, two files, common jumps."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import combinations, pairwise

import numpy as np

from analysis.cleaning.faults import FAR, Fault, Rows, columns_in_order, compare, misfit
from analysis.cleaning.series import FEWEST_PROVINCES, Sending, Series, column_medians, spread
from analysis.reference.indicators import by_code as codebook

_MONTHS = {"M": 1, "Q": 3, "S": 6, "A": 12}
_FEWEST_MOVES = 4
_LEAST_GAIN = 6.0
_NEARLY_ALL = 0.9
_FAR_MOVE = 6.0  # usual moves of all provinces; in 312 simulated files none is beyond 1
_SIDE = 3  # periods on either side that say where a period's level should lie
_REACH = 2 * _SIDE  # and how far away they may be


def find_doubts(
    series: list[Series], sendings: dict[Sending, Rows], wrong: frozenset[Sending]
) -> list[Fault]:
    """Return what should be looked at, apart from sendings found wrong already."""
    left = {one: rows for one, rows in sendings.items() if one not in wrong}
    misdated = find_misdated(series, left)
    left = {one: rows for one, rows in left.items() if one not in {fault.sending for fault in misdated}}
    patterns = find_patterns(left, wrong)
    left = {one: rows for one, rows in left.items() if one not in {fault.sending for fault in patterns}}
    return [*misdated, *patterns, *find_twice(left), *find_jumps(series, left)]


def find_twice(sendings: dict[Sending, Rows]) -> list[Fault]:
    """Find periods that two files give with different figures.

    Where the two differ from each other as much as ordinary periods do, the one further from its series is held.
    """
    together = defaultdict(list)
    for one in sendings:
        together[one.period, one.frame, one.frequency].append(one)
    faults = []
    for group in together.values():
        for one, other in combinations(sorted(group), 2):
            fault = _compare_editions(one, other, sendings)
            faults += [fault] if fault else []
    return faults


def _compare_editions(one: Sending, other: Sending, sendings: dict[Sending, Rows]) -> Fault | None:
    """Return how two files for one period differ; nothing where they agree."""
    pairs = [(s, t, s.index[other]) for s, t in sendings[one] if other in s.index]
    differing = [s.values[t] != s.values[u] for s, t, u in pairs]
    known = [np.isfinite(s.values[t]) & np.isfinite(s.values[u]) for s, t, u in pairs]
    apart = [where & there for where, there in zip(differing, known, strict=True)]
    columns = np.flatnonzero(np.any(apart, axis=0)) if pairs else np.zeros(0, dtype=np.intp)
    if not len(columns):
        return None
    series = tuple(s for (s, _, _), where in zip(pairs, apart, strict=True) if where.any())
    unlike = [
        where.sum() > there.sum() / 2 and spread(s.scores[t] - s.scores[u]) > s.noise / 2
        for (s, t, u), where, there in zip(pairs, apart, known, strict=True)
        if np.isfinite(s.noise) and there.sum() >= FEWEST_PROVINCES
    ]
    if not any(unlike):
        return Fault("twice", one, series, columns, 0.0, other=other)
    odd = [sum(s.oddness(which, {one, other}) for s, _, _ in pairs) for which in (one, other)]
    wrong, right = (one, other) if odd[0] > odd[1] else (other, one)
    return Fault("unlike", wrong, series, columns_in_order(sendings[wrong]), 0.0, other=right)


def find_jumps(series: list[Series], sendings: dict[Sending, Rows]) -> list[Fault]:
    """Find periods from which nearly all provinces move together far more than in other periods, unexplained.

    Counts are left out: those of a year so far fall every January.
    """
    return [fault for one in series if one.unit not in ("count", "VND") for fault in _jumps(one, sendings)]


def _jumps(one: Series, sendings: dict[Sending, Rows]) -> list[Fault]:
    rows = [t for t, sending in enumerate(one.sendings) if sending in sendings]
    pairs = [(t, u) for t, u in pairwise(rows) if one.differs(t, u)]
    moves = [one.scores[u] - one.scores[t] for t, u in pairs]
    moves = [move[np.isfinite(move)] for move in moves]
    middle = np.array([np.median(move) if len(move) >= FEWEST_PROVINCES else np.nan for move in moves])
    if np.isfinite(middle).sum() < _FEWEST_MOVES:
        return []
    steps = np.array([_steps(one.sendings[t], one.sendings[u]) for t, u in pairs])
    beyond = middle - steps * float(np.nanmedian(middle / steps))
    width = 1.4826 * float(np.nanmedian(np.abs(beyond) / np.sqrt(steps))) + one.noise / 4
    far = np.abs(beyond) / (width * np.sqrt(steps))
    found = []
    for n in np.flatnonzero(far > _FAR_MOVE).tolist():
        t, u = pairs[n]
        same_way = float(np.mean(np.sign(moves[n]) == np.sign(middle[n])))
        if same_way >= _NEARLY_ALL and not _explained(one, t, u):
            columns = np.flatnonzero(np.isfinite(one.scores[u]))
            found.append(
                Fault("jump", one.sendings[u], (one,), columns, float(far[n]), other=one.sendings[t])
            )
    return found


def _steps(earlier: Sending, later: Sending) -> int:
    """Return how many periods lie between two, at least one."""
    if earlier.frequency not in _MONTHS:
        return 1
    return max(1, ordinal(later.end, later.frequency) - ordinal(earlier.end, earlier.frequency))


def find_patterns(sendings: dict[Sending, Rows], wrong: frozenset[Sending]) -> list[Fault]:
    """Find indicators whose provinces lie, in the median, far from their own series, and nothing explains it.

    The farthest first: what is found wrong serves no other for comparison.
    """
    faults: list[Fault] = []
    left = dict(sendings)
    while left:
        found = [fault for sending, rows in left.items() for fault in _patterns(sending, rows, wrong)]
        if not found:
            break
        worst = max(found, key=lambda fault: (fault.gain, fault.sending)).sending
        faults += [fault for fault in found if fault.sending == worst]
        wrong |= {worst}
        left.pop(worst)
    return faults


def _patterns(sending: Sending, rows: Rows, wrong: frozenset[Sending]) -> list[Fault]:
    """Return the indicators of a sending out of order; where most are, so are its rows, and with them all of it."""
    compared = [one for one in compare(rows, wrong) if np.isfinite(one.straight).sum() >= FEWEST_PROVINCES]
    away = {id(one): float(np.nanmedian(one.straight)) for one in compared}
    far = [one for one in compared if away[id(one)] > FAR]
    if len(far) > 1 and 2 * len(far) > len(compared):
        series = tuple(one for one, _ in rows)
        return [Fault("pattern", sending, series, columns_in_order(rows), max(away.values()))]
    return [
        Fault("pattern", sending, (one.series,), one.order[np.isfinite(one.straight)], away[id(one)])
        for one in far
    ]


def _explained(one: Series, t: int, u: int) -> bool:
    """Tell whether the codebook knows a new definition, or a jump that nobody explained, between two rows."""
    line = codebook()[one.indicator]
    days = [day.isoformat() for day in (*line.breaks, *line.flags)]
    return any(one.sendings[t].end < day <= one.sendings[u].end for day in days)


def find_misdated(series: list[Series], sendings: dict[Sending, Rows]) -> list[Fault]:
    """Find files whose figures lie where a period without figures should, and not where their own period should."""
    missing = {key: _missing(key, sendings) for key in {(one.frame, one.frequency) for one in sendings}}
    paths = {id(one): Path(one, sendings) for one in series if missing.get(one.key)}
    faults = []
    for sending, rows in sendings.items():
        gaps = missing[sending.frame, sending.frequency]
        gains = {gap: sum(paths[id(one)].gain(t, gap) for one, t in rows) for gap in gaps}
        gap = max(gains, key=lambda gap: gains[gap], default=0)
        if gap and gains[gap] > _LEAST_GAIN:
            names = tuple(one for one, _ in rows)
            faults.append(Fault("misdated", sending, names, columns_in_order(rows), gains[gap], step=gap))
    return faults


def ordinal(end: str, frequency: str) -> int:
    """Number the periods of a frequency in order, by their last day."""
    day = dt.date.fromisoformat(end)
    return (12 * day.year + day.month - 1) // _MONTHS[frequency]


def _missing(key: tuple[str, str], sendings: dict[Sending, Rows]) -> list[int]:
    """Return the periods without any figures between the first and the last that has some."""
    frame, frequency = key
    if frequency not in _MONTHS:
        return []
    ends = (one.end for one in sendings if (one.frame, one.frequency) == (frame, frequency))
    there = {ordinal(end, frequency) for end in ends}
    return sorted(set(range(min(there), max(there))) - there)


class Path:
    """The common level of a series: in each period the median province's distance from its own middle."""

    def __init__(self, one: Series, sendings: dict[Sending, Rows]) -> None:
        away = one.scores - column_medians(one.scores)
        self.levels = np.nan_to_num(column_medians(away.T))
        self.times = np.array([ordinal(sending.end, sending.frequency) for sending in one.sendings])
        self.used = np.array([sending in sendings for sending in one.sendings])
        breaks = codebook()[one.indicator].breaks
        self.breaks = [ordinal(day.isoformat(), one.sendings[0].frequency) for day in breaks]
        misses = np.array([self.levels[t] - self.due(t, self.times[t]) for t in range(len(self.times))])
        known = np.abs(misses[np.isfinite(misses)])
        self.usual = max(1.4826 * float(np.median(known)), 1e-4) if len(known) else np.nan

    def gain(self, t: int, gap: int) -> float:
        """Return how much less misfit the level of a row has at a period without figures than at its own."""
        z = (self.levels[t] - np.array([self.due(t, self.times[t]), self.due(t, gap)])) / self.usual
        straight, moved = misfit(z)
        return float(straight - 2 * moved) if np.isfinite(z).all() else 0.0

    def due(self, t: int, when: int) -> float:
        """Return the level that a line through the nearest periods gives for a period, without row `t` itself.

        Nothing is drawn on over a long gap: nobody knows how the level moved in it.
        """
        epochs = [np.searchsorted(self.breaks, time, side="right") for time in (*self.times, when)]
        others = self.used & (np.array(epochs[:-1]) == epochs[-1]) & (np.abs(self.times - when) <= _REACH)
        others[t] = False
        near: list[int] = []
        for side in (self.times < when, self.times > when):
            candidates = np.flatnonzero(side & others)
            near += candidates[np.argsort(np.abs(self.times[candidates] - when), kind="stable")][
                :_SIDE
            ].tolist()
        if len(near) < _SIDE:
            return float("nan")
        away = (self.times[near] - when).astype(float)
        slope = np.cov(away, self.levels[near])[0, 1] / max(np.var(away, ddof=1), 1e-9)
        return float(self.levels[near].mean() - slope * away.mean())


def period_at(number: int, frequency: str) -> dict[str, str]:
    """Return the first and the last day of a period from its number (see `ordinal`)."""
    months = _MONTHS[frequency]
    year, first = divmod(number * months, 12)
    after = dt.date(year + (first + months) // 12, (first + months) % 12 + 1, 1)
    return {
        "start": dt.date(year, first + 1, 1).isoformat(),
        "end": (after - dt.timedelta(days=1)).isoformat(),
    }

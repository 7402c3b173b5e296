"""What went wrong with a file's figures of one period: the explanation under which they continue their series.

Every explanation is weighed against "as sent" by the same score: a province whose figure lies z ordinary moves from
where its series would put it counts log(1 + z²), the misfit of a Cauchy law, which single jumps of single provinces
cannot dominate. An explanation is taken when it lowers the misfit by more than `LEAST_GAIN`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from analysis.cleaning.series import NEAREST, Floats, Positions, Sending, Series

Rows = list[tuple[Series, int]]

# In 312 files of simulated panels and 18 years of survey scores no file as it should be gains more than 12.
LEAST_GAIN = 20.0
_LEFT = 2.0  # what an explanation leaves unexplained counts twice: it has to fit, not only to fit better
_FARTHEST = 10.0  # a misfit beyond so many ordinary moves counts no more


@dataclass(frozen=True)
class Fault:
    """A fault of one sending: its kind, the series and provinces concerned, and how much it explains.

    `other` is the sending whose figures these are (copied), `factor` what figures were multiplied by (scaled).
    """

    kind: str
    sending: Sending
    series: tuple[Series, ...]
    columns: Positions
    gain: float
    step: int = 0
    other: Sending | None = None
    factor: float = 1.0


@dataclass(frozen=True)
class Compared:
    """One indicator of a sending beside what its series lets expect: one value a province, on the scale of scores."""

    series: Series
    row: int
    due: Floats

    @property
    def found(self) -> Floats:
        """The scores as sent."""
        return self.series.scores[self.row]

    def ratios(self) -> Floats:
        """How many times the expected figure was sent, as published; nan where either is not above zero."""
        due = self.series.figures(self.due)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = self.series.values[self.row] / due
        return np.where((ratio > 0) & np.isfinite(ratio), ratio, np.nan)


def misfit(z: Floats) -> Floats:
    """Return log(1 + z²), bounded; an unknown distance counts nothing."""
    return np.log1p(np.minimum(np.abs(np.nan_to_num(z)), _FARTHEST) ** 2)


def heaviest_run(gains: Floats) -> tuple[float, int, int]:
    """Return the run of neighbouring rows with the largest sum: the sum, its first row and the row after its last."""
    best, first, last, total, start = 0.0, 0, 0, 0.0, 0
    for row, gain in enumerate(gains.tolist()):
        if total <= 0.0:
            total, start = 0.0, row
        total += gain
        if total > best:
            best, first, last = total, start, row + 1
    return best, first, last


def by_sending(series: Iterable[Series]) -> dict[Sending, Rows]:
    """Return what each file says of each period, over all indicators."""
    found: dict[Sending, Rows] = {}
    for one in series:
        for t, sending in enumerate(one.sendings):
            found.setdefault(sending, []).append((one, t))
    return found


def columns_in_order(rows: Rows) -> Positions:
    """Return the provinces of a sending in the order of its rows."""
    turns = np.median(np.array([one.turns[t] for one, t in rows]), axis=0)
    return np.argsort(turns, kind="stable")[: int(np.isfinite(turns).sum())]


def find_faults(series: list[Series]) -> list[Fault]:
    """Return what is wrong in files, the clearest first found; one found wrong serves no other for comparison."""
    sendings = by_sending(series)
    faults = find_copied(sendings)
    wrong = frozenset(fault.sending for fault in faults)
    found = {one: _clearest(one, rows, wrong) for one, rows in sendings.items() if one not in wrong}
    while found:
        worst = max(found, key=lambda one: (found[one].gain, one))
        if found[worst].gain < LEAST_GAIN:
            break
        faults.append(found.pop(worst))
        wrong |= {worst}
        for one in [one for one in found if _near(sendings[one], worst)]:
            found[one] = _clearest(one, sendings[one], wrong)
    return faults


def _near(rows: Rows, other: Sending) -> bool:
    """Tell whether a sending may have been compared with another."""
    return any(abs(one.index[other] - t) <= 2 * NEAREST for one, t in rows if other in one.index)


def _clearest(sending: Sending, rows: Rows, without: frozenset[Sending]) -> Fault:
    """Return the explanation that lowers the misfit of a sending most."""
    known = [
        Compared(one, t, reference)
        for one, t in rows
        if np.isfinite(one.noise) and (reference := one.reference(t, without)) is not None
    ]
    order = columns_in_order(rows)
    found = [Fault("nothing", sending, (), order[:0], 0.0)]
    if known:
        found += [find_moved(sending, known, order), find_scaled(sending, known, order)]
        found += [find_swapped(sending, a, b, order) for a, b in _alike(known)]
    return _join_swapped(found)


def _alike(known: list[Compared]) -> Iterable[tuple[Compared, Compared]]:
    """Return pairs of indicators whose columns could stand in each other's place."""
    return ((a, b) for a, b in combinations(known, 2) if a.series.unit == b.series.unit)


def _join_swapped(found: list[Fault]) -> Fault:
    """Return the clearest fault; swapped columns of a file are one, each column in the pair that explains most."""
    best = max(found, key=lambda fault: fault.gain)
    if best.kind != "swapped":
        return best
    pairs: list[Fault] = []
    for fault in sorted(found, key=lambda fault: -fault.gain):
        taken = {id(one) for pair in pairs for one in pair.series}
        if fault.kind == "swapped" and fault.gain >= LEAST_GAIN and not taken & set(map(id, fault.series)):
            pairs.append(fault)
    series = tuple(one for pair in pairs for one in pair.series)
    columns = np.unique(np.concatenate([pair.columns for pair in pairs] or [best.columns]))
    return replace(best, series=series or best.series, columns=columns)


def find_moved(sending: Sending, known: list[Compared], order: Positions) -> Fault:
    """Find figures that stand one row too low or too high, in a run of rows, or exchanged between two rows."""
    gains = {1: np.zeros(len(order)), -1: np.zeros(len(order))}
    for one in known:
        found, due = one.found[order], one.due[order]
        apart = found - _median(found - due)
        straight = misfit((apart - due) / one.series.noise)
        for step, gain in gains.items():
            moved = np.full(len(due), np.nan)
            moved[max(step, 0) : len(due) + min(step, 0)] = due[max(-step, 0) : len(due) - max(step, 0)]
            there = np.isfinite(moved) & np.isfinite(apart) & np.isfinite(due)
            gain += np.where(there, straight - _LEFT * misfit((apart - moved) / one.series.noise), 0.0)
    runs = [(*heaviest_run(gain), step) for step, gain in gains.items()]
    both = np.minimum(gains[-1][:-1], gains[1][1:]) > 0  # either row holds the figures of the other
    pairs = np.where(both, gains[-1][:-1] + gains[1][1:], 0.0)
    first = int(pairs.argmax())
    gain, first, last, step = max([*runs, (float(pairs[first]), first, first + 2, 0)])
    return Fault("moved", sending, tuple(one.series for one in known), order[first:last], gain, step)


def find_swapped(sending: Sending, a: Compared, b: Compared, order: Positions) -> Fault:
    """Find a run of rows in which the figures of two indicators stand in each other's column."""
    gains = np.zeros(len(order))
    for one, other in ((a, b), (b, a)):
        found = one.found[order]
        straight, across = found - one.due[order], found - other.due[order]
        there = np.isfinite(straight) & np.isfinite(across)
        noise = max(one.series.noise, other.series.noise)
        gains += np.where(there, _least(straight / one.series.noise) - _LEFT * _least(across / noise), 0.0)
    gain, first, last = heaviest_run(gains)
    return Fault("swapped", sending, (a.series, b.series), order[first:last], gain)


def _least(z: Floats) -> Floats:
    """Return the misfit apart from a move common to all rows, or to those of either half: half may be swapped."""
    half = len(z) // 2
    common = {_median(z), _median(z[:half]), _median(z[half:])}
    return np.min([misfit(z - move) for move in common], axis=0)


def find_scaled(sending: Sending, known: list[Compared], order: Positions) -> Fault:
    """Find a run of rows of one indicator whose figures are multiples of what they were: by tens, or thousands.

    Counts that add up over a year fall twelvefold in January, so that only thousands are looked for in counts.
    """
    found = [Fault("scaled", sending, (), order[:0], 0.0)]
    for one in known:
        series = one.series
        ratio = np.log10(one.ratios()[order])
        powers = (3, 6) if series.unit in ("count", "VND") else (1, 2, 3)
        straight = misfit(ratio / series.usual_ratio)
        for power in (sign * power for power in powers for sign in (1, -1)):
            scaled = _LEFT * misfit((ratio - power) / series.usual_ratio)
            gain, first, last = heaviest_run(np.where(np.isfinite(ratio), straight - scaled, 0.0))
            found.append(Fault("scaled", sending, (series,), order[first:last], gain, factor=10.0**power))
    return max(found, key=lambda fault: fault.gain)


def find_copied(sendings: dict[Sending, Rows]) -> list[Fault]:
    """Find files of one period that hold, in most provinces, exactly the figures of another period."""
    equal: dict[tuple[Sending, Sending], list[Series]] = {}
    for series in {id(one): one for rows in sendings.values() for one, _ in rows}.values():
        for t, u in series.equal_rows():
            equal.setdefault((series.sendings[t], series.sendings[u]), []).append(series)
    faults: dict[Sending, Fault] = {}
    for (earlier, later), same in sorted(equal.items()):
        if earlier in faults or later in faults:
            continue
        odd = {one: sum(series.oddness(one, {earlier, later}) for series in same) for one in (earlier, later)}
        wrong, right = (earlier, later) if odd[earlier] > 2 * odd[later] else (later, earlier)
        series = tuple(one for one, _ in sendings[wrong])
        faults[wrong] = Fault("copied", wrong, series, columns_in_order(sendings[wrong]), np.inf, other=right)
    return list(faults.values())


def _median(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else 0.0

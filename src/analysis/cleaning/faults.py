"""What went wrong with a file's figures of one period: the explanation under which they continue their series.

Every explanation is weighed against "as sent" by the same score: a province whose figure lies z ordinary moves from
where its series would put it counts log(1 + z²), the misfit of a Cauchy law, which single jumps of single provinces
cannot dominate. An explanation is taken when it lowers the misfit by more than `LEAST_GAIN`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from analysis.cleaning.series import FEWEST_PROVINCES, NEAREST, Floats, Positions, Sending, Series

Rows = list[tuple[Series, int]]

# In 312 files of simulated panels and six years of three survey scores no file as it should be gains more than 7.
LEAST_GAIN = 12.0
FAR = 1.5  # a median misfit: half the provinces 1.9 ordinary moves away
ORDINARY = 1.1  # the largest median misfit of all provinces in those files
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


@dataclass(frozen=True, eq=False)
class Compared:
    """One indicator of a sending beside what its series lets expect, one value a province in the file's order.

    `found` and `due` are on the scale of scores.
    """

    series: Series
    row: int
    order: Positions
    due: Floats

    @cached_property
    def found(self) -> Floats:
        """The scores as sent."""
        scores: Floats = self.series.scores[self.row, self.order]
        return scores

    @cached_property
    def straight(self) -> Floats:
        """The misfit as sent, apart from common moves."""
        return _least((self.found - self.due) / self.series.noise)

    @cached_property
    def common(self) -> float:
        """How far the median province lies from its own series."""
        return _median(self.found - self.due)

    @cached_property
    def apart(self) -> Floats:
        """How far each province lies from its own series, apart from the move common to all."""
        return self.found - self.due - self.common

    def better(self, step: int) -> Floats:
        """How much less misfit each row has with what was due `step` rows above it; 0 where that is not known."""
        return self._against(step, 1.0)

    def moved(self, step: int) -> Floats:
        """The same, with what is left unexplained counted twice."""
        return self._against(step, _LEFT)

    def _against(self, step: int, price: float) -> Floats:
        due = np.full(len(self.due), np.nan)
        due[max(step, 0) : len(due) + min(step, 0)] = self.due[max(-step, 0) : len(due) - max(step, 0)]
        away = self.found - due
        moved = np.fmin(*(misfit((away - move) / self.series.noise) for move in (_median(away), self.common)))
        return np.nan_to_num(misfit(self.apart / self.series.noise) - price * moved)

    def ratios(self) -> Floats:
        """How many times the expected figure was sent, as published; nan where either is not above zero."""
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = self.series.values[self.row, self.order] / self.series.figures(self.due)
        return np.where((ratio > 0) & np.isfinite(ratio), ratio, np.nan)


def misfit(z: Floats) -> Floats:
    """Return log(1 + z²), bounded."""
    distance: Floats = np.log1p(np.minimum(np.abs(z), _FARTHEST) ** 2)
    return distance


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
    left = {one: rows for one, rows in sendings.items() if one not in wrong}
    found = {one: _clearest(one, rows, wrong) for one, rows in left.items()}
    while found:
        worst = max(found, key=lambda one: (found[one].gain, one))
        if found[worst].gain < LEAST_GAIN:
            break
        fault = found.pop(worst)
        faults.append(fault)
        wrong |= {worst}
        left[worst] = [(one, t) for one, t in left[worst] if one not in fault.series]
        for one in [worst, *(one for one in found if _near(left[one], worst))]:
            found[one] = _clearest(one, left[one], wrong)
    return faults


def _near(rows: Rows, other: Sending) -> bool:
    """Tell whether a sending may have been compared with another."""
    return any(abs(one.index[other] - t) <= 2 * NEAREST for one, t in rows if other in one.index)


def compare(rows: Rows, without: frozenset[Sending]) -> list[Compared]:
    """Return the indicators of a sending that can be compared, each with what was expected."""
    order = columns_in_order(rows)
    return [
        Compared(one, t, order, reference[order])
        for one, t in rows
        if np.isfinite(one.noise) and (reference := one.reference(t, without)) is not None
    ]


def _clearest(sending: Sending, rows: Rows, without: frozenset[Sending]) -> Fault:
    """Return the explanation that lowers the misfit of a sending most."""
    known = compare(rows, without) if rows else []
    found = [Fault("nothing", sending, (), np.zeros(0, dtype=np.intp), 0.0)]
    if known:
        found += [find_moved(sending, known), *find_scaled(sending, known)]
        pairs = combinations(known, 2)
        found += [find_swapped(sending, a, b) for a, b in pairs if a.series.unit == b.series.unit]
    found = [fault for fault in found if _leaves_right(fault, known)]
    best = max(found, key=lambda fault: fault.gain)
    return _join(best, found) if best.kind in ("swapped", "scaled") else best


def _leaves_right(fault: Fault, known: list[Compared]) -> bool:
    """Tell whether the other rows of a fault's indicators are as expected: else a few of them fit by chance."""
    for one in known:
        rest = one.straight[~np.isin(one.order, fault.columns)]
        rest = rest[np.isfinite(rest)]
        if one.series in fault.series and len(rest) >= FEWEST_PROVINCES / 2 and _median(rest) > ORDINARY:
            return False
    return True


def _join(best: Fault, found: list[Fault]) -> Fault:
    """Return columns that were swapped, or multiplied alike, as one fault: each in what explains most."""
    joined: list[Fault] = []
    for fault in sorted(found, key=lambda fault: -fault.gain):
        alike = (fault.kind, fault.factor) == (best.kind, best.factor) and fault.gain >= LEAST_GAIN
        if alike and not {one for other in joined for one in other.series} & set(fault.series):
            joined.append(fault)
    if not joined:
        return best
    series = tuple(one for fault in joined for one in fault.series)
    columns = np.unique(np.concatenate([fault.columns for fault in joined]))
    return replace(best, series=series, columns=columns)


def find_moved(sending: Sending, known: list[Compared]) -> Fault:
    """Find figures that stand one row too low or too high, in a run of rows, or exchanged between two rows.

    One indicator alone may have slipped: those that their own rows fit better are left out.
    """
    found = []
    gains = {step: np.array([one.moved(step) for one in known]) for step in (1, -1)}
    for step, gain in gains.items():
        total, first, last = heaviest_run(_together(gain))
        found.append(_moved(sending, known, (total, first, last), step))
    both = np.minimum(gains[-1][:, :-1], gains[1][:, 1:]).sum(axis=0) > 0  # either row fits the other
    pairs = np.where(both, _together(gains[-1][:, :-1] + gains[1][:, 1:]), 0.0)
    if len(pairs):
        first = int(pairs.argmax())
        found.append(_moved(sending, known, (float(pairs[first]), first, first + 2), 0))
    return max(found, key=lambda fault: fault.gain)


def _together(gains: Floats) -> Floats:
    """Return the sum over the indicators that gain something in some run, of one row each."""
    some = [heaviest_run(gain)[0] > LEAST_GAIN / 4 for gain in gains]
    together: Floats = gains[some].sum(axis=0) if any(some) else gains.sum(axis=0)
    return together


def _moved(sending: Sending, known: list[Compared], run: tuple[float, int, int], step: int) -> Fault:
    """Return a run of rows as a fault of the indicators that fit the other rows better there."""
    gain, first, last = run
    steps = (step,) if step else (1, -1)
    fits = [one.series for one in known if max(one.better(other)[first:last].sum() for other in steps) >= 0]
    return Fault("moved", sending, tuple(fits), known[0].order[first:last], gain, step)


def find_swapped(sending: Sending, a: Compared, b: Compared) -> Fault:
    """Find a run of rows in which the figures of two indicators stand in each other's column."""
    gains = np.zeros(len(a.order))
    for one, other in ((a, b), (b, a)):
        across = (one.found - other.due) / max(one.series.noise, other.series.noise)
        gains += np.nan_to_num(one.straight - _LEFT * _least(across))
    gain, first, last = heaviest_run(gains)
    return Fault("swapped", sending, (a.series, b.series), a.order[first:last], gain)


def _least(z: Floats) -> Floats:
    """Return the misfit apart from a move common to all rows, or to those of either half: half may be swapped."""
    half = len(z) // 2
    common = {_median(z), _median(z[:half]), _median(z[half:])}
    least: Floats = np.fmin.reduce([misfit(z - move) for move in common])
    return least


def find_scaled(sending: Sending, known: list[Compared]) -> list[Fault]:
    """Find runs of rows of an indicator whose figures are multiples of what they were: by tens, or thousands.

    Counts that add up over a year fall twelvefold in January, so that only thousands are looked for in counts not
    known to be levels.
    """
    found: list[Fault] = []
    for one in known:
        series = one.series
        ratio = np.log10(one.ratios())
        counts = series.unit in ("count", "VND")
        powers = (1, 2, 3) if not counts else (1, 2, 3, 6) if series.is_level else (3, 6)
        if not (np.abs(ratio) > powers[0] / 2).any():
            continue
        straight = misfit(ratio / series.usual_ratio)
        for power in (sign * power for power in powers for sign in (1, -1)):
            scaled = _LEFT * misfit((ratio - power) / series.usual_ratio)
            gain, first, last = heaviest_run(np.where(np.isfinite(ratio), straight - scaled, 0.0))
            found.append(Fault("scaled", sending, (series,), one.order[first:last], gain, factor=10.0**power))
    return found


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
        whole = tuple(one for one, _ in sendings[wrong])
        faults[wrong] = Fault("copied", wrong, whole, columns_in_order(sendings[wrong]), np.inf, other=right)
    return list(faults.values())


def _median(values: Floats) -> float:
    known = np.sort(values[np.isfinite(values)])
    return float(known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if len(known) else 0.0

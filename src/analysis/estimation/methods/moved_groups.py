"""Group-time effects under many assignments of treatment paths at once, where cells are missing or weighted.

A cell's effect is a difference of two means, of those dealt its group and of those who serve as controls. Sums over the
dealt units are products of 0/1 matrices with the cells' changes, so that a few of these serve all draws.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.inference.assignments import Assignments
from analysis.estimation.inference.moved_paths import Moved, Moves
from analysis.estimation.inference.multiplier import sum_by_cluster
from analysis.estimation.methods.group_time import base_periods, control_kinds
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel

# Draws handled at once: their matrices of draws by cells then stay in memory.
CHUNK = 500


@dataclass(frozen=True)
class GroupCells:
    """Every group and period of a panel (C cells), and the terms that average them.

    `kinds` are the starts, never last; `serves` (kinds, C) says whose units are a cell's controls; `weights` (C, N) are
    zero where a unit is not seen in both of a cell's periods. `terms` (C,) number each cell's term.
    """

    panel: Panel
    aggregate: str
    kinds: IntArray
    groups: IntArray
    periods: IntArray
    before: IntArray
    serves: BoolArray
    weights: FloatArray
    terms: IntArray

    def changes(self, outcome: FloatArray) -> FloatArray:
        """Give each unit's weighted change of an outcome (N, T), or of one a cell (C, N, T), in each cell: (C, N)."""
        at, cells = np.arange(self.panel.n_units), np.arange(len(self.groups))[:, None]
        filled = np.where(self.panel.observed, outcome, 0.0)
        if filled.ndim == 2:
            filled = np.broadcast_to(filled, (len(cells), *filled.shape))
        ends = [filled[cells, at, periods[:, None]] for periods in (self.periods, self.before)]
        return np.asarray(self.weights * (ends[0] - ends[1]))


def lay_cells(panel: Panel, aggregate: str, keys: Sequence[Hashable], controls: str, base: str) -> GroupCells:
    """Lay out all cells of a panel; `keys` name the observed terms as `aggregate_effects` does, others come after."""
    kinds, span = np.append(panel.starts, panel.n_periods), np.arange(base != "universal", panel.n_periods)
    groups, periods = np.repeat(panel.starts, len(span)), np.tile(span, len(panel.starts))
    befores = [base_periods(int(group), span, base) for group in panel.starts]
    serving = [
        control_kinds(kinds, int(group), span, before, controls, panel.n_periods)
        for group, before in zip(panel.starts, befores, strict=True)
    ]
    before = np.concatenate(befores)
    seen = panel.observed[:, periods] & panel.observed[:, before]
    names = {
        "simple": list(zip(groups.tolist(), periods.tolist(), strict=True)),
        "dynamic": (periods - groups).tolist(),
        "group": groups.tolist(),
        "calendar": periods.tolist(),
    }[aggregate]
    numbers = {name: number for number, name in enumerate(dict.fromkeys([*keys, *names]))}
    return GroupCells(
        panel=panel,
        aggregate=aggregate,
        kinds=kinds,
        groups=groups,
        periods=periods,
        before=before,
        serves=np.concatenate(serving, axis=1),
        weights=np.where(seen, panel.cell_weights[:, np.minimum(periods, before)], 0.0).T,
        terms=np.array([numbers[name] for name in names]),
    )


def move_groups(cells: GroupCells, exposures: FloatArray, assignments: Assignments) -> Moves:
    """Estimate every effect anew for all draws, and what each would find of the observed one.

    `exposures` (1 + terms, N, T) marks the cells that the overall effect and each observed term average.
    """
    padded = np.concatenate([exposures[1:], np.zeros((1 + cells.terms.max(), *exposures.shape[1:]))])
    changes = [cells.changes(of) for of in (cells.panel.outcome, exposures[0], padded[cells.terms])]
    own = np.searchsorted(cells.panel.starts, cells.panel.treated_from)[None, :].astype(np.int16)
    paths, n_terms = assignments.paths, len(exposures) - 1
    pieces = [
        _move(cells, changes, paths[first : first + CHUNK], n_terms) for first in range(0, len(paths), CHUNK)
    ]
    effects, shares, variance = (np.concatenate(part) for part in zip(*pieces, strict=True))
    fitted = np.isfinite(effects[:, 0])
    moved = Moved(effects[fitted], shares[fitted], assignments.only(fitted), variance[fitted].T)
    return Moves(moved, moved, _move(cells, changes, own, n_terms)[2][0])


def _move(
    cells: GroupCells, changes: list[FloatArray], paths: NDArray[np.int16], n_terms: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give effects and shares (D, 1 + terms), and the overall effect's squared error as powers of the effect (D, 3)."""
    members = [(paths == kind).astype(float) for kind in range(len(cells.kinds))]
    draws = _Draws(cells, members, *_sums(cells, members, cells.weights))
    outcome, treatment, own = (draws.effects(_sums(cells, members, change)) for change in changes)
    values = [draws.average(one[0] - one[1]) for one in (outcome, treatment, own)]
    parts = [
        sum_by_cluster(draws.influence(change, means, *found).T, cells.panel.cluster)
        for change, means, found in zip(changes, (outcome, treatment), values, strict=False)
    ]
    variance = [(parts[0] ** 2).sum(axis=0), (parts[0] * parts[1]).sum(axis=0), (parts[1] ** 2).sum(axis=0)]
    effects = np.column_stack([values[0][1], values[0][0][:, :n_terms]])
    return effects, np.column_stack([values[1][1], values[2][0][:, :n_terms]]), np.column_stack(variance)


def _sums(cells: GroupCells, members: list[FloatArray], values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Add values (C, N) up over each cell's treated, and over its controls: (D, C) each."""
    treated, rest = (np.zeros((len(members[0]), len(values))) for _ in range(2))
    for start, serves, member in zip(cells.kinds, cells.serves, members, strict=True):
        own = cells.groups == start
        treated[:, own] = member @ values[own].T
        rest[:, serves] += member @ values[serves].T
    return treated, rest


class _Draws:
    """Some draws: who is dealt which path, and how each averages the cells it can compare."""

    def __init__(
        self, cells: GroupCells, members: list[FloatArray], treated: FloatArray, rest: FloatArray
    ) -> None:
        self.cells, self.members = cells, members
        self.kept = (treated > 0) & (rest > 0)
        self.masses = [np.where(self.kept, mass, 1.0) for mass in (treated, rest)]
        sizes = cells.panel.cell_weights.mean(axis=1)
        self.sizes = sizes / sizes.mean()
        self.group_shares = np.column_stack([m @ self.sizes for m in members[:-1]]) / cells.panel.n_units
        self.column = np.searchsorted(cells.panel.starts, cells.groups)
        after = self.kept & (cells.periods >= cells.groups)
        used = self.kept if cells.aggregate in ("simple", "dynamic") else after
        # Cells are averaged to terms by their group's share, or alike; in "simple" each is a term of its own.
        by_share = cells.aggregate in ("dynamic", "calendar")
        self.marks = (cells.terms[:, None] == np.arange(cells.terms.max() + 1)).astype(float)
        weights = used * (self.group_shares[:, self.column] if by_share else 1.0)
        totals = weights @ self.marks
        self.known = totals > 0
        self.within = weights / np.where(self.known, totals, 1.0)[:, cells.terms]
        counted = after.astype(float) @ self.marks > 0
        group = np.array([self.column[cells.terms == term][0] for term in range(self.marks.shape[1])])
        outer = counted * (1.0 if by_share else self.group_shares[:, group])
        total = outer.sum(axis=1, keepdims=True)
        self.total = np.where(total > 0, total, np.nan)
        self.outer = outer / self.total
        self.group, self.by_share = group, by_share

    def effects(self, sums: tuple[FloatArray, FloatArray]) -> list[FloatArray]:
        """Give the means of the cells' treated and of their controls (D, C each), zero where there is none."""
        return [np.where(self.kept, of, 0.0) / mass for of, mass in zip(sums, self.masses, strict=True)]

    def average(self, effects: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Average effects (D, C) to terms, NaN where a draw has none, and to the overall effect: (D, K) and (D,)."""
        terms = (self.within * effects) @ self.marks
        return np.where(self.known, terms, np.nan), np.asarray((self.outer * terms).sum(axis=1))

    def influence(
        self, change: FloatArray, means: list[FloatArray], terms: FloatArray, overall: FloatArray
    ) -> FloatArray:
        """Give each unit's part in the error of the overall effect (D, N); shares of groups are sampled too."""
        cells, (treated, rest) = self.cells, means
        weights = self.within * self.outer[:, cells.terms]
        ours, theirs = (weights / mass for mass in self.masses)
        found = np.zeros((len(overall), cells.panel.n_units))
        for kind, (start, serves, member) in enumerate(
            zip(cells.kinds, cells.serves, self.members, strict=True)
        ):
            own = cells.groups == start
            part = ours[:, own] @ change[own] - (ours * treated)[:, own] @ cells.weights[own]
            part -= theirs[:, serves] @ change[serves] - (theirs * rest)[:, serves] @ cells.weights[serves]
            if kind < len(cells.kinds) - 1:
                part += (
                    self._sampled(kind, treated - rest, terms, overall)[:, None]
                    * self.sizes
                    / cells.panel.n_units
                )
            found += member * part
        return found

    def _sampled(self, kind: int, effects: FloatArray, terms: FloatArray, overall: FloatArray) -> FloatArray:
        """Give how much a larger share of units of one start would move the overall effect (D,)."""
        terms = np.nan_to_num(terms)
        if self.by_share:
            own = self.column == kind
            share = np.where(self.group_shares[:, [kind]] > 0, self.group_shares[:, [kind]], 1.0)
            apart = effects[:, own] - terms[:, self.cells.terms[own]]
            moved = self.within[:, own] / share * self.outer[:, self.cells.terms[own]] * apart
        else:
            own = self.group == kind
            counted = self.outer[:, own] > 0
            moved = np.where(counted, terms[:, own] - overall[:, None], 0.0) / self.total
        return np.asarray(moved.sum(axis=1))

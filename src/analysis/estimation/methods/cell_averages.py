"""Which averages of the effects on treated cells stand beside the overall one, for any assignment of paths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimation.methods.imputed import Paths
from analysis.estimation.panel.panel import FloatArray, IntArray, Panel
from analysis.estimation.results import Term

AGGREGATES = ("simple", "dynamic", "group", "calendar", "unit")


@dataclass(frozen=True)
class CellAverages:
    """The overall mean of the effects on treated cells and its terms, by cell weight.

    `keys` name the terms: event times, first treated periods, periods, or places of treated units in the order of
    stratum and start (`order`), which in a draw are held by the units dealt these starts.
    """

    kind: str
    keys: tuple[int, ...]
    labels: tuple[Term, ...]
    strata: IntArray

    def masses(self, cells: FloatArray, starts: IntArray, places: IntArray) -> FloatArray:
        """Add up cells (D, N, T) over everything and over each term: (D, 1 + terms)."""
        each = self._of_terms(cells, starts, places) if self.keys else np.empty((len(cells), 0))
        return np.column_stack([cells.sum(axis=(1, 2)), each])

    def average(
        self, effects: FloatArray, weights: FloatArray, starts: IntArray, places: IntArray
    ) -> FloatArray:
        """Average effects (D, N, T) by weight: (D, 1 + terms), NaN where a draw has no such cell."""
        totals = self.masses(weights, starts, places)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.masses(weights * effects, starts, places) / totals)

    def targets(self, weights: FloatArray, starts: IntArray, places: IntArray) -> FloatArray:
        """Give the weights of the observed assignment's averages (D = 1) on its cells: (1 + terms, N, T)."""
        times = np.arange(weights.shape[2])[None, :]
        own = starts[0][:, None]
        keyed = {"dynamic": times - own, "group": own + 0 * times, "calendar": times + 0 * own}
        if self.kind == "unit":
            marks = [np.arange(len(own))[:, None] == places[0, key] for key in self.keys]
        else:
            marks = [keyed[self.kind] == key for key in self.keys] if self.keys else []
        parts = [weights[0], *(weights[0] * mark for mark in marks)]
        return np.array([part / part.sum() for part in parts])

    def places(self, starts: IntArray, rng: np.random.Generator) -> IntArray:
        """Order each draw's units by stratum and start, at random among those alike: (D, N) indexes of units."""
        kind = self.strata * (starts.max() + 1) + starts
        return np.asarray(np.argsort(kind + rng.random(starts.shape), axis=1))

    def _of_terms(self, cells: FloatArray, starts: IntArray, places: IntArray) -> FloatArray:
        if self.kind == "calendar":
            return np.asarray(cells.sum(axis=1)[:, self.keys])
        if self.kind == "dynamic":
            return np.column_stack([_at_event_time(cells, starts, key) for key in self.keys])
        of_units = cells.sum(axis=2)
        if self.kind == "group":
            return np.column_stack([(of_units * (starts == key)).sum(axis=1) for key in self.keys])
        return np.take_along_axis(of_units, places[:, self.keys], axis=1)


def _at_event_time(cells: FloatArray, starts: IntArray, since: int) -> FloatArray:
    at = starts + since
    inside = at < cells.shape[2]
    found = np.take_along_axis(cells, np.where(inside, at, 0)[:, :, None], axis=2)[:, :, 0]
    return np.asarray((found * inside).sum(axis=1))


def choose_averages(panel: Panel, paths: Paths, kind: str) -> CellAverages:
    """Set up the averages that the observed assignment (D = 1) has cells for."""
    cells = (panel.cell_weights * paths.treated[0]) > 0
    strata = np.zeros(panel.n_units, np.int64) if panel.strata is None else panel.strata
    if kind == "simple":
        return CellAverages(kind, (), (), strata)
    rows, times = np.nonzero(cells)
    own = panel.treated_from[rows]
    if kind == "unit":
        order = observed_places(panel)
        keys = [k for k, unit in enumerate(order.tolist()) if cells[unit].any()]
        labels = tuple(Term(0.0, group=panel.units[int(order[k])]) for k in keys)
    else:
        found = {"dynamic": times - own, "group": own, "calendar": times}[kind]
        keys = np.unique(found).tolist()
        labels = tuple(_label(panel, kind, key) for key in keys)
    return CellAverages(kind, tuple(keys), labels, strata)


def observed_places(panel: Panel) -> IntArray:
    """Order the units by stratum and start as they are."""
    strata = np.zeros(panel.n_units, np.int64) if panel.strata is None else panel.strata
    return np.asarray(np.lexsort((panel.treated_from, strata)))


def _label(panel: Panel, kind: str, key: int) -> Term:
    if kind == "dynamic":
        return Term(0.0, event_time=key)
    return Term(0.0, group=panel.periods[key]) if kind == "group" else Term(0.0, period=panel.periods[key])

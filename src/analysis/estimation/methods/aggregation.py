"""Averages of group-time effects: over all, by time since treatment, by group, by calendar period.

References: Callaway & Sant'Anna (2021), Journal of Econometrics 225, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.methods.group_time import GroupTimes
from analysis.estimation.panel.panel import BoolArray, FloatArray

AGGREGATES = ("simple", "dynamic", "group", "calendar")


@dataclass(frozen=True)
class Averages:
    """An overall effect and those it averages, with each unit's influence.

    `keys` name the averaged effects: event times, groups or periods (indexes), empty for "simple".
    `influence` is units × effects, `overall_influence` one value a unit.
    """

    kind: str
    overall: float
    overall_influence: FloatArray
    keys: tuple[int, ...]
    effects: FloatArray
    influence: FloatArray


def aggregate_effects(cells: GroupTimes, kind: str) -> Averages:
    """Average the group-time effects; groups count by their size."""
    after = cells.periods >= cells.groups
    if kind == "simple":
        return Averages(kind, *_by_share(cells, after), (), np.empty(0), np.empty((len(cells.influence), 0)))
    keyed = {"dynamic": cells.periods - cells.groups, "group": cells.groups, "calendar": cells.periods}[kind]
    kept = np.ones(len(after), dtype=bool) if kind == "dynamic" else after
    keys = tuple(int(key) for key in np.unique(keyed[kept]))
    each = [_within(cells, kept & (keyed == key), kind) for key in keys]
    effects, influence = np.array([e for e, _ in each]), np.column_stack([i for _, i in each])
    if kind == "group":
        overall, spread = _over_groups(cells, keys, effects, influence)
    else:
        counted = np.array(keys) >= 0 if kind == "dynamic" else np.ones(len(keys), dtype=bool)
        overall, spread = float(effects[counted].mean()), influence[:, counted].mean(axis=1)
    return Averages(kind, overall, spread, keys, effects, influence)


def _within(cells: GroupTimes, chosen: BoolArray, kind: str) -> tuple[float, FloatArray]:
    if kind == "group":
        return float(cells.effects[chosen].mean()), cells.influence[:, chosen].mean(axis=1)
    return _by_share(cells, chosen)


def _by_share(cells: GroupTimes, chosen: BoolArray) -> tuple[float, FloatArray]:
    """Weight cells by their group's share; the shares are estimated too, and add to the influence."""
    columns = np.searchsorted(cells.starts, cells.groups[chosen])
    return _weighted(cells, columns, cells.effects[chosen], cells.influence[:, chosen])


def _over_groups(
    cells: GroupTimes, keys: tuple[int, ...], effects: FloatArray, influence: FloatArray
) -> tuple[float, FloatArray]:
    return _weighted(cells, np.searchsorted(cells.starts, np.array(keys)), effects, influence)


def _weighted(
    cells: GroupTimes, columns: NDArray[np.intp], effects: FloatArray, influence: FloatArray
) -> tuple[float, FloatArray]:
    shares = cells.shares[columns]
    total = shares.sum()
    average = float(shares @ effects / total)
    noise = cells.members[:, columns] - shares
    return average, influence @ (shares / total) + noise @ ((effects - average) / total)

"""Effects by group and period, each group's change since its last untreated period less its controls', and averages.

References: Callaway & Sant'Anna (2021), Journal of Econometrics 225; section 3 for the averages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import NoControlLeft, NoPrePeriod
from analysis.estimation.methods.comparison import compare_adjusted, compare_changes
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel

AGGREGATES = ("simple", "dynamic", "group", "calendar")


@dataclass(frozen=True)
class GroupTimes:
    """ATT(g, t) for every group and period that can be compared, with each unit's influence on it.

    `groups`, `periods` and `effects` have one value a cell (indexes of periods); `influence` is units ×
    cells, such that the covariance of the effects is influence.T @ influence / n_units². `shares` maps a
    group to its share of all units' weight, `members` is units × groups in the order of `starts`, the
    weight of each unit in its group relative to the mean weight.
    """

    groups: IntArray
    periods: IntArray
    effects: FloatArray
    influence: FloatArray
    starts: IntArray
    shares: FloatArray
    members: FloatArray
    skipped: tuple[tuple[int, int], ...] = ()


def group_times(panel: Panel, *, controls: str, method: str, base: str) -> GroupTimes:
    """Estimate every ATT(g, t).

    A cell uses the units observed in both of its periods; cells with no such treated or control unit are
    left out and listed in `skipped`. Weights and covariates are those of the earlier period.

    Raises:
        NoControlLeft: when no cell at or after a start has a control.
        NoPrePeriod: when a group starts in the panel's first period.
    """
    starts = panel.starts
    if starts[0] == 0:
        raise NoPrePeriod(
            f"Units are treated from the first period, {panel.periods[0]}: no change to compare."
        )
    found = [_group(panel, int(group), controls, method, base) for group in starts]
    pairs = np.concatenate([np.column_stack([np.full(len(f.periods), f.group), f.periods]) for f in found])
    if not (pairs[:, 1] >= pairs[:, 0]).any():
        raise NoControlLeft(
            f"No {'never-treated' if controls == 'never' else 'untreated'} unit is observed beside a treated one. "
            + ('Try controls="not-yet".' if controls == "never" else "End the panel before all are treated.")
        )
    unit_weights = panel.cell_weights.mean(axis=1)
    members = (panel.treated_from[:, None] == starts[None, :]) * (unit_weights / unit_weights.mean())[:, None]
    return GroupTimes(
        groups=pairs[:, 0],
        periods=pairs[:, 1],
        effects=np.concatenate([f.effects for f in found]),
        influence=np.concatenate([f.influence for f in found], axis=1),
        starts=starts,
        shares=members.mean(axis=0),
        members=members,
        skipped=tuple((f.group, int(period)) for f in found for period in f.skipped),
    )


@dataclass(frozen=True)
class _Group:
    """One group's cells: `periods` that can be compared with effects and influence, and those `skipped`."""

    group: int
    periods: IntArray
    effects: FloatArray
    influence: FloatArray
    skipped: IntArray


def base_periods(group: int, periods: IntArray, base: str) -> IntArray:
    """Name the periods compared with: the last before treatment or, before that, the one before each."""
    universal = np.full(len(periods), group - 1)
    return universal if base == "universal" else np.where(periods >= group, universal, periods - 1)


def cell_loadings(panel: Panel, cells: GroupTimes, controls: str, base: str) -> FloatArray:
    """Write each cell's effect as a sum over units of their path times their group's loadings.

    Returns cells × groups × periods, the never treated last; holds for complete panels without weights or
    covariates.
    """
    kinds = np.append(panel.starts, panel.n_periods)
    sizes = np.array([(panel.treated_from == kind).sum() for kind in kinds])
    loadings = np.zeros((len(cells.groups), len(kinds), panel.n_periods))
    for group in cells.starts.tolist():
        rows = np.flatnonzero(cells.groups == group)
        periods = cells.periods[rows]
        before = base_periods(group, periods, base)
        serves = control_kinds(kinds, group, periods, before, controls, panel.n_periods)
        shares = (kinds == group) / sizes[kinds == group].sum() - serves.T / (serves.T @ sizes)[:, None]
        loadings[rows, :, periods] += shares
        loadings[rows, :, before] -= shares
    return loadings


def control_kinds(
    starts: IntArray, group: int, periods: IntArray, before: IntArray, controls: str, n_periods: int
) -> BoolArray:
    """Tell which starts (first axis) make a control in which period (second axis)."""
    if controls == "never":
        return np.broadcast_to(starts[:, None] == n_periods, (len(starts), len(periods)))
    latest = np.maximum(periods, before)
    return np.asarray((starts[:, None] > latest) & (starts != group)[:, None])


def _group(panel: Panel, group: int, controls: str, method: str, base: str) -> _Group:
    """Estimate one group's cells, leaving out those without a treated or a control unit."""
    periods = np.arange(0 if base == "universal" else 1, panel.n_periods)
    before = base_periods(group, periods, base)
    seen = panel.observed[:, periods] & panel.observed[:, before]
    treated = seen & (panel.treated_from == group)[:, None]
    serves = control_kinds(panel.treated_from, group, periods, before, controls, panel.n_periods)
    rest = seen & serves
    kept = treated.any(axis=0) & rest.any(axis=0)
    skipped, periods, before = periods[~kept], periods[kept], before[kept]
    treated, rest = treated[:, kept], rest[:, kept]
    earlier = np.minimum(before, periods)
    change = np.where(treated | rest, panel.outcome[:, periods] - panel.outcome[:, before], 0.0)
    weights = panel.cell_weights[:, earlier]
    if not panel.covariates:
        return _Group(group, periods, *compare_changes(change, weights * treated, weights * rest), skipped)
    values = np.stack(list(panel.covariates.values()), axis=2)[:, earlier]
    effects, influence = np.zeros(len(periods)), np.zeros(change.shape)
    for column in np.flatnonzero(before != periods):
        used = treated[:, column] | rest[:, column]
        effects[column], part = compare_adjusted(
            change[used, column], treated[used, column], weights[used, column], values[used, column], method
        )
        influence[used, column] = part * panel.n_units / used.sum()
    return _Group(group, periods, effects, influence, skipped)


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

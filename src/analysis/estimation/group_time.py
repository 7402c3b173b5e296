"""Effects by group and period: each group's change since its last untreated period against its controls'.

References: Callaway & Sant'Anna (2021), Journal of Econometrics 225.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.comparison import compare_adjusted, compare_changes
from analysis.estimation.errors import NoControlLeft, NoPrePeriod
from analysis.estimation.panel import Panel

Array = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class GroupTimes:
    """ATT(g, t) for every group and period that can be compared, with each unit's influence on it.

    `groups`, `periods` and `effects` have one value a cell (indexes of periods); `influence` is units ×
    cells, such that the covariance of the effects is influence.T @ influence / n_units². `shares` maps a
    group to its share of all units' weight, `members` is units × groups in the order of `starts`, the
    weight of each unit in its group relative to the mean weight.
    """

    groups: Ints
    periods: Ints
    effects: Array
    influence: Array
    starts: Ints
    shares: Array
    members: Array
    skipped: tuple[tuple[int, int], ...] = ()

    @property
    def share_of_cell(self) -> Array:
        """The group's share, one value a cell."""
        return np.asarray(self.shares[np.searchsorted(self.starts, self.groups)])


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
    cells: list[tuple[int, int, float, Array]] = []
    skipped: list[tuple[int, int]] = []
    for group in starts:
        for period in range(0 if base == "universal" else 1, panel.n_periods):
            cell = _cell(panel, int(group), period, controls, method, base)
            if cell is None:
                skipped.append((int(group), period))
            else:
                cells.append(cell)
    if not any(period >= group for group, period, _, _ in cells):
        raise NoControlLeft(
            f"No {'never-treated' if controls == 'never' else 'untreated'} unit is observed beside a treated one. "
            + ('Try controls="not-yet".' if controls == "never" else "End the panel before all are treated.")
        )
    unit_weights = panel.cell_weights.mean(axis=1)
    members = (panel.treated_from[:, None] == starts[None, :]) * (unit_weights / unit_weights.mean())[:, None]
    columns = list(zip(*cells, strict=True))
    return GroupTimes(
        groups=np.array(columns[0]),
        periods=np.array(columns[1]),
        effects=np.array(columns[2]),
        influence=np.column_stack(columns[3]),
        starts=starts,
        shares=members.mean(axis=0),
        members=members,
        skipped=tuple(skipped),
    )


def base_period(group: int, period: int, base: str) -> int:
    """Name the period a cell is compared with: the last before treatment, or, before that, the one before."""
    return group - 1 if base == "universal" or period >= group else period - 1


def control_units(panel: Panel, group: int, period: int, controls: str, base: str) -> NDArray[np.bool_]:
    """Tell which units serve as controls of a cell."""
    if controls == "never":
        return ~panel.treated
    latest = max(period, base_period(group, period, base))
    return np.asarray((panel.treated_from > latest) & (panel.treated_from != group))


def cell_loadings(panel: Panel, cells: GroupTimes, controls: str, base: str) -> Array:
    """Write each cell's effect as a sum over units of their path times their group's loadings.

    Returns cells × groups × periods, the never treated last; holds for complete panels without weights or
    covariates.
    """
    kinds = np.append(panel.starts, panel.n_periods)
    sizes = np.array([(panel.treated_from == kind).sum() for kind in kinds])
    loadings = np.zeros((len(cells.groups), len(kinds), panel.n_periods))
    for row, (group, period) in enumerate(zip(cells.groups, cells.periods, strict=True)):
        before = base_period(int(group), int(period), base)
        latest = max(int(period), before)
        serves = (kinds == panel.n_periods) if controls == "never" else (kinds > latest) & (kinds != group)
        shares = (kinds == group) / sizes[kinds == group].sum() - serves / sizes[serves].sum()
        loadings[row, :, period] += shares
        loadings[row, :, before] -= shares
    return loadings


def _cell(
    panel: Panel, group: int, period: int, controls: str, method: str, base: str
) -> tuple[int, int, float, Array] | None:
    """Estimate one cell; None where no unit can be compared."""
    before = base_period(group, period, base)
    if before == period:
        return group, period, 0.0, np.zeros(panel.n_units)
    seen = panel.observed[:, period] & panel.observed[:, before]
    treated = (panel.treated_from == group) & seen
    used = treated | (control_units(panel, group, period, controls, base) & seen)
    if not treated.any() or not (used & ~treated).any():
        return None
    change = panel.outcome[used, period] - panel.outcome[used, before]
    weights = panel.cell_weights[used, min(before, period)]
    if panel.covariates:
        rows = np.column_stack([values[used, min(before, period)] for values in panel.covariates.values()])
        effect, influence = compare_adjusted(change, treated[used], weights, rows, method)
    else:
        effect, influence = compare_changes(change, treated[used], weights)
    spread = np.zeros(panel.n_units)
    spread[used] = influence * panel.n_units / used.sum()
    return group, period, effect, spread

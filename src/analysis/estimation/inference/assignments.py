"""Who else might have been treated: whole treatment paths moved between units, within strata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import NothingToMove, TooFewDraws
from analysis.estimation.methods.twoway import cluster_codes
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel


@dataclass(frozen=True)
class Assignments:
    """Assignments of paths to units: `paths` (draws, units) holds the index of a start, or the number of starts.

    `exact` says that they are all there are, the observed one among them; `n_possible` how many there are.
    """

    paths: NDArray[np.int16]
    exact: bool
    n_possible: int
    moved: str

    @property
    def smallest_p(self) -> float:
        """The smallest p-value these assignments can give."""
        return 1 / len(self.paths) if self.exact else 1 / (len(self.paths) + 1)

    def only(self, kept: BoolArray) -> Assignments:
        """Leave out the draws a method could not fit."""
        return self if kept.all() else replace(self, paths=self.paths[kept])

    def p_value(self, statistics: FloatArray, observed: float) -> float:
        """Share of assignments whose statistic is at least as far from zero as the observed one."""
        # Assignments that tie with the observed one differ from it by rounding only.
        return self.share(np.abs(statistics) >= abs(observed) * (1 - 1e-9))

    def share(self, extreme: BoolArray) -> float:
        """Turn marks of the extreme assignments into a p-value; a random set counts the observed one too."""
        count = int(np.count_nonzero(extreme))
        return count / len(extreme) if self.exact else (count + 1) / (len(extreme) + 1)

    def rank(self, conf_level: float) -> int:
        """How many assignments must be as extreme for a value to stay inside the interval."""
        alpha = round(1 - conf_level, 12)
        if self.exact:
            return int(np.floor(alpha * len(self.paths) + 1e-9)) + 1
        return max(int(np.floor(alpha * (len(self.paths) + 1) + 1e-9)), 1)


def draw_assignments(panel: Panel, draws: int, rng: np.random.Generator, conf_level: float) -> Assignments:
    """Move the treatment paths between units, or between clusters when whole clusters are treated.

    Where treatment differs within clusters, it is dealt out within them, as within strata: units of a cluster share
    what moves it, so that only they tell an effect from that. All assignments are listed when they are no more than
    `draws`; otherwise `draws` are drawn at random.

    Raises:
        TooFewDraws: the draws cannot reach the level asked for.
        NothingToMove: there is no other assignment within the strata.
    """
    owners, moved, within = _owners(panel)
    paths = np.searchsorted(panel.starts, panel.treated_from).astype(np.int16)
    first = np.unique(owners, return_index=True)[1]
    strata = within[first]
    groups = [np.flatnonzero(strata == s) for s in np.unique(strata)]
    n_possible = prod(_count(paths[first][members]) for members in groups)
    if n_possible == 1:
        raise NothingToMove(
            "Every stratum or cluster is treated alike throughout, so no other assignment of the treatment exists. "
            "Name wider strata or clusters, or none."
        )
    if n_possible <= draws:
        listed = _list_all(paths[first], groups)
        return Assignments(listed[:, owners], True, n_possible, moved)
    require_draws(draws, conf_level)
    drawn = np.tile(paths[first], (draws, 1))
    for members in groups:
        drawn[:, members] = _deal(paths[first][members], draws, rng)
    return Assignments(drawn if moved != "clusters" else drawn[:, owners], False, n_possible, moved)


def require_draws(draws: int, conf_level: float) -> None:
    """Refuse draws too few for a p-value as small as the level needs.

    Raises:
        TooFewDraws: one over (draws + 1) is above one minus the level.
    """
    needed = int(np.ceil(1 / (1 - conf_level) - 1e-9)) - 1
    if draws < needed:
        raise TooFewDraws(
            f"draws={draws} cannot reach a level of {conf_level:g}; at least {needed} are needed."
        )


def _deal(paths: NDArray[np.int16], draws: int, rng: np.random.Generator) -> NDArray[np.int16]:
    # Only the units that are not of the commonest path are dealt a place, by swaps as in a shuffle: with few
    # treated that is far less work than shuffling every row.
    kinds, sizes = np.unique(paths, return_counts=True)
    commonest = kinds[sizes.argmax()]
    others = paths[paths != commonest]
    places = np.tile(np.arange(len(paths), dtype=np.int16 if len(paths) < 2**15 else np.int64), (draws, 1))
    dealt = np.full((draws, len(paths)), commonest, dtype=np.int16)
    rows = np.arange(draws)
    for k, path in enumerate(others):
        chosen = rng.integers(k, len(paths), size=draws)
        place = places[rows, chosen]
        places[rows, chosen] = places[:, k]
        dealt[rows, place] = path
    return dealt


def _owners(panel: Panel) -> tuple[IntArray, str, IntArray]:
    """Say who moves, units or whole clusters, in words too, and within which groups (N,)."""
    units = np.arange(panel.n_units)
    strata = np.zeros(panel.n_units, np.int64) if panel.strata is None else panel.strata
    if panel.cluster is None:
        return units, "units" if panel.strata is None else "units within strata", strata
    cluster = cluster_codes(panel)
    first = np.unique(cluster, return_index=True)[1]
    if (panel.treated_from == panel.treated_from[first][cluster]).all():
        if (strata == strata[first][cluster]).all():
            return cluster, "clusters", strata
        return units, "units within strata", strata
    both = np.unique(np.column_stack([strata, cluster]), axis=0, return_inverse=True)[1]
    return units, "units within clusters", both.ravel().astype(np.int64)


def _count(paths: NDArray[np.int16]) -> int:
    total, left = 1, len(paths)
    for size in np.unique(paths, return_counts=True)[1].tolist():
        total, left = total * comb(left, size), left - size
    return total


def _list_all(paths: NDArray[np.int16], groups: list[IntArray]) -> NDArray[np.int16]:
    listed = list(product(*(list(_arrangements(paths[members])) for members in groups)))
    out = np.empty((len(listed), len(paths)), np.int16)
    for k, members in enumerate(groups):
        out[:, members] = np.array([choice[k] for choice in listed])
    return out


def _arrangements(paths: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
    # Each kind of path in turn takes its places among those still free.
    kinds, sizes = np.unique(paths, return_counts=True)

    def place(k: int, free: BoolArray, so_far: NDArray[np.int16]) -> Iterator[NDArray[np.int16]]:
        if k == len(kinds) - 1:
            yield np.where(free, kinds[k], so_far).astype(np.int16)
            return
        for chosen in combinations(np.flatnonzero(free).tolist(), int(sizes[k])):
            at = np.zeros(len(paths), bool)
            at[list(chosen)] = True
            yield from place(k + 1, free & ~at, np.where(at, kinds[k], so_far).astype(np.int16))

    yield from place(0, np.ones(len(paths), bool), paths)

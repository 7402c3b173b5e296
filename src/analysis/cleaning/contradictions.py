"""Figures for the same province, indicator and period from more than one place: kept side by side, ranked."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from analysis.cleaning.editions import rank_figures

_KEYS = ["province_code", "province_frame", "indicator", "period_start", "period_end"]
_TOLD = ["value", "qualifier", "source_id", "raw_location"]
_MOST_GROUPS, _MOST_FIGURES = 500, 20


def find_contradictions(
    observations: pd.DataFrame, sources: pd.DataFrame
) -> tuple[list[dict[str, Any]], int]:
    """Return groups of figures that compete, those that differ first, and how many groups differ in all.

    Nothing is averaged and nothing is dropped from the observations. The first of a group is the one that panels use
    (see `editions`). A report lists only so many groups and
    figures of each; `count` says how many a group has.
    """
    twice = observations[observations.duplicated(_KEYS, keep=False)]
    if twice.empty:
        return [], 0
    group_of = twice.groupby(_KEYS, sort=False).ngroup().to_numpy()
    values = twice["value"].groupby(group_of)
    differ = (values.max() != values.min()).to_numpy()
    listed = np.argsort(~differ, kind="stable")[:_MOST_GROUPS]
    shown = np.isin(group_of, listed)
    ranked = rank_figures(twice[shown].assign(group=group_of[shown]), sources)
    ranked = ranked.sort_values("group", kind="stable")
    counts = np.bincount(group_of)
    groups = [
        _describe(rows) | {"differ": bool(differ[group]), "count": int(counts[group])}
        for group, rows in _by_group(ranked)
    ]
    return sorted(groups, key=lambda group: not group["differ"]), int(differ.sum())


def _describe(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return what the figures of a group share, and the figures, best first."""
    figures = [dict(zip(_TOLD, row[len(_KEYS) :], strict=False)) for row in rows]
    shared = dict(zip(_KEYS, rows[0], strict=False))
    return shared | {"figures": [{"rank": n, **figure} for n, figure in enumerate(figures, start=1)]}


def _by_group(ranked: pd.DataFrame) -> Iterator[tuple[int, list[tuple[Any, ...]]]]:
    """Yield each group's number and its best rows, as keys and figures."""
    best = ranked[(ranked.groupby("group").cumcount() < _MOST_FIGURES).to_numpy()]
    rows = best[[*_KEYS, *_TOLD, "group"]].itertuples(index=False, name=None)
    return ((group, list(members)) for group, members in groupby(rows, key=lambda row: row[-1]))


def describe_contradictions(groups: list[dict[str, Any]], differing: int) -> list[str]:
    """Say in a line how many figures have other values elsewhere, and give the first; nothing when none has."""
    if not differing:
        return []
    first = groups[0]
    values = " and ".join(
        f"{figure['value']:g} ({figure['raw_location']})" for figure in first["figures"][:3]
    )
    ranked = "ranked" if differing <= len(groups) else f"{len(groups)} ranked"
    return [
        f"figures with another value elsewhere: {differing:,}; all are kept, {ranked} in report.html. The first: "
        f"{first['province_code']}, {first['indicator']}, {first['period_end']}: {values}."
    ]

"""Figures for the same province, indicator and period from more than one place: kept side by side, ranked."""

from __future__ import annotations

from typing import Any

import pandas as pd

_KEYS = ["province_code", "province_frame", "indicator", "period_start", "period_end"]
_EXACTNESS = {"exact": 0, "about": 1, "at_least": 2, "at_most": 2, "over": 2}
_MOST = 500


def find_contradictions(observations: pd.DataFrame, sources: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the groups of figures that compete, best first: nothing is averaged and nothing is dropped.

    The rank prefers exact figures, then those whose counts are known, then the latest publication.
    """
    twice = observations[observations.duplicated(_KEYS, keep=False)]
    if twice.empty:
        return []
    published = dict(zip(sources["source_id"], sources["published"], strict=True))
    ranked = twice.assign(
        exactness=twice["qualifier"].map(_EXACTNESS).fillna(3),
        uncounted=twice["denominator"].isna(),
        published=twice["source_id"].map(published).fillna(""),
    )
    groups: list[dict[str, Any]] = []
    for key, rows in ranked.groupby(_KEYS, sort=False):
        ordered = rows.sort_values("published", ascending=False, kind="stable")
        ordered = ordered.sort_values(["exactness", "uncounted"], kind="stable")
        values = ordered["value"].tolist()
        groups.append(
            {
                **dict(zip(_KEYS, map(str, key), strict=True)),
                "differ": len(set(values)) > 1,
                "figures": [
                    {"rank": n + 1, "value": row["value"], "qualifier": row["qualifier"], "source_id": row["source_id"],
                     "raw_location": row["raw_location"]}
                    for n, row in enumerate(ordered.to_dict("records"))
                ],
            }
        )  # fmt: skip
        if len(groups) >= _MOST:
            break
    return sorted(groups, key=lambda group: not group["differ"])


def describe_contradictions(groups: list[dict[str, Any]]) -> list[str]:
    """Say in a line how many figures have other values elsewhere, and give the first; nothing when none has."""
    differing = [group for group in groups if group["differ"]]
    if not differing:
        return []
    first = differing[0]
    values = " and ".join(
        f"{figure['value']:g} ({figure['raw_location']})" for figure in first["figures"][:3]
    )
    return [
        f"figures with another value elsewhere: {len(differing)}; all are kept, ranked in report.html. The first: "
        f"{first['province_code']}, {first['indicator']}, {first['period_end']}: {values}."
    ]

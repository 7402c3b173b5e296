"""The portal's figures of one month are asked more than once: all days are kept, the newest is used and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis.cleaning.editions import CELL
from analysis.cleaning.messages import Message, message
from analysis.cleaning.shapes import Cleaned
from analysis.reference.portal import departments

_SAME = 0.005
_SHOWN = 8


def settle_versions(files: Sequence[tuple[str, Cleaned]]) -> list[tuple[Cleaned, list[Message]]]:
    """Return each archive's figures, and what is said of them beside those of the other archives.

    Of several answers of one day the last counts, the others stay in the raw files. A figure that differs from that of
    an earlier day says so in its note. Provinces that no archive has of a period are named. `files` are paths and
    figures; the paths of one folder are in the order of capture.
    """
    parts = [cleaned.observations.assign(_file=path) for path, cleaned in files]
    filled = [part for part in parts if len(part)]
    if not filled:
        return [(cleaned, []) for _, cleaned in files]
    every = pd.concat(filled, ignore_index=True).sort_values("_file", kind="stable")
    every["_day"], every["_from"] = (
        every["_file"].str.rpartition("/")[0],
        every["_file"].str.split("/").str[2],
    )
    kept = every[~every.duplicated([*CELL, "_day"], keep="last")]
    cells = kept.groupby(["_from", *CELL], sort=False)
    kept = kept.assign(_before=cells["value"].shift(), _since=cells["_file"].shift())
    revised = kept["_before"].notna() & ((kept["value"] - kept["_before"]).abs() > _SAME)
    notes = [
        f"{note}; {before:g} on {since.split('/')[3]}" if new else note
        for note, before, since, new in zip(
            kept["note"], kept["_before"], kept["_since"], revised, strict=True
        )
    ]
    kept = kept.assign(note=notes, _revised=revised)
    missing = _missing(kept)
    return [
        _settled(path, cleaned, kept[kept["_file"] == path], missing.get(path, [])) for path, cleaned in files
    ]


def _settled(
    path: str, cleaned: Cleaned, own: pd.DataFrame, missing: list[Message]
) -> tuple[Cleaned, list[Message]]:
    columns, said = list(cleaned.observations.columns), list(missing)
    replaced = len(cleaned.observations) - len(own)
    if replaced:
        said.append(message("portal_asked_again", file=path, figures=replaced))
    changed = own[own["_revised"]]
    if len(changed):
        first = changed.iloc[0]
        values = {"figures": len(changed), "old": float(first["_before"]), "new": float(first["value"])}
        place = str(first["raw_location"]).rpartition("!")[2]
        said.append(message("portal_revised", file=path, place=place, indicator=first["indicator"], **values))
    return replace(cleaned, observations=own.sort_index()[columns].reset_index(drop=True)), said


def _missing(kept: pd.DataFrame) -> dict[str, list[Message]]:
    """Return what is said of periods of which not all 34 provinces are there, by the newest file of the period."""
    codes = {one.province_code: one.code for one in departments().values()}
    found: dict[str, list[Message]] = {}
    for (_, indicator, _), own in kept.groupby(["_from", "indicator", "period_end"], sort=True):
        absent = [code for place, code in codes.items() if place not in set(own["province_code"])]
        if absent:
            file = str(own["_file"].iloc[-1])
            values = {"absent": absent[:_SHOWN], "number": len(absent), "of": len(codes)}
            found.setdefault(file, []).append(
                message("portal_missing", file=file, indicator=str(indicator), **values)
            )
    return found

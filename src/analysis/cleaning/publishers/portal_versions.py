"""The portal's figures of one month are asked more than once: all days are kept, the newest is used and says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from analysis.cleaning.editions import CELL
from analysis.cleaning.messages import Message, message
from analysis.cleaning.shapes import HELD_COLUMNS, Cleaned, quarantine_line, shape, stack
from analysis.reference.provinces import successors

_SAME = 0.005
_SHOWN = 8


def settle_versions(files: Sequence[tuple[str, Cleaned]]) -> list[tuple[Cleaned, list[Message]]]:
    """Return each archive's figures, and what is said of them beside those of the other archives.

    Of several answers of one day the last counts, the others stay in the raw files. A figure that differs from that of
    an earlier day says so in its note. Provinces that no archive has of a period are named. Where the newest answers
    for two periods are the same, none of them is used (see `_same_answers`). `files` are paths and figures; the paths
    of one folder are in the order of capture.
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
    same = _same_answers(kept)
    held, kept = kept[kept.index.isin(same.index)].assign(_same=same), kept.drop(same.index)
    missing = _missing(kept)
    return [
        _settled(
            path, cleaned, kept[kept["_file"] == path], held[held["_file"] == path], missing.get(path, [])
        )
        for path, cleaned in files
    ]


def _same_answers(kept: pd.DataFrame) -> pd.Series:
    """Return, for each figure of an answer whose counts are all those of another period's, that period's last day.

    A server that does not look at the period asked for gives itself away so. Only the newest answers are compared, of
    one group, province and frequency; scores, which have no counts, are not.
    """
    newest = kept[~kept.duplicated(["_from", *CELL], keep="last") & (kept["numerator"] > 0)]
    group = newest["_file"].str.rpartition("/")[2].str.split("-").str[0]
    answers: dict[tuple[object, ...], dict[str, list[int]]] = {}
    keys = newest.assign(_group=group)[["_from", "_group", "province_code", "frequency", "period_end"]]
    for (*answer, end), rows in newest.groupby([keys[name] for name in keys], sort=True):
        counts = rows[["indicator", "numerator", "denominator"]].sort_values("indicator")
        told = (*answer, tuple(counts.itertuples(index=False, name=None)))
        answers.setdefault(told, {})[str(end)] = list(rows.index)
    return pd.Series(
        {
            row: next(other for other in ends if other != end)
            for ends in answers.values()
            if len(ends) > 1
            for end, rows in ends.items()
            for row in rows
        },
        dtype="str",
    )


def _settled(
    path: str, cleaned: Cleaned, own: pd.DataFrame, held: pd.DataFrame, missing: list[Message]
) -> tuple[Cleaned, list[Message]]:
    columns, said = list(cleaned.observations.columns), list(missing)
    replaced = len(cleaned.observations) - len(own) - len(held)
    lines = [
        quarantine_line(
            path,
            "",
            str(row["raw_location"]).rpartition("!")[2],
            f"{row['indicator']} {row['numerator']:g} / {row['denominator']:g}",
            message("portal_other_period.same", end=row["period_end"], other=row["_same"]),
        )
        for row in held.to_dict("records")
    ]
    if replaced:
        said.append(message("portal_asked_again", file=path, figures=replaced))
    changed = own[own["_revised"]]
    if len(changed):
        first = changed.iloc[0]
        values = {"figures": len(changed), "old": float(first["_before"]), "new": float(first["value"])}
        place = str(first["raw_location"]).rpartition("!")[2]
        said.append(message("portal_revised", file=path, place=place, indicator=first["indicator"], **values))
    quarantine = stack([cleaned.quarantine, shape(lines, HELD_COLUMNS)], HELD_COLUMNS)
    observations = own.sort_index()[columns].reset_index(drop=True)
    return replace(cleaned, observations=observations, quarantine=quarantine), said


def _missing(kept: pd.DataFrame) -> dict[str, list[Message]]:
    """Return what is said of periods of which not all 34 provinces are there, by the newest file of the period."""
    names = successors()
    found: dict[str, list[Message]] = {}
    for (_, indicator, _), own in kept.groupby(["_from", "indicator", "period_end"], sort=True):
        absent = [name for code, name in names.items() if code not in set(own["province_code"])]
        if absent:
            file = str(own["_file"].iloc[-1])
            shown, rest = absent[:_SHOWN], len(absent) - _SHOWN
            values = {"absent": shown, "number": len(absent), "of": len(names), "rest": rest}
            found.setdefault(file, []).append(
                message(
                    "portal_missing.more" if rest > 0 else "portal_missing",
                    file=file,
                    indicator=str(indicator),
                    **values,
                )
            )
    return found

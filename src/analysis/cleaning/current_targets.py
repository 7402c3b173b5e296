"""Which row of the targets counts where several tell of one decision: corrections are new rows, never edits.

A decision is known by its province, map, indicator and number of the document, or by its day where it has no number.
Rows of one file belong together, so that a later file may change a scope or drop a deadline.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.cleaning.messages import message
from analysis.cleaning.publishers.stated_by import document_key
from analysis.cleaning.shapes import (
    HELD_COLUMNS,
    SOURCE_COLUMNS,
    TARGET_COLUMNS,
    UNIT_TARGET_COLUMNS,
    Cleaned,
    quarantine_line,
    shape,
    stack,
)
from analysis.cleaning.words.periods import bounds_of
from analysis.reference.spelling import fold_text

_IN_SHEET = re.compile(r"(?P<file>.*)!(?P<sheet>[^!]*)!(?P<cell>[A-Z]+\d+)")
_ORDER = ["province_frame", "province_code", "indicator", "announced", "document", "deadline", "scope"]
_Row = dict[str, Any]


@dataclass(frozen=True)
class CurrentTargets:
    """Targets of which each counts once, in an order that does not depend on that of the files.

    `rows` has TARGET_COLUMNS. `superseded` has them too, and in `superseded_by` the raw location of a row that counts
    instead. `contradicting` has, in `contradicted_by`, the raw location of a row that says otherwise without saying
    which is newer; cleaning holds such rows, so that none is left in `data/processed`.
    """

    rows: pd.DataFrame
    superseded: pd.DataFrame
    contradicting: pd.DataFrame


@dataclass(frozen=True)
class _Edition:
    """What one file says of one decision; `published` is an ISO date of any precision or empty."""

    rows: tuple[_Row, ...]
    published: str


def current_targets(targets: pd.DataFrame, sources: pd.DataFrame) -> CurrentTargets:
    """Return the targets that count, and those that do not with what stands instead.

    Where files agree on a decision, the one that says most counts. Where they disagree, the one published later does.
    Neither the order of files nor the name of a publisher decides. `targets` and `sources` have the columns of
    `shapes`.
    """
    kept: list[int] = []
    superseded: dict[int, int] = {}
    contradicting: dict[int, int] = {}
    for editions in _decisions(targets, sources):
        found = _settle(editions)
        kept += found[0]
        superseded |= found[1]
        contradicting |= found[2]
    return CurrentTargets(
        _in_order(targets.loc[kept]),
        _in_order(_pointing(targets, superseded, "superseded_by")),
        _in_order(_pointing(targets, contradicting, "contradicted_by")),
    )


def hold_contradictions(parts: Sequence[Cleaned]) -> list[Cleaned]:
    """Return what files gave with the targets that contradict each other in the quarantine, each naming the other."""
    return _hold(_hold(parts, "targets", TARGET_COLUMNS), "unit_targets", UNIT_TARGET_COLUMNS)


def _hold(parts: Sequence[Cleaned], name: str, columns: tuple[str, ...]) -> list[Cleaned]:
    targets = stack([getattr(part, name) for part in parts], columns)
    sources = stack([part.sources for part in parts], SOURCE_COLUMNS).drop_duplicates("source_id")
    held: dict[int, int] = {}
    for editions in _decisions(targets, sources):
        held |= _settle(editions)[2]
    if not held:
        return [*parts]
    rows = dict(zip(targets.index, _records(targets), strict=True))
    lines = {i: _held_line(rows[i], rows[other]) for i, other in held.items()}
    first, result = 0, []
    for part in parts:
        told = getattr(part, name)
        own = [i for i in range(first, first + len(told)) if i in lines]
        added = shape([lines[i] for i in own], HELD_COLUMNS)
        kept = told.drop(index=[told.index[i - first] for i in own]).reset_index(drop=True)
        quarantine = stack([part.quarantine, added], HELD_COLUMNS)
        result.append(replace(part, quarantine=quarantine, **{name: kept}))
        first += len(told)
    return result


def _decisions(targets: pd.DataFrame, sources: pd.DataFrame) -> Iterable[list[_Edition]]:
    """Yield the editions of each decision: the rows of one file and publication that tell of it."""
    published = dict(zip(sources["source_id"], sources["published"], strict=True))
    groups: dict[tuple[object, ...], dict[tuple[str, str], list[_Row]]] = {}
    for i, row in zip(targets.index, _records(targets), strict=True):
        edition = (file_of(row["raw_location"]), row["source_id"])
        groups.setdefault(_decision_of(row, i), {}).setdefault(edition, []).append({**row, "row": i})
    for editions in groups.values():
        yield [_Edition(tuple(rows), published.get(key[1], "")) for key, rows in editions.items()]


def _records(targets: pd.DataFrame) -> list[_Row]:
    return [{str(name): value for name, value in row.items()} for row in targets.to_dict("records")]


def _decision_of(row: _Row, i: int) -> tuple[object, ...]:
    """Return by what a decision is known; one without number and day is known to be the same as no other."""
    # A decision on a unit of a province is known apart from one on another unit.
    place = (row["province_frame"], row["province_code"], row.get("unit_code", ""), row["indicator"])
    number = document_key(row["document"])
    if any(map(str.isdigit, number)):
        return (*place, "document", number)
    return (*place, "day", row["announced"]) if row["date_precision"] == "day" else (*place, "row", i)


def file_of(location: str) -> str:
    """Return the file of a raw location: `file!sheet!cell` or `file:line`."""
    found = _IN_SHEET.fullmatch(location)
    return found["file"] if found else location.rsplit(":", 1)[0]


def _settle(editions: list[_Edition]) -> tuple[list[int], dict[int, int], dict[int, int]]:
    """Return the rows that count, those superseded and those that contradict each other, with the row meant."""
    newest = [
        one
        for one in editions
        if not any(_is_later(other, one) and _differing(one, other) for other in editions)
    ]
    for one, other in [*((edition, edition) for edition in newest), *combinations(newest, 2)]:
        if differing := _differing(one, other):
            return [], {}, _all_against(editions, differing)
    best = max(newest, key=_said)
    chosen = _without_vaguer(best.rows)
    counted = {row["row"] for row in chosen}
    rest = [row for edition in editions for row in edition.rows if row["row"] not in counted]
    return [row["row"] for row in chosen], {row["row"]: _nearest(row, chosen)["row"] for row in rest}, {}


def _all_against(editions: list[_Edition], differing: tuple[_Row, _Row]) -> dict[int, int]:
    """Return every row of a decision with a row of the two that differ: while they do, none of it can count."""
    one, other = differing
    rows = [row for edition in editions for row in edition.rows]
    return {row["row"]: (one if row["row"] == other["row"] else other)["row"] for row in rows}


def _is_later(one: _Edition, other: _Edition) -> bool:
    if not (one.published and other.published):
        return False
    return bounds_of(one.published)[0] > bounds_of(other.published)[1]


def _differing(one: _Edition, other: _Edition) -> tuple[_Row, _Row] | None:
    """Return two rows that contradict each other, one of each edition, or None.

    Within a file, rows on one scope and deadline must agree. Of two files the one that says less must agree with
    some row of the other, however either words the scope.
    """
    if one is other:
        alike: dict[tuple[str, str], list[_Row]] = {}
        for row in one.rows:
            alike.setdefault(_target_of(row), []).append(row)
        pairs = (pair for rows in alike.values() for pair in combinations(rows, 2))
        return next((pair for pair in pairs if not _agree(*pair)), None)
    sides = [(one, other), (other, one)]
    for less, more in sides:
        if len(less.rows) <= len(more.rows):
            for row in less.rows:
                if not any(_agree(row, another) for another in more.rows):
                    return (row, _nearest(row, more.rows))
    return None


def _target_of(row: _Row) -> tuple[str, str]:
    """Return what tells the targets of one decision on one indicator apart: until when, and for whom."""
    return row["deadline"], fold_text(row["scope"])


def _agree(one: _Row, other: _Row) -> bool:
    """Tell whether two rows can both be true: what both state is the same, and the days fit in each other."""
    for name in ("deadline", "effective_from"):
        if one[name] and other[name] and one[name] != other[name]:
            return False
    levels = (one["target_value"], other["target_value"])
    if levels[0] != levels[1] and not any(map(math.isnan, levels)):
        return False
    (first, last), (other_first, other_last) = bounds_of(one["announced"]), bounds_of(other["announced"])
    before, other_before = (row["date_precision"] == "before" for row in (one, other))
    return (before or first <= other_last) and (other_before or other_first <= last)


def _said(edition: _Edition) -> tuple[object, ...]:
    """Rank an edition by how much it says, then by how late it was published, then by who says it and its words."""
    best = max(map(_told, edition.rows))
    published = bounds_of(edition.published)[1].isoformat() if edition.published else ""
    words = sorted([*(str(row[name]) for name in _ORDER), row["raw_location"]] for row in edition.rows)
    sayer = max(("user", "press", "official").index(row["stated_by"]) for row in edition.rows)
    return (len(edition.rows), best, published, sayer, words)


def _told(row: _Row) -> tuple[object, ...]:
    """Rank a row by whether level, exact day, deadline and day in force are known."""
    exact = {"day": 3, "month": 2, "before": 1, "year": 0}[row["date_precision"]]
    return (not math.isnan(row["target_value"]), exact, bool(row["deadline"]), bool(row["effective_from"]))


def _without_vaguer(rows: tuple[_Row, ...]) -> list[_Row]:
    """Return the rows of one file with, of several on the same target, the one that says most."""
    kept: dict[tuple[str, str], _Row] = {}
    for row in sorted(rows, key=lambda row: (_told(row), row["raw_location"]), reverse=True):
        kept.setdefault(_target_of(row), row)
    return [*kept.values()]


def _nearest(row: _Row, rows: Iterable[_Row]) -> _Row:
    """Return the row most like another in deadline, scope and level, for a person who compares the two."""

    def likeness(other: _Row) -> tuple[object, ...]:
        same = [row[name] == other[name] for name in ("deadline", "scope", "target_value")]
        return (sum(same), *map(str, (other[name] for name in _ORDER)), other["raw_location"])

    return max(rows, key=likeness)


def _held_line(row: _Row, other: _Row) -> dict[str, str]:
    """Return the quarantine's line of a target that another contradicts."""
    here, there = (_shown(line) for line in (row, other))
    named = {"decision": row["document"] or row["announced"], "other": other["raw_location"]}
    location = str(row["raw_location"])
    file = file_of(location)
    code = "decision_contradicted.file" if file == file_of(other["raw_location"]) else "decision_contradicted"
    said = message(code, here=here, there=there, **named)
    found = _IN_SHEET.fullmatch(location)
    sheet, cell = (found["sheet"], found["cell"]) if found else ("", f"A{location.rsplit(':', 1)[1]}")
    return quarantine_line(file, sheet, cell, here, said)


def _shown(row: _Row) -> str:
    """Return what a row says, as a person compares it: level, day and deadline."""
    level = "…" if math.isnan(row["target_value"]) else f"{row['target_value']:g}"
    return f"{level} ({row['announced']} → {row['deadline'] or '…'})"


def _pointing(targets: pd.DataFrame, rows: dict[int, int], name: str) -> pd.DataFrame:
    """Return rows with, in a further column, the raw location of the row that each is compared with."""
    others = [targets.at[other, "raw_location"] for other in rows.values()]
    return targets.loc[list(rows)].assign(**{name: pd.Series(others, index=list(rows), dtype="str")})


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values([*_ORDER, "raw_location"], kind="stable", ignore_index=True)

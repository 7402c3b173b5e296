"""What a layout.toml says of a table, joined with what its heads say; and whether it is of another period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analysis.cleaning.layout import HEADS, LaidColumn, LaidTable, Role
from analysis.cleaning.messages import Message, message
from analysis.cleaning.readers.addresses import column_letters
from analysis.cleaning.recognise.columns import scale_of_heads
from analysis.cleaning.recognise.context import Context, period_of_texts
from analysis.cleaning.recognise.heads import head_paths
from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.words.periods import Period, show_period
from analysis.cleaning.words.places import SKIP
from analysis.cleaning.words.said_periods import Report, read_head_period
from analysis.reference.indicators import by_code
from analysis.reference.spelling import fold_text

_CHANGING = re.compile(r"\d+|\b(?:i|ii|iii|iv|v|vi|vii|viii|ix|x|xi|xii)\b")


def place_columns(table: LaidTable, found: Found) -> list[LaidColumn] | None:
    """Return the columns of a layout at their places in a table, None where one of them does not stand there.

    A column with a head is the one at its place with that head, or the only other one with it; numbers and
    numerals in heads, which change from month to month, do not count.
    """
    heads = [same_every_month(HEADS.join(path)) for path in head_paths(found)]
    placed: list[LaidColumn] = []
    for said in table.columns:
        at = said.index
        alike = [j for j, head in enumerate(heads) if head == same_every_month(said.head)]
        if not said.head and 0 <= at < len(heads):
            placed.append(said)
        elif said.head and (at in alike or len(alike) == 1):
            placed.append(replace(said, index=at if at in alike else alike[0]))
        else:
            return None
    return placed


def same_every_month(head: str) -> str:
    """Return what a head says whatever its month: folded, without numbers and numerals."""
    return " ".join(_CHANGING.sub(" ", fold_text(head)).split())


def state(table: LaidTable, around: Context) -> Context:
    """Return the surroundings of a table with what a layout says of the whole table."""
    stated = table.period
    year = stated.end.year if stated else around.report.year
    return replace(
        around,
        report=replace(around.report, year=year, base=stated or around.report.base),
        period=stated or around.period,
        indicator=by_code().get(table.indicator) or around.indicator,
        stated=() if stated else around.stated,
    )


def lay(
    table: LaidTable, found: Found, placed: Sequence[LaidColumn], read: Sequence[LaidColumn], context: Context
) -> list[LaidColumn]:
    """Return the columns as the layout says, and where it says nothing as their heads do.

    Of a table whose place the layout states, only the columns that it lists are read.
    """
    by_place = {column.index: column for column in read}
    roles = {
        index: LaidColumn(index, role, role=role)
        for role, index in ((Role.PERIOD, table.period_column), (Role.INDICATOR, table.indicator_column))
        if index is not None
    }
    by_rows = any(column.role == Role.INDICATOR for column in [*read, *roles.values()])
    paths = head_paths(found)
    listed = []
    for said in placed:
        at = said.index
        path = paths[at] if at < len(paths) else []
        listed.append(_column(said, path, by_place.get(said.index), context, table, by_rows))
    taken = {*roles, *(column.index for column in listed)}
    others = [column for column in read if column.index not in taken]
    if table.is_placed:
        others = _unlisted(others)
    return sorted([*others, *listed, *roles.values()], key=lambda column: column.index)


def _column(
    said: LaidColumn,
    path: list[str],
    read: LaidColumn | None,
    context: Context,
    table: LaidTable,
    by_rows: bool,
) -> LaidColumn:
    """Return one column that a layout lists."""
    own = read or LaidColumn(said.index, HEADS.join(path), role=Role.UNKNOWN, path=tuple(path))
    if said.indicator == SKIP:
        return replace(own, role=Role.SKIPPED, rule="the layout leaves it out")
    code = said.indicator or own.indicator or table.indicator
    if not code and not by_rows:
        return replace(own, role=Role.UNKNOWN, rule="the layout names no indicator for it")
    named = read_head_period(path, context.report)
    if (named is None or own.unread == "since") and not said.period:
        return replace(own, role=Role.UNKNOWN, unread="since")
    period = said.period or (named[0] if named else None)
    percent, multiplier = scale_of_heads(path, by_code().get(code), context)
    return replace(
        said,
        role=Role.VALUE,
        head=own.head or column_letters(said.index),
        path=own.path,
        indicator=code,
        period=period,
        stated=said.period is not None,
        percent=percent if said.percent is None else said.percent,
        multiplier=multiplier if said.multiplier is None else said.multiplier,
    )


def _unlisted(read: Sequence[LaidColumn]) -> list[LaidColumn]:
    """Return the columns that a layout does not name: figures to be told of and not read, others as they are."""
    figures = (Role.VALUE, Role.UNKNOWN)
    kept = [c for c in read if c.role not in figures]
    left = (c for c in read if c.role in figures and c.head)
    return [
        *kept,
        *(replace(c, role=Role.UNKNOWN, unread="unlisted", rule="the layout does not list it") for c in left),
    ]


def find_other_period(
    table: LaidTable, found: Found, placed: Sequence[LaidColumn], titles: Sequence[str]
) -> Message | None:
    """Say which period of a layout is not the one that the sheet names, as in the file of another month."""
    if table.certain:
        return None
    paths = head_paths(found)
    owns: list[Period] = []
    for column in placed:
        own = column.period or (table.period if table.is_placed else None)
        if own is None:
            continue
        at = column.index
        path = paths[at] if at < len(paths) else []
        named = read_head_period(path, Report(own.end.year)) if path else None
        if named and named[0] and not _agree(own, named[0]):
            return _say(table, own, named[0], HEADS.join(path))
        # What the head names itself, the title need not: last quarter's figures beside this one's.
        owns += [] if named and named[0] else [own]
    _, title, _ = period_of_texts([*reversed(titles)])
    if table.period_column is not None or title is None or not (owns or table.period):
        return None
    fits = _agree(table.period, title) if table.period else any(_overlap(own, title) for own in owns)
    return None if fits else _say(table, table.period or owns[0], title, titles[-1] if titles else "")


def _overlap(one: Period, other: Period) -> bool:
    return one.start <= other.end and other.start <= one.end


def _agree(stated: Period, named: Period) -> bool:
    """Tell whether a period that a person stated can be the one that the sheet names."""
    if (stated.start, stated.end) == (named.start, named.end):
        return True
    within = named.start <= stated.start and stated.end <= named.end
    if named.frequency == "A" or stated.start == stated.end:
        return within
    # A first day may stand for its month in a head.
    return named.start == named.end and named.end in (stated.start, stated.end)


def _say(table: LaidTable, stated: Period, named: Period, where: str) -> Message:
    return message(
        "layout_outdated",
        layout=table.where,
        stated=show_period(stated),
        named=show_period(named),
        where=where[:80],
    )

"""What a layout says of a table's columns, joined with what their heads say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.contexts import Context, period_of_texts
from analysis.cleaning.heads.first_days import hold_first_days
from analysis.cleaning.heads.headers import Column, read_columns, scale_of_heads
from analysis.cleaning.heads.headpaths import header_paths
from analysis.cleaning.heads.headperiods import read_head_period
from analysis.cleaning.layouts.layout import LaidColumn, LaidTable
from analysis.cleaning.messages import Message, message
from analysis.cleaning.readers.addresses import column_letters
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.periods import Period, parse_period, show_period
from analysis.cleaning.words.places import SKIP
from analysis.reference.indicators import find_indicator
from analysis.reference.spelling import fold_text

_CHANGING = re.compile(r"\d+|\b(?:i|ii|iii|iv|v|vi|vii|viii|ix|x|xi|xii)\b")


@dataclass(frozen=True)
class Placed:
    """A column of a layout, and where it stands in a table."""

    index: int
    said: LaidColumn


def place_columns(table: LaidTable, block: Block) -> list[Placed] | None:
    """Return where the columns of a layout stand in a table, None where one of them does not.

    A column with a head is the one at its place with that head, or the only other one with it; numbers and
    numerals in heads, which change from month to month, do not count.
    """
    heads = [same_every_month(" / ".join(path)) for path in header_paths(block)]
    found: list[Placed] = []
    for said in table.columns:
        at = block.sheet.place_of(said.index)
        alike = [j for j, head in enumerate(heads) if head == same_every_month(said.head)]
        if not said.head and 0 <= at < len(heads):
            found.append(Placed(at, said))
        elif said.head and (at in alike or len(alike) == 1):
            found.append(Placed(at if at in alike else alike[0], said))
        else:
            return None
    return found


def same_every_month(head: str) -> str:
    """Return what a head says whatever its month: folded, without numbers and numerals."""
    return " ".join(_CHANGING.sub(" ", fold_text(head)).split())


def state(table: LaidTable, around: Context) -> Context:
    """Return the surroundings of a table with what a layout says of the whole table."""
    stated = parse_period(table.period) if table.period else None
    general = find_indicator(table.indicator) if table.indicator else None
    return replace(
        around,
        year=stated.end.year if stated else around.year,
        period=stated or around.period,
        report=stated or around.report,
        stated=stated is not None,
        indicator=general or around.indicator,
    )


def read_laid_columns(
    table: LaidTable, block: Block, placed: Sequence[Placed], around: Context
) -> list[Column]:
    """Return the meaning of a table's columns: as the layout says, and where it says nothing as their heads do.

    Of a table whose place the layout states, only the columns that it lists are read.
    """
    context = state(table, around)
    read = {column.index: column for column in hold_first_days(read_columns(block, context))}
    paths = header_paths(block)
    roles = _roles(table, block)
    by_rows = any(column.role == h.INDICATOR for column in [*read.values(), *roles.values()])
    listed = {
        p.index: _column(p, paths[p.index] if p.index < len(paths) else [], read, context, table, by_rows)
        for p in placed
    }
    others = read if table.position is None else _unlisted(read)
    return [(others | listed | roles)[j] for j in sorted(others | listed | roles)]


def _column(
    placed: Placed,
    path: list[str],
    read: dict[int, Column],
    context: Context,
    table: LaidTable,
    by_rows: bool,
) -> Column:
    """Return one column that a layout lists."""
    said, index = placed.said, placed.index
    own = read.get(index) or Column(index, " / ".join(path), h.UNKNOWN_ROLE, path=tuple(path))
    if said.indicator == SKIP:
        return replace(own, role=h.SKIPPED)
    indicator = find_indicator(said.indicator) if said.indicator else own.indicator
    if indicator is None and table.indicator:
        indicator = find_indicator(table.indicator)
    if indicator is None and not by_rows:
        return replace(own, role=h.UNKNOWN_ROLE)
    named = read_head_period(path, context)
    if (named is None or own.unread == "since") and not said.period:
        return replace(own, role=h.UNKNOWN_ROLE, unread="since")
    period = parse_period(said.period) if said.period else named[0] if named else None
    percent, multiplier = scale_of_heads(path, indicator, context)
    return replace(
        own,
        role=h.VALUE,
        head=own.head or column_letters(said.index),
        indicator=indicator,
        period=period,
        stated=bool(said.period),
        says_percent=percent if said.percent is None else said.percent,
        multiplier=multiplier if said.multiplier is None else said.multiplier,
        decimal=said.decimal,
        fraction=said.fraction,
        unread="",
    )


def _roles(table: LaidTable, block: Block) -> dict[int, Column]:
    given = ((h.PERIOD, table.period_column), (h.INDICATOR, table.indicator_column))
    places = [(role, block.sheet.place_of(j)) for role, j in given if j is not None]
    return {j: Column(j, role, role) for role, j in places}


def _unlisted(read: dict[int, Column]) -> dict[int, Column]:
    """Return the columns that a layout does not name: figures to be told of and not read, others as they are."""
    figures = (h.VALUE, h.UNKNOWN_ROLE)
    kept = {c.index: c for c in read.values() if c.role not in (*figures, h.NUMERATOR, h.DENOMINATOR)}
    left = (c for c in read.values() if c.role in figures and c.head)
    return kept | {c.index: replace(c, role=h.UNKNOWN_ROLE, unread="unlisted") for c in left}


def find_other_period(table: LaidTable, block: Block, placed: Sequence[Placed]) -> Message | None:
    """Say which period of a layout is not the one that the sheet names, as in the file of another month."""
    if table.certain:
        return None
    stated = parse_period(table.period) if table.period else None
    paths = header_paths(block)
    owns: list[Period] = []
    for column in placed:
        own = parse_period(column.said.period) if column.said.period else stated if table.position else None
        if own is None:
            continue
        path = paths[column.index]
        named = read_head_period(path, Context(year=own.end.year)) if path else None
        if named and named[0] and not _agree(own, named[0]):
            return _say(table, own, named[0], " / ".join(path))
        # What the head names itself, the title need not: last quarter's figures beside this one's.
        owns += [] if named and named[0] else [own]
    _, title, _ = period_of_texts([*reversed(block.titles)])
    if table.period_column is not None or title is None or not (owns or stated):
        return None
    fits = _agree(stated, title) if stated else any(_overlap(own, title) for own in owns)
    return None if fits else _say(table, stated or owns[0], title, block.titles[-1] if block.titles else "")


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

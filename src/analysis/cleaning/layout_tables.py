"""A layout laid upon a sheet: the table it describes, and where the sheet says otherwise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.cleaning import headers as h
from analysis.cleaning.addresses import column_letters
from analysis.cleaning.blocks import Block
from analysis.cleaning.cells import is_number_like
from analysis.cleaning.contexts import Context, period_of_texts, read_context
from analysis.cleaning.grid import Sheet
from analysis.cleaning.headers import Column, read_columns
from analysis.cleaning.headperiods import read_head_period
from analysis.cleaning.headrows import split_header
from analysis.cleaning.labels import borrowed_labels
from analysis.cleaning.layouts import Layout
from analysis.cleaning.messages import Message, message
from analysis.cleaning.periods import Period, parse_period, show_period
from analysis.cleaning.places import BELOW, BLANK, PLACE, UNKNOWN, read_code, read_place
from analysis.cleaning.rowkinds import is_figure, is_numbering
from analysis.reference.indicators import find_indicator


@dataclass(frozen=True)
class LaidOut:
    """The table that a layout describes; `other` says which period of the layout is not the sheet's."""

    block: Block
    columns: list[Column]
    context: Context
    other: Message | None


def lay_upon(layout: Layout, sheet: Sheet, file: str) -> LaidOut:
    """Return the table that a layout describes, ready to be extracted.

    A period that the layout leaves empty is the one that the column's head or the title names.
    """
    block = _block(layout, sheet.turn() if layout.turned else sheet)
    around = read_context(block, [], file)
    stated = parse_period(layout.period) if layout.period else None
    general = find_indicator(layout.indicator) if layout.indicator else None
    context = Context(
        [file], around.year, stated or around.period, general, False, report=stated or around.report
    )
    read = {column.index: column for column in read_columns(block, around)}
    columns = [_column(column, read, stated, context) for column in layout.columns]
    roles = _roles(layout)
    other = _other_period(layout, block, columns, read, stated)
    return LaidOut(block, [*columns, *roles, *_unlisted(read, [*columns, *roles])], context, other)


def _block(layout: Layout, sheet: Sheet) -> Block:
    """Return the rows of the table that a layout describes, with what stands above it."""
    read_label = read_code if layout.names_are_codes else read_place
    labels = {} if layout.province else borrowed_labels(sheet, layout.name_column, read_label)
    data: list[int] = []
    others: list[tuple[int, str]] = []
    notes: list[int] = []
    for i, number in enumerate(sheet.numbers):
        if number < layout.first_row or number > layout.last_row:
            notes.append(i)
            continue
        figures = any(is_number_like(sheet.text(i, int(column["index"]))) for column in layout.columns)
        below = bool(layout.province) and any(
            read_place(text).kind == BELOW for text in sheet.rows[i] if text
        )
        if layout.province and figures and not below:
            labels[i] = layout.province
        kind = BELOW if below else read_label(labels.get(i) or sheet.text(i, layout.name_column)).kind
        if kind == PLACE:
            data.append(i)
        elif figures or kind == BELOW:
            others.append((i, UNKNOWN if kind == BLANK else kind))
        else:
            notes.append(i)
    header, titles = split_header(sheet, _above(layout, sheet), layout.name_column)
    rows = (np.array(data, dtype=np.intp), others, [i for i in notes if i not in header])
    return Block(sheet, layout.name_column, labels, read_label, header, titles, *rows)


def _above(layout: Layout, sheet: Sheet) -> list[int]:
    """Return the rows above the table, up to the first with figures: sums and other units may stand before it."""
    above: list[int] = []
    for i, number in enumerate(sheet.numbers):
        figures = sum(is_figure(sheet, i, j) for j, text in enumerate(sheet.rows[i]) if text)
        numbering = is_numbering([text for text in sheet.rows[i] if text])
        if number >= layout.first_row or (figures >= 2 and not numbering):
            break
        above.append(i)
    return above


def _column(
    given: dict[str, Any], read: dict[int, Column], stated: Period | None, context: Context
) -> Column:
    """Return a column as the layout describes it; its period, where the layout gives none, as its head does."""
    index = int(given["index"])
    period = parse_period(str(given["period"])) if given.get("period") else None
    if period is None and stated is None and index in read:
        named = read_head_period(list(read[index].path), context)
        if named is None:
            return replace(read[index], role=h.UNKNOWN_ROLE, unread="since")
        period = named[0]
    indicator = find_indicator(str(given["indicator"])) if given.get("indicator") else None
    return Column(
        index,
        column_letters(index),
        h.VALUE,
        indicator,
        period,
        bool(given.get("percent", False)),
        str(given.get("decimal", "")),
        given.get("fraction"),
    )


def _roles(layout: Layout) -> list[Column]:
    roles = ((h.PERIOD, layout.period_column), (h.INDICATOR, layout.indicator_column))
    return [Column(index, role, role) for role, index in roles if index is not None]


def _unlisted(read: dict[int, Column], listed: list[Column]) -> list[Column]:
    """Return the columns of figures that the layout does not name, to be told of and not read."""
    known = {column.index for column in listed}
    left = [c for j, c in read.items() if j not in known and c.role in (h.VALUE, h.UNKNOWN_ROLE) and c.head]
    return [replace(column, role=h.UNKNOWN_ROLE, unread="unlisted") for column in left]


def _other_period(
    layout: Layout, block: Block, columns: list[Column], read: dict[int, Column], stated: Period | None
) -> Message | None:
    """Say which period of the layout is not the one that the sheet names, as in the file of another month."""
    for given, column in zip(layout.columns, columns, strict=True):
        own = parse_period(str(given["period"])) if given.get("period") else stated
        path = list(read[column.index].path) if column.index in read else []
        if own is None or not path:
            continue
        named = read_head_period(path, Context(year=own.end.year))
        if named and named[0] and not _agree(own, named[0]):
            return _say(layout, own, named[0], " / ".join(path))
    _, title, _ = period_of_texts([*reversed(block.titles)])
    said = [period for period in (stated, *(c.period for c in columns)) if period is not None]
    if layout.period_column is not None or title is None or not said:
        return None
    fits = (
        _agree(stated, title) if stated else any(p.start <= title.end and title.start <= p.end for p in said)
    )
    return None if fits else _say(layout, said[0], title, block.titles[-1] if block.titles else "")


def _agree(stated: Period, named: Period) -> bool:
    """Tell whether a period that a person stated can be the one that the sheet names."""
    if (stated.start, stated.end) == (named.start, named.end):
        return True
    within = named.start <= stated.start and stated.end <= named.end
    if named.frequency == "A" or stated.start == stated.end:
        return within
    return named.start == named.end == stated.end


def _say(layout: Layout, stated: Period, named: Period, where: str) -> Message:
    return message(
        "layout_outdated",
        layout=layout.where,
        stated=show_period(stated),
        named=show_period(named),
        where=where[:80],
    )

"""A table whose place a layout states: its rows, its names and its head; or one cell of a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analysis.cleaning.layouts.layout import LaidCell, LaidTable, Position
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.headrows import split_header
from analysis.cleaning.tables.labels import borrowed_labels
from analysis.cleaning.tables.rowkinds import is_figure, is_numbering
from analysis.cleaning.words.places import BELOW, BLANK, PLACE, UNKNOWN, Place, read_place


def block_at(table: LaidTable, position: Position, sheet: Sheet, read_label: Callable[[str], Place]) -> Block:
    """Return the rows of the table that a layout describes, with what stands above it."""
    sheet = sheet.turn() if position.turned else sheet
    column = sheet.place_of(position.name_column)
    labels = {} if table.province else borrowed_labels(sheet, column, read_label)
    data: list[int] = []
    others: list[tuple[int, str]] = []
    notes: list[int] = []
    for i, number in enumerate(sheet.numbers):
        inside = position.first_row <= number <= position.last_row
        figures = any(is_number_like(sheet.text(i, sheet.place_of(said.index))) for said in table.columns)
        if inside and figures and table.province:
            labels[i] = _owner(table, sheet.rows[i])
        kind = read_label(labels.get(i) or sheet.text(i, column)).kind
        if not inside:
            notes.append(i)
        elif kind == PLACE and (figures or not table.province):
            data.append(i)
        elif figures or kind == BELOW:
            others.append((i, UNKNOWN if kind == BLANK else kind))
        else:
            notes.append(i)
    header, titles = _header(position, sheet)
    rows = (np.array(data, dtype=np.intp), others, [i for i in notes if i not in header])
    return Block(sheet, column, labels, read_label, header, titles, *rows)


def block_of(cell: LaidCell, sheet: Sheet) -> Block | None:
    """Return the one cell of a form as a table, with what stands above it; None where its row is empty."""
    i = next((i for i, number in enumerate(sheet.numbers) if number == cell.row), None)
    if i is None or not sheet.text(i, cell.index):
        return None
    above = [row for row in sheet.rows[:i] if not any(map(is_number_like, row))]
    titles = [text for row in _of_column(above, cell.index) for text in dict.fromkeys(row) if text]
    return Block(sheet, 0, {i: cell.province}, read_place, [], titles, np.array([i], dtype=np.intp))


def _of_column(above: Sequence[list[str]], j: int) -> Sequence[list[str]]:
    """Return the rows above a cell, those of heads with the heads of its own column only."""
    heads = [n for n, row in enumerate(above) if j < len(row) and row[j] and len(set(filter(None, row))) >= 3]
    first = heads[0] if heads else len(above)
    return [*above[:first], *(row[j : j + 1] for row in above[first:])]


def _owner(table: LaidTable, row: list[str]) -> str:
    """Return whose figures a row on a sheet of one province holds: an office's, another place's, or the province's."""
    names = [text for text in row if text and not is_number_like(text)]
    below = next((name for name in names if read_place(name).kind == BELOW), "")
    return below or next((name for name in names if read_place(name).kind == PLACE), table.province)


def _header(position: Position, sheet: Sheet) -> tuple[list[int], list[str]]:
    """Return the rows of the head, and the texts of the other rows above the table."""
    above = _above(position, sheet)
    if not position.header_rows:
        return split_header(sheet, above, sheet.place_of(position.name_column))
    header = [i for i, number in enumerate(sheet.numbers) if number in position.header_rows]
    return header, [text for i in above if i not in header for text in dict.fromkeys(sheet.rows[i]) if text]


def _above(position: Position, sheet: Sheet) -> list[int]:
    """Return the rows above the table, up to the first with figures: sums and other units may stand before it."""
    above: list[int] = []
    for i, number in enumerate(sheet.numbers):
        figures = sum(is_figure(sheet, i, j) for j, text in enumerate(sheet.rows[i]) if text)
        numbering = is_numbering([text for text in sheet.rows[i] if text])
        if number >= position.first_row or (figures >= 2 and not numbering):
            break
        above.append(i)
    return above

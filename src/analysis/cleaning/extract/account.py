"""The final account of a sheet: which rows with figures nothing has told of, so that none is lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analysis.cleaning.extract.outcome import TableOutcome
from analysis.cleaning.messages import message
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.rows import is_field, is_figure, is_numbering
from analysis.cleaning.shapes import quarantine_line
from analysis.cleaning.words.places import PLACE, read_place


def close_account(
    sheet: Sheet, tables: Sequence[TableOutcome], told: Sequence[int], file: str
) -> list[dict[str, str]]:
    """Return a quarantine line for every row with figures that nothing has told of.

    `sheet` is as it was read; `told` are numbers of rows that are in the quarantine already. Tables may stand side by
    side: a row is told of as far as the columns of those reach that told of it. Where provinces stand in columns, these
    are the rows.
    """
    turned = next((table.sheet for table in tables if table.sheet.transposed), None)
    if turned is not None:
        sheet, told, tables = turned, (), [table for table in tables if table.sheet.transposed]
    reached = np.zeros(len(sheet.rows), dtype=np.intp)
    heads = set[int]()
    wanted = {*told, *(number for table in tables for number in table.table.header_rows)}
    place = {number: i for i, number in enumerate(sheet.numbers) if number in wanted}
    for table in tables:
        last = 1 + max((c.index for c in table.table.columns), default=0)
        rows = np.flatnonzero(table.told | _accounted(table)).tolist()
        reached[rows] = np.maximum(reached[rows], last)
        heads |= {place[number] for number in table.table.header_rows if number in place}
    reached[[place[number] for number in told if number in place]] = sheet.width
    open_rows = np.flatnonzero(reached < sheet.width).tolist()
    return [
        _line(sheet, i, int(reached[i]), file)
        for i in open_rows
        if _has_figures(sheet, i, int(reached[i]), i in heads)
    ]


def _accounted(table: TableOutcome) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return the rows of a table that need no line of their own: bare names of regions or owners, repeated heads."""
    rows = np.zeros(len(table.sheet.rows), dtype=bool)
    rows[
        [*table.body.bare, *table.body.heads, *(i for i, _ in table.body.others), *table.body.data.tolist()]
    ] = True
    return rows


def _has_figures(sheet: Sheet, i: int, first: int, is_head: bool) -> bool:
    """Tell whether a row outside the tables holds figures; beside a province's name a year may be one too.

    A header counts only when it names a province.
    """
    filled = [text for text in sheet.rows[i][first:] if text.strip()]
    if len(filled) < (2 if not first else 1) or is_numbering(filled) or is_field(filled):
        return False
    if len(filled) == 2 and filled[0].strip().isdigit() and not is_number_like(filled[1]):
        return read_place(filled[1]).kind == PLACE
    if any(read_place(text).kind == PLACE for text in filled):
        return any(map(is_number_like, filled))
    return not is_head and any(
        is_figure(sheet, i, j) for j in range(first, len(sheet.rows[i])) if sheet.rows[i][j]
    )


def _line(sheet: Sheet, i: int, first: int, file: str) -> dict[str, str]:
    j = next(j for j, text in enumerate(sheet.rows[i]) if j >= first and text.strip())
    cell = sheet.span(i) if not first else sheet.address(i, j)
    return quarantine_line(file, sheet.name, cell, sheet.text(i, j), message("row_outside"))

"""A report of one province: named above the table or in the file's name; its rows are indicators or periods."""

from __future__ import annotations

from dataclasses import replace

from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import TEXT, Sheet
from analysis.cleaning.tables.labels import is_subject
from analysis.cleaning.tables.owners import owners_named
from analysis.cleaning.tables.rowkinds import is_figure, is_numbering, is_section
from analysis.cleaning.words.places import PLACE, read_place

_MOST_ROWS = 2000


def add_province(sheet: Sheet, file: str, province: str = "") -> Sheet:
    """Return the sheet with its one province in a column added at the end, where rows name indicators or periods only.

    `province` is the one that a layout names. A sheet that names none, or several, is returned as it is.
    """
    if not 2 <= len(sheet.rows) <= _MOST_ROWS or sheet.width > 200:
        return sheet
    told = [i for i, row in enumerate(sheet.rows) if _has_subject(row)]
    if not told or any(read_place(text).kind == PLACE for i in told for text in sheet.rows[i] if text):
        return sheet
    head = _head(sheet, told[0])
    named = owners_named(sheet, told[0], file, province)
    if len(named) != 1 or head is None:
        return sheet
    last = max(i for i, row in enumerate(sheet.rows) if _subject_column(row) is not None)
    end = _go_on(sheet, last + 1, _subject_column(sheet.rows[told[-1]]) or 0)
    return _with_column(sheet, head, range(head + 1, end), next(iter(named.values())))


def _head(sheet: Sheet, first: int) -> int | None:
    """Return the nearest row above the first subject that heads its column, else the nearest that heads any."""
    j = _subject_column(sheet.rows[first]) or 0
    heads = [i for i in range(first) if sum(map(bool, sheet.rows[i])) >= 2 and not _is_body(sheet, i)]
    heads = [i for i in heads if not is_section(sheet.rows[i])]
    labelled = [i for i in heads if sheet.text(i, j) and _closely(sheet, i, first)]
    return labelled[-1] if labelled else heads[-1] if heads else None


def _closely(sheet: Sheet, head: int, first: int) -> bool:
    """Tell whether only heads and rows of the table stand between a row and the first subject."""
    return all(sum(map(bool, sheet.rows[i])) >= 2 for i in range(head + 1, first))


def _is_body(sheet: Sheet, i: int) -> bool:
    """Tell a row of figures, or of numbers of columns, from a head."""
    row = sheet.rows[i]
    return is_numbering([text for text in row if text]) or any(
        is_figure(sheet, i, j) for j in range(1, len(row))
    )


def _go_on(sheet: Sheet, i: int, j: int) -> int:
    """Return the end of the rows that go on below the last subject with others, unknown ones, and their figures."""
    while i < len(sheet.rows) and sheet.numbers[i] == sheet.numbers[i - 1] + 1:
        name = sheet.text(i, j)
        if not name or is_number_like(name) or sum(map(is_number_like, sheet.rows[i][j + 1 :])) < 2:
            break
        i += 1
    return i


def _has_subject(row: list[str]) -> bool:
    """Tell whether a row begins with an indicator or a period and has a figure beyond it."""
    j = _subject_column(row)
    return j is not None and any(map(is_number_like, row[j + 1 :]))


def _subject_column(row: list[str]) -> int | None:
    """Return where a row names an indicator or a period, after its number at most."""
    return next((j for j, text in enumerate(row[:4]) if text and is_subject(text.strip(" -–+*•"))), None)


def _is_cell_of_figures(text: str) -> bool:
    return is_number_like(text) or (bool(text) and is_missing(text))


def _with_column(sheet: Sheet, head: int, told: range, province: str) -> Sheet:
    width = sheet.width
    added = {head: "Tỉnh"} | {i: province for i in told if any(map(_is_cell_of_figures, sheet.rows[i][1:]))}
    rows = [[*row, *[""] * (width - len(row)), added.get(i, "")] for i, row in enumerate(sheet.rows)]
    kinds = [kind.ljust(width, TEXT) + TEXT for kind in sheet.kinds]
    return replace(sheet, rows=rows, kinds=kinds)

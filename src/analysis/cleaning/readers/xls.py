"""The cells of a workbook of Excel 97–2003 and earlier (.xls), as xlrd reads them with their formats and hidden parts.

xlrd is Python throughout: what damage breaks in it is raised, and costs this file alone.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from analysis.cleaning.readers.grid import DATE, ERROR, NUMBER, TEXT, UNCACHED, Sheet, SheetDraft, show_number
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, MAX_SHEETS, FileRefused
from analysis.cleaning.readers.number_formats import EPOCH_1900, EPOCH_1904, MONTH, classify_format, show_date

_TEXT, _NUMBERS, _BOOLEAN, _ERROR = 1, (2, 3), 4, 5  # xlrd's types of cells


def read_xls(path: Path, file: str) -> list[Sheet]:
    """Return the sheets of a workbook, hidden ones too.

    Raises:
        FileRefused: encrypted, damaged, or another kind of document in the same container.
    """
    import xlrd

    content = path.read_bytes()
    for code, stream in (("encrypted", "EncryptedPackage"), ("word_document", "WordDocument")):
        if stream.encode("utf-16-le") in content:
            raise FileRefused(file, code)
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
        if book.nsheets > MAX_SHEETS:
            raise FileRefused(file, "too_many_sheets", sheets=book.nsheets, most=MAX_SHEETS)
        return [_read_sheet(sheet, _Formats(book), xlrd.error_text_from_code) for sheet in book.sheets()]
    except FileRefused:
        raise
    except Exception as error:  # damage can break it in any place, by any error
        if "encrypted" in str(error).lower():
            raise FileRefused(file, "encrypted") from error
        raise FileRefused(file, "damaged.said", error=str(error) or type(error).__name__) from error


class _Formats:
    """What the styles of a workbook show, each classified once."""

    def __init__(self, book: Any) -> None:
        self.book, self.epoch = book, EPOCH_1904 if book.datemode else EPOCH_1900
        self.kinds: dict[int, str] = {}

    def kind(self, style: int) -> str:
        """Return what a style shows."""
        if style not in self.kinds:
            key = self.book.xf_list[style].format_key
            self.kinds[style] = classify_format(self.book.format_map[key].format_str)
        return self.kinds[style]


def _read_sheet(sheet: Any, formats: _Formats, errors: dict[int, str]) -> Sheet:
    draft = SheetDraft(sheet.name, sheet.visibility != 0)
    for r in range(sheet.nrows):
        row = [_show(cell, formats, errors) for cell in sheet.row(r)]
        if any(text and kind != UNCACHED for text, kind in row):
            draft.rows.append([text for text, _ in row])
            draft.kinds.append("".join(kind for _, kind in row))
            draft.numbers.append(r + 1)
    draft.hidden_rows = {r + 1 for r, row in sheet.rowinfo_map.items() if row.hidden}
    draft.hidden_columns = {c for c, column in sheet.colinfo_map.items() if column.hidden}
    draft.merges = [(r0 + 1, c0, r1, c1 - 1) for r0, r1, c0, c1 in sheet.merged_cells]
    return draft.finish()


def _show(cell: Any, formats: _Formats, errors: dict[int, str]) -> tuple[str, str]:
    if cell.ctype == _TEXT:
        # Only a formula has an empty text: one that was never calculated, or whose text is empty; they look alike.
        return (cell.value[:MAX_CELL_CHARS], TEXT) if cell.value else ("=", UNCACHED)
    if cell.ctype in _NUMBERS:
        kind = formats.kind(cell.xf_index)
        shown = show_date(cell.value, kind, formats.epoch)
        return shown or (show_number(cell.value), NUMBER if kind in (DATE, MONTH) else kind)
    if cell.ctype == _BOOLEAN:
        return ("TRUE" if cell.value else "FALSE"), TEXT
    if cell.ctype == _ERROR:
        return errors.get(cell.value, "#N/A"), ERROR
    return "", TEXT

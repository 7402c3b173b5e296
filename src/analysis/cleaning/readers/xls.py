"""Workbooks of Excel 97–2003 (.xls): values by calamine, formats and hidden parts from the records."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from analysis.cleaning.readers.biff import BookFormats, read_formats
from analysis.cleaning.readers.grid import DATE, NUMBER, PERCENT, TEXT, Sheet, show_number
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, FileRefused


def read_xls(path: Path, file: str) -> list[Sheet]:
    """Return the sheets of a workbook.

    Raises:
        FileRefused: encrypted, damaged, or another kind of document in the same container.
    """
    import python_calamine

    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise FileRefused(file, "encrypted")
    if "WordDocument".encode("utf-16-le") in content:
        raise FileRefused(file, "word_document")
    formats = read_formats(content, file)
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return [_read_sheet(book, i, name, formats) for i, name in enumerate(book.sheet_names)]
    except python_calamine.PasswordError as error:
        raise FileRefused(file, "encrypted") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise FileRefused(file, "damaged.said", error=str(error)) from error


def _read_sheet(book: object, index: int, name: str, formats: BookFormats) -> Sheet:
    cells = book.get_sheet_by_index(index).to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    styles = formats.sheets[index] if index < len(formats.sheets) else None
    rows: list[list[str]] = []
    kinds: list[str] = []
    numbers: list[int] = []
    for r, row in enumerate(cells):
        shown = [_show(value, styles is not None and (r, c) in styles.percent) for c, value in enumerate(row)]
        if any(text for text, _ in shown):
            rows.append([text for text, _ in shown])
            kinds.append("".join(kind for _, kind in shown))
            numbers.append(r + 1)
    if styles is None:
        return Sheet(name, rows, numbers, kinds)
    hidden = frozenset(r + 1 for r in styles.hidden_rows), frozenset(styles.hidden_columns)
    return Sheet(name, rows, numbers, kinds, styles.merges, styles.hidden, *hidden)


def _show(value: object, percent: bool) -> tuple[str, str]:
    if isinstance(value, bool):
        return str(value).upper(), TEXT
    if isinstance(value, int | float):
        return show_number(float(value)), PERCENT if percent else NUMBER
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()[:10], DATE
    return str(value)[:MAX_CELL_CHARS], TEXT

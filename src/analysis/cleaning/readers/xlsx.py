"""Workbooks of Excel 2007 and later (.xlsx, .xlsm), read once, in one pass, without running anything."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from analysis.cleaning.readers.addresses import column_index
from analysis.cleaning.readers.archive import Archive, listen, local_name
from analysis.cleaning.readers.grid import DATE, ERROR, NUMBER, TEXT, UNCACHED, Sheet, show_number
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, MAX_CELLS, MAX_SHEETS, FileRefused
from analysis.cleaning.readers.number_formats import MONTH, read_formats
from analysis.cleaning.readers.sheet_draft import SheetDraft
from analysis.cleaning.readers.xlsx_book import read_book, read_strings

_SPLIT = re.compile(r"([A-Z]+)(\d+)")


def read_xlsx(path: Path, file: str) -> list[Sheet]:
    """Return the sheets of a workbook, hidden ones too; the values of formulas are those last saved.

    Raises:
        FileRefused: not readable as a workbook, or beyond the limits.
    """
    archive = Archive(path, file)
    book = read_book(archive)
    if len(book.sheets) > MAX_SHEETS:
        raise FileRefused(file, "too_many_sheets", sheets=len(book.sheets), most=MAX_SHEETS)
    strings = read_strings(archive)
    formats = read_formats(archive)
    return [
        _SheetReader(archive, name, hidden, strings, formats, book.epoch).read(part)
        for name, part, hidden in book.sheets
    ]


class _SheetReader:
    """Takes in the cells of one worksheet part while the parser walks over it."""

    def __init__(
        self,
        archive: Archive,
        name: str,
        hidden: bool,
        strings: list[str],
        formats: list[str],
        epoch: dt.datetime,
    ) -> None:
        self.archive, self.sheet = archive, SheetDraft(name, hidden)
        self.strings, self.formats, self.epoch = strings, formats, epoch
        self.row: list[str] = []
        self.row_kinds: list[str] = []
        self.number = 0
        self.column = -1
        self.type = self.style = ""
        self.pieces: list[str] = []
        self.listening = self.formula = False
        self.cells = 0

    def read(self, part: str) -> Sheet:
        """Walk over the part and return the sheet."""
        self.archive.parse(part, lambda p: listen(p, self.start, self.end, self.data))
        return self.sheet.finish()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note where a cell begins."""
        name = tag if ":" not in tag else local_name(tag)
        if name == "c":
            address = attributes.get("r")
            found = _SPLIT.match(address) if address else None
            self.column = column_index(found[1]) if found else self.column + 1
            self.type, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.formula = False
            self.pieces = []
        elif name in ("v", "t"):
            self.listening = True
        elif name == "f":
            self.formula = True
        elif name == "row":
            self._begin_row(attributes)
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "col" and attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", "1")), min(int(attributes.get("max", "1")), 16_384)
            self.sheet.hidden_columns.update(range(first - 1, last))

    def data(self, text: str) -> None:
        """Take in the text of a value."""
        if self.listening:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        """Close a value, a cell or a row."""
        name = tag if ":" not in tag else local_name(tag)
        if name in ("v", "t"):
            self.listening = False
        elif name == "c":
            if self.pieces or self.formula:
                self._place(*self._value())
        elif name == "row":
            self._end_row()

    def _begin_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self.number = int(number) if number else self.number + 1
        self.row, self.row_kinds, self.column = [], [], -1
        if attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden_rows.add(self.number)

    def _end_row(self) -> None:
        if any(self.row):
            self.sheet.rows.append(self.row)
            self.sheet.kinds.append("".join(self.row_kinds))
            self.sheet.numbers.append(self.number)

    def _value(self) -> tuple[str, str]:
        raw = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        if self.type == "s":
            return self._shared(raw), TEXT
        if self.type in ("inlineStr", "str"):
            return (raw[:MAX_CELL_CHARS], TEXT) if raw or not self.formula else ("=", UNCACHED)
        if self.type == "e":
            return raw, ERROR
        if self.type == "b":
            return ("TRUE" if raw == "1" else "FALSE"), TEXT
        if self.type == "d":
            return raw[:10], DATE
        return self._number(raw)

    def _shared(self, raw: str) -> str:
        try:
            return self.strings[int(raw)]
        except (ValueError, IndexError) as error:
            raise FileRefused(self.archive.file, "damaged.text_missing", sheet=self.sheet.name) from error

    def _number(self, raw: str) -> tuple[str, str]:
        if not raw:
            return "=", UNCACHED
        try:
            number = float(raw)
        except ValueError:
            return raw, ERROR
        style = int(self.style) if self.style else 0
        kind = self.formats[style] if style < len(self.formats) else NUMBER
        if kind in (DATE, MONTH):
            text, stored = self._date(number)
            return (text[:7] if kind == MONTH and stored == DATE else text), stored
        return show_number(number) if number == number and abs(number) != float("inf") else raw, kind

    def _date(self, number: float) -> tuple[str, str]:
        try:
            moment = self.epoch + dt.timedelta(days=number)
        except (OverflowError, ValueError):
            return show_number(number), NUMBER
        return moment.date().isoformat(), DATE

    def _place(self, text: str, kind: str) -> None:
        gap = self.column - len(self.row)
        if gap > 0:
            self.row.extend([""] * gap)
            self.row_kinds.extend(TEXT * gap)
        self.row[self.column :] = [text]
        self.row_kinds[self.column :] = [kind]
        self.cells += max(gap, 0) + 1
        if self.cells > MAX_CELLS:
            raise FileRefused(self.archive.file, "too_many_cells", sheet=self.sheet.name, most=MAX_CELLS)

    def _merge(self, reference: str) -> None:
        ends = _SPLIT.findall(reference)
        if len(ends) == 2 and len(self.sheet.merges) < 100_000:
            (first, top), (last, bottom) = ends
            self.sheet.merges.append((int(top), column_index(first), int(bottom), column_index(last)))

"""Workbooks of Excel 2007 and later (.xlsx, .xlsm), read once, in one pass, without running anything."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from analysis.cleaning.addresses import column_index
from analysis.cleaning.archive import Archive
from analysis.cleaning.grid import (
    DATE,
    ERROR,
    NUMBER,
    PERCENT,
    TEXT,
    UNCACHED,
    Merge,
    Sheet,
    show_number,
)
from analysis.cleaning.limits import MAX_CELL_CHARS, MAX_CELLS, MAX_SHEETS, FileRefused

_BUILTIN = {
    9: PERCENT,
    10: PERCENT,
    17: "m",
    **dict.fromkeys((14, 15, 16, 18, 19, 20, 21, 22, 45, 46, 47), DATE),
}
# A date of which only month and year are shown means the month; seen while reading formats only.
MONTH = "m"
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_SPLIT = re.compile(r"([A-Z]+)(\d+)")


def read_xlsx(path: Path, file: str) -> list[Sheet]:
    """Return the sheets of a workbook, hidden ones too; the values of formulas are those last saved.

    Raises:
        FileRefused: not readable as a workbook, or beyond the limits.
    """
    archive = Archive(path, file)
    book = _read_book(archive)
    if len(book.sheets) > MAX_SHEETS:
        raise FileRefused(file, "too_many_sheets", sheets=len(book.sheets), most=MAX_SHEETS)
    strings = _read_strings(archive)
    formats = _read_formats(archive)
    return [
        _SheetReader(archive, name, hidden, strings, formats, book.epoch).read(part)
        for name, part, hidden in book.sheets
    ]


@dataclass
class _Book:
    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    epoch: dt.datetime = dt.datetime(1899, 12, 30)


def _local(tag: str) -> str:
    return tag.rsplit(":", 1)[-1]


def _read_book(archive: Archive) -> _Book:
    """Return sheet names, parts, visibility and the day dates count from."""
    parts: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship":
            target = attributes.get("Target", "")
            parts[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def book_tag(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "sheet":
            found = next((value for key, value in attributes.items() if _local(key) == "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            book.sheets.append((attributes.get("name", ""), posixpath.normpath(parts.get(found, "")), hidden))
        elif _local(tag) == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            book.epoch = dt.datetime(1904, 1, 1)

    book = _Book()
    archive.parse("xl/_rels/workbook.xml.rels", lambda p: setattr(p, "StartElementHandler", relation))
    archive.parse("xl/workbook.xml", lambda p: setattr(p, "StartElementHandler", book_tag))
    book.sheets = [sheet for sheet in book.sheets if "worksheets/" in sheet[1]]
    return book


def _read_strings(archive: Archive) -> list[str]:
    """Return the shared strings; phonetic guides are left out."""
    if "xl/sharedStrings.xml" not in archive.names:
        return []
    strings: list[str] = []
    pieces: list[str] = []
    inside = {"t": False, "rPh": False}

    def start(tag: str, _: dict[str, str]) -> None:
        name = _local(tag)
        if name in inside:
            inside[name] = True
        elif name == "si":
            pieces.clear()

    def end(tag: str) -> None:
        name = _local(tag)
        if name in inside:
            inside[name] = False
        elif name == "si":
            strings.append("".join(pieces)[:MAX_CELL_CHARS])

    def data(text: str) -> None:
        if inside["t"] and not inside["rPh"]:
            pieces.append(text)

    archive.parse("xl/sharedStrings.xml", lambda p: _listen(p, start, end, data))
    return strings


def _listen(parser: expat.XMLParserType, start: object, end: object, data: object) -> None:
    parser.StartElementHandler = start  # type: ignore[assignment]
    parser.EndElementHandler = end  # type: ignore[assignment]
    parser.CharacterDataHandler = data  # type: ignore[assignment]


def _read_formats(archive: Archive) -> list[str]:
    """Return, for each cell style, whether it shows a number, a percentage or a date."""
    if "xl/styles.xml" not in archive.names:
        return []
    custom: dict[int, str] = {}
    styles: list[str] = []
    inside = [False]

    def start(tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "numFmt":
            custom[int(attributes.get("numFmtId", "0"))] = classify_format(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            inside[0] = True
        elif name == "xf" and inside[0]:
            number = int(attributes.get("numFmtId", "0"))
            styles.append(custom.get(number) or _BUILTIN.get(number, NUMBER))

    def end(tag: str) -> None:
        if _local(tag) == "cellXfs":
            inside[0] = False

    archive.parse("xl/styles.xml", lambda p: _listen(p, start, end, None))
    return styles


def classify_format(code: str) -> str:
    """Return PERCENT, DATE, MONTH or NUMBER for a number format code such as 0.00%, dd/mm/yyyy or mm/yyyy."""
    bare = _LITERAL.sub("", code).lower()
    if "%" in bare:
        return PERCENT
    if re.search(r"m", bare) and "y" in bare and not re.search(r"[dhs]", bare):
        return MONTH
    return DATE if re.search(r"[dy]|m{2,}|h", bare) and "0" not in bare.replace("ss.0", "") else NUMBER


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
        self.archive, self.name, self.hidden = archive, name, hidden
        self.strings, self.formats, self.epoch = strings, formats, epoch
        self.rows: list[list[str]] = []
        self.kinds: list[str] = []
        self.numbers: list[int] = []
        self.merges: list[Merge] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: set[int] = set()
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
        self.archive.parse(part, lambda p: _listen(p, self.start, self.end, self.data))
        return Sheet(
            self.name,
            self.rows,
            self.numbers,
            self.kinds,
            self.merges,
            self.hidden,
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Note where a cell begins."""
        name = tag if ":" not in tag else _local(tag)
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
            self.hidden_columns.update(range(first - 1, last))

    def data(self, text: str) -> None:
        """Take in the text of a value."""
        if self.listening:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        """Close a value, a cell or a row."""
        name = tag if ":" not in tag else _local(tag)
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
            self.hidden_rows.add(self.number)

    def _end_row(self) -> None:
        if any(self.row):
            self.rows.append(self.row)
            self.kinds.append("".join(self.row_kinds))
            self.numbers.append(self.number)

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
            raise FileRefused(self.archive.file, "damaged.text_missing", sheet=self.name) from error

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
            raise FileRefused(self.archive.file, "too_many_cells", sheet=self.name, most=MAX_CELLS)

    def _merge(self, reference: str) -> None:
        ends = _SPLIT.findall(reference)
        if len(ends) == 2 and len(self.merges) < 100_000:
            (first, top), (last, bottom) = ends
            self.merges.append((int(top), column_index(first), int(bottom), column_index(last)))

"""The cells of an OpenDocument spreadsheet (.ods), read in one pass.

Own code, as no library keeps what is needed: python-calamine tells neither percentages nor merged, covered and hidden
cells; odfpy and odfdo build a tree of the whole file first, and a row repeated a million times is a million rows.
"""

from __future__ import annotations

from analysis.cleaning.readers.archive import Archive, listen
from analysis.cleaning.readers.grid import (
    DATE,
    ERROR,
    NUMBER,
    PERCENT,
    TEXT,
    UNCACHED,
    Sheet,
    SheetDraft,
    show_number,
)
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, MAX_CELLS, MAX_SHEETS, FileRefused

_SILENT = ("office:annotation", "text:ruby-text")  # a comment; how a word is spoken
_BLANKS = ("text:s", "text:tab", "text:line-break")
_MOST_PIECES = 4096
_KINDS = {"float": NUMBER, "currency": NUMBER, "percentage": PERCENT, "date": DATE}


def read_ods(archive: Archive) -> list[Sheet]:
    """Return the sheets of a spreadsheet.

    Raises:
        FileRefused: encrypted, damaged or beyond the limits.
    """
    if archive.has("META-INF/manifest.xml"):
        archive.parse(
            "META-INF/manifest.xml", lambda p: setattr(p, "StartElementHandler", _guard(archive.file))
        )
    reader = _ContentReader(archive.file)
    archive.parse("content.xml", lambda p: listen(p, reader.start, reader.end, reader.data))
    return reader.sheets


def _guard(file: str) -> object:
    def start(tag: str, _: dict[str, str]) -> None:
        if tag.endswith("encryption-data"):
            raise FileRefused(file, "encrypted")

    return start


class _ContentReader:
    """Takes in the cells of content.xml; repeated empty rows and cells cost nothing."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.sheets: list[Sheet] = []
        self.hidden_styles: set[str] = set()
        self.style = ""
        self.cells = 0
        self.depth = 0
        self.in_text = self.silent = 0
        self._open_sheet("", False)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open a sheet, a row, a cell or a paragraph."""
        if tag == "style:style":
            self.style = attributes.get("style:name", "")
        elif tag == "style:table-properties" and attributes.get("table:display") == "false":
            self.hidden_styles.add(self.style)
        elif tag == "table:table":
            self.depth += 1
            if self.depth == 1:
                name = attributes.get("table:name", "")
                self._open_sheet(name, attributes.get("table:style-name", "") in self.hidden_styles)
        elif self.depth != 1:
            return
        elif tag == "table:table-column":
            self._column(attributes)
        elif tag == "table:table-row":
            self._open_row(attributes)
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._open_cell(attributes)
        elif tag in _SILENT:
            self.silent += 1
        elif tag == "text:p":
            if self.pieces and not self.silent:
                self.pieces.append(" ")
            self.in_text += 1
        elif tag in _BLANKS and self.in_text and not self.silent:
            self.pieces.append(" ")

    def data(self, text: str) -> None:
        """Take in the text of a paragraph."""
        if self.in_text and not self.silent and len(self.pieces) < _MOST_PIECES:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        """Close a paragraph, a cell, a row or a sheet."""
        if tag == "table:table":
            self.depth -= 1
            if self.depth == 0:
                self._close_sheet()
        elif self.depth != 1:
            return
        elif tag == "text:p":
            self.in_text -= 1
        elif tag in _SILENT:
            self.silent -= 1
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._close_cell()
        elif tag == "table:table-row":
            self._close_row()

    def _open_sheet(self, name: str, hidden: bool) -> None:
        self.sheet = SheetDraft(name, hidden)
        self.number, self.columns = 0, 0
        self.row: list[str] = []
        self.row_kinds: list[str] = []
        self.pieces: list[str] = []

    def _close_sheet(self) -> None:
        if len(self.sheets) >= MAX_SHEETS:
            raise FileRefused(self.file, "too_many_sheets", sheets=len(self.sheets) + 1, most=MAX_SHEETS)
        self.sheets.append(self.sheet.finish())

    def _column(self, attributes: dict[str, str]) -> None:
        count = _repeat(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility") in ("collapse", "filter"):
            self.sheet.hidden_columns.update(range(self.columns, min(self.columns + count, 16_384)))
        self.columns += count

    def _open_row(self, attributes: dict[str, str]) -> None:
        self.repeat_row = _repeat(attributes, "table:number-rows-repeated")
        self.row_hidden = attributes.get("table:visibility") in ("collapse", "filter")
        self.row, self.row_kinds = [], []

    def _close_row(self) -> None:
        while self.row and not self.row[-1]:
            self.row.pop()
        if self.row:
            if self.repeat_row * len(self.row) > 1_000_000:
                raise FileRefused(self.file, "row_repeated", row=self.number + 1, times=self.repeat_row)
            for step in range(self.repeat_row):
                self.sheet.rows.append(self.row)
                self.sheet.kinds.append("".join(self.row_kinds[: len(self.row)]))
                self.sheet.numbers.append(self.number + 1 + step)
                if self.row_hidden:
                    self.sheet.hidden_rows.add(self.number + 1 + step)
        self.number += self.repeat_row

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self.pieces = []
        self.repeat_cell = _repeat(attributes, "table:number-columns-repeated")
        kind = _KINDS.get(attributes.get("office:value-type", ""), TEXT)
        raw = (
            attributes.get("office:date-value", "")[:10]
            if kind == DATE
            else attributes.get("office:value", "")
        )
        raw = raw or attributes.get("office:string-value", "")
        error = attributes.get("calcext:value-type") == "error"
        self.stored = (raw, ERROR if error else kind) if raw else ("", ERROR if error else TEXT)
        self.formula = "table:formula" in attributes and "office:value-type" not in attributes
        across = _repeat(attributes, "table:number-columns-spanned")
        down = _repeat(attributes, "table:number-rows-spanned")
        if across > 1 or down > 1:
            row, column = self.number + 1, len(self.row)
            self.sheet.merges.append((row, column, row + down - 1, column + across - 1))

    def _close_cell(self) -> None:
        text, kind = self._value()
        count = self.repeat_cell if text else min(self.repeat_cell, 16_384)
        self.cells += count if text else 0
        if self.cells > MAX_CELLS or (text and count > 16_384):
            raise FileRefused(self.file, "too_many_cells", sheet=self.sheet.name, most=MAX_CELLS)
        self.row.extend([text] * count)
        self.row_kinds.extend(kind * count)

    def _value(self) -> tuple[str, str]:
        raw, kind = self.stored
        shown = "".join(self.pieces).strip()[:MAX_CELL_CHARS]
        if kind in (TEXT, ERROR) or not raw:
            # A formula without value and text was never calculated.
            return ("=", UNCACHED) if self.formula and not shown else (shown or raw, kind)
        if kind == DATE:
            return raw, kind
        try:
            return show_number(float(raw)), kind
        except (ValueError, OverflowError):
            return raw, TEXT


def _repeat(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isdigit() else 1

"""OpenDocument spreadsheets (.ods), with formats, merged cells and hidden rows."""

from __future__ import annotations

from pathlib import Path

from analysis.cleaning.readers.archive import Archive, listen
from analysis.cleaning.readers.grid import DATE, NUMBER, PERCENT, TEXT, Sheet, show_number
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, MAX_CELLS, MAX_SHEETS, FileRefused
from analysis.cleaning.readers.sheet_draft import SheetDraft

_KINDS = {"float": NUMBER, "currency": NUMBER, "percentage": PERCENT, "date": DATE}


def read_ods(path: Path, file: str) -> list[Sheet]:
    """Return the sheets of a spreadsheet.

    Raises:
        FileRefused: encrypted, damaged or beyond the limits.
    """
    archive = Archive(path, file)
    if "META-INF/manifest.xml" in archive.names:
        archive.parse("META-INF/manifest.xml", lambda p: setattr(p, "StartElementHandler", _guard(file)))
    reader = _ContentReader(file)
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
        self.in_text = 0
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
        elif tag == "office:annotation":
            self.in_text -= 100
        elif tag == "text:p":
            if self.pieces:
                self.pieces.append(" ")
            self.in_text += 1
        elif tag == "text:s" and self.in_text > 0:
            self.pieces.append(" ")

    def data(self, text: str) -> None:
        """Take in the text of a paragraph."""
        if self.in_text > 0:
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
        elif tag == "office:annotation":
            self.in_text += 100
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
        self.stored = (raw, kind) if raw else ("", TEXT)
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
        if kind == DATE or not raw:
            return (raw, kind) if raw else ("".join(self.pieces).strip()[:MAX_CELL_CHARS], TEXT)
        try:
            return show_number(float(raw)), kind
        except (ValueError, OverflowError):
            return raw, TEXT


def _repeat(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(int(text), 1) if text.isdigit() else 1

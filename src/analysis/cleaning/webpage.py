"""HTML tables, which many report systems save under the name of a workbook (.xls)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from analysis.cleaning.encodings import decode_bytes
from analysis.cleaning.grid import Merge, Sheet
from analysis.cleaning.limits import MAX_CELL_CHARS, MAX_CELLS, FileRefused

_DECLARED = re.compile(rb"<!(doctype (?!html)|entity)", re.IGNORECASE)
_DEEPEST = 8


def read_webpage(content: bytes, file: str) -> list[Sheet]:
    """Return one sheet per outermost table of an HTML file.

    Raises:
        FileRefused: XML that declares entities, a 2003 XML workbook, or a page without a table.
    """
    if _DECLARED.search(content[:65_536]):
        raise FileRefused(file, "entities")
    if (
        b"urn:schemas-microsoft-com:office:spreadsheet" in content[:4096]
        and b"<table" not in content[:65_536]
    ):
        raise FileRefused(file, "xml_workbook")
    text, _ = decode_bytes(content, file)
    reader = _TableReader(file)
    reader.feed(text)
    reader.close()
    reader.finish()
    if not reader.sheets:
        raise FileRefused(file, "page_without_table")
    return reader.sheets


class _TableReader(HTMLParser):
    """Collects tables with the cells that span rows and columns."""

    def __init__(self, file: str) -> None:
        super().__init__(convert_charrefs=True)
        self.file = file
        self.sheets: list[Sheet] = []
        self.depth = 0
        self.cells: dict[tuple[int, int], str] = {}
        self.taken: set[tuple[int, int]] = set()
        self.merges: list[Merge] = []
        self.row, self.column = 0, 0
        self.piece: list[str] | None = None
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell."""
        if tag == "table":
            self.depth = min(self.depth + 1, _DEEPEST)
            if self.depth == 1:
                self.cells, self.taken, self.merges, self.row = {}, set(), [], 0
        elif tag in ("style", "script"):
            self.silent += 1
        elif self.depth != 1:
            return
        elif tag == "tr":
            self._close_cell()
            self.row, self.column = self.row + 1, 0
        elif tag in ("td", "th") and self.row:
            self._close_cell()
            self._open_cell(dict(attrs))
        elif tag == "caption":  # a spreadsheet program opens it as a row of its own too
            self.row, self.column = self.row + 1, 0
            self._open_cell({})
        elif tag == "br" and self.piece is not None:
            self.piece.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell or a table."""
        if tag in ("style", "script"):
            self.silent = max(self.silent - 1, 0)
        elif tag == "table" and self.depth:
            self.depth -= 1
            if self.depth == 0:
                self.finish()
        elif tag in ("td", "th", "tr", "caption") and self.depth == 1:
            self._close_cell()

    def handle_data(self, data: str) -> None:
        """Take in the text of a cell."""
        if self.piece is not None and not self.silent:
            self.piece.append(data)

    def finish(self) -> None:
        """Make a sheet of the cells collected so far."""
        self._close_cell()
        if any(self.cells.values()):
            self.sheets.append(self._sheet())
        self.cells = {}

    def _open_cell(self, attributes: dict[str, str | None]) -> None:
        while (self.row, self.column) in self.taken:
            self.column += 1
        across, down = _span(attributes.get("colspan"), 300), _span(attributes.get("rowspan"), 5000)
        for r in range(self.row, self.row + down):
            self.taken.update((r, c) for c in range(self.column, self.column + across))
        if len(self.taken) > MAX_CELLS // 10:
            raise FileRefused(self.file, "page_too_large")
        if across > 1 or down > 1:
            self.merges.append((self.row, self.column, self.row + down - 1, self.column + across - 1))
        self.piece = []

    def _close_cell(self) -> None:
        if self.piece is not None:
            text = re.sub(r"\s+", " ", "".join(self.piece)).strip()[:MAX_CELL_CHARS]
            self.cells[self.row, self.column] = text
            self.piece = None
            self.column += 1

    def _sheet(self) -> Sheet:
        rows: list[list[str]] = []
        numbers: list[int] = []
        by_row: dict[int, dict[int, str]] = {}
        for (r, c), text in self.cells.items():
            if text:
                by_row.setdefault(r, {})[c] = text
        for r in sorted(by_row):
            cells = by_row[r]
            rows.append([cells.get(c, "") for c in range(max(cells) + 1)])
            numbers.append(r)
        name = "" if not self.sheets else f"table {len(self.sheets) + 1}"
        return Sheet(name, rows, numbers, merges=self.merges)


def _span(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.strip().isdigit() else 1

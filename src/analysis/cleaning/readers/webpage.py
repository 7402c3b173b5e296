"""HTML tables, which many report systems save under the name of a workbook (.xls)."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from analysis.cleaning.readers.encodings import decode_bytes
from analysis.cleaning.readers.grid import Merge, Sheet
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, MAX_CELLS, FileRefused

_DECLARED = re.compile(rb"<!(doctype (?!html)|entity)", re.IGNORECASE)
_DEEPEST = 8
# Texts outside tables that head one; a long paragraph is an article's, not a title.
_PARAGRAPH = 7
_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"p": _PARAGRAPH, "center": _PARAGRAPH}
_LONGEST_TITLE, _MOST_TITLES = 250, 12
_BREAKS = ("br", "p", "div", "li")


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
    """Collects tables with the cells that span rows and columns, below the headings that hold for each.

    A spreadsheet program opens headings, paragraphs and captions above a table as rows of their own, so they count.
    """

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
        self.titles: list[tuple[int, str]] = []
        self.level = self.rank = self.first_row = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row or a cell."""
        if tag == "table":
            self.depth = min(self.depth + 1, _DEEPEST)
            if self.depth == 1:
                self._begin_table()
        elif tag in ("style", "script"):
            self.silent += 1
        elif self.depth == 0 and tag in _HEADINGS:
            self._close_title()
            self.level, self.rank = _HEADINGS[tag], _HEADINGS[tag]
        elif self.depth == 0 and tag == "br":
            self._end_line()
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
        elif tag in _BREAKS and self.piece is not None:
            self.piece.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell, a table or a heading."""
        if tag in ("style", "script"):
            self.silent = max(self.silent - 1, 0)
        elif tag == "table" and self.depth:
            self.depth -= 1
            if self.depth == 0:
                self.finish()
        elif tag in ("td", "th", "tr", "caption") and self.depth == 1:
            self._close_cell()
        elif tag in _HEADINGS and self.depth == 0:
            self._close_title()

    def handle_data(self, data: str) -> None:
        """Take in the text of a cell or of a heading."""
        if self.piece is not None and not self.silent:
            self.piece.append(data)
        elif self.level and not self.silent:
            self.words.append(data)

    def finish(self) -> None:
        """Make a sheet of the cells collected so far."""
        self._close_cell()
        if any(text for (row, _), text in self.cells.items() if row > self.first_row):
            self.sheets.append(self._sheet())
        self.cells = {}

    def _begin_table(self) -> None:
        """Begin a sheet with the headings above its table; paragraphs are done with after it."""
        self._close_title()
        above = [text for _, text in self.titles[-_MOST_TITLES:]]
        self.cells, self.taken, self.merges = {(n, 0): text for n, text in enumerate(above, 1)}, set(), []
        self.row = self.first_row = len(above)
        self.titles = [title for title in self.titles if title[0] < _PARAGRAPH]

    def _end_line(self) -> None:
        """Keep a line of a heading, the first in place of those that the heading does not stand below."""
        text = " ".join("".join(self.words).split())
        if self.level and text and len(text) <= _LONGEST_TITLE:
            if self.rank < _PARAGRAPH:
                self.titles = [title for title in self.titles if title[0] < self.rank]
                self.rank = _PARAGRAPH
            self.titles.append((self.level, text))
        self.words = []

    def _close_title(self) -> None:
        self._end_line()
        self.level = 0

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

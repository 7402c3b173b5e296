"""HTML tables, which many report systems save under the name of a workbook (.xls): one sheet per outermost table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.encodings import decode_bytes
from analysis.cleaning.readers.grid import Merge, Sheet
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, MAX_CELLS, MAX_PAGE_BYTES, FileRefused

_ENTITIES = (b"<!entity", b"<!doctype")
# Texts outside tables that head one; a long paragraph is an article's, not a title.
_PARAGRAPH = 7
_HEADINGS = {f"h{level}": level for level in range(1, 7)} | {"p": _PARAGRAPH, "center": _PARAGRAPH}
_LONGEST_TITLE, _MOST_TITLES = 250, 12
_CELLS = ("td", "th")
_BREAKS = ("br", "p", "div", "li", "tr", *_CELLS)
_UNSEEN = ("style", "script", "noframes", "template")


def read_webpage(content: bytes, file: str) -> list[Sheet]:
    """Return one sheet per outermost table of an HTML file, below the headings that hold for it.

    A spreadsheet program opens headings, paragraphs and captions above a table as rows of their own, so they count.

    Raises:
        FileRefused: XML that declares entities, a 2003 XML workbook, a page too large or without a table.
    """
    if len(content) > MAX_PAGE_BYTES:
        raise FileRefused(file, "page_too_large")
    start = content[:65_536].lower().replace(b"<!doctype html", b"")
    if any(mark in start for mark in _ENTITIES):
        raise FileRefused(file, "entities")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in start[:4096] and b"<table" not in start:
        raise FileRefused(file, "xml_workbook")
    sheets: list[Sheet] = []
    titles: list[tuple[int, str]] = []
    walk = _walk(_parse(decode_bytes(content, file)[0], file))
    for _, node in walk:
        if node.tag == "table":
            table = _Table(node, [text for _, text in titles[-_MOST_TITLES:]], file)
            table.put_into(sheets)
            titles = [title for title in titles if title[0] < _PARAGRAPH]
            titles += [(_PARAGRAPH, text) for text in table.letterhead()]
            walk.skip_subtree()
        elif node.tag in _HEADINGS:
            titles = _headed(titles, node)
        elif node.tag in _CELLS:  # the one-stop system writes its title as a row before the table begins
            titles = _headed(titles, node)
            walk.skip_subtree()
    if not sheets:
        raise FileRefused(file, "page_without_table")
    return sheets


def _parse(text: str, file: str) -> Any:
    """Return the tree of a page; what is broken in it is mended as browsers do, and nothing is fetched.

    Raises:
        FileRefused: nested so deep that the rest would be lost.
    """
    from lxml import etree

    # The text is decoded: what the page says of its letters no longer holds. Nested tables may be deep.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser)
    if len(parser.error_log.filter_from_fatals()):
        raise FileRefused(file, "page_too_large")
    return root if root is not None else etree.Element("html")


def _walk(node: Any, events: tuple[str, ...] = ("start",)) -> Any:
    from lxml import etree

    return etree.iterwalk(node, events=events)


def _headed(titles: list[tuple[int, str]], node: Any) -> list[tuple[int, str]]:
    """Return the headings that hold after one more; its first line ends those that it does not stand below."""
    level = _HEADINGS.get(node.tag, _PARAGRAPH)
    lines = [line for line in _lines(node, ("br",)) if len(line) <= _LONGEST_TITLE]
    kept = [title for title in titles if title[0] < level] if lines and level < _PARAGRAPH else titles
    return [*kept, *((level, line) for line in lines)]


def _lines(node: Any, breaks: tuple[str, ...], inner: bool = False) -> list[str]:
    """Return the texts of a node between breaks, of tables and headings inside it only where `inner`."""
    lines, walk = [""], _walk(node, ("start", "end"))
    for event, part in walk:
        if event == "end":
            if part is not node:
                lines[-1] += part.tail or ""
            continue
        if part.tag in breaks:
            lines.append("")
        if part.tag in _UNSEEN or (not inner and part is not node and part.tag in ("table", *_HEADINGS)):
            walk.skip_subtree()
        else:
            lines[-1] += part.text or ""
    return [" ".join(line.split()) for line in lines if line.strip()]


class _Table:
    """The cells of one table; rows from 1 with the headings above it as the first, columns from 0."""

    def __init__(self, table: Any, above: list[str], file: str) -> None:
        self.file = file
        self.cells = {(row, 0): text for row, text in enumerate(above, 1)}
        self.taken: set[tuple[int, int]] = set()
        self.merges: list[Merge] = []
        self.hidden: set[int] = set()
        self.row = self.first_row = len(above)
        self.column = 0
        for node in _parts(table):
            if node.tag == "tr" or node.tag == "caption" or _begins_row(node):
                self.row, self.column = self.row + 1, 0
                if "display:none" in (node.get("style") or "").replace(" ", "").lower():
                    self.hidden.add(self.row)
            if node.tag != "tr":
                self._place(node)

    def _place(self, node: Any) -> None:
        while (self.row, self.column) in self.taken:
            self.column += 1
        across, down = _span(node.get("colspan"), 300), _span(node.get("rowspan"), 5000)
        for r in range(self.row, self.row + down):
            self.taken.update((r, c) for c in range(self.column, self.column + across))
        if len(self.taken) > MAX_CELLS // 10:
            raise FileRefused(self.file, "page_too_large")
        if across > 1 or down > 1:
            self.merges.append((self.row, self.column, self.row + down - 1, self.column + across - 1))
        # Cells of a table inside the cell are kept apart: two figures never become one.
        text = " ".join(_lines(node, _BREAKS, inner=True))[:MAX_CELL_CHARS]
        if text:
            self.cells[self.row, self.column] = text
        self.column += 1

    def put_into(self, sheets: list[Sheet]) -> None:
        """Add the sheet, unless the table is empty."""
        if all(row <= self.first_row for row, _ in self.cells):
            return
        by_row: dict[int, dict[int, str]] = {}
        for (r, c), text in self.cells.items():
            by_row.setdefault(r, {})[c] = text
        rows = [[cells.get(c, "") for c in range(max(cells) + 1)] for _, cells in sorted(by_row.items())]
        name = f"table {len(sheets) + 1}" if sheets else ""
        hidden = frozenset(self.hidden)
        sheets.append(Sheet(name, rows, sorted(by_row), merges=self.merges, hidden_rows=hidden))

    def letterhead(self) -> list[str]:
        """Return the lines of a table without a figure: who reports of which period, for the table that follows."""
        texts = [text for (row, _), text in sorted(self.cells.items()) if row > self.first_row]
        if len(texts) > _MOST_TITLES or any(is_number_like(text) for text in texts):
            return []
        return [text for text in texts if len(text) <= _LONGEST_TITLE]


def _parts(table: Any) -> Iterator[Any]:
    """Walk over caption, rows and cells of a table, not of those inside it."""
    walk = _walk(table)
    for _, node in walk:
        if node.tag == "table" and node is not table:
            walk.skip_subtree()
        elif node.tag in ("tr", "caption", *_CELLS):
            if node.tag != "tr":
                walk.skip_subtree()
            yield node


def _begins_row(cell: Any) -> bool:
    """Tell whether a cell outside every row is the first of its own, as browsers take it."""
    before = cell.getprevious()
    return cell.getparent().tag != "tr" and (before is None or before.tag not in _CELLS)


def _span(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.strip().isdecimal() else 1

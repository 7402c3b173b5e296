"""Writers of the workbooks that tests read: .xlsx by openpyxl, .ods and .xls byte by byte."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

Rows = Sequence[Sequence[Any]]


def xlsx(
    rows: Rows,
    *,
    title: str = "Biểu 1",
    merge: Sequence[str] = (),
    percent: Sequence[str] = (),
    touch: Callable[[openpyxl.Workbook, Worksheet], None] | None = None,
) -> bytes:
    """Return a workbook with these rows; None leaves a cell out."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for address in merge:
        sheet.merge_cells(address)
    for address in percent:
        sheet[address].number_format = "0.00%"
    if touch:
        touch(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(
    rows: Rows, *, name: str = "Trang1", extra: str = "", percent: Sequence[tuple[int, int]] = ()
) -> bytes:
    """Return an OpenDocument spreadsheet; `extra` is XML put after the rows."""
    lines = []
    for i, row in enumerate(rows):
        cells = "".join(_ods_cell(value, (i, j) in percent) for j, value in enumerate(row))
        lines.append(f"<table:table-row>{cells}</table:table-row>")
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f"<table:table table:name={quoteattr(name)}>{''.join(lines)}{extra}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _ods_cell(value: Any, percent: bool) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        kind = "percentage" if percent else "float"
        return f'<table:table-cell office:value-type="{kind}" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def xls(
    rows: Rows, *, name: str = "Bieu 1", percent: Sequence[tuple[int, int]] = (), hidden: Sequence[int] = ()
) -> bytes:
    """Return a workbook of Excel 97–2003: records after [MS-XLS], in one compound file after [MS-CFB]."""
    general, shown = 0, 1
    globals_ = _record(0x809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    globals_ += _record(0x42, struct.pack("<H", 1200))
    for style in (0, 10):
        globals_ += _record(0xE0, struct.pack("<HHHBBBBIIH", 0, style, 0, 0, 0, 0, 0, 0, 0, 0))
    bounds_size = 4 + 8 + 2 * len(name)
    end = _record(0x0A, b"")
    position = len(globals_) + bounds_size + len(end)
    bounds = struct.pack("<IBBBB", position, 0, 0, len(name), 1) + name.encode("utf-16-le")
    body = _record(0x809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for r, row in enumerate(rows):
        flags = 0x20 if r in hidden else 0
        body += _record(0x208, struct.pack("<HHHHHHI", r, 0, len(row), 255, 0, 0, 0x100 | flags))
        for c, value in enumerate(row):
            style = shown if (r, c) in percent else general
            if isinstance(value, int | float):
                body += _record(0x203, struct.pack("<HHHd", r, c, style, value))
            elif value:
                text = str(value)
                head = struct.pack("<HHHHB", r, c, style, len(text), 1)
                body += _record(0x204, head + text.encode("utf-16-le"))
    return _compound(globals_ + _record(0x85, bounds) + end + body + end)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """Put one stream, “Workbook”, into a compound file of 512-byte sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(stream) // 512
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    chain = [*range(1, count), end, end]
    tables = -(-(len(chain) + 2) // 128)
    chain += [fat_mark] * tables
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(tables * 512, b"\xff")
    header = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 6
    )
    header += struct.pack("<IIIIIIIII", 0, tables, count, 0, 4096, end, 0, end, 0)
    places = [count + 1 + i for i in range(tables)]
    header += struct.pack("<109I", *places, *[free] * (109 - tables))
    root = _entry("Root Entry", 5, end, 0, child=1)
    book = _entry("Workbook", 2, 0, len(stream))
    directory = (root + book).ljust(512, b"\0")
    return header + stream + directory + fat


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + links + b"\0" * 36 + struct.pack("<IIQ", start, size, 0)[:12]


def html(rows: Rows, *, before: str = "") -> bytes:
    """Return a page with one table, as report systems save it under .xls; a cell (text, across, down) spans."""
    lines = []
    for row in rows:
        cells = []
        for value in row:
            text, across, down = value if isinstance(value, tuple) else (value, 1, 1)
            cells.append(f'<td colspan="{across}" rowspan="{down}">{escape(str(text))}</td>')
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return f"<html><head><meta charset='utf-8'></head><body>{before}<table>{''.join(lines)}</table></body></html>".encode()


def csv(rows: Rows, separator: str = ",", encoding: str = "utf-8") -> bytes:
    """Return a text table; cells that hold the separator or a quote are quoted."""
    import csv as module

    out = io.StringIO()
    module.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding)

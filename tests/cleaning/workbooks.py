"""Writers of the workbooks that tests read: .xlsx by openpyxl, .ods by odfdo, .xls by xlwt."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import odfdo
import openpyxl
import xlwt
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
    document = odfdo.Document("spreadsheet")
    document.body.clear()
    table = odfdo.Table(name)
    for i, values in enumerate(rows):
        row = odfdo.Row()
        for j, value in enumerate(values):
            kind = "percentage" if (i, j) in percent else None
            row.append_cell(odfdo.Cell(None if value == "" else value, cell_type=kind))
        table.append_row(row)
    document.body.append(table)
    out = io.BytesIO()
    document.save(out)
    end = b"</table:table>"
    return rezip(out.getvalue(), lambda _, part: part.replace(end, extra.encode() + end))


def xls(
    rows: Rows,
    *,
    name: str = "Bieu 1",
    percent: Sequence[tuple[int, int]] = (),
    touch: Callable[[xlwt.Workbook, Any], None] | None = None,
) -> bytes:
    """Return a workbook of Excel 97–2003."""
    book = xlwt.Workbook()
    sheet = book.add_sheet(name)
    shown = xlwt.easyxf(num_format_str="0.00%")
    for i, values in enumerate(rows):
        for j, value in enumerate(values):
            if value is not None:
                sheet.write(i, j, value, *([shown] if (i, j) in percent else []))
    if touch:
        touch(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezip(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return a zip with every part passed through `change`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, change(info.filename, old.read(info)))
    return out.getvalue()


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


def xlsb(rows: Rows, *, name: str = "Biểu 1", hidden: bool = False) -> bytes:
    """Return a binary workbook: the fewest records of [MS-XLSB] that readers ask for, as no library writes it."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="{}/{}" Target="{}"/></Relationships>'
    sheet = struct.pack("<II", 1 if hidden else 0, 1) + _wide("rId1") + _wide(name)
    book = _binary(131) + _binary(143) + _binary(156, sheet) + _binary(144) + _binary(132)
    cells = b""
    for r, values in enumerate(rows):
        cells += _binary(0, struct.pack("<IIHBBBI", r, 0, 300, 0, 0, 0, 0))
        for c, value in enumerate(values):
            if isinstance(value, int | float):
                cells += _binary(5, struct.pack("<IId", c, 0, value))
            elif value:
                cells += _binary(6, struct.pack("<II", c, 0) + _wide(value))
    extent = struct.pack("<IIII", 0, len(rows), 0, max(map(len, rows)))
    body = _binary(129) + _binary(148, extent) + _binary(145) + cells + _binary(146) + _binary(130)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", relation.format(kind, "officeDocument", "xl/workbook.bin"))
        archive.writestr(
            "xl/_rels/workbook.bin.rels", relation.format(kind, "worksheet", "worksheets/sheet1.bin")
        )
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", body)
    return out.getvalue()


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _binary(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    return head + bytes([size & 0x7F | 0x80, size >> 7] if size > 127 else [size]) + body

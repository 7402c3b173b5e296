"""The records of an .xls file that say how cells look: percent formats, merged and hidden parts.

References:
    Microsoft, [MS-XLS] Excel Binary File Format; [MS-CFB] Compound File Binary File Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from analysis.cleaning.readers.grid import PERCENT, Merge
from analysis.cleaning.readers.limits import FileRefused
from analysis.cleaning.readers.number_formats import classify_format

_END = 0xFFFFFFFA
BOUNDSHEET, FORMAT, XF, BOF, FILEPASS = 0x85, 0x41E, 0xE0, 0x809, 0x2F
NUMBER, RK, MULRK, FORMULA, ROW, COLINFO, MERGED = 0x203, 0x27E, 0xBD, 0x06, 0x208, 0x7D, 0xE5


@dataclass
class SheetFormats:
    """Cells counted from 0; merged ranges in the file's row numbers, from 1."""

    hidden: bool = False
    percent: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)


@dataclass
class BookFormats:
    """The formats of all worksheets, in the order of the workbook."""

    sheets: list[SheetFormats] = field(default_factory=list)


def read_formats(content: bytes, file: str) -> BookFormats:
    """Return the formats of an .xls file.

    Raises:
        FileRefused: the container is damaged, holds no workbook, or is encrypted.
    """
    try:
        stream = _workbook_stream(content)
    except (struct.error, IndexError, ValueError, KeyError) as error:
        raise FileRefused(file, "damaged") from error
    book = BookFormats()
    codes: dict[int, bool] = {9: True, 10: True}
    styles: list[bool] = []
    sheet = -1
    for kind, body in _records(stream):
        if kind == FILEPASS:
            raise FileRefused(file, "encrypted")
        if kind == BOF:
            sheet += 1
        elif kind == BOUNDSHEET and len(body) > 5 and body[5] == 0:
            book.sheets.append(SheetFormats(hidden=body[4] & 3 != 0))
        elif kind == FORMAT and len(body) > 5:
            codes[struct.unpack_from("<H", body)[0]] = classify_format(_text(body[2:])) == PERCENT
        elif kind == XF and len(body) >= 4:
            styles.append(codes.get(struct.unpack_from("<H", body, 2)[0], False))
        elif 0 < sheet <= len(book.sheets):
            _note(book.sheets[sheet - 1], kind, body, styles)
    return book


def _note(sheet: SheetFormats, kind: int, body: bytes, styles: list[bool]) -> None:
    """Take in one record of a worksheet."""
    size = len(body)
    if kind in (NUMBER, RK, FORMULA) and size >= 6:
        row, column, style = struct.unpack_from("<HHH", body)
        if style < len(styles) and styles[style]:
            sheet.percent.add((row, column))
    elif kind == MULRK and size >= 12:
        row, first = struct.unpack_from("<HH", body)
        for step in range((size - 6) // 6):
            style = struct.unpack_from("<H", body, 4 + 6 * step)[0]
            if style < len(styles) and styles[style]:
                sheet.percent.add((row, first + step))
    elif kind == ROW and size >= 16:
        if struct.unpack_from("<H", body, 12)[0] & 0x20:
            sheet.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif kind == COLINFO and size >= 10:
        first, last = struct.unpack_from("<HH", body)
        if struct.unpack_from("<H", body, 8)[0] & 1:
            sheet.hidden_columns.update(range(first, min(last, 255) + 1))
    elif kind == MERGED and size >= 2:
        count = min(struct.unpack_from("<H", body)[0], (size - 2) // 8)
        for r0, r1, c0, c1 in struct.iter_unpack("<HHHH", body[2 : 2 + 8 * count]):
            sheet.merges.append((r0 + 1, c0, r1 + 1, c1))


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        yield kind, stream[position + 4 : position + 4 + size]
        position += 4 + size


def _text(body: bytes) -> str:
    if len(body) < 3:
        return ""
    count, wide = struct.unpack_from("<HB", body)
    return (
        body[3 : 3 + 2 * count].decode("utf-16-le", "replace")
        if wide & 1
        else body[3 : 3 + count].decode("latin-1")
    )


def _workbook_stream(content: bytes) -> bytes:
    """Return the stream “Workbook” of a compound file; small ones lie in the mini stream."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12):
        raise ValueError("sector size")
    directory, cutoff, mini_table = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    table = _sector_table(content, shift)
    entries = _chain(content, table, directory, shift)
    root = entries[:128]
    for at in range(0, len(entries), 128):
        entry = entries[at : at + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
        start, size = struct.unpack_from("<II", entry, 116)
        if name in ("Workbook", "Book") and entry[66] == 2:
            if size >= cutoff:
                return _chain(content, table, start, shift)[:size]
            mini = b"\0" * (1 << mini_shift) + _chain(
                content, table, struct.unpack_from("<I", root, 116)[0], shift
            )
            links = _chain(content, table, mini_table, shift)
            return _chain(mini, list(struct.unpack(f"<{len(links) // 4}I", links)), start, mini_shift)[:size]
    raise KeyError("Workbook")


def _sector_table(content: bytes, shift: int) -> list[int]:
    size = 1 << shift
    sectors = list(struct.unpack_from("<109I", content, 76))
    extra, count = struct.unpack_from("<II", content, 68)
    for _ in range(min(count, 1000)):
        if extra >= _END:
            break
        block = content[(extra + 1) * size : (extra + 2) * size]
        numbers = struct.unpack(f"<{len(block) // 4}I", block)
        sectors.extend(numbers[:-1])
        extra = numbers[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _END:
            block = content[(sector + 1) * size : (sector + 2) * size]
            table.extend(struct.unpack(f"<{len(block) // 4}I", block))
    return table


def _chain(content: bytes, table: list[int], start: int, shift: int) -> bytes:
    """Return the sectors of a chain, each at most once."""
    size = 1 << shift
    pieces: list[bytes] = []
    seen: set[int] = set()
    while start < _END:
        if start in seen or (start + 1) * size > len(content):
            raise ValueError("broken chain")
        seen.add(start)
        pieces.append(content[(start + 1) * size : (start + 2) * size])
        start = table[start]
    return b"".join(pieces)

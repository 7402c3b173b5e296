"""Text files with separators: comma, semicolon, tab or bar, in any encoding that Vietnamese offices use."""

from __future__ import annotations

import csv
import io
import re
import statistics
import unicodedata

import numpy as np
import pandas as pd

from analysis.cleaning.readers.encodings import decode_bytes
from analysis.cleaning.readers.grid import Codes, ColumnRows, Sheet
from analysis.cleaning.readers.limits import MAX_CELLS, FileRefused

LONG = 4 * 2**20
SEPARATORS = (",", ";", "\t", "|")
# A row with more cells than those before it is read by reading again, this often.
_MOST_WIDTHS = 4
_WIDER = re.compile(r"Expected \d+ fields in line \d+, saw (\d+)")


def read_delimited(content: bytes, file: str) -> list[Sheet]:
    """Return the one sheet of a text file.

    Raises:
        FileRefused: no text, no known encoding, a quote that never closes, or beyond the limits.
    """
    if len(content) > LONG:
        sheet = _read_long(content)
        if sheet is not None:
            return [sheet]
    text, _ = decode_bytes(content, file)
    if "\0" in text:
        raise FileRefused(file, "no_text.nul")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows, numbers = _split(text, find_separator(text), file)
    if sum(map(len, rows)) > MAX_CELLS:
        raise FileRefused(file, "too_many_cells", most=MAX_CELLS)
    return [Sheet("", rows, numbers, lines=True)]


def _read_long(content: bytes) -> Sheet | None:
    """Return a long, regular UTF-8 table column by column, or None when it is not regular enough for that."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    if b"\0" in content or (b"\r" in content and content.count(b"\r") != content.count(b"\r\n")):
        return None
    try:
        head = content[:65_536].rsplit(b"\n", 1)[0].decode("utf-8")
    except UnicodeDecodeError:
        return None
    separator = find_separator(head)
    width = max((len(row) for row in csv.reader(io.StringIO(head), delimiter=separator)), default=0)
    if width < 2 or head.lower().startswith("sep="):
        return None
    table = _parse(content, separator, width)
    if table is None:
        return None
    quoted = b'"' in content
    lines = content.count(b"\n") + (not content.endswith(b"\n")) if quoted else len(table)
    if len(table) != lines or table.size > MAX_CELLS:
        return None
    columns = [_codes(table[j]) for j in table]
    return Sheet("", ColumnRows(columns, lines), range(1, lines + 1), lines=True)


def _parse(content: bytes, separator: str, width: int) -> pd.DataFrame | None:
    """Return the cells of a text by distinct text, as wide as its widest row, or None when it cannot be cut."""
    for _ in range(_MOST_WIDTHS):
        try:
            return pd.read_csv(
                io.BytesIO(content), sep=separator, header=None, names=list(range(width)), index_col=False,
                dtype="category", na_filter=False, skip_blank_lines=False, low_memory=False, encoding="utf-8",
            )  # fmt: skip
        except (pd.errors.ParserError, pd.errors.ParserWarning, UnicodeDecodeError, ValueError) as error:
            wider = _WIDER.search(str(error))
            if not wider or int(wider[1]) > 2 * width:
                return None
            width = int(wider[1])
    return None


def _codes(column: pd.Series[str]) -> tuple[Codes, list[str]]:
    """Return a parsed column as codes and NFC texts; a missing last field is an empty text."""
    categories = column.cat.categories.to_numpy(dtype=object).tolist()
    texts = [text if text.isascii() else unicodedata.normalize("NFC", text) for text in categories]
    codes = column.cat.codes.to_numpy().astype(np.intp)
    absent = codes < 0
    if absent.any():
        codes[absent] = len(texts)
        texts.append("")
    return codes, texts


def find_separator(text: str) -> str:
    """Return the separator that cuts the first rows into the most, and most equal, columns.

    A comma inside numbers (27,98) cuts unequally, so ; and tab win against it where both occur.
    """
    head = text[:65_536].split("\n")[:80]
    lines = [line for line in (head[:-1] or head) if line.strip()]
    declared = lines[0].strip().lower() if lines else ""
    if declared.startswith("sep=") and len(declared) == 5:
        return declared[4]
    return max(SEPARATORS, key=lambda mark: _regularity(lines, mark))


def _regularity(lines: list[str], mark: str) -> tuple[float, int]:
    counts = [len(next(csv.reader([line], delimiter=mark), [])) for line in lines]
    if not counts or max(counts) < 2:
        return 0.0, 0
    usual = statistics.mode([count for count in counts if count > 1])
    agreeing = sum(count == usual for count in counts) / len(counts)
    return agreeing, usual


def _split(text: str, separator: str, file: str) -> tuple[list[list[str]], list[int]]:
    """Return non-empty rows and the lines on which they begin."""
    limit = csv.field_size_limit(1_000_000)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    numbers: list[int] = []
    begins = 1
    try:
        for row in reader:
            if any(row):
                rows.append(row)
                numbers.append(begins)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FileRefused(file, "cells_uncut", line=begins, error=str(error)) from error
    finally:
        csv.field_size_limit(limit)
    if rows and len(rows[0]) == 1 and rows[0][0].strip().lower() == f"sep={separator}":
        return rows[1:], numbers[1:]
    return rows, numbers

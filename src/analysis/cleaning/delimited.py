"""Text files with separators: comma, semicolon, tab or bar, in any encoding that Vietnamese offices use."""

from __future__ import annotations

import csv
import io
import statistics

from analysis.cleaning.encodings import decode_bytes
from analysis.cleaning.grid import Sheet
from analysis.cleaning.limits import MAX_CELLS, FileRefused

SEPARATORS = (",", ";", "\t", "|")


def read_delimited(content: bytes, file: str) -> list[Sheet]:
    """Return the one sheet of a text file.

    Raises:
        FileRefused: no text, no known encoding, a quote that never closes, or beyond the limits.
    """
    text, _ = decode_bytes(content, file)
    if "\0" in text:
        raise FileRefused(file, "has NUL characters and is no text table.", "Save it as CSV UTF-8.")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    rows, numbers = _split(text, find_separator(text), file)
    if sum(map(len, rows)) > MAX_CELLS:
        raise FileRefused(file, f"has more than {MAX_CELLS:,} cells.", "Split it.")
    return [Sheet("", rows, numbers, lines=True)]


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
        raise FileRefused(
            file, f"cannot be cut into cells after line {begins} ({error}).", "Mend its quotes."
        ) from error
    finally:
        csv.field_size_limit(limit)
    if rows and len(rows[0]) == 1 and rows[0][0].strip().lower() == f"sep={separator}":
        return rows[1:], numbers[1:]
    return rows, numbers

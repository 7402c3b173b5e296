"""Text whose columns are held apart by runs of blanks, as it is pasted from a PDF or a terminal."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import mode

from analysis.cleaning.readers.cells import is_number_like

_FIELD = re.compile(r"\S+(?: \S+)*")
_MOST_LINES = 5000
_LEAST_LINES, _LEAST_COLUMNS, _LEAST_AGREEING = 3, 3, 0.8

_Cut = tuple[int, int, str]


def cut_aligned(text: str) -> tuple[list[list[str]], list[int]] | None:
    """Return the non-empty rows of such a text and their lines, None where it is no such text.

    Rows of figures must have the same number of fields, one below the other; what stands above them belongs to the
    column over whose figures it stands.
    """
    lines = text.split("\n")
    if len(lines) > _MOST_LINES or "\t" in text:
        return None
    fields = [_fields(line.replace("\f", " ")) for line in lines]
    bounds = _bounds([line for line in fields if _is_row_of_figures(line)])
    if bounds is None:
        return None
    numbers = [n for n, line in enumerate(fields, start=1) if line]
    return [_placed(fields[n - 1], bounds) for n in numbers], numbers


def _fields(line: str) -> list[_Cut]:
    """Return the texts of a line between runs of blanks, with first and last place."""
    return [(found.start(), found.end(), found[0]) for found in _FIELD.finditer(line.rstrip())]


def _is_row_of_figures(line: list[_Cut]) -> bool:
    """Tell a row with two figures; a field that ends with a comma or semicolon is of another kind of text."""
    texts = [text for _, _, text in line]
    if len(texts) < _LEAST_COLUMNS or any(text.endswith((",", ";", "|")) for text in texts):
        return False
    return sum(map(is_number_like, texts[1:])) >= 2 and any(c.isalpha() for text in texts for c in text)


def _bounds(rows: list[list[_Cut]]) -> list[int] | None:
    """Return where the columns of rows of figures begin, half-way between them, None where they are not aligned."""
    if len(rows) < _LEAST_LINES:
        return None
    usual = mode(len(row) for row in rows)
    alike = [row for row in rows if len(row) == usual]
    if len(alike) < _LEAST_AGREEING * len(rows):
        return None
    spans = [(min(row[j][0] for row in alike), max(row[j][1] for row in alike)) for j in range(usual)]
    if any(after[0] < before[1] + 2 for before, after in pairwise(spans)):
        return None
    return [0, *((before[1] + after[0]) // 2 for before, after in pairwise(spans))]


def _placed(line: list[_Cut], bounds: list[int]) -> list[str]:
    """Return the cells of a line; a text that reaches over several columns is of the one it covers most."""
    cells = [""] * len(bounds)
    ends = [*bounds[1:], max(line[-1][1], bounds[-1] + 1)]
    for first, last, text in line:
        covered = [min(last, end) - max(first, start) for start, end in zip(bounds, ends, strict=True)]
        j = (
            covered.index(max(covered))
            if len(line) > 1
            else max(k for k, b in enumerate(bounds) if b <= first)
        )
        cells[j] = f"{cells[j]} {text}".strip()
    return cells

"""What a total sums where the provinces are not all of it: ministries beside them, and the sections of both."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from analysis.cleaning.extract.table_rows import Body
from analysis.cleaning.words.places import BELOW

_LETTER, _ROMAN = re.compile(r"[A-H]"), re.compile(r"[IVX]{1,5}")
_LEADING = re.compile(r"^\s*([A-Z]{1,5})\s*[.)\-:/]\s")


@dataclass(frozen=True)
class Others:
    """The rows of a table that are no province's, in order, with the figures of one column, NaN where there is none.

    `units` is what a printed one stands for in each.
    """

    body: Body
    rows: list[int]
    kinds: list[str]
    values: list[float]
    units: list[int]

    @cached_property
    def has_units(self) -> bool:
        """Tell whether ministries or other units that are no province have figures."""
        return any(
            kind == BELOW and not math.isnan(v) for kind, v in zip(self.kinds, self.values, strict=True)
        )

    def sections(self, total: int) -> list[float]:
        """Return the figures of the outermost sections (A, B or I, II), empty where one of them has none."""
        marks = {row: _mark(self.body, row) for row in self.rows if row != total}
        figures = dict(zip(self.rows, self.values, strict=True))
        for pattern in (_LETTER, _ROMAN):
            found = [figures[row] for row, mark in marks.items() if pattern.fullmatch(mark)]
            if len(found) >= 2:
                return [] if any(map(math.isnan, found)) else found
        return []

    def units_between(self, first: int, end: int) -> Iterator[list[float]]:
        """Yield what the units between two rows may add: every one, then those that are not summed up by another."""
        between = [
            (row, value)
            for row, kind, value in zip(self.rows, self.kinds, self.values, strict=True)
            if kind == BELOW and first < row < end and not math.isnan(value)
        ]
        every = [value for _, value in between]
        yield every
        heads = [value for run in _runs(between) for value in _without_parts(run)]
        if heads != every:
            yield heads


def _mark(body: Body, row: int) -> str:
    """Return the letter or number of a row, before its name or at the beginning of it."""
    before = [text.strip(" .)(") for text in body.sheet.rows[row][: body.name_column] if text]
    if before:
        return before[-1]
    found = _LEADING.match(body.label(row))
    return found[1] if found else ""


def _runs(between: list[tuple[int, float]]) -> list[list[float]]:
    """Cut rows where another row lies between them."""
    runs: list[list[float]] = [[value for _, value in between[:1]]]
    for (before, _), (row, value) in pairwise(between):
        runs.append([value]) if row > before + 1 else runs[-1].append(value)
    return runs


def _without_parts(run: list[float]) -> list[float]:
    """Return the first figure of a run alone where it is the sum of the others."""
    return run[:1] if len(run) > 1 and math.isclose(run[0], math.fsum(run[1:]), abs_tol=0.5) else run

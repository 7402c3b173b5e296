"""What a total sums where the provinces are not all of it: units beside or below them, and the sections of both."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from analysis.cleaning.extract.table_rows import Body
from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.readings import Floats
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.words.places import BELOW, TOTAL

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


def with_own_total(body: Body) -> Body:
    """Return the rows of a form of one province with its total among them, where that is the sum of the units."""
    totals = [i for i, kind in body.others if kind == TOTAL]
    if not (body.table.form and body.table.units and len(totals) == 1) or len(body.data):
        return body
    places = {j for c in body.table.values for j in (c.index, *c.plus)}
    if not places or not all(_is_sum(body, totals[0], j) for j in places):
        return body
    others = [(i, kind) for i, kind in body.others if i != totals[0]]
    labels = {**body.labels, totals[0]: body.table.province}
    return replace(body, data=np.array(totals, dtype=np.intp), others=others, labels=labels)


def _is_sum(body: Body, total: int, j: int) -> bool:
    """Tell whether a total is what its units add, those that no other sums up, or its sections (A, B, C)."""
    rows = [i for i, kind in body.others if kind == BELOW]
    values = _read_counts(body, [*rows, total], j)
    others = Others(body, rows, [BELOW] * len(rows), values[:-1].tolist(), [1] * len(rows))
    sums = [sum(units) for units in others.units_between(-1, len(body.sheet.rows)) if len(units) > 1]
    sums.append(sum(others.sections(total)))
    return any(abs(found - values[-1]) < 0.5 for found in sums)


def _read_counts(body: Body, rows: list[int], j: int) -> Floats:
    """Return the counts of rows; “chưa có số liệu” adds nothing."""
    kinds, texts = "".join(body.sheet.kind(i, j) for i in rows), [body.sheet.text(i, j) for i in rows]
    values = read_column(texts, kinds, Scale("count", 0.0)).values
    return np.where([is_missing(text) for text in texts], 0.0, values)

"""Whether the total row of a province's own form is the province's: where it is the sum of the units listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analysis.cleaning.extract.sums import Others
from analysis.cleaning.extract.table_rows import Body
from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.readings import Floats
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.words.places import BELOW, TOTAL


def with_own_total(body: Body) -> Body:
    """Return the rows of a form of one province with its total among them, where that is the sum of the units."""
    totals = [i for i, kind in body.others if kind == TOTAL]
    if not (body.table.form and body.table.units and len(totals) == 1) or len(body.data):
        return body
    places = {body.sheet.place_of(j) for c in body.table.values for j in (c.index, *c.plus)}
    if not places or not all(_is_sum(body, totals[0], j) for j in places):
        return body
    others = [(i, kind) for i, kind in body.others if i != totals[0]]
    labels = {**body.labels, totals[0]: body.table.province}
    return replace(body, data=np.array(totals, dtype=np.intp), others=others, labels=labels)


def _is_sum(body: Body, total: int, j: int) -> bool:
    """Tell whether a total is what its units add, those that no other sums up, or its sections (A, B, C)."""
    rows = [i for i, kind in body.others if kind == BELOW]
    values = _read(body, [*rows, total], j)
    others = Others(body, rows, [BELOW] * len(rows), values[:-1].tolist(), [1] * len(rows))
    sums = [sum(units) for units in others.units_between(-1, len(body.sheet.rows)) if len(units) > 1]
    sums.append(sum(others.sections(total)))
    return any(abs(found - values[-1]) < 0.5 for found in sums)


def _read(body: Body, rows: list[int], j: int) -> Floats:
    """Return the counts of rows; “chưa có số liệu” adds nothing."""
    kinds, texts = "".join(body.sheet.kind(i, j) for i in rows), [body.sheet.text(i, j) for i in rows]
    values = read_column(texts, kinds, Scale("count", 0.0)).values
    return np.where([is_missing(text) for text in texts], 0.0, values)

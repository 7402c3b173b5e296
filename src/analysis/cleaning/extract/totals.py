"""Totals, averages and national figures against the rows of provinces they stand for: said, never corrected."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.cleaning.extract.checks import Check
from analysis.cleaning.extract.outcome import TableOutcome
from analysis.cleaning.extract.sums import Others
from analysis.cleaning.extract.table_rows import Body
from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.readings import Floats
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.figures.units import row_factors
from analysis.cleaning.layout import LaidColumn, Role
from analysis.cleaning.messages import message
from analysis.cleaning.readers.grid import Codes
from analysis.cleaning.words.places import AVERAGE, BELOW, REGION, TOTAL
from analysis.reference.indicators import by_code
from analysis.reference.provinces import NATION

# A subtotal of subtotals reaches back over so many of them, where there are not too many to try them all.
_MOST_SECTIONS, _MANY_TOTALS = 40, 1000
_SUMMING = (TOTAL, AVERAGE)


@dataclass(frozen=True)
class _Figure:
    """A figure that stands for several rows: where it is, of what kind, its value, one of its last printed digit.

    `unit` is what a printed one stands for.
    """

    row: int
    kind: str
    printed: float
    last_digit: float
    unit: int


def check_totals(outcome: TableOutcome) -> list[Check]:
    """Compare every total, average and national row of a table with its provinces.

    Counts must add up, those of all rows or of the rows since an earlier such row; where rows have periods or
    indicators of their own, a national figure is that of the rows of its own period and indicator. A share of the
    total must lie between the lowest and the highest share of the rows; an average must be theirs, to the last
    printed digit. Where ministries stand beside the provinces, a total may be of both, or of the sections; one of
    which that is not known is told of in the notices and not compared.
    """
    body = outcome.body
    totals = [(i, kind) for i, kind in body.others if kind in _SUMMING]
    label_of, labels = body.label_codes()
    national = np.array([body.read_label(label).code_63 == NATION for label in labels], dtype=bool)[label_of]
    if not totals and not national.any():
        return []
    checks: list[Check] = []
    for column in outcome.table.values:
        if column.line is not None and column in outcome.values and not column.part:
            values = outcome.values[column]
            others = _read_others(outcome, column)
            figures = [*_totals(column, others), *_nation(outcome, column, np.flatnonzero(national))]
            many = len(totals) > _MANY_TOTALS
            rows = _Rows(body, outcome.kin, np.where(national, np.nan, values), others, many)
            checks.extend(check for figure in figures for check in _check(outcome, column, figure, rows))
    return checks


def _read_others(outcome: TableOutcome, column: LaidColumn) -> Others:
    """Return the figures of a column in the rows that are no province's, those of one unit read together."""
    body, indicator = outcome.body, column.line or by_code()["n_dossiers_total"]
    others = [(i, kind) for i, kind in body.others if kind in (*_SUMMING, REGION, BELOW)]
    rows = np.array([i for i, _ in others], dtype=np.intp)
    naming, unit = outcome.table.of_role(Role.INDICATOR), outcome.table.of_role(Role.UNIT)
    places = (c.index if c is not None else None for c in (unit, naming))
    factors = row_factors(body.sheet, rows, *places)
    units = np.full(len(rows), column.multiplier or 1) if factors is None else factors
    units = np.where(units > 0, units, column.multiplier or 1)
    values = np.full(len(rows), np.nan)
    for unit in np.unique(units).tolist():
        own = np.flatnonzero(units == unit)
        scale = Scale(
            indicator.unit, None, None, bool(column.percent), column.decimal, column.fraction, int(unit)
        )
        values[own] = sum(_read(body, rows[own].tolist(), j, scale) for j in (column.index, *column.plus))
    return Others(body, rows.tolist(), [kind for _, kind in others], values.tolist(), units.tolist())


def _read(body: Body, rows: list[int], j: int, scale: Scale) -> Floats:
    texts = [body.sheet.text(i, j) for i in rows]
    return read_column(texts, "".join(body.sheet.kind(i, j) for i in rows), scale).values


def _totals(column: LaidColumn, others: Others) -> Iterator[_Figure]:
    """Yield the printed totals of a column."""
    for i, kind, printed, unit in zip(others.rows, others.kinds, others.values, others.units, strict=True):
        if kind in _SUMMING:
            last_digit = _last_digit(others.body.sheet.text(i, column.index), printed)
            yield _Figure(i, kind, printed, last_digit, unit)


def _nation(outcome: TableOutcome, column: LaidColumn, places: Codes) -> Iterator[_Figure]:
    """Yield the national figures of a column, which were read with it, but those given twice for a period."""
    if outcome.kin is not None:
        kin = outcome.kin[places]
        places = places[np.bincount(kin)[kin] == 1]
    printed = outcome.values[column][places].tolist()
    factors = outcome.factors[places].tolist() if outcome.factors is not None else [0] * len(places)
    for i, number, factor in zip(outcome.body.data[places].tolist(), printed, factors, strict=True):
        last_digit = _last_digit(outcome.sheet.text(i, column.index), number)
        yield _Figure(i, "nation", number, last_digit, factor or column.multiplier or 1)


@dataclass(frozen=True)
class _Rows:
    """The figures of a column's rows, NaN where there is none, in the stretches that another may stand for."""

    body: Body
    kin: Codes | None
    values: Floats
    others: Others
    many: bool

    def under(self, figure: _Figure) -> Iterator[Floats]:
        """Yield what the figure may be of, the likeliest first: rows of its kin, or since each earlier other row."""
        if figure.kind == "nation" and self.kin is not None:
            order, firsts = self._kin_order
            group = int(self.kin[int(np.searchsorted(self.body.data, figure.row))])
            yield self.values[order[firsts[group] : firsts[group + 1]]]
            return
        before, reach = bisect_left(self.body.others, (figure.row, "")), 1 if self.many else _MOST_SECTIONS
        starts = [-1, *(other for other, _ in self.body.others[max(before - reach, 0) : before])]
        yield from (self._between(start, figure.row) for start in reversed(starts[-reach:]))
        if self.kin is None:
            yield self.values

    def _between(self, first: int, end: int) -> Floats:
        return self.values[slice(*np.searchsorted(self.body.data, (first, end)))]

    @cached_property
    def _kin_order(self) -> tuple[Codes, Codes]:
        kin = self.kin if self.kin is not None else np.zeros(len(self.values), dtype=np.intp)
        firsts = np.concatenate(([0], np.cumsum(np.bincount(kin)))).astype(np.intp)
        return np.argsort(kin, kind="stable"), firsts


def _check(outcome: TableOutcome, column: LaidColumn, figure: _Figure, rows: _Rows) -> list[Check]:
    """Compare a figure with what it may be of; the first that agrees counts, else the last."""
    if math.isnan(figure.printed):
        return []
    own = _compare(outcome, column, figure, rows.under(figure))
    if own is None:
        return []
    is_count = column.line is not None and column.line.unit == "count"
    of_provinces = figure.kind == "average" or (is_count and figure.printed < own.computed)
    if own.agrees or rows.many or of_provinces or not rows.others.has_units:
        return [own]
    if is_count:
        found = {"printed": own.printed, "computed": own.computed, "cell": own.cell}
        where = {"file": outcome.file, "sheet": outcome.sheet.name}
        outcome.notices.append(message("total_not_compared", **where, **found))
    return []


def _compare(
    outcome: TableOutcome,
    column: LaidColumn,
    figure: _Figure,
    found: Iterable[Floats],
) -> Check | None:
    """Return the comparison with the first rows that a figure agrees with, else with the last that are two or more."""
    check, known = None, (values[~np.isnan(values)] for values in found)
    for values in known:
        if len(values) > 1:
            check = _compare_with(outcome, column, figure, values)
            if check.agrees:
                return check
    return check


def _compare_with(outcome: TableOutcome, column: LaidColumn, figure: _Figure, values: Floats) -> Check:
    indicator = column.line or by_code()["n_dossiers_total"]
    total, mean, lowest, highest = map(float, (values.sum(), values.mean(), values.min(), values.max()))
    code, computed, agrees = "check_range", mean, lowest <= figure.printed <= highest
    if figure.kind == "average":
        code, agrees = "check_average", abs(mean - figure.printed) <= figure.last_digit
    elif indicator.unit == "count":
        slack = 0.5 if figure.unit == 1 else 0.5 * figure.unit * figure.last_digit * (len(values) + 1)
        code, computed, agrees = "check_sum", total, abs(total - figure.printed) < slack
    said = message(
        code, printed=figure.printed, rows=len(values), lowest=lowest, highest=highest, computed=computed
    )
    cell = outcome.sheet.address(figure.row, column.index)
    where = (outcome.file, outcome.sheet.name, cell, figure.kind, indicator.code)
    return Check(*where, figure.printed, computed, agrees, said)


def _last_digit(text: str, value: float) -> float:
    """Return one unit of the last printed decimal place, in the value's unit: rounding explains that much."""
    found = re.search(r"[.,](\d+)\s*%?$", text)
    if not found:
        return 1.0
    # 0.5549 was printed, 55.49 is the value.
    whole = re.fullmatch(r"-?\d+[.,]\d+", text.strip())
    in_hundredths = whole and math.isclose(100 * float(text.strip().replace(",", ".")), value, rel_tol=1e-9)
    return float(10 ** -len(found[1])) * (100 if in_hundredths and value else 1)

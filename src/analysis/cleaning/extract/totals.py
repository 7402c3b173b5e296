"""Totals, averages and national figures against the rows of provinces they stand for: said, never corrected."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

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


@dataclass(frozen=True)
class _Summary:
    """What the figures of several rows come to."""

    rows: int
    total: float
    mean: float
    lowest: float
    highest: float
    sections: bool = False


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
    places = (body.place(c) if c is not None else None for c in (unit, naming))
    factors = row_factors(body.sheet, rows, *places)
    units = np.full(len(rows), column.multiplier or 1) if factors is None else factors
    units = np.where(units > 0, units, column.multiplier or 1)
    values = np.full(len(rows), np.nan)
    for unit in np.unique(units).tolist():
        own = np.flatnonzero(units == unit)
        scale = Scale(
            indicator.unit, None, None, bool(column.percent), column.decimal, column.fraction, int(unit)
        )
        values[own] = sum(_read(body, rows[own].tolist(), j, scale) for j in _places(body, column))
    return Others(body, rows.tolist(), [kind for _, kind in others], values.tolist(), units.tolist())


def _places(body: Body, column: LaidColumn) -> list[int]:
    return [body.place(column), *(body.sheet.place_of(index) for index in column.plus)]


def _read(body: Body, rows: list[int], j: int, scale: Scale) -> Floats:
    texts = [body.sheet.text(i, j) for i in rows]
    return read_column(texts, "".join(body.sheet.kind(i, j) for i in rows), scale).values


def _totals(column: LaidColumn, others: Others) -> Iterator[_Figure]:
    """Yield the printed totals of a column."""
    for i, kind, printed, unit in zip(others.rows, others.kinds, others.values, others.units, strict=True):
        if kind in _SUMMING:
            last_digit = _last_digit(others.body.sheet.text(i, others.body.place(column)), printed)
            yield _Figure(i, kind, printed, last_digit, unit)


def _nation(outcome: TableOutcome, column: LaidColumn, places: Codes) -> Iterator[_Figure]:
    """Yield the national figures of a column, which were read with it, but those given twice for a period."""
    if outcome.kin is not None:
        kin = outcome.kin[places]
        places = places[np.bincount(kin)[kin] == 1]
    printed = outcome.values[column][places].tolist()
    factors = outcome.factors[places].tolist() if outcome.factors is not None else [0] * len(places)
    for i, number, factor in zip(outcome.body.data[places].tolist(), printed, factors, strict=True):
        last_digit = _last_digit(outcome.sheet.text(i, outcome.body.place(column)), number)
        yield _Figure(i, "nation", number, last_digit, factor or column.multiplier or 1)


class _Rows:
    """The figures of a column's rows, NaN where there is none, summed up over those that another may stand for."""

    def __init__(self, body: Body, kin: Codes | None, values: Floats, others: Others, many: bool) -> None:
        self.body, self.kin, self.values, self.others, self.many = body, kin, values, others, many
        self.reach = 1 if many else _MOST_SECTIONS
        self.summaries: dict[int, _Summary | None] = {}

    def summaries_for(self, figure: _Figure) -> Iterator[_Summary]:
        """Yield what the figure may be of, the likeliest first."""
        if figure.kind == "nation" and self.kin is not None:
            found: Iterable[_Summary | None] = [
                self._of_kin(int(np.searchsorted(self.body.data, figure.row)))
            ]
        else:
            found = chain(self._above(figure.row), [self._whole] if self.kin is None else [])
        return (summary for summary in found if summary is not None)

    def wider_summaries_for(self, figure: _Figure) -> Iterator[_Summary]:
        """Yield what the figure may be of with the units that are no provinces: sections last, where there are such."""
        totals = [i for i, kind in zip(self.others.rows, self.others.kinds, strict=True) if kind in _SUMMING]
        since = max((i for i in totals if i < figure.row), default=-1)
        spans = [(since, figure.row)]
        spans += [(-1, figure.row), (-1, len(self.body.sheet.rows))] if self.kin is None else []
        for first, end in spans:
            own = self.values[slice(*np.searchsorted(self.body.data, (first, end)))]
            found = [_summarise(np.append(own, units)) for units in self.others.units_between(first, end)]
            yield from (summary for summary in found if summary is not None)
        sections = self.others.sections(figure.row) if self.kin is None else []
        if summary := _summarise(np.array(sections)):
            yield replace(summary, sections=True)

    def _above(self, i: int) -> Iterator[_Summary | None]:
        """Yield the rows since each earlier row that is no province's, the nearest first."""
        before = bisect_left(self.body.others, (i, ""))
        starts = [-1, *(other for other, _ in self.body.others[max(before - self.reach, 0) : before])]
        end = np.searchsorted(self.body.data, i)
        for start in reversed(starts[-self.reach :]):
            yield _summarise(self.values[np.searchsorted(self.body.data, start) : end])

    def _of_kin(self, place: int) -> _Summary | None:
        """Return the rows of the same period and indicator as a row."""
        order, firsts = self._kin_order
        group = int(self.kin[place]) if self.kin is not None else 0
        if group not in self.summaries:
            self.summaries[group] = _summarise(self.values[order[firsts[group] : firsts[group + 1]]])
        return self.summaries[group]

    @cached_property
    def _kin_order(self) -> tuple[Codes, Codes]:
        kin = self.kin if self.kin is not None else np.zeros(len(self.values), dtype=np.intp)
        return np.argsort(kin, kind="stable"), np.concatenate(([0], np.cumsum(np.bincount(kin)))).astype(
            np.intp
        )

    @cached_property
    def _whole(self) -> _Summary | None:
        return _summarise(self.values)


def _summarise(values: Floats) -> _Summary | None:
    """Return what figures come to, or nothing of fewer than two."""
    known = values[~np.isnan(values)]
    if len(known) < 2:
        return None
    total, mean = float(known.sum()), float(known.mean())
    return _Summary(len(known), total, mean, float(known.min()), float(known.max()))


def _check(outcome: TableOutcome, column: LaidColumn, figure: _Figure, rows: _Rows) -> list[Check]:
    """Compare a figure with what it may be of; the first that agrees counts, else the last."""
    check = None
    if not math.isnan(figure.printed):
        for summary in rows.summaries_for(figure):
            check = _compare(outcome, column, figure, summary)
            if check.agrees:
                break
    if check is None or check.agrees or rows.many or not rows.others.has_units:
        return [check] if check else []
    return _check_wider(outcome, column, figure, rows, check)


def _check_wider(
    outcome: TableOutcome, column: LaidColumn, figure: _Figure, rows: _Rows, own: Check
) -> list[Check]:
    """Compare a figure that is not the provinces' with what the units beside them add, or say that it is not known."""
    wider = [(s, _compare(outcome, column, figure, s)) for s in rows.wider_summaries_for(figure)]
    agreeing = [check for _, check in wider if check.agrees]
    known = [check for summary, check in wider if summary.sections]
    is_count = column.line is not None and column.line.unit == "count"
    if agreeing or not is_count or figure.kind == "average" or figure.printed < own.computed:
        return [*agreeing, own][:1]
    if not known:
        found = {"printed": own.printed, "computed": own.computed, "cell": own.cell}
        where = {"file": outcome.file, "sheet": outcome.sheet.name}
        outcome.notices.append(message("total_not_compared", **where, **found))
    return known[:1]


def _compare(outcome: TableOutcome, column: LaidColumn, figure: _Figure, rows: _Summary) -> Check:
    indicator = column.line or by_code()["n_dossiers_total"]
    code, computed, agrees = "check_range", rows.mean, rows.lowest <= figure.printed <= rows.highest
    if figure.kind == "average":
        code, agrees = "check_average", abs(rows.mean - figure.printed) <= figure.last_digit
    elif indicator.unit == "count":
        slack = 0.5 if figure.unit == 1 else 0.5 * figure.unit * figure.last_digit * (rows.rows + 1)
        code = "check_sum.sections" if rows.sections else "check_sum"
        computed, agrees = rows.total, abs(rows.total - figure.printed) < slack
    found = {"lowest": rows.lowest, "highest": rows.highest, "computed": computed}
    return Check(
        outcome.file,
        outcome.sheet.name,
        outcome.sheet.address(figure.row, outcome.body.place(column)),
        figure.kind,
        indicator.code,
        figure.printed,
        computed,
        agrees,
        message(code, printed=figure.printed, rows=rows.rows, **found),
    )


def _last_digit(text: str, value: float) -> float:
    """Return one unit of the last printed decimal place, in the value's unit: rounding explains that much."""
    found = re.search(r"[.,](\d+)\s*%?$", text)
    if not found:
        return 1.0
    # 0.5549 was printed, 55.49 is the value.
    whole = re.fullmatch(r"-?\d+[.,]\d+", text.strip())
    in_hundredths = whole and math.isclose(100 * float(text.strip().replace(",", ".")), value, rel_tol=1e-9)
    return float(10 ** -len(found[1])) * (100 if in_hundredths and value else 1)

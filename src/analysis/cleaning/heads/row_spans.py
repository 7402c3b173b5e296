"""Periods of which rows and heads each say a part: “Lũy kế từ đầu năm”, or a year, above rows of months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.headperiods import read_wording, since_new_year
from analysis.cleaning.heads.row_periods import LEFT_OPEN
from analysis.cleaning.words.headtexts import without_unit
from analysis.cleaning.words.indicator_names import indicator_of_heads, is_indicator
from analysis.cleaning.words.periods import Period, find_period, in_year

_DATED = (h.PERIOD, h.MONTH, h.QUARTER, h.END)
OWN, SINCE_NEW_YEAR = "own", "since new year"


def follow_rows(columns: list[Column], context: Context) -> list[Column]:
    """Return the columns, with those whose heads refer to the row's own month or quarter told so.

    In a table whose rows have periods, “trong tháng” is that of the row, not that of the report.
    """
    if not any(column.role in _DATED for column in columns):
        return columns
    return [_followed(column, context) for column in columns]


def _followed(column: Column, context: Context) -> Column:
    if column.role not in (h.VALUE, h.UNKNOWN_ROLE) or column.unread or not column.path:
        return column
    pieces = [piece for piece in column.path if not is_indicator(piece)]
    if any(find_period(piece, context.year) for piece in pieces):
        return column
    said = [read_wording(piece) for piece in pieces]
    worded = [wording for wording in said if not wording.says_nothing]
    if len(worded) != 1 or worded[0].cumulative:
        return (
            replace(column, role=h.UNKNOWN_ROLE, unread="since") if worded and _is_value(column) else column
        )
    rests = [without_unit(wording.rest) for wording in said]
    rests += [piece for piece in column.path if is_indicator(piece)]
    indicator = column.indicator or indicator_of_heads(rests) or context.indicator
    if indicator is None:
        return column
    span = SINCE_NEW_YEAR if worded[0].since_new_year else OWN
    return replace(column, role=h.VALUE, indicator=indicator, period=None, span=span)


def _is_value(column: Column) -> bool:
    return column.role == h.VALUE


def spans_of(column: Column, rows: Sequence[Period | None]) -> list[Period | None]:
    """Return the periods of a column's figures in rows of these periods; None where row and head contradict."""
    return [_span(column, row) for row in rows]


def _span(column: Column, row: Period | None) -> Period | None:
    if row == LEFT_OPEN:
        return None if column.span else column.period
    if column.span == SINCE_NEW_YEAR:
        return since_new_year(row, whole_years=True) if row else None
    return _joined(column.period, row)


def _joined(head: Period | None, row: Period | None) -> Period | None:
    """Return the period that a head and a row say together: a month of a year, a state at the end of a span."""
    if head is None or row is None:
        return row
    if head.frequency == "A" and not row.year_given:
        row = in_year(row, head.end.year)
    within = head.start <= row.start and row.end <= head.end
    if head.frequency == "A" or (row.start == row.end == head.end):
        return row if within else None
    around = row.start <= head.start and head.end <= row.end
    return head if around else None

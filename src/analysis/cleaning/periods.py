"""Periods: first day, last day, and how often such a period comes round."""

from __future__ import annotations

import calendar
import datetime as dt
import re

_SPANS = {(1, 12): "A", (1, 6): "S", (7, 12): "S", (1, 3): "Q", (4, 6): "Q", (7, 9): "Q", (10, 12): "Q"}


def last_day(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def frequency_of(start: dt.date, end: dt.date) -> str:
    """Return A, S, Q, M or D for whole calendar periods, X for any other span.

    A state at a point in time is X as well; whoever knows that the figure is such a state says so himself.
    """
    if start == end:
        return "D"
    whole = start.day == 1 and end == last_day(end.year, end.month) and start.year == end.year
    if whole and start.month == end.month:
        return "M"
    return _SPANS.get((start.month, end.month), "X") if whole else "X"


def bounds_of(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and last day of an ISO year, month or day, e.g. "2022", "2022-08", "2022-08-20".

    Raises:
        ValueError: the text is none of the three.
    """
    if re.fullmatch(r"\d{4}", text):
        return dt.date(int(text), 1, 1), dt.date(int(text), 12, 31)
    if re.fullmatch(r"\d{4}-\d\d", text):
        year, month = int(text[:4]), int(text[5:])
        return dt.date(year, month, 1), last_day(year, month)
    day = dt.date.fromisoformat(text)
    return day, day

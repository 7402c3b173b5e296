"""Periods: first day, last day, how often such a period comes round; and the one that a text names."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from analysis.cleaning.words.headtexts import cut_out
from analysis.cleaning.words.period_forms import find_days, last_day
from analysis.reference.spelling import plain_text

_SPANS = {(1, 12): "A", (1, 6): "S", (7, 12): "S", (1, 3): "Q", (4, 6): "Q", (7, 9): "Q", (10, 12): "Q"}


@dataclass(frozen=True)
class Period:
    """A stretch of days; `year_given` is False when the year came from elsewhere on the sheet."""

    start: dt.date
    end: dt.date
    frequency: str
    year_given: bool = True


# Of rows that leave their period to the head of each column.
LEFT_OPEN = Period(dt.date.min, dt.date.min, "X")


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


def in_year(period: Period, year: int) -> Period:
    """Return the same days, or the same months, of a year."""
    whole = period.end == last_day(period.end.year, period.end.month)
    start = dt.date(year, period.start.month, period.start.day)
    end = last_day(year, period.end.month) if whole else dt.date(year, period.end.month, period.end.day)
    return replace(period, start=start, end=end)


def show_period(period: Period) -> str:
    """Return a period as a person writes it: 20/08/2022, or 01/08/2022 - 31/08/2022."""
    if period.start == period.end:
        return f"{period.end:%d/%m/%Y}"
    return f"{period.start:%d/%m/%Y} - {period.end:%d/%m/%Y}"


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


def is_date(text: str) -> bool:
    """Tell whether a text is a year, a month or a day as this project writes them."""
    try:
        bounds_of(text)
    except ValueError:
        return False
    return True


# What may stand beside a period; that it is preliminary or estimated is noted elsewhere.
_SAYS_NOTHING = re.compile(
    r"[\s():;,.\-–]|so lieu|so bo|tam tinh|uoc(?: tinh| thuc hien| dat)?|prel(?:iminary)?|thoi diem|trong|ky|ket qua|"
    r"luy ke|lk|(?:tong )?cong(?: ca)?|ca|th"
)


@lru_cache(maxsize=65_536)
def parse_period(text: str, year: int | None = None) -> Period | None:
    """Return the period that the whole text names, or None.

    Day and month always stand in this order. `year` serves where the text has none.
    """
    found = find_period(text, year)
    if found is None:
        return None
    period, rest = found
    return period if not _SAYS_NOTHING.sub("", plain_text(rest)) else None


@lru_cache(maxsize=65_536)
def find_period(text: str, year: int | None = None) -> tuple[Period, str] | None:
    """Return the first period named anywhere in a text, with the text that is left, or None."""
    plain = plain_text(text)
    found = find_days(plain, year)
    if found is None:
        return None
    days, first, end = found
    frequency = "X" if days.is_state else frequency_of(days.first, days.last)
    return Period(days.first, days.last, frequency, days.year_given), cut_out(text, first, end)


_NUMERIC_DAY = re.compile(r"\s*(\d{1,2})([/.\-])(\d{1,2})[/.\-]((?:19|20)\d\d)\s*")


def parse_periods(texts: Sequence[str], year: int | None = None) -> list[Period | None]:
    """Return the period that each cell of one column names.

    A day is written before its month, but where the column proves the other way: 8/14/2022. A column that proves both
    gives no days.
    """
    days = {text: found for text in texts if (found := _NUMERIC_DAY.fullmatch(text))}
    month_first = any(int(found[3]) > 12 >= int(found[1]) for found in days.values())
    day_first = any(int(found[1]) > 12 >= int(found[3]) for found in days.values())
    if not month_first:
        return [parse_period(text, year) for text in texts]
    swapped = {text: f"{found[3]}/{found[1]}/{found[4]}" for text, found in days.items()}
    return [
        None if day_first and text in days else parse_period(swapped.get(text, text), year) for text in texts
    ]


def is_numeric_day(text: str) -> bool:
    """Tell whether a cell is a day in figures, whichever of day and month stands first."""
    return bool(_NUMERIC_DAY.fullmatch(text))


def period_text(period: Period) -> str:
    """Return a period as `parse_period` reads it: Quý I/2022, 8/2022, 2022, 20/8/2022."""
    start, end = period.start, period.end
    if period.frequency == "A":
        return str(end.year)
    if period.frequency == "Q":
        return f"Quý {('I', 'II', 'III', 'IV')[end.month // 3 - 1]}/{end.year}"
    if period.frequency == "M":
        return f"{end.month}/{end.year}"
    if period.frequency == "S":
        return f"6 tháng {'đầu' if end.month == 6 else 'cuối'} năm {end.year}"
    return f"{end:%d/%m/%Y}" if start == end else f"{start:%d/%m/%Y} - {end:%d/%m/%Y}"

"""How periods are written everywhere: 2022, 2022S1, 2022Q2, 2022-06; and which one a day lies in."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from analysis.errors import AnalysisError

MONTHS = {"A": 12, "S": 6, "Q": 3, "M": 1}  # months in a period, by frequency


class PeriodUnknown(AnalysisError):
    """A text that is no period or date of the kinds used here."""


def label_of_day(day: str, frequency: str) -> str:
    """Return the period in which an ISO day lies."""
    year, month = day[:4], int(day[5:7])
    if frequency == "A":
        return year
    if frequency == "M":
        return day[:7]
    return f"{year}{frequency}{(month - 1) // MONTHS[frequency] + 1}"


def last_day_of(text: str) -> str:
    """Return the last ISO day of a year, half-year, quarter, month or day; an empty text stays empty.

    Raises:
        PeriodUnknown: the text is none of these.
    """
    if not text or re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return text
    found = re.fullmatch(r"(\d{4})(?:-(\d\d)|([SQ])(\d))?", text)
    if not found:
        raise PeriodUnknown(
            f"{text!r} is no year, half-year, quarter, month or day, such as 2022, 2022Q2, 2022-06."
        )
    year, month, kind, number = found.groups()
    ends = int(month) if month else int(number) * MONTHS[kind] if kind else 12
    return f"{year}-{ends:02d}-{calendar.monthrange(int(year), ends)[1]:02d}"


def first_day_of(label: str) -> str:
    """Return the first ISO day of a year, half-year, quarter or month.

    Raises:
        PeriodUnknown: the text is none of these.
    """
    end = dt.date.fromisoformat(last_day_of(label))
    return end.replace(month=end.month - MONTHS[frequency_of(label)] + 1, day=1).isoformat()


def shift(label: str, steps: int) -> str:
    """Return the period so many periods later (earlier where negative) than one of the same frequency."""
    frequency = frequency_of(label)
    per_year = 12 // MONTHS[frequency]
    year, part = int(label[:4]), 0 if frequency == "A" else int(re.split(r"[-SQ]", label)[1]) - 1
    year, part = divmod(year * per_year + part + steps, per_year)
    if frequency == "A":
        return str(year)
    return f"{year}-{part + 1:02d}" if frequency == "M" else f"{year}{frequency}{part + 1}"


def frequency_of(label: str) -> str:
    """Return the frequency of a period's label: A, S, Q or M."""
    for frequency, pattern in (
        ("A", r"\d{4}"),
        ("M", r"\d{4}-\d\d"),
        ("Q", r"\d{4}Q[1-4]"),
        ("S", r"\d{4}S[12]"),
    ):
        if re.fullmatch(pattern, label):
            return frequency
    raise PeriodUnknown(f"{label!r} is no period. Periods are written 2022, 2022S1, 2022Q2 or 2022-06.")


def periods_between(first: str, last: str) -> list[str]:
    """Return all periods from the first to the last, both included."""
    found = [first]
    while found[-1] < last:
        found.append(shift(found[-1], 1))
    return found

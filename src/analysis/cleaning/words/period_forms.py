"""The forms in which tables write periods: one table of patterns, and how the days are made of what they find."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from typing import NamedTuple

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_MONTHS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_ENGLISH = {
    name.lower(): n
    for names in (calendar.month_name, calendar.month_abbr)
    for n, name in enumerate(names)
    if n
}


class Days(NamedTuple):
    """The first and last day that a text names; `year_given` is False when the year came from elsewhere.

    A state is one of the last day, not of a day that went by.
    """

    first: dt.date
    last: dt.date
    year_given: bool
    is_state: bool = False


def last_day(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _any(words: Mapping[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


# Groups: y year, m month, d day, q quarter, w month in words, h half, n number of months; a before them: of the start.
_Y = r"(?P<y>(?:19|20)\d\d)"
_YEAR = rf"(?:\s*[/.\-,]?\s*(?:nam\s*)?{_Y})"
_D = r"(?P<d>\d{1,2})\s*[/.\-]\s*(?P<m>\d{1,2})"
_DATE = rf"{_D}(?:\s*[/.\-]\s*{_Y})?"
_LONG_DATE = rf"(?P<d>\d{{1,2}})\s*thang\s*(?P<m>\d{{1,2}})(?:\s*nam\s*{_Y})?"
_MONTH = r"thang\s*(?P<m>\d{1,2})"
_Q = r"(?P<q>iv|iii|ii|i|0?[1-4])"
_QUARTER = rf"(?:quy|quarter|q)\s*[.\-]?\s*{_Q}"
_START = re.compile(r"\?P<([a-z]+)>")
_UNTIL = r"(?:luy ke\s*)?(?:tinh\s*)?(?:den het|den|toi|as of|as at|until|by)\s*(?:het\s*)?(?:ngay\s*)?"
_ADDED_UP = r"(?:luy ke|cong don)\s*(?:trong\s*)?"
_TO = r"\s*(?:-|den het|den cuoi|den|to)\s*"
_FROM_DAY = r"(?:tu\s*)?(?:ngay\s*:?\s*)?" + _START.sub(r"?P<a\1>", _DATE)
_FROM_QUARTER = r"(?:tu\s*)?" + _START.sub(r"?P<a\1>", _QUARTER)
_SINCE = rf"tu\s*dau\s*nam(?:\s*(?P<ay>(?:19|20)\d\d))?\s*[(,;]?\s*(?:tinh\s*)?{_TO}(?:ngay\s*)?"
# “3 tháng qua” and “3 tháng/lần” are no months of a year.
_NO_SPAN = r"(?!\s*(?:\d{1,2}\b|gan|qua\b|toi\b|tiep|lien|tro\b|mot\b|(?:/\s*)?lan\b))"

# How the days are made: of the unit named itself, of its last day alone, from 1 January on, or from a start named.
_UNIT, _STATE, _YEAR_TO, _RANGE = "unit", "state", "year to", "range"
# The first form that fits wins, so longer forms come first.
_FORMS: tuple[tuple[str, str], ...] = (
    (_STATE, r"(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)(?:[t ]00:00(?::00)?)?"),  # 2022-08-20
    (_RANGE, rf"{_FROM_DAY}\s*(?:-|den het|den|to)\s*(?:ngay\s*:?\s*)?{_DATE}"),  # từ 15/12/2021 đến 14/6/2022
    (_RANGE, rf"{_FROM_DAY}{_TO}{_MONTH}{_YEAR}?"),  # từ 01/01 đến tháng 9/2022
    (_YEAR_TO, rf"{_SINCE}{_DATE}"),  # từ đầu năm đến 20/8/2022
    (_YEAR_TO, rf"{_SINCE}{_LONG_DATE}"),
    (_YEAR_TO, rf"{_SINCE}{_MONTH}{_YEAR}?"),
    (_YEAR_TO, rf"{_SINCE}{_QUARTER}{_YEAR}?"),
    (_RANGE, rf"(?:tu\s*)?(?:thang|t)\s*(?P<am>\d{{1,2}})(?:\s*/\s*(?P<ay>(?:19|20)\d\d))?{_TO}"
     rf"(?:(?:thang|t)\s*)?(?P<m>\d{{1,2}}){_YEAR}?"),  # tháng 1 - 9/2022
    (_RANGE, rf"{_FROM_QUARTER}{_TO}(?:quy\s*)?{_Q}{_YEAR}?"),  # quý I - III/2022
    (_STATE, rf"{_UNTIL}{_DATE}"),  # tính đến ngày 20/8/2022
    (_STATE, rf"{_UNTIL}{_LONG_DATE}"),
    (_STATE, rf"{_ADDED_UP}{_MONTH}{_YEAR}?"),  # lũy kế tháng 8/2022
    (_STATE, rf"{_ADDED_UP}{_QUARTER}{_YEAR}?"),
    (_STATE, rf"{_UNTIL}{_QUARTER}{_YEAR}?"),  # đến hết quý II/2022
    (_STATE, rf"{_UNTIL}(?:cuoi\s*)?{_MONTH}{_YEAR}?"),
    (_STATE, rf"(?:ngay\s*)?{_D}\s*[/.\-]\s*{_Y}"),  # 20/8/2022
    (_STATE, rf"ngay\s*{_LONG_DATE}"),
    (_UNIT, rf"(?:6|sau)\s*t(?:hang)?\s*(?P<h>dau|cuoi)\s*(?:cua\s*)?(?:nam)?{_YEAR}?"),  # 6 tháng đầu năm 2022
    (_UNIT, rf"(?P<last>\d{{1,2}})\s*t(?:hang)?\s*cuoi\s*(?:cua\s*)?(?:nam)?{_YEAR}?"),  # 3 tháng cuối năm
    (_UNIT, rf"(?P<n>\d{{1,2}})\s*t(?:hang)?{_NO_SPAN}(?:\s*dau)?(?:\s*nam)?{_YEAR}?"),  # 10 tháng năm 2022
    (_UNIT, rf"(?:h|nua\s*nam\s*)(?P<h>1|2){_YEAR}?"),
    (_UNIT, rf"{_QUARTER}{_YEAR}?"),  # Quý I/2022, Q1.2022
    (_UNIT, rf"{_Y}\s*[/.\-]?\s*q(?P<q>[1-4])"),  # 2022q1
    (_UNIT, rf"(?P<q>iv|iii|ii|i)\s*/\s*{_Y}"),
    (_UNIT, rf"(?:thang|month|t|m)\s*[.\-]?\s*(?P<m>0?[1-9]|1[0-2]){_YEAR}?"),  # T8/2022
    (_UNIT, rf"thang\s*(?P<w>{_any(_MONTHS)}){_YEAR}?"),  # tháng tám
    (_UNIT, rf"(?P<w>{_any(_ENGLISH)})\.?{_YEAR}"),  # August 2022
    (_UNIT, rf"(?P<m>0?[1-9]|1[0-2])\s*[/.\-]\s*{_Y}"),  # 8/2022
    (_UNIT, rf"{_Y}\s*[/.\-]\s*(?P<m>0[1-9]|1[0-2])"),
    (_UNIT, rf"{_Y}(?P<m>0[1-9]|1[0-2])"),  # 202208
    (_UNIT, rf"(?:nam|ca nam|year)\s*{_Y}"),
    (_UNIT, r"ca nam"),
    (_UNIT, _Y),
)  # fmt: skip
_PATTERNS = tuple((kind, re.compile(rf"(?<![\d\w]){pattern}(?![\d\w])")) for kind, pattern in _FORMS)


def find_days(plain: str, year: int | None) -> tuple[Days, int, int] | None:
    """Return the days of the first period that a plain text names, and where it begins and ends in the text.

    `year` serves where the text has none.
    """
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            try:
                days = _days(kind, match.groupdict(), year)
            except ValueError:  # no such day or month, an end before its start, or no year
                continue
            return days, match.start(), match.end()
    return None


def _days(kind: str, found: Mapping[str, str | None], year: int | None) -> Days:
    """Return the days of a form.

    Raises:
        ValueError: there are no such days.
    """
    since = found.get("ay") if kind == _YEAR_TO else None
    given = found.get("y") or since
    number = int(given or year or 0)
    if since and int(since) != number:
        raise ValueError("two years")
    first, last = _months(found)
    day = found.get("d")
    end = dt.date(number, last, int(day)) if day else last_day(number, last)
    if kind == _STATE:
        return Days(end, end, bool(given), is_state=True)
    start = dt.date(number, 1 if kind == _YEAR_TO else first, 1)
    if kind == _RANGE:
        start = _start(found, number, last)
    if start > end:
        raise ValueError("ends before it begins")
    return Days(start, end, bool(given))


def _start(found: Mapping[str, str | None], year: int, last: int) -> dt.date:
    """Return the first day of a range; of two days without the year of the first, this may be the one before."""
    first, _ = _months({key[1:]: text for key, text in found.items() if key.startswith("a")})
    own, day = found.get("ay"), found.get("ad")
    return dt.date(int(own or year - bool(day and first > last)), first, int(day or 1))


def _months(found: Mapping[str, str | None]) -> tuple[int, int]:
    """Return the first and last month of the unit that a form names, those of a whole year where it names none."""
    if quarter := found.get("q"):
        number = _ROMAN.get(quarter) or int(quarter)
        return 3 * number - 2, 3 * number
    if half := found.get("h"):
        return (1, 6) if half in ("dau", "1") else (7, 12)
    if count := found.get("n"):
        return 1, _month(count)
    if count := found.get("last"):
        return 13 - _month(count), 12
    if word := found.get("w"):
        month = _MONTHS.get(word) or _ENGLISH[word]
    elif text := found.get("m"):
        month = _month(text)
    else:
        return 1, 12
    return month, month


def _month(text: str) -> int:
    month = int(text)
    if not 1 <= month <= 12:
        raise ValueError("no month")
    return month

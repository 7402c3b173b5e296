"""The forms in which tables write periods, and the days that each stands for."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import NamedTuple

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4} | {f"{zero}{n}": n for zero in ("", "0") for n in range(1, 5)}
_MONTH_WORDS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi": 10, "muoi mot": 11, "muoi hai": 12, "chap": 12,
}  # fmt: skip
_ENGLISH = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
_ENGLISH |= {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name}


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


_Y = r"(?P<y>(?:19|20)\d\d)"
_YEAR = rf"(?:\s*[/.\-,]?\s*(?:nam\s*)?{_Y})"
_DATE = r"(?P<{0}d>\d{{1,2}})\s*[/.\-]\s*(?P<{0}m>\d{{1,2}})(?:\s*[/.\-]\s*(?P<{0}y>(?:19|20)\d\d))?"
_LONG_DATE = r"(?P<d>\d{1,2})\s*thang\s*(?P<m>\d{1,2})(?:\s*nam\s*(?P<y>(?:19|20)\d\d))?"
_TIMES = r"(?:luy ke\s*)?(?:tinh\s*)?(?:den het|den|toi|as of|as at|until|by)\s*(?:het\s*)?(?:ngay\s*)?"
_FROM = r"(?:tu\s*)?(?:ngay\s*:?\s*)?"
_TO = r"\s*(?:-|den het|den cuoi|den|to)\s*"
_SINCE_NEW_YEAR = (
    rf"tu\s*dau\s*nam(?:\s*{_Y.replace('<y>', '<ay>')})?\s*[(,;]?\s*(?:tinh\s*)?{_TO}(?:ngay\s*)?"
)
_QUARTER = r"(?:quy|quarter|q)\s*[.\-]?\s*(?P<{0}q>iv|iii|ii|i|0?[1-4])"
_WORDS = "|".join(sorted(_MONTH_WORDS, key=len, reverse=True))
_MONTH_YEAR = rf"(?P<m>0?[1-9]|1[0-2])\s*[/.\-]\s*{_Y}"

# “3 tháng qua” and “3 tháng/lần” are no months of a year.
_NO_SPAN = r"(?!\s*(?:\d{1,2}\b|gan|qua\b|toi\b|tiep|lien|tro\b|mot\b|(?:/\s*)?lan\b))"

# The first pattern that fits wins, so longer forms come first. Names of groups say what was found.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"(?<![\d\w]){pattern}(?![\d\w])"))
    for name, pattern in (
        ("iso", r"(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)(?:[t ]00:00(?::00)?)?"),
        ("range", _FROM + _DATE.format("a") + r"\s*(?:-|den het|den|to)\s*(?:ngay\s*:?\s*)?" + _DATE.format("b")),
        ("range_month", _FROM + _DATE.format("a") + _TO + r"thang\s*(?P<bm>\d{1,2})" + _YEAR + "?"),
        ("year_to", _SINCE_NEW_YEAR + r"(?:" + _DATE.format("") + r"|" + _LONG_DATE.replace("<", "<l") + ")"),
        ("year_to", _SINCE_NEW_YEAR + r"thang\s*(?P<m>\d{1,2})" + _YEAR + "?"),
        ("year_to", _SINCE_NEW_YEAR + _QUARTER.format("") + _YEAR + "?"),
        ("month_range", r"(?:tu\s*)?(?:thang|t)\s*(?P<am>\d{1,2})(?:\s*/\s*(?P<ay>(?:19|20)\d\d))?" + _TO
         + r"(?:(?:thang|t)\s*)?(?P<bm>\d{1,2})" + _YEAR + "?"),
        ("quarter_range", r"(?:tu\s*)?" + _QUARTER.format("a") + _TO + r"(?:quy\s*)?(?P<bq>iv|iii|ii|i|0?[1-4])"
         + _YEAR + "?"),
        ("state", _TIMES + r"(?:" + _DATE.format("") + r")"),
        ("state", _TIMES + _LONG_DATE),
        ("state_month", r"(?:luy ke|cong don)\s*(?:trong\s*)?thang\s*(?P<m>\d{1,2})" + _YEAR + "?"),
        ("state_quarter", r"(?:luy ke|cong don)\s*(?:trong\s*)?" + _QUARTER.format("") + _YEAR + "?"),
        ("state_quarter", _TIMES + _QUARTER.format("") + _YEAR + "?"),
        ("state_month", _TIMES + r"(?:cuoi\s*)?thang\s*(?P<m>\d{1,2})" + _YEAR + "?"),
        ("state", r"(?:ngay\s*)?(?P<d>\d{1,2})\s*[/.\-]\s*(?P<m>\d{1,2})\s*[/.\-]\s*" + _Y),
        ("state", r"ngay\s*" + _LONG_DATE),
        ("half", r"(?P<n>6|sau)\s*t(?:hang)?\s*(?P<h>dau|cuoi)\s*(?:cua\s*)?(?:nam)?" + _YEAR + "?"),
        ("last_months", r"(?P<n>\d{1,2})\s*t(?:hang)?\s*cuoi\s*(?:cua\s*)?(?:nam)?" + _YEAR + "?"),
        ("months", r"(?P<n>\d{1,2})\s*t(?:hang)?" + _NO_SPAN + r"(?:\s*dau)?(?:\s*nam)?" + _YEAR + "?"),
        ("half", r"(?:h|nua\s*nam\s*)(?P<h>1|2)" + _YEAR + "?"),
        ("quarter", _QUARTER.format("") + _YEAR + "?"),
        ("quarter", _Y + r"\s*[/.\-]?\s*q(?P<q>[1-4])"),
        ("quarter", r"(?P<q>iv|iii|ii|i)\s*/\s*" + _Y),
        ("month", r"(?:thang|month|t|m)\s*[.\-]?\s*(?P<m>0?[1-9]|1[0-2])" + _YEAR + "?"),
        ("month_word", r"thang\s*(?P<w>" + _WORDS + ")" + _YEAR + "?"),
        ("month_word", r"(?P<w>" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + r")\.?" + _YEAR),
        ("month", _MONTH_YEAR),
        ("month", _Y + r"\s*[/.\-]\s*(?P<m>0[1-9]|1[0-2])"),
        ("month", _Y + r"(?P<m>0[1-9]|1[0-2])"),
        ("year", r"(?:nam|ca nam|year)\s*" + _Y),
        ("year", r"ca nam"),
        ("year", _Y),
    )
)  # fmt: skip


def find_days(plain: str, year: int | None) -> tuple[Days, int, int] | None:
    """Return the days of the first period that a plain text names, and where it begins and ends in the text.

    `year` serves where the text has none.
    """
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            days = _read(kind, match.groupdict(), year)
            if days is not None:
                return days, match.start(), match.end()
    return None


def _read(kind: str, found: dict[str, str | None], year: int | None) -> Days | None:
    try:
        return _PARSERS[kind](found, year)
    except ValueError:
        return None


def _year(found: dict[str, str | None], year: int | None, key: str = "y") -> tuple[int, bool]:
    given = found.get(key)
    if given:
        return int(given), True
    if year is None:
        raise ValueError("no year")
    return year, False


def _state(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    day = dt.date(number, int(found["m"] or 0), int(found["d"] or 0))
    return Days(day, day, given, is_state=True)


def _state_month(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    day = last_day(number, _month(found["m"]))
    return Days(day, day, given, is_state=True)


def _state_quarter(found: dict[str, str | None], year: int | None) -> Days:
    quarter = _quarter(found, year)
    return Days(quarter.last, quarter.last, quarter.year_given, is_state=True)


def _range(found: dict[str, str | None], year: int | None) -> Days:
    end_year, given = _year(found, year, "by")
    end = dt.date(end_year, int(found["bm"] or 0), int(found["bd"] or 0))
    turn = not found["ay"] and int(found["am"] or 0) > end.month
    start = dt.date(int(found["ay"] or end_year - turn), int(found["am"] or 0), int(found["ad"] or 0))
    if start > end:
        raise ValueError("ends before it begins")
    return Days(start, end, given)


def _range_month(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    last = last_day(number, _month(found["bm"]))
    return _range(found | {"bd": str(last.day), "by": str(number)}, None)._replace(year_given=given)


def _year_to(found: dict[str, str | None], year: int | None) -> Days:
    """Return the days from 1 January to a day, or to the end of a month or quarter, of one year."""
    number, given = _year(found | {"y": found.get("y") or found.get("ly") or found["ay"]}, year)
    if found["ay"] and int(found["ay"]) != number:
        raise ValueError("two years")
    quarter = found.get("q")
    month = 3 * _ROMAN[quarter] if quarter else _month(found.get("m") or found.get("lm"))
    day = found.get("d") or found.get("ld")
    end = dt.date(number, month, int(day)) if day else last_day(number, month)
    start = dt.date(number, 1, 1)
    return Days(start, end, given)


def _month_range(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    return _run(int(found["ay"] or number), _month(found["am"]), number, _month(found["bm"]), given)


def _quarter_range(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    first, last = _ROMAN[found["aq"] or ""], _ROMAN[found["bq"] or ""]
    return _run(number, 3 * first - 2, number, 3 * last, given)


def _run(first_year: int, first: int, last_year: int, last: int, given: bool) -> Days:
    """Return the days from the first of one month to the last of another."""
    start, end = dt.date(first_year, first, 1), last_day(last_year, last)
    if start > end:
        raise ValueError("ends before it begins")
    return Days(start, end, given)


def _span(number: int, first: int, last: int, given: bool) -> Days:
    start, end = dt.date(number, first, 1), last_day(number, last)
    return Days(start, end, given)


def _half(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    return _span(number, 1, 6, given) if found["h"] in ("dau", "1") else _span(number, 7, 12, given)


def _months(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    return _span(number, 1, _month(found["n"]), given)


def _last_months(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    return _span(number, 13 - _month(found["n"]), 12, given)


def _quarter(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    quarter = _ROMAN[found["q"] or ""]
    return _span(number, 3 * quarter - 2, 3 * quarter, given)


def _month(text: str | None) -> int:
    month = int(text or 0)
    if not 1 <= month <= 12:
        raise ValueError("no month")
    return month


def _one_month(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    return _span(number, _month(found["m"]), _month(found["m"]), given)


def _month_word(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    word = found["w"] or ""
    month = _MONTH_WORDS.get(word) or _ENGLISH[word]
    return _span(number, month, month, given)


def _whole_year(found: dict[str, str | None], year: int | None) -> Days:
    number, given = _year(found, year)
    return _span(number, 1, 12, given)


_PARSERS = {
    "iso": _state,
    "range": _range,
    "range_month": _range_month,
    "year_to": _year_to,
    "month_range": _month_range,
    "quarter_range": _quarter_range,
    "state_quarter": _state_quarter,
    "state": _state,
    "state_month": _state_month,
    "half": _half,
    "months": _months,
    "last_months": _last_months,
    "quarter": _quarter,
    "month": _one_month,
    "month_word": _month_word,
    "year": _whole_year,
}

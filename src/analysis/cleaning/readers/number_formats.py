"""What a number format shows: the number, a percentage, a date, a month."""

from __future__ import annotations

import datetime as dt
import re

from analysis.cleaning.readers.grid import DATE, NUMBER, PERCENT, POINTS

# A date of which only month and year are shown means the month; seen while reading formats only.
MONTH = "m"
# Formats that a workbook names by number alone.
BUILTIN = {
    "9": PERCENT,
    "10": PERCENT,
    "17": MONTH,
    **dict.fromkeys(("14", "15", "16", "18", "19", "20", "21", "22", "45", "46", "47"), DATE),
}
EPOCH_1900, EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
_LEAP_DAY = 60  # 29 February 1900, which never was, but days are counted as if
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def classify_format(code: str) -> str:
    """Return PERCENT, POINTS, DATE, MONTH or NUMBER for a format code: 0.00%, 0.0"%", dd/mm/yyyy, mm/yyyy or "T"m."""
    bare = _LITERAL.sub("", code).lower()
    if "%" in bare:
        return PERCENT
    if "%" in code and re.search("[0#]", bare):
        return POINTS
    if "m" in bare and not re.search(r"[dhs0#?]|general", bare):
        return MONTH
    return DATE if re.search(r"[dy]|m{2,}|h", bare) and "0" not in bare.replace("ss.0", "") else NUMBER


def show_date(number: float, kind: str, epoch: dt.datetime) -> tuple[str, str] | None:
    """Return the ISO text and kind of a number shown as DATE or MONTH; None for what is shown as no date or is none."""
    if kind not in (DATE, MONTH):
        return None
    early = 1 <= number < _LEAP_DAY and epoch == EPOCH_1900
    try:
        text = (epoch + dt.timedelta(days=number + early)).date().isoformat()
    except (OverflowError, ValueError):
        return None
    return text[:7] if kind == MONTH else text, DATE

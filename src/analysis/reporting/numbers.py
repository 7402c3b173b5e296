"""Numbers and dates as Vietnamese and English readers write them."""

from __future__ import annotations

from datetime import date

MINUS = "\N{MINUS SIGN}"
_ROMAN = ("I", "II", "III", "IV")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_VIETNAMESE_MARKS = str.maketrans(",.", ".,")


def format_number(value: float, digits: int, language: str) -> str:
    """Write a number with so many decimals: 1.926,5 in Vietnamese, 1,926.5 in English; a true minus sign."""
    written = f"{round(value, digits) + 0.0:,.{digits}f}"  # adding zero turns -0.0 into 0.0
    if language == "vi":
        written = written.translate(_VIETNAMESE_MARKS)
    return written.replace("-", MINUS)


def format_date(iso: str, language: str) -> str:
    """Write an ISO date: 30/06/2022 in Vietnamese, 30 June 2022 in English."""
    day = date.fromisoformat(iso)
    return f"{day:%d/%m/%Y}" if language == "vi" else f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_quarter(iso: str, language: str) -> str:
    """Write the quarter in which an ISO date lies, as inside a sentence: quý I/2022 or Q1 2022."""
    day = date.fromisoformat(iso)
    quarter = (day.month - 1) // 3
    return f"quý {_ROMAN[quarter]}/{day.year}" if language == "vi" else f"Q{quarter + 1} {day.year}"


def format_month(iso: str, language: str) -> str:
    """Write the month of an ISO date: tháng 8/2022 or August 2022."""
    day = date.fromisoformat(iso)
    return f"tháng {day.month}/{day.year}" if language == "vi" else f"{_MONTHS[day.month - 1]} {day.year}"


def format_half(iso: str, language: str) -> str:
    """Write the half-year in which an ISO date lies: 6 tháng đầu năm 2022 or the first half of 2022."""
    first = int(iso[5:7]) <= 6
    if language == "vi":
        return f"6 tháng {'đầu' if first else 'cuối'} năm {iso[:4]}"
    return f"the {'first' if first else 'second'} half of {iso[:4]}"


def format_period(label: str, language: str) -> str:
    """Write a panel's period, 2022, 2022S1, 2022Q2 or 2022-06, as inside a sentence."""
    from analysis.periods import frequency_of, last_day_of

    write = {"M": format_month, "Q": format_quarter, "S": format_half}.get(frequency_of(label))
    return label if write is None else write(last_day_of(label), language)

"""What heads, section rows and rows say of the period of a figure, and the one that they say together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from analysis.cleaning.words.datelines import without_moments
from analysis.cleaning.words.headtexts import cut_out, without_unit
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.periods import (
    LEFT_OPEN,
    Period,
    find_period,
    frequency_of,
    in_year,
    parse_period,
)
from analysis.reference.indicators import Codebook, codebook
from analysis.reference.spelling import fold_text, plain_text

_THIS = re.compile(
    r"\b(?:(?:trong|cua) (?P<a>thang|quy|nam)(?: (?:nay|bao cao))?|(?P<b>thang|quy|nam) (?:nay|bao cao))\b"
)
_SINCE_NEW_YEAR = re.compile(
    r"\b(?:(?:luy ke|cong don)[ ,:]*)?(?:tinh )?tu dau nam(?: (?:den|toi) (?:nay|(?:het |thoi diem )?(?:thang|quy|ky)?"
    r" ?(?:nay|bao cao)))?"
)
# Beside a period that is written out, “cùng kỳ năm trước (tháng 10/2022)” says no more.
_YEAR_BEFORE = re.compile(
    r"(?<!voi )(?<!lan )(?<!gap )\b(?:cung ky(?: nam (?:truoc|ngoai))?|ky (?:truoc|nay))\b"
)
_CUMULATIVE = re.compile(r"\b(?:luy ke|cong don)\b")
_ANY_YEAR = 2000
_SINCE = "since new year"
# A day that is not said to be the last one may be that of a letter or of a rule.
_UNTIL = re.compile(r"\b(?:den|toi|tai|thoi diem|as of|as at|until|by)\b")
_RULE = re.compile(
    r"\b(?:nghi quyet|nghi dinh|quyet dinh|thong tu|chi thi|cong van|ke hoach|chuong trinh|de an|luat)\b"
)
_PLAN = re.compile(rf"{_RULE.pattern}|\b(?:chi tieu|muc tieu|giao|giai doan|nhiem vu)\b")
_AVERAGE = re.compile(
    r"(?:trung binh|binh quan|tb|bq|average|mean)(?: (?:cong|chung|cac|cua|ca|trong|mot|moi|of|the|per))*"
    r"(?: (?:\d{1,2} )?(?:thang|quy|nam|ky|tuan|months?|quarters?|years?|periods?)(?: .*)?)?"
)
# A head that cites a decision: its date is none of the figures.
_LETTER = re.compile(r"\b(?:quyet dinh|cong van|thong tu|ke hoach|nghi quyet) (?:so )?")
_FREQUENCIES = {"thang": "M", "quy": "Q", "nam": "A"}


@dataclass(frozen=True)
class Wording:
    """What a head says of its period in words, and the plain text that is left of it."""

    rest: str
    since_new_year: bool = False
    cumulative: bool = False
    this: str = ""

    @property
    def says_nothing(self) -> bool:
        """Tell whether the head leaves the period to its surroundings."""
        return not (self.since_new_year or self.cumulative or self.this)


def read_wording(head: str) -> Wording:
    """Return what a head says of its period in words."""
    plain = plain_text(head)
    if since := _SINCE_NEW_YEAR.search(plain):
        return Wording(cut_out(head, *since.span()), since_new_year=True)
    if total := _CUMULATIVE.search(plain):
        return Wording(cut_out(head, *total.span()), cumulative=True)
    # Of “Quảng Nam báo cáo bổ sung sau” the marks tell that Nam is no year.
    if (this := _THIS.search(plain)) and not head[this.start() :].startswith(("Nam báo", "Nam này")):
        return Wording(cut_out(head, *this.span()), this=this["a"] or this["b"])
    return Wording(head)


def period_in_words(wording: Wording, base: Period | None) -> Period | None:
    """Return the period that a wording means where `base` is the report's, None where it cannot be told.

    A cumulative figure that does not say since when is a state on the last day of the report; a bare year does not
    say how far it has come.
    """
    if base is None:
        return None
    if wording.since_new_year:
        return since_new_year(base)
    if wording.cumulative and base.frequency == "A":
        return None
    if wording.cumulative:
        from_new_year = (base.start.month, base.start.day) == (1, 1)
        return base if from_new_year else Period(base.end, base.end, "X", base.year_given)
    fits = base.frequency == _FREQUENCIES.get(wording.this, base.frequency)
    return base if fits else None


def since_new_year(base: Period, whole_years: bool = False) -> Period | None:
    """Return the days from 1 January to the end of a report; its bare year does not say how far it has come."""
    if (base.frequency == "A" and not whole_years) or base.start.year != base.end.year:
        return None
    start = dt.date(base.end.year, 1, 1)
    return Period(start, base.end, frequency_of(start, base.end), base.year_given)


@dataclass(frozen=True)
class Report:
    """What stands around a table of periods: the year of those that name none, and the report's own period.

    `days` are those that a remark gives for the figures of a year.
    """

    year: int | None = None
    base: Period | None = None
    days: Mapping[int, Period] = field(default_factory=dict)


def read_head_period(path: Sequence[str], report: Report) -> tuple[Period | None, list[str]] | None:
    """Return the period that the heads of a column name and what else they say, None where it cannot be told."""
    period: Period | None = None
    worded: Wording | None = None
    rests: list[str] = []
    year = _own_year(path) or report.year
    for piece in path:
        named = is_indicator(piece)
        found = (
            None
            if named
            else find_period(without_moments(piece) if _LETTER.search(plain_text(piece)) else piece, year)
        )
        if found:
            period = report.days.get(found[0].end.year, found[0]) if found[0].frequency == "A" else found[0]
        wording = Wording(piece) if named or found else read_wording(piece)
        worded = worded if wording.says_nothing else wording
        rests.append(without_unit(_without_year_before(_rest(*found)) if found else wording.rest))
    if worded is not None:
        period = period_in_words(worded, period or report.base)
        if period is None:
            return None
    return period, rests


def _rest(period: Period, rest: str) -> str:
    """Return what a head says beside its days; words that say the same again are left out.

    Tháng 11 (từ 15/10 đến 14/11), Lũy kế từ đầu năm (01/01 - 31/10).
    """
    wording = read_wording(rest)
    if wording.since_new_year and (period.start.month, period.start.day) == (1, 1):
        return wording.rest
    again = (
        find_period(rest, period.end.year) if period.frequency == "X" and period.start < period.end else None
    )
    if again is None:
        return rest
    overlap = again[0].start <= period.end and period.start <= again[0].end
    return again[1] if overlap and again[0].end.month == period.end.month else rest


def _without_year_before(rest: str) -> str:
    said = _YEAR_BEFORE.search(plain_text(rest))
    return cut_out(rest, *said.span()) if said else rest


def undated_heads(path: Sequence[str]) -> list[str]:
    """Return those heads of a column that say more than a period, folded and without it: the same in every month."""
    return [words for piece in path if (words := _undated(piece, codebook()))]


@lru_cache(maxsize=4096)
def _undated(piece: str, _: Codebook) -> str:
    if is_indicator(piece):
        return fold_text(without_unit(piece))
    found = find_period(piece, _ANY_YEAR)
    return fold_text(without_unit(found[1] if found else read_wording(piece).rest))


def is_average(text: str) -> bool:
    """Tell whether a head or a cell stands for an average of periods: Bình quân 7 tháng."""
    return bool(_AVERAGE.fullmatch(fold_text(text)))


def _own_year(path: Sequence[str]) -> int | None:
    """Return the one year that the heads of a column name among them, as “Năm 2023” does above “Quý I”."""
    found = [find_period(piece) for piece in path if not is_indicator(piece)]
    years = {period.end.year for period, _ in filter(None, found)}
    return years.pop() if len(years) == 1 else None


def of_row(head: Period | None, span: str, row: Period | None) -> Period | None:
    """Return the period of a figure whose row names one; None where row and head contradict each other.

    `span` tells that the head refers to the row's own period, or to the year up to its end.
    """
    if row == LEFT_OPEN:
        return None if span else head
    if span == _SINCE:
        return since_new_year(row, whole_years=True) if row else None
    if head is None or row is None:
        return row
    if head.frequency == "A" and not row.year_given:
        row = in_year(row, head.end.year)
    within = head.start <= row.start and row.end <= head.end
    if head.frequency == "A" or (row.start == row.end == head.end):
        return row if within else None
    around = row.start <= head.start and head.end <= row.end
    return head if around else None


@dataclass(frozen=True)
class Said:
    """What a section row says of its rows: a period, words that refer to that of the report, or what is not told.

    `whole` tells that it says nothing else, so that sections without a period stand within it.
    """

    period: Period | None = None
    wording: Wording | None = None
    whole: bool = False


def of_section(period: Period | None, said: Said | None, own: bool, report: Period | None) -> Period | None:
    """Return the period of figures below a section row; `own` tells that head or row names theirs, not the title."""
    if said is None or (own and period is None):
        return period
    if said.wording is not None:
        return period_in_words(said.wording, period if own else report)
    if not own or period is None or said.period is None:
        return said.period
    return _of_both(period, said.period)


def _of_both(period: Period, said: Period) -> Period | None:
    """Return a day within a period, a part of a year, or the period itself in a section of its year."""
    if not said.year_given:
        said = in_year(said, period.end.year)
    if (said.start, said.end) == (period.start, period.end):
        return period
    if period.start <= said.start and said.end <= period.end:
        return said if said.start == said.end or period.frequency == "A" else None
    within = said.start <= period.start and period.end <= said.end
    return period if within and said.frequency == "A" else None


def read_said(text: str, year: int | None) -> Said | None:
    """Return what a section row says of its period; a year within other words is that of a plan."""
    dated = without_moments(text)
    found = find_period(dated, year or _ANY_YEAR)
    if found is not None:
        period = found[0] if year or found[0].year_given else None
        whole = parse_period(dated, year or _ANY_YEAR) is not None
        if found[0].frequency == "A" and not whole and _PLAN.search(dated):
            return None
        if found[0].start == found[0].end and not (whole or _UNTIL.search(dated)):
            return None if _RULE.search(dated) else Said()
        return Said(period, whole=whole)
    wording = read_wording(text)
    return Said(wording=wording) if wording.since_new_year or wording.cumulative or wording.this else None

"""The period that the heads of a column name: by itself, or by that of the report (this quarter, since New Year)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache

from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.words.headtexts import without_unit
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.periods import Period, find_period, frequency_of
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
_AVERAGE = re.compile(
    r"(?:trung binh|binh quan|tb|bq|average|mean)(?: (?:cong|chung|cac|cua|ca|trong|mot|moi|of|the|per))*"
    r"(?: (?:\d{1,2} )?(?:thang|quy|nam|ky|tuan|months?|quarters?|years?|periods?)(?: .*)?)?"
)
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
        return Wording(_without(plain, since), since_new_year=True)
    if total := _CUMULATIVE.search(plain):
        return Wording(_without(plain, total), cumulative=True)
    if this := _THIS.search(plain):
        return Wording(_without(plain, this), this=this["a"] or this["b"])
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


def _without(plain: str, found: re.Match[str]) -> str:
    return plain[: found.start()] + " " + plain[found.end() :]


def read_head_period(path: list[str], context: Context) -> tuple[Period | None, list[str]] | None:
    """Return the period that the heads of a column name and what else they say, None where it cannot be told."""
    period: Period | None = None
    worded: Wording | None = None
    rests: list[str] = []
    year = _own_year(path) or context.year
    for piece in path:
        named = is_indicator(piece)
        found = None if named else find_period(piece, year)
        if found:
            period = _dated(found[0], context)
        wording = Wording(piece) if named or found else read_wording(piece)
        worded = worded if wording.says_nothing else wording
        rests.append(without_unit(_YEAR_BEFORE.sub(" ", _rest(*found)) if found else wording.rest))
    if worded is not None:
        period = period_in_words(worded, period or context.report)
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


def _dated(period: Period, context: Context) -> Period:
    """Return the day that a remark gives for the figures of a year."""
    return context.days.get(period.end.year, period) if period.frequency == "A" else period


def undated_heads(path: list[str]) -> list[str]:
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


def _own_year(path: list[str]) -> int | None:
    """Return the one year that the heads of a column name among them, as “Năm 2023” does above “Quý I”."""
    found = [find_period(piece) for piece in path if not is_indicator(piece)]
    years = {period.end.year for period, _ in filter(None, found)}
    return years.pop() if len(years) == 1 else None

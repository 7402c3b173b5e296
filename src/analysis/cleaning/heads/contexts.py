"""What stands around a table, in titles, notes, sheet and file name: its period, its indicator, its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.cleaning.figures.units import SILENT, Unit, unit_of_texts
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.section_rows import sections_above
from analysis.cleaning.words.datelines import dates_of_years, is_passing_day, join_periods, without_moments
from analysis.cleaning.words.headtexts import names_percent, shorten, without_unit
from analysis.cleaning.words.indicator_names import is_generic, name_inside
from analysis.cleaning.words.periods import Period, find_period
from analysis.cleaning.words.provisional import read_provisional
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import fold_text

# “Lũy kế từ đầu năm 2024” does not say how far the year has come, “Tuần 32 năm 2024” not which days.
_OPEN = re.compile(r"\btu dau\b|\btuan (?:thu )?\d")
# “Tháng 8 và 8 tháng năm 2023”: which of the two a figure is of, its column must say.
_BOTH = re.compile(
    r"\b(?:thang \d{1,2}|quy (?:iv|iii|ii|i|\d))\b[^.;()]{0,12}?(?:\bva|,) (?:luy ke )?\d{1,2} thang(?: dau)?"
)
# Months and quarters of reports end some days before the calendar's, and are as long within so many days.
_NEARLY = 5
_ANY_YEAR = 2000
# “Năm 2021 và 2022”, “giai đoạn 2021-2022”: which year a figure is of, its column must say.
_YEARS = re.compile(
    r"(?<![\d/.\-])((?:19|20)\d\d)\s*(?:va|,|&|-|den)\s*(?:nam\s*)?(?!\1)(?:19|20)\d\d(?![\d/.\-])"
)
_MONTHS = re.compile(r"\b\d{1,2} thang(?: dau)?\b(?! \d)")


@dataclass(frozen=True)
class Context:
    """What stands around a table: the texts above it, the sheet's and the file's name, nearest first.

    `words` are those that stand for an indicator because a layout says so, folded, with its code.
    `report` is the period that “trong tháng” and “lũy kế” refer to; `period` is that of any figure, None where a
    title names both a month and the months up to it; `provisional` are the words that call figures preliminary;
    `days` are those that a remark gives for the figures of a year; `stated` tells that a layout gives the period;
    `glossary` is what abbreviations in heads stand for.
    """

    texts: list[str] = field(default_factory=list)
    year: int | None = None
    period: Period | None = None
    indicator: Indicator | None = None
    says_percent: bool = False
    unit: Unit = SILENT
    report: Period | None = None
    provisional: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[int, Period] = field(default_factory=dict)
    stated: bool = False
    glossary: Mapping[str, str] = field(default_factory=dict)


def read_context(block: Block, before: Sequence[str], file: str) -> Context:
    """Return period and indicator that the surroundings of a table name, the nearest first."""
    stem = re.sub(r"\.[A-Za-z]{2,5}$", "", file.replace("_", " "))
    turned = block.sheet.rows if block.sheet.transposed else []
    beside = [text for row in turned for text in reversed(row[: block.name_column]) if text]
    titles = [*reversed(join_periods(block.titles)), *beside]
    corner = [block.sheet.text(i, block.name_column) for i in block.header]
    notes = [block.sheet.text(i, j) for i in block.notes[:6] for j in range(3)]
    own, further = [*titles, *corner, block.sheet.name], [stem, *notes]
    texts = [shorten(text) for text in (*own, *reversed(before), *further) if text]
    parts = [shorten(text) for text in sections_above(block)]
    whole = [text for text in texts if not any(part in text for part in parts)]
    year, period, report = period_of_texts(whole)
    year = year or (period_of_texts(texts)[0] if parts else None)
    subjects = map(shorten, (*own, *further)) if _has_subject(titles) else texts
    indicator = next((found_in for text in subjects if (found_in := name_inside(text))), None)
    percent = any(names_percent(text) for text in block.titles)
    provisional = next(filter(None, map(read_provisional, (*titles, block.sheet.name))), "")
    unit = unit_of_texts((*titles, *reversed(before)))
    remarks = [text for i in block.notes[:50] for text in block.sheet.rows[i] if text]
    days = dates_of_years((*block.titles, *remarks))
    return Context(texts, year, period, indicator, percent, unit, report, provisional, days=days)


def _has_subject(titles: Sequence[str]) -> bool:
    """Tell whether titles say what a table is about, known or not: then those of tables before it do not."""
    for title in titles:
        found = find_period(title, _ANY_YEAR)
        words = fold_text(without_unit(found[1] if found else title)).split()
        if len(words) > 1 and not is_generic(" ".join(words)):
            return True
    return False


def period_of_texts(texts: Sequence[str]) -> tuple[int | None, Period | None, Period | None]:
    """Return the first year, period and report that texts name, dates of letters apart; see `Context`."""
    dated = [_YEARS.sub(" ", without_moments(text)) for text in texts]
    # A day that texts mention in passing may be that of anything: it counts where nothing else names a period.
    dated.sort(key=is_passing_day)
    year = next((found[0].end.year for text in dated if (found := find_period(text))), None)
    for text in dated:
        found = find_period(text, year)
        if found is None or (_OPEN.search(found[1]) and found[0].frequency not in ("X", "D")):
            continue
        if _BOTH.search(text):
            shorter = find_period(_MONTHS.sub(" ", text), year)
            return year, None, shorter[0] if shorter else None
        period = _in_days(found[0], dated, year)
        return year, period, period
    return year, None, None


def _in_days(period: Period, texts: Sequence[str], year: int | None) -> Period:
    """Return the days that texts give for a month or quarter of reports: Tháng 5, from 15/4 to 14/5."""
    if period.frequency not in ("M", "Q"):
        return period
    usual = (period.end - period.start).days
    for found in filter(None, (find_period(text, year) for text in texts)):
        days = found[0]
        alike = abs((days.end - days.start).days - usual) <= _NEARLY and days.frequency == "X"
        if alike and (days.end.year, days.end.month) == (period.end.year, period.end.month):
            return days
    return period

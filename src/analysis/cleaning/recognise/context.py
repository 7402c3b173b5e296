"""What stands around a table, in titles, remarks, sheet and file name: its period, its indicator, its unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from analysis.cleaning.figures.units import SILENT, Unit, read_unit
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.words.datelines import dates_of_years, is_passing_day, join_periods, without_moments
from analysis.cleaning.words.edition_marks import read_provisional
from analysis.cleaning.words.headtexts import names_percent, shorten, without_unit
from analysis.cleaning.words.indicator_names import is_generic, name_inside
from analysis.cleaning.words.periods import Period, find_period
from analysis.cleaning.words.said_periods import Report
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import fold_text, plain_text

# “Lũy kế từ đầu năm 2024” does not say how far the year has come, “Tuần 32 năm 2024” not which days.
_OPEN = re.compile(r"\btu dau\b|\btuan (?:thu )?\d")
# “Tháng 8 và 8 tháng năm 2023”: which of the two a figure is of, its column must say.
_BOTH = re.compile(
    r"\b(?:thang \d{1,2}|quy (?:iv|iii|ii|i|\d))\b[^.;()]{0,12}?(?:\bva|,) (?:luy ke )?\d{1,2} thang(?: dau)?"
)
# Months and quarters of reports end some days before the calendar's, and are as long within so many days.
_NEARLY, _ANY_YEAR = 5, 2000
# “Năm 2021 và 2022”, “giai đoạn 2021-2022”: which year a figure is of, its column must say.
_YEARS = re.compile(
    r"(?<![\d/.\-])((?:19|20)\d\d)\s*(?:va|,|&|-|den)\s*(?:nam\s*)?(?!\1)(?:19|20)\d\d(?![\d/.\-])"
)
_MONTHS = re.compile(r"\b\d{1,2} thang(?: dau)?\b(?! \d)")
_OF_FIGURES = re.compile(
    r"\W*(?:\d\W+)?(?:(?:ghi chu|luu y|nguon|note)\W+)?(?:cac )?(?:so lieu|ky so lieu|data|tinh den|ky bao cao)\b"
)
_UNIT_LINE = re.compile(r"\W*(?:(?:ghi chu|luu y)\W+)?(?:don vi(?: tinh)?|dvt|unit)\b")
_FIRST_NOTES, _LAST_ROWS, _FIRST_SUBJECTS = 50, 15, 6
# TTTT: thanh toán trực tuyến; HSTT = hồ sơ nộp trực tuyến
_MEANING = re.compile(r"(?<!\w)([A-ZĐ]{2,10})\s*(?:[:=]|là)\s*([^\W\d][^;.,:=()\n]{4,80})")


@dataclass(frozen=True)
class Context:
    """What stands around a table.

    `stated` are the periods that its surroundings state, with where; `period` is that of any figure, None where a title
    names both a month and the months up to it. `words` stand for indicators because a layout says so; `glossary`
    is what remarks say of abbreviations in heads.
    """

    report: Report
    period: Period | None = None
    indicator: Indicator | None = None
    percent: bool = False
    unit: Unit = SILENT
    provisional: str = ""
    stated: tuple[tuple[str, Period], ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    glossary: Mapping[str, str] = field(default_factory=dict)


def read_context(found: Found, before: Sequence[str], file: str) -> Context:
    """Return what the surroundings of a table say, the nearest first; `before` are titles further above."""
    sheet = found.sheet
    stem = PurePath(file).stem.replace("_", " ")
    turned = sheet.rows if sheet.transposed else []
    beside = [text for row in turned for text in reversed(row[: found.naming.column]) if text]
    titles = [*reversed(join_periods(found.titles)), *beside]
    corner = [sheet.text(i, found.naming.column) for i in found.head]
    remarks = [shorten(text) for text in _remarks(found)]
    of_figures = [text for text in remarks if _OF_FIGURES.match(plain_text(text))]
    own = [shorten(text) for text in (*titles, *corner, sheet.name) if text]
    further = [*map(shorten, reversed(before)), shorten(stem)]
    year, period, base = period_of_texts([*own, *further])
    if period is None and base is None:
        year, period, base = _one_period(of_figures, year)
    days = dates_of_years((*found.titles, *remarks))
    unit_texts = [
        *titles,
        *reversed(before),
        *(text for text in remarks if _UNIT_LINE.match(plain_text(text))),
    ]
    units = [unit for text in unit_texts if (unit := read_unit(text)).factor]
    subjects = own if _has_subject(titles) else [*own, *further[:-1]]
    named = (name_inside(text) for text in (*subjects, further[-1], *remarks[:_FIRST_SUBJECTS]))
    return Context(
        Report(year, base, days),
        period,
        next((indicator for indicator in named if indicator), None),
        any(names_percent(text) for text in unit_texts),
        units[0] if units else SILENT,
        next(filter(None, map(read_provisional, (*titles, sheet.name))), ""),
        tuple(_stated(own, further[:-1], stem, of_figures, year)),
        glossary=_meanings(remarks),
    )


def _meanings(remarks: Sequence[str]) -> dict[str, str]:
    """Return what remarks say that abbreviations stand for; one with two meanings stands for none."""
    found: dict[str, set[str]] = {}
    for text in remarks:
        for short, meaning in _MEANING.findall(unicodedata.normalize("NFC", text)):
            found.setdefault(short, set()).add(meaning.strip())
    return {short: meanings.pop() for short, meanings in found.items() if len(meanings) == 1}


def _period_in(text: str, year: int | None) -> Period | None:
    dated = _dated(text)
    found = None if is_passing_day(dated) or _BOTH.search(dated) else find_period(dated, year)
    return found[0] if found else None


def _remarks(found: Found) -> list[str]:
    """Return the texts among and below the rows of a table, and those at the foot of its sheet."""
    notes = [found.sheet.rows[i] for i in found.notes[:_FIRST_NOTES]]
    foot: list[list[str]] = []
    for row in found.sheet.rows[: -_LAST_ROWS - 1 : -1]:
        if any(map(is_number_like, row)):
            break
        foot.insert(0, row)
    rows = (list(dict.fromkeys(filter(None, row))) for row in [*notes, *foot])
    texts = (text for row in rows if not any(map(is_number_like, row)) for text in row)
    return list(dict.fromkeys(texts))


def _has_subject(titles: Sequence[str]) -> bool:
    """Tell whether titles say what a table is about, known or not: then those of tables before it do not."""
    for title in titles:
        found = find_period(title, _ANY_YEAR)
        text = without_unit(found[1] if found else title)
        if len(fold_text(text).split()) > 1 and not is_generic(text):
            return True
    return False


def period_of_texts(texts: Sequence[str]) -> tuple[int | None, Period | None, Period | None]:
    """Return the first year, period and report that texts name, dates of letters apart; see `Context`."""
    dated = [_dated(text) for text in texts]
    # A day that texts mention in passing may be that of anything: it counts where nothing else names a period.
    dated.sort(key=is_passing_day)
    year = next((found[0].end.year for text in dated if (found := find_period(text))), None)
    for text in dated:
        found = find_period(text, year)
        if found is None or (_OPEN.search(plain_text(found[1])) and found[0].frequency not in ("X", "D")):
            continue
        if _BOTH.search(text):
            shorter = find_period(_MONTHS.sub(" ", text), year)
            return year, None, shorter[0] if shorter else None
        period = _in_days(found[0], dated, year)
        return year, period, period
    return year, None, None


def _dated(text: str) -> str:
    return _YEARS.sub(" ", without_moments(text))


def _one_period(texts: Iterable[str], year: int | None) -> tuple[int | None, Period | None, Period | None]:
    """Return the one period that remarks on the figures name, nothing where they name several."""
    read = {period for _, period, _ in (period_of_texts([text]) for text in texts) if period is not None}
    if len(read) != 1:
        return year, None, None
    period = read.pop()
    return year or period.end.year, period, period


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


def _stated(
    own: Sequence[str], before: Sequence[str], stem: str, remarks: Sequence[str], year: int | None
) -> Iterable[tuple[str, Period]]:
    """Yield the periods that titles, sheet, file and remarks state, each with the text that does.

    Titles further above count where a table has none of its own; the day in a file's name is one of sending.
    """
    read = [
        [(text, stated) for text in texts if (stated := _period_in(text, year))] for texts in (own, before)
    ]
    yield from read[0] or read[1]
    named = find_period(_dated(stem))
    if named and named[0].start != named[0].end:
        yield stem, named[0]
    for text in remarks:
        said = [period for part in text.split(";") if (period := find_period(_dated(part), year))]
        if len(said) == 1:  # “Quý II theo 63 tỉnh; quý III theo 34 tỉnh” says of no table which it is of
            yield text, said[0][0]

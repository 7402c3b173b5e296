"""What the map and the table of the index show of each province: the measures, their classes and their words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from analysis.panels.newest_figures import Figure, Newest
from analysis.reporting.numbers import format_date, format_number, format_period
from analysis.reporting.site_briefs import MadeBrief, Rise

NO_FIGURE = "none"
# With some hundred respondents a province, a change of a point or two is within the survey's own scatter: the
# classes start at two points either way.
CHANGE_BOUNDS = (-2.0, 2.0, 4.0, 6.0)
_STEPS = (1.0, 2.0, 5.0, 10.0, 20.0)
_SYMBOLS = {"set": "●", "doubtful": "◐", "not_known": "○"}
STATUSES = tuple(_SYMBOLS)


@dataclass(frozen=True)
class Cell:
    """One province under one measure.

    `order` sorts (None: no figure, always last), `fill` is the class of colour, `short` stands in a tile and
    `words` in the table and to a screen reader.
    """

    order: float | None
    fill: str
    short: str
    words: str


@dataclass(frozen=True)
class Class:
    """One line of a legend."""

    fill: str
    short: str
    words: str


@dataclass(frozen=True)
class Measure:
    """A measure in one language: name, unit, source and year in `notes`, legend, and a cell a province code."""

    id: str
    name: str
    unit: str
    notes: tuple[str, ...]
    legend: tuple[Class, ...]
    cells: Mapping[str, Cell]


class Words:
    """The texts of the index in one language."""

    def __init__(self, texts: Mapping[str, Any], language: str) -> None:
        self.texts, self.language = texts, language

    def say(self, section: str, key: str, **parts: object) -> str:
        """Return the sentence `section.key` with its parts put in."""
        return str(self.texts[section][key]).format(**parts)

    def number(self, value: float, digits: int, *, signed: bool = False) -> str:
        """Write a number as the language does; `signed` puts a plus before what rounds above zero."""
        text = format_number(value, digits, self.language)
        return f"+{text}" if signed and round(value, digits) > 0 else text

    def period(self, label: str) -> str:
        """Write a panel's period, such as 2022-06, as the language does."""
        return format_period(label, self.language)

    def percent(self, figure: Figure) -> str:
        """Write a share in percent with one decimal, with “about” where its publisher says so."""
        return f"{self.say('rise', 'about') if figure.about else ''}{self.number(figure.value, 1)}%"

    def date(self, iso: str) -> str:
        """Write an ISO date as the language does."""
        return format_date(iso, self.language)


def measure_survey(
    shares: Mapping[int, Mapping[str, float]], codes: Sequence[str], words: Words, **known: object
) -> Measure:
    """Show the share of residents who used the provincial portal in the last year, percent of respondents.

    `shares` are percents by year and province code; the first year is the one changes are counted from.
    """
    last = shares[max(shares)]
    bounds = round_bounds(list(last.values()))
    cells = {}
    for code in codes:
        if code not in last:
            cells[code] = _no_figure(words, "survey", [max(shares)])
            continue
        text = f"{words.number(last[code], 1)}%"
        cells[code] = Cell(last[code], f"share-{_class_of(last[code], bounds)}", text, text)
    legend = [Class(f"share-{i}", "", text) for i, text in enumerate(_ranges(bounds, words))]
    return _measure("survey", cells, legend, words, known)


def measure_change(
    shares: Mapping[int, Mapping[str, float]],
    codes: Sequence[str],
    words: Words,
    jumps: Sequence[int],
    **known: object,
) -> Measure:
    """Show the change of that share between the two years, percentage points of respondents.

    `jumps` are years from which the survey's level jumped in all provinces; each is said in a note.
    """
    before, after = shares[min(shares)], shares[max(shares)]
    cells = {}
    for code in codes:
        missing = [year for year in sorted(shares) if code not in shares[year]]
        if missing:
            cells[code] = _no_figure(words, "change", missing)
            continue
        change = after[code] - before[code]
        text = words.number(change, 1, signed=True)
        fill = f"change-{_class_of(change, CHANGE_BOUNDS)}"
        cells[code] = Cell(change, fill, text, words.say("change", "cell", value=text))
    legend = [
        Class(f"change-{i}", "", words.say("change", f"class_{i}")) for i in range(len(CHANGE_BOUNDS) + 1)
    ]
    extra = [words.say("change", "jump", before=year - 1, after=year) for year in jumps]
    return _measure("change", cells, legend, words, known, extra)


def measure_newest(kind: str, newest: Newest, codes: Sequence[str], words: Words) -> Measure:
    """Show the newest administrative figure of the provinces: `kind` is `services` or `dossiers`.

    Provinces without a figure of that period stand apart, with their own newest one in words.
    """
    when = words.period(newest.period)
    known = {"period": when, "publishers": "; ".join(newest.publishers)}
    figures = {code: newest.of(code) for code in codes}
    bounds = round_bounds([one.value for one in figures.values() if one])
    cells = {}
    for code, one in figures.items():
        if one is None:
            cells[code] = Cell(None, NO_FIGURE, "–", say_older(newest, code, words))
            continue
        text = words.percent(one)
        fill = f"share-{_class_of(one.value, bounds)}"
        cells[code] = Cell(one.value, fill, f"{words.number(one.value, 1)}%", text)
    legend = [Class(f"share-{i}", "", text) for i, text in enumerate(_ranges(bounds, words))]
    aside = ", ".join(words.period(period) for period in newest.set_aside)
    extra = [words.say("newest", "set_aside", periods=aside)] if aside else []
    return _measure(kind, cells, legend, words, known, extra)


def say_older(newest: Newest, code: str, words: Words) -> str:
    """Say that a province has no figure of the newest period, and which one is its newest."""
    older, when = newest.figures.get(code), words.period(newest.period)
    if older is None:
        return words.say("newest", "none", period=when)
    return words.say(
        "newest", "older", period=when, value=words.percent(older), older=words.period(older.period)
    )


def measure_status(
    statuses: Mapping[str, str],
    codes: Sequence[str],
    words: Words,
    stated_by: Mapping[str, str],
    **known: object,
) -> Measure:
    """Show whether the province is known to have set targets of its own, and who says so.

    `stated_by` says it by code; it is empty where it need not be said of each.
    """
    cells = {}
    for code in codes:
        status = statuses[code]
        text = words.say("status", status)
        if code in stated_by:
            text = words.say("status", "told", status=text, who=say_who(stated_by[code], words))
        cells[code] = Cell(float(STATUSES.index(status)), f"status-{status}", _SYMBOLS[status], text)
    legend = [Class(f"status-{s}", _SYMBOLS[s], words.say("status", f"long_{s}", **known)) for s in STATUSES]
    return _measure("status", cells, legend, words, known)


def say_who(stated_by: str, words: Words) -> str:
    """Say who states a decision: the press, a document, or who added it."""
    return words.say("stated_by", stated_by if stated_by in words.texts["stated_by"] else "other")


def measure_rise(
    briefs: Mapping[str, MadeBrief], about: Mapping[str, frozenset[str]], codes: Sequence[str], words: Words
) -> Measure:
    """Show the rise between two published administrative figures, percentage points; most provinces have none.

    `about` names, by province, the sides (`before`, `after`) of which the publisher wrote “about”.
    """
    cells = {}
    for code in codes:
        brief = briefs.get(code)
        if brief is None:
            cells[code] = Cell(None, NO_FIGURE, "–", words.say("rise", "no_brief"))
        elif brief.rise is None:
            cells[code] = Cell(None, NO_FIGURE, "–", words.say("rise", "none"))
        else:
            cells[code] = _rise_cell(brief.rise, about.get(code, frozenset()), words)
    legend = [Class("rise", "+", words.say("rise", "class"))]
    return _measure("rise", cells, legend, words, {})


def _rise_cell(rise: Rise, about: frozenset[str], words: Words) -> Cell:
    text = words.number(rise.change_pp, rise.digits, signed=True)
    parts: dict[str, str] = {}
    for side, reading in (("before", rise.before), ("after", rise.after)):
        hedge = words.say("rise", "about") if side in about else ""
        parts[side] = f"{hedge}{words.number(reading.value_pct, reading.digits)}%"
        parts[f"{side}_date"] = words.date(reading.date)
    return Cell(rise.change_pp, "rise", text, words.say("rise", "cell", value=text, **parts))


def round_bounds(values: Sequence[float]) -> tuple[float, ...]:
    """Return four bounds between five classes, round numbers that leave at most a fifth above the last."""
    for step in _STEPS:
        start = min(values, default=0.0) // step * step
        bounds = tuple(start + step * i for i in range(1, 5))
        if sum(value >= bounds[-1] for value in values) <= len(values) / 5:
            break
    return bounds


def _class_of(value: float, bounds: Sequence[float]) -> int:
    """Count the bounds a figure has reached, as it is printed: what reads 6.0 is in the class from 6."""
    return sum(round(value, 1) >= bound for bound in bounds)


def _ranges(bounds: Sequence[float], words: Words) -> list[str]:
    texts = [words.number(bound, 0) for bound in bounds]
    middle = [words.say("survey", "between", low=low, high=high) for low, high in pairwise(texts)]
    return [
        words.say("survey", "below", bound=texts[0]),
        *middle,
        words.say("survey", "above", bound=texts[-1]),
    ]


def _no_figure(words: Words, measure: str, years: Sequence[int]) -> Cell:
    missing = ", ".join(str(year) for year in years)
    return Cell(None, NO_FIGURE, "–", words.say(measure, "none", missing=missing))


def _measure(
    name: str,
    cells: Mapping[str, Cell],
    legend: Sequence[Class],
    words: Words,
    known: Mapping[str, object],
    extra: Sequence[str] = (),
) -> Measure:
    """Put a measure together; “no figure” joins the legend only where a province has none."""
    absent = [Class(NO_FIGURE, "–", words.say(name, "class_none"))]
    without = any(cell.order is None for cell in cells.values())
    notes = [words.say(name, "about_it", **known), words.say(name, "source", **known), *extra]
    return Measure(
        id=name,
        name=words.say(name, "name", **known),
        unit=words.say(name, "unit"),
        notes=tuple(notes),
        legend=(*legend, *(absent if without else [])),
        cells=dict(cells),
    )

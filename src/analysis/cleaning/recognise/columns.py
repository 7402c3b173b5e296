"""What each column of a table holds, by its heads and its cells; each answer names the rule that gave it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.cleaning.figures.units import is_unit, unit_of_texts
from analysis.cleaning.layout import HEADS, LaidColumn, Role
from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.recognise.context import Context
from analysis.cleaning.recognise.heads import head_paths, with_ordinals
from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.words.headtexts import names_percent, says_share
from analysis.cleaning.words.indicator_names import (
    indicator_of_heads,
    is_generic,
    is_indicator,
    with_shares_named,
)
from analysis.cleaning.words.periods import is_numeric_day, parse_period
from analysis.cleaning.words.places import BELOW, PLACE, REGION, SKIP, read_place
from analysis.cleaning.words.said_periods import read_head_period, undated_heads
from analysis.reference.abbreviations import fold_name
from analysis.reference.indicators import Indicator, by_code
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import words

# A count and its share in one cell: 8.312 (41,5%).
_TWO_FIGURES = re.compile(r"\s*\d[\d.,]*\s*%?\s*[(/;|]\s*\d[\d.,]*\s*%?\s*\)?\s*$")
_SAMPLE = 400


@dataclass(frozen=True)
class _Cells:
    """The first texts of a column in the rows of a table, and whether its figures have decimals."""

    texts: list[str]

    @property
    def figures(self) -> bool:
        return any(map(is_number_like, self.texts))

    @property
    def decimals(self) -> bool:
        return any(re.search(r"\d[.,]\d", text) for text in self.texts)


def read_columns(found: Found, context: Context, naming: LaidColumn | None = None) -> list[LaidColumn]:
    """Return the meaning of every column that has a head, or anything in the rows of a table.

    `naming` is what the column of names holds where it names indicators or periods.
    """
    paths = head_paths(found)
    rows = found.rows(PLACE)[:_SAMPLE] or list(range(*found.body))[:_SAMPLE]
    columns: list[LaidColumn] = []
    within = context
    for j in range(found.sheet.width):
        if j == found.naming.column:
            continue
        cells = _Cells([text for i in rows if (text := found.sheet.text(i, j))])
        if not cells.texts and not paths[j]:
            continue
        if not cells.texts and (year := _year_alone(paths[j])):
            within = replace(context, report=replace(context.report, year=year))
        column = _read_column(j, paths[j], cells, within)
        if column.role == Role.PLACES and _repeats_names(found, j, rows):
            column = replace(column, role=Role.LABEL, rule="its cells repeat the names of the rows")
        columns.append(replace(column, path=tuple(paths[j]), index=j))
    columns += [naming] if naming else []
    return _settle(_without_idle_names(found, columns, context), context, found.naming.column)


def _repeats_names(found: Found, j: int, rows: Sequence[int]) -> bool:
    """Tell whether a column of places names the same ones as the column of names, as in another language."""
    return all(
        read_place(text) == read_place(found.label(i)) for i in rows if (text := found.sheet.text(i, j))
    )


def _year_alone(path: list[str]) -> int | None:
    """Return the year that heads an empty column, as a section row does in a table that was turned round."""
    period = parse_period(path[-1]) if path else None
    return period.end.year if period is not None and period.frequency == "A" else None


def _read_column(j: int, path: list[str], cells: _Cells, context: Context) -> LaidColumn:
    head = HEADS.join(path)
    column = LaidColumn(j, head, role=Role.UNKNOWN, rule="no rule")
    path = with_shares_named(with_ordinals([_expanded(text, context) for text in path]))
    if said := said_of(path, context):
        if said == SKIP:
            return replace(column, role=Role.SKIPPED, rule="the layout leaves it out")
        return _as_value(column, path, context) or replace(column, rule="its period cannot be told")
    return _by_head(column, path, cells, context) or _by_cells(column, path, cells, context)


def _expanded(text: str, context: Context) -> str:
    """Return a head with the abbreviations written out that a remark explains."""
    for short, meaning in context.glossary.items():
        text = re.sub(rf"(?<!\w){short}(?!\w)", meaning, text)
    return text


def said_of(path: Sequence[str], context: Context) -> str:
    """Return what a layout says that heads stand for: the code of an indicator, `SKIP`, or nothing."""
    texts = undated_heads(path) if context.words else []
    whole = context.words.get(" ".join(texts), "")
    return whole or (context.words.get(texts[-1], "") if texts else "")


_ROLES = (
    (Role.INDICATOR, "indicator"), (Role.YEAR, "year"), (Role.MONTH, "month"), (Role.QUARTER, "quarter"),
    (Role.UNIT, "unit"), (Role.START, "start"), (Role.END, "end"), (Role.VALUE, "value"),
)  # fmt: skip


def _by_head(column: LaidColumn, path: list[str], cells: _Cells, context: Context) -> LaidColumn | None:
    """Return a column whose head is the word for its role: a row's number, its period, a remark, a rank."""
    whole, last = " ".join(path), path[-1] if path else ""
    index = words("heads", "index")
    if whole in index or (last in index and not cells.decimals):
        return replace(column, role=Role.LABEL, rule="its head says numbers of rows")
    if whole in words("heads", "codes"):
        return replace(column, role=Role.LABEL, rule="its head says codes")
    for role, name in _ROLES:
        if whole in words("heads", name):
            return _special(column, role, cells, context)
    if whole in words("heads", "period") and _mostly_periods(cells.texts, context.report.year):
        return replace(column, role=Role.PERIOD, rule="its head says period")
    is_remark = words("heads", "remark_words").inside(last)
    if is_remark and not (cells.texts and all(map(is_number_like, cells.texts))):
        return replace(column, role=Role.REMARK, rule="its head says remarks")
    idle = words("heads", "skip_ends")
    if idle.ends(whole) or idle.ends(last) or words("heads", "skip_starts").starts(whole) or is_remark:
        return _idle(column, path, cells, context)
    return None


def _special(column: LaidColumn, role: Role, cells: _Cells, context: Context) -> LaidColumn:
    texts = cells.texts
    if role in (Role.YEAR, Role.MONTH, Role.QUARTER) and _mostly_periods(texts, None):
        plain_years = all(re.fullmatch(r"(19|20)\d\d", text.strip()) for text in texts)
        role = Role.YEAR if role == Role.YEAR and plain_years else Role.PERIOD
    if role == Role.INDICATOR and cells.figures and not _mostly_indicators(texts):
        return replace(column, rule="headed as names of indicators, and holds figures")
    percent = "%" in column.head or context.percent
    return replace(column, role=role, percent=percent, rule=f"its head says {role}")


def _idle(column: LaidColumn, path: list[str], cells: _Cells, context: Context) -> LaidColumn:
    """Return a column of ranks or kinds; “Cấp xã” below the name of a share heads figures of its own."""
    if not cells.figures:
        return replace(column, role=Role.LABEL, rule="its head says a kind, a source or a rank")
    value = _as_value(column, path, context)
    if value is not None and value.indicator:
        return value
    figures = cells.decimals or fold_text(path[-1]).startswith("cap ")
    role = Role.UNKNOWN if len(path) > 1 and figures else Role.SKIPPED
    return replace(column, role=role, rule="its head says a kind, a source or a rank")


def _by_cells(column: LaidColumn, path: list[str], cells: _Cells, context: Context) -> LaidColumn:
    """Return a column of places, of figures or of anything else, as its cells tell."""
    texts = cells.texts
    kinds = [read_place(text).kind for text in texts]
    if texts and sum(kind in (PLACE, REGION) for kind in kinds) > len(texts) / 2:
        role = Role.PLACES if kinds.count(PLACE) > kinds.count(REGION) else Role.LABEL
        return replace(column, role=role, rule="its cells are places")
    if path and kinds.count(BELOW) > len(texts) / 2 and not cells.figures:
        return replace(column, role=Role.UNITS, rule="its cells are units below the province")
    if (value := _as_value(column, path, context)) is not None:
        return value
    if _mostly_indicators(texts):
        return replace(column, role=Role.INDICATOR, rule="its cells are indicators")
    if not any(map(_holds_digits, texts)):
        year = context.report.year
        periods = texts and (_all_spans(texts, year) if path else _mostly_periods(texts, year))
        return replace(
            column,
            role=Role.PERIOD if periods else Role.LABEL,
            rule="its cells are periods" if periods else "its cells are words",
        )
    if _all_spans(texts, context.report.year):
        return replace(column, role=Role.PERIOD, rule="its cells are periods")
    return replace(
        column,
        role=Role.UNKNOWN if cells.figures or any(map(_TWO_FIGURES.match, texts)) else Role.LABEL,
        rule="no indicator is called so",
    )


def _holds_digits(text: str) -> bool:
    return any(map(str.isdigit, text))


def _mostly_periods(texts: list[str], year: int | None) -> bool:
    known = [text for text in texts if not is_missing(text)]
    named = sum(is_numeric_day(text) or parse_period(text, year) is not None for text in known)
    return bool(known) and named > 0.6 * len(known)


def _all_spans(texts: list[str], year: int | None) -> bool:
    """Tell whether every text names a month, a quarter or a year in words, so that any head leaves no doubt."""
    found = [parse_period(text, year) for text in texts if not is_missing(text) and not text.isdigit()]
    return len(found) > 1 and all(p is not None and p.frequency not in ("X", "D") for p in found)


def _mostly_indicators(texts: list[str]) -> bool:
    return sum(map(is_indicator, texts)) > 0.5 * len(texts)


def _as_value(column: LaidColumn, path: list[str], context: Context) -> LaidColumn | None:
    """Return a column of values when every word of its head is understood."""
    read = read_head_period(path, context.report)
    if read is None:
        return None
    period, named = read
    # A head may stand above its unit: Tổng số hồ sơ | nghìn hồ sơ.
    rests = ["" if is_unit(piece) else rest for piece, rest in zip(path, named, strict=True)]
    said = said_of(path, context)
    indicator = by_code()[said] if said else indicator_of_heads(rests, context.indicator)
    if not said and indicator is not None and indicator.unit == "count" and path and "%" in path[-1]:
        return None
    rule = "the layout's words" if said else "its heads name the indicator"
    if indicator is None and (indicator := _of_title(rests, context.indicator)) is not None:
        rule = "its heads repeat words of the title's indicator"
    percent, multiplier = scale_of_heads(path, indicator, context)
    generic = bool(path) and all(map(is_generic, rests))
    if indicator is None and not (generic and (period or percent or any(map(fold_text, rests)))):
        return None
    code = indicator.code if indicator else ""
    found = replace(
        column, role=Role.VALUE, indicator=code, period=period, percent=percent, multiplier=multiplier
    )
    return replace(found, rule=rule if indicator else "its heads leave the indicator to title or row")


def _of_title(rests: Sequence[str], titled: Indicator | None) -> Indicator | None:
    """Return the title's count where a head only repeats words of it: “Số hồ sơ” below “Tổng số hồ sơ tiếp nhận”."""
    if titled is None or titled.unit != "count":
        return None
    name = set(fold_name(titled.name_vi).split())
    said = [fold_name(rest).split() for rest in rests if fold_text(rest)]
    counted = [piece for piece in said if set(piece) - {"so", "tong"}]
    return titled if counted and all(set(piece) <= name for piece in said) else None


def scale_of_heads(path: Sequence[str], indicator: Indicator | None, context: Context) -> tuple[bool, int]:
    """Tell whether heads or title say per cent, and how many of what is counted a printed one stands for."""
    own = unit_of_texts(reversed(path))
    line = indicator or context.indicator
    multiplier = own.factor_for(line) if own.factor else context.unit.factor_for(line)
    return any(map(names_percent, path)) or context.percent, multiplier


def _without_idle_names(found: Found, columns: list[LaidColumn], context: Context) -> list[LaidColumn]:
    """Return the columns; one headed “Chỉ tiêu” names no indicators where all figures have theirs from their heads."""
    values = [c for c in columns if c.is_value and found.texts(c.index)]
    if not values or any(not column.indicator for column in values):
        return columns
    return [
        _named_idly(found, column, context) if column.role == Role.INDICATOR else column for column in columns
    ]


def _named_idly(found: Found, column: LaidColumn, context: Context) -> LaidColumn:
    texts = found.texts(column.index)[:_SAMPLE]
    if _mostly_indicators(texts):
        return column
    role = Role.PERIOD if _all_spans(texts, context.report.year) else Role.LABEL
    return replace(column, role=role, rule="all figures have their indicator from their heads")


def _settle(columns: list[LaidColumn], context: Context, naming: int) -> list[LaidColumn]:
    """Give columns whose head names no indicator that of the surroundings, or tell them unknown.

    In a long table each row names its own indicator, and the head need not. Figures to the right of a second
    column of provinces, or of two of them, old and new ones, may be theirs: they are left to a layout.
    """
    first = min((column.index for column in columns if column.is_value), default=0)
    places = [c.index for c in columns if c.role == Role.PLACES]
    other = min((index for index in places if index > first or index < naming < first), default=10**9)
    columns = [
        replace(c, role=Role.UNKNOWN, unread="places", rule="beside a second column of provinces")
        if c.is_value and c.index > other
        else c
        for c in columns
    ]
    if any(column.role == Role.INDICATOR for column in columns):
        return columns
    return [
        _of_context(column, context) if column.is_value and not column.indicator else column
        for column in columns
    ]


def _of_context(column: LaidColumn, context: Context) -> LaidColumn:
    indicator = context.indicator
    # A title names what is counted, or an index, where a column says that it holds shares.
    no_share = indicator is not None and indicator.unit in ("count", "score") and says_share(column.head)
    if indicator is None or no_share:
        return replace(column, role=Role.UNKNOWN, rule="neither head nor title names an indicator")
    percent, multiplier = scale_of_heads(column.path, indicator, context)
    return replace(
        column,
        indicator=indicator.code,
        percent=percent,
        multiplier=multiplier,
        rule="the title names the indicator",
    )

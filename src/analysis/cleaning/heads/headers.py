"""What the columns of a table mean: name, period, indicator, value, or nothing we read."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from analysis.cleaning.figures.units import is_unit, unit_of_texts
from analysis.cleaning.heads.compounds import is_compound
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.flags import is_flag
from analysis.cleaning.heads.footnotes import expand
from analysis.cleaning.heads.headpaths import header_paths, with_ordinals
from analysis.cleaning.heads.headperiods import read_head_period, undated_heads
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.pivots import field_name, tells_of_units
from analysis.cleaning.words.headtexts import (
    first_line,
    names_percent,
    other_lines,
)
from analysis.cleaning.words.indicator_names import indicator_of_heads, is_generic
from analysis.cleaning.words.percent_heads import with_shares_named
from analysis.cleaning.words.periods import Period, find_period, parse_period
from analysis.cleaning.words.places import BELOW, PLACE, REGION, SKIP, read_place
from analysis.cleaning.words.samples import all_spans, has_decimals, mostly_indicators, mostly_periods
from analysis.reference.indicators import Indicator, by_code
from analysis.reference.spelling import fold_text

VALUE, INDICATOR, PERIOD, YEAR, MONTH, QUARTER, UNIT, SKIPPED, UNKNOWN_ROLE = (
    "value",
    "indicator",
    "period",
    "year",
    "month",
    "quarter",
    "unit",
    "skipped",
    "unknown",
)
START, END, NUMERATOR, DENOMINATOR = "start", "end", "numerator", "denominator"
LABEL, PLACES = "label", "places"
UNITS = "units"
FLAG = "flag"
REMARK = "remark"
_INDEX = {"stt", "tt", "so tt", "so thu tu", "no", "id", "figure id"}
_SKIP = re.compile(
    r".*\b(xep hang|thu hang|xep loai|xep thu|rank|ranking|vi tri|nguon|source|url|kind|"
    r"hang|qualifier|source id|raw location|province frame|frequency|as of|publisher|title|published|geography)$|"
    r"^(vung|khu vuc|region|mien|loai|cap|phan loai|iso|type)( .*)?$"
)
_REMARK = re.compile(
    r"(.* )?(ghi chu|chu thich|luu y|ly do|nguyen nhan|giai trinh|notes?|remarks?|comments?)( .{0,40})?"
)
_CODES = re.compile(
    r"(ma|code|gso|iso)( (tinh|so|gso|iso|code|dia phuong|don vi|province))*|province code|code"
)
PERIOD_HEADS = {
    "ky", "ky bc", "ky bao cao", "thoi gian", "thoi diem", "period", "date", "ngay", "ky so lieu", "giai doan",
    "time", "ky thong ke", "thoi ky", "ngay bao cao", "thang bao cao", "ngay thang", "thang nam", "ngay chot so lieu",
    "ngay chot", "ngay so lieu", "report date", "report month", "report period", "month year", "tq", "tm", "yq", "ym",
    "qtr", "year quarter", "year month", "quarter year",
}  # fmt: skip
ROLE_HEADS = {
    INDICATOR: {
        "chi tieu", "chi so", "indicator", "ten chi tieu", "noi dung", "tieu chi", "ten chi so", "bien",
        "variable", "measure", "chi tieu thong ke",
    },
    YEAR: {"nam", "year", "nam bao cao"},
    MONTH: {"thang", "month"},
    QUARTER: {"quy", "quarter"},
    UNIT: {"don vi tinh", "dvt", "unit", "dv tinh", "don vi do"},
    START: {"period start", "start", "tu ngay", "ngay bat dau", "bat dau"},
    END: {"period end", "end", "den ngay", "ngay ket thuc", "ket thuc"},
    NUMERATOR: {"tu so", "numerator"},
    DENOMINATOR: {"mau so", "denominator"},
    VALUE: {"gia tri", "value", "so lieu", "ket qua", "outcome", "thuc hien", "ket qua thuc hien", "so thuc hien"},
}  # fmt: skip
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Column:
    """One column of a table: its role and, for values, the indicator and the period its header names.

    `path` holds its heads from top to bottom; `share` is the column whose numerator or denominator it holds;
    `multiplier` is 1000 where the unit is a thousand of what is counted; `unread` says why its
    figures are not read: `twin` of another column, `unlisted` in the layout, of a period that is not
    told (`since`), of several units of a province (`units`), or a `forecast`. `span` is told by `row_spans`;
    `stated` tells that a layout gives the period.
    """

    index: int
    head: str
    role: str
    indicator: Indicator | None = None
    period: Period | None = None
    says_percent: bool = False
    decimal: str = ""
    fraction: bool | None = None
    path: tuple[str, ...] = ()
    share: int | None = None
    multiplier: int = 1
    unread: str = ""
    span: str = ""
    stated: bool = False


def read_columns(block: Block, context: Context) -> list[Column]:
    """Return the meaning of every column that holds anything in the rows of a table."""
    paths = header_paths(block)
    bilingual = any("\n" in text for i in block.header for text in block.sheet.rows[i])
    first, second = (header_paths(block, cut) if bilingual else paths for cut in (first_line, other_lines))
    columns: list[Column] = []
    within = context
    for j in range(block.sheet.width):
        if j == block.name_column:
            continue
        texts = [t for i in block.data[:400] if (t := block.sheet.text(i, j))]
        if not texts and not paths[j]:
            continue
        if not texts and (year := _year_alone(paths[j])):
            within = replace(context, year=year)
        column = _read_column(j, paths[j], texts, within)
        if column.role in (UNKNOWN_ROLE, LABEL) and first[j] != paths[j]:
            column = _read_twice(column, first[j], second[j], texts, within)
        if column.role == VALUE and tells_of_units(block, paths, j):
            column = replace(column, role=UNKNOWN_ROLE, unread="units")
        columns.append(replace(column, path=tuple(paths[j])))
    return _settle(_without_idle_names(block, columns, context), context)


def _without_idle_names(block: Block, columns: list[Column], context: Context) -> list[Column]:
    """Return the columns; one headed “Chỉ tiêu” names no indicators where all figures have theirs from their heads."""
    values = [c for c in columns if c.role == VALUE and any(block.texts(c.index))]
    if not values or any(column.indicator is None for column in values):
        return columns
    return [_idle(block, column, context) if column.role == INDICATOR else column for column in columns]


def _idle(block: Block, column: Column, context: Context) -> Column:
    texts = [text for text in block.texts(column.index)[:400] if text]
    if mostly_indicators(texts):
        return column
    return replace(column, role=PERIOD if all_spans(texts, context.year) else LABEL)


def _read_twice(
    column: Column, first: list[str], second: list[str], texts: list[str], context: Context
) -> Column:
    """Return what both lines of a bilingual head mean: Tổng số hồ sơ, below it Dossiers received."""
    one, other = (_read_column(column.index, path, texts, context) for path in (first, second))
    meanings = [(read.role, read.indicator, read.period) for read in (one, other)]
    if meanings[0] != meanings[1] or one.role == UNKNOWN_ROLE:
        return column
    return replace(one, head=column.head, says_percent=one.says_percent or other.says_percent)


def _year_alone(path: list[str]) -> int | None:
    """Return the year that heads an empty column, as a section row does in a table that was turned round."""
    period = parse_period(path[-1]) if path else None
    return period.end.year if period is not None and period.frequency == "A" else None


def _read_column(j: int, path: list[str], texts: list[str], context: Context) -> Column:
    head = " / ".join(path)
    path = with_shares_named(with_ordinals([_CAMEL.sub(" ", field_name(text)) for text in path]))
    if said := _said(path, context):
        column = None if said == SKIP else _value_column(j, path, head, context)
        return column or Column(j, head, SKIPPED if said == SKIP else UNKNOWN_ROLE)
    path = [expand(text, context.glossary) for text in path]
    return _by_head(j, path, head, texts, context) or _by_cells(j, path, head, texts, context)


def _by_head(j: int, path: list[str], head: str, texts: list[str], context: Context) -> Column | None:
    """Return a column whose head is the word for its role: a row's number, its period, a remark, a rank."""
    folded = fold_text(" ".join(path))
    last = fold_text(path[-1]) if path else ""
    if folded in _INDEX or (last in _INDEX and not has_decimals(texts)) or _CODES.fullmatch(folded):
        return Column(j, head, LABEL)
    if is_flag(folded, texts):
        return Column(j, head, FLAG)
    for role, heads in ROLE_HEADS.items():
        if folded in heads:
            return _special(j, head, role, texts, context)
    if folded in PERIOD_HEADS and mostly_periods(texts, context.year):
        return Column(j, head, PERIOD)
    if _REMARK.fullmatch(last) and not (texts and all(map(is_number_like, texts))):
        return Column(j, head, REMARK)
    if _SKIP.fullmatch(folded) or _SKIP.fullmatch(last) or _REMARK.fullmatch(last):
        return _skipped(j, path, head, texts, context)
    return None


def _by_cells(j: int, path: list[str], head: str, texts: list[str], context: Context) -> Column:
    """Return a column of places, of figures or of anything else, as its cells tell."""
    kinds = [read_place(text).kind for text in texts]
    if texts and sum(kind in (PLACE, REGION) for kind in kinds) > len(texts) / 2:
        return Column(j, head, PLACES if kinds.count(PLACE) > kinds.count(REGION) else LABEL)
    if path and kinds.count(BELOW) > len(texts) / 2 and not any(map(is_number_like, texts)):
        return Column(j, head, UNITS)
    column = _value_column(j, path, head, context)
    if column is not None:
        return column
    if mostly_indicators(texts):
        return Column(j, head, INDICATOR)
    if not any(is_number_like(t) or is_compound(t) for t in texts):
        periods = texts and (all_spans(texts, context.year) if path else mostly_periods(texts, context.year))
        return Column(j, head, PERIOD if periods else LABEL)
    return Column(j, head, UNKNOWN_ROLE if path or texts else LABEL)


def _said(path: list[str], context: Context) -> str:
    """Return what a layout says that heads stand for: the code of an indicator, `SKIP`, or nothing."""
    texts = undated_heads(path) if context.words else []
    whole = context.words.get(" ".join(texts), "")
    return whole or (context.words.get(texts[-1], "") if texts else "")


def _skipped(j: int, path: list[str], head: str, texts: list[str], context: Context) -> Column:
    """Return a column of ranks or kinds; “Cấp xã” below the name of a share heads figures of its own."""
    if not any(map(is_number_like, texts)):
        return Column(j, head, LABEL)
    column = _value_column(j, path, head, context)
    if column is not None and column.indicator is not None:
        return column
    figures = has_decimals(texts) or fold_text(path[-1]).startswith("cap ")
    return Column(j, head, UNKNOWN_ROLE if len(path) > 1 and figures else SKIPPED)


def _special(j: int, head: str, role: str, texts: list[str], context: Context) -> Column:
    if role in (YEAR, MONTH, QUARTER) and mostly_periods(texts, None):
        plain_years = all(re.fullmatch(r"(19|20)\d\d", t.strip()) for t in texts)
        role = YEAR if role == YEAR and plain_years else PERIOD
    if role == INDICATOR and any(map(is_number_like, texts)) and not mostly_indicators(texts):
        return Column(j, head, UNKNOWN_ROLE)
    return Column(j, head, role, says_percent="%" in head or context.says_percent)


def _value_column(j: int, path: list[str], head: str, context: Context) -> Column | None:
    """Return a column of values when every word of its header is understood."""
    read = read_head_period(path, context)
    if read is None:
        return None
    period, named = read
    # A head may stand above its unit: Tổng số hồ sơ | nghìn hồ sơ.
    rests = ["" if is_unit(piece) else rest for piece, rest in zip(path, named, strict=True)]
    said = _said(path, context)
    indicator = by_code()[said] if said else indicator_of_heads(rests, context.indicator)
    if not said and indicator is not None and indicator.unit == "count" and path and "%" in path[-1]:
        return None
    generic = path and all(is_generic(rest) for rest in rests)
    says_percent, multiplier = scale_of_heads(path, indicator, context)
    if indicator is None and not (generic and (period or says_percent or any(map(fold_text, rests)))):
        return None
    return Column(j, head, VALUE, indicator, period, says_percent, multiplier=multiplier)


def scale_of_heads(path: list[str], indicator: Indicator | None, context: Context) -> tuple[bool, int]:
    """Tell whether heads or title say per cent, and how many of what is counted a printed one stands for."""
    own = unit_of_texts(reversed(path))
    multiplier = own.factor or context.unit.factor_for(indicator or context.indicator)
    return any(map(names_percent, path)) or context.says_percent, multiplier


def _settle(columns: list[Column], context: Context) -> list[Column]:
    """Give columns whose header names no indicator that of the surroundings, or tell them unknown.

    In a long table each row names its own indicator, and the header need not. Figures to the right of a second
    column of provinces may be theirs: they are left to a layout.
    """
    first = min((column.index for column in columns if column.role == VALUE), default=0)
    other = min((c.index for c in columns if c.role == PLACES and c.index > first), default=10**6)
    columns = [replace(c, role=UNKNOWN_ROLE) if c.role == VALUE and c.index > other else c for c in columns]
    if any(column.role == INDICATOR for column in columns):
        return columns
    settled = []
    for column in columns:
        if column.role == VALUE and column.indicator is None:
            indicator = None if _is_no_share(context.indicator, column) else context.indicator
            column = replace(column, role=VALUE if indicator else UNKNOWN_ROLE, indicator=indicator)
        settled.append(column)
    return settled


def _is_no_share(indicator: Indicator | None, column: Column) -> bool:
    """Tell whether a title names what is counted, or an index, where a column says that it holds shares."""
    says_share = bool(re.search(r"%|\b(tỷ|tỉ) lệ\b", column.head, re.IGNORECASE))
    return indicator is not None and indicator.unit in ("count", "score") and says_share


def is_dated(columns: list[Column]) -> bool:
    """Tell whether rows, or the heads of all figures, name their period themselves."""
    roles = {column.role for column in columns}
    figures = [column for column in columns if column.role in (VALUE, UNKNOWN_ROLE)]
    return bool(roles & {PERIOD, YEAR, END}) or all(map(_names_period, figures))


def _names_period(column: Column) -> bool:
    return column.period is not None or any(find_period(piece) for piece in column.path)


def without_twins(columns: list[Column], context: Context) -> list[Column]:
    """Leave columns to a layout that stand for the same indicator and period: what tells them apart was not read."""
    values = [column for column in columns if column.role == VALUE]
    twins = Counter((column.indicator, column.period or context.period, column.span) for column in values)
    return [
        replace(column, role=UNKNOWN_ROLE, unread="twin")
        if column.role == VALUE and twins[column.indicator, column.period or context.period, column.span] > 1
        else column
        for column in columns
    ]

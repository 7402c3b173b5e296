"""What the columns of a table mean: name, period, indicator, value, or nothing we read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from analysis.cleaning.blocks import Block
from analysis.cleaning.cells import is_number_like
from analysis.cleaning.periods import Period, find_period, parse_period, plain_text
from analysis.cleaning.places import BELOW, PLACE, REGION, read_place
from analysis.reference.indicators import Indicator, by_code, names
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
START, END, NUMERATOR, DENOMINATOR, LABEL, PLACES = (
    "start",
    "end",
    "numerator",
    "denominator",
    "label",
    "places",
)
UNITS = "units"

_INDEX = {"stt", "tt", "so tt", "so thu tu", "no", "id", "figure id"}
_SKIP = re.compile(
    r".*\b(xep hang|thu hang|xep loai|xep thu|rank|ranking|vi tri|ghi chu|note|notes|remarks|nguon|source|url|kind|"
    r"hang|qualifier|source id|raw location|province frame|frequency|as of|publisher|title|published|geography)$|"
    r"^(vung|khu vuc|region|mien|loai|cap|phan loai|iso|type)( .*)?$"
)
_CODES = re.compile(
    r"(ma|code|gso|iso)( (tinh|so|gso|iso|code|dia phuong|don vi|province))*|province code|code"
)
_PERIOD_HEADS = {
    "ky", "ky bc", "ky bao cao", "thoi gian", "thoi diem", "period", "date", "ngay", "ky so lieu", "giai doan", "time",
    "ky thong ke", "thoi ky", "ngay bao cao", "thang bao cao", "ngay thang", "thang nam",
    "report date", "report month", "report period", "month year",
}  # fmt: skip
_ROLE_HEADS = {
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
_GENERIC = {
    "", "ty le", "ti le", "ty le phan tram", "ti le phan tram", "gia tri", "value", "so lieu", "ket qua", "thuc hien",
    "ket qua thuc hien", "phan tram", "percent", "percentage", "outcome", "ty le dat", "ty le dat duoc", "so luong",
    "kq", "luy ke", "thuc hien luy ke", "trong ky", "score", "diem", "diem so", "dat",
}  # fmt: skip
_FILLERS = {
    "ket", "qua", "thuc", "hien", "so", "lieu", "luy", "ke", "trong", "ky", "bao", "cao", "cua", "tinh",
    "den", "the", "of", "in", "dat", "duoc", "nam", "cac", "dia", "phuong", "ty", "le", "and", "ngay", "het", "thoi",
    "diem", "gia", "tri", "bo", "prel", "uoc", "est",
}  # fmt: skip
# Words of group heads that leave the meaning of the head below them as it is.
_GROUP_WORDS = _FILLERS | {
    "ho", "so", "tiep", "nhan", "dich", "vu", "cong", "thu", "tuc", "hanh", "chinh", "tthc", "tinh", "hinh", "tong",
    "cac", "luong", "ve",
}  # fmt: skip
_UNIT_MARKS = re.compile(
    r"\((?:[^()]*(?:%|đvt|đơn vị|dvt|unit|percent|phần trăm|hồ sơ|điểm|dịch vụ|dvc|tthc|thủ tục|nghìn|"
    r"ngàn|triệu)[^()]*)\)|%|\(?\d{1,2}\)?\s*=\s*[\d()/x*×:+\- ]+|\(\d{1,2}\)|đơn vị tính\s*:?.*$|đvt\s*:?.*$",
    re.IGNORECASE,
)
# The date of a covering letter, or of the place where it was signed, is not that of the figures.
_DAY = r"(?:\d{1,2} ?[/.\-] ?\d{1,2} ?[/.\-] ?|\d{1,2} thang \d{1,2} nam )(?:19|20)\d\d"
_BETWEEN = r"\b(?:(?!\b(?:den|het|tinh|tu)\b)[^;])*?"
_LETTER = re.compile(
    rf"(kem theo|theo (quyet dinh|cong van|bao cao|thong tu|ke hoach|van ban)|(quyet dinh|cong van|thong tu) so)"
    rf"{_BETWEEN}{_DAY}|\bngay (ket xuat|xuat|in|lap|tao){_BETWEEN}{_DAY}|"
    rf"^(?!.*\b(den|het|tinh|luy ke|so lieu|tu|ky|thoi diem)\b)[\w ]{{2,40}},? ngay {_DAY}\W*$"
)
_UNIT_LINE = re.compile(r"^(don vi( tinh)?|dvt|dv tinh|unit)\b")
_MULTIPLIER = re.compile(
    r"(nghìn|ngàn|triệu|thousand|\b1[.,]000(?= (?:hồ sơ|lượt|giao dịch|dịch vụ)))", re.IGNORECASE
)
_PIVOT = re.compile(r"^\s*(sum|average|count|max|min|tổng|trung bình|số lượng)\s+(of|của)\s+", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PERCENT = re.compile(r"%|percent|phần trăm|per cent", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """One column of a table: its role and, for values, the indicator and the period its header names.

    `path` holds its heads from top to bottom; `share` is the column whose numerator or denominator it holds;
    `multiplier` is 1000 where the unit is a thousand of what is counted.
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


@dataclass(frozen=True)
class Context:
    """What stands around a table: the texts above it, the sheet's and the file's name, nearest first."""

    texts: list[str] = field(default_factory=list)
    year: int | None = None
    period: Period | None = None
    indicator: Indicator | None = None
    says_percent: bool = False
    multiplier: int = 1


def read_context(block: Block, before: Sequence[str], file: str) -> Context:
    """Return period and indicator that the surroundings of a table name, the nearest first."""
    stem = re.sub(r"\.[A-Za-z]{2,5}$", "", file.replace("_", " "))
    texts = [*reversed(block.titles), block.sheet.name, *reversed(before), stem]
    texts += [block.sheet.text(i, j) for i in block.notes[:6] for j in range(3)]
    if block.sheet.transposed:
        texts += [t for row in block.sheet.rows for t in row[: block.name_column] if t]
    texts = [shorten(text) for text in texts if text]
    dated = [_LETTER.sub(" ", plain_text(text)) for text in texts]
    year = next((found[0].end.year for text in dated if (found := find_period(text))), None)
    period = next((found[0] for text in dated if (found := find_period(text, year))), None)
    indicator = next((found_in for text in texts if (found_in := name_inside(text))), None)
    percent = any(_PERCENT.search(text) for text in block.titles)
    multiplier = next((number for text in reversed(block.titles) if (number := _unit_line(text))), 1)
    return Context(texts, year, period, indicator, percent, multiplier)


def _unit_line(text: str) -> int:
    """Return what one unit counts in a line like “Đơn vị tính: nghìn hồ sơ”, 0 in any other line."""
    return _multiplier(text) if _UNIT_LINE.search(fold_text(text)) else 0


def _multiplier(text: str) -> int:
    """Return 1000 or 1,000,000 where a text names a unit of thousands or millions, else 1."""
    found = _MULTIPLIER.search(text)
    return (1_000_000 if found[1].lower() == "triệu" else 1000) if found else 1


def read_columns(block: Block, context: Context) -> list[Column]:
    """Return the meaning of every column that holds anything in the rows of a table."""
    paths = header_paths(block)
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
        columns.append(replace(_read_column(j, paths[j], texts, within), path=tuple(paths[j])))
    return _settle(columns, context)


def _year_alone(path: list[str]) -> int | None:
    """Return the year that heads an empty column, as a section row does in a table that was turned round."""
    period = parse_period(path[-1]) if path else None
    return period.end.year if period is not None and period.frequency == "A" else None


def shorten(text: str) -> str:
    """Return a text with single spaces, cut where no header or title goes on."""
    return " ".join(text[:4000].split())[:500]


def header_paths(block: Block) -> list[list[str]]:
    """Return, for every column, the header texts from top to bottom, merged cells repeated."""
    sheet, width = block.sheet, block.sheet.width
    place = {sheet.numbers[i]: h for h, i in enumerate(block.header)}
    grid = [[shorten(sheet.text(i, j)) for j in range(width)] for i in block.header]
    merged = False
    for top, left, bottom, right in sheet.merges:
        rows = [place[number] for number in range(top, min(bottom, top + 50) + 1) if number in place]
        if rows and top in place:
            merged = merged or right > left
            for h in rows:
                for j in range(left, min(right, width - 1) + 1):
                    grid[h][j] = grid[place[top]][left]
    if not merged:
        for h in range(len(grid) - 1):
            _fill_right(grid, h, block.name_column)
    return [_path([row[j] for row in grid]) for j in range(width)]


def _path(texts: list[str]) -> list[str]:
    """Return the heads of one column from top to bottom, without repetitions and without mere ordinals."""
    path = [text for text in dict.fromkeys(texts) if text]
    named = [text for text in path if not re.fullmatch(r"\(?\d{1,2}\)?", text)]
    if any(fold_text(text) in ("quy", "thang") for text in named):
        return path
    return named or path


def _fill_right(grid: list[list[str]], h: int, name_column: int) -> None:
    """Repeat an upper head over the columns to its right that have a head of their own below."""
    for j in range(name_column + 2, len(grid[h])):
        below = grid[h + 1 :]
        open_here = not grid[h][j] and any(row[j] for row in below)
        if open_here and grid[h][j - 1] and any(row[j - 1] for row in below):
            grid[h][j] = grid[h][j - 1]


def _read_column(j: int, path: list[str], texts: list[str], context: Context) -> Column:
    head = " / ".join(path)
    path = _with_ordinals([_CAMEL.sub(" ", _PIVOT.sub("", text)) for text in path])
    folded = fold_text(" ".join(path))
    last = fold_text(path[-1]) if path else ""
    if folded in _INDEX or (last in _INDEX and not _has_decimals(texts)) or _CODES.fullmatch(folded):
        return Column(j, head, LABEL)
    for role, heads in _ROLE_HEADS.items():
        if folded in heads:
            return _special(j, head, role, texts, context)
    if folded in _PERIOD_HEADS and _mostly_periods(texts, context.year):
        return Column(j, head, PERIOD)
    if _SKIP.fullmatch(folded) or _SKIP.fullmatch(last):
        return Column(j, head, SKIPPED if any(map(is_number_like, texts)) else LABEL)
    kinds = [read_place(text).kind for text in texts]
    if texts and sum(kind in (PLACE, REGION) for kind in kinds) > len(texts) / 2:
        return Column(j, head, PLACES if kinds.count(PLACE) > kinds.count(REGION) else LABEL)
    if kinds.count(BELOW) > len(texts) / 2 and not any(map(is_number_like, texts)):
        return Column(j, head, UNITS)
    column = _value_column(j, path, head, context)
    if column is not None:
        return column
    if _mostly_indicators(texts):
        return Column(j, head, INDICATOR)
    if not any(is_number_like(t) for t in texts):
        periods = texts and not path and _mostly_periods(texts, context.year)
        return Column(j, head, PERIOD if periods else LABEL)
    return Column(j, head, UNKNOWN_ROLE if path or texts else LABEL)


def _has_decimals(texts: list[str]) -> bool:
    """Tell figures under an abbreviation like “TT” (online) from the numbers of rows."""
    return any(re.search(r"\d[.,]\d", text) for text in texts)


def _with_ordinals(path: list[str]) -> list[str]:
    """Join a head like “Quý” or “Tháng” with the number below it."""
    for k in range(len(path) - 1):
        if fold_text(path[k]) in ("quy", "thang", "nam") and re.fullmatch(
            r"[IVX]{1,4}|\d{1,4}", path[k + 1].strip()
        ):
            return [*path[:k], f"{path[k]} {path[k + 1]}", *path[k + 2 :]]
    return path


def _special(j: int, head: str, role: str, texts: list[str], context: Context) -> Column:
    if role in (YEAR, MONTH, QUARTER) and _mostly_periods(texts, None):
        plain_years = all(re.fullmatch(r"(19|20)\d\d", t.strip()) for t in texts)
        role = YEAR if role == YEAR and plain_years else PERIOD
    if role == INDICATOR and any(map(is_number_like, texts)) and not _mostly_indicators(texts):
        return Column(j, head, UNKNOWN_ROLE)
    return Column(j, head, role, says_percent="%" in head or context.says_percent)


def _mostly_periods(texts: list[str], year: int | None) -> bool:
    return bool(texts) and sum(parse_period(t, year) is not None for t in texts) > 0.6 * len(texts)


def _mostly_indicators(texts: list[str]) -> bool:
    return bool(texts) and sum(fold_text(_bare(shorten(t))) in names() for t in texts) > 0.5 * len(texts)


def _bare(text: str) -> str:
    return _UNIT_MARKS.sub(" ", text)


def _value_column(j: int, path: list[str], head: str, context: Context) -> Column | None:
    """Return a column of values when every word of its header is understood."""
    period: Period | None = None
    rests: list[str] = []
    for piece in path:
        found = find_period(piece, context.year) if not _is_indicator(piece) else None
        if found:
            period = found[0]
        rests.append(_bare(found[1] if found else piece))
    says_percent = any(_PERCENT.search(piece) for piece in path) or context.says_percent
    indicator = _indicator_of(rests)
    if indicator is not None and indicator.unit == "count" and path and "%" in path[-1]:
        return None
    generic = path and all(_is_generic(rest) for rest in rests)
    if indicator is None and not (generic and (period or says_percent or any(map(fold_text, rests)))):
        return None
    multiplier = next((number for piece in path if (number := _multiplier(piece)) > 1), context.multiplier)
    return Column(j, head, VALUE, indicator, period, says_percent, multiplier=multiplier)


def _is_indicator(piece: str) -> bool:
    return fold_text(piece) in names() or fold_text(_bare(piece)) in names()


def _is_generic(rest: str) -> bool:
    words = fold_text(rest)
    return words in _GENERIC or all(word in _FILLERS for word in words.split())


def _indicator_of(rests: list[str]) -> Indicator | None:
    """Return the indicator that the pieces of a header spell: joined, reversed, or one of them among fillers."""
    folded = [text for rest in rests if (text := fold_text(rest).removeprefix("trong do").strip())]
    for joined in (" ".join(folded), " ".join(reversed(folded))):
        if joined in names():
            return by_code()[names()[joined]]
    exact = {names()[text] for text in folded if text in names()}
    others = [text for text in folded if text not in names()]
    if len(exact) == 1 and all(_is_generic(text) or set(text.split()) <= _GROUP_WORDS for text in others):
        return by_code()[exact.pop()]
    inside = {found.code for text in folded if (found := _among_fillers(text))}
    if len(inside) == 1 and all(_is_generic(text) or _among_fillers(text) for text in folded):
        return by_code()[inside.pop()]
    return None


def _among_fillers(folded: str) -> Indicator | None:
    found = name_inside(folded)
    if found is None:
        return None
    for name, code in names().items():
        if code == found.code and f" {name} " in f" {folded} ":
            rest = f" {folded} ".replace(f" {name} ", " ", 1).split()
            if all(word in _FILLERS for word in rest):
                return found
    return None


def name_inside(text: str) -> Indicator | None:
    """Return the one indicator whose name stands in a text; a name inside a longer one does not count."""
    folded = f" {fold_text(_bare(text))} "
    inside = [name for name in names() if len(name) > 7 and f" {name} " in folded]
    longest = [n for n in inside if not any(n != m and f" {n} " in f" {m} " for m in inside)]
    codes = {names()[name] for name in longest}
    return by_code()[codes.pop()] if len(codes) == 1 else None


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
            role = VALUE if context.indicator else UNKNOWN_ROLE
            column = replace(column, role=role, indicator=context.indicator)
        settled.append(column)
    return settled


def indicator_of_cell(text: str) -> Indicator | None:
    """Return the indicator that a cell of an indicator column names, exactly."""
    text = shorten(text)
    code = names().get(fold_text(text)) or names().get(fold_text(_bare(text)))
    return by_code()[code] if code else None

"""The numbers of one column: its own decimal mark and scale, decided from the whole of it, never cell by cell."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analysis.cleaning.grid import DATE, ERROR, NUMBER, PERCENT, TEXT, UNCACHED
from analysis.cleaning.messages import Message, message
from analysis.cleaning.periods import plain_text
from analysis.reference.spelling import fold_text

_MISSING_MARKS = {
    "",
    "-",
    "--",
    "---",
    "x",
    "…",
    "...",
    "..",
    ".",
    "/",
    "na",
    "n a",
    "nan",
    "null",
    "none",
    "*",
}
_MISSING_WORDS = {
    "chua co so lieu", "khong co so lieu", "chua co", "khong co", "khong", "chua bao cao", "khong bao cao",
    "chua cap nhat", "khong phat sinh", "chua phat sinh", "n a", "na", "no data", "chua thong ke", "ko co", "kpa",
    "kps",
}  # fmt: skip
_DASHES = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "\xa0": " ", "\u202f": " ", "\u2009": " "}
)
# No number is longer; patterns need not walk over more.
_LONGEST = 100
# A mark that points to a footnote: 50,0%* or 71,12 (1).
_FOOTNOTE = re.compile(r"(?<=[\d%])\s*(?:\*{1,3}|\((?:\d|\*{1,3}|[a-z])\))$")
_PLAIN = re.compile(r"-?\d+")
_SPACED = re.compile(r"-?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_ONE_MARK = re.compile(r"-?(\d+)([.,])(\d+)")
_GROUPED = {mark: re.compile(rf"-?\d{{1,3}}(?:\{mark}\d{{3}}){{2,}}") for mark in ".,"}
_BOTH = {
    ",": re.compile(r"-?\d{1,3}(?:\.\d{3})+,\d+"),  # 1.926,5: the comma is decimal
    ".": re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+"),  # 1,926.5: the dot is decimal
}


@dataclass(frozen=True)
class Reading:
    """One cell read: a value, or what is said of a cell that is held back."""

    value: float = math.nan
    said: Message | None = None
    note: str = ""
    qualifier: str = "exact"

    @property
    def rule(self) -> str:
        """The rule that holds the cell back, empty for a value."""
        return self.said.rule if self.said else ""


@dataclass(frozen=True)
class Scale:
    """What is known of a column: its unit and bounds, whether its header says per cent, what a layout says.

    `multiplier` is what one of the column's own units counts: 1000 where it is headed “nghìn hồ sơ”.
    """

    unit: str
    lower: float | None = None
    upper: float | None = None
    says_percent: bool = False
    decimal: str = ""
    fraction: bool | None = None
    multiplier: int = 1


@dataclass(frozen=True)
class _Cell:
    body: str
    percent: bool
    stored: bool
    qualifier: str = "exact"


_QUALIFIERS = (
    (re.compile(r"(>=|≥|tu|it nhat|toi thieu|at least|dat tren)\s*"), "at_least"),
    (re.compile(r"(<=|≤|toi da|khong qua|at most|<|duoi|under|below)\s*"), "at_most"),
    (re.compile(r"(>|tren|hon|over|above)\s*"), "over"),
    (re.compile(r"(~|≈|khoang|gan|xap xi|about|around|approx\.?|ca\.)\s*"), "about"),
)


def read_column(texts: Sequence[str], kinds: str, scale: Scale) -> list[Reading]:
    """Return a reading for every cell of one column.

    `kinds` holds one letter a cell (see `grid`), or nothing when all is text. Equal cells get equal readings.
    """
    keys = list(zip(texts, kinds, strict=True)) if kinds else [(text, TEXT) for text in texts]
    distinct = dict.fromkeys(keys)
    cells = {key: _take(*key) for key in distinct}
    numbers = {key: cell for key, cell in cells.items() if isinstance(cell, _Cell)}
    mark = scale.decimal or _decimal_mark(numbers.values(), scale)
    plain = {key: _value(cell, mark, scale) for key, cell in numbers.items()}
    scaled = _apply_scale(plain, numbers, scale)
    readings = {key: scaled[key] if key in scaled else _missing(cell) for key, cell in cells.items()}
    return [readings[key] for key in keys]


def is_number_like(text: str) -> bool:
    """Tell whether a text could be a number, whatever its marks."""
    if len(text) > _LONGEST:
        return False
    body = _normalise(text).rstrip("%").strip()
    return bool(body) and bool(re.fullmatch(r"-?\d[\d., ]*", body))


def is_missing(text: str) -> bool:
    """Tell whether a text says that there is no number."""
    plain = text.strip().lower()
    if plain[:1].isdigit():
        return False
    return (
        plain in _MISSING_MARKS
        or plain.translate(_DASHES) in _MISSING_MARKS
        or fold_text(plain) in _MISSING_WORDS
    )


def _normalise(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return text.strip()


def _take(text: str, kind: str) -> _Cell | Reading:
    """Return a cell that holds a number, or the reading of one that does not."""
    if kind == ERROR or text.startswith("#"):
        return _held("formula_error", text=text)
    if kind == UNCACHED or text.startswith("="):
        return _held("formula_without_value")
    if kind == DATE:
        return _held("number_unreadable.date", text=text)
    if kind in (NUMBER, PERCENT):
        return _Cell(text, kind == PERCENT, True)
    if len(text) > _LONGEST:
        text = " ".join(text.split())[:_LONGEST]
    if is_missing(text):
        return _held("missing.mark", text=text.strip()) if text.strip() else _held("missing")
    body = _normalise(text)
    if body.startswith("'"):
        body = body[1:]
    if body.startswith("+"):
        body = body[1:]
    body = _FOOTNOTE.sub("", body)
    body, qualifier = _qualified(body)
    percent = body.endswith("%")
    body = re.sub(r"\s*%$", "", body)
    return _Cell(body, percent, False, qualifier)


def _qualified(body: str) -> tuple[str, str]:
    """Split “trên 50%” into the number and how exact it is."""
    if body[:1].isdigit() or body[:1] == "-":
        return body, "exact"
    plain = plain_text(body)
    for pattern, qualifier in _QUALIFIERS:
        found = pattern.match(plain)
        if found and re.match(r"\d", plain[found.end() :]):
            return plain[found.end() :], qualifier
    return body, "exact"


def _missing(cell: _Cell | Reading) -> Reading:
    return cell if isinstance(cell, Reading) else _held("number_unreadable", text=cell.body[:60])


def _held(code: str, **values: object) -> Reading:
    return Reading(said=message(code, **values))


def _decimal_mark(cells: Iterable[_Cell], scale: Scale) -> str:
    """Return the decimal mark that every certain cell of the column agrees on, else nothing."""
    marks = {_certain_mark(cell.body, scale) for cell in cells if not cell.stored} - {""}
    return marks.pop() if len(marks) == 1 else ""


def _certain_mark(body: str, scale: Scale) -> str:
    """Return the decimal mark that one cell proves, else nothing."""
    if body.isdigit():
        return ""
    found = _ONE_MARK.fullmatch(body)
    if not found:
        return _certain_group(body)
    whole, mark, rest = found.groups()
    other = "." if mark == "," else ","
    if len(rest) != 3 or len(whole) > 3 or (whole.startswith("0")):
        return mark
    if scale.unit == "count" and scale.multiplier == 1 and rest != "000":
        return other
    if scale.upper is not None and float(whole + rest) > scale.upper:
        return mark
    return ""


def _certain_group(body: str) -> str:
    """Return the decimal mark that groups of three prove: 1.926,5 or 1.200.300."""
    for mark in ",.":
        if _BOTH[mark].fullmatch(body):
            return mark
        if _GROUPED[mark].fullmatch(body):
            return "." if mark == "," else ","
    return ""


def _value(cell: _Cell, mark: str, scale: Scale) -> Reading:
    """Return the number of one cell given the column's decimal mark; both readings when they differ."""
    body = cell.body
    if cell.stored:
        return Reading(float(body)) if _is_float(body) else _held("number_unreadable", text=body[:60])
    if _PLAIN.fullmatch(body):
        return _bounded(body)
    if _SPACED.fullmatch(body):
        return _bounded(body.replace(" ", "").replace(",", "."))
    own = _certain_mark(body, scale)
    if own or _ONE_MARK.fullmatch(body):
        decimal = own or mark
        if decimal:
            return _bounded(body.replace("." if decimal == "," else ",", "").replace(decimal, "."))
        low, high = float(body.replace(",", ".")), float(body.replace(",", "").replace(".", ""))
        return _held("number_ambiguous", text=body, low=low, high=high)
    return _held("number_unreadable", text=body[:60])


def _bounded(text: str) -> Reading:
    if len(text) > 30:
        return _held("number_unreadable.long", text=text[:30])
    return Reading(float(text))


def _is_float(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _qualify(reading: Reading, cell: _Cell) -> Reading:
    return reading if cell.qualifier == "exact" else replace(reading, qualifier=cell.qualifier)


_Key = tuple[str, str]


def _apply_scale(plain: dict[_Key, Reading], cells: dict[_Key, _Cell], scale: Scale) -> dict[_Key, Reading]:
    """Bring the column to the unit of its indicator (percent 0–100) and hold back what lies outside its range."""
    if scale.unit == "percent":
        bare = [key for key, cell in cells.items() if not cell.percent and not plain[key].rule]
        fraction, doubtful = _fraction_or_percent(bare, plain, cells, scale)
        plain = {
            key: _to_percent(reading, cells[key], key in fraction, key in doubtful)
            for key, reading in plain.items()
        }
    if scale.unit == "count" and scale.multiplier > 1:
        plain = {key: _multiplied(reading, scale.multiplier) for key, reading in plain.items()}
    return {key: _in_range(_qualify(reading, cells[key]), scale) for key, reading in plain.items()}


def _multiplied(reading: Reading, multiplier: int) -> Reading:
    """Return a count printed in thousands or millions as a count of ones."""
    if reading.rule:
        return reading
    # Binary arithmetic would leave 412.3 thousand a little off a whole number.
    return replace(
        reading, value=round(reading.value * multiplier, 6), note=f"printed in units of {multiplier:,}"
    )


def _fraction_or_percent(
    bare: list[_Key], plain: dict[_Key, Reading], cells: dict[_Key, _Cell], scale: Scale
) -> tuple[set[_Key], set[_Key]]:
    """Return which bare numbers are fractions of one, and which cannot be told."""
    small = {key for key in bare if 0 < abs(plain[key].value) <= 1}
    if scale.fraction is not None:
        return (set(bare), set()) if scale.fraction else (set(), set())
    if not small:
        return set(), set()
    large = [key for key in bare if abs(plain[key].value) > 1]
    if large:
        usual = max(_decimals(cells[key].body) for key in large)
        fine = {key for key in small if _decimals(cells[key].body) > max(usual, 2)}
        return set(), fine if scale.says_percent else small
    if scale.says_percent:
        return set(), small
    return small, set()


def _decimals(body: str) -> int:
    found = re.search(r"[.,](\d+)$", body)
    return len(found[1]) if found else 0


def _to_percent(reading: Reading, cell: _Cell, fraction: bool, doubtful: bool) -> Reading:
    if reading.rule:
        return reading
    if cell.percent:
        return Reading(_times_hundred(reading.value)) if cell.stored else reading
    if doubtful:
        low, high = reading.value, _times_hundred(reading.value)
        return _held("scale_ambiguous", text=cell.body, low=low, high=high)
    return Reading(_times_hundred(reading.value), note="read as a fraction of one") if fraction else reading


def _times_hundred(value: float) -> float:
    """Return the percentage of a fraction without the noise of binary arithmetic."""
    return round(value * 100, 10)


def _in_range(reading: Reading, scale: Scale) -> Reading:
    if reading.rule:
        return reading
    if scale.unit == "count" and not reading.value.is_integer():
        return _held("not_a_count", value=reading.value)
    below = scale.lower is not None and reading.value < scale.lower
    above = scale.upper is not None and reading.value > scale.upper
    if below or above:
        return _held("out_of_range", value=reading.value, lower=scale.lower, upper=scale.upper)
    return reading

"""What one unit of a count is: “ĐVT: nghìn hồ sơ” in a title, “(hồ sơ)” in a head, a cell of the row's own unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.cleaning.readers.grid import Codes, Sheet
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import plain_text
from analysis.reference.vocabulary import unit_words

_COUNTED, _FACTORS = unit_words()


def _any(words: Iterable[str]) -> str:
    """Return a pattern for the longest of some words; “tỷ” stands for so many of dong alone: “Tỷ lệ” is no unit."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w) + (r"(?= (?:dong|vnd)\b)" if w in ("ty", "ti") else "") for w in ordered)


_ANY = _any(_COUNTED)
_MANY = rf"(?P<many>{_any(_FACTORS)})\.?"
_NAMED = re.compile(r"\b(?:don vi(?: tinh)?|dvt|dv tinh|unit)\b\s*:?\s*([^()\n]*)")
_BRACKET = re.compile(r"\(([^()]*)\)")
_FACTOR = re.compile(rf"(?<![\w.,]){_MANY}(?=\s*(?:$|[;,/\-]|(?:{_ANY})\b))")
_MENTION = re.compile(rf"(?<![\w.,])(?!\d){_MANY}(?=\s*(?:$|[;,]|(?:{_ANY})\b))")
_ALONE = re.compile(rf"\(?(?:(?:don vi(?: tinh)?|dvt)\s*:?\s*)?{_MANY}(?:\s*(?:{_ANY}))?\)?")
_ONE = re.compile(rf"(?:{_ANY})\b")
_FIRST = re.compile(rf"\s*({_ANY})\b")
# “Hơn 2 triệu hồ sơ”, “hàng nghìn hồ sơ” are no units.
_NUMBER_BEFORE = re.compile(r"(?:\d[\d.,]*|\b(?:hang|vai|may|tram|chuc|tren|gan|hon|over|some))\s*$")


_Find = Callable[[str], re.Match[str] | None]


@dataclass(frozen=True)
class Unit:
    """How many of what is counted a printed one stands for; 0 where that is not said. `counted` names it, if told."""

    factor: int = 0
    counted: str = ""

    def factor_for(self, indicator: Indicator | None) -> int:
        """Return the factor for the figures of an indicator; a unit of dossiers is none of services, nor of money."""
        if (self.counted == "money") != (indicator is not None and indicator.unit == "VND") and self.counted:
            return 1
        of_others = indicator is not None and indicator.unit != "VND" and self.counted not in indicator.code
        return 1 if of_others else self.factor or 1


SILENT = Unit()


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit:
    """Return the unit of counts that a title, a head or a cell names."""
    plain = plain_text(text[:1000])
    named = [_read(piece, _FACTOR, one=_ONE.match) for piece in _NAMED.findall(plain)]
    bracketed = [_read(piece.strip(), _FACTOR, one=_ONE.fullmatch) for piece in _BRACKET.findall(plain)]
    return next(filter(None, [*named, *bracketed, _read(plain, _MENTION)]), SILENT)


def read_unit_cell(text: str) -> Unit:
    """Return the unit that a cell of units names by itself: “nghìn hồ sơ”, “hồ sơ”."""
    return _read(plain_text(text[:200]), _FACTOR, one=_ONE.fullmatch) or SILENT


def is_unit(text: str) -> bool:
    """Tell whether a text is a unit of thousands or millions and nothing else."""
    return bool(_ALONE.fullmatch(plain_text(text[:200])))


def unit_of_texts(texts: Iterable[str]) -> Unit:
    """Return the first unit of counts that texts name."""
    return next((unit for text in texts if (unit := read_unit(text)).factor), SILENT)


def row_factors(sheet: Sheet, rows: Codes, units: int | None, indicators: int | None) -> Codes | None:
    """Return what a printed one stands for in each row, 0 where it does not say; None where that is one in all.

    A row says it in its column of units, else with the name of its indicator.
    """
    factors = np.zeros(len(rows), dtype=np.intp)
    for j, read in ((indicators, read_unit), (units, read_unit_cell)):
        if j is not None:
            codes, texts = sheet.codes(j)
            own = np.array([read(text).factor if text else 0 for text in texts], dtype=np.intp)
            factors = np.where(own[codes[rows]] > 0, own[codes[rows]], factors) if own.any() else factors
    return factors if (factors > 1).any() else None


def _read(plain: str, pattern: re.Pattern[str], one: _Find | None = None) -> Unit | None:
    """Return the unit that a pattern finds in a plain text, or one of what is counted where that alone is named."""
    for found in pattern.finditer(plain):
        if not _NUMBER_BEFORE.search(plain[: found.start()]):
            return Unit(_FACTORS[found["many"]], _counted(plain[found.end() :]))
    return Unit(1, _counted(plain)) if one is not None and one(plain) else None


def _counted(plain: str) -> str:
    """Return what is counted at the beginning of a plain text."""
    found = _FIRST.match(plain)
    return _COUNTED[found[1]] if found else ""

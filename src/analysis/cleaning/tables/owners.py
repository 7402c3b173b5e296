"""Whose report a sheet is: the provinces named above its figures, else in its file's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.words.places import PLACE, read_place
from analysis.reference.provinces import NATION
from analysis.reference.spelling import fold_text

_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LONGEST_NAME = 5
# Where a report was signed is not whose it is: ministries sign in Hà Nội.
_SIGNED = re.compile(r"(?!.*\b(?:tinh|ubnd)\b)[a-z ]{2,40} ngay(?: \d.*| thang.*)?")


def owners_named(sheet: Sheet, first: int, file: str, province: str = "") -> dict[str, str]:
    """Return the provinces named by a layout, else above the row `first`, else in a file's name, by their codes."""
    above = [text for row in sheet.rows[:first] for text in row if text and not is_signed(text)]
    return provinces_in([province]) or provinces_in(above) or provinces_in([PurePath(file).stem])


def is_signed(text: str) -> bool:
    """Tell the place and day of a signature: Hà Nội, ngày 09 tháng 10 năm 2023."""
    return "," in text[:60] and bool(_SIGNED.fullmatch(fold_text(text[:200])))


def provinces_in(texts: Iterable[str]) -> dict[str, str]:
    """Return the provinces that texts name, each by its code and the words that name it."""
    found: dict[str, str] = {}
    for text in texts:
        words = _WORDS.findall(text[:500])
        i = 0
        while i < len(words):
            size = next((n for n in range(_LONGEST_NAME, 1, -1) if _is_province(words[i : i + n])), 0)
            if size:
                name = " ".join(words[i : i + size])
                found.setdefault(read_place(name).code_63, name)
            i += size or 1
    return found


def _is_province(words: list[str]) -> bool:
    place = read_place(" ".join(words))
    return place.kind == PLACE and place.code_63 not in ("", NATION)

"""Rows within a table that say what the rows below them are about: one indicator, or one period, after another."""

from __future__ import annotations

import re
from functools import lru_cache

from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.words.periods import parse_period
from analysis.reference.abbreviations import fold_name
from analysis.reference.indicators import Codebook, codebook
from analysis.reference.spelling import fold_text

_ORDINAL = re.compile(r"\(?(\d{1,3}|[IVX]{1,5}|[A-Za-z])[.)]*")
_LEADING = re.compile(r"^\s*(?:[IVX]{1,5}|\d{1,2}|[A-Za-z])\s*[.)\-:]\s+")
_NOTE = re.compile(r"^(ghi chu|luu y|nguon|note|source|\()")


def opens_panel(sheet: Sheet, i: int, name_column: int) -> bool:
    """Tell whether a row has one text, at its left, and that text names an indicator or is a period."""
    if sheet.filled[i] > 3:
        return False
    texts = [
        (j, text) for j, text in enumerate(sheet.rows[i]) if text and not _ORDINAL.fullmatch(text.strip())
    ]
    return (
        len({text for _, text in texts}) == 1
        and texts[0][0] <= name_column
        and _is_subject(texts[0][1], codebook())
    )


@lru_cache(maxsize=4096)
def _is_subject(text: str, book: Codebook) -> bool:
    if len(text) > 300 or _NOTE.match(fold_text(text)) or text.lstrip().startswith(("(", "*")):
        return False
    text = _LEADING.sub("", text)
    # A period of a yearless panel (“Tháng 8”) has its year from a title; any year shows that it is one.
    if parse_period(text, 2000) is not None:
        return True
    folded = f" {fold_name(text)} "
    return any(len(name) > 7 and f" {name} " in folded for name in book.spelt_names)

"""Rows within a table that head the rows below them: I. Dịch vụ công, A. Trong tháng, 1. Cấp tỉnh."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.headtexts import shorten
from analysis.cleaning.words.periods import parse_period
from analysis.cleaning.words.places import UNKNOWN
from analysis.reference.spelling import plain_text

_KINDS = (re.compile(r"[A-H]"), re.compile(r"[IVX]{1,5}"), re.compile(r"\d{1,3}(?:\.\d{1,2})?"))
_MARK = re.compile(r"\(?([IVX]{1,5}|[A-Z]|\d{1,3}(?:\.\d{1,2})?)[.)]*")
_LEADING = re.compile(r"\s*\(?([IVX]{1,5}|[A-Z]|\d{1,2}(?:\.\d{1,2})?)\s*[.)\-:/]+\s+")
_NOTE = re.compile(r"^\W*(?:ghi chu|luu y|nguon|note|source|don vi)\b|^\s*[(*]")
# How far in a section stands is told by the kind of its mark; one without a mark may stand anywhere.
UNMARKED = len(_KINDS)
_ABOVE, _ANY_YEAR = 12, 2000


def sections_above(block: Block) -> list[str]:
    """Return the texts of section rows above the first data row that do not hold for all rows below them.

    A row that is a period and nothing else holds for the panel that it opens.
    """
    if not len(block.data):
        return []
    rows = list(section_rows(block))
    above = [text for i, _, text in rows if i < block.data[0]]
    if len(above) == len(rows):
        return []
    return [text for text in above if parse_period(text, _ANY_YEAR) is None]


def section_rows(block: Block) -> Iterator[tuple[int, int, str]]:
    """Yield the rows of a table that head those below them, with how far in they stand and what they say."""
    sheet, data = block.sheet, block.data
    first = int(data[0])
    top = max((i for i in block.header if i < first), default=-1)
    for i in range(first - 1, max(top, first - _ABOVE), -1):
        if any(map(is_number_like, _words_and_figures(sheet, i))):
            top = i
            break
    apart = np.flatnonzero(np.diff(data) > 1)
    gaps = zip(data[apart].tolist(), data[apart + 1].tolist(), strict=True)
    between = (i for before, after in gaps for i in range(before + 1, after))
    for i in (*range(max(top + 1, first - _ABOVE), first), *between):
        if section := _read_section(block, i):
            yield (i, *section)


def _words_and_figures(sheet: Sheet, i: int) -> list[str]:
    """Return the texts of a row without the number or letter before them."""
    texts = list(dict.fromkeys(text.strip() for text in sheet.rows[i] if text.strip()))
    return texts[1:] if texts and _MARK.fullmatch(texts[0]) else texts


def _read_section(block: Block, i: int) -> tuple[int, str] | None:
    """Return how far in a row stands that has one text, and this text.

    None where it has figures, or is a note, or names a province or a region.
    """
    sheet = block.sheet
    if sheet.filled[i] > 3:
        return None
    words = _words_and_figures(sheet, i)
    if len(words) != 1 or is_number_like(words[0]) or _NOTE.match(plain_text(words[0])):
        return None
    filled = [text.strip() for text in sheet.rows[i] if text.strip()]
    rank, text = read_mark(filled[0], words[0])
    return None if block.read_label(text).kind != UNKNOWN else (rank, text)


def read_mark(first: str, words: str) -> tuple[int, str]:
    """Return how far in a section stands, by the mark that is its `first` text or begins its words, and these."""
    found = _MARK.fullmatch(first) if first != words else _LEADING.match(words)
    mark = found[1] if found else ""
    rank = next((n for n, kind in enumerate(_KINDS) if kind.fullmatch(mark)), UNMARKED)
    return rank, shorten(_LEADING.sub("", words, count=1))

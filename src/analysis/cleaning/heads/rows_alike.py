"""Rows of the same province, period and indicator that only words in a column we do not read tell apart.

“Lào Cai | Đất đai”, “Lào Cai | Hộ tịch”: each is a part, none is the province's figure. What such words say is left
to a person, but for plans and ranks beside results, and for a row that says it is the whole.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.apart import moved
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.nonlevels import not_a_level
from analysis.cleaning.heads.table_rows import TableRows, read_rows
from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import Codes, factorize_codes
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.indicator_names import is_generic
from analysis.cleaning.words.periods import parse_period
from analysis.cleaning.words.places import PLACE, REGION, TOTAL, read_place
from analysis.reference.spelling import fold_text

PART = "part"
# Where a figure comes from, or who wrote it down, does not make it another one.
_ELSEWHERE = re.compile(
    r".*\b(nguon|source|url|link|publisher|title|tieu de|tai lieu|van ban|nguoi|lien he|email|dien thoai|ngay|date|"
    r"raw location|qualifier|note|frame|frequency|unit|iso|gso|ma|code|id|kind|type)\b.*"
)
_WHOLE = {"tat ca", "all", "ca tinh", "toan bo", "chung"}


def without_parts(block: Block, columns: list[Column], context: Context) -> Block:
    """Return a table without rows that stand for a part of a province, or for a plan or rank of it."""
    labels = [column for column in columns if column.role == h.LABEL]
    telling = [c for c in labels if not _ELSEWHERE.fullmatch(fold_text(c.head)) and _has_words(block, c)]
    if not telling or len(block.data) < 2:
        return block
    alike = _alike(read_rows(block, columns, context))
    if alike is None:
        return block
    apart = np.zeros(len(block.data), dtype=bool)
    for column in telling:
        apart |= _parts(block, column, alike)
    return moved(block, apart, PART)


def _has_words(block: Block, column: Column) -> bool:
    return any(map(_is_word, block.texts(column.index)))


def _alike(rows: TableRows) -> Codes | None:
    """Return a number for each row, the same for all of one place, period and indicator; None where no two are."""
    codes = rows.place_of
    for other, size in ((rows.period_of, len(rows.periods)), (rows.indicator_of, len(rows.indicators))):
        if other is not None:
            codes, _ = factorize_codes(codes * size + other, (int(codes.max()) + 1) * size)
    return codes if np.bincount(codes).max(initial=0) > 1 else None


def _parts(block: Block, column: Column, alike: Codes) -> npt.NDArray[np.bool_]:
    """Return which rows a column tells from others of their kin, without the one that is the whole or the result."""
    codes, texts = block.codes(column.index)
    differs = np.zeros(int(alike.max()) + 1, dtype=bool)
    first = np.zeros(len(differs), dtype=np.intp)
    first[alike[::-1]] = codes[::-1]
    np.logical_or.at(differs, alike, codes != first[alike])
    wordy = np.array(_words(texts), dtype=bool)[codes]
    levels = np.array([not _is_no_result(text) for text in texts], dtype=bool)[codes]
    whole = np.array([_is_whole(text) for text in texts], dtype=bool)[codes]
    kept = whole if whole.any() else levels
    many = np.bincount(alike, weights=kept.astype(float), minlength=len(differs)) != 1
    lone = kept & ~many[alike] & differs[alike]
    parts = differs[alike] & (wordy | kept) & ~lone
    # What is a part of one province is none the less of another that has no other row.
    held: npt.NDArray[np.bool_] = parts | (np.isin(codes, np.unique(codes[parts])) & wordy & ~lone)
    return held


def _words(texts: list[str]) -> list[bool]:
    """Tell of each text of a column whether it is a word; among words the name of a province is one too.

    So is the commune Hòa Bình among other communes.
    """
    said = [_is_said(text) for text in texts]
    places = [told and _is_place(text) for told, text in zip(said, texts, strict=True)]
    if 2 * sum(places) < sum(said):
        return said
    return [told and not place for told, place in zip(said, places, strict=True)]


def _is_word(text: str) -> bool:
    """Tell words from figures, dates, ranks such as 7/63, and places, which say nothing of a part."""
    return _is_said(text) and not _is_place(text)


def _is_said(text: str) -> bool:
    if sum(c.isalpha() for c in text) < 2 or is_number_like(text) or is_missing(text) or len(text) > 200:
        return False
    return not _is_day(text)


def _is_place(text: str) -> bool:
    return read_place(text).kind in (PLACE, REGION)


def _is_day(text: str) -> bool:
    found = parse_period(text)
    return found is not None and found.start == found.end


def _is_no_result(text: str) -> bool:
    return bool(not_a_level([text])) or not text


def _is_whole(text: str) -> bool:
    folded = fold_text(text)
    generic = is_generic(text) and not folded[-1:].isdigit()
    return bool(folded) and (folded in _WHOLE or read_place(text).kind == TOTAL or generic)

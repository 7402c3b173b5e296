"""Rows of a table that name a province and are not the province's: units and parts of it, and numbers cut in two."""

from __future__ import annotations

import re

import numpy as np

from analysis.cleaning.extract.outcome import PART, UNEVEN
from analysis.cleaning.extract.table_rows import Body, Mask, TableRows, read_rows
from analysis.cleaning.layout import LaidColumn, Layout, Role
from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import Codes, factorize_codes
from analysis.cleaning.words.indicator_names import is_generic
from analysis.cleaning.words.no_level import not_a_level
from analysis.cleaning.words.periods import parse_period
from analysis.cleaning.words.places import BELOW, PLACE, REGION, TOTAL, read_place
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import without_first, words

# No name of a unit is longer; free text is.
_LONGEST = 200
# The number of an office before its name: H04.01 - Sở Tư pháp.
_NUMBERED = re.compile(r"^\s*[A-Za-z]*\d[\w.]*\s*[-–:]\s+")
_PART_LEVEL = re.compile(
    r"(cap )?(so|huyen|xa|phuong|quan|thi xa|so nganh|so ban nganh|district|commune|ward|department)( .*)?"
)


def set_parts_aside(body: Body, layout: Layout) -> Body:
    """Return a table without rows of districts or departments, of parts of a province, and of numbers cut in two."""
    below = np.zeros(len(body.data), dtype=bool)
    for column in body.table.columns:
        if texts := _units(body, column):
            codes, distinct = body.codes(column)
            below |= np.array([text in texts for text in distinct], dtype=bool)[codes]
    body = _without_uneven(body.without(below, BELOW))
    return _without_parts(body, layout)


def _units(body: Body, column: LaidColumn) -> set[str]:
    """Return the texts that name a district, a department or their level beside a province: not the province's.

    Below a head such as “Xã, phường” each name is one, however it is spelt. In a column that names such units in few
    rows, those count only where provinces have several rows.
    """
    if column.role not in (Role.UNITS, Role.LABEL, Role.PLACES):
        return set()
    texts = {text for text in body.texts(column) if text and len(text) <= _LONGEST}
    last = column.path[-1] if column.path else column.head
    whole = words("places", "all_of_it")
    if _heads_units(last):
        return {text for text in texts if any(map(str.isalpha, text)) and text not in whole}
    if column.role == Role.PLACES:
        return set()
    parts = set[str]()
    if last in words("heads", "unit_levels"):
        plain = {text: fold_text(text) for text in texts}
        said_whole = {text for text in texts if text in whole}
        parts = (
            texts - said_whole if said_whole else {t for t, p in plain.items() if _PART_LEVEL.fullmatch(p)}
        )
    idle = words("heads", "origin_words").inside(last)
    if column.role == Role.LABEL and (idle or not _repeats(body)):
        return parts
    return parts | {text for text in texts if _names_unit(text)}


def _heads_units(head: str) -> bool:
    """Tell whether a head says that the names below it are those of districts or communes."""
    rest = re.sub(r"[\W_]+", " ", head).strip()
    if not words("heads", "unit_words").inside(rest):
        return False
    while rest and (taken := words("heads", "units_below").longest_start(rest)):
        rest = without_first(rest, taken)
    return not rest


def _names_unit(text: str) -> bool:
    return read_place(text).kind == BELOW or read_place(_NUMBERED.sub("", text)).kind == BELOW


def _repeats(body: Body) -> bool:
    codes, _ = body.label_codes()
    return bool(np.bincount(codes).max(initial=0) > 1)


def _without_uneven(body: Body) -> Body:
    """Set rows of a text file apart that have figures beyond the last head: a number was cut in two, as 58,1 is."""
    headed = max((column.index for column in body.table.columns if column.head), default=-1)
    beyond = [c for c in body.table.columns if c.role == Role.UNKNOWN and c.index > headed >= 0]
    if not body.sheet.lines or body.sheet.transposed or not beyond:
        return body
    return body.without(np.any([body.filled(column) for column in beyond], axis=0), UNEVEN)


def _without_parts(body: Body, layout: Layout) -> Body:
    """Return a table without rows of one place, period and indicator that only words or marks not read tell apart.

    “Lào Cai | Đất đai”, “Lào Cai | Hộ tịch”: each is a part, none is the province's figure. What such words say is
    left to a person, but for plans and ranks beside results, and for a row that says it is the whole.
    """
    if len(body.data) < 2 or body.table.nested:
        return body
    telling = [c for c in body.table.columns if _may_tell(body, c)]
    alike = _alike(read_rows(body, layout)) if telling else None
    if alike is None:
        return body
    apart = np.zeros(len(body.data), dtype=bool)
    for column in telling:
        apart |= _parts(body, column, alike)
    return body.without(apart, PART)


def _may_tell(body: Body, column: LaidColumn) -> bool:
    """Tell whether a column that is not read may tell rows apart: one of words, or of marks such as 0 and 1."""
    if words("heads", "origin_words").inside(column.head.replace("_", " ")):
        return False
    if column.role == Role.LABEL:
        return any(map(_is_word, body.texts(column)))
    return column.role == Role.UNKNOWN and {text for text in body.texts(column) if text} <= _MARKS


_MARKS = {"0", "1", "x", "X", "true", "false", "TRUE", "FALSE", "True", "False", "yes", "no", "có", "không"}


def _alike(rows: TableRows) -> Codes | None:
    """Return a number for each row, the same for all of one place, period and indicator; None where no two are."""
    codes = rows.place_of
    for other, size in ((rows.period_of, len(rows.periods)), (rows.indicator_of, len(rows.indicators))):
        if other is not None:
            codes, _ = factorize_codes(codes * size + other, (int(codes.max()) + 1) * size)
    return codes if np.bincount(codes).max(initial=0) > 1 else None


def _parts(body: Body, column: LaidColumn, alike: Codes) -> Mask:
    """Return which rows a column tells from others of their kin, without the one that is the whole or the result."""
    codes, texts = body.codes(column)
    differs = np.zeros(int(alike.max()) + 1, dtype=bool)
    first = np.zeros(len(differs), dtype=np.intp)
    first[alike[::-1]] = codes[::-1]
    np.logical_or.at(differs, alike, codes != first[alike])
    wordy = np.array(_words(texts) if column.role == Role.LABEL else [True] * len(texts), dtype=bool)[codes]
    levels = np.array([not _is_no_result(text) for text in texts], dtype=bool)[codes]
    whole = np.array([_is_whole(text) for text in texts], dtype=bool)[codes]
    kept = whole if whole.any() else levels
    many = np.bincount(alike, weights=kept.astype(float), minlength=len(differs)) != 1
    lone = kept & ~many[alike] & differs[alike]
    parts = differs[alike] & (wordy | kept) & ~lone
    # What is a part of one province is none the less of another that has no other row.
    spread = wordy if column.role == Role.LABEL else np.zeros(len(parts), dtype=bool)
    held: Mask = parts | (np.isin(codes, np.unique(codes[parts])) & spread & ~lone)
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
    whole = text in words("places", "all_of_it") or read_place(text).kind == TOTAL
    return bool(folded) and (whole or generic)

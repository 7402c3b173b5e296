"""What each row of a sheet is: a province's, a sum, a unit's, unknown, words, one text, or column numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np

from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import (
    ERROR,
    NUMBER,
    PERCENT,
    POINTS,
    UNCACHED,
    Codes,
    ColumnRows,
    Sheet,
    factorize_codes,
    pick,
)
from analysis.cleaning.readers.grid import TEXT as TEXT_KIND
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.periods import parse_period
from analysis.cleaning.words.places import (
    AVERAGE,
    BELOW,
    BLANK,
    LEFT_OUT,
    PLACE,
    REGION,
    STATISTIC,
    TOTAL,
    UNKNOWN,
    Place,
    read_place,
)
from analysis.reference.indicators import Codebook, codebook
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import words

ReadLabel = Callable[[str], Place]
# Kinds beside those of places: rows of words, of one text, of column numbers, and of a name without anything beside it.
WORDS, TEXT, NUMBERING, HEADING = "words", "text", "numbering", "heading"
BODY = (PLACE, TOTAL, AVERAGE, STATISTIC, REGION, BELOW, LEFT_OUT, UNKNOWN, HEADING)
# Of the rows that are not plainly a province's.
Kinds = dict[int, str]
ORDINAL = re.compile(r"\(?(\d{1,3}(?:\.\d{1,2})?|[IVX]{1,5}|[ivx]{1,5}|[A-Za-z])[.)]*")
_NUMBERED = re.compile(r"\(?\s*(\d{1,2}|[a-zA-Z])\s*\)?(\s*=.*)?")
_YEAR = re.compile(r"(19|20)\d\d")
_FIELD_VALUE = re.compile(
    r"(19|20)\d\d|\d{1,2}|i|ii|iii|iv|all|tat ca|multiple items|nhieu muc|(thang|quy|t|q) ?\w{1,3}"
)


def classify(sheet: Sheet, name_column: int, labels: dict[int, str], read_label: ReadLabel) -> Kinds:
    """Return the kinds of all rows but those of provinces; only rows that name none are looked at one by one.

    `labels` are the names that stand in another cell than the row's own (see `borrowed_labels`).
    """
    codes, distinct = sheet.codes(name_column)
    by_text = [read_label(text).kind for text in distinct]
    is_place = np.array([kind == PLACE for kind in by_text], dtype=bool)[codes]
    for i, label in labels.items():
        is_place[i] = read_label(label).kind == PLACE
    bare = _filled_beyond(sheet, name_column) == 0
    kinds = dict.fromkeys(np.flatnonzero(is_place & bare).tolist(), HEADING)
    for i in np.flatnonzero(~is_place).tolist():
        kind = read_label(labels[i]).kind if i in labels else by_text[codes[i]]
        kinds[i] = _classify_row(sheet, i, name_column, kind)
    return kinds


def _filled_beyond(sheet: Sheet, name_column: int) -> Codes:
    """Return how many cells of each row are filled beyond the column of names."""
    if not isinstance(sheet.rows, ColumnRows):
        counts = (sum(map(bool, row[name_column + 1 :])) for row in sheet.rows)
        return np.fromiter(counts, dtype=np.intp, count=len(sheet.rows))
    beyond = np.zeros(len(sheet.rows), dtype=np.intp)
    for codes, texts in sheet.rows.columns[name_column + 1 :]:
        beyond += np.array([bool(text) for text in texts], dtype=bool)[codes]
    return beyond


def _classify_row(sheet: Sheet, i: int, name_column: int, kind: str) -> str:
    row, first = sheet.rows[i], name_column + 1
    filled = [text for text in row if text]
    if kind == LEFT_OUT:
        return kind
    if is_field(filled):
        return TEXT
    if is_numbering(filled):
        return NUMBERING
    if kind == BLANK:
        label = next((j for j in range(min(name_column, len(row))) if row[j] and not row[j].isdigit()), -1)
        before = read_place(row[label]).kind if label >= 0 else BLANK
        if before in (TOTAL, AVERAGE, STATISTIC, REGION):
            kind, first = before, label + 1
    figures = sum(is_figure(sheet, i, j) for j in range(first, len(row)) if row[j])
    if sheet.text(i, name_column) in words("heads", "names"):
        return TOTAL if sums_up(sheet, i, name_column) else WORDS if any(row[first:]) else TEXT
    if kind in (TOTAL, AVERAGE, STATISTIC, REGION, BELOW):
        texts = [t for t in row[first:] if t and not is_number_like(t) and not is_missing(t)]
        return WORDS if len(texts) >= 2 and not figures else kind
    if figures and (kind == UNKNOWN or figures >= 2):
        return UNKNOWN
    return WORDS if len(set(filled)) >= 2 and not is_section(row) else TEXT


def is_field(filled: list[str]) -> bool:
    """Tell a filter above a pivot table, a field and its value: NAM | 2024, Quý | III."""
    if len(filled) != 2 or not _FIELD_VALUE.fullmatch(fold_text(filled[1])):
        return False
    return any(filled[0] in words("heads", name) for name in ("year", "month", "quarter"))


def is_section(row: list[str]) -> bool:
    """Tell whether a row has a number or letter and one text only, which heads the rows below it: II | Sử dụng."""
    filled = [text.strip() for text in row if text]
    return len(filled) == 2 and bool(ORDINAL.fullmatch(filled[0])) and not is_number_like(filled[1])


def sums_up(sheet: Sheet, i: int, name_column: int) -> bool:
    """Tell the row “ĐỊA PHƯƠNG” with the sums of all provinces from a row of heads, which are words, years, months."""
    beyond = [j for j in range(name_column + 1, len(sheet.rows[i])) if sheet.rows[i][j]]
    texts = [sheet.rows[i][j] for j in beyond]
    if not all(is_number_like(text) or is_missing(text) for text in texts):
        return False
    figures = [text for j, text in zip(beyond, texts, strict=True) if is_figure(sheet, i, j)]
    return any(not re.fullmatch(r"\d{1,2}", text) for text in figures)


def is_figure(sheet: Sheet, i: int, j: int) -> bool:
    """Tell whether a cell holds a figure; a year may be a head."""
    text = sheet.text(i, j)
    if sheet.kind(i, j) in (NUMBER, PERCENT, POINTS):
        return not _YEAR.fullmatch(text)
    return is_number_like(text) and not _YEAR.fullmatch(text)


def is_numbering(filled: list[str]) -> bool:
    """Tell a row (1) (2) (3) or A B 1 2 = 2/1 from figures."""
    if len(filled) < 3:
        return False
    found = [_NUMBERED.fullmatch(text.strip()) for text in filled]
    if not all(found):
        return False
    digits = [int(match[1]) for match in found if match and match[1].isdigit()]
    return len(digits) >= 2 and all(b - a == 1 for a, b in pairwise(digits))


def has_figure(sheet: Sheet, i: int, name_column: int, marks: bool = True) -> bool:
    """Tell whether a row has a figure beside its name, or a mark that there is none where `marks` says so."""
    filled = [(j, text) for j, text in enumerate(sheet.rows[i]) if text and j != name_column]
    if filled and filled[0][0] < name_column and ORDINAL.fullmatch(filled[0][1].strip()):
        filled = filled[1:]
    return any(
        is_number_like(text) or sheet.kind(i, j) in (ERROR, UNCACHED) or (marks and is_missing(text))
        for j, text in filled
    )


def borrowed_labels(sheet: Sheet, name_column: int, read_label: ReadLabel) -> dict[int, str]:
    """Return the names of rows whose own name cell is empty because it stands in a cell above or beside."""
    return _carried(sheet, name_column, read_label) | _merged(sheet, name_column)


def _merged(sheet: Sheet, name_column: int) -> dict[int, str]:
    """Return the names of rows whose name cell is merged with the one above or with the number before it."""
    if not sheet.merges:
        return {}
    place = {number: i for i, number in enumerate(sheet.numbers)}
    labels: dict[int, str] = {}
    for top, left, bottom, right in sheet.merges:
        if left <= name_column <= right and top in place:
            text = sheet.text(place[top], left)
            for number in range(top, min(bottom, top + 5000) + 1):
                if number in place and text and not sheet.text(place[number], name_column):
                    labels[place[number]] = text
    return labels


def _carried(sheet: Sheet, name_column: int, read_label: ReadLabel) -> dict[int, str]:
    """Return the names of rows below a name that go on with its next period or indicator, as in a pivot table.

    Such a row has nothing up to the name column, then a period or an indicator that the name did not have yet.
    """
    codes, texts = sheet.codes(name_column)
    empty = np.array([not text for text in texts], dtype=bool)
    labels: dict[int, str] = {}
    owner, had, last = "", set[tuple[str, ...]](), -2
    for i in np.flatnonzero(empty[codes]).tolist() if texts else []:
        if i != last + 1:
            label = sheet.text(i - 1, name_column) if i else ""
            owner = label if read_label(label).kind in (PLACE, TOTAL) else ""
            had = _had(sheet, i, name_column) if owner else set()
        last = i
        row = sheet.rows[i] if owner else []
        subject = _subject(row, name_column)
        if any(row[:name_column]) or not subject or subject in had:
            owner = ""
        elif any(text and (is_number_like(text) or is_missing(text)) for text in row):
            labels[i] = owner
            had.add(subject)
    return labels


def _had(sheet: Sheet, i: int, name_column: int) -> set[tuple[str, ...]]:
    """Return what the rows of the name above a row, one after the other, are about."""
    name, k = sheet.text(i - 1, name_column), i - 1
    had = set[tuple[str, ...]]()
    while k >= 0 and sheet.text(k, name_column) == name:
        had.add(_subject(sheet.rows[k], name_column))
        k -= 1
    return had


def _subject(row: list[str], name_column: int) -> tuple[str, ...]:
    """Return the periods and indicators that a row names beyond its name."""
    return tuple(text for text in row[name_column + 1 :] if text and is_subject(text))


def is_subject(text: str) -> bool:
    """Tell whether a cell names an indicator, or a period in words."""
    return _is_subject(text, codebook())


@lru_cache(maxsize=4096)
def _is_subject(text: str, _: Codebook) -> bool:
    if is_number_like(text) or len(text) > 300:
        return False
    return is_indicator(text) or parse_period(text, 2000) is not None


def distinct_cells(sheet: Sheet, rows: Codes, j: int) -> tuple[Codes, list[tuple[str, str]]]:
    """Return the distinct cells of a column in ascending rows, text with kind, and which of them each row has."""
    codes, texts = sheet.codes(j)
    codes = pick(codes, rows)
    if not sheet.kinds:
        return codes, [(text, TEXT_KIND) for text in texts]
    kinds = np.array([ord(sheet.kind(i, j)) for i in rows.tolist()], dtype=np.intp)
    pairs, found = factorize_codes(codes * 128 + kinds, len(texts) * 128)
    return pairs, [(texts[pair // 128], chr(pair % 128)) for pair in found.tolist()]

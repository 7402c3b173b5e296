"""Names that are written once for several rows: in a merged cell, or above blank cells as in a pivot table."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.periods import parse_period
from analysis.cleaning.words.places import PLACE, Place
from analysis.reference.indicators import Codebook, codebook

# So many distinct names have no column of provinces.
_MOST_NAMES = 2000


def borrowed_labels(sheet: Sheet, name_column: int, read_label: Callable[[str], Place]) -> dict[int, str]:
    """Return the names of rows whose own name cell is empty because it stands in a cell above or beside."""
    wrapped = _wrapped(sheet, name_column, read_label)
    return _carried(sheet, name_column, read_label) | _merged(sheet, name_column) | wrapped


def _wrapped(sheet: Sheet, name_column: int, read_label: Callable[[str], Place]) -> dict[int, str]:
    """Return the names of rows whose name runs on in the next row, or began in the one before, alone there."""
    codes, texts = sheet.codes(name_column)
    if len(texts) > _MOST_NAMES:
        return {}
    named = np.array([bool(text) for text in texts], dtype=bool)[codes] if texts else np.array([], dtype=bool)
    alone = np.flatnonzero(named & (sheet.filled == 1)).tolist()
    labels: dict[int, str] = {}
    for i in alone:
        for row, above, below in ((i - 1, i - 1, i), (i + 1, i, i + 1)):
            if not (0 <= row < len(sheet.rows)) or sheet.filled[row] < 2:
                continue
            parts = sheet.text(above, name_column), sheet.text(below, name_column)
            if all(parts) and read_label(sheet.text(row, name_column)).kind != PLACE:
                joined = " ".join(parts)
                labels |= {row: joined} if read_label(joined).kind == PLACE else {}
    return labels


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


def _carried(sheet: Sheet, name_column: int, read_label: Callable[[str], Place]) -> dict[int, str]:
    """Return the names of rows below a province's that go on with its next period or indicator.

    Such a row has nothing up to the name column, then a period or an indicator that the province did not have yet.
    """
    codes, texts = sheet.codes(name_column)
    empty = np.array([not text for text in texts], dtype=bool)
    nameless = np.flatnonzero(empty[codes]).tolist() if texts else []
    labels: dict[int, str] = {}
    owner, had = "", set[tuple[str, ...]]()
    last = -2
    for i in nameless:
        if i != last + 1:
            label = sheet.text(i - 1, name_column) if i else ""
            owner = label if read_label(label).kind == PLACE else ""
            had = _had(sheet, i, name_column) if owner else set()
        last = i
        row = sheet.rows[i] if owner else []
        subject = _subject(row, name_column)
        if any(row[:name_column]) or not subject or subject in had:
            owner = ""
        elif any(map(is_number_like, row)):
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

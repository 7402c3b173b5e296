"""What each row of a sheet is: a province's, a total, a section, a header, a numbering row, a note."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import NUMBER, PERCENT, POINTS, Sheet
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
from analysis.reference.spelling import fold_text

# Of the rows that are no province's.
Kinds = dict[int, str]
# Rows set apart later: of a number cut in two, and of figures that were deleted.
UNEVEN, WITHDRAWN = "uneven", "withdrawn"
NAME_HEADS = {
    "tinh", "dia phuong", "don vi", "tinh thanh pho", "tinh tp", "ten tinh", "province", "row labels",
    "nhan hang", "ten don vi",
}  # fmt: skip
_ORDINAL = re.compile(r"\(?(\d{1,3}|[IVX]{1,5}|[A-Z])[.)]*")
PERIOD_FIELDS = {
    "nam": "nam", "year": "nam", "nam bao cao": "nam", "thang": "thang", "month": "thang", "thang bao cao": "thang",
    "quy": "quy", "quarter": "quy", "quy bao cao": "quy",
}  # fmt: skip
_FIELD_VALUE = re.compile(
    r"(19|20)\d\d|\d{1,2}|i|ii|iii|iv|all|tat ca|multiple items|nhieu muc|(thang|quy|t|q) ?\w{1,3}"
)
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[a-zA-Z])\s*\)?(\s*=.*)?")


def classify_rows(
    sheet: Sheet, name_column: int, labels: dict[int, str], read_label: Callable[[str], Place]
) -> Kinds:
    """Return the kinds of all rows but those of provinces; only rows that name none are looked at one by one."""
    codes, distinct = sheet.codes(name_column)
    by_text = [read_label(text).kind for text in distinct]
    is_place = np.array([kind == PLACE for kind in by_text], dtype=bool)[codes]
    is_named = np.array([bool(text) for text in distinct], dtype=bool)[codes]
    for i, label in labels.items():
        is_place[i] = read_label(label).kind == PLACE
    kinds = dict.fromkeys(np.flatnonzero(is_place & (sheet.filled == is_named)).tolist(), "heading")
    for i in np.flatnonzero(~is_place).tolist():
        kind = read_label(labels[i]).kind if i in labels else by_text[codes[i]]
        kinds[i] = _classify_row(sheet, i, name_column, kind)
    return kinds


def _classify_row(sheet: Sheet, i: int, name_column: int, kind: str) -> str:
    """Return total, average, region, below, unknown, numbering, header or note for a row without a province."""
    row, first = sheet.rows[i], name_column + 1
    if kind == LEFT_OUT:
        return kind
    if kind == BLANK:
        label = next((j for j in range(min(name_column, len(row))) if row[j] and not row[j].isdigit()), -1)
        before = read_place(row[label]).kind if label >= 0 else BLANK
        if before in (TOTAL, AVERAGE, STATISTIC, REGION):
            kind, first = before, label + 1
    filled = [text for text in row if text]
    if is_field(filled):
        return "note"
    if is_numbering(filled):
        return "numbering"
    if fold_text(sheet.text(i, name_column)) in NAME_HEADS:
        if not any(row[name_column + 1 :]):
            return "note"
        return TOTAL if _sums_up(sheet, i, name_column) else "header"
    figures = sum(is_figure(sheet, i, j) for j in range(first, len(row)) if row[j])
    if kind in (TOTAL, AVERAGE, STATISTIC, REGION, BELOW):
        texts = [t for t in row[first:] if t and not is_number_like(t) and not is_missing(t)]
        return "header" if len(texts) >= 2 and not figures else kind
    if figures and (kind == UNKNOWN or figures >= 2):
        return UNKNOWN
    return "header" if len(set(filled)) >= 2 and not is_section(row) else "note"


def is_field(filled: list[str]) -> bool:
    """Tell a filter above a pivot table, a field and its value: NAM | 2024, THANG | (All)."""
    return (
        len(filled) == 2
        and fold_text(filled[0]) in PERIOD_FIELDS
        and bool(_FIELD_VALUE.fullmatch(fold_text(filled[1])))
    )


def is_section(row: list[str]) -> bool:
    """Tell whether a row has a number or letter and one text only, which heads the rows below it: II | Sử dụng."""
    filled = [text.strip() for text in row if text]
    return len(filled) == 2 and bool(_ORDINAL.fullmatch(filled[0])) and not is_number_like(filled[1])


def _sums_up(sheet: Sheet, i: int, name_column: int) -> bool:
    """Tell the row “ĐỊA PHƯƠNG” with the sums of all provinces from a row of heads, which are words, years, months."""
    beyond = [j for j in range(name_column + 1, len(sheet.rows[i])) if sheet.rows[i][j]]
    texts = [sheet.rows[i][j] for j in beyond]
    if not all(is_number_like(text) or is_missing(text) for text in texts):
        return False
    figures = [text for j, text in zip(beyond, texts, strict=True) if is_figure(sheet, i, j)]
    return any(not re.fullmatch(r"\d{1,2}", text) for text in figures)


def is_figure(sheet: Sheet, i: int, j: int) -> bool:
    if sheet.kind(i, j) in (NUMBER, PERCENT, POINTS):
        return not re.fullmatch(r"(19|20)\d\d", sheet.text(i, j))
    text = sheet.text(i, j)
    return is_number_like(text) and not re.fullmatch(r"(19|20)\d\d", text)


def is_numbering(filled: list[str]) -> bool:
    """Tell a row (1) (2) (3) or A B 1 2 = 2/1 from figures."""
    if len(filled) < 3:
        return False
    found = [_NUMBERING.fullmatch(text.strip()) for text in filled]
    if not all(found):
        return False
    digits = [int(match[1]) for match in found if match and match[1].isdigit()]
    return len(digits) >= 2 and all(b - a == 1 for a, b in pairwise(digits))

"""Where tables stand on a sheet: their heads, their rows, the sections among these, and what stands above and below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.head_rows import is_letterhead, split_head
from analysis.cleaning.recognise.naming import Naming
from analysis.cleaning.rows import (
    BODY,
    HEADING,
    TEXT,
    WORDS,
    Kinds,
    borrowed_labels,
    classify,
    has_figure,
    is_figure,
    is_subject,
)
from analysis.cleaning.words.datelines import key_and_value
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.places import BELOW, PLACE, UNKNOWN
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import words

# What printing leaves before a head that is repeated.
_PAGE_MARK = re.compile(
    r"^\W*\d*$|tiep theo|\b(cont|continued|trang|page)\b|^(ghi chu|luu y|nguon|note|source|don vi)\b"
)
# A figure that is none: khoảng 64, trên 45%, 12/35.
_IN_WORDS = re.compile(r"(khoang|tren|duoi|gan|hon|xap xi|about|over|under|[~<>≈])\s*\d|\d+/\d{1,3}$")


@dataclass
class Found:
    """One table as it lies on a sheet, in row indices of `sheet`; `body` are its first row and the one after its last.

    `titles` are the texts above its head, nearest last; `sections` the rows with one text among those of its body.
    """

    sheet: Sheet
    naming: Naming
    head: list[int]
    titles: list[str]
    body: tuple[int, int]
    kinds: Kinds
    labels: dict[int, str]
    sections: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)

    def rows(self, *kinds: str) -> list[int]:
        """Return the rows of these kinds, in order."""
        first, end = self.body
        special = [i for i in self.kinds if first <= i < end]
        own = [i for i in special if self.kinds[i] in kinds]
        if PLACE not in kinds:
            return sorted(own)
        plain = np.ones(end - first, dtype=bool)
        plain[np.array([i - first for i in special if self.kinds[i] not in kinds], dtype=np.intp)] = False
        found: list[int] = (np.flatnonzero(plain) + first).tolist()
        return found

    def texts(self, index: int) -> list[str]:
        """Return the distinct texts in the rows of a column of the file, empty ones left out."""
        codes, texts = self.sheet.codes(index)
        seen = np.flatnonzero(np.bincount(codes[slice(*self.body)], minlength=len(texts)))
        return [texts[code] for code in seen.tolist() if texts[code]]

    def label(self, i: int) -> str:
        """Return the text that names a row."""
        return self.labels.get(i) or self.sheet.text(i, self.naming.column)


def find_tables(sheet: Sheet, naming: Naming) -> list[Found]:
    """Return the tables of a sheet whose rows a column names, top to bottom."""
    labels = borrowed_labels(sheet, naming.column, naming.read_label)
    kinds = classify(sheet, naming.column, labels, naming.read_label)
    return _Gathering(sheet, naming, kinds, labels).tables()


class _Gathering:
    """Rows of a sheet taken up one after the other: a head below rows of provinces begins a new table."""

    def __init__(self, sheet: Sheet, naming: Naming, kinds: Kinds, labels: dict[int, str]) -> None:
        self.sheet, self.naming, self.kinds, self.labels = sheet, naming, kinds, labels
        self.found: list[Found] = []
        self.waiting: list[int] = []

    def tables(self) -> list[Found]:
        for first, end in _runs(self.kinds, len(self.sheet.rows)):
            kind = self.kinds.get(first, PLACE)
            if kind in BODY and (self.found or self._begins(first, end, kind)):
                self._take(first, end)
            elif kind == WORDS and self._is_held(first):
                self.kinds[first] = UNKNOWN
                self._take(first, end)
            else:
                self.waiting.extend(range(first, end))
        if self.found:
            self._below(self.found[-1], self.waiting)
        return [table for table in self.found if self._holds_anything(table)]

    def _begins(self, first: int, end: int, kind: str) -> bool:
        """Tell whether a row opens the first table: below a head, or a province's or unit's with a figure."""
        if self._heads():
            return True
        return kind in (PLACE, BELOW) and any(
            has_figure(self.sheet, i, self.naming.column, kind == PLACE) for i in range(first, end)
        )

    def _take(self, first: int, end: int) -> None:
        table = self.found[-1] if self.found else None
        heads = self._heads()
        if table is None or (heads and not self._goes_on(table, heads)):
            head, titles = split_head(self.sheet, self.naming, self.kinds, self.waiting)
            below = [i for i in self.waiting if head and i > head[-1] and self.kinds.get(i) == TEXT]
            table = Found(
                self.sheet, self.naming, head, titles, (first, end), self.kinds, self.labels, sections=below
            )
            self.found.append(table)
        else:
            self._below(table, self.waiting)
            table.body = (table.body[0], end)
        self.waiting = []

    def _below(self, table: Found, rows: list[int]) -> None:
        table.notes.extend(rows)
        table.sections.extend(i for i in rows if self.kinds.get(i) == TEXT)

    def _heads(self) -> list[int]:
        return [i for i in self.waiting if self._is_head(i)]

    def _is_head(self, i: int) -> bool:
        """Tell a row of heads from notes and from data in words: its name cell heads names, or is empty."""
        if self.kinds.get(i) != WORDS or is_letterhead(self.sheet, i, self.naming):
            return False
        label = self.sheet.text(i, self.naming.column)
        filled = [text for text in self.sheet.rows[i] if text]
        if words("heads", "note_starts").starts(filled[0]) or key_and_value(filled):
            return False
        if any(is_figure(self.sheet, i, j) for j, text in enumerate(self.sheet.rows[i]) if text):
            return False
        if label:
            return not self.found or self._is_name_head(label)
        return any(self.sheet.rows[i][self.naming.column + 1 :])

    def _is_name_head(self, label: str) -> bool:
        return self.naming.heads.starts(label) or label in words("heads", "names")

    def _is_held(self, i: int) -> bool:
        """Tell whether a row of words, below a head or among rows of a table, is data: it has a name of its own."""
        label = self.labels.get(i) or self.sheet.text(i, self.naming.column)
        filled = [text for text in self.sheet.rows[i] if text]
        if self._is_data(i):
            return True
        if self._is_name_head(label) or words("heads", "note_starts").starts(filled[0]):
            return False
        if not label:
            figures = any(is_figure(self.sheet, i, j) for j, text in enumerate(self.sheet.rows[i]) if text)
            return figures and bool(self.found) and not self._heads()
        above = [
            w
            for w in self.waiting
            if self._is_name_head(self.sheet.text(w, self.naming.column)) and self._is_head(w)
        ]
        if not above and not (self.found and not self.waiting):
            return False
        beyond = [text for text in self.sheet.rows[i][self.naming.column + 1 :] if text]
        return any(any(map(str.isdigit, text)) for text in beyond)

    def _is_data(self, i: int) -> bool:
        """Tell a row of data below a head, whatever its name: a figure is missing or in words, or its head is answered.

        Vùng | Tổng số hồ sơ | 2021 | khoảng 13826, below Tỉnh | Chỉ tiêu | Kỳ | Giá trị.
        """
        above = [w for w in self.waiting if self._is_name_head(self.sheet.text(w, self.naming.column))]
        head = above[-1] if above else self.found[-1].head[-1] if self.found and self.found[-1].head else None
        if head is None or head >= i or not (self.labels.get(i) or self.sheet.text(i, self.naming.column)):
            return False
        cells = [
            (self.sheet.text(head, j), t)
            for j, t in enumerate(self.sheet.rows[i])
            if t and j > self.naming.column
        ]
        return any(is_missing(t) or _IN_WORDS.match(fold_text(t)) or _answers(asked, t) for asked, t in cells)

    def _goes_on(self, table: Found, heads: list[int]) -> bool:
        """Tell whether heads are those of the running table again, as at the top of a printed page.

        Below a title of its own the same head begins another table.
        """
        first = [self.sheet.rows[i] for i in table.head]
        known = {text for row in first for text in row}
        between = (t for i in self.waiting if i not in heads for t in self.sheet.rows[i] if t)
        return all(self.sheet.rows[i] in first for i in heads) and all(
            text in known or _PAGE_MARK.search(fold_text(text)) for text in between
        )

    def _holds_anything(self, table: Found) -> bool:
        """Tell a table from a letterhead that names places: it has a head, or a figure beside a name."""
        if table.head and table.rows(PLACE, HEADING, UNKNOWN):
            return True
        marked = [i for i in table.rows(PLACE) if has_figure(self.sheet, i, self.naming.column)]
        others = (i for i in range(*table.body) if self.kinds.get(i, PLACE) not in (PLACE, TEXT, WORDS))
        return bool(marked) or any(has_figure(self.sheet, i, self.naming.column, False) for i in others)


def _answers(head: str, text: str) -> bool:
    """Tell whether a cell is what its head asks for: an indicator, or a period."""
    if head in words("heads", "indicator"):
        return is_indicator(text)
    return head in words("heads", "period", "year", "month", "quarter") and is_subject(text)


def _runs(kinds: Kinds, length: int) -> Iterator[tuple[int, int]]:
    """Walk over the rows: a run of provinces at once, every other row alone."""
    position = 0
    for i in [*sorted(kinds), length]:
        if i > position:
            yield position, i
        if i < length:
            yield i, i + 1
        position = i + 1

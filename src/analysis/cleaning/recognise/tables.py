"""Where tables stand on a sheet: their heads, their rows, the sections among these, and what stands above and below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import ColumnRows, Sheet
from analysis.cleaning.rows import (
    BODY,
    HEADING,
    NUMBERING,
    ORDINAL,
    TEXT,
    WORDS,
    Kinds,
    ReadLabel,
    borrowed_labels,
    classify,
    has_figure,
    is_field,
    is_figure,
    is_section,
    is_subject,
)
from analysis.cleaning.words.datelines import key_and_value
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.places import BELOW, PLACE, UNKNOWN, read_code, read_place
from analysis.cleaning.words.vocabulary import Words, words
from analysis.reference.spelling import fold_text

_SAMPLE, _MOST_HEADS = 3000, 4
_ALL = ("all", "tat ca")
# What printing leaves before a head that is repeated.
_PAGE_MARK = re.compile(
    r"^\W*\d*$|tiep theo|\b(cont|continued|trang|page)\b|^(ghi chu|luu y|nguon|note|source|don vi)\b"
)
# A figure that is none: khoảng 64, trên 45%, 12/35.
_IN_WORDS = re.compile(r"(khoang|tren|duoi|gan|hon|xap xi|about|over|under|[~<>≈])\s*\d|\d+/\d{1,3}$")
_UNIT_LINE = re.compile(r"\(?(đơn vị( tính)?|đvt|unit)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Naming:
    """Which column names the rows of a sheet, how its labels are read, and which words head it."""

    column: int
    read_label: ReadLabel
    are_codes: bool = False
    heads: Words = field(default_factory=lambda: words("heads", "name_starts", "names", "codes", "index"))


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
        codes, texts = self.sheet.codes(self.sheet.place_of(index))
        seen = np.flatnonzero(np.bincount(codes[slice(*self.body)], minlength=len(texts)))
        return [texts[code] for code in seen.tolist() if texts[code]]

    def label(self, i: int) -> str:
        """Return the text that names a row."""
        return self.labels.get(i) or self.sheet.text(i, self.naming.column)


def lies_across(sheet: Sheet) -> bool:
    """Tell whether provinces stand in a row, as column heads."""
    across = max((_count_places(row[:400]) for row in sheet.rows[:60] if _is_row_of_places(row)), default=0)
    if across < 2:
        return False
    down = max((_count_places(_column(sheet, j)) for j in range(min(sheet.width, 60))), default=0)
    return across > down


def _is_row_of_places(row: list[str]) -> bool:
    """Tell a row of column heads that are provinces from a row of data that names several."""
    places = [read_place(text).kind == PLACE for text in row[:400] if text]
    beyond = places[places.index(True) :] if True in places else []
    return sum(beyond) >= 0.7 * len(beyond)


def _count_places(texts: list[str]) -> int:
    read = (read_place(text) for text in texts if not is_number_like(text))
    found = (place for place in read if place.kind == PLACE)
    return len({(place.code_63, place.code_34) for place in found})


def _column(sheet: Sheet, j: int, most: int = _SAMPLE) -> list[str]:
    if len(sheet.rows) <= most or isinstance(sheet.rows, ColumnRows):
        codes, texts = sheet.codes(j)
        return [texts[code] for code in codes[:most].tolist()]
    return [row[j] if j < len(row) else "" for row in sheet.rows[:most]]


def side_by_side(sheet: Sheet) -> list[Sheet]:
    """Cut a sheet at empty columns that have a column of provinces on either side, or where heads begin anew."""
    if sheet.width > 300 or sheet.width < 4:
        return [sheet]
    named = [j for j in range(sheet.width) if _count_places(_column(sheet, j)) >= 2]
    cuts = [0]
    for left, right in pairwise(named):
        gap = [j for j in range(left + 1, right) if not any(sheet.codes(j)[1])]
        if gap:
            cuts.append(gap[-1])
        elif _have_same_head(sheet, left, right):
            numbered = (
                left > cuts[-1] and right - 1 > left + 1 and _have_same_head(sheet, left - 1, right - 1)
            )
            cuts.append(right - 1 if numbered else right)
    if len(cuts) == 1:
        return [sheet]
    return [sheet.cut(a, b) for a, b in zip(cuts, [*cuts[1:], sheet.width], strict=True)]


def _have_same_head(sheet: Sheet, left: int, right: int) -> bool:
    known = words("heads", "names", "index")
    for i in range(min(len(sheet.rows), 15)):
        head = fold_text(sheet.text(i, left))
        if head and head == fold_text(sheet.text(i, right)) and sheet.text(i, left) in known:
            return True
    return False


def find_naming(sheet: Sheet) -> Naming | None:
    """Return the column with the most provinces, by name or, under a head that says code, by code."""
    best, column = 0.0, 0
    for j in range(min(sheet.width, 40)):
        kinds = [read_place(text).kind for text in _column(sheet, j) if text and not text.isdigit()]
        score = kinds.count(PLACE) + 0.6 * kinds.count(BELOW)
        best, column = (score, j) if score > best else (best, column)
    if best >= 0.6:
        return Naming(column, read_place)
    for j in range(min(sheet.width, 40)):
        texts = _column(sheet, j, 400)
        heads = [i for i, text in enumerate(texts[:12]) if text and words("heads", "codes").starts(text)]
        if heads and any(read_code(text).kind == PLACE for text in texts[heads[-1] + 1 :]):
            return Naming(j, read_code, are_codes=True)
    return None


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
        if self.kinds.get(i) != WORDS or is_letterhead(self.sheet, i, self.naming) or self._is_data(i):
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


def split_head(sheet: Sheet, naming: Naming, kinds: Kinds, above: list[int]) -> tuple[list[int], list[str]]:
    """Return the rows of heads among those above a table, and the texts of the others as titles."""
    rows = [i for i in above if kinds.get(i) != NUMBERING]
    labelled = [i for i in rows if _is_labelled(sheet, i, naming)]
    head = _around(sheet, rows, labelled, naming) if labelled else _contiguous(sheet, rows, naming)
    if sheet.transposed:
        head = [
            i
            for i in rows
            if i in head or (sheet.text(i, naming.column) and any(sheet.rows[i][naming.column + 1 :]))
        ]
    own = [i for i in rows if i not in head and not (head and i > head[-1])]
    fields = [i for i in own if is_field([text for text in sheet.rows[i] if text])]
    titles = [text for i in own if i not in fields for text in title_texts(sheet.rows[i])]
    return head, [*titles, *_filtered_period([sheet.rows[i] for i in fields])]


def _is_labelled(sheet: Sheet, i: int, naming: Naming) -> bool:
    label = sheet.text(i, naming.column)
    return naming.heads.starts(label) and _is_wide(sheet, i) and not is_letterhead(sheet, i, naming)


def _around(sheet: Sheet, rows: list[int], labelled: list[int], naming: Naming) -> list[int]:
    """Return the last labelled row with those that belong to it: open ones below, heads of groups right above."""
    last = labelled[-1]
    head = [i for i in rows if i == last or (i > last and not _is_section(sheet, i, naming))]
    for i in reversed([r for r in rows if r < last]):
        gap = sheet.numbers[head[0]] - sheet.numbers[i] > 1
        if gap or not (i in labelled or _beyond_name(sheet, i, naming)) or is_letterhead(sheet, i, naming):
            break
        head.insert(0, i)
    return head


def _contiguous(sheet: Sheet, rows: list[int], naming: Naming) -> list[int]:
    """Return the rows directly above the data that have several cells, up to the first title."""
    head: list[int] = []
    for i in reversed(rows):
        filled = [text for text in sheet.rows[i] if text]
        if (
            not (_is_wide(sheet, i) or _beyond_name(sheet, i, naming))
            or key_and_value(filled)
            or is_field(filled)
        ):
            break
        if is_letterhead(sheet, i, naming) or (head and sheet.numbers[head[0]] - sheet.numbers[i] > 1):
            break
        head.insert(0, i)
        if len(head) == _MOST_HEADS:
            break
    return head


def _is_wide(sheet: Sheet, i: int) -> bool:
    return len({text for text in sheet.rows[i] if text}) >= 2


def _beyond_name(sheet: Sheet, i: int, naming: Naming) -> bool:
    row = sheet.rows[i]
    return not any(row[: naming.column + 1]) and any(row[naming.column + 1 :])


def _is_section(sheet: Sheet, i: int, naming: Naming) -> bool:
    """Tell a row with one text at its left, which heads a group of rows, from a row of heads."""
    places = [j for j, text in enumerate(sheet.rows[i]) if text]
    return (len(places) == 1 or is_section(sheet.rows[i])) and places[-1] <= naming.column


def is_letterhead(sheet: Sheet, i: int, naming: Naming) -> bool:
    """Tell a row of who reports to whom, or of a unit, from one of heads."""
    texts = [text for text in sheet.rows[i] if text]
    if any(words("heads", "letterhead_words").inside(text) for text in texts):
        return True
    if sheet.text(i, naming.column) in words("heads", "names", "index") and _is_wide(sheet, i):
        return False
    if all(_UNIT_LINE.match(text.strip()) for text in texts):
        return True
    beginnings = words("heads", "letterhead_starts")
    return any(beginnings.starts(text) and not naming.heads.starts(text) for text in texts) or any(
        beginnings.longest_start(text) > 2 for text in texts
    )


def title_texts(row: list[str]) -> list[str]:
    """Return the texts of a title row, and all of them as one: Từ ngày 01/10/2022 | Đến ngày 31/10/2022."""
    texts = [text for text in dict.fromkeys(row) if text]
    whole = [" ".join(texts)] if len(texts) > 1 else []
    return whole if key_and_value(texts) else [*texts, *whole]


def _filtered_period(fields: list[list[str]]) -> list[str]:
    """Return as a title the period to which the filters above a pivot table hold it; several months leave it open."""
    said: dict[str, str] = {}
    for key, value in ([text for text in row if text] for row in fields):
        unit = next(
            u
            for u, name in (("nam", "year"), ("thang", "month"), ("quy", "quarter"))
            if key in words("heads", name)
        )
        said[unit] = fold_text(value).removeprefix(unit).strip()
    if any(value in ("multiple items", "nhieu muc") for value in said.values()):
        return []
    parts = [f"{unit} {said[unit]}" for unit in ("thang", "quy", "nam") if said.get(unit, "all") not in _ALL]
    return [" ".join(parts)] if parts else []


def section_text(row: list[str]) -> str:
    """Return the text of a section row without the number or letter before it."""
    filled = list(dict.fromkeys(text.strip() for text in row if text.strip()))
    return filled[-1] if filled and (len(filled) == 1 or ORDINAL.fullmatch(filled[0])) else ""

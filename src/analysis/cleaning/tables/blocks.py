"""The tables on a sheet: where each begins, its header, its rows of provinces, totals, sections and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analysis.cleaning.readers.grid import TEXT, Codes, ColumnRows, Sheet, factorize_codes, pick
from analysis.cleaning.tables.drafts import draft_tables
from analysis.cleaning.tables.headrows import CODE_LABEL, split_header
from analysis.cleaning.tables.labels import borrowed_labels
from analysis.cleaning.tables.rowkinds import NAME_HEADS, Kinds, classify_rows
from analysis.cleaning.words.places import (
    BELOW,
    PLACE,
    UNKNOWN,
    Place,
    read_code,
    read_place,
    reading_names,
)
from analysis.reference.spelling import fold_text

_SAMPLE = 3000
_Reader = Callable[[str], Place]


@dataclass(frozen=True)
class Block:
    """One table: indices are those of `sheet.rows`.

    `data` holds the rows of provinces, `others` the total, average, region, lower-unit and unknown rows among them
    with their kinds. `titles` are the texts above the header, nearest last.
    """

    sheet: Sheet
    name_column: int
    labels: dict[int, str]
    read_label: Callable[[str], Place]
    header: list[int]
    titles: list[str]
    data: Codes
    others: list[tuple[int, str]] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)

    @property
    def is_of_others(self) -> bool:
        """Tell whether every row is that of a ministry or another unit, or sums them up."""
        kinds = {kind for _, kind in self.others}
        return not len(self.data) and BELOW in kinds and UNKNOWN not in kinds

    def label(self, i: int) -> str:
        """Return the text that names row i, from a merged cell above where it is written once for several."""
        return self.labels.get(i) or self.sheet.text(i, self.name_column)

    def label_codes(self) -> tuple[Codes, list[str]]:
        """Return the labels of the data rows as distinct texts and, for each row, which of them it has."""
        codes, texts = self.sheet.codes(self.name_column)
        if not self.labels:
            return pick(codes, self.data), texts
        order = {text: n for n, text in enumerate(dict.fromkeys(self.label(i) for i in self.data.tolist()))}
        return np.array([order[self.label(i)] for i in self.data.tolist()], dtype=np.intp), list(order)

    def codes(self, j: int) -> tuple[Codes, list[str]]:
        """Return the distinct texts of a column and which of them each data row has."""
        codes, texts = self.sheet.codes(j)
        return pick(codes, self.data), texts

    def texts(self, j: int) -> list[str]:
        """Return the distinct texts of a column in the data rows."""
        codes, texts = self.codes(j)
        return [texts[code] for code in np.flatnonzero(np.bincount(codes)).tolist()]

    def filled(self, j: int) -> npt.NDArray[np.bool_]:
        """Tell of each data row whether it has anything in a column."""
        codes, texts = self.codes(j)
        return np.array([bool(text) for text in texts], dtype=bool)[codes]

    def cells(self, j: int) -> tuple[Codes, list[tuple[str, str]]]:
        """Return the distinct cells of a column, text with kind, and which of them each data row has."""
        sheet = self.sheet
        codes, texts = self.codes(j)
        if not sheet.kinds:
            return codes, [(text, TEXT) for text in texts]
        kinds = np.array([ord(sheet.kind(i, j)) for i in self.data.tolist()], dtype=np.intp)
        pairs, found = factorize_codes(codes * 128 + kinds, len(texts) * 128)
        return pairs, [(texts[pair // 128], chr(pair % 128)) for pair in found.tolist()]


def find_blocks(
    sheet: Sheet, names: Mapping[str, str] | None = None, own: Callable[[_Reader], _Reader] | None = None
) -> list[Block]:
    """Return the tables of a sheet, top to bottom and left to right; none when no province is named.

    `names` says what labels stand for that are no province's name, see `layouts`; `own` makes the reader of labels
    one for a report of one province, see `own_units`.
    """
    if own is None and lies_across(sheet):
        sheet = sheet.turn()
    blocks: list[Block] = []
    for part in _side_by_side(sheet):
        blocks.extend(_stacked(part, names or {}, own))
    return blocks


def lies_across(sheet: Sheet) -> bool:
    """Tell whether provinces stand in a row, as column heads."""
    across = max((_count_places(row[:400]) for row in sheet.rows[:60] if _is_row_of_places(row)), default=0)
    if across < 2:
        return False
    down = max((_count_places(_column(sheet, j, _SAMPLE)) for j in range(min(sheet.width, 60))), default=0)
    return across > down


def _is_row_of_places(row: list[str]) -> bool:
    """Tell a row of column heads that are provinces from a row of data that names several."""
    places = [read_place(text).kind == PLACE for text in row[:400] if text]
    beyond = places[places.index(True) :] if True in places else []
    return sum(beyond) >= 0.7 * len(beyond)


def _count_places(texts: list[str]) -> int:
    found = (place for place in map(read_place, texts) if place.kind == PLACE)
    return len({(place.code_63, place.code_34) for place in found})


def _column(sheet: Sheet, j: int, most: int | None = None) -> list[str]:
    """Return the first texts of a column, or its distinct ones when no number is given."""
    if most is None:
        return sheet.codes(j)[1]
    if len(sheet.rows) <= most or isinstance(sheet.rows, ColumnRows):
        codes, texts = sheet.codes(j)
        return [texts[code] for code in codes[:most].tolist()]
    return [row[j] if j < len(row) else "" for row in sheet.rows[:most]]


def _side_by_side(sheet: Sheet) -> list[Sheet]:
    """Cut a sheet at empty columns that have a column of provinces on either side."""
    if sheet.width > 300 or sheet.width < 4:
        return [sheet]
    named = [j for j in range(sheet.width) if _count_places(_column(sheet, j, _SAMPLE)) >= 2]
    cuts = [0]
    for left, right in pairwise(named):
        gap = [j for j in range(left + 1, right) if not any(_column(sheet, j))]
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
    """Tell whether two columns are headed by the same word for names or numbers of rows."""
    for i in range(min(len(sheet.rows), 15)):
        head = fold_text(sheet.text(i, left))
        if head and head == fold_text(sheet.text(i, right)) and (head in ("stt", "tt") or head in NAME_HEADS):
            return True
    return False


def _stacked(sheet: Sheet, names: Mapping[str, str], own: Callable[[_Reader], _Reader] | None) -> list[Block]:
    found = _find_name_column(sheet)
    if found is None:
        return []
    name_column, read_label = found
    read_label = reading_names(names, own(read_label) if own else read_label)
    labels = borrowed_labels(sheet, name_column, read_label)
    kinds = classify_rows(sheet, name_column, labels, read_label)
    return _cut_into_blocks(sheet, name_column, labels, read_label, kinds)


def _find_name_column(sheet: Sheet) -> tuple[int, Callable[[str], Place]] | None:
    """Return the column with the most provinces, by name or, under a header that says code, by code."""
    scores: list[tuple[float, int]] = []
    for j in range(min(sheet.width, 40)):
        kinds = Counter(read_place(text).kind for text in _column(sheet, j, _SAMPLE) if not text.isdigit())
        scores.append((kinds[PLACE] + 0.6 * kinds[BELOW], -j))
    best, column = max(scores, default=(0, 0))
    if best >= 0.6:
        return -column, read_place
    for j in range(min(sheet.width, 40)):
        texts = _column(sheet, j, 400)
        heads = [i for i, text in enumerate(texts[:12]) if text and CODE_LABEL.fullmatch(fold_text(text))]
        codes = sum(read_code(text).kind == PLACE for text in texts[heads[-1] + 1 :]) if heads else 0
        if codes:
            return j, read_code
    return None


def _cut_into_blocks(
    sheet: Sheet, name_column: int, labels: dict[int, str], read_label: Callable[[str], Place], kinds: Kinds
) -> list[Block]:
    """Return the tables among the rows of a sheet."""
    blocks: list[Block] = []
    for draft in draft_tables(sheet, name_column, kinds):
        header, titles = split_header(sheet, draft.above, name_column)
        if draft.panel is not None:
            titles.extend(text for text in dict.fromkeys(sheet.rows[draft.panel]) if text)
        rows = (draft.data(), draft.others, draft.notes)
        blocks.append(Block(sheet, name_column, labels, read_label, header, titles, *rows))
    return blocks

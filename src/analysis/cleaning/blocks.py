"""The tables on a sheet: where each begins, its header, its rows of provinces, totals, sections and notes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from analysis.cleaning.grid import Codes, ColumnRows, Sheet
from analysis.cleaning.numerals import is_missing, is_number_like
from analysis.cleaning.places import (
    AVERAGE,
    BELOW,
    BLANK,
    PLACE,
    REGION,
    TOTAL,
    UNKNOWN,
    Place,
    read_code,
    read_place,
)
from analysis.reference.spelling import fold_text

_NAME_LABEL = re.compile(
    r"(ten )?(tinh|dia phuong|don vi|thanh pho|province|provinces|locality|localities|ten|co quan|name|province name|"
    r"geography|vung|tinh tp|city|dia ban)\b.*"
)
_CODE_LABEL = re.compile(
    r"(ma|code|iso|gso|province code|ma tinh|ma so|ma dia phuong|ma gso|iso code|ma don vi)( .*)?"
)
_LETTERHEAD = re.compile(
    r"cong hoa xa hoi|doc lap tu do|^ubnd |^uy ban nhan dan|^so \d+|^so thong tin|^bo |^bieu |^phu luc|^mau |^kem theo"
)
_NUMBERING = re.compile(r"\(?\s*(\d{1,2}|[a-zA-Z])\s*\)?(\s*=.*)?")
_NAME_HEADS = {
    "tinh", "dia phuong", "don vi", "tinh thanh pho", "tinh tp", "ten tinh", "province", "row labels",
    "nhan hang", "ten don vi",
}  # fmt: skip
_SAMPLE = 3000
Kinds = npt.NDArray[np.object_]


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

    def label(self, i: int) -> str:
        """Return the text that names row i, from a merged cell above where it is written once for several."""
        return self.labels.get(i) or self.sheet.text(i, self.name_column)

    def label_codes(self) -> tuple[Codes, list[str]]:
        """Return the labels of the data rows as distinct texts and, for each row, which of them it has."""
        codes, texts = self.sheet.codes(self.name_column)
        if not self.labels:
            return codes[self.data], texts
        order = {text: n for n, text in enumerate(dict.fromkeys(self.label(i) for i in self.data.tolist()))}
        return np.array([order[self.label(i)] for i in self.data.tolist()], dtype=np.intp), list(order)


def find_blocks(sheet: Sheet) -> list[Block]:
    """Return the tables of a sheet, top to bottom and left to right; none when no province is named."""
    if _provinces_across(sheet):
        sheet = sheet.turn()
    blocks: list[Block] = []
    for part in _side_by_side(sheet):
        blocks.extend(_stacked(part))
    return blocks


def _provinces_across(sheet: Sheet) -> bool:
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
    return len({place.code_63 for place in map(read_place, texts) if place.kind == PLACE})


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
        if (
            head
            and head == fold_text(sheet.text(i, right))
            and (head in ("stt", "tt") or head in _NAME_HEADS)
        ):
            return True
    return False


def _stacked(sheet: Sheet) -> list[Block]:
    found = _find_name_column(sheet)
    if found is None:
        return []
    name_column, read_label = found
    labels = _merged_labels(sheet, name_column)
    kinds = _classify_rows(sheet, name_column, labels, read_label)
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
        heads = [i for i, text in enumerate(texts[:12]) if text and _CODE_LABEL.fullmatch(fold_text(text))]
        codes = sum(read_code(text).kind == PLACE for text in texts[heads[-1] + 1 :]) if heads else 0
        if codes:
            return j, read_code
    return None


def _merged_labels(sheet: Sheet, name_column: int) -> dict[int, str]:
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


def _classify_rows(
    sheet: Sheet, name_column: int, labels: dict[int, str], read_label: Callable[[str], Place]
) -> Kinds:
    """Return the kind of each row; only rows that name no province are looked at one by one."""
    codes, distinct = sheet.codes(name_column)
    by_text = np.array([read_label(text).kind for text in distinct], dtype=object)
    named = np.array([bool(text) for text in distinct], dtype=np.intp)
    kinds = by_text[codes] if len(distinct) else np.array([], dtype=object)
    beside = sheet.filled - named[codes]
    for i, label in labels.items():
        kinds[i] = read_label(label).kind
    kinds[(kinds == PLACE) & (beside == 0)] = "heading"
    for i in np.flatnonzero((kinds != PLACE) & (kinds != "heading")).tolist():
        kinds[i] = _classify_row(sheet, i, name_column, kinds[i])
    return kinds


def _classify_row(sheet: Sheet, i: int, name_column: int, kind: str) -> str:
    """Return total, average, region, below, unknown, numbering, header or note for a row without a province."""
    row = sheet.rows[i]
    if kind == BLANK:
        label = next((text for text in row[:name_column] if text and not text.isdigit()), "")
        before = read_place(label).kind if label else BLANK
        if before in (TOTAL, AVERAGE, REGION):
            kind = before
    filled = [text for text in row if text]
    if is_numbering(filled):
        return "numbering"
    if fold_text(sheet.text(i, name_column)) in _NAME_HEADS:
        return "header"
    figures = sum(is_figure(sheet, i, j) for j in range(name_column + 1, len(row)) if row[j])
    if kind in (TOTAL, AVERAGE, REGION, BELOW):
        texts = [t for t in row[name_column + 1 :] if t and not is_number_like(t) and not is_missing(t)]
        return "header" if len(texts) >= 2 and not figures else kind
    if figures and (kind == UNKNOWN or figures >= 2):
        return UNKNOWN
    return "header" if len(set(filled)) >= 2 else "note"


def is_figure(sheet: Sheet, i: int, j: int) -> bool:
    if sheet.kind(i, j) in "np":
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


_BODY = (PLACE, TOTAL, AVERAGE, REGION, BELOW, UNKNOWN, "heading")


@dataclass
class _Draft:
    """A table while its rows are being gathered; runs of provinces are kept as first and last."""

    above: list[int] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)
    others: list[tuple[int, str]] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)

    def data(self) -> Codes:
        """Return the rows of provinces."""
        parts = [np.arange(first, last, dtype=np.intp) for first, last in self.runs]
        return np.concatenate(parts) if parts else np.array([], dtype=np.intp)


def _cut_into_blocks(
    sheet: Sheet, name_column: int, labels: dict[int, str], read_label: Callable[[str], Place], kinds: Kinds
) -> list[Block]:
    """Group rows into tables: a new header after rows of provinces begins a new table."""
    drafts: list[_Draft] = []
    waiting: list[int] = []
    for first, last in _runs(kinds):
        kind = str(kinds[first])
        heads = [sheet.rows[w] for w in waiting if kinds[w] == "header"] if waiting else []
        if kind not in _BODY or not (drafts or heads or kind in (PLACE, BELOW)):
            waiting.append(first)
            continue
        if not drafts or (heads and not _is_repeated(sheet, drafts[-1], heads)):
            drafts.append(_Draft(above=waiting))
        else:
            drafts[-1].notes.extend(waiting)
        waiting = []
        if kind == PLACE:
            drafts[-1].runs.append((first, last))
        else:
            drafts[-1].others.append((first, kind))
    if drafts:
        drafts[-1].notes.extend(waiting)
    blocks: list[Block] = []
    for draft in drafts:
        header, titles = _split_header(sheet, draft.above, name_column)
        blocks.append(
            Block(
                sheet,
                name_column,
                labels,
                read_label,
                header,
                titles,
                draft.data(),
                draft.others,
                draft.notes,
            )
        )
    return blocks


def _runs(kinds: Kinds) -> Iterator[tuple[int, int]]:
    """Walk over the rows: a run of provinces at once, every other row alone."""
    position = 0
    for i in [*np.flatnonzero(kinds != PLACE).tolist(), len(kinds)]:
        if i > position:
            yield position, i
        if i < len(kinds):
            yield i, i + 1
        position = i + 1


def _is_repeated(sheet: Sheet, draft: _Draft, heads: list[list[str]]) -> bool:
    """Tell whether a header is that of the running table again, as at the top of a printed page."""
    first = [sheet.rows[i] for i in draft.above]
    return all(head in first for head in heads)


def _split_header(sheet: Sheet, above: list[int], name_column: int) -> tuple[list[int], list[str]]:
    """Return the header rows among the rows above a table, and the texts of the others as titles."""
    rows = [i for i in above if not is_numbering([t for t in sheet.rows[i] if t])]
    labelled = [
        i for i in rows if _NAME_LABEL.fullmatch(fold_text(sheet.text(i, name_column))) and _wide(sheet, i)
    ]
    coded = [
        i for i in rows if _CODE_LABEL.fullmatch(fold_text(sheet.text(i, name_column))) and _wide(sheet, i)
    ]
    if labelled or coded:
        header = [i for i in rows if i >= (labelled or coded)[-1]]
        header = _extend_up(sheet, rows, header, name_column)
    else:
        header = _contiguous(sheet, rows, name_column)
    titles = [text for i in rows if i not in header for text in dict.fromkeys(sheet.rows[i]) if text]
    return header, titles


def _wide(sheet: Sheet, i: int) -> bool:
    return len({text for text in sheet.rows[i] if text}) >= 2


def _contiguous(sheet: Sheet, rows: list[int], name_column: int) -> list[int]:
    """Return the rows directly above the data that have several cells, up to the first title."""
    header: list[int] = []
    for i in reversed(rows):
        if not _wide(sheet, i) and not _beyond_name(sheet, i, name_column):
            break
        if _is_letterhead(sheet, i) or (header and sheet.numbers[header[0]] - sheet.numbers[i] > 1):
            break
        header.insert(0, i)
        if len(header) == 4:
            break
    return header


def _extend_up(sheet: Sheet, rows: list[int], header: list[int], name_column: int) -> list[int]:
    """Take in rows above the labelled one that head only columns of figures."""
    for i in reversed([r for r in rows if r < header[0]]):
        if sheet.numbers[header[0]] - sheet.numbers[i] > 1 or not _beyond_name(sheet, i, name_column):
            break
        if _is_letterhead(sheet, i):
            break
        header = [i, *header]
    return header


def _beyond_name(sheet: Sheet, i: int, name_column: int) -> bool:
    row = sheet.rows[i]
    return not any(row[: name_column + 1]) and any(row[name_column + 1 :])


def _is_letterhead(sheet: Sheet, i: int) -> bool:
    return any(_LETTERHEAD.search(fold_text(text)) for text in sheet.rows[i] if text)

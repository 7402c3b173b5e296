"""Which column names the rows of a sheet, and whether names stand across."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import ColumnRows, Sheet
from analysis.cleaning.rows import ReadLabel
from analysis.cleaning.words.places import BELOW, PLACE, read_code, read_place
from analysis.reference.vocabulary import Words, words

_SAMPLE = 3000


@dataclass(frozen=True)
class Naming:
    """Which column names the rows of a sheet, how its labels are read, and which words head it."""

    column: int
    read_label: ReadLabel
    are_codes: bool = False
    heads: Words = field(default_factory=lambda: words("heads", "name_starts", "names", "codes", "index"))


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

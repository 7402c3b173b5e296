"""Whose report a sheet is that lists no provinces: one province's, by its indicators, its periods or its own units."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from analysis.cleaning.layout import LaidColumn, Role
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.forms import heads_form
from analysis.cleaning.recognise.naming import Naming
from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.rows import is_subject
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.places import (
    BELOW,
    PLACE,
    TOTAL,
    UNKNOWN,
    Place,
    is_whole,
    read_place,
    reading_units,
)
from analysis.reference.provinces import NATION
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import words

_MOST_ROWS = 2000
_NAME_COLUMNS, _LONGEST_NAME = 4, 5
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
# Where a report was signed is not whose it is: ministries sign in Hà Nội.
_SIGNED = re.compile(r"(?!.*\b(?:tinh|ubnd)\b)[a-z ]{2,40} ngay(?: \d.*| thang.*)?")


@dataclass(frozen=True)
class Own:
    """Whose report a sheet is, the column that names its rows, and whether these are its units."""

    province: str
    code: str
    naming: Naming
    by_units: bool


def find_own(sheet: Sheet, file: str, province: str = "") -> Own | None:
    """Return whose report a sheet is when no row of figures names another province; `province` is a layout's."""
    if not 2 <= len(sheet.rows) <= _MOST_ROWS or sheet.width > 200:
        return None
    return _by_subjects(sheet, file, province) or _by_units(sheet, file, province)


def _by_subjects(sheet: Sheet, file: str, province: str) -> Own | None:
    """Return whose report a sheet is whose rows name indicators or periods only."""
    part = _parts_of_year(sheet)
    told = [(i, j) for i, row in enumerate(sheet.rows) if (j := _subject_column(row, part)) is not None]
    told = [(i, j) for i, j in told if any(map(is_number_like, sheet.rows[i][j + 1 :]))]
    if not told or any(read_place(text).kind == PLACE for i, _ in told for text in sheet.rows[i] if text):
        return None
    column = Counter(j for _, j in told).most_common(1)[0][0]
    named = owners_named(sheet, told[0][0], file, province)
    places = [i for i in range(len(sheet.rows)) if read_place(sheet.text(i, column)).kind == PLACE]
    if any(i > told[0][0] or any(map(is_number_like, sheet.rows[i][column + 1 :])) for i in places):
        return None
    if len(named) != 1 or not any(sheet.filled[i] >= 2 for i in range(told[0][0])):
        return None
    code, name = next(iter(named.items()))
    own = read_place(name)

    def read(label: str) -> Place:
        return own if is_subject(label.strip(" -–+*•")) else Place(UNKNOWN)

    heads = words("heads", "indicator", "period", "year", "month", "quarter", "names", "index")
    return Own(name, code, Naming(column, read, heads=heads), by_units=False)


def _parts_of_year(sheet: Sheet) -> int | None:
    """Return the column headed “Tháng” or “Quý” that numbers the months or quarters of a year."""
    heads = words("heads", "month", "quarter")
    found = (
        j for row in sheet.rows[:15] for j, text in enumerate(row[:_NAME_COLUMNS]) if text and text in heads
    )
    return next(found, None)


def _is_part(text: str) -> bool:
    return bool(re.fullmatch(r"0?[1-9]|1[0-2]|I|II|III|IV", text.strip()))


def _subject_column(row: list[str], part: int | None) -> int | None:
    """Return where a row names an indicator or a period, after its number at most; `part` holds bare months."""
    if part is not None and part < len(row) and _is_part(row[part]):
        return part
    return next(
        (j for j, text in enumerate(row[:_NAME_COLUMNS]) if text and is_subject(text.strip(" -–+*•"))), None
    )


def _by_units(sheet: Sheet, file: str, province: str) -> Own | None:
    """Return whose report a sheet is whose rows are units of the one province named above them."""
    # A row of one figure may be anything, unless a layout says whose sheet it is.
    least = 1 if province else 2
    rows = [i for i, row in enumerate(sheet.rows) if sum(map(is_number_like, row[1:])) >= least]
    columns = Counter(j for i in rows if (j := _label_column(sheet.rows[i])) is not None)
    if not columns:
        return None
    column = columns.most_common(1)[0][0]
    labels = [sheet.rows[i][j] for i in rows if (j := _label_column(sheet.rows[i])) is not None]
    kinds = [read_place(label) for label in labels]
    places = {place.code_63 for place in kinds if place.kind == PLACE} - {NATION}
    whole = sum(map(is_whole, labels))
    units = sum(place.kind == BELOW for place in kinds)
    summed = any(place.kind == TOTAL for place in kinds) and not places and heads_form(sheet)
    if len(places) > 1 or whole > 1 or (units < 2 and not summed):
        return None
    named = owners_named(sheet, rows[0], file, province)
    if len(named) != 1:
        return None
    code, name = next(iter(named.items()))
    return Own(name, code, Naming(column, reading_units(name, code, bool(whole))), by_units=True)


def _label_column(row: list[str]) -> int | None:
    """Return where the first words of a row stand."""
    found = (
        j for j, text in enumerate(row[:_NAME_COLUMNS]) if len(text.strip()) > 3 and not is_number_like(text)
    )
    return next(found, None)


def own_column(found: Found) -> LaidColumn:
    """Return the column that names the rows of a province's own report: indicators or periods."""
    labels = [found.label(i) for i in found.rows(PLACE, UNKNOWN)]
    naming = sum(is_indicator(label.strip(" -–+*•")) for label in labels)
    role = Role.INDICATOR if 2 * naming >= len(labels) else Role.PERIOD
    head = " ".join(filter(None, (found.sheet.text(i, found.naming.column) for i in found.head)))
    for part, name in ((Role.MONTH, "month"), (Role.QUARTER, "quarter")):
        role = part if head in words("heads", name) else role
    index = found.naming.column
    return LaidColumn(index, head, role=role, rule="its cells are the rows of the province's report")


def owners_named(sheet: Sheet, first: int, file: str, province: str = "") -> dict[str, str]:
    """Return the provinces named by a layout, else above the row `first`, else in a file's name, by their codes."""
    above = [text for row in sheet.rows[:first] for text in row if text and not is_signed(text)]
    return provinces_in([province]) or provinces_in(above) or provinces_in([PurePath(file).stem])


def is_signed(text: str) -> bool:
    """Tell the place and day of a signature: Hà Nội, ngày 09 tháng 10 năm 2023."""
    return "," in text[:60] and bool(_SIGNED.fullmatch(fold_text(text[:200])))


def provinces_in(texts: Iterable[str]) -> dict[str, str]:
    """Return the provinces that texts name, each by its code and the words that name it."""
    found: dict[str, str] = {}
    for text in texts:
        words = _WORDS.findall(text[:500])
        i = 0
        while i < len(words):
            size = next((n for n in range(_LONGEST_NAME, 1, -1) if _is_province(words[i : i + n])), 0)
            if size:
                name = " ".join(words[i : i + size])
                found.setdefault(read_place(name).code_63, name)
            i += size or 1
    return found


def _is_province(words: list[str]) -> bool:
    place = read_place(" ".join(words))
    return place.kind == PLACE and place.code_63 not in ("", NATION)

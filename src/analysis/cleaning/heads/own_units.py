"""A report of one province by its own units: “Toàn tỉnh” is the province, its levels may have own indicators."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.owners import owners_named
from analysis.cleaning.words.places import BELOW, PLACE, UNKNOWN, Place, read_place
from analysis.reference.indicators import Indicator, by_code
from analysis.reference.provinces import NATION
from analysis.reference.spelling import fold_text

_MOST_ROWS = 2000
_NAME_COLUMNS = 4
_WHOLE = re.compile(
    r"(?:(?:tong cong|tong so|tong|chung) )?toan (?:tinh|thanh pho)(?: [a-h]| [ivx]{1,4}| \d)*"
)
_LEVEL = re.compile(r"(?:tong )?cap (tinh|huyen|xa)(?: .*)?")
_CENTRE = re.compile(r"\btrung tam phuc vu hanh chinh cong\b|\bttpvhcc\b")
_SUFFIXES = {"tinh": "_provincial_level", "huyen": "_district_level", "xa": "_commune_level"}
_AT_CENTRE = {
    "n_dossiers_total": "n_dossiers_received_provincial_centre",
    "n_dossiers_online": "n_dossiers_submitted_online_provincial_centre",
}


@dataclass(frozen=True)
class Own:
    """Whose report a sheet is, and whether one of its rows is the whole province."""

    province: str
    code: str
    has_whole: bool

    def reading(self, read_label: Callable[[str], Place]) -> Callable[[str], Place]:
        """Return a reader of labels for which “Toàn tỉnh” is the province and other names are its units.

        A unit called like another province is not known for one; nor is one called like the province itself, where
        no row is the whole.
        """

        def read(label: str) -> Place:
            if _WHOLE.fullmatch(fold_text(label)):
                return read_place(self.province)
            place = read_label(label)
            if place.kind == UNKNOWN and any(c.isalpha() for c in label):
                return Place(BELOW)
            if place.kind == PLACE and place.code_63 != NATION:
                return self._namesake(label, place)
            return place

        return read

    def _namesake(self, label: str, place: Place) -> Place:
        if place.code_63 != self.code:
            return Place(UNKNOWN)
        if fold_text(label).startswith(("tinh ", "ubnd tinh ")):
            return place
        return Place(BELOW) if self.has_whole else Place(UNKNOWN)


def find_own(sheet: Sheet, file: str, province: str = "") -> Own | None:
    """Return whose report a sheet is when its rows are units of the one province named above them, else nothing."""
    if not 2 <= len(sheet.rows) <= _MOST_ROWS:
        return None
    rows = [i for i, row in enumerate(sheet.rows) if sum(map(is_number_like, row[1:])) >= 2]
    labels = [_label(sheet.rows[i]) for i in rows]
    kinds = [read_place(label) for label in labels]
    places = {place.code_63 for place in kinds if place.kind == PLACE} - {NATION}
    whole = sum(bool(_WHOLE.fullmatch(fold_text(label))) for label in labels)
    units = sum(place.kind == BELOW for place in kinds)
    if len(places) > 1 or whole > 1 or units < 2:
        return None
    named = owners_named(sheet, rows[0], file, province)
    return Own(*next((name, code) for code, name in named.items()), bool(whole)) if len(named) == 1 else None


def _label(row: list[str]) -> str:
    """Return the first words of a row."""
    return next(
        (text for text in row[:_NAME_COLUMNS] if len(text.strip()) > 3 and not is_number_like(text)), ""
    )


def levels_of(block: Block, columns: list[Column], own: Own) -> list[tuple[Block, list[Column]]]:
    """Return the rows of a province's levels of government that have indicators of their own, each as a table."""
    found = []
    for i, kind in block.others:
        level = _LEVEL.fullmatch(fold_text(block.label(i)))
        if kind != BELOW or level is None:
            continue
        centre = bool(_CENTRE.search(fold_text(block.label(i))))
        own_columns = [_of_level(column, level[1], centre) for column in columns]
        if any(column.role == h.VALUE for column in own_columns):
            data = np.array([i], dtype=np.intp)
            labels = {**block.labels, i: own.province}
            table = replace(block, labels=labels, read_label=read_place, data=data, others=[], notes=[])
            found.append((table, own_columns))
    return found


def _of_level(column: Column, level: str, centre: bool) -> Column:
    """Return a column as that of one level: with the level's own indicator, or skipped."""
    indicator = _variant(column.indicator, level, centre) if column.role == h.VALUE else None
    if indicator is None:
        return replace(column, role=h.SKIPPED)
    return replace(column, indicator=indicator, share=None)


def _variant(indicator: Indicator | None, level: str, centre: bool) -> Indicator | None:
    if indicator is None:
        return None
    if centre and level == "tinh":
        code = _AT_CENTRE.get(indicator.code, f"{indicator.code}_provincial_centre")
    else:
        code = indicator.code + _SUFFIXES[level]
    return by_code().get(code)

"""Single cells of a form, each of which a layout names, become observations of tables of one cell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePath

import numpy as np

from analysis.cleaning.extract.observations import extract_table
from analysis.cleaning.extract.outcome import TableOutcome
from analysis.cleaning.extract.table_rows import Body
from analysis.cleaning.figures.units import read_unit
from analysis.cleaning.layout import LaidCell, LaidColumn, LaidTable, Layout, Role
from analysis.cleaning.messages import Message, message
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.context import period_of_texts
from analysis.cleaning.shapes import quarantine_line
from analysis.cleaning.words.headtexts import shorten
from analysis.cleaning.words.periods import Period, show_period
from analysis.cleaning.words.places import read_place
from analysis.reference.indicators import by_code


@dataclass
class Cells:
    """What cells of a form gave, and those of which the sheet names another period than the layout."""

    tables: list[TableOutcome] = field(default_factory=list)
    outdated: list[Message] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)


def extract_cells(sheet: Sheet, table: LaidTable, layout: Layout, file: str, source_id: str) -> Cells:
    """Return the figures of the cells that a layout names; one that is empty gives nothing."""
    found = Cells()
    for cell in table.cells:
        i = next((i for i, number in enumerate(sheet.numbers) if number == cell.row), None)
        if i is None or not sheet.text(i, sheet.place_of(cell.index)):
            continue
        titles = _titles(sheet, i, sheet.place_of(cell.index))
        _, named, _ = period_of_texts(
            [*map(shorten, reversed(titles)), sheet.name, PurePath(file).stem.replace("_", " ")]
        )
        stated = cell.period or table.period
        if stated and named and not table.certain and not _within(stated, named):
            said = _outdated(table, stated, named, titles)
            found.outdated.append(message(said.code, **said.values, file=file, sheet=sheet.name))
            place = sheet.address(i, sheet.place_of(cell.index))
            found.refused.append(
                quarantine_line(file, sheet.name, place, sheet.text(i, sheet.place_of(cell.index)), said)
            )
            continue
        ready = _laid(table, cell, stated or named, titles)
        body = Body(sheet, ready, read_place, {i: cell.province}, np.array([i], dtype=np.intp))
        found.tables.append(extract_table(sheet, ready, layout, file, source_id, body))
    return found


def _laid(table: LaidTable, cell: LaidCell, period: Period | None, titles: list[str]) -> LaidTable:
    line = by_code()[cell.indicator]
    unit = next((unit for text in reversed(titles) if (unit := read_unit(text)).factor), read_unit(""))
    column = LaidColumn(
        cell.index, cell.indicator, cell.indicator, period, role=Role.VALUE, multiplier=unit.factor_for(line)
    )
    return replace(
        table,
        first_row=cell.row,
        last_row=cell.row,
        columns=(column,),
        province=cell.province,
        period=period,
        name_column=None,
    )


def _titles(sheet: Sheet, i: int, j: int) -> list[str]:
    """Return the texts above a cell; of rows of heads only those of its own column."""
    above = [row for row in sheet.rows[:i] if not any(map(is_number_like, row))]
    heads = [n for n, row in enumerate(above) if j < len(row) and row[j] and len(set(filter(None, row))) >= 3]
    first = heads[0] if heads else len(above)
    rows = [*above[:first], *(row[j : j + 1] for row in above[first:])]
    return [text for row in rows for text in dict.fromkeys(row) if text]


def _within(stated: Period, named: Period) -> bool:
    return (named.start <= stated.start and stated.end <= named.end) or named.start == named.end == stated.end


def _outdated(table: LaidTable, stated: Period, named: Period, titles: list[str]) -> Message:
    where = titles[-1][:80] if titles else ""
    said = {"stated": show_period(stated), "named": show_period(named)}
    return message("layout_outdated", layout=table.where, where=where, **said)

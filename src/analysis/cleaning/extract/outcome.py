"""What one table gave, on its way to the report, and what of it is set aside with its cell, its rule and its mend."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.cleaning.extract.table_rows import Body
from analysis.cleaning.figures.readings import Floats, Reading
from analysis.cleaning.layout import DATING, LaidColumn, LaidTable
from analysis.cleaning.messages import Message, message
from analysis.cleaning.readers.addresses import number_texts
from analysis.cleaning.readers.grid import Codes, Sheet
from analysis.cleaning.rows import has_figure
from analysis.cleaning.shapes import quarantine_line
from analysis.cleaning.words.no_level import not_a_level
from analysis.cleaning.words.places import BELOW, LEFT_OUT, PLACE, REGION, UNKNOWN, read_place, suggest
from analysis.cleaning.words.said_periods import is_average

UNEVEN, PART = "uneven", "part"


@dataclass
class TableOutcome:
    """What one table gave: observations, refused cells, and what the report tells of it.

    `values` holds the figures of each column by data row, NaN where none was read; `kin` gives rows of the same
    period and indicator the same number, where rows say these themselves; `factors` is what a printed one stands
    for in each data row, where rows say that; `unknown` are names that are no province's; `held` says why nothing of
    the table is used.
    """

    file: str
    body: Body
    observations: pd.DataFrame
    refused: list[dict[str, str]] = field(default_factory=list)
    values: dict[LaidColumn, Floats] = field(default_factory=dict)
    kin: Codes | None = None
    factors: Codes | None = None
    unknown: list[Message] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    held: Message | None = None

    @property
    def table(self) -> LaidTable:
        """What the rows and columns of the table mean."""
        return self.body.table

    @property
    def sheet(self) -> Sheet:
        """The sheet, turned round where provinces stand in columns."""
        return self.body.sheet

    @cached_property
    def told(self) -> npt.NDArray[np.bool_]:
        """Which rows of the sheet are in an observation or in the quarantine so far."""
        return np.zeros(len(self.sheet.rows), dtype=bool)

    @cached_property
    def observed(self) -> npt.NDArray[np.bool_]:
        """Which rows of the sheet are in an observation so far."""
        return np.zeros(len(self.sheet.rows), dtype=bool)

    def is_empty(self, column: LaidColumn) -> bool:
        """Tell whether a column holds nothing in the data rows."""
        return not self.body.filled(column).any()

    def locations(self, rows: Codes, column: LaidColumn) -> npt.NDArray[np.object_]:
        """Return where the cells of a column lie in the file: its lines, or addresses where there are such."""
        sheet = self.sheet
        if sheet.lines and not sheet.transposed:
            return number_texts(f"{self.file}:", sheet.row_numbers(rows))
        start = f"{self.file}!{sheet.name}!" if sheet.name else f"{self.file}!"
        first = sheet.addresses(rows, column.index, start)
        if not column.plus:
            return first
        last = sheet.addresses(rows, column.plus[-1], ":")
        joined: npt.NDArray[np.object_] = first + last
        return joined

    def refuse(self, i: int, j: int, said: Message, value: str | None = None) -> None:
        """Put one cell into the quarantine."""
        text = self.sheet.text(i, j) if value is None else value
        line = quarantine_line(self.file, self.sheet.name, self.sheet.address(i, j), text, said)
        self.refused.append(line)
        self.told[i] = True


def refuse_readings(
    outcome: TableOutcome, column: LaidColumn, indices: Codes, readings: list[Reading]
) -> None:
    """Put cells whose numbers could not be read into the quarantine."""
    j = column.index
    for i, reading in zip(indices.tolist(), readings, strict=True):
        outcome.refuse(i, j, reading.said or message("missing"))


def refuse_cells(outcome: TableOutcome, column: LaidColumn, indices: Codes, code: str) -> None:
    """Put cells of one column into the quarantine for one reason."""
    said, j = message(code), column.index
    for i in indices.tolist():
        outcome.refuse(i, j, said)


def refuse_undated(outcome: TableOutcome, column: LaidColumn, indices: Codes) -> None:
    """Put cells whose period is not told into the quarantine; an average of periods is one of its own."""
    dating = outcome.table.of_role(*DATING)
    texts = [outcome.sheet.text(i, dating.index) if dating else "" for i in indices.tolist()]
    averages = np.array([is_average(text) for text in texts], dtype=bool)
    rule = "period_unknown.section" if column.unread == "section" else "period_unknown"
    refuse_cells(outcome, column, indices[~averages], rule)
    refuse_cells(outcome, column, indices[averages], "average_row.period")


_COLUMN_RULES = {"": "column_unknown", "average": "average_row.periods", "section": "column_unknown.since"}


def refuse_column(outcome: TableOutcome, column: LaidColumn) -> None:
    """Put a column nobody understands into the quarantine, as one line for all its cells."""
    body, j = outcome.body, column.index
    filled = body.data[body.filled(column)].tolist()
    if not filled:
        return
    ends = outcome.sheet.address(filled[0], j), outcome.sheet.address(filled[-1], j)
    cells = ends[0] if ends[0] == ends[1] else ":".join(ends)
    reason = column.unread or not_a_level(column.path)
    said = message(_COLUMN_RULES.get(reason, f"column_unknown.{reason}"), head=column.head, cells=len(filled))
    outcome.refused.append(quarantine_line(outcome.file, outcome.sheet.name, cells, column.head, said))
    outcome.told[filled] = True


_ROW_RULES = {
    "total": "total_row",
    "average": "average_row",
    "statistic": "statistic_row",
    REGION: "region_row",
    BELOW: "below_province",
    LEFT_OUT: "left_out",
    UNEVEN: "cells_uneven",
    PART: "part_row",
    "heading": "no_figures",
}


def refuse_other_rows(outcome: TableOutcome) -> None:
    """Put sums, regions, lower units and unknown names into the quarantine; a bare section head is no row of data."""
    for i, kind in outcome.body.others:
        row, label, j = outcome.sheet.rows[i], outcome.body.label(i), outcome.body.name_column
        if kind == REGION and not has_figure(outcome.sheet, i, j):
            continue
        if not label:
            label, j = next(((text, j) for j, text in enumerate(row) if text), ("", j))
        said = (
            _unknown_name(outcome, i, j, label) if kind == UNKNOWN else message(_ROW_RULES[kind], label=label)
        )
        outcome.refuse(i, j, said, label)


def _unknown_name(outcome: TableOutcome, i: int, j: int, label: str) -> Message:
    """Return what is said of a row whose name is no province's: that row is not used, the others are."""
    if not outcome.body.label(i):
        return message("name_unknown.blank")
    namesake = read_place(label).kind == PLACE
    near = [] if namesake else suggest(label)
    named = {"label": label[:60], "names": near, "cell": outcome.sheet.address(i, j)}
    outcome.unknown.append(message("unknown_name.near" if near else "unknown_name", **named))
    return message(
        "name_unknown.namesake" if namesake else "name_unknown.near" if near else "name_unknown", **named
    )


def refuse_silent_rows(outcome: TableOutcome) -> None:
    """Quarantine rows of provinces from which no cell was read or refused yet."""
    for i in outcome.body.data[~outcome.told[outcome.body.data]].tolist():
        outcome.refuse(i, outcome.body.name_column, message("no_figures"))


def hold_table(outcome: TableOutcome, said: Message) -> None:
    """Put every row of a table into the quarantine instead of what was read and refused of it."""
    outcome.held, outcome.refused = said, []
    rows = sorted([*outcome.body.data.tolist(), *(i for i, _ in outcome.body.others)])
    for i in rows:
        outcome.refuse(i, outcome.body.name_column, said, outcome.body.label(i))

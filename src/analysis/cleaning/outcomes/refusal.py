"""What of a table is no observation goes to the quarantine, with its cell, its rule and how to mend it."""

from __future__ import annotations

import numpy as np

from analysis.cleaning.figures.readings import Reading
from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.headperiods import is_average
from analysis.cleaning.heads.nonlevels import not_a_level
from analysis.cleaning.heads.plain_shares import CONTRADICTED
from analysis.cleaning.messages import Message, message
from analysis.cleaning.outcomes.outcome import TableOutcome
from analysis.cleaning.readers.grid import Codes
from analysis.cleaning.shapes import quarantine_line
from analysis.cleaning.tables.rowkinds import UNEVEN, WITHDRAWN
from analysis.cleaning.words.places import BELOW, LEFT_OUT, PLACE, read_place, suggest


def refuse(outcome: TableOutcome, i: int, j: int, said: Message, value: str | None = None) -> None:
    """Put one cell of a table into its quarantine."""
    sheet = outcome.block.sheet
    text = sheet.text(i, j) if value is None else value
    outcome.refused.append(quarantine_line(outcome.file, sheet.name, sheet.address(i, j), text, said))
    outcome.told[i] = True


def refuse_readings(outcome: TableOutcome, column: Column, indices: Codes, readings: list[Reading]) -> None:
    """Put cells whose numbers could not be read into the quarantine."""
    for i, reading in zip(indices.tolist(), readings, strict=True):
        refuse(outcome, i, column.index, reading.said or message("missing"))


def refuse_cells(outcome: TableOutcome, column: Column, indices: Codes, code: str) -> None:
    """Put cells of one column into the quarantine for one reason."""
    said = message(code)
    for i in indices.tolist():
        refuse(outcome, i, column.index, said)


def refuse_undated(outcome: TableOutcome, column: Column, indices: Codes, in_sections: bool) -> None:
    """Put cells whose row names no period into the quarantine; an average of periods is one of its own.

    Where the head or the title names one, it is the section above the row that contradicts it.
    """
    at = next((c.index for c in outcome.columns if c.role in (h.PERIOD, h.MONTH, h.QUARTER)), None)
    texts = [outcome.block.sheet.text(i, at) if at is not None else "" for i in indices.tolist()]
    averages = np.array([is_average(text) for text in texts], dtype=bool)
    against = in_sections and at is None and (column.period or outcome.context.period)
    rule = "period_unknown.section" if against else "period_unknown"
    refuse_cells(outcome, column, indices[~averages], rule)
    refuse_cells(outcome, column, indices[averages], "average_row.period")


_COLUMN_RULES = {
    "": "column_unknown",
    "average": "average_row.periods",
    "change": "column_unknown.change",
    "rank": "column_unknown.rank",
    "target": "column_unknown.target",
    "twin": "column_unknown.twin",
    "unlisted": "column_unknown.unlisted",
    "since": "column_unknown.since",
    "units": "column_unknown.units",
    "forecast": "column_unknown.forecast",
    "carried": "column_unknown.carried",
    CONTRADICTED: "column_unknown.contradicted",
}


def refuse_column(outcome: TableOutcome, column: Column) -> None:
    """Put a column nobody understands into the quarantine, as one line for all its cells."""
    block = outcome.block
    filled = block.data[block.filled(column.index)].tolist()
    if not filled:
        return
    ends = block.sheet.address(filled[0], column.index), block.sheet.address(filled[-1], column.index)
    cells = ends[0] if ends[0] == ends[1] else ":".join(ends)
    rule = _COLUMN_RULES[column.unread or not_a_level(column.path)]
    said = message(rule, head=column.head, cells=len(filled))
    outcome.refused.append(quarantine_line(outcome.file, block.sheet.name, cells, column.head, said))
    outcome.told[filled] = True


def stop_table(outcome: TableOutcome, unknown: list[int]) -> None:
    """Quarantine every row of a table that holds names we do not know."""
    block = outcome.block
    for i in unknown:
        label = block.label(i) or next((text for text in block.sheet.rows[i] if text), "")
        namesake = read_place(label).kind == PLACE
        near = [] if namesake else suggest(label)
        named = {"label": label[:60], "names": near, "cell": block.sheet.address(i, block.name_column)}
        outcome.stopped.append(message("unknown_name.near" if near else "unknown_name", **named))
        code = "name_unknown.namesake" if namesake else "name_unknown.near" if near else "name_unknown"
        said = message(code, **named)
        refuse(outcome, i, block.name_column, said, label)
    stopped = message("table_stopped")
    for i in sorted([*block.data.tolist(), *(i for i, kind in block.others if kind != "unknown")]):
        refuse(outcome, i, block.name_column, stopped)


_ROW_RULES = {
    "total": "total_row",
    "average": "average_row",
    "statistic": "statistic_row",
    "region": "region_row",
    BELOW: "below_province",
    LEFT_OUT: "left_out",
    UNEVEN: "cells_uneven",
    WITHDRAWN: "row_withdrawn",
    "part": "part_row",
    "heading": "no_figures",
}


def refuse_other_rows(outcome: TableOutcome) -> None:
    """Put totals, averages, regions and lower units into the quarantine; a bare section head is no row of data."""
    for i, kind in outcome.block.others:
        row = outcome.block.sheet.rows[i]
        if kind == "region" and sum(bool(text) for text in row) <= 2:
            continue
        label, j = outcome.block.label(i), outcome.block.name_column
        if not label:
            label, j = next(((text, j) for j, text in enumerate(row) if text), ("", j))
        refuse(outcome, i, j, message(_ROW_RULES[kind], label=label), label)


def refuse_silent_rows(outcome: TableOutcome) -> None:
    """Quarantine rows of provinces from which no cell was read or refused yet."""
    if any(column.role == h.VALUE and not outcome.is_empty(column) for column in outcome.columns):
        return
    if any(line["rule"] == "column_unknown" for line in outcome.refused):
        return
    silent = message("no_figures")
    for i in outcome.block.data.tolist():
        refuse(outcome, i, outcome.block.name_column, silent)

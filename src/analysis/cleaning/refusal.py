"""What of a table is no observation goes to the quarantine, with its cell, its rule and how to mend it."""

from __future__ import annotations

from analysis.cleaning import headers as h
from analysis.cleaning.grid import Codes
from analysis.cleaning.headers import Column
from analysis.cleaning.mending import mend_of
from analysis.cleaning.numerals import Reading
from analysis.cleaning.outcome import TableOutcome
from analysis.cleaning.places import BELOW, suggest
from analysis.cleaning.shapes import QUARANTINE_COLUMNS


def refuse(outcome: TableOutcome, i: int, j: int, rule: str, reason: str, value: str | None = None) -> None:
    """Put one cell of a table into its quarantine."""
    sheet = outcome.block.sheet
    text = sheet.text(i, j) if value is None else value
    line = (outcome.file, sheet.name, sheet.address(i, j), text, rule, reason, mend_of(rule))
    outcome.refused.append(dict(zip(QUARANTINE_COLUMNS, line, strict=True)))
    outcome.told[i] = True


def refuse_readings(outcome: TableOutcome, column: Column, indices: Codes, readings: list[Reading]) -> None:
    """Put cells whose numbers could not be read into the quarantine."""
    for i, reading in zip(indices.tolist(), readings, strict=True):
        refuse(outcome, i, column.index, reading.rule, reading.reason)


def refuse_cells(outcome: TableOutcome, column: Column, indices: Codes, rule: str, reason: str) -> None:
    """Put cells of one column into the quarantine for one reason."""
    for i in indices.tolist():
        refuse(outcome, i, column.index, rule, reason)


def refuse_column(outcome: TableOutcome, column: Column) -> None:
    """Put a column nobody understands into the quarantine, as one line for all its cells."""
    block = outcome.block
    filled = block.data[block.filled(column.index)].tolist()
    if not filled:
        return
    ends = block.sheet.address(filled[0], column.index), block.sheet.address(filled[-1], column.index)
    line = (
        outcome.file,
        block.sheet.name,
        ends[0] if ends[0] == ends[1] else ":".join(ends),
        column.head,
        "column_unknown",
        f"The header {column.head!r} names no indicator of the codebook; {len(filled)} cells are not read.",
        mend_of("column_unknown"),
    )
    outcome.refused.append(dict(zip(QUARANTINE_COLUMNS, line, strict=True)))
    outcome.told[filled] = True


def stop_table(outcome: TableOutcome, unknown: list[int]) -> None:
    """Quarantine every row of a table that holds names we do not know."""
    block = outcome.block
    for i in unknown:
        label = block.label(i) or next((text for text in block.sheet.rows[i] if text), "")
        near = suggest(label)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        outcome.stopped.append(f"{block.sheet.address(i, block.name_column)} “{label[:60]}”{hint}")
        refuse(outcome, i, block.name_column, "name_unknown", f"“{label[:60]}” is no province.{hint}", label)
    for i in sorted([*block.data.tolist(), *(i for i, kind in block.others if kind != "unknown")]):
        refuse(
            outcome, i, block.name_column, "table_stopped", "Another row of this table has an unknown name."
        )


UNEVEN = "uneven"
_ROW_RULES = {
    "total": ("total_row", "A total of rows, no province."),
    "average": ("average_row", "An average of rows, no province."),
    "region": ("region_row", "A region, no province."),
    BELOW: ("below_province", "A unit of administration other than a province."),
    UNEVEN: ("cells_uneven", "The row has more cells than the header: is a comma of a number not quoted?"),
    "heading": ("no_figures", "A name without any figure beside it."),
}


def refuse_other_rows(outcome: TableOutcome) -> None:
    """Put totals, averages, regions and lower units into the quarantine; a bare section head is no row of data."""
    for i, kind in outcome.block.others:
        row = outcome.block.sheet.rows[i]
        if kind == "region" and sum(bool(text) for text in row) <= 2:
            continue
        rule, reason = _ROW_RULES[kind]
        refuse(outcome, i, outcome.block.name_column, rule, reason, outcome.block.label(i))


def refuse_silent_rows(outcome: TableOutcome) -> None:
    """Quarantine rows of provinces from which no cell was read or refused yet."""
    if any(column.role == h.VALUE and not outcome.is_empty(column) for column in outcome.columns):
        return
    if any(line["rule"] == "column_unknown" for line in outcome.refused):
        return
    for i in outcome.block.data.tolist():
        refuse(outcome, i, outcome.block.name_column, "no_figures", "A name without any figure beside it.")

"""A table that was understood becomes observations; every row that does not is quarantined with its reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.countheads import unclear_counts
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.row_spans import spans_of
from analysis.cleaning.heads.rows_alike import without_parts
from analysis.cleaning.heads.section_periods import join_sections
from analysis.cleaning.heads.table_rows import TableRows, read_rows
from analysis.cleaning.outcomes.counts import fill_counts, refuse_counts
from analysis.cleaning.outcomes.observation_frame import Figures, lay_out
from analysis.cleaning.outcomes.outcome import TableOutcome
from analysis.cleaning.outcomes.refusal import (
    refuse_cells,
    refuse_column,
    refuse_other_rows,
    refuse_readings,
    refuse_silent_rows,
    refuse_undated,
    stop_table,
)
from analysis.cleaning.outcomes.remarks import refuse_lone_remarks
from analysis.cleaning.readers.grid import Codes, factorize_codes
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, shape, stack
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.periods import Period
from analysis.reference.indicators import Indicator

_Chosen = Codes | slice


def extract_table(
    block: Block, columns: list[Column], context: Context, file: str, source_id: str
) -> TableOutcome:
    """Return the observations of a table and everything in it that is none.

    A name that is no province stops the table: nothing of it becomes an observation.
    """
    if not any(kind == "unknown" for _, kind in block.others):
        block = without_parts(block, columns, context)
    outcome = TableOutcome(file, block.sheet.name, block, columns, context, shape([], OBSERVATION_COLUMNS))
    unknown = [i for i, kind in block.others if kind == "unknown"]
    if unknown:
        stop_table(outcome, unknown)
        return outcome
    table = read_rows(block, columns, context)
    outcome.kin, outcome.factors = table.kin, table.factors
    frames: list[pd.DataFrame] = []
    for column in columns:
        if column.role == h.VALUE and not outcome.is_empty(column):
            read = _read_values(outcome, table, column, source_id)
            frames.extend(fill_counts(outcome, column, frame) for frame in read)
        elif column.role == h.UNKNOWN_ROLE:
            refuse_column(outcome, column)
    outcome.observations = stack(frames, OBSERVATION_COLUMNS)
    outcome.notices.extend(unclear_counts(columns))
    refuse_counts(outcome)
    refuse_other_rows(outcome)
    refuse_silent_rows(outcome)
    refuse_lone_remarks(outcome)
    return outcome


def _read_values(
    outcome: TableOutcome, table: TableRows, column: Column, source_id: str
) -> list[pd.DataFrame]:
    """Return the observations of one column, one frame per indicator."""
    cells = outcome.block.cells(column.index)
    outcome.values[column.index] = np.full(len(table.indices), np.nan)
    frames = []
    for indicator, chosen in _by_indicator(outcome, table, column):
        if indicator is None:
            _refuse_unnamed(outcome, table, column, chosen)
            continue
        for sized, own in _by_unit(table, column, chosen):
            figures = _read_figures(table, sized, indicator, own, cells, _periods(outcome, table, column))
            outcome.values[column.index][own] = figures.values
            frames.append(lay_out(outcome, table, _usable(outcome, table, figures), source_id))
    return [frame for frame in frames if len(frame)]


def _refuse_unnamed(outcome: TableOutcome, table: TableRows, column: Column, chosen: _Chosen) -> None:
    """Refuse cells whose row names no indicator of the codebook, or one that a layout leaves out."""
    rows = np.arange(len(table.indices), dtype=np.intp)[chosen]
    skipped = table.left_out[rows]
    refuse_cells(outcome, column, table.indices[rows[~skipped]], "indicator_unknown")
    refuse_cells(outcome, column, table.indices[rows[skipped]], "left_out.indicator")


def _by_indicator(
    outcome: TableOutcome, table: TableRows, column: Column
) -> list[tuple[Indicator | None, _Chosen]]:
    """Return the indicators of a column's cells and which of the rows have each."""
    if column.indicator is not None or table.indicator_of is None:
        return [(column.indicator or outcome.context.indicator, slice(None))]
    return [(ind, np.flatnonzero(table.indicator_of == n)) for n, ind in enumerate(table.indicators)]


def _by_unit(table: TableRows, column: Column, chosen: _Chosen) -> list[tuple[Column, _Chosen]]:
    """Return a column with each unit that its rows name, and which of the rows have it."""
    if table.factors is None:
        return [(column, chosen)]
    rows = np.arange(len(table.indices), dtype=np.intp)[chosen]
    own = table.factors[rows]
    return [
        (replace(column, multiplier=int(factor) or column.multiplier), rows[own == factor])
        for factor in np.unique(own)
    ]


def _periods(outcome: TableOutcome, table: TableRows, column: Column) -> tuple[list[Period | None], Codes]:
    """Return the periods of a column's cells and which of them each has, as rows, head and sections say together."""
    if table.period_of is None:
        dated: tuple[list[Period | None], Codes] = (
            [column.period or outcome.context.period],
            np.zeros(len(table.indices), dtype=np.intp),
        )
    else:
        dated = spans_of(column, table.periods), table.period_of
    if table.sections is None:
        return dated
    own = table.period_of is not None or column.period is not None
    stated = column.stated or outcome.context.stated
    return join_sections(table.sections, dated, own, stated, outcome.context.report)


def _read_figures(
    table: TableRows,
    column: Column,
    indicator: Indicator,
    chosen: _Chosen,
    cells: tuple[Codes, list[tuple[str, str]]],
    dated: tuple[list[Period | None], Codes],
) -> Figures:
    """Read the cells of one column that belong to one indicator."""
    (code_of, texts), (periods, period_of) = cells, dated
    reading_of, used = factorize_codes(code_of[chosen], len(texts))
    keys = [texts[code] for code in used.tolist()]
    scale = Scale(
        indicator.unit, indicator.lower, indicator.upper, column.says_percent, column.decimal, column.fraction,
        column.multiplier,
    )  # fmt: skip
    readings = read_column([text for text, _ in keys], "".join(kind for _, kind in keys), scale)
    return Figures(
        column, indicator, table.indices[chosen], table.place_of[chosen], readings.values[reading_of],
        readings, reading_of, periods, period_of[chosen],
    )  # fmt: skip


def _usable(outcome: TableOutcome, table: TableRows, figures: Figures) -> Figures:
    """Return the figures that have a value and a period; the others are refused."""
    read = ~np.isnan(figures.values)
    dated = np.array([period is not None for period in figures.periods], dtype=bool)[figures.period_of]
    unread = figures.where(~read)
    said = [figures.readings[n] for n in unread.reading_of.tolist()]
    refuse_readings(outcome, figures.column, unread.rows, said)
    refuse_undated(outcome, figures.column, figures.rows[read & ~dated], table.sections is not None)
    return figures.where(read & dated)

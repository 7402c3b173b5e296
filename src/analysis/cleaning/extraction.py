"""A table that was understood becomes observations; every row that does not is quarantined with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from analysis.cleaning import headers as h
from analysis.cleaning.blocks import Block
from analysis.cleaning.countheads import unclear_counts
from analysis.cleaning.counts import fill_counts, refuse_counts
from analysis.cleaning.grid import Codes
from analysis.cleaning.headers import Column, Context
from analysis.cleaning.maps import MERGER
from analysis.cleaning.messages import message
from analysis.cleaning.numerals import Reading, Scale, read_column
from analysis.cleaning.outcome import TableOutcome
from analysis.cleaning.periods import Period, parse_period
from analysis.cleaning.places import Place
from analysis.cleaning.refusal import (
    refuse_cells,
    refuse_column,
    refuse_other_rows,
    refuse_readings,
    refuse_silent_rows,
    stop_table,
)
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, shape, stack
from analysis.reference.indicators import Indicator


@dataclass(frozen=True)
class _Rows:
    """The data rows of a table with what holds for all their cells."""

    indices: Codes
    places: list[Place]
    place_of: Codes
    periods: list[Period | None]
    period_of: Codes | None
    indicators: list[Indicator | None]
    indicator_of: Codes | None
    old_map: bool


def extract_table(
    block: Block, columns: list[Column], context: Context, file: str, source_id: str
) -> TableOutcome:
    """Return the observations of a table and everything in it that is none.

    A name that is no province stops the table: nothing of it becomes an observation.
    """
    outcome = TableOutcome(file, block.sheet.name, block, columns, context, shape([], OBSERVATION_COLUMNS))
    unknown = [i for i, kind in block.others if kind == "unknown"]
    if unknown:
        stop_table(outcome, unknown)
        return outcome
    rows = _read_rows(block, columns, context)
    frames: list[pd.DataFrame] = []
    for column in columns:
        if column.role == h.VALUE and not outcome.is_empty(column):
            read = _read_values(outcome, rows, column, source_id)
            frames.extend(fill_counts(outcome, column, frame) for frame in read)
        elif column.role == h.UNKNOWN_ROLE:
            refuse_column(outcome, column)
    outcome.observations = stack(frames, OBSERVATION_COLUMNS)
    outcome.notices.extend(unclear_counts(columns))
    refuse_counts(outcome)
    refuse_other_rows(outcome)
    refuse_silent_rows(outcome)
    return outcome


def _read_rows(block: Block, columns: list[Column], context: Context) -> _Rows:
    """Read names, periods and indicators of the rows, each distinct text once."""
    place_of, labels = block.label_codes()
    places = [block.read_label(label) for label in labels]
    period_of, periods = _row_periods(block, columns, context)
    naming = next((column for column in columns if column.role == h.INDICATOR), None)
    indicator_of, indicators = None, []
    if naming is not None:
        indicator_of, texts = block.codes(naming.index)
        indicators = [h.indicator_of_cell(text) for text in texts]
    used = _used(place_of, len(places))
    old_map = any(places[n].only_old for n in used.tolist())
    return _Rows(block.data, places, place_of, periods, period_of, indicators, indicator_of, old_map)


def _used(codes: Codes, size: int) -> Codes:
    """Return which of `size` codes occur, in order."""
    present = np.zeros(size, dtype=bool)
    present[codes] = True
    return np.flatnonzero(present)


def _row_periods(
    block: Block, columns: list[Column], context: Context
) -> tuple[Codes | None, list[Period | None]]:
    """Return the period of each row from its period cells, None where the table has no such column."""
    by_role = {column.role: column.index for column in reversed(columns)}
    if h.END in by_role:
        return _joined(
            block, [by_role.get(h.START, -1), by_role[h.END]], lambda t: h.period_from_ends(t[0], t[1])
        )
    if h.PERIOD in by_role:
        return _joined(block, [by_role[h.PERIOD]], lambda t: parse_period(t[0], context.year))
    if h.YEAR in by_role:
        indices = [by_role[h.YEAR], by_role.get(h.MONTH, -1), by_role.get(h.QUARTER, -1)]
        return _joined(block, indices, lambda t: h.period_from_parts(t[0], t[1], t[2]))
    for role, word in ((h.MONTH, "tháng "), (h.QUARTER, "quý ")):
        if role in by_role:
            index = by_role[role]
            return _joined(block, [index], partial(_part_of_year, word=word, year=context.year))
    return None, []


def _part_of_year(texts: tuple[str, ...], word: str, year: int | None) -> Period | None:
    """Read a cell that holds a bare month or quarter."""
    return parse_period(word + texts[0] if len(texts[0]) < 4 else texts[0], year)


def _joined(
    block: Block, indices: list[int], read: Callable[[tuple[str, ...]], Period | None]
) -> tuple[Codes, list[Period | None]]:
    """Read a period from several cells of each row, every distinct combination once."""
    joint = np.zeros(len(block.data), dtype=np.intp)
    keys: list[tuple[str, ...]] = [()]
    for j in indices:
        codes, texts = block.codes(j) if j >= 0 else (np.zeros(len(block.data), dtype=np.intp), [""])
        pairs, found = pd.factorize(joint * len(texts) + codes)
        keys = [(*keys[pair // len(texts)], texts[pair % len(texts)]) for pair in found.tolist()]
        joint = pairs
    return joint, [read(key) for key in keys]


def _read_values(outcome: TableOutcome, rows: _Rows, column: Column, source_id: str) -> list[pd.DataFrame]:
    """Return the observations of one column, one frame per indicator."""
    block = outcome.block
    code_of, texts = block.cells(column.index)
    nothing = Reading(said=message("missing"))
    outcome.readings[column.index] = (np.zeros(len(rows.indices), dtype=np.intp), [nothing])
    if column.indicator is not None or rows.indicator_of is None:
        groups: list[tuple[Indicator | None, Codes]] = [
            (column.indicator or outcome.context.indicator, np.arange(len(rows.indices)))
        ]
    else:
        groups = [(ind, np.flatnonzero(rows.indicator_of == n)) for n, ind in enumerate(rows.indicators)]
    frames = []
    for indicator, chosen in groups:
        if indicator is None:
            refuse_cells(outcome, column, rows.indices[chosen], "indicator_unknown")
            continue
        frames.append(_read_group(outcome, rows, column, indicator, chosen, code_of, texts, source_id))
    return [frame for frame in frames if len(frame)]


def _read_group(
    outcome: TableOutcome,
    rows: _Rows,
    column: Column,
    indicator: Indicator,
    chosen: Codes,
    code_of: Codes,
    texts: list[tuple[str, str]],
    source_id: str,
) -> pd.DataFrame:
    """Read the cells of one column that belong to one indicator."""
    used = _used(code_of[chosen], len(texts))
    scale = Scale(
        indicator.unit, indicator.lower, indicator.upper, column.says_percent, column.decimal, column.fraction,
        column.multiplier,
    )  # fmt: skip
    keys = [texts[code] for code in used.tolist()]
    readings = read_column([text for text, _ in keys], "".join(kind for _, kind in keys), scale)
    position = np.zeros(len(texts), dtype=np.intp)
    position[used] = np.arange(len(used))
    which = position[code_of[chosen]]
    _keep(outcome, column, chosen, which, readings)
    periods, period_of = _periods(outcome, rows, column, chosen)
    dated = np.array([period is not None for period in periods], dtype=bool)[period_of]
    read = np.array([not reading.rule for reading in readings], dtype=bool)[which]
    refuse_readings(
        outcome, column, rows.indices[chosen[~read]], [readings[n] for n in which[~read].tolist()]
    )
    undated = read & ~dated
    refuse_cells(outcome, column, rows.indices[chosen[undated]], "period_unknown")
    good = read & dated
    return _observations(
        outcome, rows, column, indicator, chosen[good], (which[good], readings),
        (period_of[good], periods), source_id,
    )  # fmt: skip


def _keep(
    outcome: TableOutcome, column: Column, chosen: Codes, which: Codes, readings: list[Reading]
) -> None:
    """Remember the readings of a column for the comparison with its totals."""
    codes, known = outcome.readings[column.index]
    codes[chosen] = which + len(known)
    outcome.readings[column.index] = (codes, [*known, *readings])


def _periods(
    outcome: TableOutcome, rows: _Rows, column: Column, chosen: Codes
) -> tuple[list[Period | None], Codes]:
    """Return the periods of a column's cells and which of them each has; its own header comes first."""
    if column.period is not None or rows.period_of is None:
        return [column.period or outcome.context.period], np.zeros(len(chosen), dtype=np.intp)
    return rows.periods, rows.period_of[chosen]


def _observations(
    outcome: TableOutcome,
    rows: _Rows,
    column: Column,
    indicator: Indicator,
    chosen: Codes,
    read: tuple[Codes, list[Reading]],
    dated: tuple[Codes, list[Period | None]],
    source_id: str,
) -> pd.DataFrame:
    (which, readings), (period_of, known) = read, dated
    periods = [period or Period(dt.date.min, dt.date.min, "X") for period in known]
    merged = np.array([period.end >= MERGER and not rows.old_map for period in periods], dtype=np.intp)[
        period_of
    ]
    codes = [code for place in rows.places for code in (place.code_63, place.code_34)]
    place_of = 2 * rows.place_of[chosen] + merged
    once = np.zeros(len(chosen), dtype=np.intp)
    notes, note_of = _notes(outcome, rows, column, chosen, read)
    frame = pd.DataFrame(
        {
            "province_code": _spread(codes, place_of),
            "province_frame": _spread(["63", "34"], merged),
            "indicator": _spread([indicator.code], once),
            "period_start": _spread([period.start.isoformat() for period in periods], period_of),
            "period_end": _spread([period.end.isoformat() for period in periods], period_of),
            "frequency": _spread([period.frequency for period in periods], period_of),
            "value": np.array([reading.value for reading in readings], dtype=float)[which],
            "unit": _spread([indicator.unit], once),
            "numerator": np.nan,
            "denominator": np.nan,
            "qualifier": _spread([reading.qualifier for reading in readings], which),
            "source_id": _spread([source_id], once),
            "raw_location": pd.array(outcome.locations(rows.indices[chosen], column), dtype="str"),
            "note": _spread(notes, note_of),
        },
        copy=False,
    )
    blank = np.array([code == "" for code in codes], dtype=bool)[place_of]
    if blank.any():
        refuse_cells(outcome, column, rows.indices[chosen[blank]], "name_not_on_map")
        frame = frame[~blank]
    outcome.told[rows.indices[chosen]] = True
    return frame


def _spread(texts: list[str], codes: Codes) -> ExtensionArray:
    """Return a column of few distinct texts, each validated once."""
    return pd.array(texts or [""], dtype="str").take(codes)


def _notes(
    outcome: TableOutcome, rows: _Rows, column: Column, chosen: Codes, read: tuple[Codes, list[Reading]]
) -> tuple[list[str], Codes]:
    """Return the notes of a column's figures as distinct texts and which of them each has."""
    sheet, (which, readings) = outcome.block.sheet, read
    general = ["hidden sheet"] if sheet.hidden else []
    general += ["hidden column"] if column.index in sheet.hidden_columns else []
    period = column.period or (outcome.context.period if rows.period_of is None else None)
    if rows.old_map and period is not None and period.end >= MERGER:
        general.append("63-unit map after the merger")
    hidden = np.zeros(len(chosen), dtype=np.intp)
    if sheet.hidden_rows:
        hidden = np.array(
            [sheet.numbers[i] in sheet.hidden_rows for i in rows.indices[chosen]], dtype=np.intp
        )
    notes = [
        "; ".join(
            [*general, *(["hidden row"] if concealed else []), *([reading.note] if reading.note else [])]
        )
        for concealed in (False, True)
        for reading in readings
    ]
    return notes, hidden * len(readings) + which

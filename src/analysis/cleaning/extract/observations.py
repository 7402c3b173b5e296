"""Which cells of a table become observations: those of columns read as wholes, where all stated periods agree."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from analysis.cleaning.extract.notes import notes_on, refuse_lone_remarks
from analysis.cleaning.extract.outcome import (
    TableOutcome,
    hold_table,
    refuse_cells,
    refuse_column,
    refuse_other_rows,
    refuse_readings,
    refuse_silent_rows,
    refuse_undated,
)
from analysis.cleaning.extract.parts_of_provinces import set_parts_aside
from analysis.cleaning.extract.sums import with_own_total
from analysis.cleaning.extract.table_rows import Body, Mask, TableRows, read_body, read_rows
from analysis.cleaning.figures.numerals import column_mark, read_column
from analysis.cleaning.figures.readings import Floats, Reading, Readings, held
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.layout import LaidColumn, LaidTable, Layout, Role
from analysis.cleaning.maps import MERGER
from analysis.cleaning.messages import Message, message
from analysis.cleaning.readers.grid import Codes, Sheet, factorize_codes
from analysis.cleaning.rows import distinct_cells
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, shape, stack
from analysis.cleaning.words.periods import LEFT_OPEN, Period, show_period
from analysis.reference.indicators import Indicator, by_code

_Cells = tuple[Codes, list[tuple[str, str]]]


@dataclass(frozen=True)
class Figures:
    """Cells of one column that belong to one indicator; `rows` are those of the sheet.

    `place_of`, `reading_of` and `period_of` tell which place of the table, reading and period each cell has.
    """

    column: LaidColumn
    indicator: Indicator
    rows: Codes
    place_of: Codes
    values: Floats
    readings: Readings
    reading_of: Codes
    periods: list[Period | None]
    period_of: Codes

    def where(self, wanted: Mask) -> Figures:
        """Return the cells that are wanted."""
        if wanted.all():
            return self
        names = ("rows", "place_of", "values", "reading_of", "period_of")
        return replace(self, **{name: getattr(self, name)[wanted] for name in names})


def extract_table(
    sheet: Sheet, table: LaidTable, layout: Layout, file: str, source_id: str, body: Body | None = None
) -> TableOutcome:
    """Return the observations of a table and everything in it that is none.

    `sheet` is turned round where the table is; of `layout` only what it says of names and words counts. A table whose
    surroundings state a period that none of its figures is of is held.
    """
    body = set_parts_aside(with_own_total(body or read_body(sheet, table, layout)), layout)
    outcome = TableOutcome(file, body, shape([], OBSERVATION_COLUMNS))
    rows = read_rows(body, layout)
    outcome.kin, outcome.factors = rows.kin, rows.factors
    if said := _disagreement(rows):
        hold_table(outcome, said)
        return outcome
    frames: list[pd.DataFrame] = []
    for column in table.columns:
        if column.is_value and not outcome.is_empty(column):
            read = _read_values(outcome, rows, column, source_id)
            frames.extend(read)
        elif column.role == Role.UNKNOWN:
            refuse_column(outcome, column)
    outcome.observations = stack(frames, OBSERVATION_COLUMNS)
    refuse_other_rows(outcome)
    refuse_silent_rows(outcome)
    refuse_lone_remarks(outcome)
    return outcome


def _disagreement(rows: TableRows) -> Message | None:
    """Say which period that is stated around a table none of its figures can be of; nothing where all agree."""
    table = rows.body.table
    if table.certain or not table.stated:
        return None
    columns = [column for column in table.values if rows.body.filled(column).any()]
    periods = {period for column in columns for period in rows.periods_for(column)[0]} - {None, LEFT_OPEN}
    for text, stated in table.stated:
        if periods and not any(p and p.start <= stated.end and stated.start <= p.end for p in periods):
            first = next(p for p in periods if p)
            return message(
                "periods_contradict", stated=show_period(stated), where=text[:80], read=show_period(first)
            )
    return None


def _read_values(
    outcome: TableOutcome, rows: TableRows, column: LaidColumn, source_id: str
) -> list[pd.DataFrame]:
    """Return the observations of one column, one frame per indicator."""
    chosen_rows = rows.chosen_for(column)
    cells = distinct_cells(outcome.sheet, rows.indices, column.index)
    outcome.values[column] = np.full(len(rows.indices), np.nan)
    frames, mark = [], _mark_of(rows, column, cells)
    for indicator, chosen in _by_indicator(rows, column, chosen_rows):
        if indicator is None:
            _refuse_unnamed(outcome, rows, column, chosen)
            continue
        for sized, own in _by_unit(outcome, rows, column, chosen):
            figures = _read_figures(
                rows, replace(sized, decimal=sized.decimal or mark), indicator, own, cells
            )
            if column.plus:
                figures = _added(outcome, rows, figures, column)
            outcome.values[column][own] = figures.values
            frames.append(_lay_out(outcome, rows, _usable(outcome, figures), source_id))
    return [frame for frame in frames if len(frame)]


def _mark_of(rows: TableRows, column: LaidColumn, cells: _Cells) -> str:
    """Return the decimal mark that shares and scores of a column of several indicators prove for its counts."""
    if rows.indicator_of is None or column.indicator:
        return ""
    codes, texts = cells
    own = np.array([line is not None and line.unit != "count" for line in rows.indicators], dtype=bool)
    seen = np.unique(codes[own[rows.indicator_of]]) if own.any() else np.array([], dtype=np.intp)
    return column_mark([texts[code] for code in seen.tolist()])


def _by_indicator(rows: TableRows, column: LaidColumn, chosen: Codes) -> list[tuple[Indicator | None, Codes]]:
    """Return the indicators of a column's cells and which of the rows have each."""
    if column.indicator or rows.indicator_of is None:
        return [(column.line or by_code().get(rows.body.table.indicator), chosen)]
    own = rows.indicator_of[chosen]
    return [(line, chosen[own == n]) for n, line in enumerate(rows.indicators) if (own == n).any()]


def _refuse_unnamed(outcome: TableOutcome, rows: TableRows, column: LaidColumn, chosen: Codes) -> None:
    """Refuse cells whose row names no indicator of the codebook, or one that a layout leaves out."""
    skipped = rows.left_out[chosen]
    filled = outcome.body.filled(column)[chosen]
    refuse_cells(outcome, column, rows.indices[chosen[~skipped & filled]], "indicator_unknown")
    refuse_cells(outcome, column, rows.indices[chosen[skipped & filled]], "left_out.indicator")


def _by_unit(
    outcome: TableOutcome, rows: TableRows, column: LaidColumn, chosen: Codes
) -> list[tuple[LaidColumn, Codes]]:
    """Return a column with each unit that its rows name, and which of the rows have it.

    Where other rows name a unit of thousands, a row whose unit is left empty does not say what it counts.
    """
    if rows.factors is None:
        return [(column, chosen)]
    if rows.unit_open is not None and (open_rows := rows.unit_open[chosen]).any():
        refuse_cells(outcome, column, rows.indices[chosen[open_rows]], "number_ambiguous.unit")
        chosen = chosen[~open_rows]
    own = rows.factors[chosen]
    return [
        (replace(column, multiplier=int(factor) or column.multiplier), chosen[own == factor])
        for factor in np.unique(own)
    ]


def _read_figures(
    rows: TableRows, column: LaidColumn, indicator: Indicator, chosen: Codes, cells: _Cells
) -> Figures:
    """Read the cells of one column that belong to one indicator."""
    code_of, texts = cells
    reading_of, used = factorize_codes(code_of[chosen], len(texts))
    keys = [texts[code] for code in used.tolist()]
    scale = Scale(
        indicator.unit, indicator.lower, indicator.upper, bool(column.percent), column.decimal, column.fraction,
        column.multiplier or 1,
    )  # fmt: skip
    readings = read_column([text for text, _ in keys], "".join(kind for _, kind in keys), scale)
    periods, period_of = rows.periods_for(column)
    return Figures(
        column, indicator, rows.indices[chosen], rows.place_of[chosen], readings.values[reading_of],
        readings, reading_of, periods, period_of[chosen],
    )  # fmt: skip


def _added(outcome: TableOutcome, rows: TableRows, figures: Figures, column: LaidColumn) -> Figures:
    """Return figures with those of other columns added; where one of them has none, nor has the sum."""
    total = figures.values.copy()
    chosen = np.searchsorted(rows.indices, figures.rows)
    for index in column.plus:
        cells = distinct_cells(outcome.sheet, rows.indices, index)
        other = replace(column, index=index, plus=())
        total += _read_figures(rows, other, figures.indicator, chosen, cells).values
    said: list[Reading] = [
        Reading(value) if not np.isnan(value) else held("missing.sum") for value in total.tolist()
    ]
    special = {n: reading for n, reading in enumerate(said) if reading.said}
    return replace(
        figures,
        values=total,
        readings=Readings(total, special),
        reading_of=np.arange(len(total), dtype=np.intp),
    )


def _usable(outcome: TableOutcome, figures: Figures) -> Figures:
    """Return the figures that have a value and a period; the others are refused."""
    read = ~np.isnan(figures.values)
    dated = np.array([period is not None for period in figures.periods], dtype=bool)[figures.period_of]
    unread = figures.where(~read)
    if not figures.column.plus:
        said = [figures.readings[n] for n in unread.reading_of.tolist()]
        refuse_readings(outcome, figures.column, unread.rows, said)
    refuse_undated(outcome, figures.column, figures.rows[read & ~dated])
    return figures.where(read & dated)


def _lay_out(outcome: TableOutcome, rows: TableRows, figures: Figures, source_id: str) -> pd.DataFrame:
    """Return figures that all have a value and a period as observations; a name not on its map is refused."""
    places, place_of, frames, frame_of = _on_maps(rows, figures)
    missing = np.array([code == "" for code in places], dtype=bool)[place_of]
    if missing.any():
        refuse_cells(outcome, figures.column, figures.rows[missing], "name_not_on_map")
        return _lay_out(outcome, rows, figures.where(~missing), source_id)
    outcome.told[figures.rows] = outcome.observed[figures.rows] = True
    periods = [period or Period(dt.date.min, dt.date.min, "X") for period in figures.periods]
    notes, note_of = _notes(outcome, rows, figures)
    exactness, exactness_of = figures.readings.distinct("qualifier", "exact")
    once = np.zeros(len(figures.rows), dtype=np.intp)
    return pd.DataFrame(
        {
            "province_code": _spread(places, place_of),
            "province_frame": _spread(frames, frame_of),
            "indicator": _spread([figures.indicator.code], once),
            "period_start": _spread([period.start.isoformat() for period in periods], figures.period_of),
            "period_end": _spread([period.end.isoformat() for period in periods], figures.period_of),
            "frequency": _spread([period.frequency for period in periods], figures.period_of),
            "value": figures.values,
            "unit": _spread([figures.indicator.unit], once),
            "numerator": np.nan,
            "denominator": np.nan,
            "qualifier": _spread(exactness, exactness_of[figures.reading_of]),
            "source_id": _spread([source_id], once),
            "raw_location": pd.array(outcome.locations(figures.rows, figures.column), dtype="str"),
            "note": _spread(notes, note_of),
        },
        copy=False,
    )


def _on_maps(table: TableRows, figures: Figures) -> tuple[list[str], Codes, list[str], Codes]:
    """Return the codes of places and the maps they are on, and which of both each figure has."""
    since = [period is not None and period.end >= MERGER for period in figures.periods]
    merged = np.array(since, dtype=np.intp)[figures.period_of]
    # Beside “Bắc Ninh (Bắc Giang, Bắc Ninh)” a bare “Lâm Đồng” is the new one too, whatever the date.
    new_map = any(place.only_new for place in table.places)
    old = [place.before_merger if new_map else place.code_63 for place in table.places]
    if table.old_map or not any(since):
        merged = np.zeros(len(figures.rows), dtype=np.intp)
        return old, figures.place_of, ["63"], merged
    codes = [code for pair in zip(old, (p.code_34 for p in table.places), strict=True) for code in pair]
    return codes, 2 * figures.place_of + merged, ["63", "34"], merged


def _spread(texts: list[str], codes: Codes) -> ExtensionArray:
    """Return a column of few distinct texts, each validated once."""
    return pd.array(texts or [""], dtype="str").take(codes)


def _notes(outcome: TableOutcome, rows: TableRows, figures: Figures) -> tuple[list[str], Codes]:
    """Return the notes of figures as distinct texts and which of them each has."""
    period = figures.periods[0] if len(figures.periods) == 1 else None
    old = rows.old_map and period is not None and period.end >= MERGER
    general = ["63-unit map after the merger"] if old else []
    return notes_on(outcome, figures.column, figures.rows, general, figures.readings, figures.reading_of)

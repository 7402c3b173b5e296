"""Figures laid out as observations, each column of text made from its few distinct texts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from analysis.cleaning.figures.readings import Floats, Mask, Readings
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.table_rows import TableRows
from analysis.cleaning.maps import MERGER
from analysis.cleaning.outcomes.outcome import TableOutcome
from analysis.cleaning.outcomes.refusal import refuse_cells
from analysis.cleaning.outcomes.remarks import Texts, join_notes, note_rows
from analysis.cleaning.readers.grid import Codes
from analysis.cleaning.words.periods import Period
from analysis.cleaning.words.provisional import read_provisional, say_provisional
from analysis.reference.indicators import Indicator


@dataclass(frozen=True)
class Figures:
    """Cells of one column that belong to one indicator; `rows` are those of the sheet.

    `place_of`, `reading_of` and `period_of` tell which place of the table, reading and period each cell has.
    """

    column: Column
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


def lay_out(outcome: TableOutcome, table: TableRows, figures: Figures, source_id: str) -> pd.DataFrame:
    """Return figures that all have a value and a period as observations; a name not on its map is refused."""
    places, place_of, frames, frame_of = _on_maps(table, figures)
    missing = np.array([code == "" for code in places], dtype=bool)[place_of]
    if missing.any():
        refuse_cells(outcome, figures.column, figures.rows[missing], "name_not_on_map")
        return lay_out(outcome, table, figures.where(~missing), source_id)
    outcome.told[figures.rows] = outcome.observed[figures.rows] = True
    periods = [period or Period(dt.date.min, dt.date.min, "X") for period in figures.periods]
    notes, note_of = _notes(outcome, table, figures)
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


def _notes(outcome: TableOutcome, table: TableRows, figures: Figures) -> tuple[list[str], Codes]:
    """Return the notes of figures as distinct texts and which of them each has."""
    sheet = outcome.block.sheet
    general = ["hidden sheet"] if sheet.hidden else []
    general += ["hidden column"] if figures.column.index in sheet.hidden_columns else []
    period = figures.periods[0] if figures.column.period or table.period_of is None else None
    if table.old_map and period is not None and period.end >= MERGER:
        general.append("63-unit map after the merger")
    words = next(filter(None, map(read_provisional, figures.column.path)), outcome.context.provisional)
    general += [say_provisional(words)] if words else []
    notes: Texts = ["; ".join(general)], np.zeros(len(figures.rows), dtype=np.intp)
    if sheet.hidden_rows:
        hidden = [sheet.numbers[i] in sheet.hidden_rows for i in figures.rows.tolist()]
        notes = join_notes(notes, (["", "hidden row"], np.array(hidden, dtype=np.intp)))
    if sheet.covered:
        used = {figures.column.index, outcome.block.name_column}
        rows = {i for i, j in sheet.covered if j in used}
        below = [i in rows for i in figures.rows.tolist()]
        notes = join_notes(notes, (["", "covered cell"], np.array(below, dtype=np.intp)))
    said, said_of = figures.readings.distinct("note", "")
    for more in ((said, said_of[figures.reading_of]), *note_rows(outcome, figures.rows)):
        notes = join_notes(notes, more) if len(more[0]) > 1 or more[0][0] else notes
    return notes

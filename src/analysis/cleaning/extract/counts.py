"""Numerators and denominators that stand in columns of their own beside the shares made of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.cleaning.extract.outcome import TableOutcome, refuse_readings
from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.readings import Readings
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.layout import COUNTS, LaidColumn
from analysis.cleaning.messages import Message, message
from analysis.cleaning.readers.grid import Codes
from analysis.cleaning.rows import distinct_cells


def fill_counts(outcome: TableOutcome, share: LaidColumn, frame: pd.DataFrame) -> pd.DataFrame:
    """Fill numerator and denominator of a share from its columns, row by row; what is no count stays empty."""
    columns = [c for c in outcome.table.columns if c.role in COUNTS and _is_of(c, share, outcome)]
    if not columns or frame.empty:
        return frame
    filled = frame.copy()
    locations = outcome.locations(outcome.body.data, share)
    for column in columns:
        codes, readings = _read(outcome, column)
        by_place = dict(zip(locations.tolist(), readings.values[codes].tolist(), strict=True))
        filled[column.role.value] = filled["raw_location"].map(by_place).astype("float64")
    return filled


def _is_of(column: LaidColumn, share: LaidColumn, outcome: TableOutcome) -> bool:
    """Tell whether a count was given to a share; in a long table the one column of values is that share."""
    return column.share == share.index or (column.share is None and len(outcome.table.values) == 1)


def refuse_counts(outcome: TableOutcome) -> None:
    """Quarantine numerators and denominators that are no counts; an empty one is only not known."""
    for column in outcome.table.columns:
        if column.role in COUNTS:
            codes, readings = _read(outcome, column)
            broken = [n for n, reading in readings.special.items() if reading.rule not in ("", "missing")]
            bad = np.isin(codes, broken)
            rows = outcome.body.data[bad]
            refuse_readings(outcome, column, rows, [readings[n] for n in codes[bad].tolist()])


def _read(outcome: TableOutcome, column: LaidColumn) -> tuple[Codes, Readings]:
    codes, cells = distinct_cells(outcome.sheet, outcome.body.data, outcome.body.place(column))
    scale = Scale("count", 0.0, multiplier=column.multiplier or 1)
    return codes, read_column([text for text, _ in cells], "".join(kind for _, kind in cells), scale)


def unclear_counts(columns: Sequence[LaidColumn]) -> list[Message]:
    """Say which counts may belong to several shares and were given to none."""
    shares = [column.head for column in columns if column.is_share]
    return [
        message("counts_unclear", head=column.head, role=message(f"role_{column.role}"), shares=shares)
        for column in columns
        if column.role in COUNTS and column.share is None and len(shares) > 1
    ]

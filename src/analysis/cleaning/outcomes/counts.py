"""Numerators and denominators that stand in columns of their own beside the shares made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.readings import Readings
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.outcomes.outcome import TableOutcome
from analysis.cleaning.outcomes.refusal import refuse_readings
from analysis.cleaning.readers.grid import Codes
from analysis.cleaning.tables.blocks import Block

_NAMES = {h.NUMERATOR: "numerator", h.DENOMINATOR: "denominator"}


def fill_counts(outcome: TableOutcome, share: Column, frame: pd.DataFrame) -> pd.DataFrame:
    """Fill numerator and denominator of a share from its columns, row by row; what is no count stays empty."""
    columns = [
        column for column in outcome.columns if column.role in _NAMES and _is_of(column, share, outcome)
    ]
    if not columns or frame.empty:
        return frame
    block, filled = outcome.block, frame.copy()
    locations = outcome.locations(block.data, share)
    for column in columns:
        codes, readings = _read(block, column)
        by_place = dict(zip(locations.tolist(), readings.values[codes].tolist(), strict=True))
        filled[_NAMES[column.role]] = filled["raw_location"].map(by_place).astype("float64")
    return filled


def _is_of(column: Column, share: Column, outcome: TableOutcome) -> bool:
    """Tell whether a count was given to a share; in a long table the one column of values is that share."""
    values = [column for column in outcome.columns if column.role == h.VALUE]
    return column.share == share.index or (column.share is None and len(values) == 1)


def refuse_counts(outcome: TableOutcome) -> None:
    """Quarantine numerators and denominators that are no counts; an empty one is only not known."""
    for column in outcome.columns:
        if column.role in _NAMES:
            codes, readings = _read(outcome.block, column)
            broken = [n for n, reading in readings.special.items() if reading.rule not in ("", "missing")]
            bad = np.isin(codes, broken)
            refuse_readings(
                outcome, column, outcome.block.data[bad], [readings[n] for n in codes[bad].tolist()]
            )


def _read(block: Block, column: Column) -> tuple[Codes, Readings]:
    codes, cells = block.cells(column.index)
    return codes, read_column(
        [text for text, _ in cells], "".join(kind for _, kind in cells), Scale("count", 0.0)
    )

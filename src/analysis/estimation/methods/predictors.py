"""What a synthetic control is matched on beside the outcome: averages of columns over windows of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimation.errors import MissingValues, UnknownColumn, UnknownOption, some
from analysis.estimation.panel.periods import parse_periods
from analysis.estimation.panel.units import rows_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Window:
    """The mean of a column from one period to another, both included; empty cells are skipped."""

    column: str
    first: str
    last: str


@dataclass(frozen=True)
class Predictor:
    """A window to match on and, where predictor weights are cross-validated, the earlier one to train on."""

    window: Window
    training: Window | None = None


def parse_predictor(text: str) -> Predictor:
    """Read "trade:1981:1990", or with a training window "trade:1981:1990|trade:1971:1980".

    Raises:
        UnknownOption: when the text is written otherwise.
    """
    windows = [part.split(":") for part in text.split("|")]
    if len(windows) > 2 or any(len(parts) != 3 or not all(parts) for parts in windows):
        raise UnknownOption(
            f"predictors={text!r} is not understood. Allowed: column:first:last, or "
            "column:first:last|column:first:last with the training window second."
        )
    return Predictor(*(Window(*(part.strip() for part in parts)) for parts in windows))


def predictor_values(
    frame: pd.DataFrame,
    windows: Sequence[Window],
    unit: str,
    time: str,
    units: Sequence[str],
    kept: Sequence[int],
) -> Array:
    """Average each window for the units kept: kept units × windows, in standard deviations over them.

    `units` are the panel's; `kept` are indexes into them.

    Raises:
        UnknownColumn: when the frame lacks a column.
        MissingValues: when a unit has no value in a window, or all have the same.
    """
    unknown = [w.column for w in windows if w.column not in frame.columns]
    if unknown:
        raise UnknownColumn(f"No column {some(map(repr, unknown))} among the predictors' columns.")
    ordinals = parse_periods(frame[time], time).ordinals
    labels = rows_of(frame[unit], units)
    columns = [_average(frame, window, ordinals, labels, units, kept) for window in windows]
    return np.column_stack(columns)


def _average(
    frame: pd.DataFrame,
    window: Window,
    ordinals: NDArray[np.int64],
    rows: NDArray[np.int64],
    units: Sequence[str],
    kept: Sequence[int],
) -> Array:
    ends = parse_periods(pd.Series([window.first, window.last]), "predictors").ordinals
    inside = (ordinals >= ends[0]) & (ordinals <= ends[1])
    numbers = pd.to_numeric(frame[window.column], errors="coerce")
    means = numbers[inside].groupby(rows[inside]).mean().reindex(kept).to_numpy(dtype=float)
    where = f"{window.column!r} from {window.first} to {window.last}"
    if np.isnan(means).any():
        raise MissingValues(
            f"{where} is empty for {some(units[i] for i, m in zip(kept, means, strict=True) if np.isnan(m))}. "
            "Widen the window, or leave these units out."
        )
    spread = float(means.std(ddof=1))
    if spread == 0:
        raise MissingValues(f"{where} is the same for all units, so nothing can be matched on it. Drop it.")
    return np.asarray(means / spread)

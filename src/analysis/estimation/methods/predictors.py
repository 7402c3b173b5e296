"""What a synthetic control is matched on beside the outcome: averages of columns over windows of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimation.errors import MissingValues, UnknownOption, some
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.panel.periods import parse_periods


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

    @property
    def windows(self) -> tuple[Window, ...]:
        """The window, and the training window where there is one."""
        return (self.window,) if self.training is None else (self.window, self.training)


def parse_predictor(text: str | Predictor) -> Predictor:
    """Read "trade:1981:1990", or with a training window "trade:1981:1990|trade:1971:1980".

    Raises:
        UnknownOption: when the text is written otherwise.
    """
    if isinstance(text, Predictor):
        return text
    windows = [part.split(":") for part in text.split("|")]
    if len(windows) > 2 or any(len(parts) != 3 or not all(parts) for parts in windows):
        raise UnknownOption(
            f"predictors={text!r} is not understood. Allowed: column:first:last, or "
            "column:first:last|column:first:last with the training window second."
        )
    return Predictor(*(Window(*(part.strip() for part in parts)) for parts in windows))


def predictor_values(panel: Panel, windows: Sequence[Window], kept: Sequence[int]) -> FloatArray:
    """Average each window for the units kept: kept units × windows, in standard deviations over them.

    `kept` are indexes of the panel's units; its `extra` columns, and its outcome, are what a window may name.

    Raises:
        UnknownColumn: when the panel lacks a column.
        MissingValues: when a unit has no value in a window, or all have the same.
    """
    return np.column_stack([_average(panel, window, kept) for window in windows])


def _average(panel: Panel, window: Window, kept: Sequence[int]) -> FloatArray:
    named = panel.outcome if window.column == panel.outcome_name else panel.column(window.column)
    places = parse_periods(pd.Series(panel.periods), "time").ordinals
    ends = parse_periods(pd.Series([window.first, window.last]), "predictors").ordinals
    cells = named[kept][:, (places >= ends[0]) & (places <= ends[1])]
    seen = ~np.isnan(cells)
    count = seen.sum(axis=1)
    where = f"{window.column!r} from {window.first} to {window.last}"
    if (count == 0).any():
        raise MissingValues(
            f"{where} is empty for {some(panel.units[i] for i, n in zip(kept, count, strict=True) if n == 0)}. "
            "Widen the window, or leave these units out."
        )
    means = np.where(seen, cells, 0.0).sum(axis=1) / count
    spread = float(means.std(ddof=1))
    if spread == 0:
        raise MissingValues(f"{where} is the same for all units, so nothing can be matched on it. Drop it.")
    return np.asarray(means / spread)

"""A tidy frame, one row a unit and period, is arranged as a panel's matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.estimation.errors import (
    BadTreatment,
    DuplicateCells,
    MissingValues,
    NotFinite,
    PanelError,
    UnknownColumn,
    UnknownOption,
    some,
)
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel, check_panel
from analysis.estimation.panel.periods import Periods, parse_periods
from analysis.estimation.panel.treatment import starts_from_dates, starts_from_switches
from analysis.estimation.panel.units import code_units

Cells = tuple[IntArray, IntArray]


def build_panel(
    frame: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated_from: str | None = None,
    treatment: str | None = None,
    weights: str | None = None,
    covariates: Sequence[str] | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    extra: Sequence[str] = (),
    repeated_samples: bool = False,
    needs_controls: bool = True,
    keeps_always_treated: bool = False,
) -> Panel:
    """Arrange a tidy frame, one row a unit and period, as matrices.

    Units may be texts or numbers; periods whole numbers, quarters, months or dates. Exactly one of
    `treated_from` (first treated period; 0, empty or NaN means never) and `treatment` (0/1) is named. Rows
    without an outcome are cells not observed. `repeated_samples` allows units seen before or after only,
    `needs_controls=False` a panel of treated units alone. Units treated from their first outcome on tell nothing of
    an effect and are left out and named in a note; `keeps_always_treated` keeps them, as a two-way regression does.
    `extra` names further columns of numbers that some methods read: a synthetic control's predictors, the counts that
    shares are of, doses; they may have empty cells.

    Raises:
        RequestError: a column is not there, or neither or both treatment columns are named.
        PanelError: the panel cannot be used; each subclass says what was found and what is allowed.
    """
    names = [covariates] if isinstance(covariates, str) else list(covariates or ())
    _require_columns(
        frame, [unit, time, outcome, treated_from, treatment, weights, strata, cluster, *names, *extra]
    )
    if (treated_from is None) == (treatment is None):
        raise UnknownColumn(
            "Name exactly one of treated_from (the first treated period) and treatment (0/1)."
        )
    _require_no_missing(frame, [unit, time])
    rows, units = code_units(frame[unit])
    times = parse_periods(frame[time], time)
    ordinals, columns = np.unique(times.ordinals, return_inverse=True)
    _require_single_cells(rows, columns, units, [times.label(int(o)) for o in ordinals])
    shape, at = (len(units), len(ordinals)), (rows, columns)
    values = _matrix(frame, outcome, shape, at)
    observed = ~np.isnan(values)
    panel = Panel(
        outcome=values,
        observed=observed,
        treated_from=_starts(frame, treated_from, treatment, at, units, times, ordinals),
        units=units,
        periods=tuple(times.label(int(o)) for o in ordinals),
        outcome_name=outcome,
        covariates={name: _covariate(frame, name, shape, at, observed) for name in names},
        strata=_unit_codes(frame, strata, rows, units),
        cluster=_unit_codes(frame, cluster, rows, units),
        extra={name: _matrix(frame, name, shape, at) for name in extra},
    )
    panel = _spaced(panel, times, ordinals)
    if weights is not None:
        panel = _with_weights(panel, _covariate(frame, weights, shape, at, observed), weights)
    panel = replace(_without_unseen(panel), keeps_always_treated=keeps_always_treated)
    if not (repeated_samples or keeps_always_treated):
        panel = _without_always_treated(panel)
    check_panel(panel, repeated_samples=repeated_samples, needs_controls=needs_controls)
    return panel


def _without_unseen(panel: Panel) -> Panel:
    """Leave out units without any outcome, which no treatment could be given to."""
    seen: BoolArray = np.asarray(panel.observed.any(axis=1))
    if seen.all() or not seen.any():
        return panel
    names = some(panel.units[i] for i in np.flatnonzero(~seen))
    kept = panel.keep(units=seen, check=False)
    return replace(
        kept, notes=(*kept.notes, f"Left out, because they have no outcome with a weight: {names}.")
    )


def _without_always_treated(panel: Panel) -> Panel:
    """Leave out units treated from their first outcome on, unless no others are treated."""
    always = panel.always_treated
    if not always.any() or always.sum() == panel.n_treated:
        return panel
    names = some(panel.units[i] for i in np.flatnonzero(always))
    kept = panel.keep(units=~always, check=False)
    note = (
        f"Left out, because treated from their first figure on, so that nothing tells an effect: {names}. The two-way "
        "regression (did with allow_staggered) keeps them as controls."
    )
    return replace(kept, notes=(*kept.notes, note))


def _require_columns(frame: pd.DataFrame, names: Sequence[str | None]) -> None:
    if not isinstance(frame, pd.DataFrame):
        raise UnknownOption(
            f"A panel is made of a pandas DataFrame, and this is a {type(frame).__name__}. Read a file by "
            "pandas.read_csv(path); other frames have .to_pandas()."
        )
    for name in filter(None, names):
        if (times := list(frame.columns).count(name)) > 1:
            raise UnknownColumn(f"The frame has {times} columns {name!r}; give each its own name.")
        if not times and name in frame.index.names:
            raise UnknownColumn(
                f"{name!r} is in the frame's index; make a column of it: frame.reset_index()."
            )
    if len(unknown := [name for name in names if name is not None and name not in frame.columns]):
        raise UnknownColumn(
            f"No column {some(map(repr, unknown))}. The frame has: {some(map(str, frame.columns), 30)}."
        )
    if frame.empty:
        raise PanelError("The frame has no rows. A panel needs at least two units and two periods.")


def _require_no_missing(frame: pd.DataFrame, names: Sequence[str]) -> None:
    for name in names:
        if missing := int(frame[name].isna().sum()):
            raise MissingValues(f"Column {name!r} is empty in {missing} of {len(frame)} rows; none may be.")


def _require_single_cells(
    rows: IntArray, columns: NDArray[np.intp], units: Sequence[str], periods: Sequence[str]
) -> None:
    cells, counts = np.unique(rows * len(periods) + columns, return_counts=True)
    if (counts > 1).any():
        twice = [f"{units[c // len(periods)]} in {periods[c % len(periods)]}" for c in cells[counts > 1]]
        raise DuplicateCells(
            f"{len(twice)} unit-period(s) have several rows: {some(twice)}. One row each is allowed."
        )


def _numbers(frame: pd.DataFrame, name: str) -> FloatArray:
    raw = frame[name]
    values = pd.to_numeric(raw, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if not pd.api.types.is_numeric_dtype(raw):
        filled = raw.notna().to_numpy() & (raw.astype(str).str.strip() != "").to_numpy()
        if len(text := raw[filled & np.isnan(values)]):
            raise NotFinite(
                f"Column {name!r} holds {some(map(repr, text.unique()))}; only numbers are allowed. Write 50.3 for "
                "50,3 or 50.3%, and leave a cell without a figure empty."
            )
    if np.isinf(values).any():
        raise NotFinite(
            f"Column {name!r} is infinite in {int(np.isinf(values).sum())} rows; leave these empty."
        )
    return values


def _matrix(frame: pd.DataFrame, name: str, shape: tuple[int, int], at: Cells) -> FloatArray:
    cells = np.full(shape, np.nan)
    cells[at] = _numbers(frame, name)
    return cells


def _covariate(
    frame: pd.DataFrame, name: str, shape: tuple[int, int], at: Cells, observed: BoolArray
) -> FloatArray:
    cells = _matrix(frame, name, shape, at)
    if missing := int((np.isnan(cells) & observed).sum()):
        raise MissingValues(
            f"Column {name!r} is empty in {missing} of {int(observed.sum())} cells that have an outcome. "
            "Fill it, or drop those rows."
        )
    return np.where(observed, cells, 0.0)


def _with_weights(panel: Panel, weights: FloatArray, name: str) -> Panel:
    if (weights < 0).any() or weights.sum() <= 0:
        raise NotFinite(f"Weights in {name!r} go down to {weights.min():g}; allowed: 0 or more, some above.")
    observed = panel.observed & (weights > 0)
    return replace(
        panel,
        weights=np.where(observed, weights, 0.0),
        observed=observed,
        outcome=np.where(observed, panel.outcome, np.nan),
    )


def _unit_codes(
    frame: pd.DataFrame, name: str | None, rows: IntArray, units: Sequence[str]
) -> IntArray | None:
    if name is None:
        return None
    _require_no_missing(frame, [name])
    codes, _ = code_units(frame[name])
    of_unit = np.full(len(units), -1, dtype=np.int64)
    of_unit[rows] = codes
    if len(moving := sorted({units[r] for r in rows[of_unit[rows] != codes]})):
        raise PanelError(f"{name!r} changes within {some(moving)}; a unit has one value.")
    return of_unit


def _starts(
    frame: pd.DataFrame,
    treated_from: str | None,
    treatment: str | None,
    at: Cells,
    units: Sequence[str],
    times: Periods,
    ordinals: IntArray,
) -> IntArray:
    if treated_from is not None:
        return starts_from_dates(frame[treated_from], treated_from, at[0], units, times, ordinals)
    assert treatment is not None
    return starts_from_switches(_switches(frame, treatment), treatment, at, units, len(ordinals))


def _switches(frame: pd.DataFrame, name: str) -> FloatArray:
    """Return 0 and 1, which a file may have as the texts True and False."""
    said = frame[name].replace({"True": 1, "False": 0, "TRUE": 1, "FALSE": 0})
    try:
        return _numbers(frame.assign(**{name: said}), name)
    except NotFinite as error:
        raise BadTreatment(
            f"Column {name!r} holds {some(map(repr, frame[name].unique()))}; allowed: 0 and 1."
        ) from error


def _spaced(panel: Panel, times: Periods, ordinals: IntArray) -> Panel:
    """Place the periods in time, and say which are absent."""
    places, label = times.steps(ordinals)
    if len(places) < 2 or (np.diff(places) == 1).all():
        return panel
    absent = [label(a + 1) for a, b in pairwise(places.tolist()) if b - a > 1]
    note = f"The panel has no rows from {some(absent)}; event times count the periods there are."
    return replace(panel, times=places, notes=(note,))

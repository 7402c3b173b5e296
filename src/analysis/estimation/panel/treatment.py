"""When each unit's treatment starts, read from a column of dates or from a 0/1 column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimation.errors import BadTime, BadTreatment, MissingValues, TreatmentSwitchesOff, some
from analysis.estimation.panel.panel import FloatArray, IntArray
from analysis.estimation.panel.periods import Periods, parse_periods

NEVER = ("", "0", "0.0", "nan", "nat", "none", "<na>", "inf", "never")


def starts_from_dates(
    column: pd.Series, name: str, rows: IntArray, units: Sequence[str], times: Periods, ordinals: IntArray
) -> IntArray:
    """Give each unit the index of its first treated period; `len(ordinals)` means never in the panel.

    A start between two periods counts from the later one.

    Raises:
        BadTreatment: a unit names two starts, or starts are written otherwise than the periods.
        BadTime: a start is no period.
    """
    codes, found = pd.factorize(column)
    distinct = pd.Series(found)
    never = distinct.map(str).str.strip().str.lower().isin(NEVER).to_numpy()
    # One start a distinct value, and a last one for the empty cells, whose code is -1.
    starts = np.full(len(distinct) + 1, np.iinfo(np.int64).max)
    if not never.all():
        dated = distinct[~never]
        parsed = _dates(dated.convert_dtypes() if dated.dtype == object else dated, name, times.kind)
        if parsed.kind != times.kind:
            raise BadTreatment(
                f"{name!r} holds a {parsed.kind} and the periods are a {times.kind}. Write both the same way."
            )
        starts[:-1][~never] = parsed.ordinals
    dates = starts[codes]
    of_unit = np.zeros(len(units), dtype=np.int64)
    of_unit[rows] = dates
    if len(torn := sorted({units[r] for r in rows[of_unit[rows] != dates]})):
        raise BadTreatment(
            f"{name!r} differs between rows of {some(torn)}; a unit has one start, or none. A column that turns from 0 "
            f"to 1 is named by treatment={name!r}."
        )
    return np.searchsorted(ordinals, of_unit).astype(np.int64)


def _dates(dated: pd.Series, name: str, kind: str) -> Periods:
    if pd.api.types.is_bool_dtype(dated):
        raise BadTreatment(
            f"{name!r} says true or false, not when treatment starts: name it by treatment={name!r}."
        )
    try:
        return parse_periods(dated, name, kind)
    except BadTime as error:
        raise BadTime(f"{error} A unit that is never treated has 0 or nothing.") from error


def starts_from_switches(
    switches: FloatArray, name: str, at: tuple[IntArray, IntArray], units: Sequence[str], n_periods: int
) -> IntArray:
    """Give each unit the index of the first period whose 0/1 treatment is 1.

    Where rows are absent between a unit's last 0 and first 1, it starts with the first of the units whose start
    in that gap is certain, and otherwise with its first 1.

    Raises:
        BadTreatment: a value is neither 0 nor 1.
        MissingValues: treatment is missing somewhere.
        TreatmentSwitchesOff: a unit is treated and later is not.
    """
    if missing := int(np.isnan(switches).sum()):
        raise MissingValues(f"Column {name!r} is empty in {missing} rows; every row says 0 or 1.")
    if len(strange := np.unique(switches[(switches != 0) & (switches != 1)])):
        raise BadTreatment(f"Column {name!r} holds {some(f'{v:g}' for v in strange)}; allowed: 0 and 1.")
    cells = np.full((len(units), n_periods), np.nan)
    cells[at] = switches
    starts = _first_on(cells)
    after = np.arange(n_periods)[None, :] > starts[:, None]
    if len(off := np.flatnonzero(((cells == 0) & after).any(axis=1))):
        raise TreatmentSwitchesOff(
            f"Treatment switches off again in {some(units[int(i)] for i in off)}. Only treatments "
            "that stay are allowed: end those series before, or leave the units out."
        )
    return starts


def _first_on(cells: FloatArray) -> IntArray:
    n_periods = cells.shape[1]
    on, off = cells == 1, cells == 0
    first_on = np.where(on.any(axis=1), on.argmax(axis=1), n_periods).astype(np.int64)
    last_off = np.where(off.any(axis=1), n_periods - 1 - off[:, ::-1].argmax(axis=1), -1)
    treated = first_on < n_periods
    certain = np.unique(first_on[treated & (last_off == first_on - 1)])
    starts: IntArray = first_on.copy()
    for i in np.flatnonzero(treated & (last_off < first_on - 1)):
        between = certain[(certain > last_off[i]) & (certain <= first_on[i])]
        starts[i] = between[0] if len(between) else first_on[i]
    return starts

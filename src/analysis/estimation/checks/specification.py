"""The specification curve: the same question asked over outcomes, windows, control sets and methods.

References:
    Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import Any

import pandas as pd

from analysis.errors import AnalysisError
from analysis.estimation.errors import UnknownColumn, UnknownOption, some
from analysis.estimation.methods import METHODS, call_method
from analysis.estimation.panel.periods import parse_periods
from analysis.estimation.panel.units import label
from analysis.estimation.results import SpecificationCurve

Window = tuple[Any, Any]
# Of each estimate, what a curve keeps.
KEPT = (
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "p_value",
    "inference",
    "n_obs",
    "n_units",
    "n_treated",
)


def specification_curve(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcomes: Sequence[str],
    treated_from: str | None = None,
    treatment: str | None = None,
    windows: Sequence[Window | None] = (None,),
    leave_out: Mapping[str, Collection[Any]] | None = None,
    methods: Sequence[str] = ("did",),
    **words: Any,
) -> SpecificationCurve:
    """Estimate every combination of outcome, window, control set and method; one row each.

    `windows` are first and last period, or None for all; `leave_out` maps the name of a control set to the units
    it leaves out. Further words (inference, draws, seed, weights, ...) go to every method. A combination that
    cannot be estimated keeps its row, with the reason and no numbers.

    Raises:
        RequestError: a method or column does not exist.
    """
    if unknown := [method for method in methods if method not in METHODS]:
        raise UnknownOption(f"methods name {some(unknown)}; allowed: {', '.join(METHODS)}.")
    if absent := [name for name in (unit, time, *outcomes) if name not in panel.columns]:
        raise UnknownColumn(f"No column {some(map(repr, absent))}. The frame has: {some(panel.columns, 30)}.")
    sets: Mapping[str, Collection[Any]] = leave_out or {"all": ()}
    given = {"unit": unit, "time": time, "treated_from": treated_from, "treatment": treatment, **words}
    rows = [
        _estimate(_narrow(panel, unit, time, window, sets[name]), outcome, window, name, method, given)
        for outcome, window, name, method in product(outcomes, windows, sets, methods)
    ]
    return SpecificationCurve(tuple(rows))


def _narrow(
    panel: pd.DataFrame, unit: str, time: str, window: Window | None, left_out: Collection[Any]
) -> pd.DataFrame:
    kept = panel[~panel[unit].map(label).astype(str).isin([label(name) for name in left_out])]
    if window is None:
        return kept
    ends = pd.Series(list(window)).astype(panel[time].dtype)
    first, last = parse_periods(ends, time).ordinals
    ordinals = parse_periods(kept[time], time).ordinals
    inside: pd.DataFrame = kept[(ordinals >= first) & (ordinals <= last)]
    return inside


def _estimate(
    rows: pd.DataFrame, outcome: str, window: Window | None, controls: str, method: str, words: dict[str, Any]
) -> dict[str, Any]:
    span = "all" if window is None else f"{window[0]} to {window[1]}"
    what = {"outcome": outcome, "window": span, "controls": controls, "method": method}
    try:
        found = call_method(method, rows, {**words, "outcome": outcome})
    except AnalysisError as error:
        return {**what, "reason": str(error)}
    return {**what, **{name: getattr(found, name) for name in KEPT}, "unit": found.unit}

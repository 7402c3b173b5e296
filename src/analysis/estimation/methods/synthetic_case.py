"""One treated unit, its donors and what they are matched on; and the weights that follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import NoControlLeft, TooShort, Unbalanced, UnknownOption, some
from analysis.estimation.inference.placebo import Placebos, fit_floor
from analysis.estimation.methods.predictor_weights import choose_importance, donor_weights
from analysis.estimation.methods.predictors import Predictor, predictor_values
from analysis.estimation.methods.simplex import placebo_weights
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel
from analysis.estimation.panel.units import label
from analysis.estimation.results import Check


@dataclass(frozen=True)
class Case:
    """A complete matrix of units × periods in which row `treated` is treated from period `start`.

    `predictors` and `training` are units × predictors in standard deviations, or None; `judged` is the stretch of
    periods (first, one past the last) over which predictor weights are judged.
    """

    outcome: FloatArray
    units: tuple[str, ...]
    periods: tuple[str, ...]
    treated: int
    start: int
    outcome_name: str = "outcome"
    predictors: FloatArray | None = None
    training: FloatArray | None = None
    judged: tuple[int, int] = (0, 0)


def choose_treated(panel: Panel, treated_unit: str | None, method: str) -> tuple[Case, tuple[str, ...]]:
    """Single out the treated unit and the never-treated donors without missing cells.

    Raises:
        UnknownOption: when several units are treated and none is named, or the one named is not treated.
        Unbalanced: when the treated unit has missing cells.
        NoControlLeft: when fewer than two donors are left.
        TooShort: when fewer than two periods come before the start.
    """
    row = _treated_row(panel, treated_unit, method)
    whole = np.asarray(panel.observed.all(axis=1))
    kept = np.flatnonzero((~panel.treated & whole) | (np.arange(panel.n_units) == row))
    start = int(panel.treated_from[row])
    _require(panel, row, len(kept) - 1, method)
    case = Case(
        outcome=panel.outcome[kept],
        units=tuple(panel.units[i] for i in kept),
        periods=panel.periods,
        treated=int(np.flatnonzero(kept == row)[0]),
        start=start,
        outcome_name=panel.outcome_name,
        judged=(0, start),
    )
    return case, _left_out(panel, row, whole)


def _require(panel: Panel, row: int, n_donors: int, method: str) -> None:
    if missing := [p for p, seen in zip(panel.periods, panel.observed[row], strict=True) if not seen]:
        raise Unbalanced(
            f"{method} needs every period of the treated unit, and {panel.units[row]} has no outcome in "
            f"{some(missing)}. Leave out these periods."
        )
    if n_donors < 2:
        raise NoControlLeft(
            f"{method} needs at least 2 never-treated donors with an outcome in every period; there are {n_donors}."
        )
    if panel.treated_from[row] < 2:
        raise TooShort(
            f"{method} needs at least 2 periods before the start; {panel.units[row]} has {panel.treated_from[row]}."
        )


def _treated_row(panel: Panel, treated_unit: str | None, method: str) -> int:
    treated = [panel.units[i] for i in np.flatnonzero(panel.treated)]
    if treated_unit is None and len(treated) > 1:
        raise UnknownOption(
            f"{method} takes one treated unit, and {len(treated)} are treated: {some(treated, 12)}. Name one in "
            "treated_unit; the others are then left out. Methods for several: synthetic-did, did, imputation."
        )
    chosen = treated[0] if treated_unit is None else label(treated_unit)
    if chosen not in treated:
        raise UnknownOption(
            f"treated_unit={chosen!r} is not treated in the panel. Treated: {some(treated, 12)}."
        )
    return panel.units.index(chosen)


def _left_out(panel: Panel, row: int, whole: BoolArray) -> tuple[str, ...]:
    notes = list(panel.notes)
    others = [panel.units[i] for i in np.flatnonzero(panel.treated) if i != row]
    holes = [panel.units[i] for i in np.flatnonzero(~panel.treated & ~whole)]
    if others:
        notes.append(f"Left out because treated too: {some(others, 12)}.")
    if holes:
        notes.append(f"Left out of the donors because of missing cells: {some(holes, 12)}.")
    return tuple(notes)


def matched_on(
    case: Case, panel: Panel, predictors: Sequence[Predictor], validation: tuple[str, str] | None
) -> Case:
    """Add predictors, averages of the panel's columns, to a case.

    Raises:
        UnknownOption: when only some predictors have a training window, or a validation period is unknown.
    """
    trained = [p.training for p in predictors if p.training is not None]
    if trained and len(trained) < len(predictors):
        raise UnknownOption("Either all predictors have a training window, or none has.")
    rows = [panel.units.index(name) for name in case.units]
    judged = (0, case.start)
    if validation is not None:
        unknown = [v for v in map(str, validation) if v not in case.periods]
        if unknown:
            raise UnknownOption(
                f"validation names {some(unknown)}; the periods are {some(case.periods, 40)}."
            )
        judged = (case.periods.index(str(validation[0])), case.periods.index(str(validation[1])) + 1)
    return replace(
        case,
        predictors=predictor_values(panel, [p.window for p in predictors], rows),
        training=predictor_values(panel, trained, rows) if trained else None,
        judged=judged,
    )


def synthetic_weights(case: Case) -> FloatArray:
    """Weight donors to every unit in turn (units × units), all others being its donors."""
    count = len(case.units)
    if case.predictors is None:
        return placebo_weights(case.outcome[:, : case.start].T, np.eye(count), ~np.eye(count, dtype=bool))
    weights = np.zeros((count, count))
    for row in range(count):
        others = np.arange(count) != row
        weights[row, others] = _matched_weights(case, row, others)
    return weights


def _matched_weights(case: Case, row: int, others: BoolArray) -> FloatArray:
    assert case.predictors is not None
    learnt_from = case.predictors if case.training is None else case.training
    window = case.outcome[:, case.judged[0] : case.judged[1]]
    importance = choose_importance(learnt_from[others] - learnt_from[row], window[row], window[others])
    return donor_weights(case.predictors[others] - case.predictors[row], importance)


def leave_two_out(case: Case) -> tuple[int, int]:
    """Count the pairs of donors beside which the treated unit's ratio is not the largest of three, and all pairs.

    Each of the three is weighted from the units outside the three, so that none is another's donor.

    References: Lei & Sudijanto (2024), Inference for Synthetic Controls via Refined Placebo Tests.
    """
    count = len(case.units)
    pairs = np.array(list(combinations(np.delete(np.arange(count), case.treated).tolist(), 2)))
    trios = np.column_stack([np.full(len(pairs), case.treated), pairs])
    pools = np.ones((len(trios), count), bool)
    np.put_along_axis(pools, trios, False, axis=1)
    targets = np.eye(count)[trios.ravel()]
    weights = placebo_weights(case.outcome[:, : case.start].T, targets, np.repeat(pools, 3, axis=0))
    squares = ((targets - weights) @ case.outcome) ** 2
    floor = fit_floor(case.outcome, case.start) ** 2
    before, after = squares[:, : case.start].mean(axis=1), squares[:, case.start :].mean(axis=1)
    ratios = (after / np.maximum(before, floor)).reshape(-1, 3)
    return int((ratios[:, 0] <= ratios[:, 1:].max(axis=1)).sum()), len(pairs)


def leave_one_donor_out(case: Case, weights: FloatArray) -> Check:
    """Drop each donor that counts in turn; passed when the effect keeps its sign and half its size."""
    own = weights[case.treated]
    effect = _effect(case, own)
    dropped = np.flatnonzero(own > 0.01)
    found = [_effect(case, without) for without in _weights_without(case, dropped)]
    held = all(estimate * effect > 0 and abs(estimate) >= abs(effect) / 2 for estimate in found)
    text = (
        f"With all donors the effect is {effect:.3g}; without one of the {len(found)} that count it lies between "
        f"{min(found):.3g} and {max(found):.3g}."
    )
    table = tuple(
        {"donor": case.units[donor], "weight": float(own[donor]), "estimate_without": estimate}
        for donor, estimate in zip(dropped.tolist(), found, strict=True)
    )
    return Check("donor leave-one-out", held, text, table)


def _effect(case: Case, weights: FloatArray) -> float:
    return float((case.outcome[case.treated] - weights @ case.outcome)[case.start :].mean())


def _weights_without(case: Case, dropped: NDArray[np.intp]) -> FloatArray:
    """Weight the donors left when each of some is dropped: dropped × units."""
    units = np.arange(len(case.units))
    pools = (units != case.treated) & (units != dropped[:, None])
    if case.predictors is None:
        targets = np.broadcast_to(units == case.treated, pools.shape).astype(float)
        return placebo_weights(case.outcome[:, : case.start].T, targets, pools)
    weights = np.zeros(pools.shape)
    for row, pool in enumerate(pools):
        weights[row, pool] = _matched_weights(case, case.treated, pool)
    return weights


def placebo_rows(case: Case, placebos: Placebos) -> tuple[dict[str, Any], ...]:
    """List each unit's gaps before and after the start, their ratio and its mean effect."""
    effects = placebos.gaps[:, case.start :].mean(axis=1)
    columns = zip(case.units, placebos.before, placebos.after, placebos.ratios, effects, strict=True)
    return tuple(
        {"unit": u, "gap_before": float(b), "gap_after": float(a), "ratio": float(r), "estimate": float(e)}
        for u, b, a, r, e in columns
    )

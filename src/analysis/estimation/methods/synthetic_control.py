"""Synthetic control: one treated unit beside the weighted average of others that followed it before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import UnknownOption
from analysis.estimation.inference.conformal import Conformal
from analysis.estimation.inference.judge import Ask
from analysis.estimation.inference.permutation import Interval
from analysis.estimation.inference.placebo import Placebos, finite_or_none, fit_floor
from analysis.estimation.methods.doors import OFFERED, door
from analysis.estimation.methods.predictors import Predictor, parse_predictor
from analysis.estimation.methods.synthetic_case import (
    Case,
    choose_treated,
    leave_one_donor_out,
    matched_on,
    placebo_rows,
    synthetic_weights,
)
from analysis.estimation.panel.panel import Panel
from analysis.estimation.results import Check, Estimate, Term

INFERENCES = ("default", "placebo", "conformal")
ESTIMAND = (
    "mean effect on the treated unit over its treated periods, were its synthetic control its untreated path"
)
# Donors lighter than this are rounding.
SHOWN_WEIGHT = 1e-6


def _columns(words: Mapping[str, Any]) -> list[str]:
    """Name the columns that predictors are averages of."""
    windows = [window for one in words.get("predictors") or () for window in parse_predictor(one).windows]
    return list(dict.fromkeys(window.column for window in windows))


@door(
    INFERENCES,
    takes_no=OFFERED,
    why="it weighs donors by how they follow the treated unit; columns to match on are named in predictors",
    extra=_columns,
)
def synthetic_control(
    panel: Panel,
    ask: Ask,
    *,
    predictors: Sequence[Predictor | str] | None = None,
    validation: tuple[str, str] | None = None,
    treated_unit: str | None = None,
) -> Estimate:
    """Estimate the effect on one treated unit against its synthetic control.

    Donors are the units
    never treated; those with missing cells are left out and named in the notes. Without `predictors` the
    whole path of the outcome before the start is matched. With them (`Predictor`, or "column:first:last")
    those are, weighted by how well they predict the outcome over `validation`, by default all periods before
    the start; where a predictor has a training window, over `validation` from the training windows. Of
    several treated units `treated_unit` names one; the others are left out.

    The default inference is the placebo in space, with its interval by inversion; "conformal" compares the
    treated periods with the unit's other periods. `draws` and `seed` do not matter: all placebos are made.

    References:
        Abadie, Diamond & Hainmueller (2010), JASA 105; (2015), AJPS 59.
    """
    case, notes = choose_treated(panel, treated_unit, "synthetic-control")
    if predictors:
        case = matched_on(case, panel, [parse_predictor(one) for one in predictors], validation)
    elif validation:
        raise UnknownOption("validation says what predictor weights are judged by: give predictors too.")
    conf_level = ask.conf_level
    weights = synthetic_weights(case)
    gaps = case.outcome - weights @ case.outcome
    placebos = Placebos(gaps, weights, case.treated, case.start, fit_floor(case.outcome, case.start))
    path = Conformal(case.outcome[case.treated], np.delete(case.outcome, case.treated, axis=0), case.start)
    conformal = ask.inference == "conformal"
    effect = float(gaps[case.treated, case.start :].mean())
    interval = path.interval(conf_level, effect) if conformal else placebos.interval(conf_level)
    p_values = {"placebo": placebos.p_value(), "conformal": path.p_value(0.0)}
    own = weights[case.treated]
    return Estimate(
        method="synthetic-control",
        estimand=ESTIMAND,
        estimate=effect,
        unit=case.outcome_name,
        n_obs=case.outcome.size,
        n_units=len(case.units),
        n_treated=1,
        inference="conformal" if conformal else "placebo",
        conf_low=finite_or_none(interval[0]),
        conf_high=finite_or_none(interval[1]),
        conf_level=conf_level,
        p_value=p_values["conformal" if conformal else "placebo"],
        p_values=p_values,
        terms=_terms(case, placebos, path if conformal else None, conf_level),
        weights={u: float(w) for u, w in zip(case.units, own, strict=True) if w > SHOWN_WEIGHT},
        checks=(
            _placebo_check(case, placebos),
            leave_one_donor_out(case, weights),
            *check_design(panel.keep(units=np.isin(panel.units, case.units))),
        ),
        notes=(*notes, *_notes(placebos, path, interval, conformal, conf_level)),
    )


def _terms(case: Case, placebos: Placebos, path: Conformal | None, conf_level: float) -> tuple[Term, ...]:
    """Give the gap in every period; before the start it shows the fit and has no interval."""
    gaps = placebos.gaps[case.treated].tolist()
    judged: list[tuple[float | None, float | None, float | None]] = [(None, None, None)] * case.start
    if path is None:
        limits = placebos.period_intervals(conf_level)
        found = zip(limits, placebos.period_p_values().tolist(), strict=True)
        judged += [(finite_or_none(low), finite_or_none(high), p) for (low, high), p in found]
    else:
        judged += [_conformal_term(path, gaps[t], t, conf_level) for t in range(case.start, len(gaps))]
    return tuple(
        Term(
            estimate=gap,
            conf_low=low,
            conf_high=high,
            p_value=p_value,
            event_time=period - case.start,
            period=case.periods[period],
        )
        for period, (gap, (low, high, p_value)) in enumerate(zip(gaps, judged, strict=True))
    )


def _conformal_term(
    path: Conformal, gap: float, period: int, conf_level: float
) -> tuple[float | None, float | None, float | None]:
    """Judge one period against the periods before; nothing where these are too few for the level."""
    if path.start + 1 < 1 / (1 - conf_level) - 1e-9:
        return None, None, None
    low, high = path.interval(conf_level, gap, period)
    return finite_or_none(low), finite_or_none(high), path.p_value(0.0, period)


def _placebo_check(case: Case, placebos: Placebos) -> Check:
    """Show every unit's fit and gap; passed when the treated unit is fitted no worse than most others."""
    before, own = placebos.before, case.treated
    worse = float((before >= before[own]).mean())
    rank = int((placebos.ratios >= placebos.ratios[own] * (1 - 1e-9)).sum())
    text = (
        f"{case.units[own]} is followed before the start with a root mean squared gap of {before[own]:.3g}, as badly "
        f"or worse than that are {worse:.0%} of {len(before)} units. Its gap after the start relative to before is "
        f"number {rank} of {len(before)}."
    )
    return Check("placebo in space", bool(worse >= 0.2), text, placebo_rows(case, placebos))


def _notes(
    placebos: Placebos, path: Conformal, interval: Interval, conformal: bool, conf_level: float
) -> tuple[str, ...]:
    count = len(path.target) if conformal else len(placebos.gaps)
    things = "periods" if conformal else "units"
    notes = [f"The smallest p attainable with {count} {things} is {1 / count:.2g}."]
    if not np.isfinite(interval).all():
        notes.append("The interval has no finite limit on a side that is empty: no effect there is rejected.")
    exact = int((placebos.before < placebos.floor).sum())
    if exact:
        notes.append(
            f"{exact} of {len(placebos.gaps)} units are matched all but exactly before the start: with "
            f"{placebos.start} periods and {len(placebos.gaps) - 1} donors a good fit says little, and weights "
            "spread evenly over equally good donors were taken."
        )
    return (*notes, *(() if conformal else _reach_note(placebos, round(1 - conf_level, 12))))


def _reach_note(placebos: Placebos, level: float) -> tuple[str, ...]:
    """Say where a rejection would take a gap far beyond those of all placebos, because ratios divide by the fit."""
    needed = placebos.needed_gap(level)
    if needed is None or not placebos.out_of_reach(level) or placebos.p_value() <= level:
        return ()
    before, others = placebos.before[placebos.treated], np.delete(placebos.before, placebos.treated)
    return (
        f"placebo: the gap after the start is ranked over the gap before it, which is {before:.3g} (median of the "
        f"placebos {np.median(others):.3g}). For p to be {level:g} or less the gap after would have to exceed "
        f"{needed:.3g}; the largest of any placebo is {placebos.largest_gap:.3g}. This test can hardly reject here: "
        "not rejecting says little (docs/methods.md).",
    )

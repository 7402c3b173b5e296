"""Does the effect go with the dose? Each treated unit's mean effect, regressed on what it was given."""

from __future__ import annotations

from dataclasses import replace
from math import factorial, prod
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimation.errors import MissingValues, NotEstimable, PanelError, UnknownColumn, some
from analysis.estimation.inference.assignments import Assignments, require_draws
from analysis.estimation.inference.permutation import Draws, plain_interval
from analysis.estimation.inference.placebo import finite_or_none
from analysis.estimation.methods.cell_averages import observed_places
from analysis.estimation.methods.imputation import Model
from analysis.estimation.methods.imputed import design_of, impute
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.panel.shares import choose_scale
from analysis.estimation.panel.units import label
from analysis.estimation.results import Estimate, Term

# Doses are percentage points of a target; a slope is told per ten of them.
PER = 10.0
FEWEST = 3


def dose_response(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated_from: str,
    dose: str,
    weights: str | None = None,
    denominators: str | None = None,
    strata: str | None = None,
    scale: str = "points",
    trends: str = "none",
    anticipation: int = 0,
    draws: int = 9_999,
    seed: int = 1,
    conf_level: float = 0.95,
) -> Estimate:
    """Estimate how much larger the effect is per 10 points of dose, among the treated.

    `dose` names a column with one number a treated unit. Each unit's effect is its mean over its treated cells, by
    imputation (see `imputation` for the other words); the estimate is the slope of a least-squares line through
    these, units alike. Doses were chosen, not drawn: the slope is read as caused by the dose only if units would
    otherwise have had like effects. The p-value deals the doses out anew among the treated (within strata), which
    is exact if effects do not depend on the dose and units are alike but for it; the interval inverts that test.
    The terms are the mean effects at each dose.

    Raises:
        MissingValues: a treated unit has no dose.
        NotEstimable: fewer than 3 treated units, or all have one dose.
        RequestError: a column or option does not exist.
    """
    counts = [] if denominators is None else [denominators]
    arranged = build_panel(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated_from=treated_from,
        weights=weights,
        covariates=counts,
        strata=strata,
    )
    denominated = arranged.covariates[counts[0]] if counts else None
    arranged = replace(arranged, covariates={})
    model = Model(scale, trends, anticipation)
    design = design_of(
        arranged,
        choose_scale(arranged, scale, denominated),
        trends=model.trends == "unit",
        anticipation=anticipation,
    )
    fit = impute(arranged, design)
    cells = arranged.cell_weights * fit.paths.treated[0]
    treated = [u for u in observed_places(arranged).tolist() if cells[u].sum() > 0]
    effects = (cells * fit.effects[0])[treated].sum(axis=1) / cells[treated].sum(axis=1)
    doses = _doses(panel, unit, dose, [arranged.units[u] for u in treated])
    strata_of = np.zeros(len(treated), int) if arranged.strata is None else arranged.strata[treated]
    return _judge(arranged, effects, doses, strata_of, dose, draws, seed, conf_level)


def _doses(frame: pd.DataFrame, unit: str, dose: str, treated: list[str]) -> FloatArray:
    if dose not in frame.columns:
        raise UnknownColumn(f"No column {dose!r}. The frame has: {some(map(str, frame.columns), 30)}.")
    known = frame[[unit, dose]].dropna().drop_duplicates()
    known = known.assign(**{unit: known[unit].map(label).astype(str)}).drop_duplicates()
    of_units = known[known[unit].isin(treated)]
    if lacking := [name for name in treated if name not in set(of_units[unit])]:
        raise MissingValues(f"{dose!r} is empty for treated {some(lacking)}; each treated unit needs one.")
    if torn := sorted(of_units.loc[of_units[unit].duplicated(), unit].unique()):
        raise PanelError(f"{dose!r} changes within {some(torn)}; a unit has one value.")
    values: FloatArray = of_units.set_index(unit).loc[treated, dose].to_numpy(dtype=np.float64)
    if len(values) < FEWEST or np.ptp(values) == 0:
        raise NotEstimable(
            f"A line needs at least {FEWEST} treated units and two doses; there are {len(values)} units with "
            f"{dose!r} of {some(f'{value:g}' for value in np.unique(values))}."
        )
    return values


def _judge(
    panel: Panel,
    effects: FloatArray,
    doses: FloatArray,
    strata: Any,
    dose: str,
    draws: int,
    seed: int,
    conf_level: float,
) -> Estimate:
    require_draws(draws, conf_level)
    rng = np.random.default_rng([seed, 31])
    dealt = np.tile(doses, (draws, 1))
    for stratum in np.unique(strata):
        rows = strata == stratum
        dealt[:, rows] = rng.permuted(dealt[:, rows], axis=1)
    possible = prod(_arrangements(doses[strata == stratum]) for stratum in np.unique(strata))
    assignments = Assignments(np.zeros((draws, 1), np.int16), False, possible, "doses")
    slope = float(_slopes(doses[None], effects)[0])
    found = Draws(_slopes(dealt, effects), _slopes(dealt, doses / PER), None, assignments)
    low, high = plain_interval(found, slope, conf_level)
    smallest = max(assignments.smallest_p, 1 / possible)
    return Estimate(
        method="dose-response",
        estimand=f"slope of a treated unit's mean effect in its {dose}, per {PER:g}",
        estimate=slope,
        unit=f"{panel.outcome_name} per {PER:g} of {dose}",
        n_obs=panel.n_obs,
        n_units=panel.n_units,
        n_treated=len(effects),
        inference="permutation",
        conf_low=finite_or_none(low),
        conf_high=finite_or_none(high),
        conf_level=conf_level,
        p_value=(p_value := assignments.p_value(found.outcome, slope)),
        p_values={"permutation": p_value},
        terms=tuple(
            Term(float(effects[doses == value].mean()), group=f"{value:g}") for value in np.unique(doses)
        ),
        notes=(
            f"permutation: {draws:,} draws of {possible:,} ways to deal the doses out among the treated; the "
            f"smallest p attainable is {smallest:.2g}.",
            "Doses were not drawn by lot: units given more may differ in other ways.",
            *panel.notes,
        ),
    )


def _slopes(doses: FloatArray, effects: FloatArray) -> FloatArray:
    """Slope of effects (R,) on each row of doses (draws, R), per ten of the dose."""
    centred = (doses - doses.mean(axis=1, keepdims=True)) / PER
    return np.asarray(centred @ (effects - effects.mean()) / (centred**2).sum(axis=1))


def _arrangements(doses: FloatArray) -> int:
    counts = np.unique(doses, return_counts=True)[1]
    return factorial(len(doses)) // prod(factorial(int(count)) for count in counts)

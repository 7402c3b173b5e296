"""Does the effect go with the dose? Each treated unit's mean effect, regressed on what it was given."""

from __future__ import annotations

from dataclasses import replace
from math import factorial, prod

import numpy as np

from analysis.estimation.errors import MissingValues, NotEstimable, PanelError, some
from analysis.estimation.inference.assignments import Assignments
from analysis.estimation.inference.judge import Ask
from analysis.estimation.inference.permutation import Draws, plain_interval
from analysis.estimation.inference.placebo import finite_or_none
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.methods.cell_averages import observed_places
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.imputation import Model
from analysis.estimation.methods.imputed import design_of, impute
from analysis.estimation.panel.panel import FloatArray, IntArray, Panel
from analysis.estimation.panel.shares import choose_scale
from analysis.estimation.results import Estimate, Term

# Doses are percentage points of a target; a slope is told per ten of them.
PER = 10.0
FEWEST = 3


@door(
    ("default", "permutation"),
    takes_no=("covariates", "cluster"),
    why="it compares the treated by their dose",
    extra=lambda words: [name for name in (words.get("dose"), words.get("denominators")) if name],
)
def dose_response(
    panel: Panel,
    ask: Ask,
    *,
    dose: str,
    denominators: str | None = None,
    scale: str = "points",
    trends: str = "none",
    anticipation: int = 0,
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
    """
    model = Model(scale, trends, anticipation)
    design = design_of(
        panel,
        choose_scale(panel, scale, denominators),
        trends=model.trends == "unit",
        anticipation=anticipation,
    )
    fit = impute(panel, design)
    cells = panel.cell_weights * fit.paths.treated[0]
    treated = [u for u in observed_places(panel).tolist() if cells[u].sum() > 0]
    effects = (cells * fit.effects[0])[treated].sum(axis=1) / cells[treated].sum(axis=1)
    doses = _doses(panel, dose, treated)
    strata = np.zeros(len(treated), int) if panel.strata is None else panel.strata[treated]
    dealt, possible = _deal(doses, strata, ask)
    slope = float(_slopes(doses[None], effects)[0])
    found = Draws(_slopes(dealt, effects), _slopes(dealt, doses / PER), None, possible)
    limits = plain_interval(found, slope, ask.conf_level)
    p_value = possible.p_value(found.outcome, slope)
    smallest = max(possible.smallest_p, 1 / possible.n_possible)
    notes = (
        f"permutation: {ask.draws:,} draws of {possible.n_possible:,} ways to deal the doses out among the treated; "
        f"the smallest p attainable is {smallest:.2g}.",
        "Doses were not drawn by lot: units given more may differ in other ways.",
    )
    terms = tuple(
        Term(float(effects[doses == value].mean()), group=f"{value:g}") for value in np.unique(doses)
    )
    low, high = map(finite_or_none, limits)
    verdict = Verdict("permutation", p_value, low, high, None, {"permutation": p_value}, notes, terms)
    shown = verdict.of(
        panel,
        method="dose-response",
        estimand=f"slope of a treated unit's mean effect in its {dose}, per {PER:g}",
        estimate=slope,
        conf_level=ask.conf_level,
    )
    return replace(shown, unit=f"{panel.outcome_name} per {PER:g} of {dose}", n_treated=len(effects))


def _doses(panel: Panel, dose: str, treated: list[int]) -> FloatArray:
    """Give each treated unit's one dose."""
    known = [np.unique(row[~np.isnan(row)]) for row in panel.column(dose)[treated]]
    names = [panel.units[row] for row in treated]
    if lacking := [name for name, found in zip(names, known, strict=True) if not len(found)]:
        raise MissingValues(f"{dose!r} is empty for treated {some(lacking)}; each treated unit needs one.")
    if torn := [name for name, found in zip(names, known, strict=True) if len(found) > 1]:
        raise PanelError(f"{dose!r} changes within {some(torn)}; a unit has one value.")
    values = np.concatenate(known)
    if len(values) < FEWEST or np.ptp(values) == 0:
        raise NotEstimable(
            f"A line needs at least {FEWEST} treated units and two doses; there are {len(values)} units with "
            f"{dose!r} of {some(f'{value:g}' for value in np.unique(values))}."
        )
    return values


def _deal(doses: FloatArray, strata: IntArray, ask: Ask) -> tuple[FloatArray, Assignments]:
    """Deal the doses out anew (draws × treated), within strata."""
    rng = np.random.default_rng([ask.seed, 31])
    dealt = np.tile(doses, (ask.draws, 1))
    for stratum in np.unique(strata):
        rows = strata == stratum
        dealt[:, rows] = rng.permuted(dealt[:, rows], axis=1)
    possible = prod(_arrangements(doses[strata == stratum]) for stratum in np.unique(strata))
    return dealt, Assignments(np.zeros((ask.draws, 1), np.int16), False, possible, "doses")


def _slopes(doses: FloatArray, effects: FloatArray) -> FloatArray:
    """Slope of effects (R,) on each row of doses (draws, R), per ten of the dose."""
    centred = (doses - doses.mean(axis=1, keepdims=True)) / PER
    return np.asarray(centred @ (effects - effects.mean()) / (centred**2).sum(axis=1))


def _arrangements(doses: FloatArray) -> int:
    counts = np.unique(doses, return_counts=True)[1]
    return factorial(len(doses)) // prod(factorial(int(count)) for count in counts)

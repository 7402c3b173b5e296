"""Shares between 0 and 1: a logit mean, so that no effect can lead beyond the bounds, in percentage points.

References:
    Papke & Wooldridge (1996), Journal of Applied Econometrics 11(6);
    Puhani (2012), Economics Letters 115(1), on the treatment effect in nonlinear difference in differences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import NotEstimable, PanelError, some
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.inference.clustered import Spread
from analysis.estimation.inference.judge import Ask, assignment_note
from analysis.estimation.inference.noise import PLAIN_RATE, noise_notes
from analysis.estimation.inference.rule import STUDENTISED_UP_TO, choose_inference, count_side
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.twoway import cluster_codes
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel
from analysis.estimation.results import Estimate

INFERENCES = ("default", "permutation", "CR1")
ESTIMAND = "mean effect on the treated cells' share, were the logit of the means moving in parallel"
STEPS = 50


@door(INFERENCES, draws=999)
def fractional(panel: Panel, ask: Ask) -> Estimate:
    """Estimate a difference in differences of shares with a logit mean by quasi-maximum likelihood.

    The outcome is a share from 0 to 1, or a percentage when a value is above 1; the effect comes back in
    percentage points: the treated cells' mean fitted share less what it would be without the treatment term.
    Terms: the treated group, the periods, the treatment, and covariates.

    Raises:
        PanelError: the panel cannot be used, or an outcome is no share.
    """
    panel.require_one_start("fractional")
    panel.require_never_treated("fractional")
    shares, scale_note = _as_shares(panel)
    fit = fit_shares(shares, shares.treated)
    chosen = ask.inference
    if ask.inference == "default":
        chosen = choose_inference(panel, INFERENCES, errors="CR1", above=STUDENTISED_UP_TO)
    spread = _spread(shares, fit) if chosen == "CR1" else None
    p_value, low, high, note = _judge(shares, fit, spread, ask)
    notes = (scale_note, f"{count_side(panel)}: {chosen}.", *note)
    error = None if spread is None else spread.std_error
    return Verdict(chosen, p_value, low, high, error, {chosen: p_value}, notes).of(
        replace(panel, outcome_name="percentage points"),
        method="fractional",
        estimand=ESTIMAND,
        estimate=100 * fit.effect,
        conf_level=ask.conf_level,
        checks=check_design(panel),
    )


@dataclass(frozen=True)
class ShareFit:
    """The logit fit over the observed cells, and its effect as a share.

    `design` (cells, terms) has the treatment first; `slope` is the effect's derivative by the coefficients.
    """

    design: FloatArray
    errors: FloatArray
    coefficients: FloatArray
    information: FloatArray
    effect: float
    slope: FloatArray
    weights: FloatArray


def fit_shares(panel: Panel, treated: BoolArray, begin: FloatArray | None = None) -> ShareFit:
    """Fit a logit mean by Newton's method, with these units as the treated ones.

    A step that does not raise the quasi-likelihood, which is concave, is halved until it does, so that the search
    settles wherever there is a maximum.

    Raises:
        NotEstimable: there is none, as when a group's outcomes are all 0 or all 1.
    """
    seen = panel.observed
    design = _design(panel, treated)
    outcome, weights = panel.outcome[seen], panel.cell_weights[seen]
    coefficients = np.zeros(design.shape[1]) if begin is None else begin
    value = _quasi_likelihood(design @ coefficients, outcome, weights)
    for _ in range(STEPS):
        mean = _logistic(design @ coefficients)
        information = (design * (weights * mean * (1 - mean))[:, None]).T @ design
        score = design.T @ (weights * (outcome - mean))
        try:
            step = np.asarray(np.linalg.solve(information, score), dtype=np.float64)
        except np.linalg.LinAlgError as error:
            raise NotEstimable(
                "The logit fit has no solution: terms repeat one another, or shares are all 0 or 1."
            ) from error
        if np.abs(step).max() < 1e-8:
            return _finish(design, outcome, weights, coefficients + step)
        coefficients, value = _climb(design, outcome, weights, coefficients, step, value)
    raise NotEstimable(
        f"The logit fit did not settle in {STEPS} steps; some group's shares are all 0 or all 1."
    )


def _quasi_likelihood(index: FloatArray, outcome: FloatArray, weights: FloatArray) -> float:
    return float(weights @ (outcome * index - np.logaddexp(0, index)))


def _climb(
    design: FloatArray,
    outcome: FloatArray,
    weights: FloatArray,
    coefficients: FloatArray,
    step: FloatArray,
    value: float,
) -> tuple[FloatArray, float]:
    """Take the step, or the largest half of a half of it that leads up."""
    room = 1e-12 * abs(value)
    for _ in range(STEPS):
        moved = coefficients + step
        reached = _quasi_likelihood(design @ moved, outcome, weights)
        if reached >= value - room:
            return moved, reached
        step = step / 2
    return coefficients, value


def _finish(
    design: FloatArray, outcome: FloatArray, weights: FloatArray, coefficients: FloatArray
) -> ShareFit:
    mean = _logistic(design @ coefficients)
    without_design = design.copy()
    without_design[:, 0] = 0
    without = _logistic(without_design @ coefficients)
    on = weights * design[:, 0]
    slopes = (mean * (1 - mean))[:, None] * design - (without * (1 - without))[:, None] * without_design
    return ShareFit(
        design=design,
        errors=outcome - mean,
        coefficients=coefficients,
        information=(design * (weights * mean * (1 - mean))[:, None]).T @ design,
        effect=float(on @ (mean - without) / on.sum()),
        slope=on @ slopes / on.sum(),
        weights=weights,
    )


def _design(panel: Panel, treated: BoolArray) -> FloatArray:
    seen = panel.observed
    start, n_periods = int(panel.starts[0]), panel.n_periods
    group = np.broadcast_to(np.asarray(treated, dtype=float)[:, None], seen.shape)
    after = np.broadcast_to(np.arange(n_periods) >= start, seen.shape)
    periods = np.broadcast_to(np.eye(n_periods), (panel.n_units, n_periods, n_periods))
    columns = [(group * after)[seen], group[seen], *periods[seen].T]
    return np.column_stack([*columns, *(values[seen] for values in panel.covariates.values())])


def _logistic(index: FloatArray) -> FloatArray:
    return np.asarray(0.5 * (1 + np.tanh(index / 2)))


def _as_shares(panel: Panel) -> tuple[Panel, str]:
    seen = panel.outcome[panel.observed]
    top = 1.0 if seen.max() <= 1 else 100.0
    if seen.min() < 0 or seen.max() > top:
        worst = [f"{value:g}" for value in np.unique(seen[(seen < 0) | (seen > top)])]
        raise PanelError(
            f"{panel.outcome_name!r} holds {some(worst)}; allowed: shares to 1, or percentages to 100."
        )
    read = "shares from 0 to 1" if top == 1 else "percentages from 0 to 100"
    return replace(panel, outcome=panel.outcome / top), f"Outcomes up to {seen.max():g} were read as {read}."


def _effect(panel: Panel, treated: BoolArray, begin: FloatArray) -> float:
    """Give one assignment's effect; NaN where it has none."""
    try:
        return fit_shares(panel, treated, begin).effect
    except NotEstimable:
        return float("nan")


def _spread(panel: Panel, fit: ShareFit) -> Spread:
    clusters = np.broadcast_to(cluster_codes(panel)[:, None], panel.observed.shape)[panel.observed]
    n_clusters = int(clusters.max()) + 1
    influence = fit.design @ np.linalg.solve(fit.information, fit.slope) * fit.weights * fit.errors
    scores = np.bincount(clusters, influence, minlength=n_clusters)
    factor = n_clusters / (n_clusters - 1)
    return Spread(float(100 * np.sqrt(factor * (scores**2).sum())), n_clusters - 1)


def _judge(
    panel: Panel, fit: ShareFit, spread: Spread | None, ask: Ask
) -> tuple[float, float | None, float | None, tuple[str, ...]]:
    if spread is not None:
        low, high = spread.interval(100 * fit.effect, ask.conf_level)
        return (
            spread.p_value(100 * fit.effect),
            low,
            high,
            ("Standard errors by the delta method, clustered (CR1).",),
        )
    assignments = draw_assignments(panel, ask.draws, ask.generator("permutation"), ask.conf_level)
    effects = np.array([_effect(panel, row == 0, fit.coefficients) for row in assignments.paths])
    fitted = np.isfinite(effects)
    note = assignment_note(assignments.only(fitted), "permutation")
    if lost := int((~fitted).sum()):
        note += f" {lost} more could not be fitted, because a group's shares are then all 0 or all 1, and do not count."
    return (
        assignments.only(fitted).p_value(effects[fitted], fit.effect),
        None,
        None,
        (f"{note} No interval: a shift of a share is not one.", *noise_notes(panel, PLAIN_RATE)),
    )

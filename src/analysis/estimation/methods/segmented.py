"""Interrupted time series: a straight line before, another after, and errors that remember.

One series of a year or two tells little of how long its errors last, and standard errors that learn it from the
residuals alone (Newey and West's with the usual lags) rejected 18 to 40 true nulls in 100 instead of 5. Here errors are
an AR(1) process whose memory is not settled: p-values under every memory are averaged by the restricted likelihood of
each. Where enough untreated units have the series too, no memory has to be known: each takes the treated ones' place.

References:
    Wagner, Soumerai, Zhang & Ross-Degnan (2002), Journal of Clinical Pharmacy and Therapeutics 27(4);
    Newey & West (1987), Econometrica 55(3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import comb

import numpy as np

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import NotEstimable, TooShort, Unbalanced, UnknownOption, some
from analysis.estimation.inference.clustered import Spread
from analysis.estimation.inference.judge import Ask, infer
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.memory import fit_remembering
from analysis.estimation.methods.twoway import CrossSection, fit_cross_section
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel
from analysis.estimation.results import Estimate, Term

INFERENCES = ("default", "permutation", "reml", "newey-west")
FEWEST = 8
# With fewer periods on a side, the default was measured to reject more than 6.5 true nulls in 100.
SURE_FROM = 12
NAMES = ("mean", "change of level", "change of slope a period")
ALONE = (
    "mean gap after the start between the series and its own earlier line carried on; there is no comparison"
)
COMPARED = "mean gap after the start between treated less untreated mean and that difference's earlier line"


@door(
    INFERENCES,
    takes_no=("covariates", "strata", "cluster"),
    why="it fits one series",
    arranging={"needs_controls": False},
)
def its(panel: Panel, ask: Ask, *, steps: Sequence[str] = ()) -> Estimate:
    """Fit a segmented regression to the treated units' mean, less the untreated units' where there are any.

    Needs at least 8 periods on either side, none missing. The terms are the change of level at the start and
    the change of slope. With enough untreated units each of them takes the treated ones' place ("permutation"); with
    one series the errors are an AR(1) of unsettled memory ("reml"); "newey-west" is there to compare. `steps` are
    periods from which the outcome is defined otherwise: each lets the level change there, whatever the start did.

    Raises:
        TooShort: fewer than 8 periods before or after.
        Unbalanced: a unit lacks a period, so that the mean would be of other units.
    """
    start = _require_enough(panel)
    breaks = find_steps(panel.periods, steps, start)
    compared = bool((~panel.treated).any())
    shown = _choose(panel, ask.conf_level) if ask.inference == "default" else ask.inference
    pieces = _pieces(panel.n_periods, start, breaks)
    names = (*NAMES, *(f"step of definition in {panel.periods[at]}" for at in breaks))
    if shown == "permutation":
        terms, notes = _by_permutation(panel, segments(panel.n_periods, start, breaks), pieces, ask)
    else:
        series = _mean(panel, panel.treated) - (_mean(panel, ~panel.treated) if compared else 0.0)
        terms, notes = _by_series(series, start, breaks, pieces, shown, ask.conf_level)
    whole, *others = (replace(term, group=name) for term, name in zip(terms, names, strict=True))
    p_values = {} if whole.p_value is None else {shown: whole.p_value}
    verdict = Verdict(
        shown, whole.p_value, whole.conf_low, whole.conf_high, whole.std_error, p_values, notes, tuple(others)
    )
    found = verdict.of(
        panel,
        method="its",
        estimand=COMPARED if compared else ALONE,
        estimate=whole.estimate,
        conf_level=ask.conf_level,
        checks=check_design(panel) if shown == "permutation" else (),
    )
    return replace(found, n_obs=panel.n_periods)


def _choose(panel: Panel, conf_level: float) -> str:
    """Let other units take the treated ones' place where that can reject anything; else learn from the series."""
    ways = comb(panel.n_units, panel.n_treated)
    return "permutation" if _weighs_alike(panel) and ways >= 1 / (1 - conf_level) - 1e-9 else "reml"


def _weighs_alike(panel: Panel) -> bool:
    """Has each unit one weight throughout, so that the groups' means are means of units' own lines?"""
    return bool(np.allclose(panel.cell_weights, panel.cell_weights[:, :1]))


def _by_permutation(
    panel: Panel, laid_out: FloatArray, pieces: FloatArray, ask: Ask
) -> tuple[list[Term], tuple[str, ...]]:
    """Fit each unit's own segments and compare treated with untreated units, piece by piece, by the rule."""
    if not _weighs_alike(panel) or panel.treated.all():
        raise UnknownOption("permutation needs untreated units, and weights that do not change over time.")
    weights = None if panel.weights is None else panel.weights[:, 0]
    terms, notes = list[Term](), tuple[str, ...]()
    for loading in pieces @ np.linalg.pinv(laid_out):
        fit = fit_cross_section(
            CrossSection(panel.outcome @ loading, panel.treated, panel.units, {}, weights)
        )
        verdict = infer(fit, replace(ask, inference="default"))
        terms.append(
            Term(fit.estimate, verdict.std_error, verdict.conf_low, verdict.conf_high, verdict.p_value)
        )
        notes = notes or (f"Each unit's own lines, compared by {verdict.inference}.", *verdict.notes)
    return terms, notes


def _by_series(
    series: FloatArray,
    start: int,
    breaks: Sequence[int],
    pieces: FloatArray,
    inference: str,
    conf_level: float,
) -> tuple[list[Term], tuple[str, ...]]:
    if inference == "newey-west":
        coefficients, covariance, lags = fit_segments(series, start, breaks)
        freedom = len(series) - 4 - len(breaks)
        terms = [_term(_judge(piece, coefficients, covariance, freedom), conf_level) for piece in pieces]
        why = f"Newey–West errors with {lags} lag(s), t with {freedom} degrees of freedom: of true nulls they reject "
        return terms, (f"{why}18 to 40 in 100 instead of 5 (docs/methods.md).",)
    fit = fit_remembering(series, segments(len(series), start, breaks), pieces)
    terms = [fit.term(row, conf_level) for row in range(len(pieces))]
    shorter = min(start, len(series) - start)
    rate = "up to 9" if shorter < SURE_FROM else "up to 7"
    return terms, (
        f"Errors are an AR(1) whose memory is averaged over (here {fit.memory:.2f}): with {shorter} periods on the "
        f"shorter side a true null was rejected {rate} times in 100 at 5 % (docs/methods.md).",
    )


def _require_enough(panel: Panel) -> int:
    panel.require_one_start("its")
    panel.require_even("its")
    if not panel.is_balanced:
        raise Unbalanced(
            f"its needs every cell; {int((~panel.observed).sum())} of {panel.observed.size} are missing. Drop units "
            "or periods until none is."
        )
    start = int(panel.starts[0])
    if min(start, panel.n_periods - start) < FEWEST:
        raise TooShort(
            f"its needs {FEWEST} periods on either side of the start; there are {start} before and "
            f"{panel.n_periods - start} from {panel.periods[start]} on."
        )
    return start


def find_steps(periods: Sequence[str], steps: Sequence[str], start: int) -> tuple[int, ...]:
    """Give the indexes of the periods named in `steps`; those at or before the first period change nothing.

    Raises:
        UnknownOption: a step names no period of the series.
        NotEstimable: the definition changed in the period of the start, so that the two cannot be told apart.
    """
    if strange := [step for step in steps if step not in periods]:
        raise UnknownOption(f"steps name {some(strange)}; the series has {some(periods, 30)}.")
    found = tuple(sorted({list(periods).index(step) for step in steps} - {0}))
    if start in found:
        raise NotEstimable(
            f"The definition changed in {periods[start]}, when the treatment began: one change of level cannot be "
            "told from the other. Take a series that ends or begins there, or compare with untreated units."
        )
    return found


def fit_segments(
    series: FloatArray, start: int, steps: Sequence[int] = ()
) -> tuple[FloatArray, FloatArray, int]:
    """Fit level, slope, their changes and steps: coefficients (4 + steps,), their covariance, and the lags used."""
    from statsmodels.regression.linear_model import OLS

    lags = int(4 * (len(series) / 100) ** (2 / 9))
    fitted = OLS(series, segments(len(series), start, steps)).fit(
        cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True
    )
    return np.asarray(fitted.params), np.asarray(fitted.cov_params()), lags


def segments(n_periods: int, start: int, steps: Sequence[int] = ()) -> FloatArray:
    """Lay out constant, time, after, time since the start, and after each step: (T, 4 + steps)."""
    times = np.arange(n_periods, dtype=float)
    after = (times >= start).astype(float)
    stepped = [(times >= step).astype(float) for step in steps]
    return np.column_stack([np.ones(n_periods), times, after, after * (times - start), *stepped])


def _mean(panel: Panel, units: BoolArray) -> FloatArray:
    weights = panel.cell_weights[units]
    return np.asarray((weights * panel.outcome[units]).sum(axis=0) / weights.sum(axis=0))


def _pieces(n_periods: int, start: int, steps: Sequence[int]) -> FloatArray:
    since = (n_periods - start - 1) / 2
    pieces = np.zeros((3 + len(steps), 4 + len(steps)))
    pieces[0, 2:4] = 1, since
    pieces[1:, 2:] = np.eye(2 + len(steps))
    return pieces


def _judge(
    combination: FloatArray, coefficients: FloatArray, covariance: FloatArray, freedom: int
) -> tuple[float, Spread]:
    variance = float(combination @ covariance @ combination)
    if variance <= 0:
        raise NotEstimable("The series lies exactly on the two lines; no error is left to judge them by.")
    return float(combination @ coefficients), Spread(float(np.sqrt(variance)), freedom)


def _term(value: tuple[float, Spread], conf_level: float) -> Term:
    estimate, spread = value
    low, high = spread.interval(estimate, conf_level)
    return Term(estimate, spread.std_error, low, high, spread.p_value(estimate))

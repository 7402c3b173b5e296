"""Which inference is right for how many treated units, and what it says.

The rule: up to five treated clusters, permutation only, because clustered standard errors are then far too
small; six to twelve, the studentised permutation with the wild cluster bootstrap and CR3 beside it; more than
twelve, CR3. With one treated cluster and weights that differ, Ferman–Pinto, because noise goes with size. What
counts is the smaller of the treated and the untreated clusters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.estimation.assignments import Assignments, draw_assignments, require_draws
from analysis.estimation.clustered import KINDS, spread
from analysis.estimation.errors import NotEstimable, UnknownOption, require_option
from analysis.estimation.few_treated import control_draws, sizes_differ, unit_sizes
from analysis.estimation.noise import noise_notes, require_noise
from analysis.estimation.panel import Panel
from analysis.estimation.permutation import (
    Interval,
    permute,
    plain_interval,
    studentised_interval,
    studentised_p,
)
from analysis.estimation.twoway import TwoWayFit, cluster_codes
from analysis.estimation.wild import wild_draws

INFERENCES = (
    "default",
    "permutation",
    "studentised-permutation",
    "wild",
    "CR1",
    "CR2",
    "CR3",
    "conley-taber",
    "ferman-pinto",
)
PERMUTATION_ONLY_UP_TO = 5
STUDENTISED_UP_TO = 12
FERMAN_PINTO_NOTE = (
    "ferman-pinto: noise is taken to go with size; where it does, a true null was rejected 6 to 9 times in 100 at 5 % "
    "(docs/methods.md)."
)


@dataclass(frozen=True)
class Answer:
    """What one inference says: its p-value, a standard error where it has one, and notes.

    The interval is worked out when called for: only that of the inference shown is.
    """

    p_value: float
    interval: Callable[[], Interval]
    std_error: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """The answer shown, by the name of its inference, with the p-values of those beside it."""

    inference: str
    p_value: float
    conf_low: float | None
    conf_high: float | None
    std_error: float | None
    p_values: dict[str, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Ask:
    """How an inference is to be made: draws, seed and confidence level."""

    draws: int
    seed: int
    conf_level: float

    def generator(self, purpose: str) -> np.random.Generator:
        """Give each inference random numbers of its own, the same whichever others are made."""
        return np.random.default_rng([self.seed, INFERENCES.index(purpose)])


def check_ask(inference: str, draws: int, seed: int, conf_level: float, allowed: tuple[str, ...]) -> Ask:
    """Refuse an inference that is not offered, or a level outside 0 to 1.

    Raises:
        UnknownOption: the inference or the level is not allowed.
        TooFewDraws: the draws cannot reach the level.
    """
    require_option("inference", inference, allowed)
    if not 0 < conf_level < 1:
        raise UnknownOption(f"conf_level={conf_level:g}; allowed: between 0 and 1, for example 0.95.")
    if seed < 0:
        raise UnknownOption(f"seed={seed}; allowed: 0 or a positive whole number.")
    require_draws(draws, conf_level)
    return Ask(draws, seed, conf_level)


def few_side(panel: Panel) -> int:
    """Count the treated clusters, or the untreated ones when they are fewer."""
    cluster = cluster_codes(panel)
    return min(len(np.unique(cluster[panel.treated])), len(np.unique(cluster[~panel.treated])))


def count_side(panel: Panel) -> str:
    """Say how many clusters are treated, or untreated when those are fewer."""
    cluster = cluster_codes(panel)
    total, treated = len(np.unique(cluster)), len(np.unique(cluster[panel.treated]))
    few = few_side(panel)
    side = "treated" if treated <= total - treated else "untreated"
    return f"{few} of {total} clusters {'is' if few == 1 else 'are'} {side}"


def infer(fit: TwoWayFit, inference: str, ask: Ask) -> Verdict:
    """Judge a fitted two-way regression by one inference, or by the rule.

    Raises:
        NotEstimable: the inference is not defined for this panel, or the fit leaves no errors.
    """
    require_noise(fit.panel, fit.errors)
    if inference != "default":
        answer = _ANSWERS[inference](fit, ask)
        return _verdict(inference, {inference: answer}, (*answer.notes, *_against_rule(fit.panel, inference)))
    chosen, beside, why = _rule(fit)
    answers = {chosen: _ANSWERS[chosen](fit, ask)}
    for name in beside:
        try:
            answers[name] = _ANSWERS[name](fit, ask)
        except NotEstimable as error:
            why = f"{why} {error}"
    return _verdict(chosen, answers, (why, *answers[chosen].notes))


def chosen_inference(fit: TwoWayFit, inference: str) -> str:
    """Name the inference that will be shown: the rule's when `default` is asked for."""
    return _rule(fit)[0] if inference == "default" else inference


def p_value_of(fit: TwoWayFit, inference: str, ask: Ask) -> float:
    """Give one inference's p-value alone.

    Raises:
        NotEstimable: the inference is not defined for this panel.
    """
    return _ANSWERS[inference](fit, ask).p_value


def _rule(fit: TwoWayFit) -> tuple[str, tuple[str, ...], str]:
    few, side = few_side(fit.panel), count_side(fit.panel)
    if not fit.movable:
        return "CR2", (), "With group effects only clustered standard errors are offered; CR2 is shown."
    uneven = sizes_differ(fit.panel)
    if few == 1 and uneven and (~fit.panel.treated).sum() > 1:
        why = "Ferman–Pinto, because the units' sizes (weights) differ, and noise goes with size; permutation beside."
        return "ferman-pinto", ("permutation",), f"{side}: {why}"
    if few == 1:
        why = (
            "permutation only, because standard errors cannot be learnt from one cluster. It takes that cluster to be "
            "as noisy as the others; if it is noisier, p is too small."
        )
        return "permutation", (), f"{side}: {why}"
    if few <= PERMUTATION_ONLY_UP_TO:
        why = "permutation only, because clustered standard errors are far too small here."
        beside = ("permutation", "ferman-pinto") if uneven else ("permutation",)
        return "studentised-permutation", beside, f"{side}: {why}"
    if few <= STUDENTISED_UP_TO:
        why = "the studentised permutation first, with the wild cluster bootstrap and CR3 beside it."
        return "studentised-permutation", ("permutation", "wild", "CR3"), f"{side}: {why}"
    try:
        _clustered(fit, Ask(0, 0, 0.95), "CR3")
    except NotEstimable:
        return "wild", (), f"{side}: the wild cluster bootstrap, because CR3 is not defined here."
    return "CR3", ("wild",), f"{side}: CR3, with the wild cluster bootstrap beside it."


def _against_rule(panel: Panel, inference: str) -> tuple[str, ...]:
    few = few_side(panel)
    if inference in KINDS and few <= PERMUTATION_ONLY_UP_TO:
        return (
            f"{inference} was asked for with {few} treated cluster(s): it then rejects a true null far more often "
            "than it says (docs/methods.md has the rates). The rule here is permutation.",
        )
    if inference == "wild" and few <= PERMUTATION_ONLY_UP_TO:
        return (
            f"The wild cluster bootstrap was asked for with {few} treated cluster(s): it then hardly ever rejects.",
        )
    if inference in ("conley-taber", "ferman-pinto") and few > PERMUTATION_ONLY_UP_TO:
        return (
            f"{inference} was asked for with {few} treated cluster(s): it is made for fewer, and leaves out the "
            "controls' own uncertainty (8 to 12 false positives in 100 at 5 %).",
        )
    return ()


def _verdict(inference: str, answers: dict[str, Answer], notes: tuple[str, ...]) -> Verdict:
    shown = answers[inference]
    low, high = (float(limit) if np.isfinite(limit) else None for limit in shown.interval())
    if low is None or high is None:
        notes = (
            *notes,
            "The interval has no finite limit on a side that is empty: too few other assignments.",
        )
    errors = [answer.std_error for answer in answers.values() if answer.std_error is not None]
    return Verdict(
        inference=inference,
        p_value=shown.p_value,
        conf_low=low,
        conf_high=high,
        std_error=errors[0] if errors else None,
        p_values={name: answer.p_value for name, answer in answers.items()},
        notes=notes,
    )


def _clustered(fit: TwoWayFit, ask: Ask, kind: str) -> Answer:
    found = spread(fit, kind)
    if found is None:
        raise NotEstimable(
            f"{kind} is not defined: a cluster alone carries the effect, as with one treated cluster. Ask for "
            "permutation."
        )
    return Answer(
        found.p_value(fit.estimate), lambda: found.interval(fit.estimate, ask.conf_level), found.std_error
    )


def _permuted(fit: TwoWayFit, ask: Ask, *, studentised: bool) -> Answer:
    if not fit.movable:
        raise UnknownOption(
            "effects='group' takes the inferences CR1, CR2 and CR3 only: moving treatment between units would "
            "change the group effects."
        )
    purpose = "studentised-permutation" if studentised else "permutation"
    if studentised and few_side(fit.panel) < 2:
        raise UnknownOption(
            "studentised-permutation needs at least 2 treated and 2 untreated clusters. Allowed here: permutation."
        )
    assignments = draw_assignments(fit.panel, ask.draws, ask.generator("permutation"), ask.conf_level)
    draws = permute(fit, assignments, studentised=studentised)
    notes = (assignment_note(draws.assignments, purpose), *noise_notes(fit.panel))
    if studentised:
        return Answer(
            studentised_p(draws, fit), lambda: studentised_interval(draws, fit, ask.conf_level), None, notes
        )
    p_value = draws.assignments.p_value(draws.outcome, fit.estimate)
    return Answer(p_value, lambda: plain_interval(draws, fit.estimate, ask.conf_level), None, notes)


def assignment_note(assignments: Assignments, purpose: str) -> str:
    """Say how many assignments were made, of how many, and the smallest p they can give."""
    count = len(assignments.paths)
    made = f"all {count:,}" if assignments.exact else f"{count:,} draws of {_count(assignments.n_possible)}"
    return (
        f"{purpose}: {made} assignments of whole treatment paths to {assignments.moved}; the smallest p "
        f"attainable is {assignments.smallest_p:.2g}."
    )


def _count(number: int) -> str:
    return f"{number:,}" if number < 10**9 else f"about 10^{len(str(number)) - 1}"


def _wild(fit: TwoWayFit, ask: Ask) -> Answer:
    draws = wild_draws(fit, ask.draws, ask.generator("wild"))
    made = "all" if draws.exact else f"{draws.numerator.shape[1]:,} draws of"
    note = f"wild: {made} {draws.weights} weights for {fit.n_clusters} clusters, under the null."
    return Answer(draws.p_value(fit), lambda: draws.interval(fit, ask.conf_level), None, (note,))


def _from_controls(fit: TwoWayFit, ask: Ask, purpose: str) -> Answer:
    sizes = unit_sizes(fit.panel) if purpose == "ferman-pinto" else None
    draws = control_draws(fit, ask.draws, ask.generator(purpose), sizes)
    notes = (FERMAN_PINTO_NOTE,) if purpose == "ferman-pinto" else noise_notes(fit.panel)
    return Answer(
        draws.p_value(fit.estimate), lambda: draws.interval(fit.estimate, ask.conf_level), None, notes
    )


_ANSWERS: dict[str, Callable[[TwoWayFit, Ask], Answer]] = {
    "permutation": lambda fit, ask: _permuted(fit, ask, studentised=False),
    "studentised-permutation": lambda fit, ask: _permuted(fit, ask, studentised=True),
    "wild": _wild,
    "CR1": lambda fit, ask: _clustered(fit, ask, "CR1"),
    "CR2": lambda fit, ask: _clustered(fit, ask, "CR2"),
    "CR3": lambda fit, ask: _clustered(fit, ask, "CR3"),
    "conley-taber": lambda fit, ask: _from_controls(fit, ask, "conley-taber"),
    "ferman-pinto": lambda fit, ask: _from_controls(fit, ask, "ferman-pinto"),
}

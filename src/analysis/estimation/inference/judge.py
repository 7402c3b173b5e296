"""Judge a fitted two-way regression by one inference, or by the rule (`inference_rule`), and say what was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimation.errors import NotEstimable, UnknownOption, require_option
from analysis.estimation.inference.assignments import Assignments, draw_assignments, require_draws
from analysis.estimation.inference.clustered import spread
from analysis.estimation.inference.few_treated import control_draws, unit_sizes
from analysis.estimation.inference.noise import PLAIN_RATE, noise_notes, require_noise
from analysis.estimation.inference.own_scale import scale_ratios, scaled_note
from analysis.estimation.inference.permutation import (
    Interval,
    permute,
    plain_interval,
    studentised_interval,
    studentised_p,
)
from analysis.estimation.inference.rule import PERMUTATION_ONLY_UP_TO, against_rule, choose, few_side
from analysis.estimation.inference.verdict import Verdict
from analysis.estimation.inference.wild import wild_draws
from analysis.estimation.methods.twoway import TwoWayFit
from analysis.estimation.panel.panel import Panel

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
    "scaled-permutation",
)
UNPLACED = "treated that lie together under shocks of regions have 6 to 42 of 100 true nulls rejected."
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
class Ask:
    """Which inference is asked for, and how it is to be made: draws, seed and confidence level."""

    draws: int
    seed: int
    conf_level: float
    inference: str = "default"

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
    return Ask(draws, seed, conf_level, inference)


def infer(fit: TwoWayFit, ask: Ask) -> Verdict:
    """Judge a fitted two-way regression by one inference, or by the rule.

    Raises:
        NotEstimable: the inference is not defined for this panel, or the fit leaves no errors.
    """
    require_noise(fit.panel, fit.errors)
    if (inference := ask.inference) != "default":
        answer = _ANSWERS[inference](fit, ask)
        return _verdict(inference, {inference: answer}, (*answer.notes, *against_rule(fit.panel, inference)))
    choice = choose(fit)
    why, answers = choice.why, {choice.shown: _ANSWERS[choice.shown](fit, ask)}
    for name in choice.beside:
        try:
            answers[name] = _ANSWERS[name](fit, ask)
        except NotEstimable as error:
            why = f"{why} {error}"
    return _verdict(choice.shown, answers, (why, *answers[choice.shown].notes))


def chosen_inference(fit: TwoWayFit, inference: str) -> str:
    """Name the inference that will be shown: the rule's when `default` is asked for."""
    return choose(fit).shown if inference == "default" else inference


def p_value_of(fit: TwoWayFit, ask: Ask) -> float:
    """Give one inference's p-value alone.

    Raises:
        NotEstimable: the inference is not defined for this panel.
    """
    return _ANSWERS[ask.inference](fit, ask).p_value


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
    notes = (
        assignment_note(draws.assignments, purpose),
        *noise_notes(fit.panel, _rate(fit.panel, studentised)),
    )
    if studentised:
        return Answer(
            studentised_p(draws, fit), lambda: studentised_interval(draws, fit, ask.conf_level), None, notes
        )
    p_value = draws.assignments.p_value(draws.outcome, fit.estimate)
    return Answer(p_value, lambda: plain_interval(draws, fit.estimate, ask.conf_level), None, notes)


def _rate(panel: Panel, studentised: bool) -> str:
    if not studentised:
        return PLAIN_RATE
    return "7 to 8" if few_side(panel) <= PERMUTATION_ONLY_UP_TO else ""


def _scaled(fit: TwoWayFit, ask: Ask) -> Answer:
    """Permute effects over each unit's own variation before the start."""
    assignments = draw_assignments(fit.panel, ask.draws, ask.generator("permutation"), ask.conf_level)
    draws = permute(fit, assignments, studentised=False)
    ratios = scale_ratios(fit.panel, draws.assignments)
    draws = replace(draws, outcome=draws.outcome * ratios, treatment=draws.treatment * ratios)
    notes = (assignment_note(draws.assignments, "scaled-permutation"), scaled_note(int(fit.panel.starts[0])))
    p_value = draws.assignments.p_value(draws.outcome, fit.estimate)
    return Answer(p_value, lambda: plain_interval(draws, fit.estimate, ask.conf_level), None, notes)


def assignment_note(assignments: Assignments, purpose: str) -> str:
    """Say how many assignments were made, of how many, and the smallest p they can give."""
    count = len(assignments.paths)
    made = f"all {count:,}" if assignments.exact else f"{count:,} draws of {_count(assignments.n_possible)}"
    several = assignments.n_possible > assignments.paths.shape[1]
    regions = (
        f" No regions (strata) were named: {UNPLACED}" if assignments.moved == "units" and several else ""
    )
    return (
        f"{purpose}: {made} assignments of whole treatment paths to {assignments.moved}; the smallest p "
        f"attainable is {assignments.smallest_p:.2g}.{regions}"
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
    notes = (FERMAN_PINTO_NOTE,) if purpose == "ferman-pinto" else noise_notes(fit.panel, PLAIN_RATE)
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
    "scaled-permutation": _scaled,
    "conley-taber": lambda fit, ask: _from_controls(fit, ask, "conley-taber"),
    "ferman-pinto": lambda fit, ask: _from_controls(fit, ask, "ferman-pinto"),
}

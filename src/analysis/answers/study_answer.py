"""The answer to a study: which method its design calls for, what the others say beside it, and what its checks allow.

One start: the two-way regression, with the event study beside it, and for a share imputation on logits too. Several
starts: imputation, for a share on the logit scale with effects back in points; beside it Callaway and Sant'Anna, the
event study of Sun and Abraham, and imputation in points. Where methods disagree, all are in the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.estimation.results import Check, Estimate

if TYPE_CHECKING:
    from analysis.panels.study_panel import StudyPanel

ONE_START, SEVERAL_STARTS = "one start", "several starts"
SCALE_TOLD = (
    "scale told by the months before"  # points and logits differ, and only logits fit the months before
)
MOST_PERIODS = 6  # before a start that are held against the earlier course
MOST_DRAWS = 499  # of permutations for a check, and for methods beside the one that answers several starts


@dataclass(frozen=True)
class OwnEffect:
    """The effect on one treated province, in percentage points (or units of the outcome), with its interval.

    `treated_from` and `last` are the first and last period it is a mean over; `n_periods` their number.
    """

    province_code: str
    estimate: float
    conf_low: float | None
    conf_high: float | None
    p_value: float | None
    treated_from: str
    last: str
    n_periods: int
    name: str = ""


@dataclass(frozen=True)
class StudyAnswer:
    """What a study found. Estimates are in units of the outcome; `points_per_unit` turns them into points.

    Attributes:
        study, outcome, frequency, frame, unit: as the panel has them.
        points_per_unit: percentage points in one unit; None where the outcome measures no share.
        first, last: the panel's first and last period; `n_provinces`, `n_treated` count its provinces.
        design: `one start` or `several starts`.
        headline: the key in `estimates` of the method that answers.
        estimates: by method, in the order shown: the headline first, then those beside it.
        unavailable: by method, why it could not be used.
        own: the effect on each treated province, by code; empty where the method gives none.
        without_doubtful: the headline method with the doubtful provinces left out of the controls.
        placebo: the headline method on the outcome that targets cannot move.
        checks: of the design.
        rung: what may be said: `passed`, `failed` or `unclear` (see `choose_rung`).
        within_regions: the same estimates with decisions exchanged between provinces of one region alone, by method,
            where those that decided lie together; with several starts the headline's alone.
        units: the code of the province whose units are compared; empty where provinces are.
    """

    study: str
    outcome: str
    frequency: str
    frame: str
    unit: str
    points_per_unit: float | None
    first: str
    last: str
    n_provinces: int
    n_treated: int
    design: str
    headline: str
    estimates: dict[str, Estimate]
    unavailable: dict[str, str] = field(default_factory=dict)
    own: tuple[OwnEffect, ...] = ()
    without_doubtful: Estimate | None = None
    placebo: Estimate | None = None
    checks: tuple[Check, ...] = ()
    rung: str = "unclear"
    within_regions: dict[str, Estimate] = field(default_factory=dict)
    units: str = ""

    @property
    def effect(self) -> Estimate:
        """Return the estimate that answers."""
        return self.estimates[self.headline]

    def own_effect(self, province_code: str) -> OwnEffect | None:
        """Return the effect on one province; None where it is not treated or the method gives none."""
        return next((one for one in self.own if one.province_code == province_code), None)


def answer_study(
    panel: StudyPanel, placebo: StudyPanel | None = None, *, draws: int = 0, seed: int = -1
) -> StudyAnswer:
    """Return the answer that a panel's design allows.

    `placebo` is the panel of the outcome that targets cannot move; `draws` and `seed` are the study's unless given.

    Raises:
        AnalysisError: the method that answers cannot be used on this panel; the message says why.
    """
    from analysis.answers.regions import check_regions, judge_within, same_reading

    if not panel.treated:
        raise AnalysisError(_why_none_is_treated(panel))
    draws = draws or panel.study.draws
    seed = panel.study.seed if seed < 0 else seed
    words: dict[str, Any] = {"draws": draws, "seed": seed, "conf_level": panel.study.conf_level}
    words |= {} if panel.study.inference == "default" else {"inference": panel.study.inference}
    methods = methods_of(panel)
    estimates, unavailable = _estimate_all(panel, methods, words)
    headline = next(iter(methods))
    if headline not in estimates:
        raise AnalysisError(f"{headline}: {unavailable[headline]}")
    unmoved = _try(methods_of(placebo)[headline], placebo, words) if placebo else None
    regions = check_regions(panel)
    judged = methods if not panel.is_staggered else {headline: methods[headline]}
    within = judge_within(panel, judged, words) if regions.passed is False else {}
    where = same_reading(regions, estimates[headline], within.get(headline))
    checks = _checks(panel, estimates, headline, unmoved, words)
    checks = checks if where.passed is None else (*checks, where)
    others = panel.without(panel.doubtful)
    return StudyAnswer(
        study=panel.study.name,
        outcome=panel.study.outcome,
        frequency=panel.frequency,
        frame=panel.study.frame,
        unit=panel.unit,
        points_per_unit=panel.points_per_unit,
        first=str(panel.periods[0]),
        last=str(panel.periods[-1]),
        n_provinces=int(panel.rows["province_code"].nunique()),
        n_treated=len(panel.treated),
        design=SEVERAL_STARTS if panel.is_staggered else ONE_START,
        headline=headline,
        estimates=estimates,
        unavailable=unavailable,
        own=_own_effects(panel, words),
        without_doubtful=_try(methods[headline], others, words)
        if len(others.rows) < len(panel.rows)
        else None,
        placebo=unmoved,
        checks=checks,
        rung=choose_rung(estimates[headline], checks),
        within_regions=within,
        units=panel.study.units,
    )


def _why_none_is_treated(panel: StudyPanel) -> str:
    """Say which decisions there are, why none of them is a treatment in this panel, and what can be changed."""
    from analysis.panels.starts import name_starts

    counted = {
        "with a start before any figure to compare with": panel.too_early,
        "with a start after the last period": panel.starts,
        "without figures": panel.absent,
    }
    found = "; ".join(f"{why}: {name_starts(own, panel.study)}" for why, own in counted.items() if own)
    counts = f"Decisions {found}" if found else "No decision counts"
    return (
        f"study {panel.study.name}: no province is treated between {panel.periods[0]} and {panel.periods[-1]}. "
        f"{counts}. Add a table of decisions with `dvctt add`, or change first, last, anticipation_months, "
        "decided_from, decided_until, or provinces with first_treated, in the study."
    )


Method = Callable[..., Estimate]


def methods_of(panel: StudyPanel) -> dict[str, Method]:
    """Return the methods that a panel's design calls for, by name, the one that answers first.

    Each takes `panel.rows`, the words of `panel.columns`, and draws, seed, conf_level, inference.
    """
    from analysis.estimation.methods.callaway_santanna import callaway_santanna
    from analysis.estimation.methods.did import did
    from analysis.estimation.methods.event_study import event_study
    from analysis.estimation.methods.imputation import imputation

    ahead: dict[str, Any] = {"anticipation": panel.anticipation, "aggregate": "dynamic"}
    points: Method = partial(imputation, **ahead)
    logit: dict[str, Method] = (
        {"imputation-logit": partial(points, scale="logit", **panel.counts)} if panel.is_share else {}
    )
    if not panel.is_staggered:
        return {"did": did, "event-study": event_study, **logit}
    beside: dict[str, Method] = {
        "callaway-santanna": _with_fewer_draws(partial(callaway_santanna, aggregate="dynamic")),
        "event-study": _with_fewer_draws(event_study),
    }
    return {**logit, "imputation": points, **beside}


def _with_fewer_draws(method: Method) -> Method:
    """Return a method with at most MOST_DRAWS draws: beside the one that answers, where each draw is a fit."""
    return lambda rows, **words: method(rows, **words | {"draws": min(words["draws"], MOST_DRAWS)})


def _estimate_all(
    panel: StudyPanel, methods: dict[str, Method], words: dict[str, Any]
) -> tuple[dict[str, Estimate], dict[str, str]]:
    """Return the estimates by method, and for those that cannot be had the reason."""
    estimates, unavailable = dict[str, Estimate](), dict[str, str]()
    for name, method in methods.items():
        try:
            estimates[name] = method(panel.rows, **panel.columns, **words)
        except AnalysisError as error:
            unavailable[name] = str(error)
    return estimates, unavailable


def _try(method: Method, panel: StudyPanel, words: dict[str, Any]) -> Estimate | None:
    try:
        return method(panel.rows, **panel.columns, **words)
    except AnalysisError:
        return None


def _own_effects(panel: StudyPanel, words: dict[str, Any]) -> tuple[OwnEffect, ...]:
    """Return the effect on each treated province by imputation, on the logit scale for a share.

    Each is compared with the never treated alone, and judged by giving each of these its place: the interval is that
    permutation's. A province whose effect cannot be had is left out.
    """
    from analysis.estimation.methods.imputation import imputation

    scale: dict[str, Any] = {"scale": "logit", **panel.counts} if panel.is_share else {}
    one = partial(imputation, anticipation=panel.anticipation, **scale)
    effects = []
    for code in panel.treated:
        alone = panel.without([other for other in panel.treated if other != code])
        found = _try(one, alone, words | {"inference": "permutation"})
        if found is None:
            continue
        rows = alone.rows[alone.rows["province_code"] == code]
        after = rows.loc[rows["period"] >= rows["treated_from"], "period"]
        effects.append(
            OwnEffect(
                province_code=code,
                estimate=found.estimate,
                conf_low=found.conf_low,
                conf_high=found.conf_high,
                p_value=found.p_value,
                treated_from=str(after.min()),
                last=str(after.max()),
                n_periods=len(after),
                name=panel.name_of(code),
            )
        )
    return tuple(effects)


def _checks(
    panel: StudyPanel,
    estimates: dict[str, Estimate],
    headline: str,
    unmoved: Estimate | None,
    words: dict[str, Any],
) -> tuple[Check, ...]:
    """Return the checks that decide what may be said: of the months before, the scale, and the placebo outcome."""
    shown, events = estimates[headline], estimates.get("event-study")
    if not panel.is_staggered:
        made = {check.name: check for check in (*(events.checks if events else ()), *shown.checks)}
        return tuple(made.values())
    checks = _checks_before(panel, words)
    return (*checks, *((_check_unmoved(panel, unmoved),) if unmoved else ()))


def _checks_before(panel: StudyPanel, words: dict[str, Any]) -> tuple[Check, ...]:
    """Look whether the treated were on their course before each start, and which scale that holds on.

    The months of anticipation are taken off each start first. Where points and logits give different effects, the scale
    is told by the months before: they have to contradict the one that is not used.
    """
    from analysis.estimation.checks.of_shares import check_anticipation, check_scale
    from analysis.estimation.panel.frames import build_panel

    denominators = panel.counts.get("denominators")
    arranged = build_panel(panel.rows, **panel.columns, extra=[denominators] if denominators else [])
    early = np.where(arranged.treated, arranged.treated_from - panel.anticipation, arranged.treated_from)
    moved = replace(arranged, treated_from=early)
    before = early[arranged.treated]
    few: dict[str, Any] = {"draws": min(words["draws"], MOST_DRAWS), "seed": words["seed"]}
    course: dict[str, Any] = {"periods": int(np.clip(np.median(before) // 2, 1, MOST_PERIODS)), **few}
    if not panel.is_share:
        return (replace(check_anticipation(moved, **course), name="pre-trend"),)
    logit = check_anticipation(moved, scale="logit", denominators=denominators, **course)
    points = check_anticipation(moved, scale="points", **course)
    scale = check_scale(arranged, denominators=denominators, **few)
    told = logit.passed and points.passed is False
    if not scale.passed and told:
        text = f"{scale.text} The months before tell: in points {_small(points.text)} Logits are used."
        scale = replace(scale, name=SCALE_TOLD, passed=True, text=text)
    return replace(logit, name="pre-trend"), scale


def _check_unmoved(panel: StudyPanel, unmoved: Estimate) -> Check:
    low, high = unmoved.conf_low, unmoved.conf_high
    passed = None if low is None or high is None else low <= 0 <= high
    text = f"On {panel.study.placebo_outcome}, which targets cannot move, the estimate is {unmoved.estimate:.3g}."
    return Check("placebo outcome", passed, text)


def _small(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def choose_rung(estimate: Estimate, checks: Iterable[Check]) -> str:
    """Return what an estimate with its checks allows to say: `unclear`, `failed` or `passed`.

    `unclear` when the interval includes zero or is missing ("we cannot tell whether"); `failed` when it does
    not but a check did not pass or could not be made ("rose after, alongside other changes"); `passed` only
    when the interval excludes zero and every check passed ("higher than it would otherwise have been").
    """
    low, high = estimate.conf_low, estimate.conf_high
    if low is None or high is None or low <= 0 <= high:
        return "unclear"
    made = list(checks)
    return "passed" if made and all(check.passed for check in made) else "failed"

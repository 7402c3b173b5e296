"""The answer to a study: which method its design calls for, what the others say beside it, and what its checks allow.

One start: the two-way regression, with the event study beside it. Several starts: imputation, on the logit scale with
effects back in points where the outcome is a share, with Callaway and Sant'Anna beside it. Where methods disagree, all
are in the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.estimation.results import Check, Estimate

if TYPE_CHECKING:
    from analysis.panel import StudyPanel

ONE_START, SEVERAL_STARTS = "one start", "several starts"


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
    draws = draws or panel.study.draws
    seed = panel.study.seed if seed < 0 else seed
    words = {"draws": draws, "seed": seed, "conf_level": panel.study.conf_level}
    methods = methods_of(panel)
    estimates, unavailable = _estimate_all(panel, methods, words)
    headline = next(iter(methods))
    if headline not in estimates:
        raise AnalysisError(f"{headline}: {unavailable[headline]}")
    shown = estimates[headline]
    events = estimates.get("event-study")
    checks = (*shown.checks, *(events.checks if events and not panel.is_staggered else ()))
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
        own=_own_effects(panel, shown),
        without_doubtful=_without_doubtful(panel, methods[headline], words),
        placebo=_placebo(placebo, methods[headline], words),
        checks=checks,
        rung=choose_rung(shown, checks),
    )


Method = Callable[..., Estimate]


def methods_of(panel: StudyPanel) -> dict[str, Method]:
    """Return the methods that a panel's design calls for, by name, the one that answers first."""
    from analysis.estimation.callaway_santanna import callaway_santanna
    from analysis.estimation.did import did
    from analysis.estimation.event_study import event_study
    from analysis.estimation.imputation import imputation

    if not panel.is_staggered:
        return {"did": did, "event-study": event_study}
    return {"callaway-santanna": callaway_santanna, "imputation": imputation, "event-study": event_study}


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


def _without_doubtful(panel: StudyPanel, method: Method, words: dict[str, Any]) -> Estimate | None:
    rows = panel.rows[~panel.rows["province_code"].isin(panel.doubtful)]
    if len(rows) == len(panel.rows):
        return None
    try:
        return method(rows, **panel.columns, **words)
    except AnalysisError:
        return None


def _placebo(placebo: StudyPanel | None, method: Method, words: dict[str, Any]) -> Estimate | None:
    if placebo is None:
        return None
    try:
        return method(placebo.rows, **placebo.columns, **words)
    except AnalysisError:
        return None


def _own_effects(panel: StudyPanel, shown: Estimate) -> tuple[OwnEffect, ...]:
    """Return the effect on each treated province, from the terms that name one."""
    own = []
    for term in shown.terms:
        if term.group not in panel.treated:
            continue
        rows = panel.rows[panel.rows["province_code"] == term.group]
        after = rows[rows["period"] >= rows["treated_from"]]
        own.append(
            OwnEffect(
                province_code=str(term.group),
                estimate=term.estimate,
                conf_low=term.conf_low,
                conf_high=term.conf_high,
                p_value=term.p_value,
                treated_from=str(after["period"].min()),
                last=str(after["period"].max()),
                n_periods=len(after),
            )
        )
    return tuple(own)


def choose_rung(estimate: Estimate, checks: tuple[Check, ...]) -> str:
    """Return what an estimate with its checks allows to say: `unclear`, `failed` or `passed`.

    `unclear` when the interval includes zero or is missing ("we cannot tell whether"); `failed` when it does
    not but a check did not pass or could not be made ("rose after, alongside other changes"); `passed` only
    when the interval excludes zero and every check passed ("higher than it would otherwise have been").
    """
    low, high = estimate.conf_low, estimate.conf_high
    if low is None or high is None or low <= 0 <= high:
        return "unclear"
    return "passed" if checks and all(check.passed for check in checks) else "failed"

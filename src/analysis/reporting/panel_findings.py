"""What a province panel says of one province: its part in the study, its own figures, which periods are compared."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.estimation.results import Estimate
from analysis.panels.starts import EXACT
from analysis.periods import last_day_of, shift
from analysis.reporting.target_distance import find_target

if TYPE_CHECKING:
    from analysis.answers.study_answer import OwnEffect, StudyAnswer
    from analysis.panels.starts import Start
    from analysis.panels.study_panel import StudyPanel

# A province's part in a study, in the order in which it is looked for.
BEFORE, ABSENT, DECIDED, LATER, DOUBTFUL, NOT_DECIDED, NO_FIGURES = (
    "before", "absent", "decided", "later", "doubtful", "not_decided", "no_figures",
)  # fmt: skip


@dataclass(frozen=True)
class PanelFindings:
    """A study's panel and its answer, seen from one province.

    `code` is the province's on the panel's map (of the 34, its successor's); `answer` is None where the panel does not
    allow one, and `why_not` says why; `planned` tells that the study was registered before its figures came.
    """

    panel: StudyPanel
    answer: StudyAnswer | None
    code: str
    why_not: str = ""
    planned: bool = False

    @cached_property
    def role(self) -> str:
        """Return the province's part: see the names above."""
        panel = self.panel
        for name, starts in ((BEFORE, panel.too_early), (ABSENT, panel.absent)):
            if self.code in {start.province_code for start in starts}:
                return name
        if self.own.empty:
            return NO_FIGURES
        if self.start is None:
            return DOUBTFUL if self.code in panel.doubtful else NOT_DECIDED
        return DECIDED if self.code in panel.treated else LATER

    @property
    def judges(self) -> bool:
        """Tell whether the panel answers the question for the province: there is an answer, and it has figures in it.

        A panel without an answer, or one that leaves the province out, stands beside other evidence, not in its place.
        """
        return self.answer is not None and self.role not in (BEFORE, ABSENT, NO_FIGURES)

    @cached_property
    def start(self) -> Start | None:
        """Return the province's decision that counts; None where none is known."""
        panel = self.panel
        known = (*panel.starts, *panel.too_early, *panel.absent)
        return next((start for start in known if start.province_code == self.code), None)

    @property
    def is_vague(self) -> bool:
        """Tell whether only the latest possible date of the province's decision is known."""
        return self.start is not None and self.start.precision not in EXACT

    @cached_property
    def own(self) -> pd.DataFrame:
        """Return the province's rows of the panel, in order of period."""
        rows = self.panel.rows
        return rows[rows["province_code"] == self.code].sort_values("period", ignore_index=True)

    @cached_property
    def base(self) -> int:
        """Return the place in `own` of the figure to compare with.

        Of a province that decided: the last before its decision, outside the periods in which it may have been
        preparing where there is one; of others the first there is.
        """
        if self.start is None or self.role != DECIDED:
            return 0
        periods = self.own["period"].astype(str)
        for limit in (shift(self.start.period, -self.panel.anticipation), self.start.period):
            before = periods[periods < limit]
            if len(before):
                return int(before.index[-1])
        return 0

    @cached_property
    def until(self) -> int:
        """Return the place in `own` of the figure up to which the change is counted.

        The newest of the definition that the figure compared with has: across a change of definition the difference is
        no rise or fall. Of a province that decided it must lie after the decision; else, as where there is no change,
        the newest of all.
        """
        periods = self.own["period"].astype(str)
        base = day_of(periods.iloc[self.base])
        later = [day for day in self.panel.breaks_inside if day > base]
        alike = [n for n, period in enumerate(periods) if not later or day_of(period) < min(later)]
        since = self.start.period if self.start is not None and self.role == DECIDED else ""
        fits = [n for n in alike if n > self.base and str(periods.iloc[n]) >= since]
        return fits[-1] if fits else len(periods) - 1

    @property
    def crosses_break(self) -> bool:
        """Tell whether the change is counted across a change of definition, for want of figures on one side."""
        first, last = (day_of(self.own["period"].iloc[place]) for place in (self.base, self.until))
        return any(first < day <= last for day in self.panel.breaks_inside)

    @property
    def own_effect(self) -> OwnEffect | None:
        """Return the effect on this province, where it is treated and the method gives one."""
        return None if self.answer is None else self.answer.own_effect(self.code)

    @property
    def own_gaps(self) -> list[str]:
        """Return the periods without a figure of this province."""
        gaps = self.panel.gaps
        return [str(period) for period in gaps.loc[gaps["province_code"] == self.code, "period"]]

    @property
    def own_rung(self) -> str:
        """Return what may be said of this province: its own interval decides, then the study's checks."""
        own, answer = self.own_effect, self.answer
        if own is None or answer is None or excludes_zero(own.conf_low, own.conf_high) is not True:
            return "unclear"
        return "passed" if answer.checks and all(check.passed for check in answer.checks) else "failed"

    def target_among(self, targets: pd.DataFrame) -> Mapping[Hashable, Any] | None:
        """Return the target to hold the figures against, a row in the shape of a target; None where there is none.

        The province's own where a level is known, that of its decision first; else the country's, where the province's
        figures reach back to the deadline.
        """
        study, start = self.panel.study, self.start
        return find_target(
            targets,
            self.code,
            study.outcome,
            frame=study.frame,
            level=None if start is None else start.dose,
            since=day_of(self.own["period"].iloc[0]),
        )

    def others(self) -> dict[str, Estimate]:
        """Return the study's other estimates by method: those of the same effect, the event study left out."""
        if self.answer is None:
            return {}
        known = self.answer.estimates
        return {n: e for n, e in known.items() if n not in (self.answer.headline, "event-study")}

    def disagreeing(self) -> dict[str, Estimate]:
        """Return the other estimates that disagree: one of the two lies outside the other's interval."""
        if self.answer is None:
            return {}
        shown = self.answer.effect
        return {
            name: one
            for name, one in self.others().items()
            if _outside(one.estimate, shown) or _outside(shown.estimate, one)
        }


def excludes_zero(low: float | None, high: float | None) -> bool | None:
    """Tell whether an interval leaves out zero; None where there is none."""
    return None if low is None or high is None else not low <= 0 <= high


def day_of(period: object) -> str:
    """Return the last ISO day of a panel's period."""
    return last_day_of(str(period))


def _outside(value: float, estimate: Estimate) -> bool:
    low, high = estimate.conf_low, estimate.conf_high
    return low is not None and high is not None and not low <= value <= high

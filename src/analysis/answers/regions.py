"""Do the provinces that decided lie together, and what is found when only provinces of one region are compared?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.answers.design import region_of
from analysis.errors import AnalysisError
from analysis.estimation.results import Check, Estimate

if TYPE_CHECKING:
    from analysis.panels.study_panel import StudyPanel


def check_regions(panel: StudyPanel) -> Check:
    """Look whether the treated provinces lie together; the rows name the regions."""
    from analysis.estimation.checks.where_treated import check_where_treated
    from analysis.estimation.panel.frames import build_panel

    rows = with_regions(panel)
    check = check_where_treated(build_panel(rows, **panel.columns, strata="region"))
    names = sorted(set(rows["region"]))
    return replace(check, table=tuple({**row, "region": names[row["region"]]} for row in check.table))


def with_regions(panel: StudyPanel) -> Any:
    """Return the panel's rows with the region of each province; of units their level is its like."""
    if panel.study.units:
        return panel.rows
    regions = {code: region_of(code, panel.study.frame) for code in set(panel.rows["province_code"])}
    return panel.rows.assign(region=panel.rows["province_code"].map(regions))


def judge_within(
    panel: StudyPanel, methods: dict[str, Callable[..., Estimate]], words: dict[str, Any]
) -> dict[str, Estimate]:
    """Return the same estimates judged by exchanging decisions between provinces of one region alone.

    A method that cannot be judged so is left out.
    """
    rows, found = with_regions(panel), {}
    for name, method in methods.items():
        try:
            found[name] = method(rows, **panel.columns, **words, strata="region")
        except AnalysisError:
            continue
    return found


def same_reading(check: Check, over_all: Estimate, within: Estimate | None) -> Check:
    """Let the check pass where provinces of one region compared give the same reading as all provinces.

    It fails where the treated lie together and the two intervals differ in whether they hold zero, or one is missing.
    """
    if check.passed is not False:
        return check
    if within is None or within.conf_low is None or within.conf_high is None:
        return replace(check, text=f"{check.text} Within regions there is no interval.")
    ends = f"{within.conf_low:.3g} to {within.conf_high:.3g}, p = {within.p_value:.3f}"
    same = _clear(over_all) == _clear(within)
    reading = "the reading stays the same" if same else "the reading changes"
    return replace(check, passed=same, text=f"{check.text} Within regions the interval is {ends}: {reading}.")


def _clear(estimate: Estimate) -> bool:
    low, high = estimate.conf_low, estimate.conf_high
    return low is not None and high is not None and not low <= 0 <= high

"""How the published figures of province and nation, targets and dates enter the ledger."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from analysis.panels.published_results import BeforeAfter
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION
from analysis.reporting.charts import SHARE
from analysis.reporting.entries_readings import bounding_tides, enter_held_back, enter_readings
from analysis.reporting.evidence import (
    PERCENT,
    POINTS,
    POINTS_A_MONTH,
    Evidence,
    days_between,
    enter_point,
    printed_digits,
)
from analysis.reporting.law_documents import enter_documents
from analysis.reporting.ledger import Entry, Ledger
from analysis.reporting.target_distance import known_targets, latest_access, measure_distance


def enter_published(ledger: Ledger, evidence: Evidence, result: BeforeAfter) -> None:
    """Enter the province's change, the tide with its bounds, and the rest."""
    enter_point(ledger, evidence, "before", result.before)
    enter_point(ledger, evidence, "after", result.after)
    _enter_change(ledger, result)
    enter_readings(ledger, evidence, result)
    enter_held_back(ledger, evidence)


def _enter_change(ledger: Ledger, result: BeforeAfter) -> None:
    """Enter the province's change, the time it took and its pace, and how many readings the nation's figures allow."""
    digits = max(printed_digits(result.before.value_pct), printed_digits(result.after.value_pct))
    ends = ("before_date", "after_date")
    add = ledger.computed
    add("change_pp", result.change_pp, unit=POINTS, formula="after_value − before_value", digits=digits,
        inputs=("after_value", "before_value"))  # fmt: skip
    add("change_abs_pp", abs(result.change_pp), unit=POINTS, formula="|change_pp|", digits=digits,
        inputs=("change_pp",))  # fmt: skip
    add("months", result.months, unit="months", formula="days from before_date to after_date / 30.4375",
        inputs=ends)  # fmt: skip
    add("days", days_between(result.before.date, result.after.date), unit="days", digits=0,
        formula="days from before_date to after_date", inputs=ends)  # fmt: skip
    add("n_readings", len(bounding_tides(result)), unit="count", digits=0, formula="readings that give a range",
        inputs=("before_date",))  # fmt: skip
    add("pace_pp", result.change_pp / result.months, unit=POINTS_A_MONTH, formula="change_pp / months",
        inputs=("change_pp", "months"))  # fmt: skip


def may_be_cumulated(evidence: Evidence) -> bool:
    """Tell whether the second figure may count from January on: the first is of a quarter, the second of a later day.

    A source that speaks of a quarter and then of “the end of the second quarter” does not say since when it counts.
    """
    result = evidence.published
    if not isinstance(result, BeforeAfter):
        return False
    rows = evidence.observations.drop_duplicates("raw_location").set_index("raw_location")["frequency"]
    first, second = (str(rows[point.raw_location]) for point in (result.before, result.after))
    return first == "Q" and second in ("Q", "X") and result.after.date[5:] > "03-31"


def enter_target(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the province's own target where its level is known, the national one, and the distance to that."""
    national = known_targets(evidence.targets, NATION, SHARE)[0]
    _enter_target_row(ledger, evidence, "target", national)
    if isinstance(evidence.published, BeforeAfter):
        for own in known_targets(evidence.targets, evidence.province.code, SHARE)[:1]:
            _enter_target_row(ledger, evidence, "own_target", own)
        _enter_distance(ledger, evidence, evidence.published, national)


def _enter_target_row(ledger: Ledger, evidence: Evidence, name: str, row: Mapping[Hashable, Any]) -> None:
    key = ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"]))
    value = float(row["target_value"])
    ledger.add(Entry(f"{name}_value", value, PERCENT, printed_digits(value), "printed", sources=(key,)))
    ledger.add(Entry(f"{name}_deadline", str(row["deadline"]), "date", 0, "date", sources=(key,)))


def _enter_distance(
    ledger: Ledger, evidence: Evidence, result: BeforeAfter, target: Mapping[Hashable, Any]
) -> None:
    """Enter what was missing at the last figure and the pace it left, when that figure lies before the deadline."""
    breaks = [day.isoformat() for day in find_indicator(SHARE).breaks]
    today = latest_access(evidence.observations)
    found = measure_distance(target, (result.before, result.after), breaks=breaks, today=today)
    if found.last != result.after or found.distance_pp is None:
        return
    digits = max(printed_digits(found.target_pct), printed_digits(result.after.value_pct))
    ledger.computed("distance_pp", found.distance_pp, unit=POINTS, digits=digits,
                    formula="target_value − after_value", inputs=("target_value", "after_value"))  # fmt: skip
    if found.needed_pp is not None and found.months_left is not None:
        ledger.computed("months_left", found.months_left, unit="months",
                        formula="days from after_date to target_deadline / 30.4375",
                        inputs=("after_date", "target_deadline"))  # fmt: skip
        ledger.computed("needed_pp", found.needed_pp, unit=POINTS_A_MONTH,
                        formula="distance_pp / months_left", inputs=("distance_pp", "months_left"))  # fmt: skip


def enter_frame(ledger: Ledger, evidence: Evidence) -> None:
    """Enter what frames the analysis: dates chosen for it, and the national measures of the same months."""
    for name, iso in evidence.dates.items():
        ledger.add(Entry(name, iso, "date", 0, "chosen", "bound of the analysis"))
    ledger.add(
        Entry("data_date", evidence.accessed, "date", 0, "chosen", "latest day of access of the raw files")
    )
    enter_documents(ledger, evidence.targets, evidence.source)

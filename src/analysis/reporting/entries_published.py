"""How the published figures of province and nation, targets and dates enter the ledger."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from analysis.estimation.results import BeforeAfter, Tide
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION
from analysis.reporting.charts import SHARE
from analysis.reporting.evidence import (
    DAYS_PER_MONTH,
    PERCENT,
    POINTS,
    POINTS_A_MONTH,
    Evidence,
    days_between,
    enter_point,
    printed_digits,
)
from analysis.reporting.ledger import Entry, Ledger
from analysis.reporting.target_distance import known_targets, latest_access, measure_distance

DOCUMENTS = {
    "doc_letter": "1832/BTTTT-THH",
    "doc_766": "766/QĐ-TTg",
    "doc_42": "42/2022/NĐ-CP",
    "doc_27": "27/QĐ-UBQGCĐS",
}
DOCUMENT_DATES = {
    "letter_date": "2022-05-16",
    "date_766": "2022-06-23",
    "date_42": "2022-08-15",
    "date_27": "2022-03-15",
}


def enter_nation(ledger: Ledger, evidence: Evidence) -> None:
    """Enter every published national level as `nation_0_…`, and the first and last by name."""
    for number, point in enumerate(evidence.nation):
        enter_point(ledger, evidence, f"nation_{number}", point)
    enter_point(ledger, evidence, "nation_first", evidence.nation[0])
    enter_point(ledger, evidence, "nation_last", evidence.nation[-1])


def enter_published(ledger: Ledger, evidence: Evidence, result: BeforeAfter) -> None:
    """Enter the province's change, the tide with its bounds, and the rest."""
    enter_point(ledger, evidence, "before", result.before)
    enter_point(ledger, evidence, "after", result.after)
    _enter_change(ledger, result)
    for tide in result.tides:
        _enter_tide(ledger, evidence, tide)
    _enter_cap_ratio(ledger, evidence, result)
    _enter_nation_then(ledger, result)
    _enter_range(ledger, result)
    _enter_readings_from(ledger, result)


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


def _enter_range(ledger: Ledger, result: BeforeAfter) -> None:
    """Enter the smallest and the largest tide, what each leaves over, and where each would have led."""
    add = ledger.computed
    tides = tuple(f"tide_{t.reading}_pp" for t in result.tides)
    add("tide_low_pp", result.tide_low_pp, unit=POINTS, formula="smallest of the readings",
        inputs=tuple(f"tide_{t.reading}_pp" for t in bounding_tides(result)))  # fmt: skip
    add("tide_high_pp", result.tide_high_pp, unit=POINTS,
        formula="largest of the readings, at most tide_never_fell_pp", inputs=tides)  # fmt: skip
    add("rest_low_pp", result.rest_low_pp, unit=POINTS, formula="change_pp − tide_high_pp",
        inputs=("change_pp", "tide_high_pp"))  # fmt: skip
    add("rest_high_pp", result.rest_high_pp, unit=POINTS, formula="change_pp − tide_low_pp",
        inputs=("change_pp", "tide_low_pp"))  # fmt: skip
    if result.worst_tide_pp is not None:
        add("worst_rest_pp", result.change_pp - result.worst_tide_pp, unit=POINTS,
            formula="change_pp − tide_never_fell_pp", inputs=("change_pp", "tide_never_fell_pp"))  # fmt: skip
    for side in ("low", "high"):
        add(f"tide_end_{side}", result.before.value_pct + getattr(result, f"tide_{side}_pp"), unit=PERCENT,
            formula=f"before_value + tide_{side}_pp", inputs=("before_value", f"tide_{side}_pp"))  # fmt: skip


def _enter_readings_from(ledger: Ledger, result: BeforeAfter) -> None:
    """Enter the day from which every reading of the nation's figures has at least one figure."""
    latest = {tide.reading: max(point.date for point in tide.points) for tide in bounding_tides(result)}
    reading = min(latest, key=lambda name: latest[name])
    ledger.add(Entry("readings_from", latest[reading], "date", 0, "date", "earliest of the readings' latest figures",
                     sources=ledger.sources_of(f"tide_{reading}_pp")))  # fmt: skip


def bounding_tides(result: BeforeAfter) -> list[Tide]:
    """Return the readings that give a range; the cap only cuts it off."""
    return [tide for tide in result.tides if tide.reading != "never_fell"]


def _enter_tide(ledger: Ledger, evidence: Evidence, tide: Tide) -> None:
    keys = tuple(ledger.cite(evidence.source(p.source_id), p.raw_location) for p in tide.points)
    name, note = tide.reading, f"reading “{tide.reading}” of the national figures"
    ledger.computed(f"tide_{name}_pp", tide.change_pp, unit=POINTS, formula=note, sources=keys)
    ledger.computed(f"rest_{name}_pp", ledger_value(ledger, "change_pp") - tide.change_pp, unit=POINTS,
                    formula=f"change_pp − tide_{name}_pp", inputs=("change_pp", f"tide_{name}_pp"))  # fmt: skip
    if tide.pace_pp_per_month is not None:
        ledger.computed(
            f"pace_{name}_pp", tide.pace_pp_per_month, unit=POINTS_A_MONTH, formula=note, sources=keys
        )
    for side, point in zip("abc", tide.points, strict=False):
        enter_point(ledger, evidence, f"{name}_{side}", point)
        since = evidence.observations.loc[
            evidence.observations["raw_location"] == point.raw_location, "period_start"
        ]
        ledger.add(Entry(f"{name}_{side}_since", str(since.iloc[0]), "date", 0, "date", sources=keys))


def _enter_cap_ratio(ledger: Ledger, evidence: Evidence, result: BeforeAfter) -> None:
    """Enter the largest multiple of a year earlier that is printed as the one the cap rests on."""
    if rests_on_ratio(evidence, result):
        ratio = ledger_value(ledger, "never_fell_b_value")
        step = 10.0 ** -printed_digits(ratio)
        ledger.computed("cap_ratio_high", ratio + step / 2, unit="ratio", digits=printed_digits(ratio) + 1,
                        formula="never_fell_b_value + half a unit of its last digit",
                        inputs=("never_fell_b_value",))  # fmt: skip


def rests_on_ratio(evidence: Evidence, result: BeforeAfter) -> bool:
    """Tell whether the cap uses a printed "1.6 times a year earlier" rather than a printed level."""
    cap = next((tide for tide in result.tides if tide.reading == "never_fell"), None)
    places = [point.raw_location for point in cap.points] if cap else []
    rows = evidence.observations
    return bool((rows.loc[rows["raw_location"].isin(places), "unit"] == "ratio").any())


def may_be_cumulated(evidence: Evidence) -> bool:
    """Tell whether the province's second figure, of a later quarter, may count from January on."""
    result = evidence.published
    if not isinstance(result, BeforeAfter):
        return False
    rows = evidence.observations
    frequency = rows.loc[rows["raw_location"] == result.after.raw_location, "frequency"]
    return bool((frequency == "Q").any()) and result.after.date[5:] > "03-31"


def _enter_nation_then(ledger: Ledger, result: BeforeAfter) -> None:
    """Enter where the nation stood on the first date: on the straight line between its figures, and at least."""
    line = next((t for t in result.tides if t.reading == "linear"), None)
    if line is not None and line.pace_pp_per_month is not None:
        start = line.points[0]
        months = days_between(start.date, result.before.date) / DAYS_PER_MONTH
        ledger.computed("nation_then", start.value_pct + months * line.pace_pp_per_month, unit=PERCENT, digits=0,
                        formula="straight line between linear_a and linear_b, at before_date",
                        inputs=("linear_a_value", "linear_b_value", "before_date"))  # fmt: skip
    if "tide_never_fell_pp" in ledger.entries:
        floor = ledger_value(ledger, "never_fell_a_value") - ledger_value(ledger, "tide_never_fell_pp")
        ledger.computed("nation_then_low", floor, unit=PERCENT, digits=0,
                        formula="never_fell_a_value − tide_never_fell_pp",
                        inputs=("never_fell_a_value", "tide_never_fell_pp"))  # fmt: skip


def enter_target(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the province's own target where its level is known, the national one, and the distance to that."""
    own = known_targets(evidence.targets, evidence.province.code, SHARE)
    if own:
        _enter_target_row(ledger, evidence, "own_target", own[0])
    national = known_targets(evidence.targets, NATION, SHARE)[0]
    _enter_target_row(ledger, evidence, "target", national)
    if isinstance(evidence.published, BeforeAfter):
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
    for name, number in DOCUMENTS.items():
        ledger.add(Entry(name, number, "document", 0, "document", "number of the document"))
    for name, iso in DOCUMENT_DATES.items():
        ledger.add(
            Entry(name, iso, "date", 0, "document", "date of the document or of its coming into force")
        )


def ledger_value(ledger: Ledger, name: str) -> float:
    """Return a number of the ledger as a float."""
    return float(ledger.entries[name].value)

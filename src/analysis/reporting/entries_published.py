"""How published figures of province and nation, the readings of the nation's, targets and dates enter the ledger."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from analysis.panels.published_results import BeforeAfter, NationalReading, Point
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION
from analysis.reporting.charts import SHARE
from analysis.reporting.evidence import (
    PERCENT,
    POINTS,
    POINTS_A_MONTH,
    Evidence,
    days_between,
    enter_point,
)
from analysis.reporting.law_documents import enter_documents
from analysis.reporting.ledger import Entry, Ledger, printed_digits
from analysis.reporting.target_distance import known_targets, latest_access, measure_distance


def enter_readings(ledger: Ledger, evidence: Evidence, result: BeforeAfter) -> None:
    """Enter each reading with its points, where the nation stood on the first date, and the range."""
    for tide in result.tides:
        _enter_tide(ledger, evidence, tide)
    _enter_nation_then(ledger, result)
    _enter_range(ledger, result)
    _enter_readings_from(ledger, result)


def enter_held_back(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the nation's figure that is held back for doubt, and the range that it would give."""
    held, point = evidence.with_doubtful, evidence.held_back
    if not isinstance(held, BeforeAfter) or point is None:
        return
    enter_point(ledger, evidence, "held", point)
    rows = ("held_value",)
    for part in ("tide", "rest"):
        for side in ("low", "high"):
            value = getattr(held, f"{part}_{side}_pp")
            ledger.computed(f"held_{part}_{side}_pp", value, unit=POINTS, inputs=(*rows, f"{part}_{side}_pp"),
                            formula=f"{part}_{side}_pp, were held_value the same share")  # fmt: skip


def _enter_tide(ledger: Ledger, evidence: Evidence, tide: NationalReading) -> None:
    keys = tuple(ledger.cite(evidence.source(p.source_id), p.raw_location) for p in tide.points)
    name, note = tide.reading, f"reading “{tide.reading}” of the national figures"
    ledger.computed(f"tide_{name}_pp", tide.change_pp, unit=POINTS, formula=note, sources=keys)
    ledger.computed(f"rest_{name}_pp", ledger_value(ledger, "change_pp") - tide.change_pp, unit=POINTS,
                    formula=f"change_pp − tide_{name}_pp", inputs=("change_pp", f"tide_{name}_pp"))  # fmt: skip
    if tide.uncut_pp is not None:
        ledger.computed(f"uncut_{name}_pp", tide.uncut_pp, unit=POINTS, sources=keys,
                        formula=f"{note}, before it was cut to what all figures allow")  # fmt: skip
    if tide.pace_pp_per_month is not None:
        ledger.computed(
            f"pace_{name}_pp", tide.pace_pp_per_month, unit=POINTS_A_MONTH, formula=note, sources=keys
        )
    if tide.turns:
        for side, point in zip("ab", tide.turns, strict=True):
            _enter_turn(ledger, evidence, f"{name}_{side}", point, keys)
    else:
        for side, point in zip("abc", tide.points, strict=False):
            enter_point(ledger, evidence, f"{name}_{side}", point)
    if tide.since:
        ledger.date(f"{name}_since", tide.since, *keys[:1])


def _enter_turn(ledger: Ledger, evidence: Evidence, name: str, point: Point, keys: tuple[str, ...]) -> None:
    """Enter a level of the nation's path: as printed, or as far as a printed change and its rounding allow."""
    if point.qualifier != "implied":
        enter_point(ledger, evidence, name, point)
        return
    ledger.computed(f"{name}_value", point.value_pct, unit=PERCENT, sources=keys,
                    formula="level that a printed change allows, within half a unit of its last digit")  # fmt: skip
    ledger.date(f"{name}_date", point.date, *keys)


def _enter_nation_then(ledger: Ledger, result: BeforeAfter) -> None:
    """Enter between which levels the nation stood on the first date, by its even rises and by the floor before."""
    even = [tide for tide in result.tides if tide.start_pct is not None]
    if even:
        top = max(even, key=lambda tide: tide.start_pct or 0.0)
        ledger.computed("nation_then", top.start_pct or 0.0, unit=PERCENT, digits=0,
                        formula=f"level of the path of reading “{top.reading}” on before_date",
                        inputs=(f"tide_{top.reading}_pp", "before_date"))  # fmt: skip
    if "never_fell_a_value" in ledger.entries:
        ledger.computed("nation_then_low", ledger_value(ledger, "never_fell_a_value"), unit=PERCENT, digits=0,
                        formula="never_fell_a_value", inputs=("never_fell_a_value",))  # fmt: skip


def _enter_range(ledger: Ledger, result: BeforeAfter) -> None:
    """Enter the smallest and the largest tide, what each leaves over, and where each would have led."""
    add = ledger.computed
    tides = tuple(f"tide_{t.reading}_pp" for t in result.tides)
    add("tide_low_pp", result.tide_low_pp, unit=POINTS, formula="smallest of the readings",
        inputs=tuple(f"tide_{t.reading}_pp" for t in bounding_tides(result)))  # fmt: skip
    add("tide_high_pp", result.tide_high_pp, unit=POINTS,
        formula="largest of the readings", inputs=tides)  # fmt: skip
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


def bounding_tides(result: BeforeAfter) -> list[NationalReading]:
    """Return the readings that give a range; the cap only cuts it off."""
    return [tide for tide in result.tides if tide.reading != "never_fell"]


def ledger_value(ledger: Ledger, name: str) -> float:
    """Return a number of the ledger as a float."""
    return float(ledger.entries[name].value)


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
    ledger.printed(f"{name}_value", value, key)
    ledger.date(f"{name}_deadline", str(row["deadline"]), key)


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
        ledger.chosen(name, iso, "date", "bound of the analysis")
    ledger.chosen("data_date", evidence.accessed, "date", "latest day of access of the raw files")
    enter_documents(ledger, evidence.targets, evidence.source)

"""How the readings of the nation's figures, the range they give and a figure held back enter the ledger."""

from __future__ import annotations

from analysis.panels.published_results import BeforeAfter, NationalReading, Point
from analysis.reporting.evidence import (
    PERCENT,
    POINTS,
    POINTS_A_MONTH,
    Evidence,
    enter_point,
)
from analysis.reporting.ledger import Entry, Ledger


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
        ledger.add(Entry(f"{name}_since", tide.since, "date", 0, "date", sources=keys[:1]))


def _enter_turn(ledger: Ledger, evidence: Evidence, name: str, point: Point, keys: tuple[str, ...]) -> None:
    """Enter a level of the nation's path: as printed, or as far as a printed change and its rounding allow."""
    if point.qualifier != "implied":
        enter_point(ledger, evidence, name, point)
        return
    ledger.computed(f"{name}_value", point.value_pct, unit=PERCENT, sources=keys,
                    formula="level that a printed change allows, within half a unit of its last digit")  # fmt: skip
    ledger.add(Entry(f"{name}_date", point.date, "date", 0, "date", sources=keys))


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

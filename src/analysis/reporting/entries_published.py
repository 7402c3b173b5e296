"""How the published figures of province and nation, targets and dates enter the ledger."""

from __future__ import annotations

from typing import Any

from analysis.estimation.results import BeforeAfter, Point, Tide
from analysis.reference.provinces import NATION
from analysis.reporting.evidence import (
    CHOSEN_DATES,
    DAYS_PER_MONTH,
    PERCENT,
    POINTS,
    POINTS_A_MONTH,
    Evidence,
    cite_rows,
    days_between,
    enter_point,
    printed_digits,
)
from analysis.reporting.ledger import Entry, Ledger

KNOWN_FIGURES = 3  # how many of a province's other published shares a brief without before and after names
DOCUMENTS = {
    "doc_letter": "1832/BTTTT-THH",
    "doc_766": "766/QĐ-TTg",
    "doc_42": "42/2022/NĐ-CP",
}
DOCUMENT_DATES = {"letter_date": "2022-05-16", "date_766": "2022-06-23", "date_42": "2022-08-15"}


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
    digits = max(printed_digits(result.before.value_pct), printed_digits(result.after.value_pct))
    ends = ("before_date", "after_date")
    add = ledger.computed
    add("change_pp", result.change_pp, unit=POINTS, formula="after_value − before_value", digits=digits,
        inputs=("after_value", "before_value"))  # fmt: skip
    add("change_abs_pp", abs(result.change_pp), unit=POINTS, formula="|change_pp|", digits=digits,
        inputs=("change_pp",))  # fmt: skip
    add(
        "months",
        result.months,
        unit="months",
        formula="days from before_date to after_date / 30.4375",
        inputs=ends,
    )
    add("days", days_between(result.before.date, result.after.date), unit="days", digits=0,
        formula="days from before_date to after_date", inputs=ends)  # fmt: skip
    bounding = [t for t in result.tides if t.reading != "never_fell"]
    add("n_readings", len(bounding), unit="count", digits=0, formula="readings that give a range",
        inputs=("before_date",))  # fmt: skip
    add("pace_pp", result.change_pp / result.months, unit=POINTS_A_MONTH, formula="change_pp / months",
        inputs=("change_pp", "months"))  # fmt: skip
    for tide in result.tides:
        _enter_tide(ledger, evidence, tide)
    _enter_nation_then(ledger, result)
    tides = tuple(f"tide_{t.reading}_pp" for t in result.tides)
    add("tide_low_pp", result.tide_low_pp, unit=POINTS, formula="smallest of the readings",
        inputs=tuple(f"tide_{t.reading}_pp" for t in bounding))  # fmt: skip
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


def _enter_nation_then(ledger: Ledger, result: BeforeAfter) -> None:
    """Enter where the nation stood on the first date, on the straight line between its published figures."""
    line = next((t for t in result.tides if t.reading == "linear"), None)
    if line is not None and line.pace_pp_per_month is not None:
        start = line.points[0]
        months = days_between(start.date, result.before.date) / DAYS_PER_MONTH
        ledger.computed("nation_then", start.value_pct + months * line.pace_pp_per_month, unit=PERCENT, digits=0,
                        formula="straight line between linear_a and linear_b, at before_date",
                        inputs=("linear_a_value", "linear_b_value", "before_date"))  # fmt: skip


def enter_target(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the national target of 2022 and, where there are figures, the distance and the pace it needs."""
    target = _national_target(evidence)
    key = ledger.cite(evidence.source(str(target["source_id"])), str(target["raw_location"]))
    value = float(target["target_value"])
    ledger.add(Entry("target_value", value, PERCENT, printed_digits(value), "printed", sources=(key,)))
    ledger.add(Entry("target_deadline", str(target["deadline"]), "date", 0, "date", sources=(key,)))
    if "after_value" not in ledger.entries:
        return
    days = days_between(str(ledger.entries["after_date"].value), str(target["deadline"]))
    distance = value - float(ledger.entries["after_value"].value)
    ledger.computed("distance_pp", distance, unit=POINTS, digits=0, formula="target_value − after_value",
                    inputs=("target_value", "after_value"))  # fmt: skip
    if distance > 0 and days > 0:
        ledger.computed("months_left", days / DAYS_PER_MONTH, unit="months",
                        formula="days from after_date to target_deadline / 30.4375",
                        inputs=("after_date", "target_deadline"))  # fmt: skip
        ledger.computed("needed_pp", distance / (days / DAYS_PER_MONTH), unit=POINTS_A_MONTH,
                        formula="distance_pp / months_left", inputs=("distance_pp", "months_left"))  # fmt: skip


def _national_target(evidence: Evidence) -> dict[str, Any]:
    rows = evidence.targets[
        (evidence.targets["province_code"] == NATION)
        & (evidence.targets["indicator"] == "share_services_with_online_dossiers")
        & evidence.targets["target_value"].notna()
    ].sort_values("raw_location")
    return {str(k): v for k, v in rows.iloc[0].to_dict().items()}


def enter_known_figures(ledger: Ledger, evidence: Evidence) -> list[tuple[str, str]]:
    """Enter the province's latest published shares of any kind; return (indicator, name in the ledger) of each."""
    rows = evidence.observations[
        (evidence.observations["province_code"] == evidence.province.code)
        & (evidence.observations["province_frame"] == "63")
        & (evidence.observations["unit"] == "percent")
        & evidence.observations["qualifier"].isin(["exact", "about"])
    ].sort_values(["period_end", "raw_location"])
    names = []
    for number, row in enumerate(rows.tail(KNOWN_FIGURES).to_dict("records")):
        point = Point(
            str(row["period_end"]),
            float(row["value"]),
            str(row["qualifier"]),
            str(row["source_id"]),
            str(row["raw_location"]),
        )
        enter_point(ledger, evidence, f"known_{number}", point)
        names.append((str(row["indicator"]), f"known_{number}"))
    return names


def enter_decision(ledger: Ledger, evidence: Evidence) -> bool:
    """Enter the latest day by which the province's target is known to have been set; False when there is none."""
    rows = evidence.targets[
        (evidence.targets["province_code"] == evidence.province.code)
        & (evidence.targets["date_precision"] == "before")
        & (evidence.targets["announced"].str.len() == len("2022-06-30"))
    ].sort_values("announced")
    if rows.empty:
        return False
    row = rows.iloc[0]
    key = ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"]))
    ledger.add(Entry("decided_by", str(row["announced"]), "date", 0, "date", sources=(key,)))
    return True


def has_later_figure(evidence: Evidence) -> bool:
    """Tell whether a figure of the same share was published for the province after the second one."""
    result = evidence.published
    if not isinstance(result, BeforeAfter):
        return False
    rows = evidence.observations[
        (evidence.observations["province_code"] == evidence.province.code)
        & (evidence.observations["indicator"] == result.indicator)
    ]
    return bool((rows["period_end"].astype(str) > result.after.date).any())


def enter_own_measures(ledger: Ledger, evidence: Evidence) -> bool:
    """Enter how many fee cuts and campaigns of the province itself are known beside targets; False for none."""
    rows = evidence.targets[evidence.targets["province_code"] == evidence.province.code]
    rows = rows[rows["indicator"].str.startswith(("co_intervention", "campaign"))]
    if rows.empty:
        return False
    keys = cite_rows(ledger, evidence, rows)
    note = "rows on fee cuts or campaigns of the province"
    ledger.add(Entry("n_own_measures", float(len(rows)), "count", 0, "counted", note, sources=keys))
    return True


def enter_frame(ledger: Ledger, evidence: Evidence) -> None:
    """Enter what frames the analysis: dates chosen for it, and the national measures of the same months."""
    for name, iso in CHOSEN_DATES.items():
        ledger.add(Entry(name, iso, "date", 0, "chosen", "bound of the analysis"))
    # Raw files lie in a folder named after the day on which they were accessed.
    days = evidence.observations["raw_location"].str.extract(r"/(\d{4}-\d{2}-\d{2})/")[0]
    ledger.add(
        Entry("data_date", str(days.max()), "date", 0, "chosen", "latest day of access of the raw files")
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

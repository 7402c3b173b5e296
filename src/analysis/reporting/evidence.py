"""What a brief is made from, and how its numbers enter the ledger with their raw rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import pandas as pd

from analysis.estimation.results import BeforeAfter, Estimate, NotAvailable, Point, Tide
from analysis.reference.provinces import NATION, Province
from analysis.reporting.ledger import Entry, Ledger

PERCENT, POINTS, POINTS_A_MONTH = "percent", "percentage points", "percentage points a month"
DAYS_PER_MONTH = 365.25 / 12
KNOWN_FIGURES = 3  # how many of a province's other published shares a brief without before and after names
# PAPI 8.1 = 1/3 + 3 × share of respondents (from 2019 on), so one score point is 100/3 percentage points.
PP_PER_SCORE = 100 / 3
SCORE_AT_ZERO = 1 / 3
DOCUMENTS = {
    "doc_letter": "1832/BTTTT-THH",
    "doc_766": "766/QĐ-TTg",
    "doc_42": "42/2022/NĐ-CP",
}
# The end of the month by which a target counts, the years searched for other targets, and the years between
# which PAPI 8.1 jumps without a documented change of questions.
CHOSEN_DATES = {
    "known_by": "2022-08-31",
    "doubtful_first": "2021-01-01",
    "doubtful_last": "2022-12-31",
    "jump_from": "2022-12-31",
    "jump_to": "2023-12-31",
}
DOCUMENT_DATES = {"letter_date": "2022-05-16", "date_766": "2022-06-23", "date_42": "2022-08-15"}


@dataclass(frozen=True)
class Evidence:
    """Everything a brief says rests on these: results, the survey panel, and the tables of raw rows.

    `survey` has one row a province and year: `province_code, period, outcome` (PAPI 8.1, score) and
    `treated_from`; `without` is the effect without the doubtful provinces among the controls. `treated` and
    `doubtful` are codes on the 63-unit map; `nation` are the country's published levels of the share of services
    with online dossiers, in order of date.
    """

    province: Province
    published: BeforeAfter | NotAvailable
    effect: Estimate
    events: Estimate
    control: Estimate
    without: Estimate
    draws: int
    survey: pd.DataFrame
    observations: pd.DataFrame
    targets: pd.DataFrame
    sources: pd.DataFrame
    treated: tuple[str, ...]
    doubtful: tuple[str, ...]
    nation: tuple[Point, ...]

    @property
    def status(self) -> str:
        """Is the province among those that set targets? `set`, `doubtful` or `not_known`."""
        code = self.province.code
        return "set" if code in self.treated else "doubtful" if code in self.doubtful else "not_known"

    def source(self, source_id: str) -> dict[str, Any] | None:
        """Return the line of the sources table for an id."""
        rows = self.sources[self.sources["source_id"] == source_id].to_dict("records")
        return {str(k): v for k, v in rows[0].items()} if rows else None


def compress_locations(locations: list[str]) -> list[str]:
    """Join `file:line` locations of one file into `file:2-64,66`, one text a file, in order."""
    pairs = sorted({_split_location(text) for text in locations})
    return [
        f"{file}:{_ranges([line for _, line in group])}"
        for file, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def enter_point(ledger: Ledger, evidence: Evidence, name: str, point: Point) -> None:
    """Enter a published figure as `<name>_value` and its date as `<name>_date`."""
    key = ledger.cite(evidence.source(point.source_id), point.raw_location)
    digits = _printed_digits(point.value_pct)
    ledger.add(Entry(f"{name}_value", point.value_pct, PERCENT, digits, "printed", sources=(key,)))
    ledger.add(Entry(f"{name}_date", point.date, "date", 0, "date", sources=(key,)))


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
    digits = max(_printed_digits(result.before.value_pct), _printed_digits(result.after.value_pct))
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
    ledger.add(Entry("target_value", value, PERCENT, _printed_digits(value), "printed", sources=(key,)))
    ledger.add(Entry("target_deadline", str(target["deadline"]), "date", 0, "date", sources=(key,)))
    if "after_value" not in ledger.entries:
        return
    days = (
        pd.Timestamp(str(target["deadline"])) - pd.Timestamp(str(ledger.entries["after_date"].value))
    ).days
    distance = value - float(ledger.entries["after_value"].value)
    ledger.computed("distance_pp", distance, unit=POINTS, digits=0, formula="target_value − after_value",
                    inputs=("target_value", "after_value"))  # fmt: skip
    if distance > 0 and days > 0:
        ledger.computed("months_left", days / DAYS_PER_MONTH, unit="months",
                        formula="days from after_date to target_deadline / 30.4375",
                        inputs=("after_date", "target_deadline"))  # fmt: skip
        ledger.computed("needed_pp", distance / (days / DAYS_PER_MONTH), unit=POINTS_A_MONTH,
                        formula="distance_pp / months_left", inputs=("distance_pp", "months_left"))  # fmt: skip


def enter_survey(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the survey estimate, its interval and p, the pre-period terms and the negative control."""
    effect, survey = evidence.effect, cite_survey(ledger, evidence, "papi_d81_portal_access")
    control_rows = cite_survey(ledger, evidence, "papi_d82_internet_access")
    setters = cite_targets(ledger, evidence, evidence.treated)
    others = cite_targets(ledger, evidence, evidence.doubtful)
    rows = (*survey, *setters)

    def count(name: str, value: float, sources: tuple[str, ...], formula: str) -> None:
        ledger.add(Entry(name, float(value), "count", 0, "counted", formula, sources=sources))

    count(
        "n_treated", effect.n_treated, setters, "provinces with a target known by August 2022, in the panel"
    )
    count("n_controls", effect.n_units - effect.n_treated, rows, "the other provinces in the panel")
    count("n_doubtful", len(evidence.doubtful), others, "other provinces with a known target or campaign")
    count("n_obs", effect.n_obs, survey, "province-years with a score")
    n_years = evidence.survey["period"].nunique()
    count("n_cells", effect.n_units * n_years, survey, "provinces in the panel times its years")
    for name, year in (
        ("first_year", evidence.survey["period"].min()),
        ("last_year", evidence.survey["period"].max()),
    ):
        count(name, float(year), survey, "year of the panel")
    for name, score in (
        ("did", effect.estimate),
        ("did_low", effect.conf_low),
        ("did_high", effect.conf_high),
    ):
        if score is not None:
            ledger.computed(f"{name}_pp", score * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula="two-way fixed effects on PAPI 8.1, score × 100 / 3")  # fmt: skip
    _enter_inference(ledger, evidence, rows, (*control_rows, *setters))
    _enter_pre_years(ledger, evidence, rows)


def cite_survey(
    ledger: Ledger, evidence: Evidence, indicator: str, province: str | None = None
) -> tuple[str, ...]:
    """Cite the survey's raw rows in the panel's years, all provinces or one."""
    rows = evidence.observations[evidence.observations["indicator"] == indicator]
    years = rows["period_end"].astype(str).str[:4].astype(int)
    rows = rows[years.between(evidence.survey["period"].min(), evidence.survey["period"].max())]
    if province:
        rows = rows[rows["province_code"] == province]
    return _cite_rows(ledger, evidence, rows)


def cite_targets(ledger: Ledger, evidence: Evidence, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Cite the raw rows of the target-setting table for these provinces."""
    rows = evidence.targets[evidence.targets["province_code"].isin(codes)]
    rows = rows[rows["raw_location"].str.contains("target")]
    return _cite_rows(ledger, evidence, rows)


def _cite_rows(ledger: Ledger, evidence: Evidence, rows: pd.DataFrame) -> tuple[str, ...]:
    """Cite rows as one block a file, under the first row's publication."""
    keys = []
    for block in compress_locations([str(text) for text in rows["raw_location"]]):
        file = block.rsplit(":", 1)[0]
        first = rows[rows["raw_location"].str.startswith(f"{file}:")].iloc[0]
        keys.append(ledger.cite(evidence.source(str(first["source_id"])), block))
    return tuple(keys)


def _enter_inference(
    ledger: Ledger, evidence: Evidence, rows: tuple[str, ...], control_rows: tuple[str, ...]
) -> None:
    effect, control = evidence.effect, evidence.control
    ledger.add(Entry("conf_level", effect.conf_level * 100, PERCENT, 0, "chosen", "level of the interval"))
    ledger.add(Entry("draws", float(evidence.draws), "count", 0, "chosen", "permutations drawn"))
    if effect.p_value is not None:
        ledger.computed(
            "did_p", effect.p_value, unit="probability", digits=2, formula=effect.inference, sources=rows
        )
        times = 100 * effect.p_value
        ledger.computed("did_p_pct", times, unit=PERCENT, digits=0, formula="100 × did_p", inputs=("did_p",))
    ledger.add(Entry("hundred", 100.0, "count", 0, "chosen", "the hundred that a share is counted in"))
    ledger.computed("control_effect", control.estimate, unit="score", digits=3, sources=control_rows,
                    formula="two-way fixed effects on PAPI 8.2, score")  # fmt: skip
    without = evidence.without
    ledger.computed("without_pp", without.estimate * PP_PER_SCORE, unit=POINTS, sources=rows,
                    formula="as did_pp, doubtful provinces left out of the controls")  # fmt: skip
    if without.p_value is not None:
        ledger.computed(
            "without_p",
            without.p_value,
            unit="probability",
            digits=2,
            formula=without.inference,
            sources=rows,
        )
    for name, bound in (("control_low", control.conf_low), ("control_high", control.conf_high)):
        if bound is not None:
            ledger.computed(
                name, bound, unit="score", digits=2, sources=control_rows, formula=control.inference
            )
    if control.p_value is not None:
        ledger.computed("control_p", control.p_value, unit="probability", digits=2, formula=control.inference,
                        sources=control_rows)  # fmt: skip


def _enter_pre_years(ledger: Ledger, evidence: Evidence, rows: tuple[str, ...]) -> None:
    for term in evidence.events.terms:
        if term.is_reference:
            year = float(term.period or 0)
            ledger.add(
                Entry("reference_year", year, "year", 0, "chosen", "reference period of the event study")
            )
        elif term.event_time is not None and term.event_time < 0:
            ledger.add(
                Entry(f"pre_{term.period}_year", float(term.period or 0), "year", 0, "counted", sources=rows)
            )
            ledger.computed(f"pre_{term.period}_pp", term.estimate * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula="event-study term on PAPI 8.1, score × 100 / 3")  # fmt: skip


def enter_own_survey(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the province's own first and last survey share, where there are any, and the years without one."""
    rows = evidence.survey[evidence.survey["province_code"] == evidence.province.code].dropna(
        subset=["outcome"]
    )
    if rows.empty:
        return
    keys = cite_survey(ledger, evidence, "papi_d81_portal_access", evidence.province.code)
    own = rows.sort_values("period").set_index("period")["outcome"]
    years = {"own_first": own.index[0], "own_last": own.index[-1]}
    reference = next((int(t.period or 0) for t in evidence.events.terms if t.is_reference), 0)
    if reference in own.index and reference not in years.values():
        years["own_mid"] = reference
    for name, year in years.items():
        ledger.add(Entry(f"{name}_year", float(year), "year", 0, "counted", sources=keys))
        ledger.computed(f"{name}_pct", share_pct(float(own[year])), unit=PERCENT, sources=keys,
                        formula="(score − 1/3) / 3 × 100, PAPI 8.1")  # fmt: skip
    for year in sorted(set(evidence.survey["period"]) - set(own.index)):
        note = "a year of the panel with no figure among the province's rows"
        ledger.add(Entry(f"own_gap_{year}", float(year), "year", 0, "counted", note, sources=keys))


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
    keys = _cite_rows(ledger, evidence, rows)
    note = "rows on fee cuts or campaigns of the province"
    ledger.add(Entry("n_own_measures", float(len(rows)), "count", 0, "counted", note, sources=keys))
    return True


def days_between(start: str, end: str) -> int:
    """Return the days from one ISO date to another."""
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def share_pct(score: float) -> float:
    """Turn a PAPI 8.1 score into the percent of respondents behind it (2019 on)."""
    return (score - SCORE_AT_ZERO) * PP_PER_SCORE


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


def ledger_value(ledger: Ledger, name: str) -> float:
    """Return a number of the ledger as a float."""
    return float(ledger.entries[name].value)


def _national_target(evidence: Evidence) -> dict[str, Any]:
    rows = evidence.targets[
        (evidence.targets["province_code"] == NATION)
        & (evidence.targets["indicator"] == "share_services_with_online_dossiers")
        & evidence.targets["target_value"].notna()
    ].sort_values("raw_location")
    return {str(k): v for k, v in rows.iloc[0].to_dict().items()}


def _printed_digits(value: float) -> int:
    text = f"{value:.6f}".rstrip("0")
    return len(text.split(".")[1])


def _split_location(text: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.*):(\d+)", text)
    return (match[1], int(match[2])) if match else (text, 0)


def _ranges(lines: list[int]) -> str:
    """Write line numbers as ranges: 2,3,4,9 becomes 2-4,9."""
    parts = []
    for _, group in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
        run = [line for _, line in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return ",".join(parts)

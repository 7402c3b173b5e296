"""The targets of country and provinces as a table: level, deadline, last figure by then, what was missing, the pace."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.panels.published_results import Point
from analysis.reference.alphabet import sort_key
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION, by_code, successors
from analysis.reporting.numbers import format_date
from analysis.reporting.site_data import SiteData
from analysis.reporting.site_layers import Words
from analysis.reporting.target_distance import latest_access, measure_distance

LEVELS = ("exact", "about", "over", "at_least")


@dataclass(frozen=True)
class TargetLine:
    """One target as the page shows it: who set it on which map, and texts in the page's language."""

    code: str
    frame: str
    who: str
    indicator: str
    level: str
    scope: str
    deadline: str
    last: str
    verdict: str


def list_targets(data: SiteData, words: Words) -> list[TargetLine]:
    """Return every target in percent, each once, the country's first and then by place and indicator."""
    rows = data.targets[(data.targets["unit"] == "percent")]
    rows = rows.assign(bare=(rows["scope"] == "")).sort_values(["bare", "raw_location"])
    rows = rows.drop_duplicates(["province_frame", "province_code", "indicator", "target_value", "deadline"])
    # A decision printed without its level says nothing beside the same decision with it.
    known = rows["target_value"].notna()
    same = ["province_frame", "province_code", "indicator"]
    told = rows.loc[known, same].apply(tuple, axis=1)
    rows = rows[known | ~rows[same].apply(tuple, axis=1).isin(set(told))]
    lines = [_line(row, data, words) for row in rows.to_dict("records")]
    return sorted(lines, key=lambda one: (one.code != NATION, sort_key(one.who), one.indicator, one.deadline))


def _line(row: Mapping[Hashable, Any], data: SiteData, words: Words) -> TargetLine:
    code, frame = str(row["province_code"]), str(row["province_frame"])
    name = words.say("targets", "nation") if code == NATION else by_code()[code].name_vi if frame == "63" else (
        words.say("targets", "unit", name=successors()[code])
    )  # fmt: skip
    value, deadline = row["target_value"], str(row["deadline"])
    level = words.say("targets", "unknown")
    if value == value:
        key = f"level_{row['qualifier']}" if row["qualifier"] in ("at_least", "at_most") else "level"
        level = words.say("targets", key, value=words.number(float(value), 0 if value == round(value) else 1))
    last, verdict = _judge(row, data, words) if value == value and deadline else ("", "")
    return TargetLine(
        code=code,
        frame=frame,
        who=name,
        indicator=str(getattr(find_indicator(str(row["indicator"])), f"name_{words.language}")),
        level=level,
        scope=str(row["scope"]),
        deadline=format_date(deadline, words.language) if deadline else words.say("targets", "no_deadline"),
        last=last,
        verdict=verdict,
    )


def _judge(row: Mapping[Hashable, Any], data: SiteData, words: Words) -> tuple[str, str]:
    """Return the last figure by the deadline, and what was missing with the pace that it asked for."""
    own = data.observations[
        (data.observations["province_code"] == row["province_code"])
        & (data.observations["province_frame"] == row["province_frame"])
        & (data.observations["indicator"] == row["indicator"])
        & data.observations["qualifier"].isin(LEVELS)
    ].sort_values(["period_end", "raw_location"])
    points = [Point.from_row(one) for one in own.drop_duplicates("period_end").to_dict("records")]
    breaks = [day.isoformat() for day in find_indicator(str(row["indicator"])).breaks]
    found = measure_distance(row, points, breaks=breaks, today=latest_access(data.observations))
    if found.last is None or found.distance_pp is None:
        return words.say("targets", "no_figure"), ""
    text = words.number(found.last.value_pct, 1).removesuffix(",0").removesuffix(".0")
    careful = words.texts["targets"].get(f"figure_{found.last.qualifier}", "")
    last = f"{careful}{text}% ({words.date(found.last.date)})"
    if found.distance_pp <= 0:
        return last, words.say("targets", "reached")
    bound = "at_most" if found.last.qualifier in ("over", "at_least") else "missing"
    pieces = [words.say("targets", bound, missing=words.number(found.distance_pp, 1))]
    if found.needed_pp is not None:
        key = "needed_past" if found.passed else "needed"
        pieces.append(words.say("targets", key, needed=words.number(found.needed_pp, 1)))
    if found.pace_pp is not None:
        pieces.append(words.say("targets", "pace", pace=words.number(found.pace_pp, 1, signed=True)))
    return last, "; ".join(pieces)

"""Where the province stands now: its newest figure of a headline share from any source, and the distance to the target.

It is shown whatever a brief rests on, unless the brief's own evidence already ends with that figure.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.panels.before_after import published_points
from analysis.panels.published_results import Point
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION
from analysis.reporting.entries_figures import written_style
from analysis.reporting.entries_targets import enter_missing
from analysis.reporting.evidence import Evidence, enter_point
from analysis.reporting.target_distance import find_target
from analysis.study import HEADLINE_INDICATORS

if TYPE_CHECKING:
    from analysis.reporting.brief_writer import Writer

Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Standing:
    """The newest figure of one share, that of the target's last day where there is one, and the target.

    Rows are in the shapes of an observation and a target; `target` and `at` are None where there is none.
    """

    indicator: str
    newest: Row
    at: Row | None
    target: Row | None

    @property
    def date(self) -> str:
        """Return the last ISO day of the newest figure."""
        return str(self.newest["period_end"])

    @property
    def is_of_the_end(self) -> bool:
        """Tell whether a figure of the target's last day, or a later one, is there."""
        return self.target is not None and self.date >= self.deadline

    @property
    def deadline(self) -> str:
        """Return the ISO day by which the target is due; empty without a target."""
        return "" if self.target is None else str(self.target["deadline"])


def find_standing(evidence: Evidence) -> Standing | None:
    """Return where the province stands on the first headline share that it has a figure of; None without one."""
    code, rows = evidence.province.code, evidence.observations
    rows = rows[(rows["province_code"] == code) & (rows["province_frame"] == "63")]
    rows = rows.sort_values(["period_end", "period_start", "raw_location"], kind="stable")
    for indicator in HEADLINE_INDICATORS:
        places = [point.raw_location for point in published_points(rows, code, indicator, evidence.sources)]
        kept = rows[(rows["indicator"] == indicator) & rows["raw_location"].isin(places)].to_dict("records")
        if not kept:
            continue
        target = find_target(evidence.targets, code, indicator)
        due = "" if target is None else str(target["deadline"])
        # Of two figures for one day that of the shorter period speaks: a quarter's may count from January on.
        at = next((row for row in reversed(kept) if str(row["period_end"]) == due), None)
        return Standing(indicator, kept[-1], at, target)
    return None


def enter_standing(writer: Writer, standing: Standing) -> None:
    """Enter the newest figure as `now`, that of the deadline as `now_at`, the target and both distances."""
    ledger, evidence = writer.ledger, writer.evidence
    enter_point(ledger, evidence, "now", Point.from_row(standing.newest))
    target = standing.target
    if target is None:
        return
    key = ledger.cite(evidence.source(str(target["source_id"])), str(target["raw_location"]))
    ledger.printed("now_target_value", float(target["target_value"]), key)
    ledger.date("now_target_deadline", standing.deadline, key)
    enter_missing(ledger, "now_missing", "now_target", "now")
    if standing.at is not None:
        enter_point(ledger, evidence, "now_at", Point.from_row(standing.at))
        enter_missing(ledger, "now_at_missing", "now_target", "now_at")


def standing_words(writer: Writer, standing: Standing, shown_until: str = "") -> str:
    """Write where the province stands as a piece of template.

    `shown_until` is the ISO day of the last figure that the brief compares: a change of definition since is named.
    """
    texts = writer.texts["standing"]
    pieces = [texts["level"], texts[_distance_key(standing)], *_broke(texts, standing, shown_until)]
    text = _put(writer, "".join(pieces), standing, texts)
    return text[:1].upper() + text[1:]


def standing_note(writer: Writer, standing: Standing, short: str = "", shown_until: str = "") -> str:
    """Write the same in the few words that the first page has room for.

    `short` says what the share is of, where the page is about another one.
    """
    texts = writer.texts["first"]["now"]
    text = "".join([texts[_distance_key(standing)], *_broke(texts, standing, shown_until)])
    of = texts["share"].replace("{short}", short) if short else ""
    value = writer.texts["first"]["qualifiers"][str(standing.newest["qualifier"])] + "{now_value}"
    return _put(writer, text.replace("{of}", of).replace("{value}", value), standing, texts)


def _broke(texts: Mapping[str, str], standing: Standing, shown_until: str) -> list[str]:
    breaks = [day.isoformat() for day in find_indicator(standing.indicator).breaks]
    crossed = shown_until and any(shown_until < day <= standing.date for day in breaks)
    return [texts["broke"]] if crossed else []


def _put(writer: Writer, text: str, standing: Standing, texts: Mapping[str, str]) -> str:
    national = standing.target is not None and standing.target["province_code"] == NATION
    parts = {
        "label": str(writer.texts["panel"]["labels"][standing.indicator]),
        "qualifier": str(writer.texts["first"]["qualifiers"][str(standing.newest["qualifier"])]),
        "when": _when("now", standing.newest),
        "whose": texts["national" if national else "own"],
    }
    for name, piece in parts.items():
        text = text.replace("{" + name + "}", piece)
    return text


def _distance_key(standing: Standing) -> str:
    """Return the sentence on the target: before its last day, of that day, or after it."""
    if standing.target is None:
        return "no_target"
    at = standing.at
    figure = standing.newest if at is None else at
    end = "reached" if float(figure["value"]) >= float(standing.target["target_value"]) else "short"
    if at is not None:
        return f"on_day_{end}" if standing.date == standing.deadline else f"at_{end}"
    return f"before_{end}" if standing.date < standing.deadline else f"after_{end}"


def _when(name: str, row: Row) -> str:
    style = written_style(row)
    return f"{{{name}_date:{style}}}" if style else f"{{{name}_date}}"

"""Which published figures of the pair's share stand outside it, and whether one of them contradicts its series.

A press figure of a quarter and a month's figure of a report may end on one day and differ: a brief that compares the
one kind names the other, so that no figure an office knows goes away in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.panels.published_results import BeforeAfter, Point
from analysis.reporting.entries_figures import written_style
from analysis.reporting.evidence import Evidence, enter_point

if TYPE_CHECKING:
    from analysis.reporting.brief_writer import Writer

MOST_OTHERS = 4  # so many figures outside the comparison are named, the newest
DIFFERS = 1.0  # percentage points: less may be rounding


@dataclass(frozen=True)
class OtherPrint:
    """A figure outside the pair: its numbers begin with `name`; `contradicts` where the pair's series differs."""

    name: str
    row: dict[str, Any]
    contradicts: bool

    @property
    def when(self) -> str:
        """Return the piece that writes its period."""
        style = written_style(self.row)
        return f"{{{self.name}_date:{style}}}" if style else f"{{{self.name}_date}}"


def enter_others(writer: Writer) -> tuple[OtherPrint, ...]:
    """Enter the province's figures of the pair's share that are of another frequency, up to the pair's last day.

    Each is `other_<n>_value`; the figure of the pair's own series for the same day `other_<n>_beside_value`.
    """
    evidence, pair = writer.evidence, writer.evidence.published
    if not isinstance(pair, BeforeAfter):
        return ()
    rows = _rows(evidence, pair)
    places = [pair.before.raw_location, pair.after.raw_location]
    alike = rows["frequency"].isin(rows.loc[rows["raw_location"].isin(places), "frequency"].unique())
    series = {str(row["period_end"]): row for row in rows[alike].to_dict("records")}
    found = []
    for number, row in enumerate(rows[~alike].tail(MOST_OTHERS).to_dict("records")):
        name, beside = f"other_{number}", series.get(str(row["period_end"]))
        enter_point(writer.ledger, evidence, name, Point.from_row(row))
        differs = beside is not None and abs(float(row["value"]) - float(beside["value"])) > DIFFERS
        if beside is not None and differs:
            enter_point(writer.ledger, evidence, f"{name}_beside", Point.from_row(beside))
        found.append(OtherPrint(name, {str(key): value for key, value in row.items()}, differs))
    return tuple(found)


def _rows(evidence: Evidence, pair: BeforeAfter) -> Any:
    rows = evidence.observations
    rows = rows[
        (rows["province_code"] == evidence.province.code)
        & (rows["province_frame"] == "63")
        & (rows["indicator"] == pair.indicator)
        & rows["qualifier"].isin(["exact", "about"])
        & (rows["period_end"] <= pair.after.date)
    ]
    return rows.sort_values(["period_end", "raw_location"], kind="stable")


def others_text(writer: Writer, others: tuple[OtherPrint, ...]) -> str:
    """Name the figures outside the comparison as a piece of template; empty where there are none."""
    if not others:
        return ""
    texts = writer.texts["standing"]
    pieces = [
        str(texts["other_differs" if one.contradicts else "other"])
        .replace("{name", "{" + one.name)
        .replace("{qualifier}", str(writer.texts["first"]["qualifiers"][one.row["qualifier"]]))
        .replace("{when}", one.when)
        for one in others
    ]
    return str(texts["others"]).replace("{figures}", writer.join(pieces, "and"))


def contradiction(writer: Writer, others: tuple[OtherPrint, ...]) -> str:
    """Say in one sentence of the first page which two figures of one day differ; empty where none do."""
    for one in reversed(others):
        if one.contradicts:
            text = str(writer.texts["first"]["doubts"]["contradicts"])
            qualifier = str(writer.texts["first"]["qualifiers"][one.row["qualifier"]])
            return (
                text.replace("{qualifier}", qualifier)
                .replace("{when}", one.when)
                .replace("{name", "{" + one.name)
            )
    return ""

"""The country's targets: the last figure before each deadline, what was missing, and the pace that it asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.panels.published_results import Point
from analysis.reference.indicators import by_code as codebook
from analysis.reporting.evidence import POINTS, POINTS_A_MONTH
from analysis.reporting.printed_figures import TARGET, USED, PrintedFigure
from analysis.reporting.target_distance import TargetDistance, measure_distance

if TYPE_CHECKING:
    from analysis.reporting.nation_writer import NationWriter

BOUNDS_BELOW = ("over", "at_least")  # a figure printed so may lie higher, so that less is missing


@dataclass(frozen=True)
class Aim:
    """A target of the country with the templates of its row; `same` are later prints of the same target.

    `figure` is the last figure by the deadline, `oldest` the first there is; None where none is printed.
    """

    indicator: str
    target: PrintedFigure
    same: tuple[PrintedFigure, ...]
    oldest: PrintedFigure | None
    figure: PrintedFigure | None
    label: str
    last: str
    verdict: str
    reached: bool


def aims_of(writer: NationWriter, figures: Sequence[PrintedFigure], today: str) -> list[Aim]:
    """Return the country's targets in percent that have a deadline, the earliest deadline first."""
    targets = [one for one in figures if one.state == TARGET and one.unit == "percent" and one.end]
    by_aim: dict[tuple[str, float, str], list[PrintedFigure]] = {}
    for one in targets:
        by_aim.setdefault((one.indicator, one.value, one.end), []).append(one)
    ordered = sorted(by_aim.values(), key=lambda group: (group[0].end, group[0].id))
    return [_aim(writer, group, figures, today) for group in ordered]


def _aim(
    writer: NationWriter, group: list[PrintedFigure], figures: Sequence[PrintedFigure], today: str
) -> Aim:
    target, texts = group[0], writer.texts["nation"]["aims"]
    levels = [one for one in figures if one.indicator == target.indicator and one.state == USED]
    levels = sorted({one.end: one for one in reversed(levels)}.values(), key=lambda one: one.end)
    breaks = [day.isoformat() for day in codebook()[target.indicator].breaks]
    found = measure_distance(_row(target), [_point(one) for one in levels], breaks=breaks, today=today)
    by_place = {one.raw_location: one for one in levels}
    figure = by_place[found.last.raw_location] if found.last else None
    first = by_place[found.first.raw_location] if found.first else None
    label = f"{writer.label(target.indicator)}: {writer.level(target)} {texts['by']}".replace(
        "{name}", target.name
    )
    last = verdict = ""
    if figure:
        last = f"{writer.level(figure)} ({writer.when(figure)})"
        verdict = _verdict(writer, found, target, figure, first)
    return Aim(
        target.indicator,
        target,
        tuple(group[1:]),
        levels[0] if figure else None,
        figure,
        label,
        last,
        verdict,
        found.state == "reached",
    )


def _verdict(
    writer: NationWriter,
    found: TargetDistance,
    target: PrintedFigure,
    figure: PrintedFigure,
    first: PrintedFigure | None,
) -> str:
    """Return the template of what was missing, of the pace it asked for, and of the pace until then."""
    texts, add = writer.texts["nation"]["aims"], writer.ledger.computed
    name, inputs = f"{target.name}_missing", (target.name, figure.name)
    assert found.distance_pp is not None
    if found.distance_pp <= 0:
        return str(texts["reached"])
    add(name, found.distance_pp, unit=POINTS, formula=" − ".join(inputs), inputs=inputs)
    bound = "at_most" if figure.qualifier in BOUNDS_BELOW else "missing"
    pieces = [str(texts[bound]).replace("{missing}", f"{{{name}}}")]
    days = (f"{figure.name}_date", f"{target.name}_date")
    if found.needed_pp is not None:
        add(f"{target.name}_needed", found.needed_pp, unit=POINTS_A_MONTH, inputs=(name, *days),
            formula=f"{name} / (days from {days[0]} to {days[1]} / 30.4375)")  # fmt: skip
        pieces.append(str(texts["needed"]).replace("{needed}", f"{{{target.name}_needed}}"))
    if found.pace_pp is not None and first is not None:
        ends = (figure.name, first.name, f"{first.name}_date", days[0])
        add(f"{target.name}_pace", found.pace_pp, unit=POINTS_A_MONTH, inputs=ends,
            formula=f"({ends[0]} − {ends[1]}) / (days from {ends[2]} to {ends[3]} / 30.4375)")  # fmt: skip
        pieces.append(str(texts["pace"]).replace("{pace}", f"{{{target.name}_pace:+1}}")
                      .replace("{since}", writer.when(first)))  # fmt: skip
    return "; ".join(pieces)


def _row(target: PrintedFigure) -> dict[Any, Any]:
    return {
        "deadline": target.end, "province_code": target.province_code, "target_value": target.value, "scope": "",
        "source_id": "", "raw_location": target.raw_location,
    }  # fmt: skip


def _point(one: PrintedFigure) -> Point:
    return Point(one.end, one.value, one.qualifier, "", one.raw_location)

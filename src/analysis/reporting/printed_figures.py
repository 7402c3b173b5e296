"""What became of each figure that a publication printed: used, taken as a target, or held back and why."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.reporting.evidence import file_of

FOLDER = "/published-figures/"
USED, TARGET, HELD = "used", "target", "held"
COLUMNS = (
    "figure_id", "province_code", "indicator", "qualifier", "value", "unit", "period_start", "period_end", "published",
    "publisher", "state", "rule", "shown_in", "raw_location",
)  # fmt: skip


@dataclass(frozen=True)
class PrintedFigure:
    """One printed figure with its citation, and its `state`: `used`, `target` or `held` (then `rule` says why).

    `start` is the first day of the period where the source gives one, `end` its last day or the day it stood at; of a
    target `end` is the deadline. Both are empty where the source does not say.
    """

    id: str
    province_code: str
    indicator: str
    value: float
    unit: str
    qualifier: str
    start: str
    end: str
    frequency: str
    published: str
    citation: dict[str, str]
    state: str
    rule: str
    raw_location: str

    @property
    def name(self) -> str:
        """Return the name under which a ledger holds it."""
        return self.id.lower()


def read_printed(
    root: Path, observations: pd.DataFrame, targets: pd.DataFrame, quarantine: pd.DataFrame
) -> tuple[PrintedFigure, ...]:
    """Return every figure of the files of printed figures, in the order of the files and their lines.

    Args:
        root: the project's folder.
        observations, targets, quarantine: the cleaned tables, which together hold each line once.
    """
    used = _by_place(observations)
    aims = _by_place(targets)
    held = {
        f"{row['file']}:{str(row['cell'])[1:]}": str(row["rule"])
        for row in quarantine.to_dict("records")
        if FOLDER in str(row["file"])
    }
    files = sorted({file_of(place) for place in (*used, *aims, *held) if FOLDER in place})
    found = []
    for file in files:
        lines = csv.DictReader((root / file).read_text("utf-8-sig").splitlines(keepends=True))
        for row in lines:
            place = f"{file}:{lines.line_num}"
            found.append(_figure(row, place, used.get(place), aims.get(place), held.get(place, "")))
    return tuple(found)


def write_states(figures: Iterable[PrintedFigure], shown_in: dict[str, list[str]]) -> str:
    """Write as CSV text what became of each figure and, by its id, in which sections a reader sees it."""
    stream = io.StringIO()
    table = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    table.writeheader()
    for one in figures:
        table.writerow(
            {
                "figure_id": one.id, "province_code": one.province_code, "indicator": one.indicator,
                "qualifier": one.qualifier, "value": f"{one.value:.10g}" if one.value < 1e9 else f"{one.value:.0f}",
                "unit": one.unit, "period_start": one.start, "period_end": one.end, "published": one.published,
                "publisher": one.citation["publisher"], "state": one.state, "rule": one.rule,
                "shown_in": "; ".join(shown_in.get(one.id, ())), "raw_location": one.raw_location,
            }
        )  # fmt: skip
    return stream.getvalue()


def _by_place(rows: pd.DataFrame) -> dict[str, dict[str, object]]:
    own = rows[rows["raw_location"].str.contains(FOLDER, regex=False)]
    return {str(row["raw_location"]): {str(k): v for k, v in row.items()} for row in own.to_dict("records")}


def _figure(
    row: dict[str, str],
    place: str,
    used: dict[str, object] | None,
    aim: dict[str, object] | None,
    rule: str,
) -> PrintedFigure:
    """Return a figure with the period that cleaning gave it, which corrects what the compilation had wrong."""
    start, end, frequency = row["period_start"], row["period_end"] or _day(row["as_of"]), ""
    if used is not None:
        start, end, frequency = (str(used[name]) for name in ("period_start", "period_end", "frequency"))
        start = "" if frequency == "X" and start == end else start
    return PrintedFigure(
        id=row["figure_id"],
        province_code=row["province_code"],
        indicator=row["indicator"],
        value=float(row["value"]),
        unit=row["unit"],
        qualifier=row["qualifier"],
        start="" if aim is not None else start,
        end=end,
        frequency=frequency,
        published=row["published"],
        citation={name: row[name] for name in ("publisher", "title", "published", "url")},
        state=USED if used is not None else TARGET if aim is not None else HELD,
        rule=rule,
        raw_location=place,
    )


def _day(text: str) -> str:
    return text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else ""

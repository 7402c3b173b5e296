"""Which observations a brief used: each of the province and the country, and by file those of all provinces."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.reference.provinces import NATION
from analysis.reporting.edition import digest_file
from analysis.reporting.evidence import Evidence, file_of
from analysis.reporting.ledger import Ledger

FILE = "figures-used.csv"
SURVEY = (
    "papi_d81_portal_access",
    "papi_d82_internet_access",
)  # scores compared; others stand in the same raw rows
COLUMNS = (
    "used_for", "province_code", "province_frame", "indicator", "period_start", "period_end", "value", "unit",
    "numerator", "denominator", "n_figures", "source_id", "raw_location",
)  # fmt: skip
Row = dict[str, Any]


def list_figures(evidence: Evidence, ledger: Ledger) -> list[Row]:
    """Return the observations behind a brief's numbers.

    One line a figure of the province or the country; of the comparison with all provinces one line a file, with the
    number of its figures and its first and last day.
    """
    cited = [source.location for source in ledger.sources.values()]
    rows = [*_cited_rows(evidence, cited)]
    for findings in evidence.panels:
        panel = findings.panel
        own = findings.own.assign(province_frame=panel.study.frame, indicator=panel.study.outcome)
        rows += [_own_row(row, panel.unit) for row in own.to_dict("records")]
        rows += _by_file(panel.rows, panel.study.frame, panel.study.outcome, "period")
    for code in SURVEY:
        own = evidence.observations[evidence.observations["indicator"] == code]
        used = own[own["raw_location"].map(lambda text: any(_covers(place, str(text)) for place in cited))]
        rows += _by_file(used, "63", code, "period_end")
    return rows


def write_figures(rows: Iterable[Row]) -> str:
    """Write the list as CSV text."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def list_files(evidence: Evidence) -> dict[str, Row]:
    """Return the files whose figures or decisions reached the brief's evidence, used or not: how many, newest day."""
    decided = evidence.targets[["raw_location"]].assign(period_end=evidence.targets["announced"])
    frames = [evidence.observations[["raw_location", "period_end"]], decided]
    frames += [
        one.panel.rows[["raw_location"]].assign(period_end=one.panel.rows["period"].astype(str))
        for one in evidence.panels
    ]
    whole = pd.concat(frames)
    grouped = whole.assign(file=whole["raw_location"].map(file_of)).groupby("file", sort=True)
    return {
        str(file): {"figures": len(own), "newest": str(own["period_end"].max())[:10]} for file, own in grouped
    }


def digest_files(files: Mapping[str, Row], root: Path) -> dict[str, Row]:
    """Add each file's sha256; empty where it is not there any more."""
    return {file: {**facts, "sha256": digest_file(root / file)} for file, facts in files.items()}


def _cited_rows(evidence: Evidence, cited: list[str]) -> list[Row]:
    """Return the figures of the province and the country that a number was printed from."""
    rows = evidence.observations
    own = rows[rows["province_code"].isin([evidence.province.code, NATION])]
    own = own[own["indicator"].isin(SURVEY) | ~own["indicator"].str.startswith("papi_")]
    own = own[own["raw_location"].map(lambda text: any(_covers(place, str(text)) for place in cited))]
    return [
        {name: _plain(row.get(name, "")) for name in COLUMNS if name in row}
        | {"used_for": "country" if row["province_code"] == NATION else "province", "n_figures": 1}
        for row in own.to_dict("records")
    ]


def _own_row(row: Mapping[Any, Any], unit: str) -> Row:
    kept = {name: _plain(row[name]) for name in COLUMNS if name in row}
    period = str(row["period"])
    return kept | {
        "used_for": "province", "period_start": period, "period_end": period, "value": row["outcome"],
        "unit": unit, "n_figures": 1,
    }  # fmt: skip


def _by_file(rows: pd.DataFrame, frame: str, indicator: str, when: str) -> list[Row]:
    grouped = rows.assign(file=rows["raw_location"].map(file_of)).groupby("file", sort=True)
    return [
        {
            "used_for": "all provinces", "province_frame": frame, "indicator": indicator,
            "period_start": str(own[when].min()), "period_end": str(own[when].max()), "n_figures": len(own),
            "source_id": own["source_id"].iloc[0], "raw_location": file,
        }
        for file, own in grouped
    ]  # fmt: skip


def _covers(place: str, location: str) -> bool:
    """Tell whether a cited place, `file:2-64,66`, holds a raw location; a file or a folder holds all its cells."""
    match = re.fullmatch(r"(.*):([\d,-]+)", place)
    if match is None:
        return location == place or location.startswith(place) or file_of(location) == place
    file, _, line = location.rpartition(":")
    if file != match[1] or not line.isdigit():
        return False
    pairs = (part.partition("-") for part in match[2].split(","))
    return any(int(first) <= int(line) <= int(last or first) for first, _, last in pairs)


def _plain(value: Any) -> Any:
    return "" if value != value else value.item() if hasattr(value, "item") else value

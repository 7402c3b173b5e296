"""How a province's own targets enter the ledger: level, deadline and whom each binds; and what is missing to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.reporting.entries_figures import USED
from analysis.reporting.evidence import POINTS, Evidence
from analysis.reporting.ledger import Entry, Ledger

MOST_TARGETS = 8  # so many of a province's targets are listed, those with the latest deadline first


@dataclass(frozen=True)
class OwnTarget:
    """One target of the province: `<name>_value`, where there is one `<name>_deadline`, and the day it is known from.

    `indicator` is its code, `scope` whom it binds as the source has it, `qualifier` how the level was printed, and
    `year` the year it is of where no deadline was printed.
    """

    name: str
    indicator: str
    qualifier: str
    scope: str
    deadline: str
    year: str


def enter_targets(ledger: Ledger, evidence: Evidence) -> tuple[OwnTarget, ...]:
    """Enter the province's own targets that have a level; one printed twice stands once, with its scope."""
    rows = evidence.targets
    rows = rows[
        (rows["province_code"] == evidence.province.code)
        & (rows["province_frame"] == "63")
        & (rows["unit"] == "percent")
        & rows["target_value"].notna()
    ]
    if rows.empty:
        return ()
    rows = rows.assign(
        bare=rows["scope"] == "", end=rows["deadline"].where(rows["deadline"] != "", rows["announced"])
    )
    rows = rows.sort_values(["bare", "raw_location"]).drop_duplicates(["indicator", "target_value", "scope"])
    rows = _without_doubles(rows).assign(unused=~rows["indicator"].str.startswith(USED))
    rows = rows.sort_values(
        ["end", "unused", "qualifier", "raw_location"], ascending=[False, True, False, True], kind="stable"
    )
    return tuple(
        _enter_target(ledger, evidence, f"aim_{number}", row)
        for number, row in enumerate(rows.head(MOST_TARGETS).to_dict("records"))
    )


def _without_doubles(rows: pd.DataFrame) -> pd.DataFrame:
    """Leave out rows without a scope whose level another row gives for the same share, or for a part of it."""
    levels = [(str(r["indicator"]), r["target_value"]) for r in rows[~rows["bare"]].to_dict("records")]
    double = [
        bool(row["bare"])
        and any(
            str(row["indicator"]).startswith(code) and row["target_value"] == level for code, level in levels
        )
        for row in rows.to_dict("records")
    ]
    return rows[[not one for one in double]]


def _enter_target(ledger: Ledger, evidence: Evidence, name: str, row: Any) -> OwnTarget:
    key = ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"]))
    value, deadline = float(row["target_value"]), str(row["deadline"])
    ledger.printed(f"{name}_value", value, key)
    if deadline:
        ledger.date(f"{name}_deadline", deadline, key)
    if row["scope"]:
        ledger.add(
            Entry(f"{name}_scope", str(row["scope"]), "text", 0, "quoted", "whom it binds", sources=(key,))
        )
    year = "" if deadline else str(row["announced"])[:4]
    if year:
        ledger.counted(f"{name}_year", year, "year it was set", key, unit="year")
    return OwnTarget(name, str(row["indicator"]), str(row["qualifier"]), str(row["scope"]), deadline, year)


def enter_missing(ledger: Ledger, name: str, target: str, figure: str) -> float:
    """Enter target less figure, and its size without sign; return it."""
    entries = ledger.entries
    value = float(entries[f"{target}_value"].value) - float(entries[f"{figure}_value"].value)
    digits = max(entries[f"{one}_value"].digits for one in (target, figure))
    formula = f"|{target}_value − {figure}_value|"
    ledger.computed(f"{name}_abs_pp", abs(value), unit=POINTS, digits=digits, formula=formula,
                    inputs=(f"{target}_value", f"{figure}_value"))  # fmt: skip
    return value

"""How what else is known of a province enters the ledger: its decision, its fee cuts and campaigns."""

from __future__ import annotations

import pandas as pd

from analysis.panels.published_results import BeforeAfter
from analysis.reporting.evidence import Evidence, printed_digits
from analysis.reporting.ledger import Entry, Ledger


def enter_decision(ledger: Ledger, evidence: Evidence) -> str:
    """Enter by when the target of a province named is known to have been set; return `day`, `month` or nothing.

    A month is entered as its last day.
    """
    rows = evidence.targets[
        (evidence.targets["province_code"] == evidence.province.code)
        & evidence.targets["date_precision"].isin(["before", "month"])
        & evidence.targets["announced"].str.len().isin([len("2022-06-30"), len("2022-08")])
    ]
    if rows.empty or evidence.status != "set":
        return ""
    ends = rows["announced"].map(last_day).sort_values(kind="stable")
    row = rows.loc[ends.index[0]]
    key = ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"]))
    ledger.add(Entry("decided_by", ends.iloc[0], "date", 0, "date", sources=(key,)))
    return "day" if len(str(row["announced"])) == len("2022-06-30") else "month"


def enter_own_decided(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the day by which the province is known to have set a target of its own, whenever that was."""
    own = evidence.targets[evidence.targets["province_code"] == evidence.province.code]
    rows = own[own["announced"].map(last_day) == evidence.decided].to_dict("records")
    keys = tuple(ledger.cite(evidence.source(str(r["source_id"])), str(r["raw_location"])) for r in rows[:1])
    if keys:
        ledger.add(Entry("own_decided", evidence.decided, "date", 0, "date", sources=keys))


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


def enter_own_measures(ledger: Ledger, evidence: Evidence) -> list[tuple[str, str, bool]]:
    """Enter the fee cuts and campaigns of the province beside targets; return (indicator, ledger name, at most?).

    `<name>_date` is a day, or the year where no more is known, and `<name>_value` is there where one was printed.
    """
    rows = evidence.targets[evidence.targets["province_code"] == evidence.province.code]
    rows = rows[rows["indicator"].str.startswith(("co_intervention", "campaign"))].sort_values("announced")
    found = []
    for number, row in enumerate(rows.to_dict("records")):
        name, announced = f"measure_{number}", str(row["announced"])
        key = ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"]))
        if len(announced) == len("2022"):
            ledger.add(Entry(f"{name}_date", float(announced), "year", 0, "counted", sources=(key,)))
        else:
            ledger.add(Entry(f"{name}_date", last_day(announced), "date", 0, "date", sources=(key,)))
        if row["target_value"] == row["target_value"]:
            value = float(row["target_value"])
            digits, unit = printed_digits(value), str(row["unit"])
            ledger.add(Entry(f"{name}_value", value, unit, digits, "printed", sources=(key,)))
        found.append((str(row["indicator"]), name, row["qualifier"] == "at_most"))
    return found


def last_day(text: str) -> str:
    """Return an ISO day as it is, and a month as its last day."""
    return text if len(text) > len("2022-08") else (pd.Period(text, freq="M").end_time.date().isoformat())

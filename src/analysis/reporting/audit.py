"""Tables for the data audit: what there is of each indicator, what was left out, and which definitions broke."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.reference import indicators
from analysis.reference.alphabet import sort_key
from analysis.reference.breaks import reason_of
from analysis.reference.provinces import NATION, by_code, successors

_KINDS = (("definition broke", "breaks"), ("unexplained jump", "flags"))


def table_of_coverage(observations: pd.DataFrame) -> pd.DataFrame:
    """Return one row an indicator: figures, days, provinces, national figures, first and last month, sources."""
    provincial = observations["province_code"] != NATION
    table = (
        observations.assign(
            provincial=observations["province_code"].where(provincial),
            national=~provincial,
            month=observations["period_end"].str[:7],
        )
        .groupby("indicator")
        .agg(
            figures=("value", "size"),
            days=("period_end", "nunique"),
            provinces=("provincial", "nunique"),
            national=("national", "sum"),
            first=("month", "min"),
            last=("month", "max"),
            sources=("source_id", "nunique"),
        )
        .sort_values(["figures", "provinces"], ascending=False)
    )
    names = indicators.by_code()
    return table.assign(name=[names[str(code)].name_en for code in table.index])


def table_of_holes(observations: pd.DataFrame, indicator: str, expected: int = 63) -> pd.DataFrame:
    """Return one row a year of an indicator: provinces with a figure, how many lack one, and which."""
    rows = observations[(observations["indicator"] == indicator) & (observations["province_code"] != NATION)]
    years = {str(year): set(own["province_code"]) for year, own in rows.groupby(rows["period_end"].str[:4])}
    everyone = set().union(*years.values())
    lines = [
        (
            year,
            len(there),
            expected - len(there),
            ", ".join(sorted(map(name_of, everyone - there), key=sort_key)),
        )
        for year, there in years.items()
    ]
    return pd.DataFrame(lines, columns=["year", "provinces with a figure", "missing", "which"])


def table_of_figures(observations: pd.DataFrame) -> pd.DataFrame:
    """Return one row a figure as a reader wants it: where, when, how much, and the file and line it stands in."""
    rows = observations.sort_values(["indicator", "period_end", "province_code"], kind="stable")
    return pd.DataFrame(
        {
            "province": list(map(name_of, rows["province_code"], rows["province_frame"])),
            "indicator": list(rows["indicator"]),
            "day": list(rows["period_end"]),
            "figure": [f"{value:.12g}" for value in rows["value"]],
            "unit": list(rows["unit"]),
            "printed as": list(rows["qualifier"]),
            "raw row": list(map(file_and_line, rows["raw_location"])),
        }
    )


def table_of_targets(targets: pd.DataFrame) -> pd.DataFrame:
    """Return one row a target of a province, in order of the day by which it is known to have been set."""
    rows = targets[targets["province_code"] != NATION].sort_values(["announced", "province_code"])
    return pd.DataFrame(
        {
            "province": list(map(name_of, rows["province_code"], rows["province_frame"])),
            "indicator": list(rows["indicator"]),
            "announced": list(rows["announced"]),
            "precision": list(rows["date_precision"]),
            "level": list(rows["target_value"]),
            "deadline": list(rows["deadline"]),
            "scope": list(rows["scope"]),
            "raw row": list(map(file_and_line, rows["raw_location"])),
        }
    )


def table_of_groups(groups: dict[str, list[str]]) -> pd.DataFrame:
    """Return one row a group of provinces, given by their codes: how many, and their names in Vietnamese order."""
    rows = [
        (name, len(codes), ", ".join(sorted(map(name_of, codes), key=sort_key)))
        for name, codes in groups.items()
    ]
    return pd.DataFrame(rows, columns=["group", "provinces", "names"])


def table_of_league(figures: pd.DataFrame, treated: Sequence[str]) -> pd.DataFrame:
    """Return one row a province of a printed league table, highest first, with whether it is known to have targets."""
    ranked = figures.sort_values(["value", "province_code"], ascending=[False, True])
    named = ranked["province_code"].isin(list(treated))
    return pd.DataFrame(
        {
            "province": ranked["province_code"].map(name_of),
            "%": ranked["value"],
            "set targets": named.map({True: "yes", False: "not known"}),
            "raw row": ranked["raw_location"].map(file_and_line),
        }
    ).reset_index(drop=True)


def table_of_quarantine(quarantine: pd.DataFrame) -> pd.DataFrame:
    """Return one row a rule: how many raw rows it held back, one example, and how to mend it."""
    found = quarantine.groupby("rule", as_index=False).agg(
        rows=("reason", "size"), example=("reason", "first"), mend=("mend", "first")
    )
    return found.sort_values("rows", ascending=False, ignore_index=True)


def table_of_breaks(observations: pd.DataFrame) -> pd.DataFrame:
    """Return one row a definition break or unexplained jump, with the figures on either side of it."""
    ends = observations.groupby("indicator")["period_end"]
    rows = [
        (line.name_en, line.code, kind, day.isoformat(), reason_of(day), before, len(days) - before)
        for line in indicators.indicators()
        for kind, field in _KINDS
        for day in getattr(line, field)
        if line.code in ends.groups
        for days in [ends.get_group(line.code)]
        for before in [int((days < day.isoformat()).sum())]
    ]
    columns = ["name", "indicator", "what", "day", "why", "figures before", "figures from then on"]
    return pd.DataFrame(rows, columns=columns).sort_values(["day", "name"], ignore_index=True)


def table_of_tables(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a cleaned table: how many rows it has, and how many distinct raw rows they come from."""
    rows = [
        (name, len(table), table["raw_location"].nunique() if "raw_location" in table else None)
        for name, table in tables.items()
    ]
    return pd.DataFrame(rows, columns=["table", "rows", "raw rows behind them"]).set_index("table")


def name_provinces(panel: pd.DataFrame) -> pd.DataFrame:
    """Return a panel with the provinces' names in a column `province`, so that methods speak of them by name."""
    return panel.assign(province=panel["province_code"].map(name_of))


def name_of(code: str, frame: str = "63") -> str:
    """Return the name behind a province's code on its map; the map is named where it is the new one."""
    if code == NATION:
        return "Viet Nam"
    return by_code()[code].name_vi if frame == "63" else f"{successors()[code]} (34-unit map)"


def file_and_line(location: str) -> str:
    """Return a raw location without its folders."""
    return location.rsplit("/", 1)[-1]

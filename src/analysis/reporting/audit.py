"""Tables for the data audit: what there is of each indicator, what was left out, and which definitions broke."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.reference import indicators
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


def table_of_own_figures(observations: pd.DataFrame, code: str, frame: str, most: int = 8) -> pd.DataFrame:
    """Return a province's figures as `table_of_figures` does; of an indicator with many the first and last few.

    Yearly figures, such as the survey's, are left out.
    """
    own = observations[
        (observations["province_code"] == code)
        & (observations["province_frame"] == frame)
        & (observations["frequency"] != "A")
    ].sort_values(["indicator", "period_end"], kind="stable")
    places = own.groupby("indicator").cumcount()
    sizes = own.groupby("indicator")["indicator"].transform("size")
    ends = (places < most // 2) | (places >= sizes - most // 2)
    return table_of_figures(own[(sizes <= most) | ends])


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
            "document": list(rows["document"]),
            "stated by": list(rows["stated_by"]),
            "raw row": list(map(file_and_line, rows["raw_location"])),
        }
    )


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


def name_of(code: str, frame: str = "63") -> str:
    """Return the name behind a province's code on its map; the map is named where it is the new one."""
    if code == NATION:
        return "Viet Nam"
    return by_code()[code].name_vi if frame == "63" else f"{successors()[code]} (34-unit map)"


def file_and_line(location: str) -> str:
    """Return a raw location without its folders."""
    return location.rsplit("/", 1)[-1]

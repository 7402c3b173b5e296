"""Tables for the data audit: what there is of each indicator, and which definitions broke."""

from __future__ import annotations

import pandas as pd

from analysis.reference import indicators
from analysis.reference.provinces import NATION


def table_of_coverage(observations: pd.DataFrame) -> pd.DataFrame:
    """Return one row an indicator: figures, provinces, national figures, first and last day, publishers."""
    provincial = observations["province_code"] != NATION
    table = (
        observations.assign(provincial=observations["province_code"].where(provincial), national=~provincial)
        .groupby("indicator")
        .agg(
            figures=("value", "size"),
            provinces=("provincial", "nunique"),
            national=("national", "sum"),
            first=("period_end", "min"),
            last=("period_end", "max"),
            publications=("source_id", "nunique"),
        )
        .sort_values(["figures", "provinces"], ascending=False)
    )
    names = indicators.by_code()
    return table.assign(name=[names[code].name_en for code in table.index])


def table_of_breaks(observations: pd.DataFrame) -> pd.DataFrame:
    """Return one row a definition break or unexplained jump, with the figures on either side of it."""
    ends = observations.groupby("indicator")["period_end"]
    rows = [
        (
            line.code,
            kind,
            day.isoformat(),
            int((values < day.isoformat()).sum()),
            int((values >= day.isoformat()).sum()),
        )
        for line in indicators.indicators()
        for kind, days in (("definition broke", line.breaks), ("unexplained jump", line.flags))
        for day in days
        if line.code in ends.groups
        for values in [ends.get_group(line.code)]
    ]
    columns = ["indicator", "what", "day", "figures before", "figures from then on"]
    return pd.DataFrame(rows, columns=columns).sort_values(["day", "indicator"], ignore_index=True)


def table_of_tables(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a cleaned table: how many rows it has, and how many distinct raw rows they come from."""
    rows = [
        (name, len(table), table["raw_location"].nunique() if "raw_location" in table else None)
        for name, table in tables.items()
    ]
    return pd.DataFrame(rows, columns=["table", "rows", "raw rows behind them"]).set_index("table")

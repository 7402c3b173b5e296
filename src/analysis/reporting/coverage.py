"""What there is of panels: for each indicator, frequency and map which provinces have a figure in which period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.periods import label_of_day, periods_between
from analysis.reference.alphabet import sort_key
from analysis.reference.indicators import find_indicator
from analysis.reference.papi import SUFFIXES
from analysis.reference.provinces import NATION, provinces, successors
from analysis.reference.test_data import marked
from analysis.reporting.audit import name_of, table_of_figures
from analysis.reporting.display import Answer
from analysis.reporting.tables import Table

if TYPE_CHECKING:
    from analysis.reporting.charts import Chart

WHOLE = ("M", "Q", "S", "A")
MOST_ROWS = 60  # of a table of figures
EVERY = {"M": "monthly", "Q": "quarterly", "S": "half-yearly", "A": "yearly"}


def panels_of(observations: pd.DataFrame) -> pd.DataFrame:
    """Return one row an indicator, frequency and map with two provinces and two periods or more, the widest first.

    Columns: indicator, frequency, map, provinces, periods, first, last, figures, empty (cells without a figure).
    """
    rows = observations[(observations["province_code"] != NATION) & observations["frequency"].isin(WHOLE)]
    keys = ["indicator", "frequency", "province_frame"]
    cells = rows.drop_duplicates([*keys, "province_code", "period_end"])
    table = cells.groupby(keys, as_index=False).agg(
        provinces=("province_code", "nunique"), first=("period_end", "min"), last=("period_end", "max"),
        figures=("value", "size"),
    )  # fmt: skip
    table["first"] = [label_of_day(d, f) for d, f in zip(table["first"], table["frequency"], strict=True)]
    table["last"] = [label_of_day(d, f) for d, f in zip(table["last"], table["frequency"], strict=True)]
    spans = zip(table["first"], table["last"], strict=True)
    table["periods"] = [len(periods_between(first, last)) for first, last in spans]
    table["empty"] = table["provinces"] * table["periods"] - table["figures"]
    table = table[(table["provinces"] > 1) & (table["periods"] > 1)].rename(columns={"province_frame": "map"})
    order = ["indicator", "frequency", "map", "provinces", "periods", "first", "last", "figures", "empty"]
    widest: pd.DataFrame = table.sort_values(
        ["figures", "indicator"], ascending=[False, True], ignore_index=True
    )
    return widest[order]


def answer_coverage(observations: pd.DataFrame, targets: pd.DataFrame) -> Answer:
    """Say in one sentence what the data can carry: panels of provinces, single figures, known targets."""
    panels = panels_of(observations)
    shown = panels[
        ~panels["indicator"].str.endswith(tuple(SUFFIXES)) & ~panels["indicator"].str.startswith("n_")
    ]
    told = "; ".join(
        f"{find_indicator(str(p.indicator)).name_en}, {EVERY[str(p.frequency)]}, {p.provinces} provinces on "
        f"the map of {p.map}, "
        f"{p.first} to {p.last}"
        for p in shown.head(4).itertuples()
    )
    single = int((observations["frequency"].isin(["X", "D"])).sum())
    setters = targets.loc[targets["province_code"] != NATION, "province_code"].nunique()
    panels_told = (
        f"The widest panels of provinces are: {told}." if told else "There is no panel of provinces."
    )
    said = (
        f"{panels_told} Beside them stand {single} figures of single dates, and targets of {setters} provinces "
        f"are known."
    )
    return Answer(marked(said, [*observations["raw_location"], *targets["raw_location"]]))


def table_of_holes(observations: pd.DataFrame, indicator: str) -> Table:
    """Return one row a period of an indicator's widest panel that lacks provinces: how many, and which."""
    rows, columns = (
        _widest(observations, indicator),
        ["period", "provinces with a figure", "missing", "which"],
    )
    if rows.empty:
        return Table(pd.DataFrame(columns=columns))
    everyone, frame = set(rows["province_code"]), str(rows["province_frame"].iloc[0])
    expected = len(provinces()) if frame == "63" else len(successors())
    found = {str(period): set(own["province_code"]) for period, own in rows.groupby("period")}
    lines = [
        (
            period,
            len(found.get(period, ())),
            expected - len(found.get(period, ())),
            ", ".join(sorted((name_of(c, frame) for c in everyone - found.get(period, set())), key=sort_key)),
        )
        for period in periods_between(min(found), max(found))
        if len(found.get(period, ())) < expected
    ]
    return Table(pd.DataFrame(lines, columns=columns))


def chart_coverage(observations: pd.DataFrame, indicator: str) -> Chart | Answer:
    """Chart an indicator's widest panel, provinces by period, as a heat map in which gaps stay white."""
    from analysis.reporting.study_charts import chart_cells

    rows = _widest(observations, indicator)
    if rows.empty:
        return Answer(f"{find_indicator(indicator).name_en}: no panel of provinces to draw.")
    frame = str(rows["province_frame"].iloc[0])
    names = [name_of(code, frame).removesuffix(" (34-unit map)") for code in rows["province_code"]]
    line = find_indicator(indicator)
    return chart_cells(
        rows.assign(province=names, level=rows["value"]),
        title=f"{line.name_en}: what there is",
        unit=line.unit,
        source=marked(
            f"Source: {rows['source_id'].nunique()} publication(s). White: no figure.", rows["raw_location"]
        ),
    )


def indicator_with_panel(observations: pd.DataFrame, indicator: str) -> str:
    """Return the indicator asked for if it has a panel of provinces, else the one with the widest."""
    panels = panels_of(observations)
    if indicator in set(panels["indicator"]) or panels.empty:
        return indicator
    return str(panels["indicator"].iloc[0])


def table_of_some_figures(observations: pd.DataFrame, indicator: str) -> Table:
    """Return the figures of an indicator; of many the country's, those of single dates, the newest of provinces."""
    rows = observations[observations["indicator"] == indicator]
    if len(rows) > MOST_ROWS:
        newest = rows.groupby("frequency")["period_end"].transform("max")
        single = ~rows["frequency"].isin(WHOLE)
        rows = rows[single | (rows["province_code"] == NATION) | (rows["period_end"] == newest)]
    return Table(table_of_figures(rows))


def _widest(observations: pd.DataFrame, indicator: str) -> pd.DataFrame:
    """Return the provinces' figures of an indicator at the frequency and on the map with the most, with `period`."""
    panels = panels_of(observations[observations["indicator"] == indicator])
    rows = observations[(observations["indicator"] == indicator) & (observations["province_code"] != NATION)]
    if panels.empty:
        return rows.iloc[:0].assign(period="")
    best = panels.iloc[0]
    rows = rows[(rows["frequency"] == best["frequency"]) & (rows["province_frame"] == best["map"])]
    labelled: pd.DataFrame = rows.assign(
        period=[label_of_day(day, str(best["frequency"])) for day in rows["period_end"]]
    )
    return labelled

"""The newest figure of each province: which frequency is shown, and which period is the newest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.cleaning.editions import choose_figures
from analysis.panels.set_aside import periods_set_aside
from analysis.panels.study_panel import BOUNDS
from analysis.periods import label_of_day
from analysis.reference.provinces import NATION, provinces, successors

if TYPE_CHECKING:
    import pandas as pd

FREQUENCIES = ("M", "Q", "S", "A")


@dataclass(frozen=True)
class Figure:
    """One figure of a province: its value in the indicator's unit, period as panels write it, publisher, raw row."""

    value: float
    period: str
    about: bool
    publisher: str
    raw_location: str


@dataclass(frozen=True)
class Newest:
    """The newest figures of an indicator on one map, by province code; `period` is the newest of all."""

    indicator: str
    frame: str
    period: str
    figures: Mapping[str, Figure]
    set_aside: tuple[str, ...] = ()  # periods without figures because their files were set aside

    @property
    def publishers(self) -> tuple[str, ...]:
        """Return who published these figures, each once."""
        return tuple(dict.fromkeys(one.publisher for one in self.figures.values() if one.publisher))

    def of(self, code: str) -> Figure | None:
        """Return a province's figure of the newest period; None where it has none."""
        found = self.figures.get(code)
        return found if found and found.period == self.period else None


def newest_figures(
    observations: pd.DataFrame,
    sources: pd.DataFrame,
    indicator: str,
    frame: str,
    held: pd.DataFrame | None = None,
) -> Newest | None:
    """Return the newest figure of each province; None where most provinces have none at any one frequency.

    Of the frequencies at which most provinces have figures, the one that reaches furthest is taken, the finest of
    several. Which of several figures of one cell is used, panels and this decide by the same rule. `held` are figures
    that the comparison over time set aside; they are only named.
    """
    own = observations[
        (observations["indicator"] == indicator)
        & (observations["province_frame"] == frame)
        & (observations["province_code"] != NATION)
        & ~observations["qualifier"].isin(BOUNDS)
    ]
    own = own[own["unit_code"] == ""] if "unit_code" in own else own
    n_units = len(provinces()) if frame == "63" else len(successors())
    found = []
    for frequency in FREQUENCIES:
        rows = own[own["frequency"] == frequency]
        if rows["province_code"].nunique() > n_units / 2:
            found.append(choose_figures(rows, sources).rows)
    if not found:
        return None
    rows = max(found, key=lambda one: str(one["period_end"].max()))
    newest = _of_rows(rows.sort_values("period_end", kind="stable"), sources, indicator, frame)
    if held is None:
        return newest
    frequency = str(rows["frequency"].iloc[0])
    there = {label_of_day(str(day), frequency) for day in rows["period_end"].unique()}
    asked = {"indicator": indicator, "frame": frame, "frequency": frequency}
    return replace(newest, set_aside=periods_set_aside(held, there, **asked))


def _of_rows(rows: pd.DataFrame, sources: pd.DataFrame, indicator: str, frame: str) -> Newest:
    last = rows.drop_duplicates("province_code", keep="last")
    publishers = sources.drop_duplicates("source_id").set_index("source_id")["publisher"].to_dict()
    figures = {
        str(row["province_code"]): Figure(
            value=float(row["value"]),
            period=label_of_day(str(row["period_end"]), str(row["frequency"])),
            about=row["qualifier"] == "about",
            publisher=str(publishers.get(row["source_id"], "")),
            raw_location=str(row["raw_location"]),
        )
        for row in last.to_dict("records")
    }
    return Newest(indicator, frame, max(one.period for one in figures.values()), figures)

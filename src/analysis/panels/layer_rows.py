"""Which indicators have figures of enough provinces to be shown as a map: one frequency each, one figure a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.cleaning.editions import choose_figures
from analysis.panels.set_aside import periods_set_aside
from analysis.panels.study_panel import BOUNDS
from analysis.periods import label_of_day
from analysis.reference.papi import SUFFIXES
from analysis.reference.provinces import NATION

if TYPE_CHECKING:
    import pandas as pd

FREQUENCIES = ("M", "Q", "S", "A")
LEAST = 20  # provinces with a figure at one frequency


@dataclass(frozen=True)
class LayerRows:
    """The figures of one indicator on one map at one frequency, a row a province and period.

    `rows` are observations with `period` as panels write it; `set_aside` are periods without figures because their
    files did not pass the comparison over time.
    """

    indicator: str
    frame: str
    rows: pd.DataFrame
    set_aside: tuple[str, ...] = ()

    @property
    def periods(self) -> tuple[str, ...]:
        """Return the periods in order of time."""
        return tuple(sorted(self.rows["period"].unique()))


def layer_rows(
    observations: pd.DataFrame,
    sources: pd.DataFrame,
    held: pd.DataFrame | None = None,
    *,
    first: Sequence[str] = (),
) -> tuple[LayerRows, ...]:
    """Return every indicator with figures of at least 20 provinces on one map, those named `first` in front.

    Of the frequencies at which so many have figures, the one that reaches furthest is taken, the finest of several.
    Which of several figures of one cell is used, panels and this decide by the same rule. Counts, which say how large
    a province is, and the statistics beside a survey's score are left out.
    """
    own = observations[
        (observations["province_code"] != NATION)
        & ~observations["qualifier"].isin(BOUNDS)
        & observations["unit"].isin(("percent", "score"))
        & observations["frequency"].isin(FREQUENCIES)
        & ~observations["indicator"].str.endswith(tuple(SUFFIXES))
    ]
    own = own[own["unit_code"] == ""] if "unit_code" in own else own
    found = []
    for (indicator, frame), rows in own.groupby(["indicator", "province_frame"]):
        wide = [
            part
            for frequency in FREQUENCIES
            if (part := rows[rows["frequency"] == frequency])["province_code"].nunique() >= LEAST
        ]
        if wide:
            best = max(wide, key=lambda part: str(part["period_end"].max()))
            found.append(_layer(str(indicator), str(frame), best, sources, held))
    order = {code: number for number, code in enumerate(first)}
    return tuple(
        sorted(found, key=lambda one: (order.get(one.indicator, len(order)), one.indicator, one.frame))
    )


def _layer(
    indicator: str, frame: str, rows: pd.DataFrame, sources: pd.DataFrame, held: pd.DataFrame | None
) -> LayerRows:
    frequency = str(rows["frequency"].iloc[0])
    chosen = choose_figures(rows, sources).rows.drop_duplicates(["province_code", "period_end"], keep="last")
    labelled = chosen.assign(period=[label_of_day(str(day), frequency) for day in chosen["period_end"]])
    aside: tuple[str, ...] = ()
    if held is not None:
        asked = {"indicator": indicator, "frame": frame, "frequency": frequency}
        aside = periods_set_aside(held, set(labelled["period"]), **asked)
    return LayerRows(indicator, frame, labelled, aside)

"""The country's own movement: from counts where the counts are there, from published readings otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.cleaning.editions import choose_figures
from analysis.periods import label_of_day
from analysis.reference.provinces import NATION, provinces, successors

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study

COLUMNS = ("period", "value", "numerator", "denominator", "kind", "n_provinces", "source_id", "raw_location")


def national_trend(
    observations: pd.DataFrame, sources: pd.DataFrame, study: Study, frequency: str
) -> pd.DataFrame:
    """Return the country's figure of the study's outcome in each period, one row a period, in order.

    `kind` says where it is from: `printed` (a national figure of that period, such as a verified total row) or `summed`
    (the counts of the provinces that have them in that period, `n_provinces` of the map's). Columns: period, value,
    numerator, denominator, kind, n_provinces, source_id, raw_location.
    """
    import pandas as pd

    rows = observations[
        (observations["indicator"] == study.outcome)
        & (observations["frequency"] == frequency)
        & (observations["province_frame"] == study.frame)
    ]
    rows = choose_figures(rows, sources).rows
    rows = rows.assign(period=[label_of_day(day, frequency) for day in rows["period_end"]])
    printed = rows[rows["province_code"] == NATION].assign(kind="printed", n_provinces=_size(study.frame))
    counted = rows[
        (rows["province_code"] != NATION) & rows["denominator"].notna() & rows["numerator"].notna()
    ]
    found = printed.drop_duplicates("period")
    if len(counted):
        summed = counted.groupby("period", as_index=False).agg(
            numerator=("numerator", "sum"),
            denominator=("denominator", "sum"),
            n_provinces=("province_code", "nunique"),
        )
        summed["value"] = 100 * summed["numerator"] / summed["denominator"]
        summed = summed.assign(kind="summed", source_id="", raw_location="")
        fresh = summed[~summed["period"].isin(found["period"])]
        found = pd.concat([part for part in (found, fresh) if len(part)])
    found = found[list(COLUMNS)].sort_values("period", ignore_index=True)
    return found.assign(period=found["period"].astype("int64")) if frequency == "A" else found


def national_change(
    observations_rows: pd.DataFrame, first: object, last: object, *, without: str = ""
) -> tuple[float, int] | None:
    """Return how the country moved between two periods of a panel, in percentage points, and from how many provinces.

    From the summed counts of the provinces that have counts in both periods, so that a province missing from one of
    them does not move the figure; `without` leaves one province out. None where fewer than two have.
    """
    rows = observations_rows[
        observations_rows["denominator"].notna() & (observations_rows["province_code"] != without)
    ]
    at = {p: rows[rows["period"] == p].set_index("province_code") for p in (first, last)}
    both = at[first].index.intersection(at[last].index)
    if len(both) < 2:
        return None
    shares = [
        100 * float(at[p].loc[both, "numerator"].sum()) / float(at[p].loc[both, "denominator"].sum())
        for p in (first, last)
    ]
    return shares[1] - shares[0], len(both)


def _size(frame: str) -> int:
    return len(provinces()) if frame == "63" else len(successors())

"""A province's two figures around its decision, and the country over the same dates: what 02 takes apart.

Where figures of whole months, quarters or half-years exist, the pair is the last one before the decision (less the
months of anticipation) and the last one there is, under one definition; the country comes from the counts of the
provinces that have them on both dates. Otherwise the published figures choose the pair (see `before_after`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from analysis.cleaning.editions import choose_figures
from analysis.panels.own_panel import code_on_map
from analysis.panels.published_results import SUMMED
from analysis.panels.set_aside import periods_set_aside
from analysis.panels.starts import find_starts
from analysis.panels.study_panel import BOUNDS
from analysis.periods import MONTHS, label_of_day, last_day_of, shift
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION, Province, by_code, find_province, name_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study

FINEST = ("M", "Q", "S")
FEWEST_COUNTED = 2  # provinces with counts on both dates, below which the country is not summed


@dataclass(frozen=True)
class OwnPair:
    """What to compare.

    Attributes:
        code, name, place: of the province; on the map of 34, of the unit that took it in and the province of that
            name.
        frame: the map.
        indicator: code.
        breaks: ISO days from which the indicator is defined differently.
        decided: ISO day by which the province's decision was taken; empty where none is known.
        precision: how precisely that day is known: day, month, year or before.
        before, after: ISO days of the pair; empty where the published figures are to choose.
        n_counted: provinces whose counts give the country on both dates; 0 where it is as published.
        rows: observations of the map and the country, with the country's summed figures among them.
        set_aside: periods without figures because their files were set aside.
    """

    code: str
    name: str
    place: Province
    frame: str
    indicator: str
    breaks: tuple[str, ...]
    decided: str
    before: str
    after: str
    n_counted: int
    rows: pd.DataFrame
    set_aside: tuple[str, ...] = ()
    precision: str = ""


def choose_pair(
    observations: pd.DataFrame,
    sources: pd.DataFrame,
    targets: pd.DataFrame,
    study: Study,
    province: str,
    *,
    before: str = "",
    after: str = "",
    held: pd.DataFrame | None = None,
) -> OwnPair:
    """Return the pair of a province; `before` and `after`, where given, are taken as they are.

    `held` are figures that the comparison over time set aside; they are only named.

    Raises:
        UnknownProvince: no such province.
    """
    code = code_on_map(province, study.frame)
    breaks = tuple(day.isoformat() for day in find_indicator(study.outcome).breaks)
    starts = find_starts(targets, study, "M")
    start = next((start for start in starts if start.province_code == code), None)
    decided = start.day if start else ""
    whole = _whole_periods(observations, sources, study)
    chosen = (last_day_of(before), last_day_of(after))
    if not before and not after:
        chosen = _around(whole[whole["province_code"] == code], decided, breaks, study) or ("", "")
    nation = _summed(whole, *chosen)
    rows = observations[
        (observations["province_frame"] == study.frame) | (observations["province_code"] == NATION)
    ]
    if nation is not None:
        rows = _with_nation(rows, nation, study.outcome)
    return OwnPair(
        code=code,
        name=name_of(code, study.frame),
        place=_place(province, study.frame),
        frame=study.frame,
        indicator=study.outcome,
        breaks=breaks,
        decided=decided,
        before=chosen[0],
        after=chosen[1],
        n_counted=0 if nation is None else int(nation.attrs["n_counted"]),
        rows=rows,
        precision=start.precision if start else "",
        set_aside=() if held is None else _set_aside(held, whole, study),
    )


def _set_aside(held: pd.DataFrame, whole: pd.DataFrame, study: Study) -> tuple[str, ...]:
    frequencies = whole["frequency"].unique().tolist()
    return tuple(
        period
        for frequency in frequencies
        for period in periods_set_aside(
            held,
            {label_of_day(day, frequency) for day in whole["period_end"].unique()},
            indicator=study.outcome,
            frame=study.frame,
            frequency=frequency,
        )
    )


def _place(province: str, frame: str) -> Province:
    """Return the province whose name stands in texts: on the map of 34 that of the unit it belongs to."""
    place = find_province(province)
    if frame == "63":
        return place
    return next((p for p in by_code().values() if p.name_vi == place.successor_vi), place)


def _whole_periods(observations: pd.DataFrame, sources: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the provinces' figures of the finest frequency that any province has two periods of; one a cell."""
    own = observations[
        (observations["indicator"] == study.outcome)
        & (observations["province_code"] != NATION)
        & (observations["province_frame"] == study.frame)
        & ~observations["qualifier"].isin(BOUNDS)
    ]
    for frequency in FINEST if study.frequency == "finest" else (study.frequency,):
        rows = own[own["frequency"] == frequency]
        if len(rows) and rows.groupby("province_code")["period_end"].nunique().max() >= 2:
            return choose_figures(rows, sources).rows
    return own.iloc[:0]


def _around(own: pd.DataFrame, decided: str, breaks: tuple[str, ...], study: Study) -> tuple[str, str] | None:
    """Return the last days of the two periods, in the stretch of one definition that holds the decision."""
    if own.empty:
        return None
    frequency = str(own["frequency"].iloc[0])
    edges = ["", *sorted(breaks), "9999-12-31"]
    stretches = [
        sorted(day for day in own["period_end"] if low <= day < high) for low, high in pairwise(edges)
    ]
    if not decided:
        longest = max(stretches, key=len)
        return (longest[0], longest[-1]) if len(longest) >= 2 else None
    start = label_of_day(decided, frequency)
    months = study.anticipation_months
    ready = shift(start, (-months) // MONTHS[frequency])
    # Where the anticipation would leave nothing under the decision's own definition, the last period before it serves.
    for limit in (ready, start):
        for days in reversed(stretches):
            earlier = [day for day in days if label_of_day(day, frequency) < limit]
            if earlier and label_of_day(days[-1], frequency) >= start:
                return earlier[-1], days[-1]
    return None


def _summed(whole: pd.DataFrame, before: str, after: str) -> pd.DataFrame | None:
    """Return the country by period from the counts of the provinces that have them on both dates; None for too few."""
    if not before or not after or whole.empty:
        return None
    counted = whole[whole["denominator"].notna() & whole["numerator"].notna()]
    both = set(counted.loc[counted["period_end"] == before, "province_code"]) & set(
        counted.loc[counted["period_end"] == after, "province_code"]
    )
    if len(both) < FEWEST_COUNTED:
        return None
    rows = counted[counted["province_code"].isin(sorted(both))]
    # A period in which one of them is missing would move the country's figure by itself.
    full = rows.groupby("period_end")["province_code"].transform("nunique") == len(both)
    keys = ["period_start", "period_end", "frequency"]
    summed = rows[full].groupby(keys, as_index=False)[["numerator", "denominator"]].sum()
    summed["value"] = 100 * summed["numerator"] / summed["denominator"]
    summed.attrs["n_counted"] = len(both)
    return summed


def _with_nation(rows: pd.DataFrame, nation: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Return observations with the country's summed figures in place of printed ones of the same periods."""
    import pandas as pd

    of_nation = (rows["province_code"] == NATION) & (rows["indicator"] == outcome)
    printed = of_nation & rows["period_end"].isin(nation["period_end"])
    texts = {name: "" for name in rows.columns if rows[name].dtype != "float64"}
    made = nation.assign(
        **texts
        | {name: nation[name] for name in ("period_start", "period_end", "frequency")}
        | {
            "province_code": NATION,
            "province_frame": "63",
            "indicator": outcome,
            "unit": "percent",
            "qualifier": "exact",
            "raw_location": f"{SUMMED} of {nation.attrs['n_counted']} provinces",
        }
    )
    made.attrs = {}
    return pd.concat([rows[~printed], made[list(rows.columns)]], ignore_index=True)

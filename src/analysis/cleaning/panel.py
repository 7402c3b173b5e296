"""From observations to an estimation panel, and from targets to the provinces that were treated."""

from __future__ import annotations

import re
from collections.abc import Collection

import pandas as pd

from analysis.cleaning.words.periods import bounds_of
from analysis.errors import AnalysisError
from analysis.reference.indicators import by_code as codebook
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION
from analysis.reference.spelling import fold_text

TREATING_INDICATORS = ("share_services_with_online_dossiers", "share_dossiers_processed_online")
_AGENCIES = re.compile(r"\b(co quan|so (ban )?nganh|dia phuong|ubnd|uy ban nhan dan|agencies)\b")


class PanelRefused(AnalysisError):
    """The observations do not make one panel; the message names the rows."""


def build_panel(
    observations: pd.DataFrame,
    *,
    indicator: str,
    frequency: str = "A",
    frame: str = "63",
    first: int | None = None,
    last: int | None = None,
    treated: Collection[str] = (),
    first_treated: int | None = None,
    allow_breaks: bool = False,
) -> pd.DataFrame:
    """Return one indicator as a long panel: province_code, period, outcome, treated_from.

    `period` counts years for A; for S, Q and M it is year x 100 + the half-year, quarter or month. `first`
    and `last` bound it, ends included. `treated_from` is Int64, <NA> where a province is not known to be
    treated. Provinces only: the nation's own figures are left out. Unexplained jumps named by the codebook
    inside the window are listed in `attrs["flags"]`.

    Raises:
        UnknownIndicator: the code or name is not in the codebook.
        PanelRefused: mixed units, two values for one province and period, bounds instead of values, a
            definition that broke inside the window, a treated province without rows, or no row at all.
    """
    line = find_indicator(indicator)
    chosen = _choose(observations, line.code, frequency, frame, first, last)
    _refuse_empty(chosen, observations, line.code, frequency, frame)
    _refuse_bounds(chosen)
    _refuse_mixed_units(chosen)
    _refuse_duplicates(chosen)
    if not allow_breaks:
        _refuse_breaks(chosen, line.code)
    _refuse_absent(chosen, treated)
    panel = _lay_out(chosen, treated, first_treated)
    panel.attrs["flags"] = [day.isoformat() for day in line.flags if _inside(chosen, day.isoformat())]
    return panel


def _choose(
    observations: pd.DataFrame, code: str, frequency: str, frame: str, first: int | None, last: int | None
) -> pd.DataFrame:
    """Return the provinces' observations of one indicator, frequency and map, with their period as a number."""
    chosen = observations[
        (observations["indicator"] == code)
        & (observations["province_code"] != NATION)
        & (observations["frequency"] == frequency)
        & (observations["province_frame"] == frame)
    ]
    chosen = chosen.assign(period=count_periods(chosen["period_end"], frequency))
    if first is not None:
        chosen = chosen[chosen["period"] >= first]
    return chosen if last is None else chosen[chosen["period"] <= last]


def _lay_out(chosen: pd.DataFrame, treated: Collection[str], first_treated: int | None) -> pd.DataFrame:
    """Return observations as rows of a panel, by province and period."""
    panel = chosen[["province_code", "period", "value"]].rename(columns={"value": "outcome"})
    start = pd.Series(pd.NA, index=panel.index, dtype="Int64")
    start[panel["province_code"].isin(list(treated))] = first_treated
    return panel.assign(treated_from=start).sort_values(["province_code", "period"], ignore_index=True)


def count_periods(period_end: pd.Series[str], frequency: str) -> pd.Series[int]:
    """Return period ends (ISO dates) as integers: the year, or year x 100 + half-year, quarter or month."""
    months = {"A": 12, "S": 6, "Q": 3, "M": 1}
    if frequency not in months:
        raise PanelRefused(f"No panel of frequency {frequency!r}: expected A, S, Q or M.")
    year, month = period_end.str[:4].astype("int64"), period_end.str[5:7].astype("int64")
    return year if frequency == "A" else year * 100 + (month - 1) // months[frequency] + 1


def treated_provinces(targets: pd.DataFrame, by: str = "2022-08-31", since: str = "2022-01-01") -> list[str]:
    """Return the provinces known to have given their agencies or localities one of the two targets by a day.

    A target counts when it was announced, at the latest, between `since` and `by` and its scope names
    agencies or localities: a wish for the whole province ("toàn tỉnh") binds nobody. The published list of
    such provinces is not complete, so the others are "not known to be treated".
    """
    latest = _latest_day(targets["announced"])
    binding = targets["scope"].map(lambda scope: bool(_AGENCIES.search(fold_text(scope))))
    chosen = targets[
        targets["indicator"].isin(TREATING_INDICATORS) & binding & latest.between(since, by) & _of_63(targets)
    ]
    return sorted(set(chosen["province_code"]))


def day_of_target(targets: pd.DataFrame, province: str) -> str:
    """Return the day by which a province is first known to have set a binding target of its own, else nothing.

    Of an announcement known by its month or year it is the last day; of several, the earliest such day.
    """
    own = targets[(targets["province_code"] == province) & _of_63(targets)]
    binding = own["scope"].map(lambda scope: bool(_AGENCIES.search(fold_text(scope))))
    days = _latest_day(own.loc[binding & own["indicator"].isin(TREATING_INDICATORS), "announced"])
    return min(days, default="")


def doubtful_provinces(targets: pd.DataFrame, by: str = "2022-12-31", since: str = "2021-01-01") -> list[str]:
    """Return provinces outside the treated ones with any target, campaign or fee cut between two days.

    A deadline inside the window counts as well, where the day of announcement is known only to precede it.
    A check of contaminated controls leaves these out, or recodes them as treated.
    """
    inside = _latest_day(targets["announced"]).between(since, by) | targets["deadline"].between(since, by)
    chosen = targets[inside & _of_63(targets)]
    return sorted(set(chosen["province_code"]) - set(treated_provinces(targets)))


def _of_63(targets: pd.DataFrame) -> pd.Series[bool]:
    return (targets["province_code"] != NATION) & (targets["province_frame"] == "63")


def _latest_day(announced: pd.Series[str]) -> pd.Series[str]:
    return announced.map(lambda text: bounds_of(text)[1].isoformat())


def _refuse_empty(
    chosen: pd.DataFrame, everything: pd.DataFrame, code: str, frequency: str, frame: str
) -> None:
    if len(chosen):
        return
    have = everything[(everything["indicator"] == code) & (everything["province_code"] != NATION)]
    kinds = have.groupby(["frequency", "province_frame"], as_index=False).size().to_dict("records")
    found = [f"frequency {k['frequency']}, map {k['province_frame']}: {k['size']} rows" for k in kinds]
    raise PanelRefused(
        f"No row of {code} with frequency {frequency} on the map of {frame} in this window. "
        f"Of provinces there are: {'; '.join(found) or 'none at all'}."
    )


def _refuse_bounds(chosen: pd.DataFrame) -> None:
    bounds = chosen[chosen["qualifier"].isin(["at_least", "at_most", "over"])]
    if len(bounds):
        raise PanelRefused(
            f"{_rows(bounds)} print a bound, not a value. Leave those periods or provinces out."
        )


def _refuse_mixed_units(chosen: pd.DataFrame) -> None:
    units = sorted(set(chosen["unit"]))
    if len(units) > 1:
        odd = chosen[chosen["unit"] != chosen["unit"].mode()[0]]
        raise PanelRefused(
            f"Units are mixed ({', '.join(units)}): {_rows(odd)}. Convert or leave out one of them."
        )


def _refuse_duplicates(chosen: pd.DataFrame) -> None:
    twice = chosen[chosen.duplicated(["province_code", "period"], keep=False)]
    if len(twice):
        raise PanelRefused(
            f"{_rows(twice)} give one province and period twice. Choose one source: filter by source_id."
        )


def _refuse_breaks(chosen: pd.DataFrame, code: str) -> None:
    for day in codebook()[code].breaks:
        if _inside(chosen, day.isoformat()):
            before = chosen[chosen["period_end"] < day.isoformat()]
            after = chosen[chosen["period_end"] >= day.isoformat()]
            raise PanelRefused(
                f"The definition of {code} broke on {day}: {_rows(before)} are older, {_rows(after)} younger."
                " Choose a window on one side, or allow_breaks=True and say so."
            )


def _inside(chosen: pd.DataFrame, day: str) -> bool:
    return bool(chosen["period_end"].min() < day <= chosen["period_end"].max())


def _refuse_absent(chosen: pd.DataFrame, treated: Collection[str]) -> None:
    absent = sorted(set(treated) - set(chosen["province_code"]))
    if absent:
        raise PanelRefused(f"Treated, but without a row in this window: {', '.join(absent)}.")


def _rows(rows: pd.DataFrame) -> str:
    shown = ", ".join(rows["raw_location"].head(4))
    return f"{shown} and {len(rows) - 4} more" if len(rows) > 4 else shown

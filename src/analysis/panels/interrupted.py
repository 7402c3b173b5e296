"""One province's published series, interrupted on a day: is it long enough, and does it bend?

A series is what was published of one indicator, at one frequency, under one definition. Where the nation was
published for the same periods, its figures are taken off first, so that the country's movement is not read as a bend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import RequestError
from analysis.estimation.errors import TooShort, Unbalanced, some
from analysis.estimation.methods.segmented import FEWEST, fit_segments, its, segments
from analysis.estimation.panel.panel import FloatArray
from analysis.estimation.results import Estimate
from analysis.panels.published_results import InterruptedSeries
from analysis.periods import MONTHS
from analysis.reference.provinces import NATION

FREQUENCIES = {"M": "monthly", "Q": "quarterly", "S": "half-yearly", "A": "yearly"}
_VALUES = ("exact", "about")


class NoInterruption(RequestError):
    """There is no day to interrupt the series on."""


@dataclass(frozen=True)
class _Series:
    """Figures by the number of their period; `period` counts months, quarters, half-years or years."""

    frequency: str
    values: pd.Series[float]

    def label(self, period: int) -> str:
        """Write a period: 2022-05, 2022Q2, 2022H1 or 2022."""
        year, part = divmod(period, 12 // MONTHS[self.frequency])
        name = {"M": f"-{part + 1:02d}", "Q": f"Q{part + 1}", "S": f"H{part + 1}", "A": ""}
        return f"{year}{name[self.frequency]}"


def interrupted_series(
    observations: pd.DataFrame,
    *,
    province: str,
    indicator: str,
    start: str,
    breaks: Sequence[str] = (),
    steps: Sequence[str] = (),
    frame: str = "63",
    conf_level: float = 0.95,
) -> InterruptedSeries:
    """Fit a line before a day and another after it to a province's published series; see `its`.

    Args:
        observations: rows in the shape of an observation; levels in percent.
        province, indicator: codes.
        start: ISO date; the period that holds it is the first to count as after.
        breaks: ISO dates from which the indicator is defined differently; the series never reaches across one.
        steps: such dates that the series does reach across, with a change of level of their own.
        frame: the map of provinces, "63" or "34".
        conf_level: level of the intervals.

    Raises:
        NoInterruption: `start` is empty.
        TooShort: fewer than 8 figures of one definition and frequency before or after; the message counts them.
        Unbalanced: a period inside the series has no figure.
    """
    if not start:
        raise NoInterruption(
            "there is no day to interrupt the series on: no target of the province is known. Name a day."
        )
    rows = observations[
        (observations["indicator"] == indicator)
        & observations["qualifier"].isin(_VALUES)
        & ((observations["province_frame"] == frame) | (observations["province_code"] == NATION))
    ]
    rows = rows[_of_one_definition(rows["period_end"], start, breaks)]
    own = _longest(rows[rows["province_code"] == province], start, breaks)
    _refuse_gaps(own)
    nation = _counted(rows[rows["province_code"] == NATION], own.frequency)
    compared = bool(own.values.index.isin(nation.index).all())
    result = its(
        _panel(own.values, nation if compared else None, _first_after(own, start)),
        unit="unit", time="period", outcome="percentage points", treated_from="treated_from",
        conf_level=conf_level, steps=[str(period) for period in _step_periods(own, steps)],
    )  # fmt: skip
    return _with_lines(result, own, nation if compared else None, start, indicator, steps)


def _of_one_definition(ends: pd.Series[str], start: str, breaks: Sequence[str]) -> pd.Series[bool]:
    low = max((day for day in breaks if day <= start), default="")
    high = min((day for day in breaks if day > start), default="9999-12-31")
    return (ends >= low) & (ends < high)


def _longest(rows: pd.DataFrame, start: str, breaks: Sequence[str]) -> _Series:
    """Return the series of the frequency with the most figures on its shorter side.

    Raises:
        TooShort: no frequency has enough on both sides.
    """
    series = [_Series(code, _counted(rows, code)) for code in FREQUENCIES]
    sides = {one.frequency: _sides(one, start) for one in series}
    best = max(series, key=lambda one: (min(sides[one.frequency]), sum(sides[one.frequency])))
    before, after = sides[best.frequency]
    if min(before, after) >= FEWEST:
        return best
    kind = f"{FREQUENCIES[best.frequency]} figures" if before + after else "figures of regular periods"
    inside = f" under the definition of that day (it changed on {some(breaks)})" if breaks else ""
    raise TooShort(
        f"{FEWEST} periods are needed on either side of {start}; of {kind}{inside} there are {before} before "
        f"it and {after} from then on."
    )


def _counted(rows: pd.DataFrame, frequency: str) -> pd.Series[float]:
    """Return the figures of one frequency by the number of their period; of two for one, the first printed."""
    chosen = rows[rows["frequency"] == frequency].sort_values(["period_end", "raw_location"])
    months = chosen["period_end"].str[:4].astype(int) * 12 + chosen["period_end"].str[5:7].astype(int) - 1
    figures = pd.Series(chosen["value"].to_numpy(dtype=float), index=months // MONTHS[frequency])
    return figures[~figures.index.duplicated()]


def _sides(series: _Series, start: str) -> tuple[int, int]:
    after = int((series.values.index >= _first_after(series, start)).sum())
    return len(series.values) - after, after


def _step_periods(series: _Series, steps: Sequence[str]) -> list[int]:
    """Return the first periods that hold, or come after, a step; those outside the series change nothing in it."""
    found = {_first_after(series, day) for day in steps}
    return sorted(
        period for period in found if series.values.index.min() < period <= series.values.index.max()
    )


def _first_after(series: _Series, start: str) -> int:
    return (int(start[:4]) * 12 + int(start[5:7]) - 1) // MONTHS[series.frequency]


def _refuse_gaps(series: _Series) -> None:
    there = series.values.index
    missing = [series.label(period) for period in range(there.min(), there.max()) if period not in there]
    if missing:
        raise Unbalanced(
            f"an interrupted series needs a figure for every period; {some(missing)} have none. Find them, or "
            "name a window without the gap."
        )


def _panel(own: pd.Series[float], nation: pd.Series[float] | None, start: int) -> pd.DataFrame:
    """Lay out the province, treated from `start`, and the nation, where it is compared, as a panel."""
    units = {"province": (own, start)} | ({} if nation is None else {"nation": (nation[own.index], None)})
    parts = [
        pd.DataFrame(
            {
                "unit": name,
                "period": figures.index,
                "percentage points": figures.to_numpy(),
                "treated_from": since,
            }
        )
        for name, (figures, since) in units.items()
    ]
    return pd.concat([part.astype({"treated_from": "Int64"}) for part in parts], ignore_index=True)


def _with_lines(
    result: Estimate,
    own: _Series,
    nation: pd.Series[float] | None,
    start: str,
    indicator: str,
    steps: Sequence[str],
) -> InterruptedSeries:
    periods = own.values.index
    series: FloatArray = np.array(own.values, dtype=np.float64)
    if nation is not None:
        series = series - np.array(nation[periods], dtype=np.float64)
    first = int((periods < _first_after(own, start)).sum())
    stepped = [int((periods < period).sum()) for period in _step_periods(own, steps)]
    coefficients, _, _ = fit_segments(series, first, stepped)
    laid_out = segments(len(series), first, stepped)
    # Carried on is the earlier line with the definition as it then was.
    earlier = laid_out * np.array([1.0, 1.0, 0.0, 0.0, *(1.0 for _ in stepped)])
    return InterruptedSeries(
        estimate=result,
        indicator=indicator,
        start=own.label(int(periods[first])),
        periods=tuple(own.label(int(period)) for period in periods),
        observed=tuple(map(float, series)),
        fitted=tuple(map(float, laid_out @ coefficients)),
        carried_on=tuple(map(float, earlier @ coefficients)),
        compared=nation is not None,
    )

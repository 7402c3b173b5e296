"""What published figures of one place give: its change taken apart, its interrupted series, or why there is neither."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.estimation.results import Estimate

SUMMED = "summed from the counts"  # how the place of a figure begins that was summed and not printed


@dataclass(frozen=True)
class Point:
    """One figure: a level in percent on a date, and where it was printed or from what it was summed."""

    date: str
    value_pct: float
    qualifier: str
    source_id: str
    raw_location: str

    @property
    def is_summed(self) -> bool:
        """Tell whether the figure was not printed but summed from the provinces' counts."""
        return self.raw_location.startswith(SUMMED)

    @classmethod
    def from_row(cls, row: Mapping[Hashable, Any]) -> Point:
        """Return the point that a row in the shape of an observation prints."""
        return cls(
            date=str(row["period_end"])[:10],
            value_pct=float(row["value"]),
            qualifier=str(row["qualifier"]),
            source_id=str(row["source_id"]),
            raw_location=str(row["raw_location"]),
        )


@dataclass(frozen=True)
class NationalReading:
    """How much the comparison may have moved between the two dates, under one named reading.

    `reading` is one of `observed`, `linear` (or `linear_points`, `linear_relative` where it hangs on how a printed
    change is meant), `year_on_year`, `pace_points`, `pace_printed_relative`, `pace_printed_month`,
    `pace_printed_days`, `never_fell`. `uncut_pp` is what the reading alone would give, where all figures together
    leave less room or ask for more. `start_pct` is the level on the first date, of an even rise; `turns` are the
    two levels between which it rises (qualifier `implied` where a printed change gives them), of `never_fell` the
    floor before and the cap after. `since` is the ISO date that a printed change is compared with.
    """

    reading: str
    change_pp: float
    pace_pp_per_month: float | None
    points: tuple[Point, ...]
    uncut_pp: float | None = None
    start_pct: float | None = None
    turns: tuple[Point, ...] = ()
    since: str = ""


@dataclass(frozen=True)
class NotAvailable:
    """A result that cannot be had from the figures there are, and the reason.

    `reason` is one of `no_figures`, `one_figure`, `definition_broke`, `figures_disagree`,
    `no_pair_around_decision`, `no_national_figures`, `no_national_figures_around`; `points` are the figures found.
    """

    method: str
    reason: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class BeforeAfter:
    """A province's change between two published figures, taken apart into the country's movement and what is left.

    The country moved by between `tide_low_pp` and `tide_high_pp` where its figures were not published on the two
    dates; what is left of the change lies between `rest_low_pp` and `rest_high_pp`. `tides` are the readings.
    """

    province_code: str
    indicator: str
    before: Point
    after: Point
    change_pp: float
    months: float
    tides: tuple[NationalReading, ...]
    tide_low_pp: float
    tide_high_pp: float
    rest_low_pp: float
    rest_high_pp: float
    worst_tide_pp: float | None
    notes: tuple[str, ...] = ()
    method: str = "before-after"
    estimand: str = "the province's change minus the national change over the same dates, percentage points"
    unit: str = "percentage points"


@dataclass(frozen=True)
class InterruptedSeries:
    """A segmented regression of one series and what it is drawn from: an entry a period in each of the three.

    `observed`, `fitted` and `carried_on` (the earlier line, had it gone on) are in percent, or in percentage
    points less the nation's figures where `compared`; `start` is the first period counted as after.
    """

    estimate: Estimate
    indicator: str
    start: str
    periods: tuple[str, ...]
    observed: tuple[float, ...]
    fitted: tuple[float, ...]
    carried_on: tuple[float, ...]
    compared: bool

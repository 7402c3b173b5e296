"""What can be chosen, and the data behind it: indicators with enough figures, their years, the two groups."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.cleaning import processed
from analysis.cleaning.panel import PanelRefused, build_panel, doubtful_provinces, treated_provinces
from analysis.estimation.errors import some
from analysis.reference.indicators import find_indicator
from analysis.reference.papi import SUFFIXES
from analysis.reference.provinces import NATION, Province, by_code
from analysis.reporting.numbers import format_date

METHODS = ("before-after", "did", "event-study", "synthetic-control")
PUBLISHED = "share_services_with_online_dossiers"
INTERNET = "papi_d82_internet_access"
FIRST_TREATED = 2022
# A panel of fewer provinces a year, or fewer years, carries none of the methods.
ENOUGH_PROVINCES, ENOUGH_YEARS = 30, 3


@dataclass(frozen=True)
class Choice:
    """What is looked at: a province, an indicator's code, the first and last year, and a method."""

    province: Province
    indicator: str
    first: int
    last: int
    method: str

    @property
    def years(self) -> str:
        """The window in words."""
        return f"{self.first}–{self.last}" if self.first < self.last else str(self.first)


@dataclass(frozen=True)
class Ground:
    """The cleaned tables, and for each indicator with enough figures its first and last year."""

    observations: pd.DataFrame
    treated: tuple[str, ...]
    doubtful: tuple[str, ...]
    years: dict[str, tuple[int, int]]

    def window(self, code: str) -> tuple[int, int]:
        """Return the years to begin with: all of them, or those since the last change of a survey's definition."""
        first, last = self.years[code]
        breaks = [day.year for day in find_indicator(code).breaks if code != PUBLISHED]
        return max([first, *(year for year in breaks if first < year < last)]), last

    def panel(self, choice: Choice, treated: tuple[str, ...], leave_out: set[str]) -> pd.DataFrame:
        """Return the panel of a window with a column of names, so that messages name provinces.

        Raises:
            PanelRefused: the indicator is no yearly panel, a treated province has no figure in the window, or
                the definition broke inside it.
        """
        self._refuse_unfit(choice, treated)
        panel = build_panel(
            self.observations,
            indicator=choice.indicator,
            first=choice.first,
            last=choice.last,
            treated=treated,
            first_treated=FIRST_TREATED,
        )
        panel = panel.assign(province=panel["province_code"].map(lambda code: by_code()[code].name_vi))
        return panel[~panel["province_code"].isin(leave_out)]

    def _refuse_unfit(self, choice: Choice, treated: tuple[str, ...]) -> None:
        rows = self.observations[self.observations["indicator"] == choice.indicator]
        present = set(rows.loc[years_of(rows).between(choice.first, choice.last), "province_code"]) - {NATION}
        if choice.indicator == PUBLISHED:
            raise PanelRefused(
                f"figures of {len(present)} of 63 provinces were published in {choice.years}, on single dates; "
                "the method compares a yearly figure of every province."
            )
        broke = [
            day for day in find_indicator(choice.indicator).breaks if choice.first < day.year <= choice.last
        ]
        if broke:
            raise PanelRefused(
                f"the definition changed on {format_date(broke[0].isoformat(), 'en')}; figures from before and "
                "after that day are of two different things. Choose years on one side."
            )
        if absent := [by_code()[code].name_vi for code in treated if code not in present]:
            raise PanelRefused(f"in {choice.years} there is no figure of {some(absent)}. Choose other years.")

    def reading(self, choice: Choice) -> str:
        """Say what has to be known of an indicator before its differences are read."""
        if choice.indicator != INTERNET:
            return ""
        return "Targets cannot move this outcome within a year: a difference here is one that targets did not make. "

    def role(self, place: Province) -> str:
        """Say on which side of the comparison a province stands."""
        if place.code in self.treated:
            return f"{place.name_vi} is one of the provinces known to have set targets."
        doubt = (
            " (it had some target, campaign or fee cut in 2021–2022)" if place.code in self.doubtful else ""
        )
        return f"{place.name_vi} is among the others: not known to have set targets{doubt}."

    def advice(self, choice: Choice) -> str:
        """Name the indicators a method can use, where the chosen one is not among them."""
        fits = [code for code in self.years if (code == PUBLISHED) == (choice.method == "before-after")]
        if choice.indicator in fits:
            return "Other years, another province or another method may do."
        names = "; ".join(find_indicator(code).name_en for code in fits)
        return f"For {choice.method} choose as indicator: {names}."


def read_ground() -> Ground:
    """Read the cleaned tables and find the indicators with enough figures to look at."""
    observations, targets = processed.observations(), processed.targets()
    return Ground(
        observations,
        tuple(treated_provinces(targets)),
        tuple(doubtful_provinces(targets)),
        _spans(observations),
    )


def _spans(observations: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return first and last year of the yearly panels and of the published share."""
    rows = observations.assign(year=years_of(observations))
    yearly = rows[
        (rows["frequency"] == "A") & (rows["province_code"] != NATION) & (rows["province_frame"] == "63")
    ]
    filled = yearly.groupby(["indicator", "year"])["province_code"].nunique().reset_index()
    filled = filled[filled["province_code"] >= ENOUGH_PROVINCES]
    found: dict[str, tuple[int, int]] = {}
    for code, years in filled.groupby("indicator")["year"]:
        if len(years) >= ENOUGH_YEARS and not str(code).endswith(tuple(SUFFIXES)):
            found[str(code)] = (int(years.min()), int(years.max()))
    published = rows.loc[rows["indicator"] == PUBLISHED, "year"]
    if len(published):
        found[PUBLISHED] = (int(published.min()), int(published.max()))
    return found


def years_of(rows: pd.DataFrame) -> pd.Series[int]:
    """Return the year in which each row's period ends."""
    return rows["period_end"].str[:4].astype("int64")

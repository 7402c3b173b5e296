"""What the index knows of the provinces beside their briefs: survey shares, changes, status, and where from."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.errors import AnalysisError
from analysis.panels.newest_figures import Newest
from analysis.reference import indicators
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import Province, provinces, successors
from analysis.reporting.evidence import share_pct
from analysis.reporting.site_briefs import MadeBrief, Rise
from analysis.reporting.site_measures import STATUSES

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.starts import Start
    from analysis.panels.study_panel import StudyPanel

SURVEY = "papi_d81_portal_access"
COLUMNS = (
    "province_code", "province_frame", "name_vi", "name_en", "status", "survey_year", "survey_share_pct",
    "survey_base_year", "survey_change_pp", "survey_raw_rows", "published_change_pp", "published_before",
    "published_after", "published_raw_rows",
)  # fmt: skip


PRESS = "press"
SHORT_NAMES = {
    "share_services_with_online_dossiers": "services",
    "share_dossiers_processed_online": "dossiers",
}
NEWEST_COLUMNS = ("newest_pct", "newest_period", "newest_raw_row")


class SurveyMissing(AnalysisError):
    """The survey has no row, so there is nothing to colour the map by."""


@dataclass(frozen=True)
class SiteData:
    """The frames behind the index.

    `survey` has one row a province and year (`province_code, period, outcome`: PAPI 8.1, score, and `treated_from`);
    `dates` frame its comparison (see `Evidence.dates`); `observations` is the cleaned table; `treated` and `doubtful`
    are codes on the 63-unit map; `tables` are the files to lie under `data/`, by their name there.

    `answers` are those of the studies with their panels, the strongest evidence first and the survey last; `stated_by`
    says by code who states the decision of a treated province; `decided_34` are the decisions on the 34-unit map;
    `newest` holds the newest figures of each headline indicator and map for which most provinces have one; `stale` are
    the codes of the provinces whose briefs would be made anew.
    """

    survey: pd.DataFrame
    observations: pd.DataFrame
    treated: tuple[str, ...]
    doubtful: tuple[str, ...]
    dates: Mapping[str, str]
    tables: Mapping[str, Path]
    answers: tuple[tuple[StudyPanel, StudyAnswer], ...] = ()
    stated_by: Mapping[str, str] = field(default_factory=dict)
    decided_34: Mapping[str, Start] = field(default_factory=dict)
    newest: tuple[Newest, ...] = ()
    stale: frozenset[str] = frozenset()

    @property
    def base_year(self) -> int:
        """The last year before the first treated one: changes are counted from it.

        Raises:
            SurveyMissing: there is no row.
        """
        self._refuse_empty()
        return int(self.survey["treated_from"].dropna().min()) - 1

    @cached_property
    def year(self) -> int:
        """The latest year of the survey.

        Raises:
            SurveyMissing: there is no row.
        """
        self._refuse_empty()
        return int(self.survey["period"].max())

    def _refuse_empty(self) -> None:
        if self.survey.empty:
            raise SurveyMissing(
                f"no row of {SURVEY}, 63-unit map, found. Look at data/raw/papi; run dvctt clean."
            )

    def shares_pct(self, year: int) -> dict[str, float]:
        """Return the percent of respondents who used the provincial portal in a year, by province code."""
        rows = self.survey[self.survey["period"] == year].dropna(subset=["outcome"])
        pairs = zip(rows["province_code"], rows["outcome"], strict=True)
        return {str(code): share_pct(float(score)) for code, score in pairs}

    def changes_pp(self) -> dict[str, float]:
        """Return the change since the year before targets, by province code; figures of both years are needed."""
        before, after = self.shares_pct(self.base_year), self.shares_pct(self.year)
        return {code: after[code] - before[code] for code in after if code in before}

    def statuses(self) -> dict[str, str]:
        """Return `set`, `doubtful` or `not_known` for every province."""
        kinds = dict.fromkeys((province.code for province in provinces()), STATUSES[2])
        return kinds | dict.fromkeys(self.doubtful, STATUSES[1]) | dict.fromkeys(self.treated, STATUSES[0])

    def newest_on(self, frame: str) -> dict[str, Newest]:
        """Return the newest figures on one map by the short name of their indicator: `services`, `dossiers`."""
        return {SHORT_NAMES[one.indicator]: one for one in self.newest if one.frame == frame}

    def tells_who(self) -> bool:
        """Tell whether others than the press state decisions, so that it has to be said of each who does."""
        return any(who != PRESS for who in self.stated_by.values())

    def jumps(self) -> list[int]:
        """Return the years after the base year from which the survey's level jumped, explained by nobody."""
        flags = indicators.by_code()[SURVEY].flags
        return [day.year for day in flags if self.base_year < day.year <= self.year]

    def access_date(self) -> str:
        """Return the latest day on which a raw file was accessed; raw folders are named after it."""
        days = self.observations["raw_location"].str.extract(r"/(\d{4}-\d{2}-\d{2})/")[0]
        return str(days.dropna().max())

    def sides_about(self, rise: Rise) -> frozenset[str]:
        """Return the sides (`before`, `after`) of a rise of which the publisher wrote “about”."""
        rows = self._row_of("qualifier")
        sides = {"before": rise.before, "after": rise.after}
        return frozenset(side for side, reading in sides.items() if rows.get(reading.raw_location) == "about")

    def is_outdated(self, brief: MadeBrief) -> bool:
        """Tell whether a brief says other numbers than the tables do now, having been made before they changed."""
        if brief.survey_year is not None and brief.survey_pct is not None:
            now = self.shares_pct(brief.survey_year).get(brief.province_code)
            if now is None or abs(now - brief.survey_pct) > 1e-6:  # results.json keeps every digit
                return True
        readings = (brief.rise.before, brief.rise.after) if brief.rise else ()
        values = self._row_of("value")
        return any(values.get(reading.raw_location) != reading.value_pct for reading in readings)

    def _row_of(self, column: str) -> dict[str, object]:
        one_figure_a_row = self.observations.drop_duplicates("raw_location", keep=False)
        return dict(zip(one_figure_a_row["raw_location"], one_figure_a_row[column], strict=True))


def in_order() -> list[Province]:
    """Return the provinces in the order of the Vietnamese alphabet."""
    return sorted(provinces(), key=lambda province: sort_key(province.name_vi))


def table_of_provinces(data: SiteData, briefs: Mapping[str, MadeBrief]) -> str:
    """Return the numbers of the index as CSV, a row a province, each with the raw rows it came from."""
    newest = data.newest_on("63")
    told = ("status_stated_by",) if data.tells_who() else ()
    text = io.StringIO()
    table = csv.DictWriter(text, (*COLUMNS, *told, *_newest_names(newest)), restval="", lineterminator="\n")
    table.writeheader()
    shares, changes, statuses = data.shares_pct(data.year), data.changes_pp(), data.statuses()
    for province in in_order():
        code = province.code
        row: dict[str, object] = {
            "province_code": code, "province_frame": "63", "name_vi": province.name_vi,
            "name_en": province.name_en, "status": statuses[code], "survey_year": data.year,
            "survey_base_year": data.base_year, "survey_raw_rows": _survey_rows(data, code),
        }  # fmt: skip
        if code in shares:
            row["survey_share_pct"] = round(shares[code], 4)
        if code in changes:
            row["survey_change_pp"] = round(changes[code], 4)
        row |= {name: data.stated_by.get(code, "") for name in told}
        rise = briefs[code].rise if code in briefs else None
        table.writerow(row | (_rise_columns(rise) if rise else {}) | _newest_columns(newest, code))
    return text.getvalue()


def table_of_units(data: SiteData) -> str:
    """Return the newest figures of the 34 provinces as CSV, a row a province, each with its raw row."""
    newest = data.newest_on("34")
    text = io.StringIO()
    names = ("province_code", "province_frame", "name_vi", "decided", "stated_by", *_newest_names(newest))
    table = csv.DictWriter(text, names, restval="", lineterminator="\n")
    table.writeheader()
    for code, name in units_in_order():
        row: dict[str, object] = {"province_code": code, "province_frame": "34", "name_vi": name}
        start = data.decided_34.get(code)
        told = {"decided": start.day, "stated_by": start.stated_by} if start else {}
        table.writerow(row | told | _newest_columns(newest, code))
    return text.getvalue()


def units_in_order() -> list[tuple[str, str]]:
    """Return code and name of the 34 provinces in the order of the Vietnamese alphabet."""
    return sorted(successors().items(), key=lambda unit: sort_key(unit[1]))


def _newest_names(newest: Mapping[str, Newest]) -> list[str]:
    return [f"{kind}_{column}" for kind in newest for column in NEWEST_COLUMNS]


def _newest_columns(newest: Mapping[str, Newest], code: str) -> dict[str, object]:
    """Return a province's own newest figure of each indicator, which may be older than the newest of all."""
    row: dict[str, object] = {}
    for kind, one in newest.items():
        figure = one.figures.get(code)
        if figure:
            cells = (round(figure.value, 4), figure.period, figure.raw_location)
            row |= zip((f"{kind}_{column}" for column in NEWEST_COLUMNS), cells, strict=True)
    return row


def _survey_rows(data: SiteData, code: str) -> str:
    rows = data.observations
    years = (str(data.base_year), str(data.year))
    chosen = rows[
        (rows["indicator"] == SURVEY)
        & (rows["province_code"] == code)
        & rows["period_end"].astype(str).str[:4].isin(years)
    ]
    return "; ".join(str(place) for place in chosen["raw_location"])


def _rise_columns(rise: Rise) -> dict[str, object]:
    return {
        "published_change_pp": rise.change_pp,
        "published_before": rise.before.date,
        "published_after": rise.after.date,
        "published_raw_rows": f"{rise.before.raw_location}; {rise.after.raw_location}",
    }

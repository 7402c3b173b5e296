"""What a brief is made from, and how its raw rows are cited in the ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.estimation.results import Estimate
from analysis.panels.published_results import BeforeAfter, NotAvailable, Point
from analysis.reference.provinces import Province
from analysis.reporting.ledger import Entry, Ledger, printed_digits

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.reporting.panel_findings import PanelFindings

FEW_FILES = 3  # more files of one folder are cited as the folder
FEW_RANGES = 12  # lines of a file in more pieces are cited from the first to the last
PERCENT, POINTS, POINTS_A_MONTH = "percent", "percentage points", "percentage points a month"
DAYS_PER_MONTH = 365.25 / 12
# PAPI 8.1 = 1/3 + 3 × share of respondents (from 2019 on), so one score point is 100/3 percentage points.
PP_PER_SCORE = 100 / 3
SCORE_AT_ZERO = 1 / 3


@dataclass(frozen=True)
class Evidence:
    """Everything a brief says rests on these: results, the survey panel, and the tables of raw rows.

    `survey` has one row a province and year: `province_code, period, outcome` (PAPI 8.1, score) and
    `treated_from`; `without` is the effect without the doubtful provinces among the controls. `treated` and
    `doubtful` are codes on the 63-unit map; `nation` are the country's published levels of the share of services
    with online dossiers, in order of date; `dates` frame the survey's comparison, by name. `with_doubtful` is what is
    published, read with the nation's figure `held_back`, whose source does not say which share it is. `decided` is the
    ISO day by which the province is known to have set a target of its own, at any time; empty where none is known.
    `panels` are the province panels of headline indicators, the strongest first, each seen from this province.
    `answer` is the survey's whole answer, which says what is found within regions where those that decided lie
    together.
    """

    province: Province
    published: BeforeAfter | NotAvailable
    effect: Estimate
    events: Estimate
    control: Estimate
    without: Estimate
    draws: int
    survey: pd.DataFrame
    observations: pd.DataFrame
    targets: pd.DataFrame
    sources: pd.DataFrame
    treated: tuple[str, ...]
    doubtful: tuple[str, ...]
    nation: tuple[Point, ...]
    dates: Mapping[str, str]
    with_doubtful: BeforeAfter | NotAvailable | None = None
    held_back: Point | None = None
    decided: str = ""
    panels: tuple[PanelFindings, ...] = ()
    answer: StudyAnswer | None = None

    @property
    def has_new_figures(self) -> bool:
        """Tell whether panels on the map of 34 hold figures of what the province is part of today."""
        return any(len(one.own) > 0 for one in self.panels if one.panel.study.frame == "34")

    @property
    def within(self) -> Estimate | None:
        """Return the survey's effect judged within regions; None where those that decided do not lie together."""
        return None if self.answer is None else self.answer.within_regions.get(self.answer.headline)

    @property
    def fullest_region(self) -> tuple[int, int, str]:
        """Return how many of those that decided lie in the region with most, its provinces, its name in English."""
        checks = () if self.answer is None else self.answer.checks
        rows = next(check.table for check in checks if check.name == "where the treated lie")
        most = max(rows, key=lambda row: int(row["treated"]))
        return int(most["treated"]), int(most["units"]), str(most["region"])

    @property
    def status(self) -> str:
        """Is the province among those that set targets? `set`, `later` than those compared, `doubtful`, `not_known`."""
        code = self.province.code
        if code in self.treated:
            return "set"
        if self.decided > self.dates["known_by"]:
            return "later"
        return "doubtful" if code in self.doubtful else "not_known"

    def known_from(self, codes: tuple[str, ...]) -> str:
        """Return `press` where the press says of each of these provinces that it set a target, else `known`.

        Rows that do not say who states the decision are of the press where our own compilation of articles has them.
        """
        rows = self.targets[self.targets["province_code"].isin(codes)]
        compiled = rows["raw_location"].str.contains("/target-setting/|/published-figures/")
        if "stated_by" in rows:
            compiled = (rows["stated_by"] == "press") | ((rows["stated_by"] == "") & compiled)
        return "press" if set(codes) <= set(rows.loc[compiled, "province_code"]) else "known"

    @property
    def accessed(self) -> str:
        """Return the latest day on which a raw file of the evidence was accessed: its folder is named after it."""
        frames = [self.observations, *(one.panel.rows for one in self.panels)]
        days = pd.concat([rows["raw_location"].str.extract(r"/(\d{4}-\d{2}-\d{2})/")[0] for rows in frames])
        return str(days.max())

    def source(self, source_id: str) -> dict[str, Any] | None:
        """Return the line of the sources table for an id."""
        return self._lines.get(source_id)

    @cached_property
    def _lines(self) -> dict[str, dict[str, Any]]:
        first = self.sources.drop_duplicates("source_id").to_dict("records")
        return {str(line["source_id"]): {str(k): v for k, v in line.items()} for line in first}


def enter_point(ledger: Ledger, evidence: Evidence, name: str, point: Point) -> None:
    """Enter a published figure as `<name>_value` and its date as `<name>_date`."""
    key = ledger.cite(evidence.source(point.source_id), point.raw_location)
    digits = printed_digits(point.value_pct)
    ledger.add(Entry(f"{name}_value", point.value_pct, PERCENT, digits, "printed", sources=(key,)))
    ledger.date(f"{name}_date", point.date, key)


def cite_survey(
    ledger: Ledger, evidence: Evidence, indicator: str, province: str | None = None
) -> tuple[str, ...]:
    """Cite the survey's raw rows in the panel's years, all provinces or one."""
    rows = evidence.observations[evidence.observations["indicator"] == indicator]
    years = rows["period_end"].astype(str).str[:4].astype(int)
    rows = rows[years.between(evidence.survey["period"].min(), evidence.survey["period"].max())]
    if province:
        rows = rows[rows["province_code"] == province]
    return cite_rows(ledger, evidence, rows)


def cite_targets(ledger: Ledger, evidence: Evidence, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Cite the raw rows of the target-setting table for these provinces."""
    rows = evidence.targets[evidence.targets["province_code"].isin(codes)]
    rows = rows[~rows["raw_location"].str.contains("/published-figures/")]
    return cite_rows(ledger, evidence, rows)


def cite_rows(ledger: Ledger, evidence: Evidence, rows: pd.DataFrame) -> tuple[str, ...]:
    """Cite rows as one block a file, under the first row's publication and the number of its others.

    Many files of one folder are cited as the folder: a table a month would give a number as many sources as months.
    """
    files = rows["raw_location"].map(file_of)
    folders = files.str.rpartition("/")[0]
    n_files = files.groupby(folders).nunique()
    keys = []
    for folder, inside in rows.groupby(folders, sort=True):
        if n_files[folder] > FEW_FILES:
            blocks = {f"{folder}/": inside}
        else:
            blocks = {
                _block(file, own): own for file, own in inside.groupby(files.loc[inside.index], sort=True)
            }
        for block, own in blocks.items():
            places = [str(text) for text in own["raw_location"]]
            # Of a folder any one publication stands for all; of a file that of its first line.
            first = min(places) if block.endswith("/") else min(places, key=_split_location)
            source = evidence.source(str(own["source_id"].iloc[places.index(first)]))
            keys.append(ledger.cite(source, block, others=own["source_id"].nunique() - 1))
    return tuple(keys)


@lru_cache(maxsize=65_536)
def file_of(location: str) -> str:
    """Return the file of a raw location: `file:line` of a text, `file!sheet!cell` of a workbook."""
    return re.sub(r":\d+$", "", location).split("!")[0]


def _block(file: str, rows: pd.DataFrame) -> str:
    """Write the rows of a text as `file:2-64,66`; of a workbook, whose cells results.json need not list, its name."""
    locations = [str(text) for text in rows["raw_location"]]
    if not all(re.search(r":\d+$", text) for text in locations):
        return file
    block = compress_locations(locations)[0]
    ranges = block.rpartition(":")[2].split(",")
    if len(ranges) <= FEW_RANGES:
        return block
    return f"{file}:{ranges[0].split('-')[0]}-{ranges[-1].split('-')[-1]}"


def compress_locations(locations: list[str]) -> list[str]:
    """Join `file:line` locations of one file into `file:2-64,66`, one text a file, in order."""
    pairs = sorted({_split_location(text) for text in locations})
    return [
        f"{file}:{_ranges([line for _, line in group])}"
        for file, group in groupby(pairs, key=lambda pair: pair[0])
    ]


def share_pct(score: float) -> float:
    """Turn a PAPI 8.1 score into the percent of respondents behind it (2019 on)."""
    return (score - SCORE_AT_ZERO) * PP_PER_SCORE


def days_between(start: str, end: str) -> int:
    """Return the days from one ISO date to another."""
    return (date.fromisoformat(end) - date.fromisoformat(start)).days


def _split_location(text: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.*):(\d+)", text)
    return (match[1], int(match[2])) if match else (text, 0)


def _ranges(lines: list[int]) -> str:
    """Write line numbers as ranges: 2,3,4,9 becomes 2-4,9."""
    parts = []
    for _, group in groupby(enumerate(lines), key=lambda pair: pair[1] - pair[0]):
        run = [line for _, line in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return ",".join(parts)

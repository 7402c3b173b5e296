"""Observations, targets and a study become a panel: the one way from data to estimators.

What a panel leaves out is listed in it: gaps, figures replaced or undecided, bounds, provinces treated before the
window. Nothing is filled.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.cleaning.editions import choose_figures
from analysis.panels.panel_rows import find_gaps, lay_out
from analysis.panels.panel_rows import indicators_of as indicators_of
from analysis.panels.refusals import (
    PanelRefused,
    refuse_empty,
    refuse_mixed_units,
    refuse_other_periods,
    refuse_without_provinces,
    shown_rows,
    what_there_is,
)
from analysis.panels.set_aside import periods_set_aside
from analysis.panels.starts import Start, doubtful_provinces, find_starts, place_name
from analysis.panels.unit_rows import unit_tables
from analysis.periods import MONTHS, label_of_day, shift
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import NATION, provinces, successors

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study

BOUNDS = ("at_least", "at_most", "over")
# Percentage points in one unit of an outcome. PAPI 8.1 is 1/3 + 3 × share of respondents (from 2019 on).
POINTS_PER_UNIT = {"papi_d81_portal_access": 100 / 3}
ZEROS = {"papi_d81_portal_access": 1 / 3}  # the outcome where the share is zero


@dataclass(frozen=True)
class StudyPanel:
    """The panel of a study and everything that went into it or was left out of it.

    Attributes:
        study: what was asked.
        frequency: M, Q, S or A.
        unit: of the outcome: percent, score, …
        rows: one row a province (of a study of units: a unit, its code as province_code) and period with a figure:
            province_code, province, period, outcome, treated_from,
            numerator, denominator, weight, dose, source_id, raw_location. Periods are whole numbers for years and texts
            such as 2022-06 or 2022Q2 otherwise; `treated_from` is missing where a province is not known to be treated
            within the window.
        starts: of the treated provinces that have figures; those that start after the window, or after their own last
            figure, count as untreated in it.
        too_early: provinces that start so early that no period before is left to compare with, once the months of
            anticipation are taken off; they are left out.
        absent: treated provinces without any figure in the window.
        doubtful: provinces whose place among the controls is doubtful.
        gaps: province_code, period of cells without a figure, inside the window.
        left_out: observations not used, with `why`: a bound, replaced by another figure, undecided.
        nation: the country by period, see `analysis.panels.national_trend`.
        breaks_inside: ISO days inside the window from which the outcome is defined differently.
        flags_inside: days of jumps inside the window that nobody explained.
        notes: what else is to be said, in English.
        set_aside: periods of the window without figures because their files were set aside, see `panels.set_aside`.
    """

    study: Study
    frequency: str
    unit: str
    rows: pd.DataFrame
    starts: tuple[Start, ...]
    too_early: tuple[Start, ...]
    absent: tuple[Start, ...]
    doubtful: tuple[str, ...]
    gaps: pd.DataFrame
    left_out: pd.DataFrame
    nation: pd.DataFrame
    breaks_inside: tuple[str, ...]
    flags_inside: tuple[str, ...]
    notes: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        """Return the words that estimators take the rows by; units are the provinces' codes."""
        words = {
            "unit": "province_code",
            "time": "period",
            "outcome": "outcome",
            "treated_from": "treated_from",
        }
        return words | ({"weights": "weight"} if self.study.weights != "none" else {})

    def name_of(self, code: str) -> str:
        """Return the name of a province or unit by its code."""
        if not self.study.units:
            return place_name(code, self.study)
        return self.names.get(code, code)

    @cached_property
    def names(self) -> dict[str, str]:
        """Return the names of the panel's provinces or units by code."""
        return dict(zip(self.rows["province_code"], self.rows["province"], strict=True))

    @cached_property
    def treated(self) -> tuple[str, ...]:
        """Return the codes of the provinces that are treated inside the window."""
        return tuple(sorted(set(self.rows.loc[self.rows["treated_from"].notna(), "province_code"])))

    @property
    def is_staggered(self) -> bool:
        """Tell whether treated provinces start in different periods."""
        return int(self.rows["treated_from"].dropna().nunique()) > 1

    @property
    def is_share(self) -> bool:
        """Tell whether the outcome is a share in percent, bounded by 0 and 100."""
        return self.unit == "percent"

    @property
    def points_per_unit(self) -> float | None:
        """Return the percentage points in one unit of the outcome; None where it measures no share."""
        return 1.0 if self.is_share else POINTS_PER_UNIT.get(self.study.outcome)

    @property
    def level_name(self) -> str:
        """Return the column of `levels` that holds the outcome: its unit, or percentage points of a share."""
        return self.unit if self.points_per_unit is None else "percentage points"

    @cached_property
    def levels(self) -> pd.DataFrame:
        """Return the rows with the outcome once more as `level_name`: a share in percent, whatever its unit."""
        zero = ZEROS.get(self.study.outcome, 0.0)
        return self.rows.assign(
            **{self.level_name: (self.rows["outcome"] - zero) * (self.points_per_unit or 1.0)}
        )

    @property
    def level_columns(self) -> dict[str, Any]:
        """Return the words that estimators take `levels` by; units are the provinces' names."""
        return self.columns | {"unit": "province", "outcome": self.level_name}

    @property
    def anticipation(self) -> int:
        """Return the periods before each start that are left out of the comparison."""
        return _anticipation(self.study, self.frequency)

    @property
    def counts(self) -> dict[str, Any]:
        """Return the word by which estimators take the counts behind a share; nothing where a row has none."""
        return {"denominators": "denominator"} if self.rows["denominator"].notna().all() else {}

    def without(self, codes: Collection[str]) -> StudyPanel:
        """Return the panel without some provinces."""
        return replace(self, rows=self.rows[~self.rows["province_code"].isin(list(codes))])

    @cached_property
    def periods(self) -> list[Any]:
        """Return the periods that have any figure, in order."""
        return sorted(self.rows["period"].unique().tolist())


def assemble_panel(
    study: Study,
    observations: pd.DataFrame | None = None,
    targets: pd.DataFrame | None = None,
    sources: pd.DataFrame | None = None,
    *,
    held: pd.DataFrame | None = None,
    root: Path | None = None,
) -> StudyPanel:
    """Return the panel of a study: from the project's tables, or from frames in their shapes.

    `held` are figures that the comparison over time set aside; they are only named.

    Raises:
        PanelRefused: no figure, mixed units, periods of the study of another frequency, every province left out, or a
            definition that broke inside the window and may not (`breaks = "refuse"`).
    """
    from analysis.cleaning import processed
    from analysis.panels.national_trend import national_trend

    if study.units:
        observations, targets, sources = unit_tables(study, observations, targets, sources, root=root)
    if observations is None:
        held = processed.set_aside(root, indicators=indicators_of(study)) if held is None else held
        observations = processed.observations(root, indicators=indicators_of(study))
    if sources is None:
        sources = processed.sources(root, indicators=indicators_of(study))
    targets = processed.targets(root) if targets is None else targets
    line = find_indicator(study.outcome)
    of_provinces = _of_outcome(observations, study)
    frequency = _frequency(of_provinces, study, observations)
    refuse_other_periods(study, frequency)
    inside = _in_window(of_provinces, study, frequency)
    refuse_empty(inside, observations, study, frequency)
    chosen = choose_figures(inside, sources)
    bounds = chosen.rows["qualifier"].isin(BOUNDS)
    used = chosen.rows[~bounds]
    refuse_mixed_units(used)
    breaks = _inside(used, line.breaks)
    if breaks:
        used = _cut(used, study, breaks)
        breaks = _inside(used, line.breaks)
    refuse_empty(used, observations, study, frequency)
    starts = find_starts(targets, study, frequency)
    doubtful = doubtful_provinces(targets, study, {start.province_code for start in starts})
    left = set(study.leave_out) | (set(doubtful) if study.controls == "without_doubtful" else set())
    used = used[~used["province_code"].isin(sorted(left))]
    early = _too_early(used, starts, _anticipation(study, frequency))
    used = used[~used["province_code"].isin([start.province_code for start in early])]
    refuse_without_provinces(used, study, early, left)
    there = set(used["province_code"])
    rows = lay_out(used, starts, study, frequency, observations)
    return StudyPanel(
        study=study,
        frequency=frequency,
        unit=line.unit,
        rows=rows,
        starts=tuple(s for s in starts if s not in early and s.province_code in there),
        too_early=early,
        absent=tuple(s for s in starts if s not in early and s.province_code not in there),
        doubtful=doubtful,
        gaps=find_gaps(rows, frequency),
        left_out=_left_out(chosen.rows[bounds], chosen.replaced, chosen.undecided),
        nation=national_trend(
            observations.iloc[:0] if study.units else observations, sources, study, frequency
        ),
        breaks_inside=breaks,
        flags_inside=_inside(used, line.flags),
        set_aside=() if held is None else _set_aside(held, rows, study, frequency),
    )


def _set_aside(held: pd.DataFrame, rows: pd.DataFrame, study: Study, frequency: str) -> tuple[str, ...]:
    there = {str(period) for period in rows["period"].unique()}
    asked = {"indicator": study.outcome, "frame": study.frame, "frequency": frequency}
    periods = periods_set_aside(held, there, **asked)
    return tuple(period for period in periods if (study.first or "0") <= period <= (study.last or "9"))


def placebo_panel(study: Study, *, root: Path | None = None) -> StudyPanel | None:
    """Return the study's panel of the outcome that targets cannot move; None where it names none."""
    if not study.placebo_outcome:
        return None
    return assemble_panel(replace(study, outcome=study.placebo_outcome, placebo_outcome=""), root=root)


def _of_outcome(observations: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the provinces' figures of the outcome on the study's map; figures of parts of a province are none."""
    own = observations[
        (observations["indicator"] == study.outcome)
        & (observations["province_code"] != NATION)
        & (observations["province_frame"] == study.frame)
    ]
    return own[own["unit_code"] == ""] if "unit_code" in own else own


def _frequency(rows: pd.DataFrame, study: Study, observations: pd.DataFrame) -> str:
    """Return the study's frequency, or the finest one at which most provinces have two periods or more.

    Raises:
        PanelRefused: at none.
    """
    if study.frequency != "finest":
        return study.frequency
    n_units = len(provinces()) if study.frame == "63" else len(successors())
    n_units = rows["province_code"].nunique() if study.units else n_units
    for frequency in ("M", "Q", "S", "A"):
        own = rows[rows["frequency"] == frequency]
        periods = own.groupby("province_code")["period_end"].nunique()
        if (periods >= 2).sum() > n_units / 2:
            return frequency
    raise PanelRefused(
        f"{study.outcome}: no frequency at which most of the {n_units} provinces have two periods. "
        f"{what_there_is(observations, study)}"
    )


def _in_window(rows: pd.DataFrame, study: Study, frequency: str) -> pd.DataFrame:
    own = rows[rows["frequency"] == frequency]
    own = own.assign(period=[label_of_day(day, frequency) for day in own["period_end"]])
    return own[own["period"].between(study.first or "0", study.last or "9")]


def _cut(rows: pd.DataFrame, study: Study, breaks: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows on the side of a change of definition that the study asks for; both as a step.

    Raises:
        PanelRefused: the study refuses a change inside its window.
    """
    if study.breaks == "refuse":
        before, after = rows[rows["period_end"] < breaks[0]], rows[rows["period_end"] >= breaks[0]]
        raise PanelRefused(
            f"The definition of {study.outcome} broke on {breaks[0]}: {shown_rows(before)} are older, "
            f"{shown_rows(after)} younger. Choose a window on one side, or "
            'breaks = "before", "after" or "step" in the study.'
        )
    if study.breaks == "before":
        return rows[rows["period_end"] < breaks[0]]
    return rows[rows["period_end"] >= breaks[-1]] if study.breaks == "after" else rows


def _anticipation(study: Study, frequency: str) -> int:
    """Return the months of anticipation as whole periods, rounded up."""
    return -(-study.anticipation_months // MONTHS[frequency])


def _too_early(used: pd.DataFrame, starts: tuple[Start, ...], anticipation: int) -> tuple[Start, ...]:
    """Return the starts of provinces with figures, but none before their start less the anticipation."""
    first = used.groupby("province_code")["period"].min().to_dict()
    return tuple(
        start
        for start in starts
        if start.province_code in first
        and shift(start.period, -anticipation) <= str(first[start.province_code])
    )


def _left_out(bounds: pd.DataFrame, replaced: pd.DataFrame, undecided: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    parts = [
        bounds.assign(why="printed as a bound, not a value", replaced_by=""),
        replaced,
        undecided.assign(why="two figures, and nothing says which one holds", replaced_by=""),
    ]
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def _inside(rows: pd.DataFrame, days: tuple[Any, ...]) -> tuple[str, ...]:
    texts = [day.isoformat() for day in days]
    return tuple(day for day in texts if rows["period_end"].min() < day <= rows["period_end"].max())

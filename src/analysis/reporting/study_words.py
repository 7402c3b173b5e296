"""A study's panel and answer in words for a notebook: question, data, estimand, inference, answer, limits.

Everything follows the panel: no sentence here knows which study was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import name_of
from analysis.reference.test_data import mark_of
from analysis.reporting.answer_words import in_units, lower_name, unit_words
from analysis.reporting.display import Answer
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.tables import Table

if TYPE_CHECKING:
    from analysis.panels.study_panel import StudyPanel

EVERY = {"M": "monthly", "Q": "quarterly", "S": "half-yearly", "A": "yearly"}
CELLS = {"M": "province-months", "Q": "province-quarters", "S": "province-half-years", "A": "province-years"}
PLANNED = {
    "exploratory": "The analysis is exploratory: it was chosen with the data at hand.",
    "registered": "The study is registered; the run's manifest says whether its file is older than the data.",
}
SHOWN_GAPS = 12


@dataclass(frozen=True)
class Words:
    """Paragraphs that a notebook shows as Markdown; plain text elsewhere."""

    paragraphs: tuple[str, ...]

    def _repr_markdown_(self) -> str:
        return "\n\n".join(self.paragraphs)

    def __repr__(self) -> str:
        return "\n\n".join(self.paragraphs).replace("**", "")


def introduce(panel: StudyPanel) -> Words:
    """Say what is asked, from which figures, what is estimated and how it is judged."""
    study = panel.study
    question = study.question_en or f"What did targets do to {lower_name(study.outcome)}?"
    said: tuple[str, ...] = (
        f"**Data.** {describe_data(panel)}",
        f"**Treatment.** {_treatment(panel)}",
        f"**Estimand.** {_estimand(panel)}",
        f"**Inference.** {_inference(panel)} {PLANNED[study.status]}",
    )
    if study.units:
        place = f"Units are agencies, districts and communes of {name_of(study.units, study.frame)}."
        said = (f"{in_units(said[0])} {place}", *map(in_units, said[1:]))
    return Words((f"**Question** (study `{study.name}`). {question}", *said))


def describe_data(panel: StudyPanel) -> str:
    """Say which figures a panel holds, and what it lacks."""
    rows, study = panel.rows, panel.study
    line = find_indicator(study.outcome)
    text = f"**{mark}** " if (mark := mark_of(rows["raw_location"], "en")) else ""
    text += (
        f"{line.name_en} (`{line.code}`, {line.unit}), {EVERY[panel.frequency]}: {len(rows):,} figures of "
        f"{rows['province_code'].nunique()} provinces on the map of {study.frame}, {panel.periods[0]} to "
        f"{panel.periods[-1]}, from {rows['source_id'].nunique()} publication(s)."
    )
    if line.code.startswith("papi_"):
        text += (
            " A survey of residents: it measures what they say they did, not what administrations counted."
        )
    if len(panel.gaps):
        text += f" {len(panel.gaps)} {CELLS[panel.frequency]} have no figure; none is filled in."
    if len(panel.left_out):
        text += f" {len(panel.left_out)} figures are not used and listed below."
    text += say_set_aside(panel.set_aside)
    if panel.breaks_inside:
        days = ", ".join(format_date(day, "en") for day in panel.breaks_inside)
        text += f" The definition changed on {days}: taken as one step common to all provinces."
    if study.weights != "none":
        text += f" Provinces are weighted by {study.weights}."
    return text


def say_set_aside(periods: tuple[str, ...]) -> str:
    """Say of which periods the files were set aside; nothing where there are none."""
    if not periods:
        return ""
    return (
        f" The figures of {', '.join(periods)} were set aside whole, because they did not pass the checks of new "
        "files; `dvctt clean` says which."
    )


def _treatment(panel: StudyPanel) -> str:
    starts = [start for start in panel.starts if start.province_code in panel.treated]
    if not panel.treated:
        return "No province with figures is known to be treated inside the window."
    periods = sorted({str(value) for value in panel.rows["treated_from"].dropna()})
    when = (
        f"all from {periods[0]} on"
        if len(periods) == 1
        else f"from {periods[0]} to {periods[-1]}, one after another"
    )
    text = f"{len(panel.treated)} provinces known to have set targets, {when}."
    vague = sum(1 for start in starts if start.precision not in ("day", "month"))
    if vague:
        text += f" Of {vague} the date is known only as a latest one."
    if panel.anticipation:
        text += f" The {panel.anticipation} period(s) before each start stay out where a method allows it."
    for group, why in ((panel.too_early, "start too early to be compared and are left out"),
                       (panel.absent, "have no figure in the window")):  # fmt: skip
        if group:
            names = ", ".join(panel.name_of(start.province_code) for start in group)
            text += f" {len(group)} more ({names}) {why}."
    return text


def _estimand(panel: StudyPanel) -> str:
    if panel.study.units:
        others = "“Others” are units that no decision gives a target."
        how = "their figures otherwise moved like the others'"
        answers = unit_words(panel.points_per_unit, panel.unit)
        return f"The mean effect on these units from their start on, had {how}. {others} Answers are in {answers}."
    what = "score" if panel.points_per_unit != 1.0 and panel.unit == "score" else "figure"
    others = (
        "“Others” are provinces *not known* to have set targets; if some did, the effect is diluted."
        if panel.study.controls == "not_known"
        else "“Others” leave out provinces whose place among them is doubtful."
    )
    return (
        f"The mean effect on these provinces from their start on, had their {what}s otherwise moved like the others'. "
        f"{others} Answers are in {unit_words(panel.points_per_unit, panel.unit)}."
    )


def _inference(panel: StudyPanel) -> str:
    n, study = len(panel.treated), panel.study
    words = {
        "permutation": "treatment is moved between provinces by permutation",
        "default": (
            "few provinces are treated, so whole paths of treatment are moved between provinces by permutation"
            if n <= 12
            else "clustered errors, robust to few clusters"
        ),
    }.get(study.inference, study.inference)
    return f"{n} treated: {words}; up to {study.draws:,} draws, seed {study.seed}, {study.conf_level:.0%} intervals."


def table_of_starts(panel: StudyPanel) -> Table:
    """Return one row a province that counts as treated, or would: start, target, document, who says so."""
    groups = (
        ("treated", panel.starts),
        ("left out: too early", panel.too_early),
        ("no figure", panel.absent),
    )
    rows = [
        {
            "province": panel.name_of(start.province_code),
            "counts as": "not yet treated in the window"
            if kind == "treated" and start.province_code not in panel.treated
            else kind,
            "from": start.period,
            "day": start.day,
            "date known as": start.precision,
            "target, %": start.dose,
            "document": start.document,
            "stated by": start.stated_by,
        }
        for kind, group in groups
        for start in group
    ]
    frame = pd.DataFrame(rows, columns=list(rows[0]) if rows else ["province"])
    return Table(frame.loc[:, [c for c in frame if frame[c].notna().any() and (frame[c] != "").any()]])


def name_doubtful(panel: StudyPanel) -> Answer:
    """Name the others whose place among the controls is doubtful."""
    if not panel.doubtful:
        return Answer("No other province is doubtful as a control.")
    names = ", ".join(panel.name_of(code) for code in panel.doubtful)
    return Answer(
        f"{len(panel.doubtful)} others had some target, campaign or fee cut and are doubtful controls: {names}."
    )


def table_of_gaps(panel: StudyPanel) -> Table:
    """Return one row a province with empty cells: how many, and which."""
    gaps = panel.gaps
    rows = [
        (panel.name_of(str(code)), len(own), _some(own["period"].tolist()))
        for code, own in gaps.groupby("province_code")
    ]
    return Table(pd.DataFrame(rows, columns=["province", "without a figure", "which"]))


def table_of_left_out(panel: StudyPanel) -> Table:
    """Return one row a figure that is not used: why, and which one is used in its place."""
    rows = panel.left_out
    return Table(
        pd.DataFrame(
            {
                "province": [panel.name_of(code) for code in rows["province_code"]],
                "day": rows["period_end"].tolist(),
                "figure": [f"{value:.6g}" for value in rows["value"]],
                "why": rows["why"].tolist(),
                "raw row": [place.rsplit("/", 1)[-1] for place in rows["raw_location"]],
                "used instead": [place.rsplit("/", 1)[-1] for place in rows["replaced_by"].fillna("")],
            }
        )
    )


def limits(panel: StudyPanel, *, doubtful_out: bool = False) -> Words:
    """Say what the comparison does not show, as far as the panel tells; `doubtful_out`: it leaves doubtful ones out."""
    lines = [
        "“Others” means *not known* to have set targets: national plans set targets for every province, so "
        "effects are diluted."
    ]
    for day in panel.flags_inside:
        lines.append(
            f"The outcome jumps in most provinces from {format_date(day, 'en')} on, with no documented reason."
        )
    for day in panel.breaks_inside:
        lines.append(
            f"From {format_date(day, 'en')} on the outcome is defined differently; a step common to all "
            f"assumes that it moved every province alike."
        )
    if panel.study.outcome.startswith("papi_"):
        lines.append(
            "A few hundred respondents a province make single provinces noisy: no claim about one province "
            "below about two points."
        )
    if doubtful_out and panel.doubtful:
        lines.append(
            f"{len(panel.doubtful)} provinces with some target, campaign or fee cut of their own are no donors; others "
            "may have had one that nobody reported."
        )
    elif panel.doubtful and panel.study.controls == "not_known":
        lines.append(
            f"{len(panel.doubtful)} of the others had some target, campaign or fee cut of their own."
        )
    lines += [*_dip(panel), *panel.notes]
    if panel.study.units:
        lines[0] = (
            "“Others” are units of the same province that no decision gives a target. What the decision changed for "
            "all of them, exempt or not, is not in the difference."
        )
        lines = [lines[0], *map(in_units, lines[1:])]
    return Words(tuple(f"- {line}" for line in lines))


def _dip(panel: StudyPanel) -> list[str]:
    """Say how far the treated had fallen behind the others in the last period before a common start."""
    if panel.is_staggered or not panel.treated:
        return []
    rows = panel.rows.assign(treated=panel.rows["treated_from"].notna())
    before = rows[rows["period"] < rows["treated_from"].dropna().iloc[0]]
    means = before.pivot_table(index="period", columns="treated", values="outcome")
    if len(means) < 2:
        return []
    gaps = means[True] - means[False]
    dip = float(gaps.iloc[-1] - gaps.iloc[:-1].mean()) * (panel.points_per_unit or 1.0)
    if dip >= 0:
        return []
    unit = unit_words(panel.points_per_unit, panel.unit)
    return [
        f"In {means.index[-1]}, the last before the start, provinces with targets stood {format_number(-dip, 2, 'en')} "
        f"{unit} lower against the others than before: part of what follows may be this gap closing."
    ]


def _some(periods: list[object]) -> str:
    shown = ", ".join(map(str, periods[:SHOWN_GAPS]))
    return shown if len(periods) <= SHOWN_GAPS else f"{shown} and {len(periods) - SHOWN_GAPS} more"

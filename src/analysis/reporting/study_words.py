"""A study's panel and answer in words for a notebook: question, data, estimand, inference, answer, limits.

Everything follows the panel: no sentence here knows which study was chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import pandas as pd

from analysis.answer import StudyAnswer
from analysis.estimation.results import BeforeAfter, Estimate, NotAvailable, Power
from analysis.panel import POINTS_PER_UNIT, name_of
from analysis.reference.indicators import find_indicator
from analysis.reporting.display import Answer, Reason
from analysis.reporting.numbers import format_date, format_number
from analysis.reporting.tables import Table

if TYPE_CHECKING:
    from analysis.own_pair import OwnPair
    from analysis.own_panel import OwnPanel
    from analysis.panel import StudyPanel

EVERY = {"M": "monthly", "Q": "quarterly", "S": "half-yearly", "A": "yearly"}
CELLS = {"M": "province-months", "Q": "province-quarters", "S": "province-half-years", "A": "province-years"}
METHODS = {
    "did": "two-way fixed effects",
    "event-study": "event study",
    "callaway-santanna": "Callaway–Sant'Anna",
    "imputation": "imputation in points",
    "imputation-logit": "imputation on logits",
}
PLANNED = {
    "exploratory": "The analysis is exploratory: it was chosen with the data at hand.",
    "registered": "The study is registered; the run's manifest says whether its file is older than the data.",
}
SHOWN_GAPS, MOST_DONORS = 12, 12
FEW_BEFORE = 8  # periods before a start below which almost any province can be matched


@runtime_checkable
class RolloutPower(Protocol):
    """The power of a roll-out, as estimation gives it: see `simulate_rollout_power`."""

    starts: tuple[int, ...]
    per_step: int
    n_units: int
    detectable: tuple[dict[str, Any], ...]
    power: float
    conf_level: float

    def frame(self) -> pd.DataFrame:
        """Return the power curve."""


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
    question = study.question_en or f"What did targets do to {_name(study.outcome)}?"
    return Words(
        (
            f"**Question** (study `{study.name}`). {question}",
            f"**Data.** {_data(panel)}",
            f"**Treatment.** {_treatment(panel)}",
            f"**Estimand.** {_estimand(panel)}",
            f"**Inference.** {_inference(panel)} {PLANNED[study.status]}",
        )
    )


def _data(panel: StudyPanel) -> str:
    rows, study = panel.rows, panel.study
    line = find_indicator(study.outcome)
    text = (
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
    if panel.breaks_inside:
        days = ", ".join(format_date(day, "en") for day in panel.breaks_inside)
        text += f" The definition changed on {days}: taken as one step common to all provinces."
    if study.weights != "none":
        text += f" Provinces are weighted by {study.weights}."
    return text


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
        text += f" The {panel.anticipation} period(s) before each start stay out of the comparison where a method allows."
    for group, why in ((panel.too_early, "start too early to be compared and are left out"),
                       (panel.absent, "have no figure in the window")):  # fmt: skip
        if group:
            names = ", ".join(name_of(start.province_code, panel.study.frame) for start in group)
            text += f" {len(group)} more ({names}) {why}."
    return text


def _estimand(panel: StudyPanel) -> str:
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


def unit_words(points_per_unit: float | None, unit: str) -> str:
    """Name the unit that answers are given in."""
    return unit if points_per_unit is None else "percentage points"


def points_of(code: str) -> float | None:
    """Return the percentage points in one unit of an indicator; None where it measures no share."""
    return 1.0 if find_indicator(code).unit == "percent" else POINTS_PER_UNIT.get(code)


def in_points(value: float | None, factor: float | None) -> float | None:
    """Return a value of the outcome in percentage points, or as it is where the outcome is no share."""
    return None if value is None else value * (1.0 if factor is None else factor)


def signed(value: float, digits: int = 2) -> str:
    """Write an effect with its sign."""
    text = format_number(value, digits, "en")
    return text if value < 0 or float(f"{value:.{digits}f}") == 0 else f"+{text}"


def describe_estimate(estimate: Estimate, factor: float | None, unit: str) -> str:
    """Write an estimate with interval and p-value: +0.66 percentage points (95% interval −0.7 to +1.9, p = 0.27 …)."""
    value = in_points(estimate.estimate, factor)
    low, high = in_points(estimate.conf_low, factor), in_points(estimate.conf_high, factor)
    span = (
        "no interval"
        if low is None or high is None
        else f"{estimate.conf_level:.0%} interval {signed(low)} to {signed(high)}"
    )
    p = "" if estimate.p_value is None else f", {_p(estimate.p_value)} by {estimate.inference}"
    assert value is not None
    return f"{signed(value)} {unit_words(factor, unit)} ({span}{p})"


def _p(value: float) -> str:
    return f"p = {value:.2f}" if value >= 0.01 else f"p = {value:.3f}"


def answer_of(answer: StudyAnswer) -> Answer:
    """Say what was found, on the rung of the wording ladder that interval and checks allow."""
    effect, factor = answer.effect, answer.points_per_unit
    size = describe_estimate(effect, factor, answer.unit)
    groups = (
        f"{answer.n_treated} provinces with targets against {answer.n_provinces - answer.n_treated} others"
    )
    way = "higher" if effect.estimate > 0 else "lower"
    more = "more" if effect.estimate > 0 else "less"
    text = {
        "unclear": f"We cannot tell whether targets made a difference: {groups} differ by {size}.",
        "failed": f"Provinces that set targets rose {more} afterwards, alongside other changes (a check did not pass): "
        f"{groups} differ by {size}.",
        "passed": f"We estimate the {_name(answer.outcome)} in provinces with targets {way} than it would otherwise have "
        f"been: {size}, {groups}.",
    }[answer.rung]
    return Answer(
        f"{text} Method: {METHODS.get(answer.headline, answer.headline)}, because there is {_design(answer)}."
    )


def _design(answer: StudyAnswer) -> str:
    return "one start" if answer.design == "one start" else "more than one start"


def table_of_answers(answer: StudyAnswer) -> Table:
    """Return one row an estimate, the one that answers first: points, interval, p-values, what it rests on."""
    rows = [(METHODS.get(name, name), found) for name, found in answer.estimates.items()]
    rows[0] = (f"{rows[0][0]} (answers)", rows[0][1])
    if answer.without_doubtful is not None:
        rows.append(
            (
                f"{METHODS.get(answer.headline, answer.headline)}, without doubtful provinces",
                answer.without_doubtful,
            )
        )
    return Table(frame_of_estimates(dict(rows), answer.points_per_unit, answer.unit))


def table_of_placebo(answer: StudyAnswer, panel: StudyPanel) -> Table | Answer:
    """Return the estimate on the outcome that targets cannot move, in its own unit; say so where there is none."""
    if answer.placebo is None:
        return Answer("The study names no outcome that targets cannot move, or it could not be estimated.")
    line = find_indicator(panel.study.placebo_outcome)
    return Table(frame_of_estimates({line.name_en: answer.placebo}, points_of(line.code), line.unit))


def frame_of_estimates(estimates: dict[str, Estimate], factor: float | None, unit: str) -> pd.DataFrame:
    """Return one row an estimate; of an outcome that is no share the points are missing and its own unit stands."""
    rows = []
    for name, found in estimates.items():
        row: dict[str, object] = {"specification": name}
        if factor is not None:
            row["percentage points"] = _rounded(in_points(found.estimate, factor), 2)
            row["low"] = _rounded(in_points(found.conf_low, factor), 2)
            row["high"] = _rounded(in_points(found.conf_high, factor), 2)
        if factor != 1.0:
            row[f"estimate, {unit}"] = _rounded(found.estimate, 4)
        if factor is None:
            row |= {"low": _rounded(found.conf_low, 4), "high": _rounded(found.conf_high, 4)}
        others = {kind: p for kind, p in found.p_values.items() if kind != found.inference}
        row |= {"p": _rounded(found.p_value, 4), "inference": found.inference}
        row |= {"other p-values": "; ".join(f"{kind} {p:.3f}" for kind, p in others.items())}
        row |= {"provinces": found.n_units, "with targets": found.n_treated, "figures": found.n_obs}
        rows.append(row)
    return pd.DataFrame(rows).set_index("specification")


def table_of_own(answer: StudyAnswer) -> Table:
    """Return one row a treated province with its own effect, where the method gives one."""
    factor = answer.points_per_unit
    unit = unit_words(factor, answer.unit)
    rows = [
        {
            "province": name_of(own.province_code, answer.frame),
            "from": own.treated_from,
            "to": own.last,
            f"effect, {unit}": _rounded(in_points(own.estimate, factor), 2),
            "low": _rounded(in_points(own.conf_low, factor), 2),
            "high": _rounded(in_points(own.conf_high, factor), 2),
            "p": _rounded(own.p_value, 3),
        }
        for own in answer.own
    ]
    return Table(pd.DataFrame(rows or [], columns=list(rows[0]) if rows else ["province", "effect"]))


def table_of_unavailable(answer: StudyAnswer) -> Table:
    """Return one row a method that this panel does not allow: why."""
    rows = [(METHODS.get(name, name), why) for name, why in answer.unavailable.items()]
    return Table(pd.DataFrame(rows, columns=["method that cannot be used here", "why"]))


def table_of_starts(panel: StudyPanel) -> Table:
    """Return one row a province that counts as treated, or would: start, how well known, target, document, who says so."""
    groups = (
        ("treated", panel.starts),
        ("left out: too early", panel.too_early),
        ("no figure", panel.absent),
    )
    rows = [
        {
            "province": name_of(start.province_code, panel.study.frame),
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
    names = ", ".join(name_of(code, panel.study.frame) for code in panel.doubtful)
    return Answer(
        f"{len(panel.doubtful)} others had some target, campaign or fee cut and are doubtful controls: {names}."
    )


def compare_scales(answer: StudyAnswer) -> Answer:
    """Say what imputation finds on the scale of points and on logits, where both are in the answer."""
    pair = {name: found for name, found in answer.estimates.items() if name.startswith("imputation")}
    if len(pair) < 2:
        return Answer("The answer holds no pair of estimates on points and on logits.")
    told = "; ".join(
        f"{METHODS.get(name, name)}: {describe_estimate(found, answer.points_per_unit, answer.unit)}"
        for name, found in pair.items()
    )
    return Answer(
        f"{told}. Near 0 and 100 a share cannot move in parallel in points; where the two part, logits answer."
    )


def table_of_gaps(panel: StudyPanel) -> Table:
    """Return one row a province with empty cells: how many, and which."""
    gaps = panel.gaps
    rows = [
        (name_of(str(code), panel.study.frame), len(own), _some(own["period"].tolist()))
        for code, own in gaps.groupby("province_code")
    ]
    return Table(pd.DataFrame(rows, columns=["province", "without a figure", "which"]))


def table_of_left_out(panel: StudyPanel) -> Table:
    """Return one row a figure that is not used: why, and which one is used in its place."""
    rows = panel.left_out
    return Table(
        pd.DataFrame(
            {
                "province": [name_of(code, panel.study.frame) for code in rows["province_code"]],
                "day": rows["period_end"].tolist(),
                "figure": [f"{value:.6g}" for value in rows["value"]],
                "why": rows["why"].tolist(),
                "raw row": [place.rsplit("/", 1)[-1] for place in rows["raw_location"]],
                "used instead": [place.rsplit("/", 1)[-1] for place in rows["replaced_by"].fillna("")],
            }
        )
    )


def limits(panel: StudyPanel) -> Words:
    """Say what the comparison does not show, as far as the panel tells."""
    lines = [
        "“Others” means *not known* to have set targets: national plans set targets for every province, so effects are diluted."
    ]
    for day in panel.flags_inside:
        lines.append(
            f"The outcome jumps in all provinces from {format_date(day, 'en')} on, with no documented reason."
        )
    for day in panel.breaks_inside:
        lines.append(
            f"From {format_date(day, 'en')} on the outcome is defined differently; a step common to all assumes that it moved every province alike."
        )
    if panel.study.outcome.startswith("papi_"):
        lines.append(
            "A few hundred respondents a province make single provinces noisy: no claim about one province below about two points."
        )
    if panel.doubtful and panel.study.controls == "not_known":
        lines.append(
            f"{len(panel.doubtful)} of the others had some target, campaign or fee cut of their own."
        )
    lines += [*_dip(panel), *panel.notes]
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


def _name(code: str) -> str:
    name = find_indicator(code).name_en
    return name if name[1:2].isupper() else name[0].lower() + name[1:]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def introduce_own(own: OwnPanel, panel: StudyPanel) -> Words:
    """Say which province is compared with whom, from when on and over which periods before."""
    before = sum(1 for period in panel.periods if period < own.start) - len(own.skipped)
    donors = own.rows["province_code"].nunique() - 1
    role = (
        f"{own.name} is known to have set a target and counts as treated from {own.start} on."
        if own.is_treated
        else f"{own.name} is not known to have set a target: it is treated as if from {own.start} on, as a placebo that "
        "shows how large a gap chance alone makes."
    )
    merged = f"On this map {own.asked} is part of {own.name}. " if own.asked else ""
    skipped = (
        f" {own.skipped[0]} to {own.skipped[-1]} are left out: a province about to decide may already be preparing."
        if own.skipped
        else ""
    )
    thin = (
        " So few periods before are easily matched, and a good fit says little."
        if before < FEW_BEFORE
        else ""
    )
    return Words(
        (
            f"**Question** (study `{panel.study.name}`). Did {own.name} do better than a twin made of other provinces?",
            f"**Data.** {_data(panel)}",
            f"**Estimand.** {merged}{role} The effect is its mean gap to a weighted mean of {donors} provinces not known to have "
            f"set targets, weighted so that it follows {own.name} over the {before} periods before.{skipped}{thin}",
            "**Inference.** Placebo in space: every donor plays the treated province; the p-value is the province's rank "
            "among the ratios of the gaps after and before.",
        )
    )


def answer_own(result: Estimate | Reason, own: OwnPanel) -> Answer:
    """Say how far the province ended from its synthetic twin, and whether chance makes gaps as large."""
    if not isinstance(result, Estimate):
        return Answer(f"{own.name}: {result}")
    clear = result.p_value is not None and result.p_value <= 1 - result.conf_level
    verdict = "is larger than chance makes" if clear else "cannot be told from chance"
    role = "" if own.is_treated else ", not known to have set a target, so this is a placebo"
    return Answer(
        f"{own.name}{role}: from {own.start} on it stood {describe_estimate(result, None, result.unit)} from its synthetic "
        f"twin; the gap {verdict}.{_bad_fit(result)}"
    )


def _bad_fit(result: Estimate) -> str:
    fit = next((check for check in result.checks if check.name == "placebo in space"), None)
    bad = fit is not None and fit.passed is False
    return " The twin does not follow it before the start, so the gap says little." if bad else ""


def own_effect_of(answer: StudyAnswer | Reason, own: OwnPanel) -> Answer:
    """Say what the study's own method finds for the province, where it gives each province an effect."""
    if not isinstance(answer, StudyAnswer):
        return Answer(str(answer))
    found = answer.own_effect(own.code)
    if found is None:
        method = METHODS.get(answer.headline, answer.headline)
        return Answer(f"The study's method ({method}) gives {own.name} no effect of its own.")
    factor = answer.points_per_unit
    low, high = in_points(found.conf_low, factor), in_points(found.conf_high, factor)
    span = "no interval" if low is None or high is None else f"{signed(low)} to {signed(high)}"
    return Answer(
        f"{own.name}, {found.treated_from} to {found.last}: {signed(found.estimate * (factor or 1.0))} "
        f"{unit_words(factor, answer.unit)} ({span}), by {METHODS.get(answer.headline, answer.headline)}."
    )


def table_of_donors(result: Estimate | Reason) -> Table:
    """Return the provinces a twin is made of, heaviest first; empty where there is no twin."""
    weights = result.weights if isinstance(result, Estimate) else {}
    rows = sorted(
        ((name, round(weight, 3)) for name, weight in weights.items() if weight >= 0.0005),
        key=lambda row: -row[1],
    )
    return Table(pd.DataFrame(rows[:MOST_DONORS], columns=["province", "weight"]))


def answer_power(power: Power, panel: StudyPanel) -> Answer:
    """Say the smallest effect that this panel could have shown."""
    found = [value for value in power.detectable.values() if value is not None]
    groups = (
        f"With {len(panel.treated)} of {panel.rows['province_code'].nunique()} provinces treated as they were"
    )
    level = f"{power.power:.0%} of the time at a level of {1 - power.conf_level:.0%}"
    if not found:
        return Answer(f"{groups}, no effect would be found {level}, whatever its size.")
    return Answer(
        f"{groups}, an effect that is the same everywhere would be found {level} from {min(found):.2f} {panel.level_name} on."
    )


def answer_rollout(power: RolloutPower | Reason, panel: StudyPanel) -> Answer:
    """Say the smallest full effect that a roll-out would show once all its periods are observed."""
    if not isinstance(power, RolloutPower):
        return Answer(str(power))
    last = power.detectable[-1]
    start = f"{power.per_step * len(power.starts)} of {power.n_units} provinces, started in {len(power.starts)} steps by lot"
    if last["effect"] is None:
        return Answer(f"{start}: no effect of the sizes tried would be found {power.power:.0%} of the time.")
    return Answer(
        f"{start}: after {last['periods']} periods a full effect of {last['effect']:.1f} {panel.level_name} or more would "
        f"be found {power.power:.0%} of the time at a level of {1 - power.conf_level:.0%}."
    )


def table_of_rollout(power: RolloutPower | Reason, panel: StudyPanel) -> Table:
    """Return one row a number of periods observed: provinces started, and the smallest full effect found by then."""
    rows = [
        {
            "periods observed": row["periods"],
            "provinces started": row["units_started"],
            f"treated {CELLS[panel.frequency]}": round(row["unit_periods"]),
            f"smallest full effect found, {panel.level_name}": _rounded(row["effect"], 1),
        }
        for row in (power.detectable if isinstance(power, RolloutPower) else ())
    ]
    return Table(pd.DataFrame(rows, columns=list(rows[0]) if rows else ["periods observed"]))


def table_alone(alone: pd.DataFrame, panel: StudyPanel) -> Table:
    """Return one row a province: its noise, and the smallest effect in it alone by periods after the start."""
    renamed = alone.rename(columns={"noise": f"noise, {panel.level_name}"})
    return Table(renamed.round(1).reset_index())


def introduce_pair(pair: OwnPair) -> Words:
    """Say which figures of the province and the country are compared, and why these."""
    line = find_indicator(pair.indicator)
    if pair.before and pair.after:
        how = f"the figures of {format_date(pair.before, 'en')} and {format_date(pair.after, 'en')}"
        how += ", chosen around the decision" if pair.decided else ""
    else:
        how = "two published figures of one definition" + (
            ", one on either side of the decision" if pair.decided else ""
        )
    nation = (
        f"the counts of {pair.n_counted} provinces that have them on both dates, summed"
        if pair.n_counted
        else "what was published of the country"
    )
    known = f"known by {format_date(pair.decided, 'en')}" if pair.decided else "not known"
    return Words(
        (
            f"**Data.** {line.name_en} (`{line.code}`, {line.unit}), map of {pair.frame}. {pair.name}: {how}. "
            f"The country: {nation}. The province's own decision: {known}.",
        )
    )


def limits_of_pair(pair: OwnPair, result: BeforeAfter | NotAvailable) -> Words:
    """Say what a pair of figures does not show."""
    lines = [
        "**Not to be read as the effect of the target:** it may hold some of it, or none. National plans, decrees and "
        "letters pushed all provinces in the same months, and the country's figures contain the provinces that set targets.",
        "**Not a sample.** One province and two dates have no standard error.",
    ]
    if isinstance(result, BeforeAfter):
        inside = [day for day in pair.breaks if result.before.date < day <= result.after.date]
        near = [day for day in pair.breaks if day > result.after.date or day <= result.before.date]
        if len(result.tides) > 1:
            lines[1] = (
                lines[1][:-1]
                + "; the range speaks of the readings of the national figures only, not of rounding."
            )
        if inside or near:
            days = ", ".join(format_date(day, "en") for day in (*inside, *near))
            lines.append(
                f"**One definition only.** The indicator's definition changed on {days}; the pair lies on one side."
            )
        if not pair.n_counted:
            lines.append(
                "**Perhaps not like with like.** If a quarter's share counts from the start of the year, it rises from quarter "
                "to quarter by itself; a printed figure does not always say."
            )
    return Words(tuple(f"- {line}" for line in lines))

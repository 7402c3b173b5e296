"""How the survey comparison of the two groups enters the ledger."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.estimation.results import Estimate
from analysis.reporting.evidence import (
    PERCENT,
    POINTS,
    PP_PER_SCORE,
    Evidence,
    cite_survey,
    cite_targets,
    share_pct,
)
from analysis.reporting.ledger import Ledger

Keys = tuple[str, ...]  # of the ledger's sources


def enter_survey(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the survey estimate, its interval and p, the pre-period terms and the negative control."""
    survey = cite_survey(ledger, evidence, "papi_d81_portal_access")
    control_rows = cite_survey(ledger, evidence, "papi_d82_internet_access")
    setters = cite_targets(ledger, evidence, evidence.treated)
    rows = (*survey, *setters)
    _enter_counts(ledger, evidence, survey, setters)
    _enter_difference(ledger, evidence.effect, rows)
    _enter_start(ledger, evidence, survey)
    _enter_last_base(ledger, evidence.events, rows)
    _enter_inference(ledger, evidence, rows)
    if evidence.within is not None:
        _enter_within(ledger, evidence, evidence.within, (*rows, *setters))
    _enter_control(ledger, evidence.control, (*control_rows, *setters))
    _enter_without(ledger, evidence.without, rows)
    _enter_pre_years(ledger, evidence, rows)
    _enter_gaps(ledger, evidence, rows)
    _enter_moves(ledger, evidence)


def _enter_counts(ledger: Ledger, evidence: Evidence, survey: Keys, setters: Keys) -> None:
    """Enter how many provinces are compared, over how many scores of which years."""
    effect, years = evidence.effect, evidence.survey["period"]
    first = first_treated_year(evidence)
    others = cite_targets(ledger, evidence, evidence.doubtful)
    rows, n_controls = (*survey, *setters), effect.n_units - effect.n_treated
    for name, value, sources, formula in (
        (
            "n_treated",
            effect.n_treated,
            setters,
            "provinces with a target known by August 2022, in the panel",
        ),
        ("n_controls", n_controls, rows, "the other provinces in the panel"),
        ("n_doubtful", len(evidence.doubtful), others, "other provinces with a known target or campaign"),
        ("n_obs", effect.n_obs, survey, "province-years with a score"),
        ("n_cells", effect.n_units * years.nunique(), survey, "provinces in the panel times its years"),
        ("first_year", years.min(), survey, "year of the panel"),
        ("last_year", years.max(), survey, "year of the panel"),
        (
            "last_before_year",
            years[years < first].max(),
            survey,
            "last year of the panel before first_treated_year",
        ),
    ):
        ledger.counted(name, value, formula, *sources)
    ledger.chosen("first_treated_year", float(first), "year", "first year counted as treated")


def _enter_difference(ledger: Ledger, effect: Estimate, rows: Keys) -> None:
    """Enter the difference between the groups with its interval, and which one would have stood out from chance."""
    for name, score in (
        ("did", effect.estimate),
        ("did_low", effect.conf_low),
        ("did_high", effect.conf_high),
    ):
        if score is not None:
            ledger.computed(f"{name}_pp", score * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula="two-way fixed effects on PAPI 8.1, score × 100 / 3")  # fmt: skip
    ledger.computed("did_abs_pp", abs(effect.estimate) * PP_PER_SCORE, unit=POINTS, formula="|did_pp|",
                    inputs=("did_pp",))  # fmt: skip
    if effect.conf_low is not None:
        # An effect moves estimate and interval alike, so that what it takes is known without simulating it.
        ledger.computed("clear_from_pp", (effect.estimate - effect.conf_low) * PP_PER_SCORE, unit=POINTS,
                        formula="did_pp − did_low_pp: above it the interval would lie above zero",
                        inputs=("did_pp", "did_low_pp"))  # fmt: skip


def _enter_last_base(ledger: Ledger, events: Estimate, rows: Keys) -> None:
    """Enter the same difference measured from the last year before alone: the mean of the event study's terms."""
    formula = (
        "event study on PAPI 8.1, mean from first_treated_year on against reference_year, score × 100 / 3"
    )
    for name, score in (("", events.estimate), ("low_", events.conf_low), ("high_", events.conf_high)):
        if score is not None:
            ledger.computed(f"last_base_{name}pp", score * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula=formula)  # fmt: skip
    _enter_p(ledger, "last_base_p", events, rows)


def _enter_start(ledger: Ledger, evidence: Evidence, survey: Keys) -> None:
    """Enter the share that use stood at before, over all provinces and years counted as before."""
    before = evidence.survey["period"] < first_treated_year(evidence)
    ledger.computed("start_level_pct", share_pct(float(evidence.survey.loc[before, "outcome"].mean())), unit=PERCENT,
                    formula="mean of (score − 1/3) / 3 × 100 before first_treated_year, PAPI 8.1",
                    sources=survey)  # fmt: skip


def _enter_inference(ledger: Ledger, evidence: Evidence, rows: Keys) -> None:
    """Enter how the difference was judged: level, draws, p."""
    effect = evidence.effect
    ledger.chosen("conf_level", effect.conf_level * 100, PERCENT, "level of the interval")
    ledger.chosen("draws", float(evidence.draws), "count", "permutations drawn")
    _enter_p(ledger, "did_p", effect, rows)
    plain = effect.p_values.get("permutation")
    if plain is not None:
        ledger.computed("plain_p_pct", 100 * plain, unit=PERCENT, digits=0, sources=rows,
                        formula="of 100 draws, those with a plain difference at least as large")  # fmt: skip
    ledger.chosen("hundred", 100.0, "count", "the hundred that a share is counted in")


def _enter_within(ledger: Ledger, evidence: Evidence, within: Estimate, rows: Keys) -> None:
    """Enter the interval and p of the same difference with decisions exchanged within regions alone."""
    treated, units, region = evidence.fullest_region
    for name, count, formula in (
        ("n_together", treated, f"of the provinces with targets, those in {region}"),
        ("n_region", units, f"provinces in {region} in the panel"),
    ):
        ledger.counted(name, count, formula, *rows)
    for name, score in (("within_low_pp", within.conf_low), ("within_high_pp", within.conf_high)):
        if score is not None:
            ledger.computed(name, score * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula="as did_pp, decisions exchanged within regions only")  # fmt: skip
    _enter_p(ledger, "within_p", within, rows)


def _enter_control(ledger: Ledger, control: Estimate, rows: Keys) -> None:
    """Enter the negative control: what targets hardly move, its score read as a percentage of its scale."""
    for name, score in (
        ("control_pp", control.estimate),
        ("control_low_pp", control.conf_low),
        ("control_high_pp", control.conf_high),
    ):
        if score is not None:
            ledger.computed(name, score * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula="two-way fixed effects on PAPI 8.2, score × 100 / 3")  # fmt: skip
    _enter_p(ledger, "control_p", control, rows)


def _enter_without(ledger: Ledger, without: Estimate, rows: Keys) -> None:
    """Enter the difference without the doubtful provinces among the controls."""
    ledger.computed("without_pp", without.estimate * PP_PER_SCORE, unit=POINTS, sources=rows,
                    formula="as did_pp, doubtful provinces left out of the controls")  # fmt: skip
    _enter_p(ledger, "without_p", without, rows)


def _enter_p(ledger: Ledger, name: str, result: Estimate, rows: Keys) -> None:
    if result.p_value is not None:
        ledger.computed(
            name, result.p_value, unit="probability", digits=2, formula=result.inference, sources=rows
        )


def _enter_pre_years(ledger: Ledger, evidence: Evidence, rows: Keys) -> None:
    for term in evidence.events.terms:
        if term.is_reference:
            year = float(term.period or 0)
            ledger.chosen("reference_year", year, "year", "reference period of the event study")
        elif term.event_time is not None and term.event_time < 0:
            ledger.counted(f"pre_{term.period}_year", term.period or 0, "", *rows, unit="year")
            ledger.computed(f"pre_{term.period}_pp", term.estimate * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula="event-study term on PAPI 8.1, score × 100 / 3")  # fmt: skip


def _enter_gaps(ledger: Ledger, evidence: Evidence, rows: Keys) -> None:
    """Enter the groups' means of the last year, and how far they lie apart in each year counted as after."""
    named = evidence.survey["province_code"].isin(evidence.treated)
    means = evidence.survey.groupby(["period", named])["outcome"].mean().unstack()
    gaps = means[True] - means[False]
    for named_too, name in ((True, "with"), (False, "others")):
        ledger.computed(f"mean_{name}_pct", share_pct(float(means[named_too].iloc[-1])), unit=PERCENT, sources=rows,
                        formula="mean of (score − 1/3) / 3 × 100 over the group in last_year, PAPI 8.1")  # fmt: skip
    for year in gaps.index[gaps.index >= first_treated_year(evidence)]:
        ledger.counted(f"gap_{year}_year", year, "", *rows, unit="year")
        ledger.computed(f"gap_{year}_pp", float(gaps[year]) * PP_PER_SCORE, unit=POINTS, sources=rows,
                        formula="mean of the provinces named less mean of the others, PAPI 8.1, "
                                "score × 100 / 3")  # fmt: skip
    _enter_drift(ledger, evidence, rows)


def _enter_drift(ledger: Ledger, evidence: Evidence, rows: Keys) -> None:
    """Enter the largest of the event study's terms in years counted as before, without its sign."""
    terms = {
        t.period: t.estimate for t in evidence.events.terms if (t.event_time or 0) < 0 and not t.is_reference
    }
    if terms:
        year = max(terms, key=lambda period: abs(terms[period]))
        ledger.counted("drift_year", year or 0, "", *rows, unit="year")
        ledger.computed("drift_pp", abs(terms[year]) * PP_PER_SCORE, unit=POINTS,
                        formula=f"|pre_{year}_pp|, the largest before", inputs=(f"pre_{year}_pp",))  # fmt: skip


def _enter_moves(ledger: Ledger, evidence: Evidence) -> None:
    """Enter by how much provinces' shares move from one year of the panel to the next: the median and the top tenth."""
    wide = evidence.survey.pivot_table(index="province_code", columns="period", values="outcome")
    moves = wide.diff(axis=1).abs().to_numpy() * PP_PER_SCORE
    rows = cite_survey(ledger, evidence, "papi_d81_portal_access")
    for name, share in (("move_half_pp", 0.5), ("move_tenth_pp", 0.9)):
        ledger.computed(name, float(np.nanquantile(moves, share)), unit=POINTS, sources=rows,
                        formula=f"quantile {share} of moves between neighbouring years, PAPI 8.1")  # fmt: skip


def first_treated_year(evidence: Evidence) -> int:
    """Return the first year that the survey comparison counts as after."""
    return int(evidence.survey["treated_from"].dropna().min())


def rises_of(survey: pd.DataFrame, first: int) -> pd.Series[float]:
    """Return each province's mean score from the year `first` on less its mean before; index province code."""
    means = survey.assign(after=survey["period"] >= first).pivot_table(
        index="province_code", columns="after", values="outcome"
    )
    return (means[True] - means[False]).dropna()

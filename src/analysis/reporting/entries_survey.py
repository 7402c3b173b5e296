"""How the survey comparison and the province's own survey figures enter the ledger."""

from __future__ import annotations

import numpy as np

from analysis.estimation.results import Estimate
from analysis.reference.indicators import find_indicator
from analysis.reporting.evidence import (
    PERCENT,
    POINTS,
    PP_PER_SCORE,
    Evidence,
    cite_survey,
    cite_targets,
    share_pct,
)
from analysis.reporting.ledger import Entry, Ledger

Keys = tuple[str, ...]  # of the ledger's sources


def enter_survey(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the survey estimate, its interval and p, the pre-period terms and the negative control."""
    survey = cite_survey(ledger, evidence, "papi_d81_portal_access")
    control_rows = cite_survey(ledger, evidence, "papi_d82_internet_access")
    setters = cite_targets(ledger, evidence, evidence.treated)
    rows = (*survey, *setters)
    _enter_counts(ledger, evidence, survey, setters)
    _enter_difference(ledger, evidence.effect, rows)
    _enter_inference(ledger, evidence, rows)
    _enter_control(ledger, evidence.control, (*control_rows, *setters))
    _enter_without(ledger, evidence.without, rows)
    _enter_pre_years(ledger, evidence, rows)


def _enter_counts(ledger: Ledger, evidence: Evidence, survey: Keys, setters: Keys) -> None:
    """Enter how many provinces are compared, over how many scores of which years."""
    effect, years = evidence.effect, evidence.survey["period"]
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
    ):
        ledger.add(Entry(name, float(value), "count", 0, "counted", formula, sources=sources))


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


def _enter_inference(ledger: Ledger, evidence: Evidence, rows: Keys) -> None:
    """Enter how the difference was judged: level, draws, p."""
    effect = evidence.effect
    ledger.add(Entry("conf_level", effect.conf_level * 100, PERCENT, 0, "chosen", "level of the interval"))
    ledger.add(Entry("draws", float(evidence.draws), "count", 0, "chosen", "permutations drawn"))
    _enter_p(ledger, "did_p", effect, rows)
    if effect.p_value is not None:
        times = 100 * effect.p_value
        ledger.computed("did_p_pct", times, unit=PERCENT, digits=0, formula="100 × did_p", inputs=("did_p",))
    ledger.add(Entry("hundred", 100.0, "count", 0, "chosen", "the hundred that a share is counted in"))


def _enter_control(ledger: Ledger, control: Estimate, rows: Keys) -> None:
    """Enter the negative control: what targets hardly move, on the survey's scale."""
    ledger.computed("control_effect", control.estimate, unit="score", digits=3, sources=rows,
                    formula="two-way fixed effects on PAPI 8.2, score")  # fmt: skip
    scale = find_indicator("papi_d82_internet_access")
    for name, end in (("scale_low", scale.lower), ("scale_high", scale.upper)):
        assert end is not None, "a survey score has a scale"
        ledger.add(Entry(name, float(end), "score", 2, "document", "end of the scale, in the codebook"))
    for name, bound in (("control_low", control.conf_low), ("control_high", control.conf_high)):
        if bound is not None:
            ledger.computed(name, bound, unit="score", digits=2, sources=rows, formula=control.inference)
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
            ledger.add(
                Entry("reference_year", year, "year", 0, "chosen", "reference period of the event study")
            )
        elif term.event_time is not None and term.event_time < 0:
            ledger.add(
                Entry(f"pre_{term.period}_year", float(term.period or 0), "year", 0, "counted", sources=rows)
            )
            ledger.computed(f"pre_{term.period}_pp", term.estimate * PP_PER_SCORE, unit=POINTS, sources=rows,
                            formula="event-study term on PAPI 8.1, score × 100 / 3")  # fmt: skip


def enter_each(ledger: Ledger, evidence: Evidence) -> None:
    """Enter how many provinces with targets rose by more than the others did on average, mean after less before."""
    survey = evidence.survey
    first = int(survey["treated_from"].dropna().min())
    means = survey.assign(after=survey["period"] >= first).pivot_table(
        index="province_code", columns="after", values="outcome"
    )
    rises = (means[True] - means[False]).dropna()
    own = rises[rises.index.isin(evidence.treated)]
    mean_of_others = float(rises[~rises.index.isin(evidence.treated)].mean())
    rows = cite_survey(ledger, evidence, "papi_d81_portal_access")
    ledger.add(
        Entry("first_treated_year", float(first), "year", 0, "chosen", "first year counted as treated")
    )
    for name, value, formula in (
        ("n_each", len(own), "provinces with targets that have a score before and after"),
        ("n_above", int((own > mean_of_others).sum()), "of these, with a rise above the others' mean rise"),
        ("n_fell", int((own < 0).sum()), "of these, with a lower mean after than before"),
    ):
        ledger.add(Entry(name, float(value), "count", 0, "counted", formula, sources=rows))


def enter_own_survey(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the province's own survey shares, where there are any, the years without one, and how shares move."""
    rows = evidence.survey[evidence.survey["province_code"] == evidence.province.code].dropna(
        subset=["outcome"]
    )
    if rows.empty:
        return
    keys = cite_survey(ledger, evidence, "papi_d81_portal_access", evidence.province.code)
    own = rows.sort_values("period").set_index("period")["outcome"]
    years = {f"own_{year}": year for year in own.index} | {"own_last": own.index[-1]}
    for name, year in years.items():
        ledger.add(Entry(f"{name}_year", float(year), "year", 0, "counted", sources=keys))
        ledger.computed(f"{name}_pct", share_pct(float(own[year])), unit=PERCENT, sources=keys,
                        formula="(score − 1/3) / 3 × 100, PAPI 8.1")  # fmt: skip
    for year in sorted(set(evidence.survey["period"]) - set(own.index)):
        note = "a year of the panel with no figure among the province's rows"
        ledger.add(Entry(f"own_gap_{year}", float(year), "year", 0, "counted", note, sources=keys))
    _enter_moves(ledger, evidence)


def _enter_moves(ledger: Ledger, evidence: Evidence) -> None:
    """Enter by how much provinces' shares move from one year of the panel to the next: the median and the top tenth."""
    wide = evidence.survey.pivot_table(index="province_code", columns="period", values="outcome")
    moves = wide.diff(axis=1).abs().to_numpy() * PP_PER_SCORE
    rows = cite_survey(ledger, evidence, "papi_d81_portal_access")
    for name, share in (("move_half_pp", 0.5), ("move_tenth_pp", 0.9)):
        ledger.computed(name, float(np.nanquantile(moves, share)), unit=POINTS, sources=rows,
                        formula=f"quantile {share} of moves between neighbouring years, PAPI 8.1")  # fmt: skip

"""How the province's own survey figures enter the ledger, and its rise beside those of the provinces not named."""

from __future__ import annotations

import pandas as pd

from analysis.reference.provinces import NATION
from analysis.reporting.entries_survey import first_treated_year, rises_of
from analysis.reporting.evidence import PERCENT, POINTS, PP_PER_SCORE, Evidence, cite_survey, share_pct
from analysis.reporting.ledger import Entry, Ledger

RESPONDENTS = "papi_n_respondents"
MARGIN_LEVEL = 95.0  # per cent


def enter_own_survey(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the province's own survey shares, where there are any, and the years without one."""
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
    _enter_rise(ledger, evidence, set(own.index), keys)


def _enter_rise(ledger: Ledger, evidence: Evidence, years: set[int], own_rows: tuple[str, ...]) -> None:
    """Enter the province's rise beside those of the provinces not named, over the years it has a figure for.

    How many of these lie at least as far from their mean is what tells a difference from the survey's noise.
    """
    survey = evidence.survey[evidence.survey["period"].isin(years)]
    rises = rises_of(survey, first_treated_year(evidence)) * PP_PER_SCORE
    code = evidence.province.code
    if code not in rises:
        return
    others = rises[~rises.index.isin([*evidence.treated, code])]
    own, mean = float(rises[code]), float(others.mean())
    as_far = int(((others - mean).abs() >= abs(own - mean)).sum())
    rows = cite_survey(ledger, evidence, "papi_d81_portal_access")
    note = "mean share from first_treated_year on less mean share before, PAPI 8.1, years with a figure of the province"
    ledger.computed("own_rise_pp", own, unit=POINTS, formula=note, sources=own_rows)
    ledger.computed("others_rise_pp", mean, unit=POINTS, formula=f"{note}; mean of the provinces not named",
                    sources=rows)  # fmt: skip
    _enter_means(ledger, evidence, survey, others.index, {"own": own_rows, "others": rows})
    for name, inner in (("own_rise_abs_pp", "own_rise_pp"), ("others_rise_abs_pp", "others_rise_pp")):
        value = abs(float(ledger.entries[inner].value))
        ledger.computed(name, value, unit=POINTS, formula=f"|{inner}|", inputs=(inner,))
    ledger.add(Entry("n_others", float(len(others)), "count", 0, "counted",
                     "other provinces not named, with a figure before and after", sources=rows))  # fmt: skip
    ledger.add(Entry("n_as_far", float(as_far), "count", 0, "counted",
                     "of these, with a rise as far from others_rise_pp as own_rise_pp", sources=rows))  # fmt: skip


def _enter_means(
    ledger: Ledger,
    evidence: Evidence,
    survey: pd.DataFrame,
    others: pd.Index,
    keys: dict[str, tuple[str, ...]],
) -> None:
    """Enter the mean shares before and from the first treated year: the province's, and those of the others."""
    after = survey["period"] >= first_treated_year(evidence)
    means = survey.assign(after=after).groupby(["province_code", "after"])["outcome"].mean().unstack()
    own = means[means.index == evidence.province.code].mean()
    for who, scores in (("own", own), ("others", means.loc[others].mean())):
        for side, score in (("before", scores[False]), ("after", scores[True])):
            ledger.computed(f"{who}_{side}_pct", share_pct(float(score)), unit=PERCENT, sources=keys[who],
                            formula="mean of (score − 1/3) / 3 × 100 over the years with a figure of the province, "
                                    f"{side} the start of first_treated_year, PAPI 8.1")  # fmt: skip
    _enter_margins(ledger, evidence, survey[survey["province_code"] == evidence.province.code])


def _enter_margins(ledger: Ledger, evidence: Evidence, own: pd.DataFrame) -> None:
    """Enter how far the province's mean shares may lie off by sampling alone, as a plain random sample would.

    The survey's design makes it more; how many answered is known of the whole country alone, in one year.
    """
    from statsmodels.stats.proportion import proportion_confint

    rows = evidence.observations
    asked = (
        rows[(rows["indicator"] == RESPONDENTS) & (rows["province_code"] == NATION)]
        .tail(1)
        .to_dict("records")
    )
    if not asked:
        return
    year = int(str(asked[0]["period_end"])[:4])
    scored = evidence.survey[(evidence.survey["period"] == year)]["outcome"].notna().sum()
    if not scored:
        return
    key = ledger.cite(evidence.source(str(asked[0]["source_id"])), str(asked[0]["raw_location"]))
    each = float(asked[0]["value"]) / float(scored)
    ledger.computed("respondents", each, unit="people", digits=0, sources=(key,),
                    formula="respondents of the country / provinces with a score in that year")  # fmt: skip
    ledger.add(
        Entry(
            "margin_level", MARGIN_LEVEL, PERCENT, 0, "chosen", "level of the margins of the survey's shares"
        )
    )
    after = own["period"] >= first_treated_year(evidence)
    for side, years in (("before", (~after).sum()), ("after", after.sum())):
        share, size = max(float(ledger.entries[f"own_{side}_pct"].value), 0.0) / 100, each * float(years)
        low, high = proportion_confint(share * size, size, alpha=1 - MARGIN_LEVEL / 100, method="wilson")
        ledger.computed(f"own_{side}_margin_pp", 50 * (high - low), unit=POINTS,
                        formula=f"half of the Wilson interval of own_{side}_pct at margin_level, respondents × years",
                        inputs=(f"own_{side}_pct", "respondents"))  # fmt: skip

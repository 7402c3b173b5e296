"""How the province's own survey figures enter the ledger, and its rise beside those of the provinces not named."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reporting.entries_survey import first_treated_year, rises_of
from analysis.reporting.evidence import PERCENT, POINTS, PP_PER_SCORE, Evidence, cite_survey, share_pct
from analysis.reporting.ledger import Entry, Ledger


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
    _enter_rise(ledger, evidence, set(own.index), keys)


def _enter_moves(ledger: Ledger, evidence: Evidence) -> None:
    """Enter by how much provinces' shares move from one year of the panel to the next: the median and the top tenth."""
    wide = evidence.survey.pivot_table(index="province_code", columns="period", values="outcome")
    moves = wide.diff(axis=1).abs().to_numpy() * PP_PER_SCORE
    rows = cite_survey(ledger, evidence, "papi_d81_portal_access")
    for name, share in (("move_half_pp", 0.5), ("move_tenth_pp", 0.9)):
        ledger.computed(name, float(np.nanquantile(moves, share)), unit=POINTS, sources=rows,
                        formula=f"quantile {share} of moves between neighbouring years, PAPI 8.1")  # fmt: skip


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

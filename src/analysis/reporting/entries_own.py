"""How the province's decision, its measures and its own survey figures enter the ledger."""

from __future__ import annotations

import pandas as pd

from analysis.panels.published_results import BeforeAfter
from analysis.reference.provinces import NATION
from analysis.reporting.entries_survey import first_treated_year, rises_of
from analysis.reporting.evidence import PERCENT, POINTS, PP_PER_SCORE, Evidence, cite_survey, share_pct
from analysis.reporting.ledger import Entry, Ledger, printed_digits


def enter_decision(ledger: Ledger, evidence: Evidence) -> str:
    """Enter by when the target of a province named is known to have been set; return `day`, `month` or nothing.

    A month is entered as its last day.
    """
    rows = evidence.targets[
        (evidence.targets["province_code"] == evidence.province.code)
        & evidence.targets["date_precision"].isin(["before", "month"])
        & evidence.targets["announced"].str.len().isin([len("2022-06-30"), len("2022-08")])
    ]
    if rows.empty or evidence.status != "set":
        return ""
    ends = rows["announced"].map(last_day).sort_values(kind="stable")
    row = rows.loc[ends.index[0]]
    key = ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"]))
    ledger.date("decided_by", ends.iloc[0], key)
    return "day" if len(str(row["announced"])) == len("2022-06-30") else "month"


def enter_own_decided(ledger: Ledger, evidence: Evidence) -> None:
    """Enter the day by which the province is known to have set a target of its own, whenever that was.

    Where the decision itself is known with its day, its number is entered as `own_document`.
    """
    own = evidence.targets[evidence.targets["province_code"] == evidence.province.code]
    rows = own[own["announced"].map(last_day) == evidence.decided].to_dict("records")
    keys = tuple(ledger.cite(evidence.source(str(r["source_id"])), str(r["raw_location"])) for r in rows[:1])
    if keys:
        ledger.date("own_decided", evidence.decided, *keys)
    numbered = [row for row in rows if row["document"] and row["date_precision"] == "day"]
    if numbered and evidence.status == "set":
        key = ledger.cite(evidence.source(str(numbered[0]["source_id"])), str(numbered[0]["raw_location"]))
        words = str(numbered[0]["document"])
        ledger.add(
            Entry("own_document", words, "text", 0, "quoted", "number of the decision", sources=(key,))
        )


def has_later_figure(evidence: Evidence) -> bool:
    """Tell whether a figure of the same share was published for the province after the second one."""
    result = evidence.published
    if not isinstance(result, BeforeAfter):
        return False
    rows = evidence.observations[
        (evidence.observations["province_code"] == evidence.province.code)
        & (evidence.observations["indicator"] == result.indicator)
    ]
    return bool((rows["period_end"].astype(str) > result.after.date).any())


def enter_own_measures(ledger: Ledger, evidence: Evidence) -> list[tuple[str, str, bool]]:
    """Enter the fee cuts and campaigns of the province beside targets; return (indicator, ledger name, at most?).

    `<name>_date` is a day, or the year where no more is known, and `<name>_value` is there where one was printed.
    """
    rows = evidence.targets[evidence.targets["province_code"] == evidence.province.code]
    rows = rows[rows["indicator"].str.startswith(("co_intervention", "campaign"))].sort_values("announced")
    found = []
    for number, row in enumerate(rows.to_dict("records")):
        name, announced = f"measure_{number}", str(row["announced"])
        key = ledger.cite(evidence.source(str(row["source_id"])), str(row["raw_location"]))
        if len(announced) == len("2022"):
            ledger.counted(f"{name}_date", announced, "", key, unit="year")
        else:
            ledger.date(f"{name}_date", last_day(announced), key)
        if row["target_value"] == row["target_value"]:
            value = float(row["target_value"])
            digits, unit = printed_digits(value), str(row["unit"])
            ledger.add(Entry(f"{name}_value", value, unit, digits, "printed", sources=(key,)))
        found.append((str(row["indicator"]), name, row["qualifier"] == "at_most"))
    return found


def last_day(text: str) -> str:
    """Return an ISO day as it is, and a month as its last day."""
    return text if len(text) > len("2022-08") else (pd.Period(text, freq="M").end_time.date().isoformat())


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
        ledger.counted(f"{name}_year", year, "", *keys, unit="year")
        ledger.computed(f"{name}_pct", share_pct(float(own[year])), unit=PERCENT, sources=keys,
                        formula="(score − 1/3) / 3 × 100, PAPI 8.1")  # fmt: skip
    for year in sorted(set(evidence.survey["period"]) - set(own.index)):
        note = "a year of the panel with no figure among the province's rows"
        ledger.counted(f"own_gap_{year}", year, note, *keys, unit="year")
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
    ledger.counted(
        "n_others", len(others), "other provinces not named, with a figure before and after", *rows
    )
    ledger.counted(
        "n_as_far", as_far, "of these, with a rise as far from others_rise_pp as own_rise_pp", *rows
    )


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
    ledger.chosen("margin_level", MARGIN_LEVEL, PERCENT, "level of the margins of the survey's shares")
    after = own["period"] >= first_treated_year(evidence)
    for side, years in (("before", (~after).sum()), ("after", after.sum())):
        share, size = max(float(ledger.entries[f"own_{side}_pct"].value), 0.0) / 100, each * float(years)
        low, high = proportion_confint(share * size, size, alpha=1 - MARGIN_LEVEL / 100, method="wilson")
        ledger.computed(f"own_{side}_margin_pp", 50 * (high - low), unit=POINTS,
                        formula=f"half of the Wilson interval of own_{side}_pct at margin_level, respondents × years",
                        inputs=(f"own_{side}_pct", "respondents"))  # fmt: skip

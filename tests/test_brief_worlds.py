"""Briefs of several made-up worlds: no sentence may stand there that does not fit the figures at hand."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from analysis.brief_evidence import answer_survey, dates_of
from analysis.panels.before_after import before_after, national_points
from analysis.periods import last_day_of
from analysis.reporting.brief import assemble_brief
from analysis.reporting.pdf import render_pdf
from brief_worlds import SERVICES, World, evidence_in
from reading_briefs import BANNED_WORDS, LANGUAGES, all_text, assert_short, first_page_text, headline, visible
from test_brief import NAMES

MONTHS = World()
QUARTERS = World("Q", first="2020Q1", last="2022Q2", missing=(("77", "2020Q3"), ("19", "2022Q1")))
SINCE = World(frame="34", first="2025-07", last="2026-06")
EARLY = World(early=("15",))
PANEL_WORLDS = {
    "months": (MONTHS, SINCE),
    "a quarter missing": (QUARTERS,),
    "34 only": (SINCE,),
    "early": (EARLY,),
}
PLACES = ("Thái Nguyên", "Yên Bái", "Bà Rịa – Vũng Tàu", "Quảng Trị", "Đà Nẵng")
# What must not stand in a brief, by what is true of its evidence.
FORBIDDEN = {
    "months": (r"\bquarters?\b|\bQ[1-4] \d{4}", r"\bquý\b"),
    "panel": (r"newspaper|Under \d+ readings|left over", r"bài báo|cách hiểu|còn lại \d"),
    "has months": (
        r"monthly counts|figures-to-send",
        r"số liệu từng tháng|so-lieu-can-gui",
    ),
}
ALWAYS = re.compile(r"[{}]|\bnan\b|\bNone\b|\bNaN\b")


@pytest.fixture(scope="module")
def base_of(evidence_of):
    """Return `base_of(province)`: what the project's own figures give, gathered once a province."""
    return cache(evidence_of)


def content(evidence, language: str) -> dict:
    return json.loads(json.dumps(assemble_brief(evidence, language).to_dict()))


def unfit(brief: dict, kinds: tuple[str, ...]) -> list[str]:
    """Return what does not fit: holes, forbidden words, numbers outside the ledger, claims too strong."""
    page, language = visible(brief), brief["language"]
    text = " ".join([first_page_text(brief), all_text(brief)])
    found = ALWAYS.findall(text)
    for kind in kinds:
        found += re.findall(FORBIDDEN[kind][LANGUAGES.index(language) == 0], text)
    found += [word for word in BANNED_WORDS[language] if word in text.lower()]
    loose = NAMES.sub("", " ".join(page.loose))
    return found + [match for match in re.findall(r".{20}\d+.{10}", loose) if not _is_period(match)]


def _is_period(text: str) -> bool:
    """Tell whether the number is one of the few that are words: a map, a bound, the merger's month."""
    return bool(re.search(r"map of 34|34 tỉnh|0 to 100|0–100|July 2025|7/2025", text))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", PANEL_WORLDS)
def test_no_sentence_that_does_not_fit(base_of, name, place, language):
    worlds = PANEL_WORLDS[name]
    brief = content(evidence_in(base_of(place), *worlds), language)
    left_out = name == "early" and place == "Yên Bái"
    leads = any(world.frame == "63" for world in worlds) and not left_out
    kinds = ("panel", "has months") if leads else ()
    monthly = leads and all(world.frequency == "M" for world in worlds)
    assert not unfit(brief, (*kinds, "months") if monthly else kinds)
    assert brief["rests_on"] == ("panel" if leads else brief["rests_on"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", ["today", *PANEL_WORLDS])
def test_first_page_and_sentences_are_short(base_of, name, place, language):
    """A headline of 15 words, a first page of 250, sentences of 30 words at most and of 20 on average."""
    evidence = evidence_in(base_of(place), *PANEL_WORLDS[name]) if name != "today" else base_of(place)
    brief = content(evidence, language)
    assert_short(brief)


@pytest.mark.parametrize(
    ("own", "passed", "rung", "en", "vi"),
    [
        ((7.5, 3.1, 11.9), True, "passed", "An estimated 7.5 points", "Ước tính cao hơn 7,5 điểm %"),
        ((7.5, 3.1, 11.9), False, "failed", "target was set, alongside other changes", "cùng lúc với thay đổi khác"),
        ((7.5, -1.0, 16.0), True, "passed", "we cannot tell whether the target", "chưa đủ căn cứ kết luận"),
        ((-7.5, -11.9, -3.1), True, "passed", "lower than it would otherwise", "Ước tính thấp hơn 7,5 điểm %"),
    ],
)  # fmt: skip
def test_headline_climbs_the_ladder_by_interval_and_checks(base_of, own, passed, rung, en, vi):
    evidence = evidence_in(base_of("Thái Nguyên"), MONTHS, own=own, passed=passed, rung=rung)
    for language, words in (("en", en), ("vi", vi)):
        brief = content(evidence, language)
        assert words in headline(brief)
    claim = headline(content(evidence, "en"))
    assert ("than it would otherwise have been" in claim) is (passed and own[1] * own[2] > 0)


def test_mean_effect_stays_below_its_checks(base_of):
    failed = evidence_in(base_of("Đà Nẵng"), MONTHS, passed=False, rung="failed")
    text = all_text(content(failed, "en"), "points")
    assert "alongside other changes: the groups moved apart before decisions already" in text
    assert "than it would otherwise have been" not in text
    unclear = evidence_in(base_of("Đà Nẵng"), MONTHS, mean=(2.0, -1.0, 5.0), rung="unclear")
    assert "we cannot tell whether targets made a difference: +2.0 points" in all_text(
        content(unclear, "en"), "points"
    )


def test_brief_says_what_the_figures_say(base_of):
    evidence = evidence_in(base_of("Thái Nguyên"), MONTHS, SINCE)
    numbers = content(evidence, "en")["ledger"]["numbers"]
    rows = MONTHS.observations()
    own = rows[(rows["province_code"] == "19") & (rows["indicator"] == SERVICES)].set_index("period_end")[
        "value"
    ]
    # Three months before September 2021 are left out, so that May is the last comparable one.
    assert numbers["p0_base"]["value"] == "2021-05-31"
    assert numbers["p0_base_value"]["value"] == own["2021-05-31"]
    assert numbers["p0_change"]["value"] == pytest.approx(own["2022-06-30"] - own["2021-05-31"])
    of_services = (
        rows[rows["indicator"] == SERVICES].groupby("period_end")[["numerator", "denominator"]].sum()
    )
    shares = 100 * of_services["numerator"] / of_services["denominator"]
    assert numbers["p0_nation_change"]["value"] == pytest.approx(shares["2022-06-30"] - shares["2021-05-31"])
    assert numbers["p0_own"]["value"] == 7.5 and numbers["p0_effect"]["value"] == 8.2
    assert numbers["p0_at_missing"]["value"] == pytest.approx(60 - own["2021-12-31"])


def test_province_without_a_decision_is_told_its_part(base_of):
    text = all_text(content(evidence_in(base_of("Đà Nẵng"), MONTHS), "en"), "points")
    assert "one of the provinces that those with targets are compared with" in text
    assert "Over the 3 provinces that decided, we estimate" in text and "For Đà Nẵng" not in text


def test_early_decision_and_missing_figures_are_said(base_of):
    early = content(evidence_in(base_of("Yên Bái"), EARLY), "en")
    assert (
        early["rests_on"] == "survey"
    )  # a panel that leaves the province out stands beside what else there is
    assert "is left out of the comparison" in all_text(early, "p0")
    assert "All that decided" in all_text(early, "p0")
    gaps = all_text(content(evidence_in(base_of("Thái Nguyên"), QUARTERS), "en"), "points")
    assert "Thái Nguyên has no figure for Q1 2022" in gaps and "In Q2 2022 it was" in gaps


@pytest.mark.parametrize("world", [World(last="2021-12"), World("Q", first="2020Q1", last="2021Q4")])
@pytest.mark.parametrize(
    ("level", "said", "never"), [(60.0, "not reached", "reached, "), (10.0, "reached, ", "not reached")]
)
def test_a_deadline_on_the_last_day_of_the_newest_period_is_met_or_missed(base_of, world, level, said, never):
    evidence = evidence_in(base_of("Thái Nguyên"), world)
    targets = evidence.targets.assign(target_value=level)
    text = all_text(content(replace(evidence, targets=targets), "en"))
    assert f"{level:g}% by 31 December 2021: {said}" in text and f"31 December 2021: {never}" not in text
    assert "no figure is that old" not in text
    assert f"{level:g}% đến 31/12/2021" in all_text(content(replace(evidence, targets=targets), "vi"))


def test_a_target_of_the_provinces_own_is_never_called_national(base_of):
    evidence = evidence_in(base_of("Hà Giang"), MONTHS)
    own = MONTHS.targets().head(2).assign(province_code="02", scope="toàn tỉnh", target_value=45.0)
    assert "Distance to the national target" in all_text(content(evidence, "en"))
    evidence = replace(evidence, targets=pd.concat([evidence.targets, own], ignore_index=True))
    for language, national in (("en", "Distance to the national target"), ("vi", "chỉ tiêu chung cả nước")):
        text = all_text(content(evidence, language))
        assert "45%" in text and national not in text


def test_who_decided_is_counted_once_and_each_other_count_follows_from_it(base_of):
    brief = content(evidence_in(base_of("Thái Nguyên"), EARLY), "en")
    text = all_text(brief) + json.dumps(brief["first_page"])
    said = re.search(r"Own targets are known of (\d+): (.*?)\. The survey counts the (\d+)", text)
    assert said and sum(int(n) for n in re.findall(r"\d+", said[2])) == int(said[1]) == 4
    assert said[2] == "3 decided between the first and the last figure, 1 too early to be compared"
    assert int(said[3]) == brief["ledger"]["numbers"]["n_treated"]["value"]
    assert "Được biết 4 địa phương đã giao chỉ tiêu" in all_text(
        content(evidence_in(base_of("Thái Nguyên"), EARLY), "vi")
    )


@pytest.mark.parametrize("precision", ["before", "year"])
@pytest.mark.parametrize("world", [MONTHS, QUARTERS])
def test_of_a_latest_date_no_figure_is_said_to_lie_before_the_decision(base_of, world, precision):
    evidence = evidence_in(base_of("Thái Nguyên"), world)
    panels = []
    for one in evidence.panels:
        starts = tuple(replace(start, precision=precision) for start in one.panel.starts)
        known = dict(one.answer.estimates) | {"callaway-santanna": one.answer.effect}
        shown = replace(one.answer, estimates=known)
        panels.append(replace(one, panel=replace(one.panel, starts=starts), answer=shown))
    brief = content(replace(evidence, panels=tuple(panels)), "en")
    text = all_text(brief)
    assert "at the latest; the day is not known" in text and "may lie after the decision" in text
    assert "Before the decision" not in text
    assert f"Of {len(starts)} only the latest possible date is known" in text
    assert f"Starts known only as latest dates ({len(starts)} here) widen the gap" in text
    assert not unfit(brief, ("panel",))
    exact = all_text(content(evidence, "en"))
    assert "at the latest" not in exact and "latest possible date" not in exact


@pytest.mark.parametrize("world", [MONTHS, QUARTERS])
@pytest.mark.parametrize("place", ["Thái Nguyên", "Hà Giang"])
def test_a_period_whose_file_was_set_aside_is_said(base_of, place, world):
    evidence = evidence_in(base_of(place), world)
    after = {"M": ("2022-07", "2022-08"), "Q": ("2022Q3", "2022Q4")}[world.frequency]
    aside = tuple(replace(one, panel=replace(one.panel, set_aside=after)) for one in evidence.panels)
    for language in LANGUAGES:
        without = content(evidence, language)
        brief = content(replace(evidence, panels=aside), language)
        words = {
            "en": "were set aside, because they did not pass",
            "vi": "không được sử dụng vì không qua được kiểm tra",
        }[language]
        assert words in all_text(brief) and words not in all_text(without)
        assert not unfit(brief, ("panel",))
    assert ("Q3 2022 and Q4 2022" if world.frequency == "Q" else "July 2022 and August 2022") in all_text(
        content(replace(evidence, panels=aside), "en")
    )


def test_other_method_is_named_where_it_disagrees(base_of):
    text = all_text(content(evidence_in(base_of("Thái Nguyên"), MONTHS), "en"), "points")
    assert "Another method disagrees: imputation in points gives +3.0 (+1.0 to +5.0)" in text
    assert "Method: imputation on the logit scale, because decisions came in different months" in text


def test_panel_without_an_answer_stands_beside_the_pair_with_the_reason_in_words(base_of):
    evidence = evidence_in(base_of("Thái Nguyên"), MONTHS)
    why = "imputation: no period before the decisions."
    panels = tuple(replace(one, answer=None, why_not=why) for one in evidence.panels)
    for language, words in (("en", "No estimate is possible"), ("vi", "Chưa ước tính được")):
        brief = content(replace(evidence, panels=panels), language)
        assert brief["rests_on"] == "pair" and "28" in headline(brief)
        assert words in all_text(brief, "p0") and why in all_text(brief, "p0")
        assert not unfit(brief, ())
    assert "In the same months the country moved by" in all_text(
        content(replace(evidence, panels=panels), "en"), "p0"
    )


def _with_months(base, months: dict[str, float]):
    """Return evidence with monthly figures of the province for these months, printed by one file each."""
    code = base.province.code
    row = MONTHS.observations().query("indicator == @SERVICES").iloc[0]
    rows = [
        {
            **row.to_dict(), "province_code": code, "period_start": f"{month}-01", "period_end": last_day_of(month),
            "value": value, "numerator": float("nan"), "denominator": float("nan"),
            "raw_location": f"data/raw/bo/2026-11-22/bao-cao-{month}.xlsx!Biểu 1!B9",
        }
        for month, value in months.items()
    ]  # fmt: skip
    observations = pd.concat([base.observations, pd.DataFrame(rows)], ignore_index=True)
    sources = pd.concat([base.sources, MONTHS.sources()], ignore_index=True)
    return replace(base, observations=observations, sources=sources)


@pytest.mark.parametrize(
    ("place", "months", "first", "told"),
    [
        ("Thái Nguyên", {"2022-10": 49.0}, "Newest: 49% (October 2022), 31 points short of the national target",
         "It is 31 points short of the national target of 80% by 31 December 2022. Figures before and from"),
        ("Thái Nguyên", {"2022-10": 49.0, "2022-12": 47.6, "2023-06": 54.8}, "47.6%, 32.4 points short",
         "54.8% (June 2023). On 31 December 2022, the last day of the national target of 80%, it was 47.6%"),
        ("Thái Nguyên", {"2022-12": 85.0}, "85%; the national target is reached", "target of 80%: reached"),
        ("Thái Nguyên", {"2023-06": 54.8}, "No figure of 31 December 2022, when", "the newest is 25.2 points short"),
        ("Bà Rịa – Vũng Tàu", {"2022-10": 57.6}, "dossiers (October 2022), below the 80% target", ""),
        ("Hà Nội", {"2022-10": 40.3}, "Newest: 40.3% of services with online dossiers (October 2022), 39.7 points",
         "It is 39.7 points short of the national target of 80%"),
    ],
)  # fmt: skip
def test_the_newest_figure_from_any_source_is_held_against_the_target(base_of, place, months, first, told):
    for language in LANGUAGES:
        brief = content(_with_months(base_of(place), months), language)
        assert_short(brief)
        assert not unfit(brief, ())
        if language == "en":
            assert first in first_page_text(brief)
            assert told in all_text(brief, "figures")
            assert "is not known" not in first_page_text(brief)


def test_months_that_contradict_the_press_are_named_beside_it_and_the_headline_is_not_firm(base_of):
    months = {"2022-02": 35.6, "2022-03": 28.4, "2022-06": 40.4, "2022-07": 41.6}
    evidence = _with_months(base_of("Thái Nguyên"), months)
    pair = before_after(evidence.observations, province="19", indicator=SERVICES, breaks=["2022-08-15"],
                        before="2022-02-28", after="2022-07-31", sources=evidence.sources)  # fmt: skip
    assert -1 < pair.rest_high_pp < 0
    for language, firm in (("en", "a smaller rise"), ("vi", "tăng chậm hơn")):
        brief = content(replace(evidence, published=pair), language)
        assert firm not in headline(brief)
        assert not unfit(brief, ())
        assert_short(brief)
    brief = content(replace(evidence, published=pair), "en")
    assert "about 60% (30 June 2022) and, in the series compared here, 40.4%" in first_page_text(brief)
    told = all_text(brief, "figures")
    assert "28% (Q1 2022) and about 60% (30 June 2022; the series compared has 40.4% for that day)" in told


def test_a_decision_of_ones_own_is_named_and_its_share_leads(base_of):
    base = _with_months(base_of("Hà Nội"), {"2022-10": 40.3})
    row = MONTHS.targets().query("indicator == @SERVICES").iloc[0]
    decision = {**row.to_dict(), "province_code": "01", "announced": "2022-06-08", "target_value": 70.0,
                "deadline": "2022-12-31", "document": "2010/QĐ-UBND"}  # fmt: skip
    targets = pd.concat([base.targets, pd.DataFrame([decision])], ignore_index=True)
    evidence = replace(base, targets=targets, decided="2022-06-08", treated=(*base.treated, "01"))
    for language in LANGUAGES:
        brief = content(evidence, language)
        assert_short(brief)
        assert "2010/QĐ-UBND" in first_page_text(brief)
    page = first_page_text(content(evidence, "en"))
    assert "40.3% of services with online dossiers (October 2022), below the 70% target" in page
    assert "29.7 points short" in page and "Add the decision" not in page


@pytest.mark.parametrize(
    ("last", "rose", "level"),
    [("2022-11", "July 2022", "the newest figure, "), ("2022-06", "June 2022", "")],
)
def test_a_rise_ends_before_a_change_of_definition(base_of, last, rose, level):
    """The definition changed on 15 August 2022: the headline's rise and the country's stop before it."""
    world = World(last=last)
    for language in LANGUAGES:
        brief = content(evidence_in(base_of("Thái Nguyên"), world, own=(7.5, -1.0, 16.0)), language)
        numbers = brief["ledger"]["numbers"]
        assert numbers["p0_change"]["value"] == pytest.approx(
            numbers["p0_until_value"]["value"] - numbers["p0_base_value"]["value"]
        )
        assert not unfit(brief, ("panel",))
        assert_short(brief)
    brief = content(evidence_in(base_of("Thái Nguyên"), world, own=(7.5, -1.0, 16.0)), "en")
    told = all_text(brief, "points")
    assert f"In {rose} it was" in told and f"– {rose}" in first_page_text(brief)
    assert (f"15 August 2022: {level}" in told) is bool(level)


def test_a_target_of_a_level_not_known_falls_back_to_the_national_one(base_of):
    world = World(last="2022-11")
    evidence = evidence_in(base_of("Thái Nguyên"), world)
    own = evidence.targets["province_code"] == "19"
    targets = evidence.targets.assign(target_value=evidence.targets["target_value"].mask(own))
    panels = tuple(
        replace(one, panel=replace(one.panel, starts=tuple(replace(s, dose=None) for s in one.panel.starts)))
        for one in evidence.panels
    )
    brief = content(replace(evidence, targets=targets, panels=panels), "en")
    assert "Against the 80% target" in first_page_text(brief)
    told = all_text(brief, "points")
    assert "Distance to the national target" in told and "The level that Thái Nguyên set" in told


def test_the_newest_figure_is_not_said_twice(base_of):
    assert "newest figure of" not in all_text(content(base_of("Thái Nguyên"), "en"))


def test_new_year_of_the_survey_moves_the_brief(base_of):
    base = base_of("Bắc Ninh")
    survey = base.observations[base.observations["indicator"].str.startswith("papi_d8")]
    newest = survey[survey["period_end"] == "2024-12-31"]
    added = newest.assign(period_start="2025-01-01", period_end="2025-12-31", value=newest["value"] * 1.1)
    observations = pd.concat([base.observations, added], ignore_index=True)
    panel, shown = answer_survey("survey", (observations, base.targets, base.sources), draws=199)
    evidence = replace(
        base, observations=observations, survey=panel.rows, effect=shown.effect, dates=dates_of(panel),
        events=shown.estimates["event-study"], control=shown.placebo, without=shown.without_doubtful,
    )  # fmt: skip
    for language in LANGUAGES:
        brief = content(evidence, language)
        assert "2022–2025" in all_text(brief, "survey")
        assert brief["ledger"]["numbers"]["last_year"]["value"] == 2025
        assert not unfit(brief, ())


def test_both_national_dates_printed_leave_no_reading_of_the_press(base_of):
    base = base_of("Thái Nguyên")
    own = base.observations[base.observations["raw_location"] == base.published.before.raw_location]
    nation = [own.assign(province_code="VN", period_end=day, value=value, raw_location=f"{file}:{line}")
              for day, value, line in (("2022-03-31", 30.0, 2), ("2022-06-30", 41.0, 3))
              for file in ["data/raw/published-figures/2026-11-21/published_figures.csv"]]  # fmt: skip
    observations = pd.concat([base.observations, *nation], ignore_index=True)
    published = before_after(observations, province="19", indicator=SERVICES, breaks=["2022-08-15"])
    evidence = replace(
        base, observations=observations, published=published, nation=national_points(observations, SERVICES)
    )
    for language, words in (
        ("en", "published on both dates and moved by +11"),
        ("vi", "công bố ở cả hai thời điểm"),
    ):
        text = all_text(content(evidence, language), "figures")
        assert words in text
        assert not re.search(r"Under \d+ readings|cách hiểu", text)


def test_monthly_figures_of_the_province_alone_are_no_quarters(base_of):
    base = base_of("Thái Nguyên")
    own = MONTHS.observations().query("province_code == '19' and indicator == @SERVICES")
    nation = base.observations[base.observations["province_code"] == "VN"]
    observations = pd.concat(
        [base.observations[base.observations["indicator"].str.startswith("papi_")], nation, own],
        ignore_index=True,
    )
    published = before_after(observations, province="19", indicator=SERVICES, breaks=["2022-08-15"])
    sources = pd.concat([base.sources, MONTHS.sources()], ignore_index=True)
    evidence = replace(base, observations=observations, published=published, sources=sources)
    for language, dates in (
        ("en", "at the end of June 2022"),
        ("vi", "đến hết tháng 6/2022"),
    ):
        brief = content(evidence, language)
        assert dates in headline(brief) + all_text(brief, "figures")
        figures = all_text(brief, "figures")
        assert "Bộ Thông tin và Truyền thông" in figures and not re.search("newspaper|bài báo", figures)
        assert not re.search(FORBIDDEN["has months"][language == "vi"], first_page_text(brief))
        assert brief["form"] is None
        assert not re.search(
            FORBIDDEN["months"][language == "vi"], headline(brief) + all_text(brief, "figures")
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_of_the_fullest_brief_keeps_to_two_pages(base_of, language):
    render_pdf(content(evidence_in(base_of("Quảng Trị"), MONTHS, SINCE), language))

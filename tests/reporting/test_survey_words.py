"""Words on the survey are chosen by its numbers: drift before, gaps after, control, one province beside the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.reporting.brief import assemble_brief
from analysis.reporting.survey_words import rise_key, times_key
from reading_briefs import all_text, common_text


@pytest.fixture(scope="module")
def evidence(evidence_of):
    return evidence_of("Cần Thơ")


def _sure(evidence, language="en"):
    return common_text(assemble_brief(evidence, language).to_dict())


def _shifted(evidence, year, score):
    """The evidence, had the provinces named scored so much more in a year."""
    survey = evidence.survey.copy()
    named = survey["province_code"].isin(evidence.treated) & (survey["period"] == year)
    survey.loc[named, "outcome"] += score
    return replace(evidence, survey=survey)


def _with_effect(evidence, score):
    """The evidence, had the difference between the groups been this score."""
    return replace(evidence, effect=replace(evidence.effect, estimate=score))


@pytest.mark.parametrize(
    ("ratio", "key"),
    [
        (0.5, "times_less"),
        (1.0, "times_as_much"),
        (1.3, "times_more"),
        (1.86, "times_nearly_twice"),
        (2.0, "times_twice"),
        (2.5, "times_more_than_twice"),
    ],
)
def test_drift_is_compared_in_words_of_its_size(ratio, key):
    assert times_key(ratio) == key


@pytest.mark.parametrize(("share", "key"), [(0.9, "rise_near"), (0.2, "rise_within"), (0.05, "rise_far")])
def test_a_province_stands_out_only_where_few_others_do(share, key):
    assert rise_key(share) == key


def test_drift_gaps_and_control_of_today(evidence):
    text = _sure(evidence)
    assert "already lost 1.3 points against the others. That is nearly twice the 0.7 reported." in text
    assert "In 2022 the groups stood almost level (\N{MINUS SIGN}0.2); the difference appears in " in text
    assert "appears in 2023 (+0.8) and 2024 (+1.0)." in text
    assert "So the 0.7 may be only such drift, for example this gap closing again." in text
    assert "Control check (weak):" in text and "+0.1 points" in text and "\N{MINUS SIGN}5." in text
    assert "Mức này gần gấp đôi mức 0,7 nêu trên. Năm 2022 hai nhóm gần bằng nhau" in _sure(evidence, "vi")


def test_groups_are_not_called_level_where_they_are_not(evidence):
    assert "almost level" not in _sure(_shifted(evidence, 2022, 0.03)), "they part in the first year already"
    assert "almost level" not in _sure(_shifted(evidence, 2023, -0.02)), (
        "they part in one of the later years only"
    )


def test_drift_smaller_than_the_difference_takes_only_a_part(evidence):
    text = _sure(_with_effect(evidence, 0.06))
    assert "That is less than the 2.0 reported" in text and "So part of the 2.0 may be such drift" in text
    text = _sure(_with_effect(evidence, -0.0198))
    assert "already lost 1.3 points" in text and "gap closing" not in text, "the groups moved on the same way"


def test_a_precise_control_is_not_called_weak_and_one_that_moves_fails(evidence):
    control = replace(evidence.control, conf_low=-0.01, conf_high=0.012)
    text = _sure(replace(evidence, control=control))
    assert "(weak)" not in text and "Control check:" in text
    assert "It does differ" in _sure(replace(evidence, control=replace(control, p_value=0.01)))


def test_own_rise_is_that_of_the_raw_scores(evidence):
    survey = evidence.survey.dropna(subset=["outcome"])
    means = (
        survey.assign(after=survey["period"] >= 2022)
        .groupby(["province_code", "after"])["outcome"]
        .mean()
        .unstack()
    )
    rises = (means[True] - means[False]) * 100 / 3
    others = rises[~rises.index.isin(evidence.treated)]
    numbers = assemble_brief(evidence, "en").to_dict()["ledger"]["numbers"]
    assert numbers["own_rise_pp"]["value"] == pytest.approx(rises["92"]) == pytest.approx(1.7344, abs=1e-4)
    assert (
        numbers["others_rise_pp"]["value"] == pytest.approx(others.mean()) == pytest.approx(1.9038, abs=1e-4)
    )
    assert (
        numbers["n_as_far"]["value"]
        == ((others - others.mean()).abs() >= abs(rises["92"] - others.mean())).sum()
    )
    points = all_text(assemble_brief(evidence, "en").to_dict(), "survey")
    assert (
        "Cần Thơ rose by 1.7 points; the 53 provinces of the comparison group rose by 1.9 on average. No visible"
        in points
    )


def test_a_province_not_named_is_compared_with_the_others_in_its_own_years(evidence_of):
    brief = assemble_brief(evidence_of("Bắc Ninh"), "en").to_dict()
    assert brief["ledger"]["numbers"]["n_others"]["value"] == 52
    assert "(over the years with a figure); the 52 other provinces of the comparison" in all_text(
        brief, "survey"
    )


def test_a_province_that_rose_more_than_all_others_is_said_to_and_no_cause_is_named(evidence_of):
    brief = assemble_brief(evidence_of("Bà Rịa – Vũng Tàu"), "en").to_dict()
    assert brief["ledger"]["numbers"]["n_as_far"]["value"] == 0
    assert "The difference is larger than in any of them; alone it tells no cause." in all_text(
        brief, "survey"
    )

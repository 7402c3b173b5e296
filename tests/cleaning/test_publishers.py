"""Rows of the compiled files with one thing wrong each: held with the reason, never taken."""

from typing import Any

import pandas as pd
import pytest

from analysis.cleaning.publishers.papi_table import COLUMNS, clean_papi_dimension8
from analysis.cleaning.publishers.published import clean_published_figures
from analysis.cleaning.publishers.stated_by import who_states
from analysis.cleaning.publishers.target_setting import clean_target_setting
from analysis.cleaning.sources import describe_source

FIGURE = {
    "figure_id": "F1",
    "province_code": "19",
    "indicator": "share_dossiers_processed_online",
    "value": "41.5",
    "unit": "percent",
    "qualifier": "exact",
    "period_start": "2022-04-01",
    "period_end": "2022-06-30",
    "as_of": "",
    "kind": "observed",
    "publisher": "Báo Thái Nguyên",
    "title": "Một bài",
    "published": "2022-07",
    "url": "",
}
DECISION = {
    "province_code": "19",
    "province": "Thái Nguyên",
    "decision_or_announcement": "Quyết định 123/QĐ-UBND",
    "date_known": "2022-03",
    "date_precision": "month",
    "indicator": "share_dossiers_processed_online",
    "target_value": ">=50",
    "deadline": "2022-12-31",
    "scope": "",
    "source": "https://baothainguyen.vn/bai",
}
SCORES = {"year": "2021", "province_code": "19", "province": "Thái Nguyên"} | dict.fromkeys(COLUMNS, "1.5")


def rows(base: dict[str, str], **other: str) -> pd.DataFrame:
    return pd.DataFrame([{**base, **other}], index=[2])


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"value": "101"}, "out_of_range"),
        ({"value": "-1"}, "out_of_range"),
        ({"value": "41,5"}, "number_unreadable"),
        ({"unit": "count"}, "unit_unlike"),
        ({"qualifier": "nearly"}, "word_unknown"),
        ({"kind": "seen"}, "word_unknown"),
        ({"province_code": "99"}, "province_unknown"),
        ({"indicator": "share_of_cows"}, "indicator_undefined"),
        ({"indicator": "district_share"}, "below_province"),
        ({"indicator": "visits_unit_missing"}, "unit_missing"),
        ({"period_end": "30/6/2022"}, "date_unreadable"),
        ({"period_start": "2022-07-01"}, "date_unreadable"),
        ({"published": "2022-7"}, "date_unreadable"),
        ({"period_end": ""}, "period_open"),
        ({"period_start": "", "period_end": ""}, "no_period"),
        ({"kind": "target", "period_start": "", "period_end": "", "published": ""}, "no_date"),
    ],
)
def test_a_printed_figure_with_a_fault_is_held(other: dict[str, str], rule: str) -> None:
    cleaned = clean_published_figures(rows(FIGURE, **other), "f.csv")
    assert cleaned.observations.empty and cleaned.targets.empty
    assert cleaned.quarantine[["cell", "rule"]].values.tolist() == [["E2", rule]]


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, ("2022-04-01", "2022-06-30", "Q", 41.5, "exact")),
        ({"period_start": "", "qualifier": "over"}, ("2022-06-30", "2022-06-30", "X", 41.5, "over")),
        ({"period_end": "", "as_of": "2022-06"}, ("2022-04-01", "2022-06-30", "Q", 41.5, "exact")),
        ({"value": "0"}, ("2022-04-01", "2022-06-30", "Q", 0.0, "exact")),
        ({"value": "100"}, ("2022-04-01", "2022-06-30", "Q", 100.0, "exact")),
    ],
)
def test_a_sound_figure_is_taken(other: dict[str, str], expected: tuple[Any, ...]) -> None:
    cleaned = clean_published_figures(rows(FIGURE, **other), "f.csv")
    columns = ["period_start", "period_end", "frequency", "value", "qualifier"]
    assert cleaned.observations[columns].values.tolist() == [list(expected)]
    assert cleaned.quarantine.empty


def test_the_moment_of_a_state_is_no_month() -> None:
    cleaned = clean_published_figures(rows(FIGURE, period_start="", period_end="", as_of="2022-06"), "f.csv")
    assert cleaned.quarantine["rule"].tolist() == ["no_period"]


@pytest.mark.parametrize(
    ("other", "announced"),
    [
        ({"period_start": "2022-05-16"}, ("2022-05-16", "day")),
        ({"period_start": "2022-05-01"}, ("2022-05", "month")),
        ({"period_start": "2022-01-01"}, ("2022-07", "before")),
        ({"period_start": "", "published": ""}, ("2022-12-31", "before")),
    ],
)
def test_when_a_printed_target_was_announced(other: dict[str, str], announced: tuple[str, str]) -> None:
    made = rows(FIGURE, **({"kind": "target", "qualifier": "target", "period_end": "2022-12-31"} | other))
    target = clean_published_figures(made, "f.csv").targets.iloc[0]
    assert (target["announced"], target["date_precision"]) == announced
    assert (target["deadline"], target["qualifier"], target["target_value"]) == ("2022-12-31", "exact", 41.5)


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"province_code": "99"}, "province_unknown"),
        ({"indicator": "share_of_cows"}, "indicator_undefined"),
        ({"target_value": "half"}, "number_unreadable"),
        ({"date_known": "3/2022"}, "date_unreadable"),
        ({"deadline": "2022-12"}, "date_unreadable"),
        ({"date_precision": "roughly"}, "word_unknown"),
    ],
)
def test_a_decision_with_a_fault_is_held(other: dict[str, str], rule: str) -> None:
    cleaned = clean_target_setting(rows(DECISION, **other), "t.csv")
    assert cleaned.targets.empty
    assert cleaned.quarantine[["cell", "rule"]].values.tolist() == [["G2", rule]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (">=50", (50.0, "at_least")),
        ("<=5", (5.0, "at_most")),
        ("up to 60", (60.0, "at_most")),
        ("50", (50.0, "exact")),
    ],
)
def test_the_bound_of_a_decision_is_kept(value: str, expected: tuple[float, str]) -> None:
    target = clean_target_setting(rows(DECISION, target_value=value), "t.csv").targets.iloc[0]
    assert (target["target_value"], target["qualifier"]) == expected
    assert (target["document"], target["deadline"]) == ("123/QĐ-UBND", "2022-12-31")


def test_an_address_that_is_known_keeps_its_source() -> None:
    url = DECISION["source"]
    known = describe_source("Báo Thái Nguyên", "Một bài", "2022-04", url, "f.csv")
    alone = clean_target_setting(rows(DECISION), "t.csv").targets["source_id"].item()
    beside = clean_target_setting(rows(DECISION), "t.csv", pd.DataFrame([known])).targets["source_id"].item()
    assert beside == known["source_id"] != alone


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        ({"d82_internet_access": "11"}, "out_of_range"),
        ({"d82_internet_access": "0.1"}, "out_of_range"),
        ({"d82_internet_access": "1,5"}, "number_unreadable"),
        ({"d82_internet_access": ""}, "not_published"),
    ],
)
def test_a_score_with_a_fault_is_held_and_the_others_stay(other: dict[str, str], rule: str) -> None:
    source = describe_source("PAPI", "", "", "", "p.csv")
    cleaned = clean_papi_dimension8(rows(SCORES, **other), "p.csv", source)
    assert sorted(cleaned.observations["indicator"]) == [
        "papi_d81_portal_access",
        "papi_d83_e_responsiveness",
    ]
    assert cleaned.quarantine[["cell", "rule"]].values.tolist() == [["E2", rule]]


@pytest.mark.parametrize("year", ["21", "2021.0", ""])
def test_a_year_that_is_none_holds_all_scores_of_its_row(year: str) -> None:
    source = describe_source("PAPI", "", "", "", "p.csv")
    cleaned = clean_papi_dimension8(rows(SCORES, year=year), "p.csv", source)
    assert cleaned.observations.empty and cleaned.quarantine["rule"].tolist() == ["date_unreadable"] * 3


@pytest.mark.parametrize(
    ("publisher", "title", "url", "document", "said"),
    [
        ("Báo Thái Nguyên", "", "https://baothainguyen.vn/1", "123/QĐ-UBND", "press"),
        ("Báo điện tử Chính phủ", "", "https://baochinhphu.vn/1", "", "press"),
        ("UBND tỉnh Thái Nguyên", "", "", "", "official"),
        ("Cổng", "", "https://thainguyen.gov.vn/1", "", "official"),
        ("", "Quyết định 123/QĐ-UBND", "", "", "official"),
        ("Ai đó", "", "https://example.org/1", "", "press"),
        ("Ai đó", "", "", "", "user"),
    ],
)
def test_who_says_it(publisher: str, title: str, url: str, document: str, said: str) -> None:
    assert who_states(publisher, title, url, document) == said

"""Who counts as treated from when: scope, dates of any precision, several decisions, a study's own set."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.panels.starts import doubtful_provinces, find_starts
from analysis.study import Study
from frames import SERVICES, target, targets


def _starts(*rows, frequency="M", **words):
    study = Study(**{"name": "made", "outcome": SERVICES} | words)
    return {start.province_code: start for start in find_starts(targets(list(rows)), study, frequency)}


def test_a_wish_for_a_whole_province_binds_nobody():
    assert not _starts(target("19", "2022-04-05", scope="toàn tỉnh"))
    assert "19" in _starts(target("19", "2022-04-05", scope="UBND cấp xã"))


@pytest.mark.parametrize("scope", ["", "Các sở", "UBND huyện", "theo phụ lục"])
def test_a_decision_without_known_addressee_counts_unless_only_the_press_tells_of_it(scope):
    assert "19" in _starts(target("19", "2022-04-05", scope=scope, document="33/QĐ-UBND", stated_by="press"))
    assert "19" in _starts(target("19", "2022-04-05", scope=scope, document="", stated_by="official"))
    assert bool(scope) is ("19" in _starts(target("19", "2022-04-05", scope=scope, stated_by="press")))


@pytest.mark.parametrize(
    ("announced", "precision", "period", "day"),
    [
        ("2022-04-05", "day", "2022-04", "2022-04-05"),
        ("2022-04", "month", "2022-04", "2022-04-30"),
        ("2022", "year", "2022-12", "2022-12-31"),
        ("2022-08-31", "before", "2022-08", "2022-08-31"),
    ],
)
def test_a_date_counts_at_its_last_possible_day(announced, precision, period, day):
    start = _starts(target("19", announced, date_precision=precision))["19"]
    assert (start.period, start.day, start.precision) == (period, day, precision)


def test_an_exact_date_goes_before_an_earlier_vague_one_and_the_first_exact_one_counts():
    rows = [
        target("19", "2022-02-28", date_precision="before"),
        target("19", "2022-06-01"),
        target("19", "2022-05-10", target_value=80.0),
    ]
    start = _starts(*rows)["19"]
    assert start.day == "2022-05-10" and start.dose == 80


def test_a_decision_counts_from_the_day_it_is_in_force():
    start = _starts(target("19", "2022-04-05", effective_from="2022-07-01"))["19"]
    assert start.period == "2022-07"


def test_the_studys_days_its_start_and_its_provinces_choose():
    rows = [target("19", "2022-04-05"), target("15", "2023-04-05"), target("04", "2022-06-01")]
    assert set(_starts(*rows, decided_until="2022-12-31")) == {"19", "04"}
    common = _starts(*rows, first_treated="2022-05", frequency="M")
    assert {start.period for start in common.values()} == {"2022-05"}
    assert set(_starts(*rows, provinces=("Yên Bái",))) == {"15"}
    # A province that a person names needs no decision in the data, if the study gives its start.
    named = _starts(*rows, provinces=("Hà Nội", "Yên Bái"), first_treated="2022-05", frequency="M")
    assert set(named) == {"01", "15"} and named["01"].stated_by == "user"


def test_doubtful_are_others_with_anything_between_the_days():
    rows = targets(
        [
            target("19", "2022-04-05"),
            target("15", "2022-05-05", scope="toàn tỉnh"),
            target("04", "2019-05-05", deadline="2022-12-31"),
            target("01", "2019-05-05", deadline="2020-12-31"),
        ]
    )
    study = Study(name="made", outcome=SERVICES, doubtful_from="2021-01-01", doubtful_until="2022-12-31")
    assert doubtful_provinces(rows, study, {"19"}) == ("04", "15")


def test_a_date_that_is_none_is_named():
    with pytest.raises(AnalysisError, match="'soon' is no year"):
        _starts(target("19", "2022") | {"announced": "soon"})

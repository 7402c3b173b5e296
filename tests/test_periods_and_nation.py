"""Periods are written one way; the country comes from printed totals, else from summed counts, else from no one."""

from __future__ import annotations

import pytest

from analysis.cleaning.editions import choose_figures, is_correction
from analysis.panels.national_trend import national_change, national_trend
from analysis.periods import PeriodUnknown, frequency_of, label_of_day, last_day_of, periods_between, shift
from analysis.study import Study
from frames import SERVICES, figure, observations, sources

NO_SOURCES = sources(("s", "Table", ""))


@pytest.mark.parametrize(
    ("label", "last", "later", "earlier"),
    [
        ("2022", "2022-12-31", "2023", "2021"),
        ("2022S2", "2022-12-31", "2023S1", "2022S1"),
        ("2022Q1", "2022-03-31", "2022Q2", "2021Q4"),
        ("2024-02", "2024-02-29", "2024-03", "2024-01"),
    ],
)
def test_periods_shift_end_and_know_their_frequency(label, last, later, earlier):
    assert last_day_of(label) == last and shift(label, 1) == later and shift(label, -1) == earlier
    assert label_of_day(last, frequency_of(label)) == label
    assert periods_between(earlier, later) == [earlier, label, later]


@pytest.mark.parametrize("text", ["2022Q5x", "May 2022", "22-05"])
def test_what_is_no_period_is_named(text):
    with pytest.raises(PeriodUnknown, match=text):
        last_day_of(text)


def _trend(rows, frequency="M"):
    return national_trend(observations(rows), NO_SOURCES, Study(name="made", outcome=SERVICES), frequency)


def test_a_printed_total_goes_before_summed_counts():
    rows = [figure("19", "2022-01", 20, count=100), figure("15", "2022-01", 50, count=300)]
    summed = _trend(rows)
    assert summed["kind"].tolist() == ["summed"] and summed["value"].tolist() == [42.5]
    assert summed["n_provinces"].tolist() == [2]
    printed = _trend([*rows, figure("VN", "2022-01", 43)])
    assert printed[["kind", "value"]].to_numpy().tolist() == [["printed", 43.0]]


def test_shares_without_counts_make_no_country():
    assert _trend([figure("19", "2022-01", 20)]).empty


def test_a_missing_province_does_not_move_the_country():
    rows = observations(
        [
            figure("19", "2022-01", 20, count=100), figure("15", "2022-01", 50, count=300),
            figure("19", "2022-02", 30, count=100), figure("15", "2022-02", 60, count=300),
            figure("01", "2022-02", 99, count=9000),
        ]
    )  # fmt: skip
    rows = rows.assign(period=rows["period_end"].str[:7])
    change, counted = national_change(rows, "2022-01", "2022-02")
    assert (round(change, 9), counted) == (10.0, 2)
    assert national_change(rows, "2022-01", "2022-02", without="15") is None


@pytest.mark.parametrize(
    ("title", "place", "expected"),
    [
        ("Đính chính báo cáo tháng 2", "a.csv", True),
        ("Báo cáo", "Bao cao thang 2 (dinh chinh).xlsx!T2!C9", True),
        ("Report, revised", "a.csv", True),
        ("Báo cáo điều chỉnh kế hoạch", "a.csv", False),
    ],
)
def test_a_publication_says_itself_that_it_corrects(title, place, expected):
    assert is_correction(title, place) is expected


def test_of_two_figures_the_later_the_exact_and_the_counted_one_goes_first():
    known = sources(("old", "T", "2022-01"), ("new", "T", "2022-03"), ("s", "T", ""))
    cases = [
        (
            [figure("19", "2022-01", 20, source_id="old"), figure("19", "2022-01", 30, source_id="new")],
            30,
            "later",
        ),
        ([figure("19", "2022-01", 20, qualifier="about"), figure("19", "2022-01", 20.4)], 20.4, "rounded"),
        ([figure("19", "2022-01", 20), figure("19", "2022-01", 21, count=100)], 21, "counts"),
    ]
    for rows, value, why in cases:
        for order in (rows, rows[::-1]):
            rows_of = [row | {"raw_location": f"f:{n}"} for n, row in enumerate(order)]
            chosen = choose_figures(observations(rows_of), known)
            assert chosen.rows["value"].tolist() == [value] and why in chosen.replaced["why"].iloc[0]


def test_equal_figures_are_one_and_rivals_are_none():
    same = choose_figures(
        observations([figure("19", "2022-01", 20), figure("19", "2022-01", 20.04)]), NO_SOURCES
    )
    assert len(same.rows) == 1 and same.replaced["why"].tolist() == ["the same figure"]
    rivals = choose_figures(
        observations([figure("19", "2022-01", 20), figure("19", "2022-01", 25)]), NO_SOURCES
    )
    assert rivals.rows.empty and len(rivals.undecided) == 2

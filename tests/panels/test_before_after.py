"""Before and after: arithmetic on published figures, and refusals to compare what cannot be compared."""

from __future__ import annotations

from itertools import permutations

import pandas as pd
import pytest

from analysis.estimation.results import from_json, to_json
from analysis.panels.before_after import NoFigureOnDate, before_after
from analysis.panels.published_results import BeforeAfter, NotAvailable
from frames import sources

SHARE = "share"


def _rows(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    columns = ["province_code", "indicator", "period_end", "value"]
    frame = pd.DataFrame(rows, columns=columns)
    places = [f"f.csv:{line}" for line in range(2, len(frame) + 2)]
    return frame.assign(
        province_frame="63",
        period_start=frame["period_end"],
        qualifier="exact",
        source_id="s",
        raw_location=places,
        denominator=float("nan"),
        note="",
    )


def test_comparison_on_both_dates_leaves_no_range():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2022-06-30", 46),
    )  # fmt: skip
    result = before_after(rows, province="19", indicator=SHARE)
    assert isinstance(result, BeforeAfter)
    assert (result.change_pp, result.tide_low_pp, result.tide_high_pp) == (32, 6, 6)
    assert (result.rest_low_pp, result.rest_high_pp) == (26, 26)
    assert [tide.reading for tide in result.tides] == ["observed"]


def test_missing_comparison_is_bounded_by_line_and_fastest_pace():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2022-01-01", 40), ("VN", SHARE, "2022-12-31", 76.4), ("VN", SHARE, "2023-03-31", 94.4),
    )  # fmt: skip
    result = before_after(rows, province="19", indicator=SHARE)
    # 36.4 points in 364 days are 0.1 a day, 9.1 in 91 days; 18 points in 90 days are 0.2 a day, 18.2 in 91.
    assert result.tide_low_pp == pytest.approx(9.1, abs=1e-9)
    assert result.tide_high_pp == pytest.approx(18.2, abs=1e-9)
    assert result.worst_tide_pp == pytest.approx(36.4)


def test_tide_is_never_larger_than_a_series_that_never_falls_allows():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2022-01-01", 40), ("VN", SHARE, "2022-12-31", 45), ("VN", SHARE, "2023-01-31", 75),
    )  # fmt: skip
    result = before_after(rows, province="19", indicator=SHARE)
    assert result.tide_high_pp == 5


def test_printed_change_is_read_both_ways():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2020-04-30", 25.3), ("VN", SHARE, "2022-08-20", 51.49),
        ("VN", f"{SHARE}_change_vs_previous_month", "2022-08-20", 4.6),
    )  # fmt: skip
    rows.loc[4, "period_start"] = "2022-07-31"
    result = before_after(rows, province="19", indicator=SHARE)
    readings = {tide.reading: tide.change_pp for tide in result.tides}
    assert readings["pace_printed_month"] == pytest.approx(4.6 * 91 / 30.4375)
    assert readings["pace_printed_days"] == pytest.approx(4.6 * 91 / 20)
    assert readings["pace_printed_relative"] == pytest.approx((51.49 - 51.49 / 1.046) * 91 / 30.4375)


def test_printed_ratio_caps_the_tide_with_its_rounding():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2020-04-30", 25.3), ("VN", SHARE, "2022-08-20", 51.49), ("VN", SHARE, "2022-11-08", 90),
        ("VN", f"{SHARE}_ratio_vs_year_earlier", "2022-08-20", 1.6),
    )  # fmt: skip
    rows.loc[5, "period_start"] = "2021-08-20"
    result = before_after(rows, province="19", indicator=SHARE)
    # "1.6 times" may be 1.65: a year earlier the share was at least 51.49 / 1.65.
    assert result.worst_tide_pp == pytest.approx(51.49 - 51.49 / 1.65)
    assert result.tide_high_pp == result.worst_tide_pp
    cut = {tide.reading: tide.uncut_pp for tide in result.tides if tide.uncut_pp is not None}
    assert cut == {"pace_points": pytest.approx((90 - 51.49) / 80 * 91)}


def _nation_with_a_ratio(*more: tuple[str, str, str, float]) -> pd.DataFrame:
    return _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2020-04-30", 25.3), ("VN", SHARE, "2022-08-20", 51.49),
        ("VN", f"{SHARE}_ratio_vs_year_earlier", "2022-08-20", 1.6), *more,
    )  # fmt: skip


def test_even_rise_is_bent_only_as_far_as_a_printed_ratio_asks():
    result = before_after(_nation_with_a_ratio(), province="19", indicator=SHARE)
    (even,) = [tide for tide in result.tides if tide.reading == "linear"]
    # The straight line from April 2020 has 40.1 % in August 2021; "1.6 times" allows 51.49 / 1.55 at most.
    assert even.change_pp == pytest.approx((51.49 - 51.49 / 1.55) * 91 / 365)
    assert even.turns[0].qualifier == "implied" and even.turns[0].date == "2021-08-20"


def test_ratio_that_an_even_rise_keeps_moves_nothing():
    rows = _nation_with_a_ratio()
    rows.loc[4, "value"] = 1.3
    result = before_after(rows, province="19", indicator=SHARE)
    (even,) = [tide for tide in result.tides if tide.reading == "linear"]
    assert even.change_pp == pytest.approx((51.49 - 25.3) / 842 * 91)


def test_each_meaning_of_a_monthly_change_bounds_its_own_readings():
    rows = _nation_with_a_ratio(("VN", f"{SHARE}_change_vs_previous_month", "2022-08-20", 4.6))
    tides = {tide.reading: tide for tide in before_after(rows, province="19", indicator=SHARE).tides}
    floor = 51.49 / 1.65
    assert tides["pace_printed_days"].uncut_pp == pytest.approx(4.6 * 91 / 20)
    assert tides["pace_printed_days"].change_pp == pytest.approx(51.49 - 4.55 - floor)
    assert tides["never_fell"].change_pp == pytest.approx(51.49 / 1.0455 - floor)
    slope = 91 / (pd.Timestamp("2022-07-31") - pd.Timestamp("2021-08-20")).days
    assert tides["linear_points"].change_pp == pytest.approx((51.49 - 4.55 - 51.49 / 1.55) * slope)
    assert tides["linear_relative"].change_pp == pytest.approx((51.49 / 1.0455 - 51.49 / 1.55) * slope)


def test_meaning_that_other_figures_contradict_gives_no_reading():
    """In points, July would stand at 31.49 %, below the 40 % printed for June."""
    rows = _nation_with_a_ratio(
        ("VN", SHARE, "2022-06-15", 40), ("VN", f"{SHARE}_change_vs_previous_month", "2022-08-20", 20)
    )
    readings = {tide.reading for tide in before_after(rows, province="19", indicator=SHARE).tides}
    assert "pace_printed_relative" in readings and not {"pace_printed_month", "pace_printed_days"} & readings


def test_nation_whose_printed_levels_fall_bounds_nothing():
    rows = _nation_with_a_ratio(("VN", SHARE, "2021-12-31", 60))
    result = before_after(rows, province="19", indicator=SHARE)
    assert result.worst_tide_pp is None and all(tide.uncut_pp is None for tide in result.tides)


def test_doubtful_figure_is_read_only_when_asked_for():
    rows = _nation_with_a_ratio(("VN", "proportion", "2022-06-30", 45.78))
    without, held = (
        before_after(rows, province="19", indicator=SHARE, also=also) for also in ((), ("proportion",))
    )
    assert without.tide_high_pp != held.tide_high_pp
    assert held.worst_tide_pp == pytest.approx(45.78 - 51.49 / 1.65)


def test_pair_lies_on_either_side_of_the_decision():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60), ("19", SHARE, "2022-08-31", 30),
        ("19", SHARE, "2022-12-31", 40), ("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2022-12-31", 46),
    )  # fmt: skip
    words = {"province": "19", "indicator": SHARE, "breaks": ["2022-08-15"]}
    assert before_after(rows, **words, decided="2022-06-30").after.date == "2022-06-30"
    assert before_after(rows, **words, decided="2022-10-31").before.date == "2022-08-31"
    ended = before_after(rows, **words, decided="2022-08-31")
    assert isinstance(ended, NotAvailable) and ended.reason == "no_pair_around_decision"
    assert before_after(rows, **words, decided="2022-08-31", after="2022-06-30").change_pp == 32


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_order_and_names_of_files_change_no_figure(order):
    """Exact before about, then the later published source; the same value twice is one figure."""
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60), ("19", SHARE, "2022-06-30", 61),
        ("19", SHARE, "2022-06-30", 62), ("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2022-06-30", 46),
    )  # fmt: skip
    rows["qualifier"] = ["exact", "exact", "exact", "about", "exact", "exact"]
    rows["source_id"] = ["old", "old", "new", "new", "old", "old"]
    known = sources(("old", "Table", "2022-07"), ("new", "Table", "2022-09-01"))
    places = rows["raw_location"].tolist()
    shuffled = rows.iloc[[*order, 4, 5]].assign(raw_location=places)
    result = before_after(shuffled, province="19", indicator=SHARE, sources=known)
    assert result.change_pp == 33 and result.tide_low_pp == 6


def test_a_correction_stands_alone_for_its_date():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60), ("19", SHARE, "2022-06-30", 58),
        ("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2022-06-30", 46),
    )  # fmt: skip
    rows.loc[2, "raw_location"] = "thang 6 (dinh chinh).xlsx!A1"
    result = before_after(rows, province="19", indicator=SHARE)
    assert isinstance(result, BeforeAfter) and result.change_pp == 30


def test_figures_that_nothing_ranks_are_refused_for_a_province_and_leave_a_range_for_the_nation():
    rows = _nation_with_a_ratio(("19", SHARE, "2022-06-30", 61))
    refused = before_after(rows, province="19", indicator=SHARE)
    assert isinstance(refused, NotAvailable) and refused.reason == "figures_disagree"
    twice = _nation_with_a_ratio(("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2022-03-31", 42))
    result = before_after(twice, province="19", indicator=SHARE)
    assert result.worst_tide_pp == pytest.approx(51.49 - 40)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (_rows(("VN", SHARE, "2022-03-31", 28.0)), "no_figures"),
        (_rows(("19", SHARE, "2022-03-31", 28.0), ("VN", SHARE, "2022-03-31", 30.0)), "one_figure"),
        (_rows(("19", SHARE, "2022-03-31", 28.0), ("19", SHARE, "2022-06-30", 60.0)), "no_national_figures"),
        (
            _rows(
                ("19", SHARE, "2022-03-31", 28.0),
                ("19", SHARE, "2022-06-30", 60.0),
                ("VN", SHARE, "2022-05-31", 50.0),
            ),
            "no_national_figures_around",
        ),
    ],
)
def test_what_cannot_be_compared_says_why(rows, reason):
    result = before_after(rows, province="19", indicator=SHARE)
    assert isinstance(result, NotAvailable) and result.reason == reason


def test_dates_choose_the_pair():
    rows = _rows(
        ("19", SHARE, "2021-12-31", 20), ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2021-12-31", 40), ("VN", SHARE, "2022-06-30", 46),
    )  # fmt: skip
    assert before_after(rows, province="19", indicator=SHARE).change_pp == 40
    chosen = before_after(rows, province="19", indicator=SHARE, before="2022-03-31", after="2022-06-30")
    assert chosen.change_pp == 32


def test_one_date_alone_is_honoured_and_a_date_without_figure_refused():
    rows = _rows(
        ("19", SHARE, "2021-12-31", 20), ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2021-12-31", 40), ("VN", SHARE, "2022-06-30", 46),
    )  # fmt: skip
    assert before_after(rows, province="19", indicator=SHARE, before="2022-03-31").change_pp == 32
    assert before_after(rows, province="19", indicator=SHARE, after="2022-03-31").change_pp == 8
    with pytest.raises(NoFigureOnDate, match="2021-12-31, 2022-03-31, 2022-06-30"):
        before_after(rows, province="19", indicator=SHARE, before="31/03/2022")


def test_no_pair_reaches_across_a_change_of_definition():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60), ("19", SHARE, "2022-12-31", 30),
        ("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2022-12-31", 46),
    )  # fmt: skip
    words = {"province": "19", "indicator": SHARE, "breaks": ["2022-08-15"]}
    assert before_after(rows, **words).change_pp == 32
    across = before_after(rows, **words, after="2022-12-31")
    assert isinstance(across, NotAvailable) and across.reason == "definition_broke"


def test_figures_of_the_merged_province_are_not_compared_with_the_old():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2026-06-30", 90),
        ("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2026-06-30", 80),
    )  # fmt: skip
    rows.loc[1, "province_frame"] = "34"
    result = before_after(rows, province="19", indicator=SHARE)
    assert isinstance(result, NotAvailable) and result.reason == "one_figure"


def test_result_goes_to_json_and_back():
    rows = _rows(
        ("19", SHARE, "2022-03-31", 28), ("19", SHARE, "2022-06-30", 60),
        ("VN", SHARE, "2022-03-31", 40), ("VN", SHARE, "2022-06-30", 46),
    )  # fmt: skip
    result = before_after(rows, province="19", indicator=SHARE)
    assert from_json(BeforeAfter, to_json(result)) == result

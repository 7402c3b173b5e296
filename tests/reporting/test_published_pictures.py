"""Pictures of published figures: the indicator's own name, room for every value, no two labels on one spot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.panels.published_results import SUMMED, BeforeAfter, NationalReading, NotAvailable, Point
from analysis.reference.provinces import find_province
from analysis.reporting.charts import chart_published
from analysis.reporting.display import table_of_tides
from analysis.reporting.figures import spread
from analysis.reporting.published_figures import Words, plot_before_after, plot_nation

LABELS = {
    "title": "t",
    "own": "Đà Nẵng",
    "tide": "Cả nước:",
    "nation": "Viet Nam",
    "ylabel": "%",
    "source": "",
}


def _point(date: str, value: float) -> Point:
    return Point(date, value, "exact", "s", "f.csv:2")


def _result(before: float, after: float) -> BeforeAfter:
    first, last = _point("2024-06-30", before), _point("2024-12-31", after)
    tide = NationalReading("observed", 3.8, None, (first, last))
    return BeforeAfter("48", "share_dossiers_full_process_online", first, last, after - before, 6.0, (tide,), 3.8, 3.8,
                       after - before - 3.8, after - before - 3.8, None)  # fmt: skip


NATION = (_point("2024-06-30", 42.0), _point("2024-07-05", 43.0), _point("2024-12-31", 45.8))


@pytest.mark.parametrize(("after", "side"), [(70.0, "right"), (58.9, "left")])
def test_name_of_the_province_stands_where_its_line_is_not(after, side):
    axes = plot_before_after(_result(66.0, after), NATION, Words(LABELS, "en"))
    (own,) = [text for text in axes.texts if text.get_text().startswith("Đà Nẵng")]
    assert own.get_horizontalalignment() == side


def test_of_figures_close_together_only_the_last_is_written():
    shown = [text.get_text() for text in plot_nation(NATION, Words(LABELS, "en")).texts]
    assert "43%" in shown and "42%" not in shown and "45.8%" in shown


def test_every_value_has_room_and_dates_stand_apart():
    axes = plot_before_after(_result(66.0, 97.0), NATION, Words(LABELS, "vi"))
    assert axes.get_ylim()[1] > 100
    assert [label.get_text() for label in axes.get_xticklabels()][:2] == ["30/06/2024", "31/12/2024"]


@pytest.mark.parametrize("result", [_result(66.0, 70.0), NotAvailable("before-after", "one_figure")])
def test_picture_bears_the_name_of_its_indicator(result):
    chart = chart_published(
        result, NATION, find_province("Đà Nẵng"), indicator="share_dossiers_full_process_online"
    )
    words = "hare of dossiers handled by full-process online services"
    assert words in chart.svg and "at least one online dossier" not in chart.svg


def test_names_at_line_ends_are_moved_apart_on_both_sides():
    assert spread([1.0, 5.0], [1.0, 1.0]) == [1.0, 5.0]
    assert spread([5.0, 5.0], [1.0, 1.0]) == pytest.approx([4.5, 5.5])
    assert spread([5.0, 5.2, 6.3], [1.0, 1.0, 1.0]) == pytest.approx([4.5, 5.5, 6.5])
    assert spread([5.0, 5.0, 5.0], [1.0, 2.0, 1.0]) == pytest.approx([3.5, 5.0, 6.5]), (
        "two lines take twice the room"
    )


def test_day_on_which_the_definition_changed_is_marked():
    broke = {"2024-09-01": "01/09/2024: đổi định nghĩa", "2022-08-15": "trước trục"}
    shown = [text.get_text() for text in plot_nation(NATION, Words(LABELS, "vi", broke)).texts]
    assert any("01/09/2024" in text for text in shown) and not any("trước trục" in text for text in shown)


@pytest.mark.parametrize(
    ("n_summed", "language", "said"),
    [
        (0, "en", "Published national figures: 42%"),
        (3, "en", "National figures, summed from the provinces' counts: 42%"),
        (1, "en", "National figures, published or summed from the provinces' counts: 42%"),
        (0, "vi", "Số công bố của cả nước: 42%"),
        (3, "vi", "Số của cả nước, tính từ tổng số lượng của các tỉnh: 42%"),
    ],
)
def test_figures_that_were_summed_are_not_called_published(n_summed, language, said):
    place = find_province("Đà Nẵng")
    nation = tuple(
        replace(point, raw_location=f"{SUMMED} of 63 provinces") if number < n_summed else point
        for number, point in enumerate(NATION)
    )
    for result in (_result(66.0, 70.0), NotAvailable("before-after", "no_figures")):
        chart = chart_published(result, nation, place, language=language, keys="1")
        assert said in chart.alt
        published = {"en": "Source: published figures [1]", "vi": "Nguồn: số liệu công bố [1]"}[language]
        assert (published in chart.svg) == (n_summed == 0)


def test_a_reading_summed_from_counts_is_named_so():
    result = _result(66.0, 70.0)
    summed = tuple(replace(p, raw_location=f"{SUMMED} of 63 provinces") for p in result.tides[0].points)
    of_counts = replace(result, tides=(replace(result.tides[0], points=summed),))
    for found, said in (
        (result, "published on both dates"),
        (of_counts, "summed from the provinces' counts on both dates"),
    ):
        assert table_of_tides(found).frame.iloc[0, 0] == said

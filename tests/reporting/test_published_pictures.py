"""Pictures of published figures: the indicator's own name, room for every value, no two labels on one spot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.panels.published_results import SUMMED, BeforeAfter, NationalReading, NotAvailable, Point
from analysis.reference.provinces import find_province
from analysis.reporting.charts import Chart
from analysis.reporting.display import Answer, table_of_tides
from analysis.reporting.figures import spread
from analysis.reporting.published_figures import chart_published


def _point(date: str, value: float) -> Point:
    return Point(date, value, "exact", "s", "f.csv:2")


def _result(before: float, after: float) -> BeforeAfter:
    first, last = _point("2024-06-30", before), _point("2024-12-31", after)
    tide = NationalReading("observed", 3.8, None, (first, last))
    return BeforeAfter("48", "share_dossiers_full_process_online", first, last, after - before, 6.0, (tide,), 3.8, 3.8,
                       after - before - 3.8, after - before - 3.8, None)  # fmt: skip


NATION = (_point("2024-06-30", 42.0), _point("2024-07-05", 43.0), _point("2024-12-31", 45.8))


def _chart(result=None, nation=NATION, language: str = "en", **more) -> Chart:
    shown = result or NotAvailable("before-after", "one_figure")
    chart = chart_published(shown, nation, find_province("Đà Nẵng"), language=language, **more)
    assert isinstance(chart, Chart)
    return chart


@pytest.mark.parametrize("after", [70.0, 58.9, 97.0])
def test_the_province_is_named_beside_its_last_figure_and_the_country_beside_its_own(after):
    svg = _chart(_result(66.0, after)).svg
    assert f"Đà Nẵng: {after:g}%" in svg and "as many points as the country: 70%" in svg.replace("\n", " ")
    assert "66%" in svg and "Viet Nam" in svg


def test_of_figures_close_together_only_the_last_is_written():
    svg = _chart(language="vi").svg
    assert "43%" in svg and ">42%" not in svg and "45,8%" in svg


def test_without_national_figures_there_is_no_picture():
    found = chart_published(_result(66.0, 70.0), (), find_province("Đà Nẵng"))
    assert isinstance(found, Answer) and "No national figures" in found.text


@pytest.mark.parametrize("result", [_result(66.0, 70.0), NotAvailable("before-after", "one_figure")])
def test_picture_bears_the_name_of_its_indicator(result):
    chart = _chart(result, indicator="share_dossiers_full_process_online")
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
    nation = (_point("2022-06-30", 42.0), _point("2022-12-31", 45.8))
    code = "share_services_with_online_dossiers"
    assert "15/08/2022: đổi định nghĩa" in _chart(None, nation, "vi", indicator=code).svg
    assert "đổi định nghĩa" not in _chart(None, NATION, "vi", indicator=code).svg


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
    nation = tuple(
        replace(point, raw_location=f"{SUMMED} of 63 provinces") if number < n_summed else point
        for number, point in enumerate(NATION)
    )
    for result in (_result(66.0, 70.0), NotAvailable("before-after", "no_figures")):
        chart = _chart(result, nation, language)
        assert said in chart.alt
        published = {"en": "Source: published figures; own", "vi": "Nguồn: số liệu công bố; nhóm"}[language]
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

"""A brief's words follow its numbers and name what is missing, merged, doubtful or cumulated."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analysis.estimation.results import Tide
from analysis.reporting.brief import assemble_brief
from analysis.reporting.pdf import render_pdf
from reading_briefs import all_text, visible


def _with_rise(evidence, after: float, tide: float):
    """The evidence on Thái Nguyên, had its second figure been `after` and the country risen by `tide` on both dates."""
    published = evidence.published
    change = after - published.before.value_pct
    points = (published.before, published.after)
    return replace(
        evidence,
        published=replace(
            published,
            after=replace(published.after, value_pct=after, qualifier="exact"),
            change_pp=change,
            tides=(Tide("observed", tide, None, points),),
            tide_low_pp=tide,
            tide_high_pp=tide,
            rest_low_pp=change - tide,
            rest_high_pp=change - tide,
            worst_tide_pp=None,
        ),
    )


@pytest.mark.parametrize(
    ("after", "tide", "en", "vi"),
    [
        (
            60.0,
            6.0,
            "26.0 points more than the country",
            "hơn mức tăng của cả nước 26,0 điểm",
        ),
        (30.0, 6.0, "less than the country rose", "thấp hơn mức tăng ước tính của cả nước"),
        (25.0, 6.0, "fell 3 percentage points", "giảm 3 điểm phần trăm"),
        (34.0, 6.0, "no more than our estimate for the country", "không cao hơn mức cả nước có thể đã tăng"),
    ],
)
def test_headline_follows_the_numbers(evidence_of, after, tide, en, vi):
    evidence = _with_rise(evidence_of("Thái Nguyên"), after, tide)
    for language, words in (("en", en), ("vi", vi)):
        brief = json.loads(json.dumps(assemble_brief(evidence, language).to_dict()))
        headline = "".join(span["text"] for span in brief["headline"])
        assert words in headline
        text = " ".join([headline, *visible(brief).loose])
        assert "rounded" not in text and "làm tròn" not in text
        render_pdf(brief)


def test_brief_names_missing_years_and_the_dip_before(assemble):
    def text(language: str, name: str) -> str:
        brief = assemble("Bắc Ninh", language)
        (section,) = [section for section in brief["sections"] if section["id"] == name]
        rows = [row for item in section["items"] if item["kind"] == "text" for row in item["rows"]]
        return "".join(span["text"] for row in rows for span in row)

    assert "the survey has no figure for 2021 and 2022: the publisher" in text("en", "survey")
    assert "không có số liệu khảo sát năm 2021 và 2022 do" in text("vi", "survey")
    assert "In 2021 provinces with targets lost ground to the others" in text("en", "sure")
    assert "5 of the 10 provinces with targets rose by more points" in text("en", "each")


def test_brief_says_first_that_the_second_figure_may_be_cumulated(assemble):
    for language, words in (
        ("en", "if the latter, the comparison fails"),
        ("vi", "nếu lũy kế thì không so sánh được"),
    ):
        assert words in "".join(span["text"] for span in assemble("Thái Nguyên", language)["lead"])
        assert words not in "".join(span["text"] for span in assemble("Đà Nẵng", language)["lead"])


def test_brief_names_the_city_the_merger_and_the_doubtful(assemble):
    city = assemble("Đà Nẵng", "vi")
    assert "cổng dịch vụ công của thành phố:" in all_text(city, "survey")
    assert "nay cùng Quảng Nam thành Đà Nẵng" in city["province_line"]
    assert assemble("Lạng Sơn", "en")["province_line"] == "Lạng Sơn (not merged on 1 July 2025)"
    assert "Bắc Giang, Bình Phước, Hòa Bình, Hồ Chí Minh, Long An, Ninh Bình" in all_text(city, "not_shown")

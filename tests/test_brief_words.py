"""A brief's words follow its numbers and name what is missing, merged, doubtful or cumulated."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analysis.panels.published_results import NationalReading
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
            tides=(NationalReading("observed", tide, None, points),),
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
            "26.0 more than the country",
            "cao hơn 26,0 điểm so với mức tăng của cả nước",
        ),
        (30.0, 6.0, "less than the country rose", "thấp hơn mức tăng ước tính của cả nước"),
        (25.0, 6.0, "fell by 3 percentage points", "giảm 3 điểm phần trăm"),
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
    assert "between 2019 and 2021, years we count as before, the provinces named already lost 1.3" in text(
        "en", "sure"
    )
    assert "5 of the 10 provinces named rose by more points" in text("en", "each")


def test_brief_says_first_that_the_second_figure_may_be_cumulated(assemble):
    for language, words in (
        ("en", "if the latter, the comparison fails"),
        ("vi", "nếu lũy kế thì không so sánh được"),
    ):
        assert words in "".join(span["text"] for span in assemble("Thái Nguyên", language)["lead"])
        condition = (
            "if the two quarters are comparable" if language == "en" else "nếu số liệu hai quý so sánh được"
        )
        assert condition in "".join(span["text"] for span in assemble("Thái Nguyên", language)["headline"])
        assert words not in "".join(span["text"] for span in assemble("Đà Nẵng", language)["lead"])


def test_brief_names_the_city_the_merger_and_the_doubtful(assemble):
    city = assemble("Đà Nẵng", "vi")
    assert "cổng dịch vụ công của thành phố:" in all_text(city, "survey")
    assert "nay hợp nhất với tỉnh Quảng Nam thành thành phố Đà Nẵng" in city["province_line"]
    assert assemble("Lạng Sơn", "en")["province_line"] == "Lạng Sơn (province not merged on 1 July 2025)"
    assert "Bắc Giang, Bình Phước, Hòa Bình, TP. Hồ Chí Minh, Long An, Ninh Bình" in all_text(
        city, "not_shown"
    )


def test_brief_names_the_measures_of_the_province_and_explains_the_old_level(assemble):
    lang_son = all_text(assemble("Lạng Sơn", "en"))
    assert "fees for online services cut by up to 40% (2022). This could move" in lang_son
    assert "(old term: wholly online, payment included; dated as in the source)" in lang_son
    assert "a campaign for online services (from 1 June 2022)" in all_text(assemble("Bình Phước", "en"))
    assert "reported by August 2022. We count 2022 as after" in lang_son


def test_range_says_what_it_leaves_out_and_the_cap_stands_in_its_row(assemble):
    brief = assemble("Thái Nguyên", "en", 9999)
    text = all_text(brief, "sure")
    assert "every reading leans on a figure of 20 August 2022 or later), the rounding or the case" in text
    assert (
        "at least 31.2% on 20 August 2021, at most 49.2% on 31 July 2022; less where “up 4.6%” means points"
        in text
    )
    assert "45.78% (30 June 2022)" in text and "17.4\u00a0to\u00a027.9" in text
    (table,) = [item for part in brief["sections"] for item in part["items"] if item["kind"] == "table"]
    rows = [["".join(span["text"] for span in cell) for cell in row] for row in table["body"]]
    assert len(rows) == brief["ledger"]["numbers"]["n_readings"]["value"] == 7
    assert rows[0][0].startswith(
        "An even rise from 33.2% (20 August 2021) to 46.9% (31 July 2022), “up 4.6%” in points"
    )
    assert [row[1:] for row in rows[-2:]] == [["20.9 → 15.7*", "16.3"], ["18.6 → 18.0*", "14.0"]]

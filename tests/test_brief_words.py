"""A brief's words follow its numbers and name what is missing, merged, doubtful or cumulated."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analysis.panels.published_results import NationalReading
from analysis.reporting.brief import assemble_brief
from analysis.reporting.pdf import render_pdf
from reading_briefs import all_text, first_page_text, headline, visible


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
            "From 28% to 60%, perhaps faster than the country",
            "Từ 28% lên 60%, có thể nhanh hơn cả nước",
        ),
        (30.0, 6.0, "a smaller rise than the country's", "tăng chậm hơn cả nước"),
        (25.0, 6.0, "Down from 28% to 25%", "Giảm từ 28% xuống 25%"),
        (34.0, 6.0, "perhaps no faster than the country", "chưa rõ có hơn cả nước hay không"),
    ],
)
def test_headline_follows_the_numbers(evidence_of, after, tide, en, vi):
    evidence = _with_rise(evidence_of("Thái Nguyên"), after, tide)
    for language, words in (("en", en), ("vi", vi)):
        brief = json.loads(json.dumps(assemble_brief(evidence, language).to_dict()))
        assert words in headline(brief)
        text = " ".join(visible(brief).loose)
        assert "rounded" not in text and "làm tròn" not in text
        render_pdf(brief)


def test_brief_names_missing_years_and_the_dip_before(assemble):
    def text(language: str, name: str) -> str:
        brief = assemble("Bắc Ninh", language)
        (section,) = [section for section in brief["sections"] if section["id"] == name]
        rows = [row for item in section["items"] if item["kind"] == "text" for row in item["rows"]]
        return "".join(span["text"] for row in rows for span in row)

    assert "there is no figure for 2021 and 2022: the publisher" in text("en", "survey")
    assert "không có số liệu năm 2021 và 2022 do" in text("vi", "survey")
    assert "Between 2019 and 2021, before targets, the provinces with targets already lost 1.3" in text(
        "en", "sure"
    )
    assert "5 of the 10 provinces rose by more points" in text("en", "each")


def test_brief_says_first_that_the_second_figure_may_be_cumulated(assemble):
    for language, words, maybe in (
        ("en", "Then the two cannot be compared", "perhaps faster"),
        ("vi", "Khi đó hai số không so sánh được", "có thể nhanh hơn"),
    ):
        doubt = assemble("Thái Nguyên", language)["first_page"]["boxes"][0]
        assert words in "".join(span["text"] for span in doubt["text"])
        assert maybe in headline(assemble("Thái Nguyên", language))
        assert words not in first_page_text(assemble("Đà Nẵng", language))


def test_brief_names_the_city_the_merger_and_the_doubtful(assemble):
    city = assemble("Đà Nẵng", "vi")
    assert "cổng dịch vụ công của thành phố mình" in first_page_text(city)
    assert "nay hợp nhất với tỉnh Quảng Nam thành thành phố Đà Nẵng" in city["province_line"]
    assert assemble("Lạng Sơn", "en")["province_line"] == "Lạng Sơn (province not merged on 1 July 2025)"
    assert "Bắc Giang, Bình Phước, Hòa Bình, TP. Hồ Chí Minh, Long An, Ninh Bình" in all_text(city, "survey")


def test_brief_names_the_measures_of_the_province_and_explains_the_old_level(assemble):
    lang_son = all_text(assemble("Lạng Sơn", "en"))
    assert "Fees for online services cut by up to 40% (2022); this could move" in lang_son
    assert "(old term: wholly online, payment included; dated as in the source)" in lang_son
    assert "A campaign for online services (from 1 June 2022)" in all_text(assemble("Bình Phước", "en"))
    assert (
        "The source (August 2022) gives no number or date of the decision. We count 2022 as after" in lang_son
    )


def test_range_says_what_it_leaves_out_and_the_cap_stands_in_its_row(assemble):
    brief = assemble("Thái Nguyên", "en", 9999)
    text = all_text(brief, "readings")
    assert "does not cover the change of definition on 15 August 2022, the rounding or the case" in text
    assert "Every reading leans on a figure of 20 August 2022 or later." in text
    assert (
        "at least 31.2% on 20 August 2021, at most 49.2% on 31 July 2022; less where “up 4.6%” means points"
        in text
    )
    assert "45.78% (30 June 2022)" in text and "17.4 to 27.9 points" in text
    (table,) = [item for part in brief["sections"] for item in part["items"] if item["kind"] == "table"]
    rows = [["".join(span["text"] for span in cell) for cell in row] for row in table["body"]]
    assert len(rows) == brief["ledger"]["numbers"]["n_readings"]["value"] == 7
    assert rows[0][0].startswith(
        "An even rise from 33.2% (20 August 2021) to 46.9% (31 July 2022), “up 4.6%” in points"
    )
    assert [row[1:] for row in rows[-2:]] == [["20.9 → 15.7*", "16.3"], ["18.6 → 18.0*", "14.0"]]

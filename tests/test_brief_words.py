"""A brief's words follow its numbers and name what is missing, merged, doubtful or cumulated."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analysis.cleaning import processed
from analysis.panels.published_results import NationalReading
from analysis.reference.leagues import LEAGUES
from analysis.reporting.brief import assemble_brief
from analysis.reporting.pdf import render_pdf
from analysis.reporting.prose import plain_text
from reading_briefs import all_text, common_text, first_page_text, headline, visible


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
            "Từ 28% lên 60%, có thể hơn cả nước",
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


def test_brief_names_missing_years_and_the_notes_the_dip_before(assemble):
    brief = assemble("Bắc Ninh", "en")
    assert "there is no figure for 2021 and 2022: the publisher" in all_text(brief, "survey")
    assert "không có số liệu năm 2021 và 2022 do" in all_text(assemble("Bắc Ninh", "vi"), "survey")
    assert (
        "Between 2019 and 2021, before targets, the provinces with targets already lost 1.3"
        in common_text(brief)
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "measured from the mean of 2019–2021; from 2021 alone it is +1.4 (+0.0 to +2.9; p\N{NO-BREAK SPACE}=",
        ),
        (
            "vi",
            "tính từ bình quân 2019–2021; chỉ tính từ năm 2021 là +1,4 (+0,0 đến +2,9; p\N{NO-BREAK SPACE}=",
        ),
    ],
)
def test_both_sides_of_the_survey_are_shown_with_the_reason_to_distrust_the_second(assemble, language, words):
    text = all_text(assemble("Yên Bái", language, 9999), "survey")
    assert words in text
    why = {
        "en": "which we trust less, as those provinces had just lost 1.3 points",
        "vi": "kém tin cậy hơn vì",
    }
    assert why[language] in text


def test_brief_says_first_that_the_second_figure_may_be_cumulated(assemble):
    for language, words, maybe in (
        ("en", "Then the two cannot be compared", "perhaps faster"),
        ("vi", "Khi đó hai số không so sánh được", "có thể hơn cả nước"),
    ):
        doubt = assemble("Thái Nguyên", language)["first_page"]["boxes"][0]
        assert words in "".join(span["text"] for span in doubt["text"])
        assert maybe in headline(assemble("Thái Nguyên", language))
        assert words not in first_page_text(assemble("Đà Nẵng", language))


def test_brief_names_the_city_the_merger_and_the_doubtful(assemble):
    city = assemble("Hải Phòng", "vi")
    assert "cổng thành phố" in headline(city) and "(nay gồm cả Hải Dương)" in first_page_text(city)
    assert "(not merged)" in first_page_text(assemble("Lạng Sơn", "en"))
    assert "Hòa Bình (nay thuộc tỉnh Phú Thọ)" in first_page_text(assemble("Hòa Bình", "vi"))
    assert "Bắc Giang, Bình Phước, Hòa Bình, TP. Hồ Chí Minh, Long An, Ninh Bình" in common_text(city)


def test_brief_names_the_measures_of_the_province_and_explains_the_old_level(assemble):
    lang_son = all_text(assemble("Lạng Sơn", "en"))
    assert "Fees for online services cut by up to 40% (2022); this could move" in lang_son
    assert "Levels 3 and 4 are old terms; Decree 42/2022/NĐ-CP" in lang_son
    assert "A campaign for online services (from 1 June 2022)" in first_page_text(
        assemble("Bình Phước", "en")
    )
    assert (
        "The source (August 2022) gives no number or date of the decision. We count 2022 as after" in lang_son
    )


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        (
            "Hòa Bình",
            "86,5% hồ sơ mức 3–4 nộp trực tuyến, cao nhất cả nước",
            "86.5% of level 3–4 dossiers filed online, the highest",
        ),
        (
            "Sơn La",
            "8,3% hồ sơ mức 3–4 nộp trực tuyến, thứ 2 từ dưới lên",
            "8.3% of level 3–4 dossiers filed online, 2nd lowest",
        ),
        (
            "Hà Nội",
            "Tối đa 10% hồ sơ toàn trình (các tỉnh 18,54%); 7,0% (±1,8) dân",
            "At most 10% of dossiers wholly online (provinces 18.54%); 7.0% (±1.8) used",
        ),
        (
            "Quảng Ninh",
            "Nhóm 5 cao nhất: 55,25–86,8% hồ sơ trực tuyến; 7,1% (±2,2) người dân",
            "Among the 5 highest: 55.25–86.8% of dossiers filed online; 7.1% (±2.2) used",
        ),
        ("Long An", "76% dịch vụ mức độ 4 (22/10/2021), vượt chỉ tiêu 35%", "above the 35% target"),
        ("Bà Rịa – Vũng Tàu", "Chỉ tiêu ít nhất 80%, 60% và 50%", "Targets of at least 80%, 60% and 50%"),
        ("Bắc Giang", "Chỉ tiêu 85%, 50% và ít nhất", "Targets of 85%, 50% and at least"),
        ("An Giang", "kém nơi khác", "below elsewhere"),
        ("Cà Mau", "(±1,5) người dân đã dùng cổng tỉnh, nơi khác 4,3%", "(±1.5) of residents"),
    ],
)
def test_headline_says_the_most_that_the_data_say(assemble, name, vi, en):
    assert vi in headline(assemble(name, "vi")) and en in headline(assemble(name, "en"))


@pytest.mark.parametrize(
    ("name", "vi", "en"),
    [
        (
            "Bà Rịa – Vũng Tàu",
            "ít nhất 60% hồ sơ xử lý trực tuyến, đối với cơ quan hành chính cấp tỉnh (trừ Thanh tra tỉnh)",
            "At least 50% of dossiers processed online, for People's Committees of districts and communes",
        ),
        (
            "Hòa Bình",
            "30% thanh toán trực tuyến trên Cổng quốc gia, đối với 15 sở, ban, ngành và 10 UBND cấp huyện",
            "for 15 departments and 10 district People's Committees (set in 2022",
        ),
    ],
)
def test_first_page_names_the_targets_of_the_province_and_whom_they_bind(assemble, name, vi, en):
    for language, words in (("vi", vi), ("en", en)):
        assert words.lower() in first_page_text(assemble(name, language)).lower()


def test_group_result_of_the_survey_stands_in_the_brief_of_its_members_and_in_the_notes_of_all(assemble):
    for language, words, noted in (
        ("vi", "Ở 10 tỉnh, thành phố đã giao chỉ tiêu", "10 tỉnh, thành phố đã giao chỉ tiêu"),
        ("en", "In the 10 provinces", "The 10 provinces"),
    ):
        assert words in all_text(assemble("Yên Bái", language), "survey")
        brief = assemble("Hà Nội", language)
        assert words not in all_text(brief, "survey") and noted in common_text(brief)


def test_columns_and_captions_say_only_what_there_is(assemble):
    tables = {
        name: next(item for item in section["items"] if item["kind"] == "table")
        for name in ("Yên Bái", "Hà Nội")
        for section in assemble(name, "en")["sections"]
        if section["id"] == "figures"
    }
    assert tables["Yên Bái"]["header"] == ["Share", "Yên Bái"]
    assert tables["Hà Nội"]["header"] == ["Share", "Hà Nội", "Viet Nam", "Rank"]
    for table in tables.values():
        assert all(len(row) == len(table["header"]) == len(table["widths"]) for row in table["body"])
    page = assemble("Hà Nội", "en")["first_page"]
    assert plain_text(page["picture"]["rows"][0]["text"]) == "≤ 10%"
    assert plain_text(page["caption"]).startswith("The source names 7 provinces together")


def test_a_target_of_provinces_together_is_named_so_and_not_reached_by_one(assemble):
    for language, head, words in (
        ("vi", "chung khối địa phương 30%", "Số của thành phố cao hơn: 58,89%"),
        ("en", "30% target for provinces together", "The city's figure is higher: 58.89%"),
    ):
        page = assemble("Đà Nẵng", language)["first_page"]
        box = page["boxes"][2]
        assert head in plain_text(box["heading"]) and words in plain_text(box["text"])
    assert "Another source prints" in plain_text(page["caption"])


def test_months_are_asked_for_up_to_the_figure_of_the_page(assemble):
    for name, last in (("Đà Nẵng", "December 2024"), ("Cà Mau", "June 2023")):
        brief = assemble(name, "en")
        assert f"January 2021 to {last}" in plain_text(brief["first_page"]["action"])
    assert assemble("Đà Nẵng", "en")["form"] == {"first": "2021-01-31", "last": "2024-12-31"}


def test_levels_above_others_say_when_the_rise_is_no_clear_difference(assemble):
    assert "More than elsewhere (4.3%). The rise itself is no clear" in first_page_text(
        assemble("Yên Bái", "en")
    )


def test_targets_without_figures_are_drawn_hollow_with_their_deadline(assemble):
    for language in ("vi", "en"):
        rows = assemble("Bà Rịa – Vũng Tàu", language)["first_page"]["picture"]["rows"]
        assert all(row["aim"] and "2022" in plain_text(row["points"][0]["when"]) for row in rows)


def test_places_in_printed_rankings_are_those_of_the_raw_figures():
    """Within each end that is ordered, figures fall from the highest or rise from the lowest; all named have one."""
    rows = processed.observations()
    for league in LEAGUES:
        table = rows[(rows["indicator"] == league.indicators[0]) & (rows["period_end"] == league.period_end)]
        values = table[table["province_code"] != "VN"].set_index("province_code")["value"]
        assert set(values.index) == {*league.highest, *league.lowest}
        for end, sign in (("highest", -1), ("lowest", 1)):
            if end in league.ordered:
                ends = [sign * values[code] for code in getattr(league, end)]
                assert ends == sorted(ends) and ends[0] == min(sign * values)


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

"""The index is true: its numbers are those of the tables and the briefs, its links lead to files."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd
import pytest
from reading_site import Page, payload

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import by_code, find_province, provinces, successors
from analysis.reporting.numbers import format_number
from analysis.reporting.site import PAGES
from analysis.reporting.site_layers import PORTAL_USE

COLUMNS = ("name", "successor", "survey", "internet", "responsive", "status", "brief")
THAI_NGUYEN, BAC_NINH = find_province("Thái Nguyên"), find_province("Bắc Ninh")


def _column(page: Page, name: str) -> dict[str, str]:
    return {
        place[3:]: cells[COLUMNS.index(name)] for place, cells in page.rows.items() if place.startswith("63-")
    }


def test_all_provinces_are_listed_in_vietnamese_order(page):
    names = list(_column(page[1], "name").values())
    assert names == sorted((province.name_vi for province in provinces()), key=sort_key)


def test_survey_figures_are_the_scores_of_the_cleaned_table(page, data):
    language, content = page
    rows = data.observations[data.observations["indicator"] == PORTAL_USE]
    scores = rows.assign(year=rows["period_end"].str[:4]).pivot(
        index="province_code", columns="year", values="value"
    )
    shown, layer = _column(content, "survey"), payload(content.source)["layers"][0]
    assert layer["periods"] == [str(year) for year in range(2019, 2025)]
    for code in by_code():
        shares = [(scores[year].get(code) - 1 / 3) * 100 / 3 for year in layer["periods"]]
        assert layer["values"][code] == [None if pd.isna(v) else pytest.approx(v, abs=6e-4) for v in shares]
        if pd.isna(shares[-1]):
            assert shown[code].startswith({"vi": "không có; gần nhất ", "en": "none; newest "}[language])
        else:
            assert shown[code] == f"{format_number(shares[-1], 1, language)}%"
    assert sum("(2023)" in text for text in shown.values()) == 2


def test_statuses_are_those_of_the_treatment_table(page, data):
    language, content = page
    shown = list(_column(content, "status").values())
    assert shown.count({"vi": "đã giao chỉ tiêu", "en": "set targets"}[language]) == len(data.treated) == 10
    unknown = {"vi": "chưa thấy công bố", "en": "not known"}[language]
    assert shown.count(unknown) == 63 - len(data.treated) - len(data.doubtful)


def test_what_has_no_brief_says_so_and_has_no_link(page):
    language, content = page
    unmade = {"vi": "Chưa có bản tóm tắt", "en": "No brief yet"}[language]
    assert list(_column(content, "brief").values()).count(unmade) == 61
    folders = {link.split("/")[0] for link in content.links if "/" in link}
    assert folders == {"thai-nguyen", "bac-ninh", "data"}


def test_a_brief_made_in_one_language_only_is_linked_with_its_name(made_site):
    content = Page((made_site / PAGES["en"]).read_text("utf-8"))
    assert "bac-ninh/brief.vi.html" in content.links
    assert "bac-ninh/brief.en.html" not in content.links
    assert content.rows[f"63-{BAC_NINH.code}"][-1].endswith("(only inTiếng Việt)")


def test_links_lead_to_files_beside_the_page(page, made_site):
    for link in page[1].links:
        assert not re.match(r"[a-z]+:|/|\.\.", link), link
        assert link.startswith("#") or (made_site / link).is_file(), link


def test_page_asks_for_nothing_and_names_its_language(page):
    language, content = page
    assert ("html", {"lang": language}) in content.tags
    asked = [tag for tag, attrs in content.tags if "src" in attrs or tag in ("link", "img", "iframe", "form")]
    assert asked == []
    policy = next(attrs["content"] for _, attrs in content.tags if "http-equiv" in attrs)
    assert "default-src 'none'" in policy
    assert "http" not in content.text


def test_nothing_is_written_that_is_no_word_of_a_reader(page):
    assert not re.search(r"\b(nan|None|inf|null|undefined)\b|\{|\}", page[1].text)
    assert unicodedata.is_normalized("NFC", page[1].text)


def test_the_34_provinces_show_the_figures_of_their_parts_side_by_side(page):
    content = page[1]
    table = content.source.split('<table id="units">')[1].split("</table>")[0]
    blocks = table.split("<tbody ")[1:]
    assert len(blocks) == len(successors()) == 34
    own = next(block for block in blocks if 'data-place="34-15"' in block)
    assert {"Lào Cai", "Yên Bái"} <= set(re.findall(r">([^<>]+)</th>", own))
    figures = re.findall(r'class="number">([^<]+%)<', own)
    shown = _column(content, "survey")
    assert figures == [shown[find_province(name).code] for name in ("Lào Cai", "Yên Bái")]


def test_every_place_has_a_tile_of_its_own_and_is_found_by_its_other_names(page):
    places = payload(page[1].source)["places"]
    for frame, number in (("63", 63), ("34", 34)):
        own = [place for place in places if place["frame"] == frame]
        assert (
            len({(place["row"], place["col"]) for place in own})
            == len({place["short"] for place in own})
            == number
        )

    def found(word: str, frame: str) -> set[str]:
        return {one["name"] for one in places if one["frame"] == frame and word in one["find"]}

    assert found("sai gon", "63") == found("hcm", "63") == found("hcm", "34") == {"Hồ Chí Minh"}
    assert found("br vt", "63") == {"Bà Rịa – Vũng Tàu"} and found("br vt", "34") == {"Hồ Chí Minh"}
    assert found("lao cai", "63") == {"Lào Cai", "Yên Bái"} and found("yen bai", "34") == {"Lào Cai"}
    assert {"Thái Nguyên", "Tây Ninh"} <= found("tn", "63")


TARGETS = {
    "en": ["at least 80%", "31 December 2022", "67.8% (8 November 2022)",
           "12.2 points short; 7.0 points a month were then needed",
           "over 20% (31 October 2022)", "at most 10.0 points short"],
    "vi": ["ít nhất 80%", "31/12/2022", "67,8% (08/11/2022)",
           "thiếu 12,2 điểm\u00a0%; khi đó cần 7,0 điểm\u00a0%/tháng",
           "trên 20% (31/10/2022)", "thiếu không quá 10,0 điểm\u00a0%"],
}  # fmt: skip


def test_targets_have_level_deadline_distance_and_pace(page):
    language, content = page
    table = content.source.split('<table id="targets">')[1].split("</table>")[0]
    assert [words for words in TARGETS[language] if words not in table] == []
    ba_ria = re.findall(r'<tr data-place="63-77">.*?</tr>', table)
    assert len(ba_ria) >= 3 and all("Thanh tra" in row or "xã" in row for row in ba_ria[:1])

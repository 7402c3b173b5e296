"""The index is true: its numbers are those of the tables and the briefs, its links lead to files."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd
from reading_site import Page

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import by_code, find_province, provinces
from analysis.reporting.numbers import format_number
from analysis.reporting.site import PAGES

COLUMNS = ("name", "successor", "survey", "change", "status", "rise", "brief")
THAI_NGUYEN, BAC_NINH = find_province("Thái Nguyên"), find_province("Bắc Ninh")


def _column(page: Page, name: str) -> dict[str, str]:
    return {code: cells[COLUMNS.index(name)] for code, cells in page.rows.items()}


def test_all_provinces_are_listed_in_vietnamese_order(page):
    names = list(_column(page[1], "name").values())
    assert names == sorted((province.name_vi for province in provinces()), key=sort_key)


def test_every_province_has_its_tile(page):
    tiles = [attrs["data-code"] for _, attrs in page[1].tags if "tile" in str(attrs.get("class")).split()]
    assert sorted(tiles) == sorted(by_code())


def test_survey_figures_are_the_scores_of_the_cleaned_table(page, data):
    language, content = page
    scores = data.survey.pivot(index="province_code", columns="period", values="outcome")
    shown = _column(content, "survey")
    for code in by_code():
        score = scores[data.year].get(code)
        share = "" if pd.isna(score) else f"{format_number((score - 1 / 3) * 100 / 3, 1, language)}%"
        assert shown[code] == (
            share or {"vi": "không có số liệu năm 2024", "en": "no figure for 2024"}[language]
        )
    assert sum("%" not in text for text in shown.values()) == 2


def test_a_change_needs_both_years_and_names_the_one_that_is_missing(page):
    language, content = page
    missing = {code: text for code, text in _column(content, "change").items() if not text[1].isdigit()}
    years = {"Quảng Ninh": 2021, "Bắc Giang": 2021, "Bắc Ninh": 2021, "Vĩnh Phúc": 2024, "Tiền Giang": 2024}
    words = {"vi": "không có số liệu năm", "en": "no figure for"}[language]
    assert missing == {find_province(name).code: f"{words} {year}" for name, year in years.items()}


def test_statuses_are_those_of_the_treatment_table(page, data):
    language, content = page
    shown = list(_column(content, "status").values())
    known = {"vi": "đã giao chỉ tiêu", "en": "set targets"}[language]
    assert shown.count(known) == len(data.treated) == 10
    unknown = {"vi": "chưa thấy công bố", "en": "not known"}[language]
    assert shown.count(unknown) == 63 - len(data.treated) - len(data.doubtful)


def test_the_published_rise_is_the_briefs_own_with_its_dates_and_its_about(page):
    language, content = page
    shown = _column(content, "rise")
    assert shown[THAI_NGUYEN.code] == {
        "vi": "+32 điểm: từ 28% (31/03/2022) đến khoảng 60% (30/06/2022)",
        "en": "+32 points: from 28% (31 March 2022) to about 60% (30 June 2022)",
    }[language]  # fmt: skip
    assert shown[BAC_NINH.code] == {"vi": "chưa công bố", "en": "none published"}[language]
    no_brief = {"vi": "chưa có bản tóm tắt", "en": "no brief yet"}[language]
    assert list(shown.values()).count(no_brief) == 61


def test_what_has_no_brief_says_so_and_has_no_link(page):
    language, content = page
    unmade = {"vi": "Chưa có bản tóm tắt", "en": "No brief yet"}[language]
    assert list(_column(content, "brief").values()).count(unmade) == 61
    assert {link.split("/")[0] for link in content.links if "/" in link} == {
        "thai-nguyen",
        "bac-ninh",
        "data",
    }


def test_a_brief_made_in_one_language_only_is_linked_with_its_name(made_site):
    content = Page((made_site / PAGES["en"]).read_text("utf-8"))
    assert "bac-ninh/brief.vi.html" in content.links
    assert "bac-ninh/brief.en.html" not in content.links
    assert content.rows[BAC_NINH.code][-1].endswith("(only inTiếng Việt)")


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

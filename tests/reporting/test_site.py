"""The index is true: numbers are those of the tables and the briefs, links lead to files, nothing is half done."""

from __future__ import annotations

import csv
import json
import re
import shutil
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from analysis import study
from analysis.cli import main
from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import by_code, find_province, provinces
from analysis.reporting import site as site_module
from analysis.reporting.html import load_part
from analysis.reporting.numbers import format_number
from analysis.reporting.site import PAGES, list_measures, publish_site, render_site
from analysis.reporting.site_briefs import BriefUnreadable, find_brief, find_briefs
from analysis.reporting.site_data import SurveyMissing
from analysis.reporting.site_measures import Words, round_bounds
from analysis.reporting.site_tiles import short_names
from analysis.reporting.texts import LANGUAGES, load_texts

COLUMNS = ("name", "successor", "survey", "change", "status", "rise", "brief")
THAI_NGUYEN, BAC_NINH = find_province("Thái Nguyên"), find_province("Bắc Ninh")


class Page(HTMLParser):
    """Collect rows of the table by province code, links, ids, and the text outside styles and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside: list[str] = []
        self._row: str | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag in ("style", "script"):
            self._inside.append(tag)
        if tag == "a":
            self.links.append(str(found["href"]))
        if tag == "tr":
            self._row = found.get("data-code")
            if self._row:
                self.rows[self._row] = []
        if tag in ("td", "th") and self._row:
            self.rows[self._row].append("")

    def handle_endtag(self, tag):
        if tag in ("style", "script"):
            self._inside.pop()
        if tag == "tr":
            self._row = None

    def handle_data(self, data):
        if self._inside:
            return
        self.text += data
        if self._row and self.rows[self._row]:
            self.rows[self._row][-1] += data.strip()


@pytest.fixture(scope="module")
def data(root):
    return study.read_site_data(root)


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request, made_site):
    return request.param, Page((made_site / PAGES[request.param]).read_text("utf-8"))


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


def test_every_measure_names_unit_source_and_year(data, made_site):
    for language in LANGUAGES:
        words = Words(load_texts("site", language), language)
        for measure in list_measures(data, find_briefs(made_site), words):
            assert measure.unit
            assert any(note.startswith(("Nguồn:", "Source:")) for note in measure.notes)
            kind = "rise" if measure.id == "rise" else "survey or status"
            assert kind == "rise" or re.search(r"20\d\d", measure.name)
            assert (measure.id in ("survey", "change")) == any("PAPI" in note for note in measure.notes)


def test_the_unexplained_jump_of_the_survey_is_told(page):
    assert {"vi": "giữa năm 2022 và 2023", "en": "between 2022 and 2023"}[page[0]] in page[1].text


def test_every_colour_on_the_map_is_in_its_legend(data, made_site):
    words = Words(load_texts("site", "vi"), "vi")
    for measure in list_measures(data, find_briefs(made_site), words):
        listed = {line.fill for line in measure.legend}
        assert {cell.fill for cell in measure.cells.values()} <= listed
        assert all(cell.short for cell in measure.cells.values())


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_on_every_fill_has_enough_contrast(data, made_site):
    css = str(load_part("site.css"))
    rules = dict(re.findall(r'\[data-fill="([^"]+)"\] \{ (.*?) \}', css))
    words = Words(load_texts("site", "vi"), "vi")
    used = {line.fill for m in list_measures(data, find_briefs(made_site), words) for line in m.legend}
    assert used <= set(rules)
    for fill, rule in rules.items():
        text = re.search(r"(?<!-)color: (#[0-9a-f]{6})", rule)
        assert text, fill
        for ground in set(re.findall(r"#[0-9a-f]{6}", rule.split("color:")[0])):
            assert _contrast(text[1], ground) >= 4.5, (fill, ground)


def test_classes_are_round_and_hold_most_values():
    assert round_bounds([1.7, 3.3, 5.1, 6.7, 7.0, 12.0]) == (2.0, 4.0, 6.0, 8.0)
    assert round_bounds([]) == (1.0, 2.0, 3.0, 4.0)
    assert round_bounds([40.0, 95.0]) == (60.0, 80.0, 100.0, 120.0)


def test_short_names_tell_all_provinces_apart():
    names = short_names(province.name_vi for province in provinces())
    assert len(set(names.values())) == 63
    assert max(map(len, names.values())) <= 5
    assert names["Thái Nguyên"] == "ThNg"
    assert names["Hà Giang"] != names["Hậu Giang"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda text: text[: len(text) // 2], "no JSON"),
        (lambda text: text.replace('"province_code": "19"', '"province_code": "20"'), "expected '19'"),
        (lambda text: text.replace('"value": 32.0', '"value": NaN'), "change_pp is nan"),
        (lambda text: text.replace('"headline"', '"head"'), "headline"),
        (lambda text: "[]", "TypeError"),
    ],
    ids=["cut off", "another province", "not a number", "a key is missing", "another shape"],
)  # fmt: skip
def test_unusable_results_are_refused_by_name_and_nothing_is_published(
    made_site, data, tmp_path, spoil, said
):
    reports = tmp_path / "reports"
    shutil.copytree(made_site / "thai-nguyen", reports / "thai-nguyen")
    results = reports / "thai-nguyen" / "results.json"
    text = results.read_text("utf-8")
    assert spoil(text) != text
    results.write_text(spoil(text), "utf-8")
    with pytest.raises(BriefUnreadable, match=re.escape(said)) as caught:
        publish_site(data, reports, reports)
    assert "thai-nguyen/results.json" in str(caught.value)
    assert 'dvctt brief "Thái Nguyên"' in str(caught.value)
    assert [path.name for path in reports.iterdir()] == ["thai-nguyen"]


def test_a_headline_is_escaped(made_site, data, tmp_path):
    shutil.copytree(made_site / "thai-nguyen", tmp_path / "thai-nguyen")
    results = tmp_path / "thai-nguyen" / "results.json"
    content = json.loads(results.read_text("utf-8"))
    content["headline"]["vi"] = '"><script>alert(1)</script>'
    results.write_text(json.dumps(content), "utf-8")
    html = render_site(data, find_briefs(tmp_path), "vi")
    assert "<script>alert" not in html
    assert "&#34;&gt;&lt;script&gt;alert" in html


def test_a_brief_that_says_other_numbers_than_the_tables_is_marked(made_site, data):
    brief = find_brief(THAI_NGUYEN, made_site)
    assert brief is not None
    assert not data.is_outdated(brief)
    moved = data.observations.copy()
    moved.loc[moved["raw_location"] == brief.rise.after.raw_location, "value"] = 61.0
    newer = site_module.SiteData(**{**_fields(data), "observations": moved})
    assert newer.is_outdated(brief)
    assert "khác số trong bảng" in render_site(newer, {THAI_NGUYEN.code: brief}, "vi")
    survey = data.survey.assign(outcome=data.survey["outcome"] + 0.01)
    assert site_module.SiteData(**{**_fields(data), "survey": survey}).is_outdated(brief)


def _fields(data):
    return {name: getattr(data, name) for name in data.__dataclass_fields__}


def test_another_folder_gets_copies_of_the_briefs(made_site, data, tmp_path):
    files = publish_site(data, made_site, tmp_path / "public")
    assert [path.name for path in files[-2:]] == [PAGES[language] for language in LANGUAGES]
    assert all(path.is_file() for path in files)
    names = {str(path.relative_to(tmp_path / "public")) for path in files}
    assert {"thai-nguyen/brief.en.pdf", "bac-ninh/brief.vi.html", "data/observations.csv"} <= names
    for language in LANGUAGES:
        for link in Page((tmp_path / "public" / PAGES[language]).read_text("utf-8")).links:
            assert link.startswith("#") or (tmp_path / "public" / link).is_file()


def test_a_failure_leaves_the_old_index_as_it_was(made_site, data, tmp_path, monkeypatch):
    publish_site(data, made_site, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def fail(data, briefs, language):
        if language == "en":
            raise OSError("disk full")
        return "half"

    monkeypatch.setattr(site_module, "render_site", fail)
    with pytest.raises(OSError, match="disk full"):
        publish_site(data, made_site, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_numbers_of_the_page_lie_beside_it_with_their_raw_rows(made_site, root):
    with (made_site / "data" / "provinces.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name_vi"] for row in rows] == sorted((p.name_vi for p in provinces()), key=sort_key)
    for row in rows:
        places = f"{row['survey_raw_rows']}; {row['published_raw_rows']}".split("; ")
        lines = [_raw_line(root, place) for place in places if place]
        assert all(row["province_code"] in line or row["name_vi"] in line for line in lines)
    by_name = {row["name_vi"]: row for row in rows}
    assert by_name["Vĩnh Phúc"]["survey_share_pct"] == ""
    assert by_name["Thái Nguyên"]["published_change_pp"] == "32.0"


def _raw_line(root: Path, place: str) -> str:
    file, line = place.rsplit(":", 1)
    return (root / file).read_text("utf-8").splitlines()[int(line) - 1]


def test_without_a_survey_there_is_no_index(data, made_site):
    empty = site_module.SiteData(**{**_fields(data), "survey": data.survey.iloc[:0]})
    with pytest.raises(SurveyMissing, match="papi_d81_portal_access"):
        render_site(empty, find_briefs(made_site), "vi")


def test_the_command_lists_all_provinces_before_any_brief_is_made(root, tmp_path, monkeypatch):
    for name in ("raw", "processed"):
        shutil.copytree(root / "data" / name, tmp_path / "data" / name)
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path))
    result = CliRunner().invoke(main, ["site"])
    assert result.exit_code == 0, result.output
    assert result.output.split() == [str(tmp_path / "reports" / name) for name in PAGES.values()]
    html = (tmp_path / "reports" / "index.html").read_text("utf-8")
    assert len(Page(html).rows) == 63
    assert "Chưa có bản tóm tắt nào." in html


def test_the_command_refuses_a_file_as_folder(tmp_path):
    (tmp_path / "taken").write_text("")
    result = CliRunner().invoke(main, ["site", "--out", str(tmp_path / "taken")])
    assert result.exit_code == 2
    assert "taken" in result.output


def test_the_command_does_not_write_into_the_projects_own_data(root):
    result = CliRunner().invoke(main, ["site", "--out", str(root)])
    assert result.exit_code == 2
    assert "--out" in result.stderr
    assert not (root / "data" / "provinces.csv").exists()

"""Every brief is true for its province: numbers come from raw rows, words from the ladder, pages from the content."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from analysis import did
from analysis.estimation.results import Tide
from analysis.project import find_root
from analysis.reference.provinces import find_province, provinces
from analysis.reporting.brief import assemble_brief
from analysis.reporting.edition import is_current
from analysis.reporting.evidence import PP_PER_SCORE
from analysis.reporting.html import render_html
from analysis.reporting.pdf import PdfRefused, render_pdf
from analysis.reporting.publish import (
    NoBriefInNotebook,
    gather_results,
    publish_brief,
    read_brief,
)
from analysis.reporting.wording import BANNED_WORDS

LANGUAGES = ("vi", "en")
ROOT = find_root()
# A treated province with figures, treated without, untreated with a missing survey year, one that is doubtful.
KINDS = ("Thái Nguyên", "Yên Bái", "Bắc Ninh", "Hòa Bình", "Bà Rịa – Vũng Tàu")
# Names that carry digits and are no data: indices, licences, notebooks, the day of the new map, versions.
NAMES = re.compile(
    r"PAPI 8\.1|CC BY 4\.0|\d\d-[a-z-]+|01/07/2025|1 July 2025|dvctt-analysis \d+\.\d+\.\d+|\(to 2022\)|\(đến 2022\)|"
    r"tháng 7”|level-4|mức độ 4|results\.json"
)


class Visible(HTMLParser):
    """Collect the text of a page outside tables of sources, citations and links of numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, dict[str, str | None]]] = []
        self.loose: list[str] = []
        self.numbers: list[tuple[str, str]] = []
        self.requests: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        for name in ("src", "href", "action", "data"):
            if name in found and tag in ("img", "script", "link", "iframe", "object", "form"):
                self.requests.append(str(found[name]))
        if tag not in ("meta", "img", "br", "link"):
            self.stack.append((tag, found))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if any(tag in ("style", "title", "nav") for tag, _ in self.stack):
            return
        classes = " ".join(str(found.get("class", "")) for _, found in self.stack)
        name = self.stack[-1][1].get("data-number") if self.stack else None
        if name:
            self.numbers.append((name, data))
        elif "cite" not in classes and "sources" not in classes:
            self.loose.append(data)


def _visible(brief) -> Visible:
    page = Visible()
    page.feed(render_html(brief))
    return page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_every_number_on_the_page_is_in_the_ledger(assemble, name, language):
    brief = assemble(name, language)
    page = _visible(brief)
    loose = NAMES.sub("", " ".join(page.loose))
    assert not re.findall(r"\d+", loose), re.findall(r".{30}\d+.{20}", loose)
    results = gather_results([brief], ROOT)
    for number, text in page.numbers:
        assert text in results["numbers"][number]["text"][language]


@pytest.mark.parametrize("name", KINDS)
def test_printed_numbers_are_what_the_raw_rows_say(assemble, name, root):
    results = gather_results([assemble(name, "vi")], root)
    printed = {k: n for k, n in results["numbers"].items() if n["kind"] == "printed"}
    assert printed
    for number in printed.values():
        (key,) = number["sources"]
        file, line = results["sources"][key]["location"].rsplit(":", 1)
        rows = list(csv.DictReader((root / file).read_text("utf-8").splitlines()))
        row = rows[int(line) - 2]
        assert float((row.get("value") or row.get("target_value")).lstrip(">=")) == number["value"]


@pytest.mark.parametrize("name", KINDS)
def test_every_number_leads_to_raw_rows(assemble, name, root):
    results = gather_results([assemble(name, "en")], root)
    for key, number in results["numbers"].items():
        if number["kind"] in ("chosen", "document"):
            continue
        assert number["all_sources"], key
        for source in number["all_sources"]:
            file, lines = results["sources"][source]["location"].rsplit(":", 1)
            length = len((root / file).read_text("utf-8").splitlines())
            assert all(1 < int(line) <= length for line in re.findall(r"\d+", lines)), key


def test_thai_nguyen_is_taken_apart_as_published(assemble):
    numbers = assemble("Thái Nguyên", "vi", 9999)["ledger"]["numbers"]
    expected = {
        "before_value": 28, "after_value": 60, "change_pp": 32, "tide_low_pp": 2.8305, "tide_high_pp": 20.2839,
        "rest_low_pp": 11.7161, "rest_high_pp": 29.1695, "worst_rest_pp": 11.7161, "did_pp": 0.6602, "distance_pp": 20,
    }  # fmt: skip
    for name, value in expected.items():
        # Arithmetic on printed figures: equal to the four decimals written here.
        assert numbers[name]["value"] == pytest.approx(value, abs=6e-5), name


def test_readme_prints_the_brief_of_today(assemble, root):
    numbers = assemble("Thái Nguyên", "en", 9999)["ledger"]["numbers"]
    readme = (root / "README.md").read_text("utf-8").replace("\N{MINUS SIGN}", "-")
    low, high, p = (numbers[n]["value"] for n in ("did_low_pp", "did_high_pp", "did_p"))
    tide = f"between {numbers['tide_low_pp']['value']:.1f} and {numbers['tide_high_pp']['value']:.1f} points"
    rest = f"{numbers['rest_low_pp']['value']:.1f} to {numbers['rest_high_pp']['value']:.1f} points"
    interval = f"(95 % interval {low:.1f} to {high:+.1f}, permutation p = {p:.2f})"
    survey = f"{numbers['did_pp']['value']:+.1f} percentage points {interval}"
    for sentence in (tide, rest, survey):
        assert sentence in readme, sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("province", provinces(), ids=lambda province: province.slug)
def test_no_brief_shows_a_hole_or_claims_too_much(assemble, province, language):
    brief = assemble(province.name_vi, language)
    page = render_html(brief)
    words = " ".join([*_visible(brief).loose]).lower()
    assert not re.search(r"\bnan\b|\bnone\b|\{[a-z_]+", words)
    assert not any(banned in words for banned in BANNED_WORDS[language])
    assert province.name_vi in page and page.count("<h1>") == 1
    assert 'alt=""' not in page and page.count("<img") == (
        2 if "before_value" in brief["ledger"]["numbers"] else 3
    )
    assert len(page.encode()) <= 250_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", [*KINDS, "Lạng Sơn"]
)  # the brief with the longest texts and all its pictures
def test_pdf_is_two_tagged_pages_with_its_fonts(assemble, name, language):
    from pypdf import PdfReader

    content = render_pdf(assemble(name, language))
    reader = PdfReader(io.BytesIO(content))
    catalog = reader.trailer["/Root"]
    assert len(reader.pages) <= 2
    assert len(content) <= 200_000
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"].startswith(language)
    assert "pdfuaid" in catalog["/Metadata"].get_data().decode("utf-8", "replace")
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    for font in fonts:
        for inner in font.get("/DescendantFonts", [font]):
            assert any(
                k in inner.get_object()["/FontDescriptor"] for k in ("/FontFile", "/FontFile2", "/FontFile3")
            )
    text = "".join(page.extract_text() for page in reader.pages)
    assert find_province(name).name_vi in text


def test_pdf_with_a_full_box_of_changes_keeps_to_two_pages(assemble):
    from analysis.reporting.changes import section_of_changes

    brief = json.loads(json.dumps(assemble("Thái Nguyên", "vi")))
    names = list(brief["ledger"]["numbers"])
    rows = [
        {"number": n, "unit": "", "old": 1.0, "new": 2.0, "because": ["published_figures.csv:13"] * 3}
        for n in names
    ]
    since = {"data_date": brief["data_date"], "version": brief["version"]}
    box = section_of_changes({"since": since, "rows": rows}, "vi")
    sections = [brief["sections"][0], box, *brief["sections"][1:]]
    assert _page_count(render_pdf({**brief, "sections": sections})) == 2
    with pytest.raises(PdfRefused, match=r"pages in its smallest type, 2 are allowed"):
        render_pdf({**brief, "sections": [*sections, *[box] * 30]})


def _page_count(content: bytes) -> int:
    from pypdf import PdfReader

    return len(PdfReader(io.BytesIO(content)).pages)


def test_page_asks_for_nothing_outside(assemble):
    page = _visible(assemble("Thái Nguyên", "vi"))
    assert all(request.startswith("data:image/svg+xml;base64,") for request in page.requests)


def test_same_content_gives_the_same_bytes(assemble):
    brief = assemble("Thái Nguyên", "en")
    assert render_html(brief) == render_html(brief)
    assert render_pdf(brief) == render_pdf(brief)


def test_hostile_content_stays_text(assemble):
    brief = json.loads(json.dumps(assemble("Yên Bái", "en")))
    attack = '<script>alert(1)</script>{{ 7*7 }} #read("/etc/passwd")'
    brief["headline"] = [{"text": attack}]
    for section in brief["sections"]:
        for item in section["items"]:
            if item["kind"] == "sources":
                item["rows"][0] |= {"title": attack, "url": "javascript:alert(1)"}
    page = render_html(brief)
    assert "<script" not in page and "javascript:" not in page and "{{ 7*7 }}" in page
    from pypdf import PdfReader

    text = PdfReader(io.BytesIO(render_pdf(brief))).pages[0].extract_text()
    assert "read(" in text and "root:" not in text


def _notebook_with(brief, path):
    bundle = {"application/vnd.dvctt.brief+json": brief}
    cells = [{"cell_type": "code", "outputs": [{"data": bundle}]}]
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    return path


def test_published_files_come_all_or_none(assemble, tmp_path, root):
    notebook = _notebook_with(assemble("Yên Bái", "vi"), tmp_path / "06.ipynb")
    files, moved = publish_brief([notebook], tmp_path / "out", root)
    assert moved == {}, "a first edition has nothing to compare with"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(path.name for path in files)
    empty = tmp_path / "empty.ipynb"
    empty.write_text('{"cells": []}', "utf-8")
    with pytest.raises(NoBriefInNotebook, match=r"empty\.ipynb shows no brief"):
        publish_brief([notebook, empty], tmp_path / "never", root)
    assert not (tmp_path / "never").exists()
    with pytest.raises(NoBriefInNotebook, match="is not a notebook that can be read"):
        read_brief(tmp_path / "absent.ipynb")


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
        text = " ".join([headline, *_visible(brief).loose])
        assert "rounded" not in text and "làm tròn" not in text
        render_pdf(brief)


def test_page_links_only_to_languages_that_are_published(assemble):
    brief = assemble("Yên Bái", "vi")
    assert "brief.en.html" in render_html(brief, ["vi", "en"])
    assert "brief.en.html" not in render_html(brief, ["vi"])


def test_new_edition_says_what_moved_and_because_of_which_rows(assemble, tmp_path, root):
    """A raw figure is corrected from 60 to 58: the brief names what moved, and the row, until the next change."""
    out, first = tmp_path / "out", assemble("Thái Nguyên", "en")
    notebook = _notebook_with(first, tmp_path / "06.ipynb")
    publish_brief([notebook], out, root)
    assert is_current([notebook], out, root)
    plain = (out / "brief.en.html").read_text("utf-8")
    assert "What changed since" not in plain

    second = json.loads(json.dumps(first))
    second["ledger"]["numbers"]["after_value"]["value"] = 58.0
    row = second["ledger"]["sources"][second["ledger"]["numbers"]["after_value"]["sources"][0]]
    row["location"] = row["location"].replace(":14", ":15")
    _notebook_with(second, notebook)
    assert not is_current([notebook], out, root)
    _, moved = publish_brief([notebook], out, root)
    assert [(r["number"], r["old"], r["new"]) for r in moved["rows"]] == [("after_value", 60, 58.0)]
    assert [place.rsplit("/", 1)[-1] for place in moved["rows"][0]["because"]] == [
        "published_figures.csv:14",
        "published_figures.csv:15",
    ]
    page = (out / "brief.en.html").read_text("utf-8")
    assert "What changed since the edition of" in page and "60 → 58" in page

    second["title"] += "!"
    _, again = publish_brief([_notebook_with(second, notebook)], out, root)
    assert again == moved, "nothing moved since: the box stays"


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


def _all_text(brief, section: str | None = None) -> str:
    rows = [
        row
        for part in brief["sections"]
        if section in (None, part["id"])
        for item in part["items"]
        if item["kind"] in ("text", "list")
        for row in item["rows"]
    ]
    return "".join(span["text"] for row in rows for span in row)


def test_brief_says_first_that_the_second_figure_may_be_cumulated(assemble):
    for language, words in (
        ("en", "if the latter, the comparison fails"),
        ("vi", "nếu lũy kế thì không so sánh được"),
    ):
        assert words in "".join(span["text"] for span in assemble("Thái Nguyên", language)["lead"])
        assert words not in "".join(span["text"] for span in assemble("Đà Nẵng", language)["lead"])


def test_brief_names_the_city_the_merger_and_the_doubtful(assemble):
    city = assemble("Đà Nẵng", "vi")
    assert "cổng dịch vụ công của thành phố:" in _all_text(city, "survey")
    assert "nay cùng Quảng Nam thành Đà Nẵng" in city["province_line"]
    assert assemble("Lạng Sơn", "en")["province_line"] == "Lạng Sơn (not merged on 1 July 2025)"
    assert "Bắc Giang, Bình Phước, Hòa Bình, Hồ Chí Minh, Long An, Ninh Bình" in _all_text(city, "not_shown")


def test_the_difference_that_would_have_been_clear_is_where_the_interval_leaves_zero(assemble, evidence_of):
    """Portal use in provinces with targets raised by a little more, and a little less, than is missing."""
    value = {k: n["value"] for k, n in assemble("Yên Bái", "en")["ledger"]["numbers"].items()}
    survey = evidence_of("Yên Bái").survey
    after = survey["province_code"].isin(evidence_of("Yên Bái").treated) & (survey["period"] >= 2022)
    columns = {
        "unit": "province_code",
        "time": "period",
        "outcome": "outcome",
        "treated_from": "treated_from",
    }
    for nudge, clear in ((-0.01, False), (0.01, True)):
        rise = (value["clear_from_pp"] - value["did_pp"] + nudge) / PP_PER_SCORE
        raised = survey.assign(outcome=survey["outcome"] + rise * after)
        found = did(raised, **columns, draws=int(value["draws"]), seed=20220820)
        assert (found.conf_low > 0) is clear
    for language, words in (
        ("en", "of more than 1.3 points would have stood out from chance"),
        ("vi", "trên 1,3 điểm mới phân biệt được với ngẫu nhiên"),
    ):
        assert words in _all_text(assemble("Thái Nguyên", language, 9999))


def test_ranges_of_pace_and_cap_agree_with_the_rise(assemble):
    numbers = assemble("Thái Nguyên", "en")["ledger"]["numbers"]
    value = {name: number["value"] for name, number in numbers.items()}
    assert value["fastest_pace_pp"] * value["months"] == pytest.approx(value["tide_high_pp"])
    assert value["cap_ratio_high"] == pytest.approx(1.65)
    assert value["never_fell_a_value"] / value["cap_ratio_high"] == pytest.approx(value["nation_then_low"])

"""The page on the country: every figure of the source articles has a row, a state and a place where it is seen."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from analysis.reporting.html import render_html
from analysis.reporting.nation import assemble_nation
from analysis.reporting.pdf import render_pdf
from analysis.reporting.pictures import draw_picture
from analysis.reporting.printed_figures import HELD, TARGET, USED
from analysis.reporting.prose import plain_text
from analysis.reporting.texts import LANGUAGES

ARTICLES = [f"F{number:04}" for number in range(1, 62)]  # what the articles of 2022 print
DENOMINATORS = ["F0317", "F0318"]


def _text(brief) -> str:
    return plain_text(_spans(brief["sections"]) + _spans(brief["first_page"]))


def _spans(part) -> list:
    if isinstance(part, dict) and isinstance(part.get("text"), str):
        return [part]
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [span for one in inner for span in _spans(one)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_articles_has_a_state_and_a_place_where_a_reader_sees_it(made_nation, language):
    rows = {
        row["figure_id"]: row for row in csv.DictReader(io.StringIO(made_nation[language]["figures_used"]))
    }
    for name in (*ARTICLES, *DENOMINATORS):
        assert rows[name]["state"] in (USED, TARGET, HELD), name
        assert bool(rows[name]["rule"]) == (rows[name]["state"] == HELD), name
        assert rows[name]["shown_in"], name
    unseen = [name for name, row in rows.items() if row["province_code"] == "VN" and not row["shown_in"]]
    assert unseen == []


def test_the_states_are_those_of_cleaning_and_each_line_has_one(nation_evidence, root):
    lines = [place for one in nation_evidence.figures if (place := one.raw_location)]
    assert len(lines) == len(set(lines)) == 318
    for one in nation_evidence.figures:
        file, _, line = one.raw_location.rpartition(":")
        assert (root / file).read_text("utf-8-sig").splitlines()[int(line) - 1].startswith(one.id)


def test_no_period_is_invented(nation_evidence):
    by_id = {one.id: one for one in nation_evidence.figures}
    assert (by_id["F0013"].start, by_id["F0013"].end) == ("", "2022-06-30")
    assert (by_id["F0002"].start, by_id["F0002"].end) == ("", "2022-08-20")
    assert by_id["F0314"].end == ""


SAID = {
    "vi": ["1,78% (2020), 9,51% (2021), trên 20%", "2,8% người trả lời", "khoảng 12%", "25,3%",
           "suy ra năm trước khoảng 32%",
           "45,78%", "51,49%", "67,8%", "39,82%", "khoảng 43,2%", "97,3%", "98 trên 180",
           "trên 767.000", "trên 167.000",
           "trên 102.000.000", "18/19", "9/9", "173/173", "tối thiểu", "giữa tháng 8/2022", "khoảng 60%"],
    "en": ["1.78% (2020), 9.51% (2021), over 20%", "2.8% of respondents", "about 12%", "25.3%",
           "so about 32% a year before",
           "45.78%", "51.49%", "67.8%", "39.82%", "about 43.2%", "97.3%", "98 of 180", "over 767,000", "over 167,000",
           "over 102,000,000", "18 of 19", "9 of 9", "173 of 173", "at least", "mid-August 2022", "about 60%"],
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_the_articles_print_as_carefully_as_they_do(made_nation, language):
    text = _text(made_nation[language])
    assert [words for words in SAID[language] if words not in text] == []
    assert not re.search(r"\{|\}|\bnan\b|None", text)


def test_targets_stand_beside_the_last_figure_by_their_deadline(made_nation):
    numbers = made_nation["en"]["ledger"]["numbers"]
    assert numbers["f0007_missing"]["value"] == pytest.approx(80 - 67.8)
    assert numbers["f0008_missing"]["value"] == pytest.approx(50 - 43.2)
    assert numbers["f0027_missing"]["value"] == pytest.approx(10)
    months = 53 / 30.4375  # from 8 November to 31 December
    assert numbers["f0007_needed"]["value"] == pytest.approx((80 - 67.8) / months)
    table, rest = next(one for one in made_nation["en"]["sections"] if one["id"] == "targets")["items"]
    rows = {plain_text(row[0]): plain_text(row[2]) for row in table["body"]}
    citizens = next(verdict for label, verdict in rows.items() if "30%" in label and "citizens" in label)
    assert citizens.startswith("at most 10.0 points short")
    of_2025 = [label for label in rows if "31 December 2025" in label]
    assert len(of_2025) + plain_text(rest["rows"][0]).count("31 December 2025") >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_is_short_and_its_picture_says_what_it_shows(made_nation, language):
    page = made_nation[language]["first_page"]
    assert len(plain_text(page["headline"]).split()) <= 15
    assert len(plain_text(_spans(page)).split()) <= 250
    picture = draw_picture(page["picture"])
    for words in ("1,78%", "67,8%", "80%") if language == "vi" else ("1.78%", "67.8%", "80%"):
        assert words in page["picture"]["alt"]
        assert words.replace("%", "") in picture


def test_another_headline_where_the_targets_are_reached(nation_evidence):
    lower = tuple(replace(one, value=5.0) if one.state == TARGET else one for one in nation_evidence.figures)
    brief = assemble_nation(replace(nation_evidence, figures=lower), "en")
    assert "reached its 2022 targets" in plain_text(brief.first_page["headline"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_rendered_as_the_briefs_are(made_nation, language):
    html = render_html(made_nation[language])
    assert html.count("<table") >= 6
    assert render_pdf(made_nation[language]).startswith(b"%PDF")

"""The cleaning report in a browser: one language at a time, on a desk and on a phone, without a broken rule."""

from __future__ import annotations

import csv

import pytest
from click.testing import CliRunner

from analysis.cli import main

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCREENS = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
ROWS = [
    ["Năm 2022", "", "", ""],
    ["Tỉnh", "Tổng số hồ sơ", "Số hồ sơ trực tuyến", "Tỷ lệ hồ sơ nộp trực tuyến (%)"],
    ["Hà Nội", "200", "50", "25"],
    ["Hà Nội", "200", "60", "30"],
    ["Sơn La", "100", "x", "41"],
    ["Tổng cộng", "500", "110", "99"],
]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cleaned")
    with (folder / "quý.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(ROWS)
    CliRunner().invoke(main, ["clean", str(folder / "quý.csv"), "--out", str(folder / "out")])
    return folder / "out" / "report.html"


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_report_shows_one_language_and_breaks_no_rule(visit, report, axe, language, screen):
    page = visit(report, bypass_csp=True, viewport=SCREENS[screen])
    page.click(f"label[for={language}]")
    shown, other = ("Để riêng và cách sửa", "Set aside") if language == "vi" else ("Set aside", "Để riêng")
    text = page.inner_text("main")
    assert shown in text and other not in text
    assert page.evaluate("document.documentElement.scrollWidth") <= SCREENS[screen]["width"]
    page.evaluate(axe)
    found = page.evaluate("levels => axe.run({ runOnly: levels, resultTypes: ['violations'] })", LEVELS)
    assert len(found["passes"]) >= 10
    assert [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]] == []


def test_links_of_held_cells_lead_to_the_file_and_name_the_cell(visit, report):
    page = visit(report)
    links = page.eval_on_selector_all("table a", "all => all.map(a => a.getAttribute('href'))")
    assert links
    for link in links:
        file, cell = link.split("#")
        assert file == "../qu%C3%BD.csv" and cell[0] in "ABCD"

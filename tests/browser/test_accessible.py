"""No page breaks a rule of WCAG 2.2 AA that axe-core can check."""

from __future__ import annotations

import pytest

from analysis.reporting.html import render_html

pytestmark = pytest.mark.browser

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 812}
PAGES = {
    "index": ("index.html", "", DESK),
    "index in English, by status, searched, on a phone": ("index.en.html", "#layer=63-status&find=ha", PHONE),
    "index, 34 provinces, one chosen, two compared": (
        "index.html",
        "#map=34&place=34-15&see=63-15,63-19",
        DESK,
    ),
    "brief": ("thai-nguyen/brief.vi.html", "", DESK),
    "brief in English, on a phone": ("thai-nguyen/brief.en.html", "", PHONE),
    "brief without published figures": ("bac-ninh/brief.vi.html", "", DESK),
}


def _violations(page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("levels => axe.run({ runOnly: levels, resultTypes: ['violations'] })", LEVELS)
    assert len(found["passes"]) >= 10, "axe has checked next to nothing"
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html']}" for v in found["violations"]]


@pytest.mark.parametrize("name", PAGES)
def test_no_rule_is_broken(visit, made_site, axe, name):
    path, state, screen = PAGES[name]
    # The pages' own policy lets no script in but theirs; for the checker alone it is set aside.
    page = visit(made_site / path, state, bypass_csp=True, viewport=screen)
    assert _violations(page, axe) == []


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_no_rule_is_broken_on_the_page_of_the_country(visit, made_nation, axe, screen, tmp_path):
    (tmp_path / "brief.vi.html").write_text(render_html(made_nation["vi"]), "utf-8")
    page = visit(tmp_path / "brief.vi.html", bypass_csp=True, viewport=screen)
    assert _violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_no_rule_is_broken_where_both_maps_have_figures(visit, site_of_world, axe, screen):
    assert _violations(visit(site_of_world, bypass_csp=True, viewport=screen), axe) == []

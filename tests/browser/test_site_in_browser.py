"""The index as a reader uses it: map, keyboard, sorting, search, the other language, paper."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import find_province, provinces

pytestmark = pytest.mark.browser

PHONE = {"width": 375, "height": 812}


@pytest.fixture
def page(visit, made_site):
    return visit(made_site / "index.html")


def _tile(name: str) -> str:
    return f'.tile[data-code="{find_province(name).code}"]'


def _fill(page, name: str) -> str:
    return page.locator(_tile(name)).get_attribute("data-fill")


def _names(page) -> list[str]:
    return page.locator("#provinces tbody tr:not([hidden]) th").all_inner_texts()


def _focused(page) -> str:
    return page.evaluate("document.activeElement.querySelector('.full')?.textContent")


def _column(page, name: str) -> list[str]:
    column = page.locator("#provinces thead th").evaluate_all(
        "(all, name) => all.findIndex((th) => th.dataset.sort === name)", name
    )
    return page.locator(f"#provinces tbody tr > :nth-child({column + 1})").all_inner_texts()


def test_the_map_takes_the_colours_and_the_legend_of_the_chosen_measure(page):
    assert page.locator(".tile").count() == 63
    assert _fill(page, "Vĩnh Phúc") == "none"
    assert page.locator("#legend-survey").is_visible()
    page.get_by_label("Chỉ tiêu riêng của tỉnh").check()
    assert (_fill(page, "Thái Nguyên"), _fill(page, "Hòa Bình")) == ("status-set", "status-doubtful")
    assert not page.locator("#legend-survey").is_visible()
    assert page.locator("#legend-status").is_visible()
    assert page.locator(f"{_tile('Thái Nguyên')} .value:visible").inner_text().startswith("●")
    page.get_by_label("mức tăng đã công bố").check()
    assert page.locator(f"{_tile('Thái Nguyên')} .value:visible").inner_text().startswith("+32")


def test_a_tile_says_its_province_and_figure_to_a_screen_reader(page):
    assert page.get_by_role("grid", name="Bản đồ ô của 63 tỉnh, thành phố").count() == 1
    tile = page.get_by_role("link", name="Thái Nguyên 9,3%", exact=True)
    assert tile.get_attribute("href") == "thai-nguyen/brief.vi.html"
    unmade = page.get_by_role(
        "link", name="Vĩnh Phúc không có số liệu năm 2024 Chưa có bản tóm tắt", exact=True
    )
    assert unmade.get_attribute("aria-disabled") == "true"


def test_arrow_keys_move_between_tiles_and_enter_opens_the_brief(page):
    assert page.locator('.tile[tabindex="0"]').count() == 1
    page.locator(_tile("Vĩnh Phúc")).focus()
    assert page.locator('.tile[tabindex="0"]').count() == 1
    for key, name in [
        ("ArrowRight", "Thái Nguyên"),
        ("ArrowDown", "Bắc Ninh"),
        ("ArrowLeft", "Hà Nội"),
        ("ArrowUp", "Vĩnh Phúc"),
        ("Home", "Điện Biên"),
        ("End", "Quảng Ninh"),
        ("ArrowRight", "Quảng Ninh"),
        ("Control+End", "Bạc Liêu"),
        ("ArrowUp", "Hậu Giang"),
        ("Control+Home", "Hà Giang"),
    ]:
        page.keyboard.press(key)
        assert _focused(page) == name, key
    page.locator(_tile("Thái Nguyên")).focus()
    assert "Thái Nguyên" in page.locator("#province").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/thai-nguyen/brief.vi.html")
    assert page.locator("html").get_attribute("lang") == "vi"


def test_every_tile_can_be_reached_with_the_arrow_keys(page):
    reached = page.evaluate("""() => {
        const reached = new Set(), waiting = [document.querySelector(".tile")];
        while (waiting.length) {
            const tile = waiting.pop();
            if (reached.has(tile)) continue;
            reached.add(tile);
            for (const key of ["ArrowDown", "ArrowLeft", "ArrowRight", "ArrowUp"]) {
                tile.focus();
                tile.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
                waiting.push(document.activeElement);
            }
        }
        return reached.size;
    }""")
    assert reached == 63


def test_focus_is_seen(page):
    page.locator("body").press("Tab")
    for _ in range(60):
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        width = page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")
        assert style == "solid" and width >= 2, page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody') !== null"):
            return
    raise AssertionError("the table was never reached with Tab")


def test_the_table_sorts_by_the_vietnamese_alphabet_both_ways(page):
    ordered = sorted((province.name_vi for province in provinces()), key=sort_key)
    assert _names(page) == ordered
    header = page.locator('th[data-sort="province"]')
    assert header.get_attribute("aria-sort") == "ascending"
    header.get_by_role("button").click()
    assert _names(page) == ordered[::-1]
    assert header.get_attribute("aria-sort") == "descending"
    header.get_by_role("button").press("Enter")
    assert _names(page) == ordered


@pytest.mark.parametrize("measure", ["survey", "change"])
def test_the_table_sorts_by_number_and_keeps_what_has_no_figure_last(page, measure):
    header = page.locator(f'th[data-sort="{measure}"]')
    for direction in ("descending", "ascending"):
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == direction
        assert page.locator("th[aria-sort]").count() == 1
        texts = _column(page, measure)
        shown = [text.split("%")[0].split(" ")[0] for text in texts if "không" not in text]
        values = [float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-")) for text in shown]
        assert values == sorted(values, reverse=direction == "descending")
        assert len(values) == {"survey": 61, "change": 58}[measure]
        assert all("không" in text for text in texts[len(values) :])


SEARCHES = {
    "dak": ["Đắk Lắk", "Đắk Nông"],
    "Đắk": ["Đắk Lắk", "Đắk Nông"],
    unicodedata.normalize("NFD", "đắk lắk"): ["Đắk Lắk"],
    "thai nguyen": ["Thái Nguyên"],
    "nguyên": ["Thái Nguyên"],
    "hanoi": ["Hà Nội"],
    "ba ria-vung": ["Bà Rịa – Vũng Tàu"],
    "  HÒA  ": ["Hòa Bình", "Khánh Hòa", "Thanh Hóa"],
    "city": ["Hồ Chí Minh"],
    "xyz": [],
    "!": [],
}


def test_search_does_not_mind_diacritics_case_or_form(page):
    for typed, found in SEARCHES.items():
        page.locator("#find").fill(typed)
        assert _names(page) == found, typed
        said = f"Tìm thấy {len(found)} trong số 63 tỉnh, thành phố."
        assert page.locator("#found").inner_text() == said
        assert page.locator(".tile:not(.aside)").count() == len(found)
    page.locator("#find").fill("")
    assert len(_names(page)) == 63


def test_the_other_language_keeps_what_was_chosen(page):
    page.get_by_label("thay đổi 2021–2024").check()
    page.locator('th[data-sort="survey"]').get_by_role("button").click()
    page.locator("#find").fill("Hà")
    names = _names(page)
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/index.en.html#*")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_label("Survey: change 2021–2024").is_checked()
    assert page.locator("#find").input_value() == "Hà"
    assert _names(page) == names
    assert page.locator("#legend-change").is_visible()
    page.get_by_role("link", name="Tiếng Việt").click()
    page.wait_for_url("**/index.html#*")
    assert _fill(page, "Hà Nam") == "change-0"
    page.reload()
    assert page.locator("#map").get_attribute("data-shown") == "change"


@pytest.mark.parametrize("state", ["#measure=__proto__&sort=nothing&down=9", "#%%%", "#measure=&find=%00<b>"])
def test_an_address_that_makes_no_sense_shows_the_page_as_it_is(visit, made_site, state):
    page = visit(made_site / "index.html", state)
    assert page.locator("#map").get_attribute("data-shown") == "survey"
    assert page.locator("#provinces tbody tr").count() == 63


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_links_lead_to_files_that_open(visit, made_site, name):
    page = visit(made_site / name)
    addresses = set(page.locator("a").evaluate_all("all => all.map((a) => a.href)"))
    assert len(addresses) > 10
    for address in addresses:
        assert urlsplit(address).scheme == "file"
        assert Path(unquote(urlsplit(address).path)).is_file(), address


def test_without_javascript_the_table_and_the_map_are_there(visit, made_site):
    page = visit(made_site / "index.html", java_script_enabled=False)
    assert _names(page) == sorted((province.name_vi for province in provinces()), key=sort_key)
    assert page.locator(".tile .value:visible").count() == 63
    assert not page.locator("#search").is_visible()
    assert not page.locator("#measures").is_visible()
    assert page.get_by_role("heading", name="Khảo sát 2024").is_visible()


def test_a_phone_does_not_scroll_sideways_and_can_hit_every_tile(visit, made_site):
    page = visit(made_site / "index.html", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    boxes = page.locator(".tile").evaluate_all("all => all.map((t) => t.getBoundingClientRect().toJSON())")
    assert min(box["width"] for box in boxes) >= 24
    assert min(box["height"] for box in boxes) >= 24
    overflowing = page.locator(".tile").evaluate_all(
        "all => all.filter((t) => t.scrollWidth > t.clientWidth + 1).length"
    )
    assert overflowing == 0


def test_on_paper_there_are_map_and_table_and_no_controls(page):
    page.emulate_media(media="print")
    assert page.locator(".tile:visible").count() == 63
    assert page.locator("#provinces tbody tr:visible").count() == 63
    assert page.locator("#legend-survey h3").is_visible()
    for control in ("#measures", "#search", "header nav", "thead button >> nth=0"):
        assert not page.locator(control).is_visible()
    assert page.locator('th[data-sort="survey"] .printed').is_visible()


def test_the_newest_figures_colour_the_map_and_sort_the_table(visit, site_of_world):
    page = visit(site_of_world)
    assert page.locator("#map").get_attribute("data-shown") == "services"
    assert page.locator(".tile .value:visible").count() == 63
    assert _fill(page, "Hà Nội") == "none"
    assert _fill(page, "Thái Nguyên").startswith("share-")
    page.get_by_label("Dossiers processed online").check()
    assert page.locator("#legend-dossiers").is_visible()
    assert not page.locator("#legend-services").is_visible()
    page.locator('th[data-sort="dossiers"]').get_by_role("button").click()
    shown = [float(text.rstrip("%")) for text in _column(page, "dossiers")[:-1]]
    assert shown == sorted(shown, reverse=True)
    assert _names(page)[-1] == "Hà Nội"
    assert "May 2022" in _column(page, "dossiers")[-1]


@pytest.mark.parametrize("screen", [{"width": 1280, "height": 800}, PHONE], ids=["desk", "phone"])
def test_the_table_of_34_provinces_fits_the_screen(visit, site_of_world, screen):
    page = visit(site_of_world, viewport=screen)
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    assert page.locator("#units tbody tr:visible").count() == 34
    assert page.locator("#answer").is_visible()
    page.locator("#units").get_by_role("link", name="Thái Nguyên").click()
    page.wait_for_url("**/thai-nguyen/brief.en.html")


def test_the_table_of_34_provinces_is_whole_on_paper(visit, site_of_world):
    page = visit(site_of_world)
    page.emulate_media(media="print")
    assert (
        page.locator("#units thead th:visible").count()
        == page.locator("#units tbody tr >> nth=0").locator("th, td").count()
    )

"""The index as a reader uses it: map, keyboard, comparison, search, addresses, downloads, the other language, paper."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import find_province, provinces

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SURVEY = "63-papi_d81_portal_access"


@pytest.fixture
def page(visit, made_site):
    return visit(made_site / "index.html")


def _key(name: str) -> str:
    return f"63-{find_province(name).code}"


def _tile(name: str) -> str:
    return f'.tile[data-place="{_key(name)}"]'


def _names(page) -> list[str]:
    return page.locator("#provinces tbody tr:not([hidden]) th").all_inner_texts()


def _focused(page) -> str:
    return page.evaluate("document.activeElement.querySelector('.full')?.textContent")


def test_the_answer_and_its_picture_are_on_the_first_screen(visit, made_site):
    page = visit(made_site / "index.html", viewport={"width": 1280, "height": 800})
    for part in ("h1", "#answer", ".picture svg", "#find"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= 800, part


def test_the_map_takes_the_colours_and_the_legend_of_the_chosen_indicator(page):
    assert page.locator(".tile").count() == 63
    assert page.locator(_tile("Vĩnh Phúc")).get_attribute("data-fill") == "none"
    assert page.locator(_tile("Thái Nguyên")).get_attribute("data-fill") == "share-1"
    page.locator("#layer").select_option("63-status")
    assert page.locator(_tile("Thái Nguyên")).get_attribute("data-fill") == "status-0"
    assert page.locator(f"{_tile('Hòa Bình')} .value").inner_text() == "◐"
    assert not page.locator("#time").is_visible()
    assert page.locator("#legend li").count() == 3


def test_the_slider_goes_through_the_periods(page):
    assert page.locator("#period").inner_text() == "2024"
    before = page.locator(f"{_tile('Thái Nguyên')} .value").inner_text()
    page.locator("#when").press("Home")
    assert page.locator("#period").inner_text() == "2019"
    assert page.locator(f"{_tile('Thái Nguyên')} .value").inner_text() != before
    assert "2019" in page.locator("#map-title").inner_text()
    assert "t=0" in page.evaluate("location.hash")


def test_a_tile_says_its_province_and_figure_and_opens_its_panel(page):
    assert page.get_by_role("grid", name="Bản đồ ô các tỉnh, thành phố").count() == 1
    page.get_by_role("button", name="Thái Nguyên : 9,3%", exact=True).click()
    panel = page.locator("#province")
    assert "thứ 5/61 (dao động ngẫu nhiên: từ 1 đến 23)" in panel.inner_text()
    assert "ít nhất" in page.locator("#targets").inner_text() and "90%" in panel.inner_text()
    panel.get_by_role("link", name="Mở bản tóm tắt Thái Nguyên").click()
    page.wait_for_url("**/thai-nguyen/brief.vi.html")


def test_arrow_keys_move_between_tiles(page):
    assert page.locator('.tile[tabindex="0"]').count() == 1
    page.locator(_tile("Vĩnh Phúc")).focus()
    for key, name in [
        ("ArrowRight", "Thái Nguyên"),
        ("ArrowDown", "Bắc Ninh"),
        ("ArrowLeft", "Hà Nội"),
        ("ArrowUp", "Vĩnh Phúc"),
    ]:
        page.keyboard.press(key)
        assert _focused(page) == name, key
        assert page.locator('.tile[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    assert page.locator("#province h3").inner_text() == "Vĩnh Phúc"
    assert _focused(page) == "Vĩnh Phúc"


@pytest.mark.parametrize("frame", ["63", "34"])
def test_every_tile_can_be_reached_with_the_arrow_keys(visit, made_site, frame):
    page = visit(made_site / "index.html", f"#map={frame}")
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
    assert reached == int(frame)


def test_up_to_four_provinces_are_compared_with_lines_and_a_table(page):
    for name in ("Thái Nguyên", "Yên Bái", "Hà Nội", "Cà Mau", "Huế"):
        page.locator(_tile("Thừa Thiên Huế" if name == "Huế" else name)).click()
        page.get_by_role("button", name="Thêm vào so sánh").click()
    box = page.locator("#compare")
    assert box.locator("tbody tr").count() == 4
    assert box.locator("svg path.s3").count() == 1
    label = box.locator("svg").get_attribute("aria-label")
    assert "Yên Bái: 2019" in label and "Bình quân các tỉnh" in label
    box.get_by_role("button", name="Bỏ Cà Mau khỏi so sánh").click()
    assert box.locator("tbody tr").count() == 3


def test_every_view_is_a_csv_file(page, tmp_path):
    with page.expect_download() as waited:
        page.locator("#csv-map").click()
    assert waited.value.suggested_filename == "papi_d81_portal_access-63-map.csv"
    rows = _rows(waited.value, tmp_path / "map.csv")
    assert len(rows) == 63
    own = next(row for row in rows if row["province"] == "Thái Nguyên")
    assert (own["period"], round(float(own["value"]), 1), own["rank"]) == (
        "2024",
        9.3,
        "thứ 5/61 (dao động ngẫu nhiên: từ 1 đến 23)",
    )
    page.locator(_tile("Yên Bái")).click()
    page.get_by_role("button", name="Thêm vào so sánh").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name="Tải so sánh này (CSV)").click()
    assert [row["period"] for row in _rows(waited.value, tmp_path / "own.csv")] == [
        str(y) for y in range(2019, 2025)
    ]


def _rows(download, path: Path) -> list[dict[str, str]]:
    download.save_as(path)
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_the_34_show_their_parts_side_by_side_and_lead_to_them(page):
    page.get_by_label("34 tỉnh nay").check()
    assert page.locator(".tile").count() == 34
    tile = page.locator('.tile[data-place="34-15"]')
    assert tile.locator(".strips span").all_inner_texts() == ["5,7", "6,5"]
    tile.click()
    panel = page.locator("#province")
    assert panel.locator("h4").all_inner_texts()[:2] == ["Lào Cai (tỉnh cũ)", "Yên Bái (tỉnh cũ)"]
    panel.get_by_role("button", name="Yên Bái (63)").click()
    assert page.locator(".tile").count() == 63
    assert page.locator("#province h3").inner_text() == "Yên Bái"


SEARCHES = {
    "dak": ["Đắk Lắk", "Đắk Nông", "Phú Yên"],
    unicodedata.normalize("NFD", "đắk nông"): ["Đắk Nông"],
    "thai nguyen": ["Bắc Kạn", "Thái Nguyên"],
    "hanoi": ["Hà Nội"],
    "hcm": ["Hồ Chí Minh"],
    "Sài Gòn": ["Hồ Chí Minh"],
    "br-vt": ["Bà Rịa – Vũng Tàu"],
    "TN": ["Tây Ninh", "Thái Nguyên"],
    "Lào Cai": ["Lào Cai", "Yên Bái"],
    "xyz": [],
    "!": [],
}


def test_search_does_not_mind_diacritics_case_or_form_and_knows_other_names(page):
    for typed, found in SEARCHES.items():
        page.locator("#find").fill(typed)
        assert _names(page) == found, typed
        assert page.locator("#found").inner_text().startswith(f"Tìm thấy {len(found)} tỉnh cũ")
        assert page.locator(".tile:not(.aside)").count() == len(found)
    page.locator("#find").fill("br-vt")
    assert page.locator("#province h3").inner_text() == "Bà Rịa – Vũng Tàu"
    assert page.locator("#targets tbody tr:visible").count() >= 3
    for typed, opened in (("Lào Cai", "Lào Cai"), ("xyz", "")):
        page.locator("#find").fill(typed)
        heading = page.locator("#province h3")
        assert (heading.inner_text() if heading.count() else "") == opened
    for typed, opened in (
        ("lao cai", "Lào Cai"),
        ("TN", ""),
    ):  # Enter opens the exact match, and none of several
        page.locator("#find").fill(typed)
        assert page.locator("#province h3").count() == 0
        page.locator("#find").press("Enter")
        heading = page.locator("#province h3")
        assert (heading.inner_text() if heading.count() else "") == opened
    page.locator("#find").fill("TN")
    page.locator("#found").get_by_role("button", name="Tây Ninh (63)").click()
    assert page.locator("#province h3").inner_text() == "Tây Ninh"
    page.locator("#find").fill("")
    assert len(_names(page)) == 63


@pytest.mark.parametrize("column", ["province", "papi_d81_portal_access"])
def test_the_table_sorts_both_ways_and_keeps_what_has_no_figure_last(page, column):
    header = page.locator(f'#provinces th[data-sort="{column}"]')
    orders = []
    for _ in range(2):
        header.get_by_role("button").click()
        assert page.locator("#provinces th[aria-sort]").count() == 1
        orders.append((header.get_attribute("aria-sort"), _names(page)))
    assert {way for way, _ in orders} == {"ascending", "descending"}
    ordered = sorted((province.name_vi for province in provinces()), key=sort_key)
    if column == "province":
        assert [names for _, names in sorted(orders)] == [ordered, ordered[::-1]]
    else:
        assert all(set(names[-2:]) == {"Tiền Giang", "Vĩnh Phúc"} for _, names in orders)
        assert orders[0][1][:-2] != orders[1][1][:-2]


def test_the_other_language_keeps_what_was_chosen(page):
    page.locator(_tile("Yên Bái")).click()
    page.get_by_role("button", name="Thêm vào so sánh").click()
    page.locator("#when").press("Home")
    page.locator("#find").fill("Hà")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/index.en.html#*")
    assert page.locator("#find").input_value() == "Hà"
    assert page.locator("#period").inner_text() == "2019"
    assert page.locator("#compare tbody th").all_inner_texts() == ["Yên Bái"]
    page.reload()
    assert page.locator("#compare tbody th").all_inner_texts() == ["Yên Bái"]


@pytest.mark.parametrize(
    "state", ["#map=99&layer=__proto__&t=-1&see=a,b&place=constructor", "#%%%", "#t=999&find=%00<b>"]
)
def test_an_address_that_makes_no_sense_shows_the_page_as_it_is(visit, made_site, state):
    page = visit(made_site / "index.html", state)
    assert page.locator("#layer").input_value() == SURVEY
    assert page.locator(".tile").count() == 63
    assert page.locator("#period").inner_text() == "2024"


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_links_lead_to_files_that_open(visit, made_site, name):
    page = visit(made_site / name)
    addresses = set(page.locator("a").evaluate_all("all => all.map((a) => a.href)"))
    assert len(addresses) > 10
    for address in addresses:
        assert urlsplit(address).scheme == "file"
        assert Path(unquote(urlsplit(address).path)).is_file(), address


def test_without_javascript_answer_and_tables_are_there(visit, made_site):
    page = visit(made_site / "index.html", java_script_enabled=False)
    assert _names(page) == sorted((province.name_vi for province in provinces()), key=sort_key)
    assert page.locator("#answer").is_visible() and page.locator(".picture svg").is_visible()
    assert not page.locator("#monitor").is_visible()
    assert page.locator("#units tbody").count() == 34


@pytest.mark.parametrize("frame", ["63", "34"])
def test_a_phone_does_not_scroll_sideways_and_can_hit_every_tile(visit, made_site, frame):
    page = visit(made_site / "index.html", f"#map={frame}", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    boxes = page.locator(".tile").evaluate_all("all => all.map((t) => t.getBoundingClientRect().toJSON())")
    assert min(box["width"] for box in boxes) >= 24
    assert min(box["height"] for box in boxes) >= 24
    over = page.locator(".tile").evaluate_all(
        "all => all.filter((t) => t.scrollWidth > t.clientWidth + 1).length"
    )
    assert over == 0


def test_on_paper_there_are_map_and_tables_and_no_controls(page):
    page.emulate_media(media="print")
    assert page.locator(".tile:visible").count() == 63
    assert page.locator("#provinces tbody tr:visible").count() == 63
    assert page.locator("#targets tbody tr:visible").count() == page.locator("#targets tbody tr").count()
    for control in (".controls", "header nav", "#csv-map", "#provinces thead button >> nth=0"):
        assert not page.locator(control).is_visible()
    assert page.locator('#provinces th[data-sort="papi_d81_portal_access"] .printed').is_visible()


def test_monthly_figures_of_both_maps_lead_where_there_are_any(visit, site_of_world):
    page = visit(site_of_world)
    assert page.locator("#layer").input_value() == "63-share_services_with_online_dossiers"
    assert page.locator('.tile[data-place="63-01"]').get_attribute("data-fill") == "none"
    page.get_by_label("34 provinces today").check()
    assert page.locator("#layer").input_value() == "34-share_services_with_online_dossiers"
    assert page.locator("#period").inner_text() == "October 2026"
    page.locator('.tile[data-place="34-19"]').click()
    assert "October 2026" in page.locator("#province").inner_text()
    assert page.locator("#province svg path.s0").count() >= 1

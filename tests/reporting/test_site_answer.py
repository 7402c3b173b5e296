"""The index answers first, by the rung of the strongest study; newest figures of both maps; who states a decision."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pandas as pd
import pytest
from reading_site import Page

from analysis.panels.newest_figures import newest_figures
from analysis.reference.provinces import by_code, find_province, successors
from analysis.reporting.numbers import format_number
from analysis.reporting.site import PAGES, publish_site, render_site
from analysis.reporting.site_briefs import find_briefs
from analysis.reporting.site_data import table_of_provinces, table_of_units
from analysis.study import HEADLINE_INDICATORS
from brief_worlds import NEW, OLD, STARTS_34, World, answer, site_in_worlds


@pytest.fixture(scope="module")
def world(data):
    return site_in_worlds(data, OLD, NEW)


def _first_sentence(html: str) -> str:
    return html.split('id="answer">')[1].split("</p>")[0]


def _rows(text: str) -> dict[str, dict[str, str]]:
    return {row["province_code"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize(
    ("language", "rung", "said"),
    [
        ("en", "passed", "We estimate the share of services with online dossiers in the 3 provinces known to have set "
         "targets 8.2 percentage points higher than it would otherwise have been (95% interval +6.4 to +10.0; "
         "administrative figures, January 2021 to June 2022)."),
        ("en", "failed", "was 8.2 percentage points higher than predicted after targets, alongside other changes"),
        ("en", "unclear", "We cannot tell whether targets made a difference"),
        ("vi", "passed", "ước tính cao hơn 8,2 điểm phần trăm so với trường hợp không giao chỉ tiêu "
         "(khoảng tin cậy 95%: +6,4 đến +10,0; số liệu hành chính, từ tháng 1/2021 đến tháng 6/2022)."),
        ("vi", "failed", "sau khi giao chỉ tiêu cao hơn mức dự báo 8,2 điểm phần trăm, cùng lúc với các thay đổi khác"),
        ("vi", "unclear", "Chưa đủ căn cứ kết luận"),
    ],
)  # fmt: skip
def test_the_first_sentence_answers_from_the_leading_study_by_its_rung(world, language, rung, said):
    panel, shown = world.answers[0]
    led = replace(world, answers=((panel, replace(shown, rung=rung)), *world.answers[1:]))
    html = render_site(led, {}, language)
    assert said in _first_sentence(html)
    assert ("+6.4" in html) == (language == "en")  # the interval stands in the same sentence
    assert html.count("<li>", html.index('class="also"'), html.index('id="map-heading"')) == 4


def test_a_negative_effect_or_no_interval_is_said_as_it_is(world):
    panel = world.answers[0][0]
    lower = answer(panel, mean=(-2.0, None, None), rung="failed")
    said = _first_sentence(render_site(replace(world, answers=((panel, lower),)), {}, "en"))
    assert "2.0 percentage points lower than predicted" in said
    assert "no interval could be computed" in said


def test_without_panels_the_survey_answers_as_the_briefs_do(data):
    said = _first_sentence(render_site(data, {}, "en"))
    effect = data.answers[-1][1]
    assert effect.rung == "unclear"
    assert said.startswith(
        "We cannot tell whether targets made a difference: in the 10 provinces named in the press"
    )
    points = [
        format_number(100 / 3 * value, 1, "en") for value in (effect.effect.estimate, effect.effect.conf_high)
    ]
    assert all(f"+{text}" in said for text in points)
    assert 'class="also"' not in render_site(data, {}, "en")


def test_press_is_said_only_where_the_press_says_so(world, data):
    panel, shown = data.answers[-1]
    moved = tuple(replace(start, stated_by="official") for start in panel.starts[:1]) + panel.starts[1:]
    said = _first_sentence(
        render_site(replace(data, answers=((replace(panel, starts=moved), shown),)), {}, "en")
    )
    assert "in the 10 provinces known to have set targets" in said
    assert "set targets (press)" not in render_site(data, {}, "en")
    mixed = render_site(world, {}, "en")
    assert mixed.count("set targets (press)") >= 10
    assert "set targets (document)" in Page(mixed).rows["45"]
    assert _rows(table_of_provinces(world, {}))["45"]["status_stated_by"] == "official"


@pytest.mark.parametrize("name", ["services", "dossiers"])
def test_the_newest_figures_are_those_of_the_panel(world, name):
    rows = OLD.panel(name).rows
    last = rows[rows["period"] == "2022-06"].set_index("province_code")
    shown, page = _rows(table_of_provinces(world, {})), Page(render_site(world, {}, "vi"))
    column = 2 + ("services", "dossiers").index(name)
    assert len(last) == 62
    for code in by_code():
        if code == "01":  # Hà Nội has no figure of June: its own newest one is named, with its month
            older = rows[(rows["province_code"] == code) & (rows["period"] == "2022-05")].iloc[0]
            assert shown[code][f"{name}_newest_period"] == "2022-05"
            value = format_number(float(older["outcome"]), 1, "vi")
            assert (
                page.rows[code][column] == f"không có số liệu tháng 6/2022; gần nhất: {value}% (tháng 5/2022)"
            )
            continue
        assert float(shown[code][f"{name}_newest_pct"]) == pytest.approx(last.loc[code, "outcome"])
        assert shown[code][f"{name}_newest_period"] == "2022-06"
        assert shown[code][f"{name}_newest_raw_row"] == last.loc[code, "raw_location"]
        assert page.rows[code][column] == f"{format_number(float(last.loc[code, 'outcome']), 1, 'vi')}%"


def test_the_34_provinces_stand_in_their_own_table_with_the_briefs_of_the_former(world, made_site, tmp_path):
    rows = NEW.panel("services-34").rows
    last = rows[rows["period"] == "2026-10"].set_index("province_code")["outcome"]
    briefs = find_briefs(made_site)
    html = render_site(world, briefs, "en")
    table = html.split('<table id="units">')[1].split("</table>")[0]
    for code, name in successors().items():
        row = table.split(f'data-unit="{code}"')[1].split("</tr>")[0]
        assert f'<th scope="row">{name}</th>' in row
        assert f'<td class="number">{format_number(float(last[code]), 1, "en")}%</td>' in row
        assert ("set targets, " in row) == (code in STARTS_34)
        former = {p.name_vi for p in by_code().values() if p.successor_code == code}
        assert all(place in row.split("<td>")[-1] for place in former)
    own = table.split(f'data-unit="{find_province("Thái Nguyên").successor_code}"')[1].split("</tr>")[0]
    assert '<a href="thai-nguyen/brief.en.html">Thái Nguyên</a>' in own
    files = publish_site(world, made_site, tmp_path)
    written = (tmp_path / "data/units-34.csv").read_text("utf-8")
    assert written == table_of_units(world)
    assert tmp_path / "data/units-34.csv" in files
    assert all((tmp_path / link).is_file() for link in Page(html).links if not link.startswith("#"))
    assert {code for code, row in _rows(written).items() if row["stated_by"] == "official"} == set(STARTS_34)


def test_the_projects_data_show_no_layer_column_or_table_more(data, made_site):
    assert data.newest == ()
    for language in PAGES:
        html = render_site(data, find_briefs(made_site), language)
        assert 'id="units"' not in html
        assert "data-fill-services" not in html
    header = table_of_provinces(data, {}).splitlines()[0]
    assert header.endswith("published_after,published_raw_rows")


def test_figures_of_a_few_provinces_or_printed_as_bounds_make_no_layer():
    rows, code = OLD.observations(), HEADLINE_INDICATORS[0]
    few = rows[rows["province_code"].isin(sorted(by_code())[:20])]
    assert newest_figures(few, OLD.sources(), code, "63") is None
    june = rows["period_end"] == "2022-06-30"
    bounds = rows.assign(qualifier=rows["qualifier"].mask(june, "at_least"))
    assert newest_figures(bounds, OLD.sources(), code, "63").period == "2022-05"


def test_a_coarser_frequency_that_reaches_further_is_newer():
    later = World(frequency="Q", first="2022Q3", last="2022Q4")
    both = pd.concat([OLD.observations(), later.observations()], ignore_index=True)
    found = newest_figures(both, OLD.sources(), HEADLINE_INDICATORS[0], "63")
    assert found.period == "2022Q4"
    assert found.publishers == ("Bộ Thông tin và Truyền thông",)


def test_a_period_that_was_set_aside_is_said_of_the_newest_figures(world):
    aside = replace(world, newest=tuple(replace(one, set_aside=("2026-11",)) for one in world.newest))
    for language, words in (
        ("en", "The figures of November 2026 were set aside"),
        ("vi", "Số liệu tháng 11/2026 để riêng"),
    ):
        assert words in render_site(aside, {}, language)
        assert words not in render_site(world, {}, language)

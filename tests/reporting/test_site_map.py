"""The layers of the map: unit and source on each, colours no finer than chance, text readable on every fill."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from reading_site import Page, payload

from analysis.panels.layer_rows import layer_rows
from analysis.reference.provinces import by_code, provinces
from analysis.reporting.html import load_part
from analysis.reporting.site import render_site
from analysis.reporting.site_layers import chance_distance, round_bounds, table_of_layers
from analysis.reporting.site_places import short_names
from analysis.study import HEADLINE_INDICATORS
from brief_worlds import NEW, OLD, World, site_in_worlds


@pytest.fixture(scope="module")
def world(data):
    return site_in_worlds(data, OLD, NEW)


def test_every_layer_names_unit_and_source_and_has_a_class_for_every_figure(page):
    for layer in payload(page[1].source)["layers"]:
        assert layer["unit"] and layer["name"]
        assert any(note.startswith(("Nguồn:", "Source:")) for note in layer["notes"])
        known = [v for series in layer["values"].values() for v in series if v is not None]
        if layer["id"] == "status":
            assert set(known) <= set(range(len(layer["classes"])))
            continue
        assert len(layer["classes"]) == len(layer["bounds"]) + 1 == 5
        assert np.diff(layer["bounds"]).min() >= layer["chance"]  # what may be chance has one colour
        assert set(layer["values"]) == set(by_code())


def test_the_unexplained_jump_of_the_survey_is_told(page):
    said = {"vi": "Từ 2022 đến 2023 số liệu tăng vọt", "en": "between 2022 and 2023"}[page[0]]
    assert any(said in note for note in payload(page[1].source)["layers"][0]["notes"])


def test_every_figure_of_the_map_lies_beside_it_with_its_raw_row(data, root):
    rows = list(csv.DictReader(io.StringIO(table_of_layers(data.layers))))
    assert len(rows) == sum(len(one.rows) for one in data.layers)
    for row in rows[::17]:
        file, _, line = row["raw_location"].rpartition(":")
        assert row["province_code"] in (root / file).read_text("utf-8").splitlines()[int(line) - 1]


def test_the_layers_of_a_world_are_its_panels_on_both_maps(world):
    layers = {(one["frame"], one["id"]): one for one in payload(render_site(world, {}, "en"))["layers"]}
    for frame, made, name in (("63", OLD, "services"), ("34", NEW, "services-34")):
        layer, panel = layers[frame, HEADLINE_INDICATORS[0]], made.panel(name)
        table = panel.rows.pivot(index="province_code", columns="period", values="outcome")
        assert len(layer["periods"]) == table.shape[1]
        for code, row in zip(table.index, table.to_numpy().tolist(), strict=True):
            assert layer["values"][code] == [None if v != v else pytest.approx(v, abs=6e-4) for v in row]
    older = Page(render_site(world, {}, "vi")).rows["63-01"][2]  # Hà Nội has no figure of June
    assert older.startswith("không có; gần nhất ") and older.endswith("(tháng 5/2022)")
    status = layers["34", "status"]
    assert status["name"].startswith("Own targets") and "2022" not in status["name"]


def test_figures_of_a_few_provinces_counts_and_bounds_make_no_layer():
    rows, code = OLD.observations(), HEADLINE_INDICATORS[0]
    own = rows[rows["indicator"] == code]
    few = own[own["province_code"].isin(sorted(by_code())[:19])]
    assert layer_rows(few, OLD.sources()) == ()
    assert layer_rows(own.assign(unit="count"), OLD.sources()) == ()
    bounds = own.assign(qualifier=own["qualifier"].mask(own["period_end"] == "2022-06-30", "at_least"))
    assert layer_rows(bounds, OLD.sources())[0].periods[-1] == "2022-05"


def test_a_coarser_frequency_that_reaches_further_is_newer():
    later = World(frequency="Q", first="2022Q3", last="2022Q4")
    both = pd.concat([OLD.observations(), later.observations()], ignore_index=True)
    assert layer_rows(both, OLD.sources(), first=HEADLINE_INDICATORS)[0].periods == ("2022Q3", "2022Q4")


def test_a_period_that_was_set_aside_is_said_of_its_layer(world):
    aside = replace(world, layers=tuple(replace(one, set_aside=("2026-11",)) for one in world.layers[:1]))
    for language, words in (
        ("en", "The figures of November 2026 were set aside"),
        ("vi", "Số liệu tháng 11/2026 không được sử dụng"),
    ):
        assert words in render_site(aside, {}, language)
        assert words not in render_site(world, {}, language)


def test_the_distance_that_may_be_chance_grows_with_the_noise_alone():
    rng = np.random.default_rng(7)
    common = np.linspace(0, 40, 8)[None, :]
    levels = rng.normal(50, 10, (60, 1))
    for sd in (0.5, 2.0):
        table = pd.DataFrame(levels + common + rng.normal(0, sd, (60, 8)))
        assert chance_distance(table) == pytest.approx(1.96 * sd * np.sqrt(2), rel=0.15)
    assert chance_distance(table.iloc[:, :2]) is None


def test_classes_are_round_hold_most_values_and_are_no_narrower_than_chance():
    values = [1.7, 3.3, 5.1, 6.7, 7.0, 12.0]
    assert round_bounds(values, values, 0.0) == (2.0, 4.0, 6.0, 8.0)
    assert round_bounds(values, values, 3.4) == (5.0, 10.0, 15.0, 20.0)
    assert round_bounds([40.0, 95.0], [40.0, 95.0], 0.0) == (60.0, 80.0, 100.0, 120.0)


def _luminance(colour: str) -> float:
    colour = colour if len(colour) == 7 else "#" + "".join(2 * letter for letter in colour[1:])
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_on_every_fill_has_enough_contrast():
    css = str(load_part("site.css"))
    rules = {
        fill: rule
        for selectors, rule in re.findall(r'((?:\[data-fill="[^"]+"\],? ?)+)\{ (.*?) \}', css)
        for fill in re.findall(r'"([^"]+)"', selectors)
    }
    assert {*(f"share-{n}" for n in range(5)), *(f"status-{n}" for n in range(3)), "none"} == set(rules)
    for fill, rule in rules.items():
        text = re.search(r"(?<!-)color: (#[0-9a-f]{3,6})", rule)
        assert text, fill
        for ground in set(re.findall(r"#[0-9a-f]{3,6}", rule.split("color:")[0])):
            assert _contrast(text[1], ground) >= 4.5, (fill, ground)


def test_short_names_tell_all_provinces_apart():
    names = short_names(province.name_vi for province in provinces())
    assert len(set(names.values())) == 63
    assert max(map(len, names.values())) <= 5
    assert names["Thái Nguyên"] == "ThNg"
    assert names["Hà Giang"] != names["Hậu Giang"]

"""The index's map: measures name unit and source, colours are in the legend, text can be read on every fill."""

from __future__ import annotations

import re

from analysis.reference.provinces import provinces
from analysis.reporting.html import load_part
from analysis.reporting.site import list_measures
from analysis.reporting.site_briefs import find_briefs
from analysis.reporting.site_measures import Words, round_bounds
from analysis.reporting.site_tiles import short_names
from analysis.reporting.texts import LANGUAGES, load_texts


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

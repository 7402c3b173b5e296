"""What the project prints is what it printed when the golden set was written: tables whole, briefs of five provinces.

All 63, notebook 03, the pages of 02 and the site are compared by `python -m tests.golden`. A number or sentence that is
meant to move is listed with its reason in CHANGELOG, and the set written anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.cleaning import processed
from analysis.reference.provinces import provinces
from analysis.reporting.html import render_html
from analysis.reporting.publish import gather_results
from golden.collect import (
    WATCHED,
    collect_tables,
    moved,
    numbers_of,
    numbers_of_province,
    read_lines,
    share_common,
    words_of_page,
)

REFERENCE = Path(__file__).parent / "golden" / "reference"
LANGUAGES = ("vi", "en")
DRAWS = 9999  # as 06-brief has it: p and intervals are compared to the digit


@pytest.fixture(scope="module", params=WATCHED)
def briefs(request, assemble):
    name = next(province.name_vi for province in provinces() if province.slug == request.param)
    return request.param, [assemble(name, language, DRAWS) for language in LANGUAGES]


def test_tables_are_those_of_the_golden_set(root):
    processed.ready_root(root)
    assert moved(read_lines(REFERENCE / "tables.csv"), collect_tables(root)) == []


def test_numbers_of_a_brief_are_those_of_the_golden_set(briefs, root):
    slug, made = briefs
    reference = numbers_of_province(read_lines(REFERENCE / "numbers.csv"), slug)
    assert moved(reference, numbers_of(gather_results(made, root))) == []


def test_words_of_a_brief_are_those_of_the_golden_set(briefs):
    slug, made = briefs
    for brief in made:
        found = words_of_page(render_html(brief, list(LANGUAGES))).splitlines()
        kept = (REFERENCE / f"{slug}.{brief['language']}.txt").read_text("utf-8").splitlines()
        assert found == kept


def test_what_moved_is_named_with_both_values():
    assert moved({("a", "b"): "1", ("c",): "2"}, {("a", "b"): "3"}) == ["a b: 1 -> 3", "c: 2 -> not there"]


def test_numbers_shared_by_all_briefs_are_kept_once():
    lines = {"x": {("n",): "1", ("m",): "2"}, "y": {("n",): "1", ("m",): "3"}}
    joined = share_common(lines)
    assert joined == {("*", "n"): "1", ("x", "m"): "2", ("y", "m"): "3"}
    assert numbers_of_province(joined, "y") == lines["y"]

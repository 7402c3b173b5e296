"""The cleaned tables in parts: together they are the whole, and a part changes only with its own figures."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.cleaning.described import clean_described
from analysis.cleaning.parts import parts_are_whole, parts_folder, write_parts
from analysis.cleaning.shapes import Cleaned, join
from analysis.reference.provinces import provinces


@pytest.fixture(scope="module")
def cleaned(root) -> Cleaned:
    return join([outcome.cleaned for outcome in clean_described(root)])


def test_parts_together_are_the_whole(cleaned):
    seen = pd.concat([processed.observations(part=province.code) for province in provinces()])
    assert set(seen["raw_location"]) == set(cleaned.observations["raw_location"])
    own = processed.observations(part="19")
    assert set(own["province_code"][~own["indicator"].str.startswith("papi_d")]) <= {"19", "VN"}


def test_every_cited_source_is_in_its_part():
    for code in ("19", "15", "24", "68"):
        rows, sources = processed.observations(part=code), processed.sources(part=code)
        assert set(rows["source_id"]) <= set(sources["source_id"])
        assert sources["source_id"].is_unique
    assert set(processed.targets()["source_id"]) <= set(processed.sources(part="19")["source_id"])


def test_new_figure_of_one_province_touches_its_part_only(cleaned, tmp_path):
    write_parts(tmp_path, cleaned)
    before = {path.name: path.stat().st_mtime_ns for path in parts_folder(tmp_path).glob("*.csv")}
    row = cleaned.observations[cleaned.observations["province_code"] == "15"].iloc[[0]].assign(value=12.5)
    more = pd.concat([cleaned.observations, row], ignore_index=True)
    write_parts(tmp_path, Cleaned(more, cleaned.targets, cleaned.quarantine, cleaned.sources))
    after = {path.name: path.stat().st_mtime_ns for path in parts_folder(tmp_path).glob("*.csv")}
    assert {name for name in after if after[name] != before.get(name)} == {"observations.63-15.csv"}


def test_lost_part_is_noticed(cleaned, tmp_path):
    write_parts(tmp_path, cleaned)
    assert parts_are_whole(tmp_path)
    (parts_folder(tmp_path) / "observations.VN.csv").unlink()
    assert not parts_are_whole(tmp_path)


def test_what_a_killed_clean_left_is_removed(cleaned, tmp_path):
    parts = parts_folder(tmp_path)
    parts.mkdir()
    left = [parts / ".observations.VN.csv.new", parts / "..observations.VN.csv.new.k3x_9.tmp"]
    for file in left:
        file.write_text("half a", "utf-8")
    write_parts(tmp_path, cleaned)
    assert not [path.name for path in parts.iterdir() if path.name.startswith(".")]

"""The cleaned tables in parts: together they are the whole, and a part changes only with its own figures."""

from __future__ import annotations

import os
import shutil

import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.cleaning.described import clean_described
from analysis.cleaning.parts import parts_folder, write_parts
from analysis.cleaning.shapes import Cleaned, join
from analysis.cleaning.store import STATED, NotStated, TableChanged
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


def test_what_a_killed_clean_left_is_removed(cleaned, tmp_path):
    parts = parts_folder(tmp_path)
    parts.mkdir()
    left = [parts / ".observations.VN.csv.new", parts / "..observations.VN.csv.new.k3x_9.tmp"]
    for file in left:
        file.write_text("half a", "utf-8")
    write_parts(tmp_path, cleaned)
    assert not [path.name for path in parts.iterdir() if path.name.startswith(".")]


@pytest.fixture(scope="module")
def built(rebuilt_project, tmp_path_factory):
    """Return a project of its own whose tables are built."""
    return shutil.copytree(rebuilt_project, tmp_path_factory.mktemp("built") / "project")


@pytest.mark.parametrize(
    ("name", "is_lost"),
    [("observations.csv", False), ("parts/observations.VN.csv", True), ("parts/targets.current.csv", False)],
)
def test_lost_or_edited_table_is_noticed_and_made_anew(built, name, is_lost):
    table = built / processed.FOLDER / name
    whole = table.read_bytes()
    assert processed.is_fresh(built)
    table.unlink() if is_lost else table.write_bytes(whole.replace(b"2", b"4", 1))
    assert not processed.is_fresh(built)
    with processed.trusted(built):
        assert table.read_bytes() == whole


def test_doubled_value_in_a_part_is_never_read(built, monkeypatch):
    table = built / processed.FOLDER / "parts" / "observations.63-19.csv"
    whole = table.read_bytes()
    with processed.trusted(built):
        table.write_bytes(whole.replace(b",60.0,", b",120.0,").replace(b",60,", b",120,"))
        assert table.read_bytes() != whole
        with pytest.raises(TableChanged, match=r"63-19\.csv is not as cleaning left it.*`dvctt clean`"):
            processed.observations(built, part="19")
    assert 60 in set(processed.observations(built, part="19")["value"]), (
        "outside a run the tables are made anew"
    )


def test_part_that_cleaning_did_not_write_is_not_read(built):
    stray = built / processed.FOLDER / "parts" / "observations.indicator-population.csv"
    assert not stray.exists()
    shutil.copy(built / processed.FOLDER / "observations.csv", stray)
    try:
        assert processed.observations(built, indicators=["population"]).empty
    finally:
        stray.unlink()


def test_what_is_read_is_what_is_stated(built, monkeypatch):
    """Absent or not: a table that nobody stated is refused in a run, and those that are stated are all there are."""
    asked = {"part": "19", "indicators": ["n_services_total"]}
    with processed.trusted(built):
        monkeypatch.setenv(STATED, os.pathsep.join(processed.tables_of(**asked)))
        processed.observations(built, **asked), processed.sources(built, **asked), processed.targets(built)
        for read in (
            lambda: processed.observations(built),
            lambda: processed.observations(built, part="15"),
            lambda: processed.sources(built, indicators=["papi_d82_internet_access"]),
        ):
            with pytest.raises(NotStated, match=r"is not stated.*stated_inputs\.py"):
                read()

"""What the raw files of the project give: every row of the tables, PAPI's against the raw file, the others as kept."""

import csv
from pathlib import Path

import pytest

from analysis.cleaning import processed
from analysis.project import find_root
from analysis.reference.provinces import provinces
from golden.collect import PAPI, collect_rows, moved, read_lines

REFERENCE = Path(__file__).parents[1] / "golden" / "reference"
SCORES = {
    "d81_portal_access": "papi_d81_portal_access",
    "d82_internet_access": "papi_d82_internet_access",
    "d83_e_responsiveness": "papi_d83_e_responsiveness",
}


@pytest.fixture(scope="module")
def tables(rebuilt_project: Path) -> Path:
    """Return the tables made anew from the raw files; those of the project may be older than the code."""
    return rebuilt_project / processed.FOLDER


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["observations", "targets", "quarantine"])
def test_each_row_is_the_one_that_was_kept(tables, name):
    found = collect_rows(tables)[f"rows-{name}"]
    assert moved(read_lines(REFERENCE / f"rows-{name}.csv"), found) == []
    place = "file" if name == "quarantine" else "raw_location"
    rows = rows_of(tables / f"{name}.csv")
    assert sum(not row[place].startswith(PAPI) for row in rows) == len(found)  # no row twice


def test_each_score_of_papi_is_an_observation_or_a_gap_that_is_said(tables):
    file = next((find_root() / PAPI).glob("*/*.csv"))
    place = file.relative_to(find_root()).as_posix()
    expected, gaps = [], []
    for line, row in enumerate(rows_of(file), start=2):
        for letter, (column, indicator) in zip("DEF", SCORES.items(), strict=True):
            if row[column]:
                days = (f"{row['year']}-01-01", f"{row['year']}-12-31")
                expected.append(
                    (row["province_code"], "63", indicator, *days, float(row[column]), f"{place}:{line}")
                )
            else:
                gaps.append((f"{letter}{line}", "not_published"))
    found = [
        (
            row["province_code"],
            row["province_frame"],
            row["indicator"],
            row["period_start"],
            row["period_end"],
            float(row["value"]),
            row["raw_location"],
        )
        for row in rows_of(tables / "observations.csv")
        if row["raw_location"].startswith(PAPI)
    ]
    held = [
        (row["cell"], row["rule"])
        for row in rows_of(tables / "quarantine.csv")
        if row["file"].startswith(PAPI)
    ]
    assert sorted(found) == sorted(expected) and len(found) == 1110
    assert sorted(held) == sorted(gaps)


def test_notes_of_papi_say_where_years_do_not_compare(tables):
    rows = [row for row in rows_of(tables / "observations.csv") if row["raw_location"].startswith(PAPI)]
    noted = {(r["indicator"][5:8], r["period_end"][:4], r["note"]) for r in rows if r["note"]}
    jump = "unexplained jump from 2023"
    assert noted == {
        ("d81", "2023", jump),
        ("d81", "2024", jump),
        ("d83", "2019", "not comparable with years from 2020"),
    }


def test_each_row_says_where_it_comes_from(tables):
    sources = {row["source_id"] for row in rows_of(tables / "sources.csv")}
    for name in ("observations", "targets"):
        rows = rows_of(tables / f"{name}.csv")
        assert {row["source_id"] for row in rows} <= sources
        for row in rows:
            file, _, line = row["raw_location"].rpartition(":")
            assert (find_root() / file).is_file() and int(line) > 1
    codes = {province.code for province in provinces()} | {"VN"}
    assert {row["province_code"] for row in rows_of(tables / "observations.csv")} == codes

"""What changed since the last edition: moved numbers, another kind of evidence, or new figures that moved nothing."""

from __future__ import annotations

import pytest

from analysis.reporting.changes import compare_results, describe_changes, section_of_changes
from analysis.reporting.publish import number_of_day

FILE = "data/raw/bo/2026-11-22/thang-1.xlsx"


def edition(
    value: float = 1.0, *, rests_on: str = "survey", files: tuple[str, ...] = (FILE,), sha: str = "a"
):
    number = {"value": value, "unit": "percentage points", "all_sources": ["1"]}
    return {
        "numbers": {"did_pp": number},
        "sources": {"1": {"location": FILE, "sha256": sha}},
        "files": {file: {"figures": 63, "newest": "2022-01-31", "sha256": sha} for file in files},
        "rests_on": rests_on,
        "data_date": "2026-11-22",
        "version": "0.1.0",
    }


def test_new_figures_that_move_nothing_are_said_to():
    new = FILE.replace("thang-1", "thang-2")
    changes = compare_results(edition(), edition(files=(FILE, new)))
    (line,) = describe_changes(changes)
    assert line == (
        "Figures of thang-2.xlsx were added or corrected since the last edition; no number of this brief moved."
    )
    assert section_of_changes(changes, "vi")["items"][0]["rows"][0][0]["text"].startswith("Đã bổ sung")


def test_a_later_day_of_access_alone_is_no_number_that_moved():
    day = {"value": "2026-11-22", "unit": "date", "all_sources": []}
    old, new = edition(), edition(files=(FILE, FILE.replace("thang-1", "thang-2")))
    old["numbers"]["data_date"], new["numbers"]["data_date"] = day, day | {"value": "2026-12-01"}
    assert compare_results(old, new)["rows"] == []


def test_corrected_file_counts_as_new():
    changes = compare_results(edition(), edition(sha="b"))
    assert changes["files"] == [FILE]


def test_moved_number_is_named_with_its_rows():
    (line,) = describe_changes(compare_results(edition(), edition(2.0, sha="b")))
    assert "1 → 2" in line and "thang-1.xlsx" in line


def test_other_kind_of_evidence_is_said_first():
    changes = compare_results(edition(), edition(rests_on="panel", sha="b"))
    (line,) = describe_changes(changes)
    assert line.startswith("This brief now rests on figures of all provinces before and after decisions;")


def test_same_edition_again_reports_what_the_last_one_did():
    first = edition() | {"changes": {"rows": [], "files": [FILE], "since": {"data_date": "2026-11-01"}}}
    assert compare_results(first, edition()) == first["changes"]
    assert compare_results(None, edition()) == {}


def test_number_moved_by_a_new_decision_names_its_file():
    decision = "data/raw/bo/2026-11-22/quyet-dinh.csv"
    (line,) = describe_changes(compare_results(edition(), edition(2.0, files=(FILE, decision))))
    assert "1 → 2" in line and "quyet-dinh.csv" in line and "code" not in line


def test_a_figure_that_went_away_is_listed():
    place, old = "data/raw/so/2026-11-22/quy-2.csv:2", edition()
    old["numbers"]["after_value"] = {
        "value": 60.0,
        "unit": "percent",
        "kind": "printed",
        "all_sources": ["2"],
    }
    old["sources"]["2"] = {"location": place, "sha256": "c"}
    lines = describe_changes(compare_results(old, edition()))
    assert lines == ["No longer in this brief: the figure 60 (quy-2.csv:2)."]
    assert "gone" not in compare_results(edition(), edition(2.0, sha="b"))


def test_first_figure_of_a_province_is_said_to_be_new():
    place = "data/raw/so/2026-11-22/thang-9.csv:2"
    new = edition(files=(FILE, place.split(":")[0]))
    new["numbers"]["known_0_value"] = {
        "value": 44.5, "unit": "percent", "kind": "printed", "all_sources": ["2"],
    }  # fmt: skip
    new["sources"]["2"] = {"location": place, "sha256": "c"}
    changes = compare_results(edition(), new)
    assert describe_changes(changes) == ["New in this brief: the figure 44.5 (thang-9.csv:2)."]
    assert describe_changes(changes, "vi") == ["Số liệu mới trong bản này: 44,5 (thang-9.csv:2)."]


def test_number_that_is_written_as_before_is_not_named_and_its_file_is_said_to_move_nothing():
    (line,) = describe_changes(compare_results(edition(1.001), edition(1.002, sha="b")))
    assert line.startswith("Figures of thang-1.xlsx") and line.endswith("no number of this brief moved.")


def test_moves_of_numbers_without_a_name_are_said_with_their_files():
    old, new = edition(), edition(files=(FILE, "data/raw/bo/2026-11-22/qd-sua.csv"))
    for results, value in ((old, 3.0), (new, 4.0)):
        results["numbers"]["p0_other0"] = {"value": value, "unit": "", "all_sources": ["1"]}
    for language, said in (("en", "Numbers that moved: 1"), ("vi", "Số con số thay đổi: 1")):
        (line,) = describe_changes(compare_results(old, new), language)
        assert said in line and "qd-sua.csv" in line
    new["numbers"]["did_pp"]["value"] = 2.0
    assert describe_changes(compare_results(old, new))[-1].startswith("Other numbers moved with them: 1")


def test_doubtful_provinces_that_moved_are_named():
    old, new = edition(), edition(sha="b")
    for results, value in ((old, 6.0), (new, 7.0)):
        results["numbers"]["p0_n_doubtful"] = {"value": value, "unit": "count", "all_sources": ["1"]}
    for language, said in (("en", "another target or campaign: 6 → 7"), ("vi", "chiến dịch khác: 6 → 7")):
        (line,) = describe_changes(compare_results(old, new), language)
        assert said in line


def test_of_a_folder_cited_for_many_rows_the_new_file_is_named():
    folder, decision = "data/raw/bo/2026-11-22/", "data/raw/bo/2026-11-22/qd.csv"
    old, new = edition(), edition(2.0, files=(FILE, decision))
    for results, sha in ((old, "x"), (new, "y")):
        results["sources"]["1"] = {"location": folder, "sha256": sha}
    (line,) = describe_changes(compare_results(old, new))
    assert "(raw rows: qd.csv)" in line
    apart = edition(1.0)
    assert "(raw rows: qd.csv)" in describe_changes(compare_results(apart, new))[0]
    gone = edition(2.0)
    gone["sources"]["1"] = {"location": folder, "sha256": "z"}
    assert "2026-11-22/)" in describe_changes(compare_results(old, gone))[0]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_readers_are_told_neither_files_nor_rows_nor_the_number_of_an_edition(language):
    new = edition(2.0, files=(FILE, FILE.replace("thang-1", "thang-2")), sha="b")
    new["numbers"]["known_0_value"] = {
        "value": 44.5, "unit": "percent", "kind": "printed", "all_sources": ["2"],
    }  # fmt: skip
    new["sources"]["2"] = {"location": "data/raw/so/2026-11-22/thang-9.csv:2", "sha256": "c"}
    came = edition(files=(FILE, FILE.replace("thang-1", "thang-2")))
    unnamed = [edition(), edition(sha="b")]
    for results, value in zip(unnamed, (3.0, 4.0), strict=True):
        results["numbers"]["p0_other0"] = {"value": value, "unit": "", "all_sources": ["1"]}
    for changes in (
        compare_results(edition(), new),
        compare_results(edition(), came),
        compare_results(*unnamed),
    ):
        section = section_of_changes(changes, language)
        lines = [row[0]["text"] for row in section["items"][0]["rows"]]
        assert lines and not any(".csv" in line or ".xlsx" in line for line in lines)
        assert section["heading"].endswith({"vi": "22/11/2026", "en": "22 November 2026"}[language])
    assert any(
        "44" in row[0]["text"]
        for row in section_of_changes(compare_results(edition(), new), language)["items"][0]["rows"]
    )


@pytest.mark.parametrize(
    ("last", "number"),
    [
        (None, 1),
        ({"data_date": "2026-11-21", "edition": "a", "edition_of_day": 4}, 1),
        ({"data_date": "2026-11-22", "edition": "b", "edition_of_day": 4}, 4),
        ({"data_date": "2026-11-22", "edition": "a", "edition_of_day": 4}, 5),
        ({"data_date": "2026-11-22", "edition": "a"}, 2),
    ],
)
def test_an_edition_made_once_more_keeps_its_number_and_another_gets_the_next(last, number):
    assert number_of_day(last, {"data_date": "2026-11-22", "edition": "b"}) == number

"""Which row of a decision counts: never by the order of files, a publisher's name or the day of adding."""

import itertools
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from workbooks import csv as text_table
from workbooks import xlsx

from analysis.cleaning import processed
from analysis.cleaning.current_targets import current_targets, hold_contradictions
from analysis.cleaning.describing import Description, add_file
from analysis.cleaning.files import clean_file
from analysis.cleaning.publishers.stated_by import document_key, find_document, who_states
from analysis.cleaning.raw import PACKAGE
from analysis.cleaning.shapes import Cleaned, join
from analysis.cleaning.sources import describe_source
from analysis.cli import main

HEADS = ["Tỉnh", "Chỉ tiêu", "Ngày ban hành", "Chỉ tiêu giao", "Thời hạn", "Đối tượng", "Số, ký hiệu"]
DOSSIERS = "Tỷ lệ hồ sơ xử lý trực tuyến"
NUMBER = "811/QĐ-UBND"
COUNTED = [
    "province_code",
    "province_frame",
    "indicator",
    "announced",
    "date_precision",
    "target_value",
    "deadline",
]
Rows = list[list[str]]


def row(
    level: str = "50", day: str = "7/7/2022", due: str = "31/12/2022", scope: str = "", number: str = NUMBER,
    name: str = "Yên Bái",
) -> list[str]:  # fmt: skip
    return [name, DOSSIERS, day, level, due, scope, number]


def part(folder: Path, name: str, rows: Rows, published: str = "", publisher: str = "Cục A") -> Cleaned:
    (folder / name).write_bytes(text_table([HEADS, *rows]))
    source = describe_source(publisher, name, published, "", name)
    cleaned = clean_file(folder / name, source=source).cleaned
    assert cleaned.quarantine.empty
    return cleaned


def settled(*parts: Cleaned) -> tuple[list[float], int, int]:
    """Return the levels that count and how many rows are superseded and held, however the files are ordered."""
    found = set()
    for order in itertools.permutations(parts):
        together = join(hold_contradictions(order))
        current = current_targets(together.targets, together.sources)
        assert current.contradicting.empty
        levels = tuple(sorted(current.rows["target_value"].tolist()))
        found.add((levels, len(current.superseded), len(together.quarantine)))
    ((levels, superseded, held),) = found
    return list(levels), superseded, held


def test_the_later_published_file_counts_and_the_older_is_kept_and_named(tmp_path: Path) -> None:
    old = part(tmp_path, "a.csv", [row("50"), row("40", name="Sơn La")], "2022-08-01")
    new = part(tmp_path, "b.csv", [row("60")], "2022-09")
    assert settled(old, new) == ([40, 60], 1, 0)
    together = join([new, old])
    current = current_targets(together.targets, together.sources)
    assert current.superseded[["raw_location", "superseded_by"]].values.tolist() == [["a.csv:2", "b.csv:2"]]


def test_a_later_file_may_change_the_day_the_deadline_or_for_whom(tmp_path: Path) -> None:
    old = part(tmp_path, "a.csv", [row(scope="Sở"), row("40", scope="Xã")], "2022-08-01")
    for n, changed in enumerate(
        (row("50", day="8/7/2022"), row("50", due="30/6/2023"), row("45", scope="Sở, xã"))
    ):
        new = part(tmp_path, f"b{n}.csv", [changed], "2022-09-01")
        assert settled(old, new) == ([float(changed[3])], 2, 0)


def test_without_dates_that_tell_two_that_differ_are_both_held_and_name_each_other(tmp_path: Path) -> None:
    first, second = part(tmp_path, "a.csv", [row("50")]), part(tmp_path, "b.csv", [row("60")])
    assert settled(first, second) == ([], 0, 2)
    same_month = (
        part(tmp_path, "c.csv", [row("60")], "2022-08"),
        part(tmp_path, "d.csv", [row("50")], "2022-08-20"),
    )
    assert settled(*same_month) == ([], 0, 2)
    held = join(hold_contradictions([first, second])).quarantine
    assert held[["file", "cell", "rule"]].values.tolist() == [
        ["a.csv", "A2", "decision_contradicted"],
        ["b.csv", "A2", "decision_contradicted"],
    ]
    assert "b.csv:2" in held["reason"][0] and "a.csv:2" in held["reason_vi"][1]
    assert "--published" in held["mend"][0] and NUMBER in held["reason"][0]
    (tmp_path / "e!.xlsx").write_bytes(xlsx([HEADS, row("70")], title="QĐ"))
    workbook = clean_file(tmp_path / "e!.xlsx").cleaned
    line = join(hold_contradictions([first, workbook])).quarantine.iloc[1]
    assert line[["file", "sheet", "cell"]].tolist() == ["e!.xlsx", "QĐ", "D2"]


def test_while_two_contradict_each_other_an_older_row_does_not_count_either(tmp_path: Path) -> None:
    older = part(tmp_path, "a.csv", [row("30")], "2022-07-10")
    both = part(tmp_path, "b.csv", [row("50")], "2022-08"), part(tmp_path, "c.csv", [row("60")], "2022-08")
    assert settled(older, *both) == ([], 0, 3)
    assert settled(older, *both, part(tmp_path, "d.csv", [row("70")], "2022-10-01")) == ([70], 3, 0)


def test_two_rows_of_one_file_that_differ_are_held_but_not_two_groups_or_two_deadlines(
    tmp_path: Path,
) -> None:
    assert settled(part(tmp_path, "a.csv", [row("50"), row("60")])) == ([], 0, 2)
    groups = [row("50", scope="Sở"), row("40", scope="Xã"), row("80", due="31/12/2025", scope="Sở")]
    assert settled(part(tmp_path, "b.csv", groups)) == ([40, 50, 80], 0, 0)


def test_files_that_agree_count_once_by_the_one_that_says_most(tmp_path: Path) -> None:
    vague = part(tmp_path, "a.csv", [row("", day="tháng 7/2022", due="")], "2023-01-01", "Báo B")
    exact = part(tmp_path, "b.csv", [row("50", scope="Các sở")], "2022-08-01")
    again = part(tmp_path, "c.csv", [row("50", number="Quyết định số 811/QĐ-UBND ngày 7/7/2022")])
    assert settled(vague, exact, again) == ([50], 2, 0)
    together = join([vague, exact, again])
    current = current_targets(together.targets, together.sources)
    assert current.rows["announced"].tolist() == ["2022-07-07"]


def test_a_decision_without_number_is_known_by_its_day_and_else_by_nothing(tmp_path: Path) -> None:
    files = [
        part(tmp_path, "a.csv", [row("50", number=""), row("55", day="2022-07", number="")], "2022-08-01"),
        part(tmp_path, "b.csv", [row("60", number=""), row("65", day="2022-07", number="")], "2022-09-01"),
    ]
    assert settled(*files) == ([55, 60, 65], 1, 0)
    assert settled(files[0], part(tmp_path, "c.csv", [row("70", number="9/QĐ-UBND")], "2022-09-01"))[0] == [
        50,
        55,
        70,
    ]


@pytest.mark.parametrize("publishers", [("Cục A", "Sở Z"), ("Sở Z", "Cục A")])
def test_a_publishers_name_decides_nothing(tmp_path: Path, publishers: tuple[str, str]) -> None:
    files = [
        part(tmp_path, f"{n}.csv", [row(str(level), scope=scope)], published, publisher)
        for n, (level, scope, published, publisher) in enumerate(
            [(50, "Sở", "2022-08-01", publishers[0]), (60, "Xã", "2022-08-02", publishers[1])]
        )
    ]
    assert settled(*files) == ([60], 1, 0)


def test_order_and_day_of_adding_and_name_of_publisher_change_no_decision_of_a_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {
        "first.csv": ([row("50"), row("30", name="Sơn La")], "2022-08-01"),
        "second.csv": ([row("60")], "2022-09-01"),
        "third.csv": ([row("35", name="Sơn La")], ""),
    }
    for name, (rows, _) in given.items():
        (tmp_path / name).write_bytes(text_table([HEADS, *rows]))
    found = []
    for n, order in enumerate(itertools.permutations(given)):
        root = tmp_path / f"project{n}"
        (root / PACKAGE).parent.mkdir(parents=True)
        (root / PACKAGE).write_text(json.dumps({"name": "raw", "resources": []}), "utf-8")
        monkeypatch.setenv("DVCTT_ROOT", str(root))
        for place, name in enumerate(order):
            known = {"published": given[name][1], "accessed": f"2022-1{place}-01"}
            add_file(root, tmp_path / name, Description(f"Cơ quan {'ZYX'[place]}", name, **known))
        cleaned = CliRunner().invoke(main, ["clean"])
        assert "1 targets of this file are kept but no longer count" in cleaned.output
        assert "contradict each other on one decision" in cleaned.output and cleaned.exit_code == 1
        current = current_targets(processed.targets(root, superseded=True), processed.sources(root)).rows
        held = sorted(Path(file).name for file in processed.quarantine(root)["file"])
        found.append((current[COUNTED].values.tolist(), held))
        shutil.rmtree(root)
    assert all(one == found[0] for one in found)
    assert found[0][0] == [
        ["15", "63", "share_dossiers_processed_online", "2022-07-07", "day", 60, "2022-12-31"]
    ]
    assert found[0][1] == ["first.csv", "third.csv"]


def test_every_published_target_counts_or_is_superseded_and_none_contradicts_another() -> None:
    targets, sources = processed.targets(superseded=True), processed.sources()
    current = current_targets(targets, sources)
    assert len(current.rows) + len(current.superseded) == len(targets) > 0 and current.contradicting.empty
    empty = current_targets(targets.iloc[:0], sources)
    assert empty.rows.empty and [*empty.superseded.columns] == [*targets.columns, "superseded_by"]


def test_who_says_so_of_the_published_targets_is_what_their_source_is() -> None:
    targets, sources = processed.targets(), processed.sources().set_index("source_id")
    said = targets.assign(
        url=targets["source_id"].map(sources["url"]), by=targets["source_id"].map(sources["publisher"])
    )
    assert set(said.loc[said["url"].str.contains(".gov.vn", regex=False), "stated_by"]) == {"official"}
    assert set(said.loc[said["by"].str.contains("ICTnews|Báo |VNA|ANTV|VnEconomy"), "stated_by"]) == {"press"}
    assert set(said["stated_by"]) == {"press", "official"} and "449/QĐ-UBND" in set(targets["document"])


@pytest.mark.parametrize(
    ("publisher", "url", "document", "said"),
    [
        ("Báo Long An", "", "12/QĐ-UBND", "press"),
        ("Báo điện tử Chính phủ", "", "", "press"),
        ("Bảo hiểm xã hội Việt Nam", "", "3/QĐ-BHXH", "official"),
        ("x", "https://baodongnai.com.vn/a", "18/KH-UBND", "press"),
        ("x", "https://www.cantho.gov.vn/a", "", "official"),
        ("Sở Thông tin và Truyền thông", "", "", "official"),
        ("Nguyễn Văn A", "", "12/QĐ-UBND", "official"),
        ("Nguyễn Văn A", "", "", "user"),
        ("Công ty B", "https://example.com/a", "", "press"),
    ],
)
def test_who_states_a_decision(publisher: str, url: str, document: str, said: str) -> None:
    assert who_states(publisher, "Danh sách", url, document) == said


def test_a_document_is_known_by_its_number_however_it_is_written() -> None:
    assert find_document("Quyết định 45/2022/QĐ-UBND: giảm lệ phí") == "45/2022/QĐ-UBND"
    assert find_document("trước 30/6/2022") == ""
    spelt = ["737/QĐ-UBND", "737/qđ-ubnd", "Quyết định số 737 / QĐ - UBND ngày 8/6/2022", "737/QĐ–UBND"]
    assert len({document_key(text) for text in spelt}) == 1
    assert document_key("738/QĐ-UBND") != document_key("737/QĐ-UBND")

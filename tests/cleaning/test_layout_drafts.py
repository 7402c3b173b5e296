"""The layout.toml that is offered: it asks what was not understood, can be filled in, and is never written over."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pytest
from gallery.exhibit import PRO_VI, SUB_VI
from hypothesis import given
from hypothesis import strategies as st
from workbooks import xlsx

from analysis.cleaning.files import clean_file
from analysis.cleaning.layout_file import LayoutUnreadable, read_layout
from analysis.cleaning.layout_text import draft_layout
from analysis.cleaning.outputs import write_layouts

Rows = list[list[Any]]
TITLE = ["Kết quả tháng 9/2022"]


def drafted(folder: Path, rows: Rows) -> str:
    (folder / "a.xlsx").write_bytes(xlsx(rows))
    return draft_layout(clean_file(folder / "a.xlsx").unclear, None)


def figures(folder: Path, text: str) -> list[tuple[str, str, str, float]]:
    (folder / "layout.toml").write_text(text, encoding="utf-8")
    outcome = clean_file(folder / "a.xlsx", layout=read_layout(folder / "layout.toml"))
    assert not outcome.problems, outcome.problems
    rows = outcome.cleaned.observations[["province_code", "indicator", "period_end", "value"]]
    return sorted(rows.itertuples(index=False, name=None))


def test_unknown_heads_are_asked_once_for_all_months(tmp_path: Path) -> None:
    rows: Rows = [
        ["Tỉnh", "Tháng 8/2022", None],
        [None, "HS vào", "HS mạng"],
        ["Hà Nội", 10, 5],
        ["Sơn La", 8, 2],
    ]
    rows = [
        [*row, *more]
        for row, more in zip(
            rows, (["Tháng 9/2022", None], ["HS vào", "HS mạng"], [12, 6], [9, 3]), strict=True
        )
    ]
    text = drafted(tmp_path, rows)
    assert tomllib.loads(text)["indicators"] == {"HS vào": "", "HS mạng": ""}
    text = text.replace('"HS vào" = ""', '"HS vào" = "n_dossiers_total"')
    found = figures(tmp_path, text.replace('"HS mạng" = ""', '"HS mạng" = "n_dossiers_online"'))
    assert len(found) == 8 and ("14", "n_dossiers_online", "2022-09-30", 3.0) in found


def test_columns_that_say_the_same_are_asked_one_by_one(tmp_path: Path) -> None:
    rows: Rows = [TITLE, ["Tỉnh", f"{PRO_VI} (%)", f"{PRO_VI} (%)"], ["Hà Nội", 10, 5], ["Sơn La", 8, 2]]
    text = drafted(tmp_path, rows)
    first, second = tomllib.loads(text)["tables"][0]["columns"]
    assert (first["column"], second["column"], first["head"]) == ("B", "C", f"{PRO_VI} (%)")
    filled = text.replace('period = ""', 'period = "8/2022"', 1).replace(
        'period = ""', 'period = "9/2022"', 1
    )
    for _ in (first, second):
        filled = filled.replace('\nindicator = ""', f'\nindicator = "{PRO_VI}"', 1)
    filled = filled.replace('sheet = "Sheet"', 'sheet = ""')
    assert [value for *_, value in figures(tmp_path, filled)] == [10, 5, 8, 2]


def test_a_head_that_says_nothing_is_asked_as_the_indicator_of_its_table(tmp_path: Path) -> None:
    rows: Rows = [
        ["Việc nộp qua mạng tháng 9/2022"],
        ["Tỉnh", "Kết quả"],
        ["Hà Nội", "10,5%"],
        ["Sơn La", "8,5%"],
    ]
    text = drafted(tmp_path, rows)
    assert "indicators" not in tomllib.loads(text)
    found = figures(tmp_path, text.replace('\nindicator = ""', f'\nindicator = "{SUB_VI}"'))
    assert [value for *_, value in found] == [10.5, 8.5]


def test_a_head_below_two_titles_is_asked_twice(tmp_path: Path) -> None:
    rows: Rows = [
        ["Bảng 1. Hồ sơ gửi qua mạng tháng 9/2022"],
        ["Tỉnh", "Chỉ số đạt (%)"],
        ["Hà Nội", 10.5],
        [],
    ]
    rows += [["Bảng 2. Lệ phí trả qua mạng tháng 9/2022"], ["Tỉnh", "Chỉ số đạt (%)"], ["Hà Nội", 20.5]]
    text = drafted(tmp_path, rows)
    assert "indicators" not in tomllib.loads(text) and text.count('\nindicator = ""') == 2
    text = text.replace('\nindicator = ""', f'\nindicator = "{SUB_VI}"', 1)
    found = figures(tmp_path, text.replace('\nindicator = ""', '\nindicator = "share_online_payment"', 1))
    assert [(code, value) for _, code, _, value in found] == [
        ("share_dossiers_submitted_online", 10.5),
        ("share_online_payment", 20.5),
    ]


def test_names_that_are_no_province_are_asked(tmp_path: Path) -> None:
    rows: Rows = [TITLE, ["Tỉnh", f"{PRO_VI} (%)"], ["Hà Nội", 10], ["Thăng Lng", 5], ["Khối thi đua 1", 7]]
    text = drafted(tmp_path, rows)
    assert set(tomllib.loads(text)["names"]) == {"Thăng Lng", "Khối thi đua 1"}
    text = text.replace('"Thăng Lng" = ""', '"Thăng Lng" = "Sơn La"')
    found = figures(tmp_path, text.replace('"Khối thi đua 1" = ""', '"Khối thi đua 1" = "skip"'))
    assert [(code, value) for code, *_, value in found] == [("01", 10), ("14", 5)]
    held = clean_file(tmp_path / "a.xlsx", layout=read_layout(tmp_path / "layout.toml")).cleaned.quarantine
    assert held[["cell", "rule"]].values.tolist() == [["A5", "left_out"]]


def test_a_missing_period_is_asked(tmp_path: Path) -> None:
    text = drafted(tmp_path, [["Tỉnh", f"{PRO_VI} (%)"], ["Hà Nội", 10]])
    found = figures(tmp_path, text.replace('period = ""', 'period = "Quý III/2022"'))
    assert found == [("01", "share_dossiers_processed_online", "2022-09-30", 10.0)]


def test_tables_of_a_sheet_are_told_apart_by_number(tmp_path: Path) -> None:
    rows: Rows = [["Tỉnh", "Chỉ số A"], ["Hà Nội", 10], [], ["Tỉnh", f"{SUB_VI} (%)"], ["Hà Nội", 20]]
    text = drafted(tmp_path, rows)
    assert [table["table"] for table in tomllib.loads(text)["tables"]] == [1, 2]
    first, second = text.split("[[tables]]")[1:]
    head = text.split("[[tables]]")[0].replace('"Chỉ số A" = ""', f'"Chỉ số A" = "{PRO_VI}"')
    parts = [
        head,
        first.replace('period = ""', 'period = "8/2022"'),
        second.replace('period = ""', 'period = "9/2022"'),
    ]
    found = figures(tmp_path, "[[tables]]".join(parts))
    assert [(end, value) for _, _, end, value in found] == [("2022-08-31", 10), ("2022-09-30", 20)]


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_left_open_changes_nothing(turned: bool, tmp_path: Path) -> None:
    rows: Rows = [["Tháng 9/2022", f"{PRO_VI} (%)", "Chỉ số lạ"], ["Hà Nội", 10, 5], ["Sơn La", 8, 2]]
    text = drafted(tmp_path, [list(row) for row in zip(*rows, strict=True)] if turned else rows)
    assert [value for *_, value in figures(tmp_path, text)] == [10, 8]


def test_a_layout_to_fill_in_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx([["Tỉnh", "Chỉ số A"], ["Hà Nội", 10]]))
    outcomes = [clean_file(tmp_path / "a.xlsx")]
    ((_, first),) = write_layouts(outcomes, tmp_path, None)
    assert [path for _, path in write_layouts(outcomes, tmp_path, None)] == [first]
    first.write_text("edited", encoding="utf-8")
    ((_, second),) = write_layouts(outcomes, tmp_path, None)
    assert second.name == "a.xlsx.2.layout.toml" and first.read_text(encoding="utf-8") == "edited"


def test_what_a_layout_said_stays_in_the_next_draft(tmp_path: Path) -> None:
    rows: Rows = [TITLE, ["Tỉnh", "Chỉ số A", "Chỉ số B"], ["Hà Nội", 10, 5], ["Bản Mường", 8, 2]]
    drafted(tmp_path, rows)
    said = '[names]\n"Bản Mường" = "Sơn La"\n[indicators]\n"Chỉ số A" = "share_dossiers_processed_online"\n'
    (tmp_path / "layout.toml").write_text(said, encoding="utf-8")
    layout = read_layout(tmp_path / "layout.toml")
    again = tomllib.loads(draft_layout(clean_file(tmp_path / "a.xlsx", layout=layout).unclear, layout))
    assert list(again["indicators"].values()) == ["share_dossiers_processed_online", ""]
    assert list(again["names"].values()) == ["Sơn La"]


def test_a_sheet_without_names_asks_where_they_are_before_it_is_read(tmp_path: Path) -> None:
    text = drafted(tmp_path, [["Kết quả"], ["Mốc", "Đạt"], ["Đợt 1", 41.5], ["Đợt 2", 43]])
    (tmp_path / "layout.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LayoutUnreadable, match="table 1: first_row needs name_column"):
        read_layout(tmp_path / "layout.toml")


@given(st.lists(st.text(min_size=1, max_size=40), min_size=3, max_size=3, unique=True))
def test_whatever_a_file_says_its_draft_can_be_read(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("drafts")
    title, head, name = ("".join(c for c in text if c.isprintable() or c in '\n\t"') for text in texts)
    rows: Rows = [[title], ["Tỉnh", head or "?"], ["Hà Nội", 10.5], [f"x{name}", 5.5]]
    text = drafted(folder, rows)
    tomllib.loads(text)
    (folder / "layout.toml").write_text(text, encoding="utf-8")
    try:
        clean_file(folder / "a.xlsx", layout=read_layout(folder / "layout.toml"))
    except LayoutUnreadable as refusal:
        assert "nothing is filled in" in str(refusal)


def test_changes_ranks_and_plans_are_skipped_and_raise_no_draft(tmp_path: Path) -> None:
    heads = [
        "Tỉnh",
        f"{PRO_VI} (%)",
        "Tăng/giảm so với tháng trước",
        "▲▼",
        "Xếp hạng cả nước",
        "Kế hoạch năm 2022",
    ]
    rows: Rows = [TITLE, heads, ["Hà Nội", 10, 1, -1, 3, 20], ["Sơn La", 8, 2, 1, 5, 30]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    outcome = clean_file(tmp_path / "a.xlsx")
    assert not outcome.unclear and len(outcome.cleaned.observations) == 2
    said = outcome.cleaned.quarantine.set_index("cell")["reason"]
    assert "changes" in said["C3:C4"] and "changes" in said["D3:D4"] and "targets" in said["F3:F4"]
    text = drafted(tmp_path, [TITLE, [*heads, "Hồ sơ lạ"], [*rows[2], 4], [*rows[3], 6]])
    words = tomllib.loads(text)["indicators"]
    assert words["Hồ sơ lạ"] == "" and words["Tăng/giảm so với tháng trước"] == "skip"
    filled = text.replace('"Hồ sơ lạ" = ""', '"Hồ sơ lạ" = "n_dossiers_total"')
    assert [value for *_, value in figures(tmp_path, filled)] == [4, 10, 6, 8]


def test_first_days_of_months_in_heads_are_asked_for(tmp_path: Path) -> None:
    days = [dt.date(2024, month, 1) for month in (1, 2)]
    text = drafted(tmp_path, [[f"{PRO_VI} (%)"], ["Tỉnh", *days], ["Hà Nội", 5, 6], ["Sơn La", 7, 8]])
    first, second = tomllib.loads(text)["tables"][0]["columns"]
    assert (first["head"], second["head"]) == ("2024-01-01", "2024-02-01")
    filled = text
    for month in ("1/2024", "2/2024"):
        filled = filled.replace('\nindicator = ""\nperiod = ""', f'\nindicator = ""\nperiod = "{month}"', 1)
    found = figures(tmp_path, filled)
    assert [(end, value) for *_, end, value in found] == [
        ("2024-01-31", 5), ("2024-02-29", 6), ("2024-01-31", 7), ("2024-02-29", 8),
    ]  # fmt: skip

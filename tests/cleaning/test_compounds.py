"""Cells that hold several figures at once."""

from pathlib import Path
from typing import Any

import pytest
from workbooks import csv, xlsx

from analysis.cleaning.files import clean_file
from analysis.cleaning.layouts.drafts import draft_layout
from analysis.cleaning.layouts.layout import read_layout

TITLE = ["Tháng 11/2022"]
DOSSIERS = "Số HS xử lý trực tuyến / Tổng số HS tiếp nhận (Tỷ lệ hồ sơ xử lý trực tuyến)"
QUOTIENTS = ["146.987/202.507 (72,58%)", "137.868/209.123 (65,93%)"]


def read(folder: Path, head: str, cells: list[str], layout: str = "") -> list[tuple[str, str, float, str]]:
    """Return code, indicator, value and address of what is read below a head."""
    names = ("Sơn La", "Lai Châu", "Điện Biên", "Hà Giang")
    rows: list[list[Any]] = [TITLE, ["Tỉnh", head], *map(list, zip(names, cells, strict=False))]
    (folder / "a.xlsx").write_bytes(xlsx(rows))
    given = None
    if layout:
        (folder / "layout.toml").write_text(layout, encoding="utf-8")
        given = read_layout(folder / "layout.toml")
    found = clean_file(folder / "a.xlsx", layout=given).cleaned.observations
    found["cell"] = found["raw_location"].str.split("!").str[-1]
    return list(found[["province_code", "indicator", "value", "cell"]].itertuples(index=False, name=None))


def test_a_head_names_each_part(tmp_path: Path) -> None:
    found = read(tmp_path, DOSSIERS, QUOTIENTS)
    assert found[:2] == [("14", "n_dossiers_online", 146987, "B3"), ("12", "n_dossiers_online", 137868, "B4")]
    assert found[2:4] == [("14", "n_dossiers_total", 202507, "B3"), ("12", "n_dossiers_total", 209123, "B4")]
    assert [row[1:3] for row in found[4:]] == [
        ("share_dossiers_processed_online", 72.58),
        ("share_dossiers_processed_online", 65.93),
    ]


def test_the_figures_of_a_share_prove_its_counts(tmp_path: Path) -> None:
    found = read(tmp_path, "Tỷ lệ hồ sơ xử lý trực tuyến", QUOTIENTS)
    assert [value for *_, value, _ in found] == [72.58, 65.93]
    frame = clean_file(tmp_path / "a.xlsx").cleaned.observations
    assert frame["numerator"].tolist() == [146987, 137868] and frame["denominator"].tolist() == [
        202507,
        209123,
    ]
    assert read(tmp_path, "Tỷ lệ hồ sơ xử lý trực tuyến", ["1/2 (50%)", "1/3 (9%)"]) == []


@pytest.mark.parametrize(
    "head", ["Hồ sơ nộp trực tuyến (tỷ lệ hồ sơ nộp trực tuyến)", "Hồ sơ nộp trực tuyến (tỷ lệ)"]
)
def test_count_and_share(tmp_path: Path, head: str) -> None:
    found = read(tmp_path, head, ["102.283 (85,88%)", "0", "-", "5.512 (2,95%)"])
    assert [(ind, value) for _, ind, value, _ in found] == [
        ("n_dossiers_online", 102283),
        ("n_dossiers_online", 0),
        ("n_dossiers_online", 5512),
        ("share_dossiers_submitted_online", 85.88),
        ("share_dossiers_submitted_online", 2.95),
    ]


def test_parts_that_nothing_names_are_asked_for(tmp_path: Path) -> None:
    cells = ["3.512 (2,95%)", "5.842 (2,26%)"]
    assert read(tmp_path, "Trực tuyến (%)", cells) == []
    text = draft_layout(clean_file(tmp_path / "a.xlsx").unclear, None)
    filled = text.replace('"Trực tuyến (%) [a]" = ""', '"Trực tuyến (%) [a]" = "n_dossiers_online"')
    filled = filled.replace('"Trực tuyến (%) [b]" = ""', '"Trực tuyến (%) [b]" = "share_online_payment"')
    found = read(tmp_path, "Trực tuyến (%)", cells, filled)
    assert [(ind, value) for _, ind, value, _ in found] == [
        ("n_dossiers_online", 3512),
        ("n_dossiers_online", 5842),
        ("share_online_payment", 2.95),
        ("share_online_payment", 2.26),
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["3.512 (2,95%)", "2,26% (5.842)"],
        ["71% (1)", "72% (2)"],
        ["5/10", "6/10"],
        ["3.512 (2,95%)", "rất ít"],
    ],
)
def test_other_cells_are_not_taken_apart(tmp_path: Path, cells: list[str]) -> None:
    found = read(tmp_path, "Hồ sơ nộp trực tuyến (tỷ lệ)", cells)
    assert not [row for row in found if row[1] == "n_dossiers_online"]


def test_heads_above_serve_every_part(tmp_path: Path) -> None:
    rows = [
        ["Tỉnh", "Tháng 1/2023", "Tháng 2/2023"],
        ["", "Hồ sơ nộp trực tuyến (tỷ lệ)", "Hồ sơ nộp trực tuyến (tỷ lệ)"],
        ["Sơn La", "30 (10%)", "40 (20%)"],
        ["Lai Châu", "3 (11%)", "4 (21%)"],
    ]
    (tmp_path / "a.csv").write_bytes(csv(rows, ";"))
    found = clean_file(tmp_path / "a.csv").cleaned.observations
    assert sorted(zip(found["period_end"], found["value"], strict=True)) == [
        *[("2023-01-31", value) for value in (3, 10, 11, 30)],
        *[("2023-02-28", value) for value in (4, 20, 21, 40)],
    ]


def test_parts_of_columns_of_one_head_are_asked_for_one_by_one(tmp_path: Path) -> None:
    head = "Hồ sơ nộp trực tuyến (tỷ lệ)"
    rows = [["Năm 2024"], ["Tỉnh", head, None], [None, "Tháng 1", "Lũy kế"]]
    rows += [["Sơn La", "500 (50%)", "800 (40%)"], ["Lai Châu", "100 (25%)", "150 (23%)"]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows, merge=["A2:A3", "B2:C2"]))
    text = draft_layout(clean_file(tmp_path / "a.xlsx").unclear, None)
    for letter, code in (("a", "n_dossiers_online"), ("b", "share_dossiers_submitted_online")):
        text = text.replace(f'Tháng 1 [{letter}]" = ""', f'Tháng 1 [{letter}]" = "{code}"')
        asked = f'head = "{head} / Lũy kế [{letter}]"\nindicator = ""\nperiod = ""'
        assert asked in text
        text = text.replace(
            asked, asked.replace('""\nperiod = ""', f'"{code}"\nperiod = "6 tháng đầu năm 2024"')
        )
    (tmp_path / "layout.toml").write_text(text, encoding="utf-8")
    found = clean_file(tmp_path / "a.xlsx", layout=read_layout(tmp_path / "layout.toml")).cleaned.observations
    assert sorted(zip(found["period_end"], found["value"], strict=True)) == [
        *[("2024-01-31", value) for value in (25, 50, 100, 500)],
        *[("2024-06-30", value) for value in (23, 40, 150, 800)],
    ]

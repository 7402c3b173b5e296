"""Counts in columns of their own are those of the share beside them, and a share is compared with its counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from gallery.exhibit import PRO, PRO_VI, SUB, SUB_VI
from workbooks import xlsx

from analysis.cleaning.extract.checks import share_agrees
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.layout import Layout
from analysis.cleaning.words.indicator_names import indicator_of_heads

FULL = "share_dossiers_full_process_online"
Q1, Q2 = "2022-03-31", "2022-06-30"
ROWS = [["Hà Nội", 200, 50, 25, 400, 100, 25], ["Sơn La", 100, 40, 40, 80, 20, 30]]
SWAPPED = [["Hà Nội", 50, 200, 25, 100, 400, 25], ["Sơn La", 40, 100, 40, 20, 80, 30]]
FIRST = [["Hà Nội", 25, 50, 200, 25, 100, 400], ["Sơn La", 40, 40, 100, 30, 20, 80]]
WANTED = {(50, 200, 25), (40, 100, 40), (100, 400, 25), (20, 80, 30)}
TWO = ["A2:A3", "B2:D2", "E2:G2"]


def heads(first: str, second: str, below: list[str]) -> list[list[str | None]]:
    return [["Tỉnh", first, None, None, second, None, None], [None, *below, *below]]


PRINTED = {
    "two periods, the indicator in the title": (
        f"Kết quả {SUB_VI}",
        heads("Quý I/2022", "Quý II/2022", ["Tổng số hồ sơ", "Trực tuyến", "Tỷ lệ (%)"]),
        ROWS,
        {SUB},
    ),
    "two periods, the indicator beside its counts": (
        "Năm 2022",
        heads("Quý I", "Quý II", ["Tổng số", "Trực tuyến", f"{SUB_VI} (%)"]),
        ROWS,
        {SUB},
    ),
    "two indicators": (
        "Quý I/2022",
        heads(SUB_VI, PRO_VI, ["Tổng số hồ sơ", "Trực tuyến", "Tỷ lệ %"]),
        ROWS,
        {SUB, PRO},
    ),
    "two indicators, numerator first": (
        "Quý I/2022",
        heads(SUB_VI, PRO_VI, ["Tử số", "Mẫu số", "Tỷ lệ (%)"]),
        SWAPPED,
        {SUB, PRO},
    ),
    "two indicators, shares first": (
        "Quý I/2022",
        heads(SUB_VI, PRO_VI, ["Tỷ lệ (%)", "Số lượng", "Tổng số"]),
        FIRST,
        {SUB, PRO},
    ),
}


def clean(folder: Path, content: bytes, name: str = "a.xlsx") -> FileOutcome:
    (folder / name).write_bytes(content)
    return clean_file(folder / name)


def counted(outcome: FileOutcome) -> set[tuple[float, float, float]]:
    shares = outcome.cleaned.observations.query("unit == 'percent'")
    return set(shares[["numerator", "denominator", "value"]].itertuples(index=False, name=None))


@pytest.mark.parametrize("name", PRINTED)
def test_counts_called_by_a_word_alone_are_held_and_no_share_is_read_wrong(name: str, tmp_path: Path) -> None:
    title, header, rows, indicators = PRINTED[name]
    outcome = clean(tmp_path, xlsx([[title], *header, *rows], merge=TWO))
    shares = outcome.cleaned.observations.query("unit == 'percent'")
    assert set(shares["indicator"]) <= indicators
    assert set(shares[["province_code", "value"]].itertuples(index=False, name=None)) <= {
        ("01", 25), ("14", 40), ("14", 30),
    }  # fmt: skip
    assert not outcome.cleaned.quarantine.empty


def test_counts_that_a_layout_names_are_compared_with_their_share(tmp_path: Path) -> None:
    title, header, rows, _ = PRINTED["two periods, the indicator in the title"]
    layout = Layout(indicators={"truc tuyen": "n_dossiers_online"})
    (tmp_path / "a.xlsx").write_bytes(xlsx([[title], *header, *rows], merge=TWO))
    outcome = clean_file(tmp_path / "a.xlsx", layout=layout)
    assert counted(outcome) == WANTED and outcome.cleaned.quarantine.empty
    (wrong,) = [check for check in outcome.checks if not check.agrees]
    assert wrong.said.said["vi"] == "ghi 30; 20 trên 80 là 25"
    assert (outcome.cleaned.observations["note"] == "20/80 is 25.00 %").sum() == 1


def test_a_total_for_several_shares_is_the_denominator_of_each(tmp_path: Path) -> None:
    rows = [
        ["Quý I/2022"],
        [
            "Tỉnh",
            "Tổng số hồ sơ tiếp nhận",
            "Hồ sơ nộp trực tuyến",
            None,
            "Hồ sơ trực tuyến toàn trình",
            None,
        ],
        [None, None, "Số lượng", "Tỷ lệ (%)", "Số lượng", "Tỷ lệ (%)"],
        ["Hà Nội", 200, 50, 25, 20, 10],
    ]
    outcome = clean(tmp_path, xlsx(rows, merge=["A2:A3", "B2:B3", "C2:D2", "E2:F2"]))
    assert counted(outcome) == {(50, 200, 25), (20, 200, 10)}
    assert all(check.agrees for check in outcome.checks) and len(outcome.checks) == 2


def test_a_share_headed_by_a_count_is_not_read_as_that_count(tmp_path: Path) -> None:
    rows = [
        ["Quý I/2022"],
        ["Tỉnh", "Số dịch vụ công trực tuyến phát sinh hồ sơ", None],
        [None, "Số lượng", "Tỷ lệ (%)"],
        ["Hà Nội", 200, 28],
    ]
    outcome = clean(tmp_path, xlsx(rows, merge=["A2:A3", "B2:C2"]))
    assert outcome.cleaned.observations["value"].tolist() == [200]
    assert outcome.cleaned.quarantine[["cell", "rule"]].values.tolist() == [["C4", "column_unknown"]]


@pytest.mark.parametrize(
    ("heads", "code"),
    [
        (["Tiếp nhận trong kỳ", "Nộp trực tuyến", "Số hồ sơ"], "n_dossiers_online"),
        (["Tiếp nhận trong kỳ", "Nộp trực tuyến", "Tỷ lệ (%)"], "share_dossiers_submitted_online"),
        (["Tỷ lệ nộp trực tuyến"], "share_dossiers_submitted_online"),
        (["Nộp trực tiếp", "Số hồ sơ"], ""),
        (["Nộp trực tuyến"], ""),
        (["Phí, lệ phí", "Nộp trực tuyến", "Số hồ sơ"], ""),
    ],
)
def test_a_group_and_what_is_counted_below_it_name_an_indicator(heads: list[str], code: str) -> None:
    found = indicator_of_heads(heads)
    assert (found.code if found else "") == code


@pytest.mark.parametrize(
    ("printed", "agrees"),
    [
        (33.3, True),
        (33.4, False),
        (33.0, True),
        (34.0, False),
        (32.0, False),
        (33.33, True),
        (33.34, False),
        (33.338, True),
    ],
)
def test_a_share_agrees_with_its_counts_up_to_its_last_digit(printed: float, agrees: bool) -> None:
    assert share_agrees(printed, 1, 3) is agrees


def test_a_share_of_nothing_is_compared_with_nothing(tmp_path: Path) -> None:
    rows = [["Quý I/2022"], ["Tỉnh", "Tổng số hồ sơ", "Số hồ sơ trực tuyến", f"{SUB_VI} (%)"]]
    rows += [["Hà Nội", 0, 0, 0], ["Sơn La", 100, 40, 40], ["Lào Cai", 100, 40, 42]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    outcome = clean_file(tmp_path / "a.xlsx")
    shares = [check for check in outcome.checks if check.kind == "share"]
    assert [(check.printed, check.computed, check.agrees) for check in shares] == [
        (40, 40, True),
        (42, 40, False),
    ]
    notes = outcome.cleaned.observations.set_index("value")["note"]
    assert (notes[42.0], notes[40.0].tolist()) == ("40/100 is 40.00 %", ["", "", ""])

"""Stretches of time that reports name in words are read from their first day on, or not at all."""

from pathlib import Path

import pytest
from gallery.exhibit import PRO_VI, SUB_VI
from workbooks import xlsx

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.words.periods import find_period

SPANS = {
    "Lũy kế từ đầu năm đến hết tháng 3/2024": ("2024-01-01", "2024-03-31"),
    "từ đầu năm 2024 đến 15/6/2024": ("2024-01-01", "2024-06-15"),
    "từ đầu năm đến ngày 15 tháng 6 năm 2024": ("2024-01-01", "2024-06-15"),
    "từ đầu năm đến hết quý III/2024": ("2024-01-01", "2024-09-30"),
    "Từ tháng 1 đến tháng 3/2024": ("2024-01-01", "2024-03-31"),
    "từ tháng 11/2023 đến tháng 3/2024": ("2023-11-01", "2024-03-31"),
    "Tháng 1-3/2024": ("2024-01-01", "2024-03-31"),
    "T1-T3/2024": ("2024-01-01", "2024-03-31"),
    "Quý I - Quý III/2024": ("2024-01-01", "2024-09-30"),
    "từ ngày 15/12/2023 đến hết tháng 3/2024": ("2023-12-15", "2024-03-31"),
    "Từ 15/12 đến 14/3/2024": ("2023-12-15", "2024-03-14"),
    "Lũy kế từ đầu năm đến hết tháng 1/2024": ("2024-01-01", "2024-01-31"),
    "2 tháng 8/2024": ("2024-08-01", "2024-08-31"),
    "8 tháng 2024": ("2024-01-01", "2024-08-31"),
    "lũy kế 9T/2024": ("2024-01-01", "2024-09-30"),
    "Lũy kế đến hết tháng 3/2024": ("2024-03-31", "2024-03-31"),
    "lũy kế đến quý III/2024": ("2024-09-30", "2024-09-30"),
    "Lũy kế tháng 8/2024": ("2024-08-31", "2024-08-31"),
    "Tháng 3-2024": ("2024-03-01", "2024-03-31"),
    "Quý I-2024": ("2024-01-01", "2024-03-31"),
}


@pytest.mark.parametrize("text", SPANS)
def test_a_span_begins_where_it_says(text: str) -> None:
    found = find_period(text)
    assert found is not None
    assert (found[0].start.isoformat(), found[0].end.isoformat()) == SPANS[text]


def read(folder: Path, title: str, heads: list[str]) -> FileOutcome:
    path = folder / "a.xlsx"
    figures = [41.5, 39.5][: len(heads)]
    path.write_bytes(xlsx([[title], ["Tỉnh", *heads], ["Hà Nội", *figures], ["Sơn La", *figures]]))
    return clean_file(path)


def spans(outcome: FileOutcome) -> set[tuple[str, str, float]]:
    rows = outcome.cleaned.observations[["period_start", "period_end", "value"]]
    return set(rows.itertuples(index=False, name=None))


def test_this_month_and_since_new_year_are_told_apart(tmp_path: Path) -> None:
    heads = [f"{SUB_VI} trong tháng", f"{SUB_VI} lũy kế từ đầu năm"]
    assert spans(read(tmp_path, "Tháng 8/2023", heads)) == {
        ("2023-08-01", "2023-08-31", 41.5),
        ("2023-01-01", "2023-08-31", 39.5),
    }


def test_a_title_with_two_periods_leaves_it_to_the_columns(tmp_path: Path) -> None:
    heads = [f"{SUB_VI} trong tháng", f"{SUB_VI} lũy kế từ đầu năm"]
    assert spans(read(tmp_path, "Kết quả tháng 8 và 8 tháng năm 2023", heads)) == {
        ("2023-08-01", "2023-08-31", 41.5),
        ("2023-01-01", "2023-08-31", 39.5),
    }


def test_a_sum_that_does_not_say_since_when_is_a_state(tmp_path: Path) -> None:
    assert spans(read(tmp_path, "Quý III/2023", [f"{SUB_VI} lũy kế"])) == {("2023-09-30", "2023-09-30", 41.5)}


@pytest.mark.parametrize(
    ("title", "heads"),
    [
        ("Kết quả lũy kế từ đầu năm 2024", [SUB_VI]),
        ("Năm 2024", [f"{SUB_VI} lũy kế từ đầu năm"]),
        ("Năm 2024", [f"{SUB_VI} lũy kế"]),
        ("Kết quả tháng 8 và 8 tháng năm 2023", [SUB_VI]),
        ("Tuần 32 năm 2023", [SUB_VI]),
        ("Tuần 2 tháng 8/2023", [SUB_VI]),
        ("Quý III/2024", [f"{SUB_VI} trong tháng"]),
        ("Tháng 8/2023", [f"{SUB_VI} (%)", f"{SUB_VI}"]),
    ],
)
def test_what_cannot_be_told_is_held_back(title: str, heads: list[str], tmp_path: Path) -> None:
    outcome = read(tmp_path, title, heads)
    assert outcome.cleaned.observations.empty and len(outcome.cleaned.quarantine)


def test_a_year_above_months_that_the_title_contradicts_holds_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [[f"{PRO_VI}, báo cáo năm 2024"], ["Tỉnh", "Năm 2023", None], [None, "Tháng 1", "Tháng 2"]]
    path.write_bytes(xlsx([*rows, ["Hà Nội", 11.5, 12.5], ["Sơn La", 13.5, 14.5]], merge=["A2:A3", "B2:C2"]))
    outcome = clean_file(path)
    assert outcome.cleaned.observations.empty
    assert set(outcome.cleaned.quarantine["rule"]) == {"periods_contradict"} and outcome.problems

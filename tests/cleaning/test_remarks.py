"""What a producer remarks of a figure, and that it is preliminary or an estimate, stands in its note."""

from pathlib import Path

import pytest
from gallery.exhibit import PRO_VI
from workbooks import csv, xlsx

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.words.edition_marks import read_provisional

HEAD = f"{PRO_VI} (%)"


def cleaned(folder: Path, rows: list[list[object]], kind: str = "xlsx") -> FileOutcome:
    (folder / f"a.{kind}").write_bytes(xlsx(rows, title="B1") if kind == "xlsx" else csv(rows, ";"))
    return clean_file(folder / f"a.{kind}")


def notes(outcome: FileOutcome) -> list[str]:
    found: list[str] = outcome.cleaned.observations["note"].tolist()
    return found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tháng 9/2022 (sơ bộ)", "sơ bộ"),
        ("Sơ bộ\nPrel. 2022", "Sơ bộ"),
        ("Prel. 2022", "Prel."),
        ("Ước thực hiện năm 2022", "Ước thực hiện"),
        ("8 tháng và ước cả năm", "ước"),
        ("Quy ước: năm 2022 ước đạt", "ước đạt"),
        ("uoc thuc hien", "uoc thuc hien"),
        ("Số bộ, ngành", ""),
        ("so bo nganh", ""),
        ("Công ước, điều ước", ""),
        ("Quản lý nhà nước", ""),
    ],
)
def test_words_that_call_figures_preliminary(text: str, words: str) -> None:
    assert read_provisional(text) == words


@pytest.mark.parametrize("head", ["Ghi chú", "Ghi chú\nNotes", "Lý do", "Remarks", "Ghi chú (nếu có)"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_remark_is_noted_with_each_figure_of_its_row(head: str, kind: str, tmp_path: Path) -> None:
    rows = [["Quý I/2022"], ["Tỉnh", HEAD, head], ["Thái Nguyên", 28.5, "số liệu ước"], ["Yên Bái", 30.5, ""]]
    assert notes(cleaned(tmp_path, rows, kind)) == ["remark: “số liệu ước”", ""]


def test_a_remark_beyond_the_rows_that_are_looked_at_first_is_read(tmp_path: Path) -> None:
    rows = [["Tỉnh", "Kỳ", HEAD, "Ghi chú"]]
    rows += [["Thái Nguyên", f"{n % 12 + 1}/{1950 + n // 12}", 28.5, ""] for n in range(600)]
    rows[-1][-1] = "sửa ngày 5/10"
    assert notes(cleaned(tmp_path, rows, "csv")) == [""] * 599 + ["remark: “sửa ngày 5/10”"]


@pytest.mark.parametrize(
    "rows",
    [
        [["Số liệu sơ bộ quý I/2022"], ["Tỉnh", HEAD], ["Thái Nguyên", 28.5], ["Yên Bái", 30.5]],
        [["Tỉnh", "Sơ bộ quý I/2022"], ["Thái Nguyên", 28.5], ["Yên Bái", 30.5], [HEAD]],
        [
            ["Tỉnh", "Kỳ", HEAD],
            ["Thái Nguyên", "Quý I/2022 (sơ bộ)", 28.5],
            ["Yên Bái", "Quý I/2022 (sơ bộ)", 30.5],
        ],
        [["Chỉ tiêu", "Thái Nguyên", "Yên Bái"], [f"{PRO_VI} quý I/2022, sơ bộ (%)", 28.5, 30.5]],
    ],
    ids=["title", "head", "period", "turned"],
)
def test_preliminary_figures_say_so(rows: list[list[object]], tmp_path: Path) -> None:
    outcome = cleaned(tmp_path, rows)
    assert len(outcome.cleaned.observations) == 2
    assert [note.lower() for note in notes(outcome)] == ["printed as “sơ bộ”"] * 2


def test_a_column_of_numbers_headed_as_remarks_is_not_read_as_words(tmp_path: Path) -> None:
    rows = [["Quý I/2022"], ["Tỉnh", HEAD, "Ghi chú"], ["Thái Nguyên", 28.5, 1], ["Yên Bái", 30.5, 2]]
    assert notes(cleaned(tmp_path, rows)) == ["", ""]


BETWEEN = (
    "Sở Y tế báo cáo bổ sung sau",
    "Quảng Nam báo cáo sau",
    "Ghi chú: tính đến ngày 20",
    "Chưa gồm cấp xã",
)


@pytest.mark.parametrize("column", [0, 1])
@pytest.mark.parametrize("head", [HEAD, "Số liệu khác"])
def test_every_remark_between_rows_is_told_of_also_in_a_table_that_is_not_understood(
    head: str, column: int, tmp_path: Path
) -> None:
    rows: list[list[object]] = [["Quý I/2022"], ["STT", "Tỉnh", head]]
    for n, name in enumerate(["Lào Cai", "Yên Bái", "Lai Châu", "Sơn La", "Hà Nam"]):
        between = [[*[""] * column, f"{text} ({n})"] for text in BETWEEN]
        rows += [[n + 1, name, 28.5 + n], *(between if n < 4 else [])]
    outcome = cleaned(tmp_path, rows)
    said = " ".join([*map(str, outcome.notices), *outcome.cleaned.quarantine["value"]])
    assert [text for text in BETWEEN for n in range(4) if f"{text} ({n})" not in said] == []
    if head == HEAD:
        assert len(outcome.cleaned.observations) == 5


def test_a_remark_right_below_the_rows_is_told_of_but_no_source_and_no_signature(tmp_path: Path) -> None:
    rows = [["Quý I/2022"], ["Tỉnh", HEAD], ["Thái Nguyên", 28.5], ["Yên Bái", 30.5], ["Yên Bái báo cáo sau"]]
    rows += [["Lào Cai chưa báo cáo"], ["Nguồn: các tỉnh"], ["NGƯỜI LẬP BIỂU"]]
    (said,) = cleaned(tmp_path, rows).notices
    assert said.values["remarks"] == ["A5 “Yên Bái báo cáo sau”", "A6 “Lào Cai chưa báo cáo”"]

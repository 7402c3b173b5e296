"""An average, of provinces or of periods, is told of as one."""

from pathlib import Path

import pytest
from gallery.exhibit import PRO_VI
from workbooks import xlsx

from analysis.cleaning.files import clean_file
from analysis.cleaning.words.said_periods import is_average

HEAD = f"{PRO_VI} (%)"
AVERAGES = [
    "Bình quân 7 tháng",
    "Trung bình",
    "BQ 7 tháng đầu năm",
    "Bình quân/tháng",
    "TB các quý",
    "Bình quân chung",
]


@pytest.mark.parametrize("words", AVERAGES)
@pytest.mark.parametrize("way", ["down", "across", "row", "one province"])
def test_an_average_of_periods_is_told_of_as_one(way: str, words: str, tmp_path: Path) -> None:
    down = [
        [f"{HEAD} năm 2022"],
        ["Tháng", "Thái Nguyên", "Yên Bái"],
        ["Tháng 6", 20, 21],
        ["Tháng 7", 22, 23],
        [words, 21, 22],
    ]
    across = [
        ["Năm 2022"],
        [HEAD],
        ["Tỉnh", "Tháng 6", "Tháng 7", words],
        ["Thái Nguyên", 20, 22, 21],
        ["Yên Bái", 21, 23, 22],
    ]
    row = [
        ["Tỉnh", "Kỳ", HEAD],
        *(["Thái Nguyên", month, 20] for month in ("6/2022", "7/2022")),
        ["Thái Nguyên", words, 20],
    ]
    one = [["Tỉnh Thái Nguyên, năm 2022"], ["Kỳ", HEAD], ["Tháng 6", 20], ["Tháng 7", 22], [words, 21]]
    rows = {"down": down, "across": across, "row": row, "one province": one}[way]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows, title="B1"))
    outcome = clean_file(tmp_path / "a.xlsx")
    assert len(outcome.cleaned.observations) == (2 if way in ("row", "one province") else 4)
    assert outcome.cleaned.quarantine["rule"].tolist() == ["average_row"]


@pytest.mark.parametrize(
    "words", ["Thời gian giải quyết trung bình", "Trung bình số ngày giải quyết", "Bình Định"]
)
def test_what_is_averaged_is_another_figure(words: str) -> None:
    assert not is_average(words)

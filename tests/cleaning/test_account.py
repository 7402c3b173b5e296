"""Every row and every count is told of: in an observation, or in the quarantine with its cell."""

from pathlib import Path

import workbooks
from gallery.exhibit import PRO_VI

from analysis.cleaning.files import clean_file


def clean(rows: list[list[str]], folder: Path) -> object:
    path = folder / "table.csv"
    path.write_bytes(workbooks.csv(rows, ";"))
    return clean_file(path).cleaned


def test_a_count_that_cannot_be_read_is_quarantined_and_the_share_is_kept(tmp_path: Path) -> None:
    rows = [
        ["Tỉnh", "Kỳ", "Chỉ tiêu", "Giá trị", "Tử số", "Mẫu số"],
        ["Hà Nội", "T8/2022", PRO_VI, "50%", "10", "20"],
        ["Sơn La", "T8/2022", PRO_VI, "25%", "năm", "20"],
        ["Lào Cai", "T8/2022", PRO_VI, "25%", "5", "-20"],
        ["Cao Bằng", "T8/2022", PRO_VI, "25%", "5", ""],
    ]
    cleaned = clean(rows, tmp_path)
    assert cleaned.observations["value"].tolist() == [50, 25, 25, 25]
    assert cleaned.observations["numerator"].isna().tolist() == [False, True, False, False]
    assert cleaned.observations["denominator"].isna().tolist() == [False, False, True, True]
    held = cleaned.quarantine[["cell", "value", "rule"]].values.tolist()
    assert held == [["E3", "năm", "number_unreadable"], ["F4", "-20", "out_of_range"]]


def test_a_row_of_words_among_others_is_told_of(tmp_path: Path) -> None:
    rows = [
        ["Tỉnh", "Kỳ", "Chỉ tiêu"],
        ["Hà Nội", "Q1/2022", PRO_VI, "27,5%"],
        ["Lào Cai", "2022", "Hà Nội"],
        ["Sơn La", "T9/2022", PRO_VI, "31%"],
        ["Sơn La", "T8/2022", PRO_VI, "30%"],
    ]
    held = clean(rows, tmp_path).quarantine
    assert "A3" in set(held["cell"])


def test_a_file_of_empty_lines_is_refused_in_a_line(tmp_path: Path) -> None:
    for number, content in enumerate((b"\n", b"\xef\xbb\xbf", b"\r\n\r\n", b";;\n", b" \n")):
        path = tmp_path / f"empty-{number}.csv"
        path.write_bytes(content)
        (problem,) = clean_file(path).problems
        assert str(problem).startswith(f"empty-{number}.csv")

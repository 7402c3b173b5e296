"""Long tables that write a province once for several rows."""

from pathlib import Path

from workbooks import xlsx

from analysis.cleaning.files import clean_file


def test_an_indicator_that_comes_again_is_no_longer_the_province_above(tmp_path: Path) -> None:
    rows = [
        ["Quý III/2024"],
        ["Tỉnh", "Chỉ tiêu", "Giá trị"],
        ["Hà Nội", "Tổng HS", 1000],
        [None, "HS trực tuyến", 500],
        [None, "Tổng HS", 3000],
        [None, "HS trực tuyến", 900],
    ]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    outcome = clean_file(tmp_path / "a.xlsx")
    assert outcome.cleaned.observations["value"].tolist() == [1000, 500]
    assert set(outcome.cleaned.quarantine["cell"]) >= {"B5", "B6"} or outcome.problems

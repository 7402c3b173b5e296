"""Every row and every count is told of: in an observation, or in the quarantine with its cell."""

from pathlib import Path

import pytest
import workbooks
from gallery.exhibit import PRO_VI, SUB_VI
from openpyxl.utils import get_column_letter, range_boundaries

from analysis.cleaning.files import FileOutcome, clean_file


def clean(rows: list[list[str]], folder: Path) -> object:
    path = folder / "table.csv"
    path.write_bytes(workbooks.csv(rows, ";"))
    return clean_file(path).cleaned


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


HEAD = f"{PRO_VI} (%)"
NAMES = ("Thái Nguyên", "Yên Bái", "Lào Cai")
WIDE: list[list[object]] = [["Tỉnh", HEAD], *([name, 28.5 + n] for n, name in enumerate(NAMES))]
SHEETS: dict[str, list[list[object]]] = {
    "figures beside the rows": [[*row, "", "", n + 0.25 if n else "Khác"] for n, row in enumerate(WIDE)],
    "figures beside and below": [[*row, "", "x", n + 7.25 if n else "y"] for n, row in enumerate(WIDE)]
    + [["", "", "", "y", 91.5], ["", "", "", "z", 92.5]],
    "a block without names below": [
        *WIDE,
        [],
        ["Loại", "Số lượng"],
        ["Một", 12.5],
        ["Hai", 13.5],
        [3, 4.5, 5.5],
    ],
    "a block without names above": [["Loại", "Số lượng"], ["Một", 12.5], ["Hai", 13.5], [], *WIDE],
    "another table beside": [[*row, "", *row] for row in WIDE],
    "a table of another head beside": [
        [*row, "", row[0], "Số bò" if not n else n + 0.75] for n, row in enumerate(WIDE)
    ],
    "provinces across": [["Chỉ tiêu", *NAMES], [HEAD, 28.5, 29.5, 30.5], ["Số bò", 4.25, 5.25, 6.25]],
    "provinces across, figures beside": [
        ["Chỉ tiêu", *NAMES, "", "x"],
        [HEAD, 28.5, 29.5, 30.5, "", 7.25],
        ["", "", "", "", "", 8.25],
    ],
    "provinces across, figures below": [
        ["Chỉ tiêu", *NAMES],
        [HEAD, 28.5, 29.5, 30.5],
        [],
        ["Loại", "Một", "Hai"],
        ["a", 1.5, 2.5],
    ],
    "a total and a region": [
        *WIDE,
        ["Trung du và miền núi phía Bắc", 50.5],
        ["Cả nước", 51.5],
        ["Vùng lạ", 52.5],
    ],
    "a province twice": [*WIDE, ["Yên Bái", 71.5]],
}


# A line of these names a row, or a column where provinces stand in columns, by its first cell.
OF_ROWS = ("row_outside", "table_not_understood", "name_unknown", "total_row", "region_row")


def cells_told(outcome: FileOutcome, across: bool) -> set[str]:
    """Return the cells that observations or the quarantine name."""
    told = {place.rpartition("!")[2] for place in outcome.cleaned.observations["raw_location"]}
    for cell, rule in outcome.cleaned.quarantine[["cell", "rule"]].itertuples(index=False):
        left, top, right, bottom = range_boundaries(cell)
        if rule in OF_ROWS:
            right, bottom = (right, 26) if across else (26, bottom)
        told |= {f"{get_column_letter(j)}{i}" for i in range(top, bottom + 1) for j in range(left, right + 1)}
    return told


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("name", SHEETS)
def test_every_figure_of_a_sheet_is_read_or_named(name: str, dated: bool, tmp_path: Path) -> None:
    rows = [*([["Quý I/2022"]] if dated else []), *SHEETS[name]]
    (tmp_path / "a.xlsx").write_bytes(workbooks.xlsx(rows))
    told = cells_told(clean_file(tmp_path / "a.xlsx"), "across" in name)
    figures = {
        f"{get_column_letter(j + 1)}{i + 1}"
        for i, row in enumerate(rows)
        for j, cell in enumerate(row)
        if isinstance(cell, float)
    }
    assert figures - told == set()


def test_a_figure_above_the_first_name_is_nobodys(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Quý I/2022"], ["Đơn vị", "Giá trị"], [HEAD, 11.5]]
    for n, name in enumerate(NAMES):
        rows += [[name], [HEAD, 28.5 + n], [f"{SUB_VI} (%)", 38.5 + n]]
    (tmp_path / "a.xlsx").write_bytes(workbooks.xlsx(rows))
    cleaned = clean_file(tmp_path / "a.xlsx").cleaned
    found = cleaned.observations.set_index("value")["province_code"].to_dict()
    assert found == {28.5: "19", 29.5: "15", 30.5: "10", 38.5: "19", 39.5: "15", 40.5: "10"}
    assert cleaned.quarantine[["cell", "rule"]].values.tolist() == [["A3", "name_unknown"]]

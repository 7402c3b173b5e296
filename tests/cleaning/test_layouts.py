"""A layout serves the file of the next month, or says why it does not."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from gallery.exhibit import PRO_VI
from workbooks import html, xlsx

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.layout_file import LayoutUnreadable, read_layout

COLUMN = (
    '[[columns]]\ncolumn = "{column}"\nindicator = "share_dossiers_processed_online"\nperiod = "{period}"\n'
)


def laid_out(
    folder: Path, content: bytes, *columns: tuple[str, str], name: str = "a.xlsx", **keys: str
) -> FileOutcome:
    said = {"first_row": "3", "name_column": '"A"'} | keys
    lines = [f"{key} = {value}" for key, value in said.items()]
    lines += [COLUMN.format(column=column, period=period) for column, period in columns]
    (folder / "layout.toml").write_text("\n".join(lines), encoding="utf-8")
    (folder / name).write_bytes(content)
    return clean_file(folder / name, layout=read_layout(folder / "layout.toml"))


def months(title: str, *heads: str) -> bytes:
    figures = [28.5, 30.5, 32.5][: len(heads)]
    rows: list[list[Any]] = [[title], ["Tên gọi", *heads], ["Hà Nội", *figures], ["Sơn La", *figures]]
    return xlsx(rows)


def test_a_head_of_another_month_stops_the_layout_that_names_one(tmp_path: Path) -> None:
    outcome = laid_out(tmp_path, months("Kết quả", "Đợt tháng 9/2022"), ("B", "8/2022"))
    assert outcome.cleaned.observations.empty
    assert set(outcome.cleaned.quarantine["rule"]) == {"layout_outdated"}
    assert "states 01/08/2022 - 31/08/2022, the file says 01/09/2022 - 30/09/2022" in str(outcome.problems[0])


def test_a_title_of_another_month_stops_the_layout_that_names_one(tmp_path: Path) -> None:
    outcome = laid_out(tmp_path, months("Kết quả tháng 9/2022", "Cột 1"), ("B", ""), period='"8/2022"')
    assert set(outcome.cleaned.quarantine["rule"]) == {"layout_outdated"}


@pytest.mark.parametrize("title", ["Kết quả", "Kết quả năm 2022", "Tính đến 31/8/2022", "Tháng 8/2022"])
def test_a_title_that_agrees_lets_the_layout_through(title: str, tmp_path: Path) -> None:
    outcome = laid_out(tmp_path, months(title, "Cột 1"), ("B", "8/2022"))
    assert len(outcome.cleaned.observations) == 2 and not outcome.problems


@pytest.mark.parametrize(
    ("title", "head"), [("Kết quả tháng 9/2022", "Cột 1"), ("Kết quả", "Đợt tháng 9/2022")]
)
def test_a_layout_without_a_period_reads_that_of_the_file(title: str, head: str, tmp_path: Path) -> None:
    rows = laid_out(tmp_path, months(title, head), ("B", "")).cleaned.observations
    assert set(rows["period_end"]) == {"2022-09-30"} and len(rows) == 2


def test_a_column_that_the_layout_does_not_name_is_told_of(tmp_path: Path) -> None:
    content = months("Kết quả", "Tháng 8/2022", "Tháng 9/2022")
    outcome = laid_out(tmp_path, content, ("B", "8/2022"))
    (line,) = outcome.cleaned.quarantine.to_dict("records")
    assert (line["cell"], line["rule"]) == ("C3:C4", "column_unknown") and "Tháng 9/2022" in line["reason"]


def test_names_that_span_rows_are_read_with_a_layout_too(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Đơn vị", "Nội dung", "Tháng 8/2022"],
        [("Hà Nội", 1, 2), PRO_VI, "28,5"],
        ["Tỷ lệ thanh toán trực tuyến", "30,5"],
    ]
    column = '[[columns]]\ncolumn = "C"\n'
    (tmp_path / "layout.toml").write_text(
        f'first_row = 2\nname_column = "A"\nindicator_column = "B"\nperiod = "8/2022"\n{column}',
        encoding="utf-8",
    )
    (tmp_path / "a.xls").write_bytes(html(rows))
    found = clean_file(tmp_path / "a.xls", layout=read_layout(tmp_path / "layout.toml")).cleaned.observations
    assert set(found["value"]) == {28.5, 30.5} and set(found["province_code"]) == {"01"}


def test_a_sum_without_an_end_is_no_year(tmp_path: Path) -> None:
    outcome = laid_out(tmp_path, months("Năm 2022", "Lũy kế từ đầu năm"), ("B", ""))
    assert outcome.cleaned.observations.empty
    assert "is not said" in outcome.cleaned.quarantine["reason"].iloc[0]


def test_a_layout_for_one_province_leaves_its_offices_and_districts_out(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Kết quả tháng 9/2022"],
        ["Cơ quan, đơn vị", "Cột 1"],
        ["Sở Tư pháp", 36.2],
        ["UBND CÁC HUYỆN, THÀNH PHỐ", 64.1],
        ["Huyện Hòa An", 75.7],
        ["Thành phố Cao Bằng", 54.5],
        ["Toàn tỉnh", 52.2],
    ]
    outcome = laid_out(tmp_path, xlsx(rows), ("B", "9/2022"), province='"Cao Bằng"')
    assert outcome.cleaned.observations[["province_code", "value"]].values.tolist() == [["04", 52.2]]
    assert outcome.cleaned.quarantine["rule"].tolist() == ["below_province"] * 4


HEADED = '[[tables]]\n[[tables.columns]]\ncolumn = "B"\nhead = "Đợt 8/2022"\nindicator = "{code}"\n'.format(
    code="share_dossiers_processed_online"
)


def laid(folder: Path, content: bytes, text: str) -> FileOutcome:
    (folder / "layout.toml").write_text(text, encoding="utf-8")
    (folder / "a.xlsx").write_bytes(content)
    return clean_file(folder / "a.xlsx", layout=read_layout(folder / "layout.toml"))


def test_a_column_that_moved_is_known_by_its_head(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Tháng 9/2022"], ["Tỉnh", "Xếp hạng", "Đợt 9/2022"], ["Hà Nội", 1, 28.5]]
    (row,) = laid(tmp_path, xlsx(rows), HEADED).cleaned.observations.to_dict("records")
    assert (row["value"], row["period_end"], row["raw_location"]) == (28.5, "2022-09-30", "a.xlsx!Biểu 1!C3")


def test_a_column_that_is_gone_is_told_of_and_nothing_else_is_taken_for_it(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Tháng 9/2022"], ["Tỉnh", "Số khác"], ["Hà Nội", 28.5]]
    outcome = laid(tmp_path, xlsx(rows), HEADED)
    assert outcome.cleaned.observations.empty
    assert any(
        "no table fits layout.toml, table 1: it wants the heads Đợt 8/2022" in str(p)
        for p in outcome.problems
    )


def test_a_sheet_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    outcome = laid(
        tmp_path, months("Tháng 8/2022", "Cột"), '[[tables]]\nsheet = "Biểu 7"\nperiod = "8/2022"\n'
    )
    assert "has no sheet “Biểu 7”, which layout.toml, table 1 names; its sheets are Biểu 1" in str(
        outcome.problems[-1]
    )


def test_sheets_of_which_a_layout_says_nothing_are_read_as_ever(tmp_path: Path) -> None:
    def second(book: openpyxl.Workbook, _: object) -> None:
        for row in (["Tháng 8/2022"], ["Tỉnh", f"{PRO_VI} (%)"], ["Hà Nội", 12.5]):
            book.create_sheet("Khác").append(row) if "Khác" not in book.sheetnames else book["Khác"].append(
                row
            )

    content = xlsx([["Tên gọi", "Cột 1"], ["Sơn La", 30]], touch=second)
    text = '[indicators]\n"Cột 1" = "share_online_payment"\n[[tables]]\nsheet = "Biểu 1"\nperiod = "8/2022"\n'
    rows = laid(tmp_path, content, text).cleaned.observations
    assert set(zip(rows["province_code"], rows["value"], strict=True)) == {("01", 12.5), ("14", 30.0)}


def test_words_of_a_layout_stand_for_indicators_in_rows_too(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Tỉnh", "Nội dung", "Tháng 8/2022", "Tháng 9/2022"],
        ["Hà Nội", "HS vào", 10, 11],
        ["Hà Nội", PRO_VI, "50%", "60%"],
        ["Hà Nội", "Việc khác", 3, 4],
    ]
    text = '[indicators]\n"HS vào" = "n_dossiers_total"\n"Việc khác" = "skip"\n'
    outcome = laid(tmp_path, xlsx(rows), text)
    assert sorted(outcome.cleaned.observations["value"]) == [10, 11, 50, 60]
    assert set(outcome.cleaned.quarantine["rule"]) == {"left_out"} and not outcome.unclear


def test_a_column_that_the_layout_skips_is_not_read_and_not_asked_again(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Tháng 9/2022"],
        ["Tỉnh", f"{PRO_VI} (%)", "Kế hoạch giao"],
        ["Hà Nội", 28.5, 50],
    ]
    outcome = laid(tmp_path, xlsx(rows), '[indicators]\n"Kế hoạch giao" = "skip"\n')
    assert outcome.cleaned.observations["value"].tolist() == [28.5] and not outcome.unclear


def test_a_sheet_wide_indicator_is_not_given_to_two_columns_of_one_period(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Tháng 9/2022"],
        ["TT", "Tên gọi", "Cột"],
        [1, "Hà Nội", 500],
        [2, "Sơn La", 600],
    ]
    text = 'first_row = 3\nname_column = "B"\nindicator = "n_dossiers_online"\n[[columns]]\ncolumn = "A"\n'
    outcome = laid(tmp_path, xlsx(rows), text + '[[columns]]\ncolumn = "C"\n')
    assert outcome.cleaned.observations.empty
    assert set(outcome.cleaned.quarantine["rule"]) == {"column_unknown"}


def test_a_row_of_another_place_on_the_sheet_of_a_province_keeps_its_name(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Tháng 9/2022"], ["Đơn vị", "Cột 1"], ["Toàn tỉnh", 52.5], ["Cả nước", 40.5]]
    outcome = laid_out(tmp_path, xlsx(rows), ("B", "9/2022"), province='"Cao Bằng"')
    assert outcome.cleaned.observations[["province_code", "value"]].values.tolist() == [
        ["04", 52.5],
        ["VN", 40.5],
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("first_row = 3\n", "table 1: first_row needs name_column"),
        ('name_column = "B"\n', "table 1: name_column needs first_row"),
        ('first_row = 3\nname_column = "B"\n', "must say which columns hold figures"),
        ("first_row = '3'\n", "first_row is '3'. Expected a whole number"),
        ("[[tables]]\nfirst_rw = 3\n", "table 1: unknown key 'first_rw'"),
        ('[[tables]]\nperiod = "hôm qua"\n', "period 'hôm qua' is none we read"),
        ('[[tables]]\n[[tables.columns]]\nhead = "A"\n', "table 1, column 1: say which one it is"),
        ('[[tables]]\n[[tables.columns]]\ncolumn = "B2"\n', "Write letters as in the file"),
        (
            '[[tables]]\n[[tables.columns]]\ncolumn = "B"\nindicator = "x"\n',
            "column 1: “x” is not an indicator",
        ),
        ('[names]\n"Khối 1" = "Khối 2"\n', "[names]: 'Khối 1' is said to be 'Khối 2'"),
        ('[indicators]\n"Cột" = "x"\n', "[indicators]: “x” is not an indicator"),
        ("[indicators]\n", "nothing is filled in"),
        ("tables = [3]\n", "table 1: begin it with [[tables]]"),
        ("= 3", "no valid TOML"),
    ],
)
def test_what_a_layout_must_not_say(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "layout.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LayoutUnreadable) as refusal:
        read_layout(tmp_path / "layout.toml")
    assert says in str(refusal.value)


def test_a_certain_period_holds_against_the_title_and_gives_rows_their_year(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Kết quả tính đến 3/1/2024"],
        ["Tỉnh", "Tháng", f"{PRO_VI} (%)"],
        ["Hà Nội", "Tháng 5", 9.5],
    ]
    refused = laid(tmp_path, xlsx(rows), '[[tables]]\nperiod = "2023"\n')
    assert refused.cleaned.observations.empty and "add certain = true" in str(
        refused.cleaned.quarantine["mend"][0]
    )
    read = laid(tmp_path, xlsx(rows), '[[tables]]\nperiod = "2023"\ncertain = true\n')
    assert read.cleaned.observations["period_end"].tolist() == ["2023-05-31"]

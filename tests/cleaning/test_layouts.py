"""A layout serves the file of the next month, or says why it does not."""

from pathlib import Path
from typing import Any

import pytest
from gallery.exhibit import PRO_VI
from workbooks import html, xlsx

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.layouts import read_layout

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

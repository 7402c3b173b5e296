"""A file's cells as they come out of each format: text and kind, hidden or covered, and what is refused before it costs."""

# Rows of tables read best on one line.
# ruff: noqa: E501

from __future__ import annotations

import datetime as dt
import io
import sys
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlwt
from gallery.exhibit import PRO_VI, simple
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from workbooks import csv, html, ods, rezip, xls, xlsb, xlsx

from analysis.cleaning.files import clean_file
from analysis.cleaning.readers import archive
from analysis.cleaning.readers import xlsb as binary
from analysis.cleaning.readers.grid import DATE, ERROR, NUMBER, PERCENT, POINTS, TEXT, UNCACHED, Sheet
from analysis.cleaning.readers.limits import FileRefused
from analysis.cleaning.readers.opening import read_sheets

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.damaged_files_study import BASES, FILES, SEED, TABLE, damaged, outcome_of

SHEET = "xl/worksheets/sheet1.xml"
STRICT = "http://purl.oclc.org/ooxml/"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str, bytes], list[Sheet]]:
    """Return a function that reads the sheets of a file of these bytes."""

    def of(name: str, content: bytes) -> list[Sheet]:
        (tmp_path / name).write_bytes(content)
        return read_sheets(tmp_path / name, name)

    return of


def with_sheet(cells: str, strings: str = "") -> bytes:
    """Return a workbook whose sheet has these rows, and these shared strings."""
    body = f'<worksheet xmlns="x"><sheetData>{cells}</sheetData></worksheet>'.encode()
    # The part of the theme, which nothing reads, takes the strings in.
    parts = {SHEET: body, "xl/theme/theme1.xml": f"<sst>{strings}</sst>".encode()}
    kinds = (b"relationships/theme", b"relationships/sharedStrings")
    return rezip(xlsx([["Tỉnh"]]), lambda name, part: parts.get(name, part.replace(*kinds)))


def cells_of(sheet: Sheet) -> list[tuple[str, str, str]]:
    """Return address, text and kind of the cells that are not empty."""
    return [
        (sheet.address(i, j), text, sheet.kind(i, j))
        for i, row in enumerate(sheet.rows)
        for j, text in enumerate(row)
        if text
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="A1" t="inlineStr"><v>415</v><is><t>415</t></is></c>', "415"),
        ('<c r="A1" t="inlineStr"><is><t>415</t></is><v>415</v></c>', "415"),
        ('<c r="A1" t="inlineStr"><v>0</v><is><r><t>Thái </t></r><r><t>Nguyên</t></r></is></c>', "Thái Nguyên"),
        ('<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c>', "東京"),
        ('<c r="A1" t="inlineStr"><v>415</v></c>', "415"),
        ('<c r="A1"><v>415</v><is><t>416</t></is></c>', "415"),
        ('<c r="A1" t="str"><f>A2</f><v>Yên_x0020_Bái_x000D_</v></c>', "Yên Bái\r"),
        ('<c r="A1" t="inlineStr"><is><t>a_x005F_x000D_b</t></is></c>', "a_x000D_b"),
        ('<c r="A1" t="inlineStr"><is><t>ma_x tinh_xyz1_</t></is></c>', "ma_x tinh_xyz1_"),
        ('<c r="A1" t="s"><v>1</v></c>', "Lào Cai\n"),
    ],
)  # fmt: skip
def test_one_text_comes_out_of_a_cell(read: Any, cell: str, text: str) -> None:
    strings = "<si><t>x</t></si><si><r><t>Lào</t></r><r><t xml:space='preserve'> Cai_x000a_</t></r><rPh><t>y</t></rPh></si>"
    (sheet,) = read("a.xlsx", with_sheet(f'<row r="1">{cell}</row>', strings))
    assert sheet.rows == [[text]]


def test_escapes_are_decoded_in_heads_names_and_titles_of_sheets(tmp_path: Path) -> None:
    def escape(name: str, part: bytes) -> bytes:
        if name == "xl/workbook.xml":
            return part.replace("Biểu 1".encode(), "Biểu_x0020_1".encode())
        return part.replace("Yên Bái".encode(), "Yên Bái_x000D_".encode()).replace(b"(%)", b"(%)_x000d_\n")

    (tmp_path / "a.xlsx").write_bytes(rezip(xlsx(simple()), escape))
    outcome = clean_file(tmp_path / "a.xlsx")
    assert outcome.cleaned.observations["value"].tolist() == [28, 30] and not outcome.problems
    assert outcome.cleaned.observations["raw_location"].tolist() == ["a.xlsx!Biểu 1!B3", "a.xlsx!Biểu 1!B4"]


def rename(content: bytes, new: Callable[[str], str], change: Callable[[str, str], str]) -> bytes:
    """Return a workbook whose parts have other names, and whose relationships are changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as archive:
        for name in old.namelist():
            part = old.read(name)
            archive.writestr(
                new(name), change(name, part.decode()) if name.endswith((".rels", ".xml")) else part
            )
    return out.getvalue()


def _at_root(name: str) -> str:
    return name.replace("xl/worksheets/", "").replace("xl/", "")


@pytest.mark.parametrize(
    ("new", "change"),
    [
        (_at_root, lambda name, part: part.replace("/xl/worksheets/", "").replace('"xl/', '"')),
        (str.upper, lambda name, part: part),
        (lambda name: name.replace("xl/", "XL/").replace("sharedStrings", "SharedStrings"), lambda name, part: part),
        (lambda name: name.replace("/", "\\"), lambda name, part: part),
        (lambda name: name, lambda name, part: part.replace('"/xl/worksheets/', '"worksheets/')),
        (lambda name: name.replace("sheet1.xml", "trang.xml"), lambda name, part: part.replace("sheet1.xml", "trang.xml")),
        (lambda name: name, lambda name, part: part.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/", STRICT + "spreadsheetml/").replace("http://schemas.openxmlformats.org/officeDocument/2006/", STRICT + "officeDocument/")),
    ],
    ids=["root", "capitals", "some capitals", "backslashes", "relative", "other names", "strict"],
)  # fmt: skip
def test_parts_are_found_by_their_relationships(tmp_path: Path, new: Any, change: Any) -> None:
    (tmp_path / "a.xlsx").write_bytes(rename(xlsx(simple()), new, change))
    outcome = clean_file(tmp_path / "a.xlsx")
    assert outcome.cleaned.observations["value"].tolist() == [28, 30], outcome.problems


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="ABCDEF1"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZZZZZZZ1"><v>1</v></c></row>',
        '<row r="1048577"><c r="A1048577"><v>1</v></c></row>',
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="-5"><c r="A1"><v>1</v></c></row>',
        '<row r="5"><c r="A5"><v>1</v></c></row><row r="5"><c r="A5"><v>2</v></c></row>',
        f'<row r="1">{"<c><v>1</v></c>" * 16_385}</row>',
    ],
)
def test_a_cell_outside_every_sheet_is_refused_before_it_costs(read: Any, cells: str) -> None:
    content = with_sheet(cells)
    tracemalloc.start()
    with pytest.raises(FileRefused, match="damaged"):
        read("a.xlsx", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * 2**20


def test_the_last_cell_of_a_sheet_is_read_and_cells_in_any_order(read: Any) -> None:
    rows = '<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row><row><c r="XFD1048576"><v>9</v></c></row>'
    (sheet,) = read("a.xlsx", with_sheet(rows))
    assert cells_of(sheet) == [("A2", "1", NUMBER), ("C2", "3", NUMBER), ("XFD1048576", "9", NUMBER)]


def test_deep_nesting_and_merged_cells_on_each_other_cost_nothing(read: Any) -> None:
    deep = with_sheet('<row r="1"><c r="A1"><v>5</v></c></row>' + "<x>" * 100_000 + "</x>" * 100_000)
    assert read("deep.xlsx", deep)[0].rows == [["5"]]
    merge = '<mergeCell ref="A1:XFD1048576"/>' * 50_000
    rows = '<row r="1"><c r="A1"><v>5</v></c></row><row r="1048576"><c r="A1048576"><v>5</v></c></row>'
    with pytest.raises(FileRefused, match="overlap"):
        read("merged.xlsx", with_sheet(f"{rows}{merge}"))


def test_a_bomb_is_told_by_how_it_is_packed(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_SUSPECT_BYTES", 2**20)
    with pytest.raises(FileRefused, match="unpacks to"):
        read("a.xlsx", with_sheet('<row r="1"/>' + " " * 4 * 2**20))
    # A real sheet, rows much alike, packs far less.
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n * 37 % 1000 / 10}</v></c></row>' for n in range(1, 40_000)
    )
    assert len(read("b.xlsx", with_sheet(rows))[0].rows) == 39_999


def _dated(book: Any, sheet: Any) -> None:
    styles = ("dd/mm/yyyy", "mm/yyyy", "0.0%", '0.0"%"', "General", "dd/mm/yyyy")
    for j, (value, style) in enumerate(zip((44804, 44804, 0.278, 27.8, 2022, 59), styles, strict=True), 1):
        sheet.cell(1, j, value).number_format = style
    sheet["G1"], sheet["H1"], sheet["I1"] = "=A1+1", "#REF!", "1.926,5"
    sheet["H1"].data_type = "e"


def test_kinds_of_cells_of_an_xlsx(read: Any) -> None:
    (sheet,) = read("a.xlsx", xlsx([], touch=_dated))
    assert list(zip(sheet.rows[0], sheet.kinds[0], strict=True)) == [
        ("2022-08-31", DATE), ("2022-08", DATE), ("0.278", PERCENT), ("27.8", POINTS), ("2022", NUMBER),
        ("1900-02-28", DATE), ("=", UNCACHED), ("#REF!", ERROR), ("1.926,5", TEXT),
    ]  # fmt: skip


def test_days_count_from_1904_where_the_workbook_says_so(read: Any) -> None:
    def touch(book: Any, sheet: Any) -> None:
        book.epoch = CALENDAR_MAC_1904
        sheet["A1"] = dt.date(2022, 8, 31)

    assert read("a.xlsx", xlsx([], touch=touch))[0].rows == [["2022-08-31"]]


def test_a_formula_whose_text_is_empty_is_not_one_never_calculated(read: Any) -> None:
    cells = '<c r="A1" t="str"><f>B1</f><v></v></c><c r="B1"><f>C1</f><v/></c><c r="C1" t="str"><f>D1</f></c><c r="D1"><v>1</v></c>'
    (sheet,) = read("a.xlsx", with_sheet(f'<row r="1">{cells}</row>'))
    assert cells_of(sheet) == [("B1", "=", UNCACHED), ("C1", "=", UNCACHED), ("D1", "1", NUMBER)]


def _old(book: xlwt.Workbook, sheet: Any) -> None:
    for j, (value, style) in enumerate(
        ((44804, "DD/MM/YYYY"), (44804, "MM/YYYY"), (0.278, "0.0%"), (27.8, '0.0"%"'))
    ):
        sheet.write(0, j, value, xlwt.easyxf(num_format_str=style))
    sheet.write(0, 4, xlwt.Formula("A1+1"))
    sheet.write(0, 5, True)
    sheet.row(0).set_cell_error(6, "#REF!")
    sheet.write(0, 7, "Đắk Lắk")


def test_kinds_of_cells_of_an_xls(read: Any) -> None:
    (sheet,) = read("a.xls", xls([], touch=_old))
    assert list(zip(sheet.rows[0], sheet.kinds[0], strict=True)) == [
        ("2022-08-31", DATE), ("2022-08", DATE), ("0.278", PERCENT), ("27.8", POINTS), ("=", UNCACHED), ("TRUE", TEXT),
        ("#REF!", ERROR), ("Đắk Lắk", TEXT),
    ]  # fmt: skip


ODS_ROW = """<table:table-row>
<table:table-cell office:value-type="string"><text:p>Thái<text:line-break/>Nguyên</text:p><text:p>(mới)</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="3"><office:annotation><text:p>xem lại</text:p></office:annotation><text:p>3,0</text:p></table:table-cell>
<table:table-cell table:formula="of:=[.A1]"/>
<table:table-cell office:value-type="string" office:string-value="Yên Bái"/>
<table:table-cell office:value-type="string" calcext:value-type="error" table:formula="of:=1/0"><text:p>#DIV/0!</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.278"><text:p>28 %</text:p></table:table-cell>
<table:table-cell office:value-type="date" office:date-value="2022-08-31T10:00:00"><text:p>31/8</text:p></table:table-cell></table:table-row>"""


def test_kinds_of_cells_of_an_ods(read: Any) -> None:
    (sheet,) = read("a.ods", ods([["x"]], extra=ODS_ROW))
    assert list(zip(sheet.rows[1], sheet.kinds[1], strict=True)) == [
        ("Thái Nguyên (mới)", TEXT), ("3", NUMBER), ("=", UNCACHED), ("Yên Bái", TEXT), ("#DIV/0!", ERROR),
        ("0.278", PERCENT), ("2022-08-31", DATE),
    ]  # fmt: skip


def _hide_xlsx(book: Any, sheet: Any) -> None:
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["C"].hidden = True
    book.create_sheet("kín").sheet_state = "veryHidden"
    book["kín"]["A1"] = "x"


def _hide_xls(book: xlwt.Workbook, sheet: Any) -> None:
    sheet.row(3).hidden = sheet.col(2).hidden = True
    book.add_sheet("kin").write(0, 0, "x")
    book.get_sheet(1).visibility = 2


def _hide_ods(_: str, part: bytes) -> bytes:
    part = part.replace(
        b"<table:table-column/>",
        b"<table:table-column/>" * 2 + b'<table:table-column table:visibility="collapse"/>',
        1,
    )
    return part.replace("<table:table-row><table:table-cell office:value-type=\"string\" calcext:value-type=\"string\" office:string-value=\"Yên".encode(), "<table:table-row table:visibility=\"filter\"><table:table-cell office:value-type=\"string\" office:string-value=\"Yên".encode())  # fmt: skip


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_hidden_rows_columns_and_sheets_are_noted(tmp_path: Path, ending: str) -> None:
    rows = [[*row, *more] for row, more in zip(simple(), ([], ["Tổng số hồ sơ"], [400], [500]), strict=True)]
    made = {
        "xlsx": lambda: xlsx(rows, touch=_hide_xlsx),
        "xls": lambda: xls(rows, touch=_hide_xls),
        "ods": lambda: rezip(ods(rows), _hide_ods),
    }
    (tmp_path / f"a.{ending}").write_bytes(made[ending]())
    found = clean_file(tmp_path / f"a.{ending}").cleaned.observations
    notes = dict(zip(zip(found["province_code"], found["value"], strict=True), found["note"], strict=True))
    assert notes == {("19", 28): "", ("15", 30): "hidden row", ("19", 400): "hidden column", ("15", 500): "hidden column; hidden row"}  # fmt: skip
    if ending != "ods":
        assert [sheet.hidden for sheet in read_sheets(tmp_path / f"a.{ending}", "a")] == [False, True]


def test_a_hidden_row_of_a_page_is_noted_and_a_table_in_a_cell_makes_no_figure_of_two(tmp_path: Path) -> None:
    page = html(
        [
            ["Quý I/2022"],
            ["Tỉnh", PRO_VI + " (%)"],
            ["Thái Nguyên", "28"],
            ["Yên Bái", "30"],
            ["Lào Cai", "INNER"],
        ]
    )
    page = page.replace(b"INNER", b"<table><tr><td>1</td><td>2</td></tr></table>").replace("<tr><td colspan=\"1\" rowspan=\"1\">Yên".encode(), "<tr style='height:0; display: none'><td>Yên".encode())  # fmt: skip
    (tmp_path / "a.xls").write_bytes(page)
    outcome = clean_file(tmp_path / "a.xls")
    assert outcome.cleaned.observations[["value", "note"]].values.tolist() == [[28, ""], [30, "hidden row"]]
    assert outcome.cleaned.quarantine["value"].tolist() == ["1 2"]


@pytest.mark.parametrize("page", ["<table><tr><td>5" + "<b>" * 5000, "<table><tr><td>5</table>" + "<div>" * 5000 + "<table><tr><td>6"])  # fmt: skip
def test_a_page_whose_rest_would_be_lost_is_refused(read: Any, page: str) -> None:
    with pytest.raises(FileRefused, match="web page"):
        read("a.xls", page.encode())


COVERED = """<table:table-row><table:table-cell office:value-type="string" table:number-rows-spanned="2"><text:p>Thái Nguyên</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="500" table:number-columns-spanned="2"/><table:covered-table-cell office:value-type="float" office:value="300"/></table:table-row>"""


def test_what_lies_below_a_merged_cell_is_noted(tmp_path: Path) -> None:
    heads: list[list[object]] = [
        ["Quý III/2022"],
        ["Tỉnh", "Tổng số hồ sơ", "Số hồ sơ trực tuyến"],
        ["Thái Nguyên", 500, 300],
        ["Yên Bái", 400, 310],
    ]

    def merge(name: str, part: bytes) -> bytes:
        cells = b'</sheetData><mergeCells count="1"><mergeCell ref="B3:C3"/></mergeCells>'
        return part.replace(b"</sheetData>", cells) if name == SHEET else part

    files = {
        "a.xlsx": rezip(xlsx(heads), merge),
        "a.ods": ods([*heads[:2], heads[3]], extra=COVERED),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        found = clean_file(tmp_path / name).cleaned.observations
        noted = dict(zip(found["value"], found["note"], strict=True))
        assert noted == {500: "", 400: "", 300: "covered cell", 310: ""}


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.xlsb").write_bytes(xlsb(simple(28.5, 30), hidden=True))
    found = clean_file(tmp_path / "a.xlsb").cleaned.observations
    assert found[["value", "note", "raw_location"]].values.tolist() == [
        [28.5, "hidden sheet", "a.xlsb!Biểu 1!B3"], [30, "hidden sheet", "a.xlsb!Biểu 1!B4"],
    ]  # fmt: skip


def test_cells_of_a_binary_workbook_keep_their_addresses(read: Any) -> None:
    (sheet,) = read("a.xlsb", xlsb([[], [None, None, "x", 5], [], [None, "#REF!", None, 0.5]]))
    assert cells_of(sheet) == [
        ("C2", "x", TEXT),
        ("D2", "5", NUMBER),
        ("B4", "#REF!", ERROR),
        ("D4", "0.5", NUMBER),
    ]


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("import os; os.abort()", "damaged"),
        ("import time; time.sleep(60)", "could not be read within"),
        ("x = bytearray(1 << 42)", "MemoryError"),
    ],
)
def test_compiled_code_that_breaks_costs_its_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, says: str
) -> None:
    (tmp_path / "process.py").write_text(program, encoding="utf-8")
    monkeypatch.setattr(binary, "_PROCESS", tmp_path / "process.py")
    monkeypatch.setattr(binary, "MOST_SECONDS", 2)
    (tmp_path / "a.xlsb").write_bytes(xlsb(simple()))
    assert says in str(clean_file(tmp_path / "a.xlsb").problems[0])


def test_a_name_that_is_not_utf8_is_one_line_and_costs_no_other_file(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from analysis.cli import main

    bad = tmp_path / b"b\xe1o.csv".decode("utf-8", "surrogateescape")
    try:
        bad.write_bytes(csv(simple()))
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system has only names in UTF-8")
    (tmp_path / "good.csv").write_bytes(csv(simple()))
    done = CliRunner().invoke(
        main, ["clean", str(bad), str(tmp_path / "good.csv"), "--out", str(tmp_path / "out")]
    )
    assert done.exit_code == 1 and "Traceback" not in done.output
    assert "refused: b\\xe1o.csv: has a name" in done.output and "good.csv: 2 observations" in done.output


@pytest.mark.parametrize("kind", list(BASES))
def test_damaged_files_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    """As benchmarks/damaged_files_study.py does with 10,000; its table is committed beside it."""
    bases = {one: make() for one, make in BASES.items()}
    first, step = list(BASES).index(kind), len(BASES)
    ends = Counter()
    for number in range(first, (10 if kind == ".xlsb" else 60) * step, step):
        _, damage, content = damaged(number, bases)
        path = tmp_path / f"damaged{kind}"
        path.write_bytes(content)
        found, took, _ = outcome_of(str(path))
        assert found not in ("traceback", "silent") and took < 30, (number, damage)
        ends[found] += 1
    assert ends["refused"] and (ends["read"] or kind == ".xlsb"), ends


def test_the_committed_table_of_damaged_files_is_of_this_study() -> None:
    table = pd.read_csv(TABLE)
    assert table["kind"].tolist() == list(BASES) and set(table["seed"]) == {SEED}
    assert table["files"].sum() == FILES == 10_000
    assert (table[["traceback", "abort", "silent"]] == 0).all(axis=None)
    assert table["slowest_s"].max() < 30 and table["peak_mib"].max() < 2048

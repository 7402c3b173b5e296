"""Files that mean harm or are not what they say: one clear line each, in bounded memory and time."""

# Rows of tables read best on one line.
# ruff: noqa: E501

import time
import tracemalloc
from pathlib import Path

import pytest
from click.testing import CliRunner
from gallery.exhibit import PRO_VI, simple
from workbooks import csv, html, ods, rezip, xls, xlsx

from analysis.cleaning.files import clean_file
from analysis.cleaning.readers import archive, limits
from analysis.cli import main

GOOD = xlsx(simple())


def sheet_with(body: bytes) -> bytes:
    """Return the good workbook with another sheet part."""
    return rezip(GOOD, lambda name, part: body if name == "xl/worksheets/sheet1.xml" else part)


BOMB = (
    b"<!DOCTYPE x ["
    + b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"ha" * 10) for n in range(9))
    + b"]><worksheet><sheetData><row r='1'><c r='A1' t='str'><v>&e8;</v></c></row></sheetData></worksheet>"
)
SPACES = b"<worksheet><sheetData>" + b" " * (900 * 2**20 // 30) + b"</sheetData></worksheet>"
REPEATED = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" table:number-columns-repeated="100"><text:p>x</text:p></table:table-cell></table:table-row>'


def encrypted_container() -> bytes:
    return xls([["x"]]) + "EncryptedPackage".encode("utf-16-le")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("bomb.xlsx", sheet_with(BOMB), "declares XML entities"),
        ("bomb.xls", BOMB, "declares XML entities"),
        ("repeated.ods", ods(simple(), extra=REPEATED), "claims row|more than"),
        ("encrypted.xlsx", encrypted_container(), "is encrypted"),
        ("half.xlsx", GOOD[: len(GOOD) // 2], "damaged or truncated|truncated"),
        ("half.xls", xls(simple())[:1500], "damaged"),
        ("broken.xlsx", sheet_with(b"<worksheet><sheetData><row>"), "no valid XML"),
        ("text.xlsx", b"Th\xc3\xa1i Nguy\xc3\xaan", "is no .xlsx workbook"),
        ("paper.xlsx", b"%PDF-1.7 ...", "is a PDF"),
        ("letter.xls", b"{\\rtf1 ...}", "word-processor"),
        ("picture.csv", b"\x89PNG\r\n", "is a picture"),
        ("empty.csv", b"", "is empty"),
        ("bytes.csv", bytes(range(1, 256)) * 40, "encoding|no text|NUL|no table"),
        ("zeros.csv", b"\0" * 5000, "no text|NUL|no table"),
        ("page.xls", b"<html><body>Hello</body></html>", "without a table"),
        ("archive.xlsx", rezip(GOOD, lambda name, part: part).replace(b"xl/workbook.xml", b"xl/workbonk.xml"), "archive"),
        ("prose.csv", "Thái Nguyên là một tỉnh.\nYên Bái cũng vậy.".encode(), "no table|not the columns"),
    ],
)  # fmt: skip
def test_refusal(name: str, content: bytes, says: str, tmp_path: Path) -> None:
    import re

    (tmp_path / name).write_bytes(content)
    outcome = clean_file(tmp_path / name)
    assert outcome.refused
    assert re.search(says, str(outcome.problems[0])), outcome.problems
    assert name in str(outcome.problems[0])
    assert "\n" not in str(outcome.problems[0])


def test_a_zip_bomb_is_stopped_by_what_it_unpacks_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 20 * 2**20)
    (tmp_path / "bomb.xlsx").write_bytes(sheet_with(SPACES))
    tracemalloc.start()
    outcome = clean_file(tmp_path / "bomb.xlsx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "unpacks to" in str(outcome.problems[0])
    assert peak < 20 * 2**20


def test_the_limit_on_unpacking_is_the_documented_one() -> None:
    assert archive.MAX_UNPACKED_BYTES == limits.MAX_UNPACKED_BYTES == 768 * 2**20


def test_a_sheet_that_claims_a_million_rows_costs_only_what_it_holds(tmp_path: Path) -> None:
    cells = (
        b"<worksheet><dimension ref='A1:XFD1048576'/><sheetData>"
        b"<row r='1'><c r='A1' t='str'><v>Q\xc3\xbd I/2022</v></c></row>"
        b"<row r='2'><c r='A2' t='str'><v>T\xe1\xbb\x89nh</v></c><c r='B2' t='str'><v>"
        + PRO_VI.encode()
        + b" (%)</v></c></row>"
        b"<row r='1048576'><c r='A1048576' t='str'><v>Y\xc3\xaan B\xc3\xa1i</v></c><c r='B1048576'><v>30</v></c></row>"
        b"</sheetData></worksheet>"
    )
    (tmp_path / "claims.xlsx").write_bytes(sheet_with(cells))
    start = time.perf_counter()
    outcome = clean_file(tmp_path / "claims.xlsx")
    assert time.perf_counter() - start < 2
    assert outcome.cleaned.observations["raw_location"].tolist() == ["claims.xlsx!Biểu 1!B1048576"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "secret.csv").write_bytes(csv(simple()))
    (tmp_path / "inbox" / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert "symbolic link" in str(clean_file(tmp_path / "inbox" / "link.csv").problems[0])


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(GOOD[:900])
    (tmp_path / "good.xlsx").write_bytes(GOOD)
    outcome = CliRunner().invoke(
        main,
        ["clean", str(tmp_path / "bad.xlsx"), str(tmp_path / "good.xlsx"), "--out", str(tmp_path / "out")],
    )
    assert outcome.exit_code == 1
    assert "refused: bad.xlsx" in outcome.output
    assert "good.xlsx: 2 observations" in outcome.output
    assert len((tmp_path / "out" / "observations.csv").read_text(encoding="utf-8").splitlines()) == 3


NASTY = "<script>alert(1)</script>"


def test_nothing_from_a_cell_reaches_the_report_unescaped_or_a_spreadsheet_as_a_formula(
    tmp_path: Path,
) -> None:
    rows = [
        ["Quý I/2022"],
        ["Tỉnh", f"{PRO_VI} (%)", NASTY],
        ["Thái Nguyên", "=HYPERLINK(1)", 5],
        ["Yên Bái", "@SUM(A1)", 6],
        ["Lào Cai", "+1+cmd", 7],
        ["Sơn La", NASTY, 8],
    ]
    (tmp_path / "nasty.csv").write_bytes(csv(rows))
    result = CliRunner().invoke(main, ["clean", str(tmp_path / "nasty.csv"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 1, result.output  # nothing in it is a figure
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    lines = (tmp_path / "out" / "quarantine.csv").read_text(encoding="utf-8")
    assert "'=HYPERLINK(1)" in lines and "'@SUM(A1)" in lines and "'+1+cmd" in lines
    assert ",=HYPERLINK" not in lines


def test_the_report_asks_for_nothing_outside_itself(tmp_path: Path) -> None:
    (tmp_path / "page.xls").write_bytes(html([["Tỉnh", PRO_VI + " quý I/2022 (%)"], ["Hà Nội", "5"]]))
    CliRunner().invoke(main, ["clean", str(tmp_path / "page.xls"), "--out", str(tmp_path / "out")])
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "http://" not in page and "https://" not in page and "src=" not in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    "cell",
    [
        "(" * 32000,
        "1" * 32000,
        "1/" * 16000,
        "quý i " * 5000,
        "(%" * 16000,
        "1=" * 16000,
        " " * 32000,
        "1 " * 16000,
    ],
)
def test_endless_cells_cost_no_time(cell: str, tmp_path: Path) -> None:
    rows = [[cell, ""], ["Tỉnh", cell + "x"], ["Thái Nguyên", cell], [cell, "5"], ["Yên Bái", "5"]]
    (tmp_path / "endless.csv").write_bytes(csv(rows, ";"))
    start = time.perf_counter()
    outcome = clean_file(tmp_path / "endless.csv")
    assert time.perf_counter() - start < 10
    assert outcome.problems or len(outcome.cleaned.quarantine)

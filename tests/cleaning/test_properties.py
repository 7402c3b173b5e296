"""Any panel, written in any layout, encoding, number and period style, comes back equal; damage loses nothing."""

import datetime as dt
import re
import time
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import workbooks
from gallery import exhibits
from gallery.exhibit import PRO, PRO_VI, SUB, SUB_VI, SVC, SVC_VI
from gallery.old_letters import tcvn3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.cleaning.addresses import column_letters, parse_address
from analysis.cleaning.cells import is_number_like
from analysis.cleaning.files import clean_file
from analysis.cleaning.opening import read_sheets
from analysis.cleaning.places import PLACE, read_place
from analysis.reference.provinces import provinces

NAMES = {PRO: PRO_VI, SUB: SUB_VI, SVC: SVC_VI}
RELAXED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Style:
    """How a panel is written."""

    layout: str
    container: str
    number: str
    period: str
    name: str


def month_end(month: int) -> str:
    following = dt.date(2022 + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).isoformat()


PERIODS = {
    "T{m}/2022": lambda m: (month_end(m), "M"),
    "Tháng {m} năm 2022": lambda m: (month_end(m), "M"),
    "tháng {m:02d}/2022": lambda m: (month_end(m), "M"),
    "{m:02d}/2022": lambda m: (month_end(m), "M"),
    "2022-{m:02d}": lambda m: (month_end(m), "M"),
    "đến 20/{m}/2022": lambda m: (f"2022-{m:02d}-20", "X"),
    "05/{m:02d}/2022": lambda m: (f"2022-{m:02d}-05", "X"),
}
SPELLINGS = {
    "official": lambda p: p.name_vi,
    "prefixed": lambda p: f"Tỉnh {p.name_vi}" if p.kind == "province" else f"TP. {p.name_vi}",
    "upper": lambda p: p.name_vi.upper(),
    "ascii": lambda p: p.name_en,
    "decomposed": lambda p: unicodedata.normalize("NFD", p.name_vi),
    "numbered": lambda p: f"{int(p.code)}. {p.name_vi}",
    "iso": lambda p: p.iso_code,
}
NUMBERS = {
    "comma": lambda v: f"{v:.2f}".replace(".", ","),
    "dot": lambda v: f"{v:.2f}",
    "sign": lambda v: f"{v:.2f}%".replace(".", ","),
    "stored": lambda v: v,
    "formatted": lambda v: round(v / 100, 6),
}
CONTAINERS = ["csv", "semicolon", "tab", "bar", "utf-16", "tcvn3", "xlsx", "ods", "xls", "html"]
styles = st.builds(
    Style,
    st.sampled_from(["periods", "indicators", "long", "across"]),
    st.sampled_from(CONTAINERS),
    st.sampled_from(sorted(NUMBERS)),
    st.sampled_from(sorted(PERIODS)),
    st.sampled_from(sorted(SPELLINGS)),
)
values = st.integers(101, 9999).map(lambda n: n / 100)


def lay_out(
    style: Style, places: list[Any], months: list[int], codes: list[str], draw: Any
) -> tuple[Any, Counter[Any]]:
    """Return the rows of a table and the figures it holds."""
    figures: Counter[Any] = Counter()
    said = {m: style.period.format(m=m) for m in months}
    when = {m: PERIODS[style.period](m) for m in months}
    name = {p.code: SPELLINGS[style.name](p) for p in places}
    marks = " (%)" if style.number in ("comma", "dot", "stored") else ""

    def cell(p: Any, m: int, code: str) -> Any:
        value = draw(values)
        figures[p.code, code, *when[m], value] += 1
        return NUMBERS[style.number](value)

    if style.layout == "long":
        rows = [["Tỉnh", "Kỳ", "Chỉ tiêu", "Giá trị" + marks]]
        rows += [
            [name[p.code], said[m], NAMES[c], cell(p, m, c)] for p in places for m in months for c in codes
        ]
    elif style.layout == "periods":
        rows = [[NAMES[codes[0]] + marks], ["STT", "Địa phương", *said.values()]]
        rows += [[n + 1, name[p.code], *[cell(p, m, codes[0]) for m in months]] for n, p in enumerate(places)]
    elif style.layout == "indicators":
        rows = [[said[months[0]]], ["Tỉnh", *[NAMES[c] + marks for c in codes]]]
        rows += [[name[p.code], *[cell(p, months[0], c) for c in codes]] for p in places]
    else:
        rows = [["Chỉ tiêu", "Kỳ", *[name[p.code] for p in places]]]
        rows += [[NAMES[c] + marks, said[m], *[cell(p, m, c) for p in places]] for m in months for c in codes]
    return rows, figures


def put(style: Style, rows: list[list[Any]], folder: Path) -> Path:
    """Write rows into a file of the container."""
    formatted = style.number == "formatted"
    spots = (
        [(r, c) for r, row in enumerate(rows) for c, v in enumerate(row) if isinstance(v, float)]
        if formatted
        else []
    )
    if style.container in ("xlsx", "ods", "xls"):
        if style.container == "xlsx":
            content = workbooks.xlsx(rows, percent=[f"{column_letters(c)}{r + 1}" for r, c in spots])
        else:
            content = getattr(workbooks, style.container)(rows, percent=spots)
        suffix = style.container
    elif style.container == "html":
        content, suffix = workbooks.html(rows), "xls"
    else:
        separator = {"semicolon": ";", "tab": "\t", "bar": "|"}.get(style.container, ",")
        if style.container == "tcvn3":
            composed = [[unicodedata.normalize("NFC", str(v)).replace("–", "-") for v in row] for row in rows]
            content = workbooks.csv([[tcvn3(v) for v in row] for row in composed], ";", "latin-1")
        else:
            content = workbooks.csv(rows, separator, "utf-16" if style.container == "utf-16" else "utf-8")
        suffix = "csv"
    path = folder / f"table.{suffix}"
    path.write_bytes(content)
    return path


@settings(RELAXED, max_examples=250)
@given(data=st.data(), style=styles)
def test_a_panel_comes_back_equal(data: st.DataObject, style: Style, tmp_path: Path) -> None:
    if style.number == "formatted" and style.container not in ("xlsx", "ods", "xls"):
        style = Style(style.layout, "xlsx", style.number, style.period, style.name)
    if style.container == "tcvn3" and style.name == "upper":
        style = Style(style.layout, "utf-16", style.number, style.period, style.name)
    places = data.draw(st.lists(st.sampled_from(provinces()), min_size=3, max_size=9, unique=True))
    months = sorted(data.draw(st.lists(st.integers(1, 12), min_size=2, max_size=4, unique=True)))
    codes = data.draw(st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3, unique=True))
    rows, figures = lay_out(style, places, months, codes, data.draw)
    outcome = clean_file(put(style, rows, tmp_path))
    assert not outcome.problems
    columns = ["province_code", "indicator", "period_end", "frequency", "value"]
    found = outcome.cleaned.observations[columns].round(6).itertuples(index=False, name=None)
    assert Counter(found) == figures
    assert outcome.cleaned.quarantine.empty


BASES = [
    [list(row) for row in read]
    for read in (
        [["Năm 2022"], ["STT", "Tỉnh", SUB_VI + " (%)", "Tổng số hồ sơ"], ["1", "Hà Nội", "27,5", "1000"],
         ["2", "Thái Nguyên", "28,5", "2000"], ["3", "Yên Bái", "x", "30"], ["", "Tổng cộng", "28", "3030"]],
        [["Tỉnh", "Kỳ", "Chỉ tiêu", "Giá trị"], ["Hà Nội", "Q1/2022", PRO_VI, "27,5%"],
         ["Sơn La", "T8/2022", SVC_VI, "30%"], ["Sơn La", "T9/2022", SVC_VI, "31%"], ["Lào Cai", "2022", PRO_VI, "9%"]],
        [["Quý II/2022"], ["Địa phương", PRO_VI, ""], ["", "Quý I", "Quý II"], ["Hà Giang", "0,25", "0,5"],
         ["Cao Bằng", "0,75", "0,5"], ["Bắc Kạn", "0,25", "-"], ["Ghi chú: sơ bộ"]],
    )
]  # fmt: skip
JUNK = st.sampled_from(
    ["", " ", "x", "-", "abc", "#REF!", "=1+1", "1,200", "1.926,5", "-5", "120", "9999999999999999999999", "Thái Nguyn",
     "Tổng cộng", "Cả nước", "Quý V/2022", "31/2/2022", "%", "\x00", "Hà Nội", "🙂", "1e5", "(1)", "I", "a" * 500,
     "Ghi chú", "Sở Tài chính", "２７", "2022", "T13", "“27”", "27%%", "0", "Tỉnh", PRO_VI, "\u200b", "nan", "inf"]
)  # fmt: skip


@settings(RELAXED, max_examples=1500)
@given(data=st.data())
def test_damage_never_loses_a_row(data: st.DataObject, tmp_path: Path) -> None:
    rows = [list(row) for row in data.draw(st.sampled_from(BASES))]
    for _ in range(data.draw(st.integers(1, 5))):
        i = data.draw(st.integers(0, len(rows) - 1))
        action = data.draw(
            st.sampled_from(["cell", "cell", "cell", "drop", "twice", "swap", "longer", "shorter"])
        )
        if action == "cell":
            rows[i][data.draw(st.integers(0, len(rows[i]) - 1))] = data.draw(JUNK)
        elif action == "drop" and len(rows) > 2:
            del rows[i]
        elif action == "twice":
            rows.insert(i, list(rows[i]))
        elif action == "swap":
            rows[i], rows[-1] = rows[-1], rows[i]
        elif action == "longer":
            rows[i].append(data.draw(JUNK))
        elif len(rows[i]) > 1:
            rows[i].pop()
    clean_damaged(rows, tmp_path)


# Tables that damage once made lose a row: they are cleaned in every run.
FOUND = {
    "a second province made its row the head of the rows below": [
        ["Tỉnh", "Kỳ", "Chỉ tiêu"],
        ["Hà Nội", "Q1/2022", PRO_VI, "27,5%"],
        ["Lào Cai", "2022", "Hà Nội"],
        ["Sơn La", "T9/2022", SVC_VI, "31%"],
        ["Sơn La", "T8/2022", SVC_VI, "30%"],
    ],
    "the nation and a year stood in the header": [
        ["", "Tổng cộng", "28", "3030"],
        ["Cả nước", "2022", SUB_VI + " (%)", "Tổng số hồ sơ"],
        ["1", "Hà Nội", "27,5", "1000"],
        ["2", "Thái Nguyên", "28,5", "2000"],
        ["3", "Yên Bái", "x", "30"],
        ["Năm 2022"],
    ],
    "provinces stood across, and the row that names them held a figure": [
        ["Sơn La", "T8/2022", SVC_VI, "30%"],
        ["Sơn La", "Cả nước", "Hà Nội", "31%"],
        ["Lào Cai", "2022", PRO_VI, "9%"],
    ],
    "two rows were left of a table": [
        ["Sơn La", "T8/2022", SVC_VI, "30%"],
        ["Sơn La", "Cả nước", "Hà Nội", "31%"],
    ],
}


@pytest.mark.parametrize("rows", FOUND.values(), ids=FOUND.keys())
def test_no_row_that_was_ever_lost_is_lost_again(rows: list[list[str]], tmp_path: Path) -> None:
    clean_damaged(rows, tmp_path)


def clean_damaged(rows: list[list[str]], folder: Path) -> None:
    """Clean a table and check that it takes no time and loses no row."""
    path = folder / "damaged.csv"
    path.write_bytes(workbooks.csv([[cell.replace("\0", "") for cell in row] for row in rows], ";"))
    start = time.perf_counter()
    outcome = clean_file(path)
    assert time.perf_counter() - start < 10
    assert_conserved(path, outcome)


def assert_conserved(path: Path, outcome: Any) -> None:
    """Check that every row with a province and a figure is an observation or in the quarantine."""
    if not outcome.rows_read:
        assert outcome.problems
        return
    places = outcome.cleaned.observations["raw_location"]
    # A table that was turned round is read by columns, so its figures have addresses of cells, not of lines.
    covered = {parse_address(p.split("!")[-1])[0] if "!" in p else int(p.split(":")[-1]) for p in places}
    for cell in outcome.cleaned.quarantine["cell"]:
        first, last = (parse_address(part)[0] for part in (cell.split(":") * 2)[:2])
        covered.update(range(first, last + 1))
    (sheet,) = read_sheets(path, "x")
    for number, row in zip(sheet.numbers, sheet.rows, strict=True):
        named = any(read_place(text).kind == PLACE and not re.fullmatch(r"[\d. ]*", text) for text in row)
        figures = sum(is_number_like(text) for text in row)
        others = sum(bool(text.strip()) for text in row)
        if named and figures and others >= 2:
            assert number in covered, (number, row, outcome.problems)


EXHIBITS = [exhibit for exhibit in exhibits() if len(exhibit.content) < 60_000]


@settings(RELAXED, max_examples=800)
@given(data=st.data())
def test_damaged_bytes_are_read_or_refused(data: st.DataObject, tmp_path: Path) -> None:
    exhibit = data.draw(st.sampled_from(EXHIBITS))
    content = bytearray(exhibit.content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(len(content) - 1, 0)))
        action = data.draw(st.sampled_from(["flip", "cut", "insert", "zero"]))
        if action == "flip" and content:
            content[at] ^= data.draw(st.integers(1, 255))
        elif action == "cut":
            del content[at : at + data.draw(st.integers(1, 400))]
        elif action == "insert":
            content[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        else:
            content[at : at + 30] = b"\0" * len(content[at : at + 30])
    path = tmp_path / exhibit.file
    path.write_bytes(bytes(content))
    start = time.perf_counter()
    outcome = clean_file(path)
    assert time.perf_counter() - start < 10
    assert outcome.problems or len(outcome.cleaned.observations) or len(outcome.cleaned.quarantine)


@pytest.mark.parametrize("rows", BASES)
def test_the_undamaged_bases_are_understood(rows: list[list[str]], tmp_path: Path) -> None:
    path = tmp_path / "base.csv"
    path.write_bytes(workbooks.csv(rows, ";"))
    outcome = clean_file(path)
    assert not outcome.problems and len(outcome.cleaned.observations) >= 4
    assert_conserved(path, outcome)

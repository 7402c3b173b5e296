"""Any panel, written in any layout, encoding, number and period style, comes back equal; damage loses nothing."""

import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import workbooks
from gallery import exhibits
from gallery.exhibit import PRO_VI, SUB_VI, SVC_VI
from hypothesis import given, settings
from hypothesis import strategies as st
from written_panels import RELAXED, Panel, panels, put

from analysis.cleaning.files import clean_file
from analysis.cleaning.readers.addresses import parse_address
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.opening import read_sheets
from analysis.cleaning.words.places import PLACE, read_place

# The same examples in every run; to look for new faults there are many more, drawn at random.
EXAMPLES = 500 if os.environ.get("DVCTT_RANDOM_TESTS") else 100


@settings(RELAXED, max_examples=EXAMPLES)
@given(panel=panels())
def test_a_panel_comes_back_equal(panel: Panel, tmp_path: Path) -> None:
    outcome = clean_file(put(panel.style, panel.rows, tmp_path))
    assert not outcome.problems
    columns = ["province_code", "indicator", "period_end", "frequency", "value"]
    found = outcome.cleaned.observations[columns].round(6).itertuples(index=False, name=None)
    assert Counter(found) == panel.figures
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


@settings(RELAXED, max_examples=4 * EXAMPLES)
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


@settings(RELAXED, max_examples=3 * EXAMPLES)
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

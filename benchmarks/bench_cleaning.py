"""Cleaning against reading: a whole clean of a file beside what a peer takes only to read it.

The files are made up for speed only. A ratio above 1 says that cleaning takes less than the peer's bare reading;
for text the aim is at least a third of the peer's rate. Both sides run in turn, so that a machine that grows busier
weighs on both.

Memory is linear in the size of a text: cleaning the barest table (province, period, value) takes 74 MiB above the
bare interpreter for 6 MiB of text, 142 for 12, 261 for 25 and 546 for 49, 11 bytes a byte; all that `dvctt clean`
does with it takes 14 bytes a byte.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from analysis.cleaning.command import clean_into
from analysis.cleaning.files import clean_file
from analysis.cleaning.shapes import OBSERVATION_COLUMNS
from analysis.reference.provinces import provinces
from benchmarks.side_by_side import Row, in_turn, show

ROWS_WORKBOOK, ROWS_TEXT, REPEATS = 30_000, 1_000_000, 5


def bench_workbook() -> Row:
    """Clean a workbook of 30,000 x 12 cells; the peer only reads it, the quickest way it has."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.xlsx"
        _write_workbook(path)
        assert len(clean_file(path).cleaned.observations) == ROWS_WORKBOOK * 11

        def peer() -> None:
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            assert sum(1 for _ in book.worksheets[0].iter_rows(values_only=True)) == ROWS_WORKBOOK + 2
            book.close()

        row = in_turn("clean a workbook of 30,000 x 12", lambda: clean_file(path), "openpyxl", peer, 3)
        return row.with_note(
            f"read-only, it only reads; ours / peer {row.ours_s / (row.peer_s or 1):.2f}, aim at most 1.5"
        )


def bench_text() -> Row:
    """Clean a long CSV of a million rows and nine columns; the peer only reads it."""
    return _beside_reading("clean a CSV of 1,000,000 x 9", _write_text)


def bench_bare_text() -> Row:
    """Clean the barest CSV of a million rows: province, period, value; the peer only reads it."""
    return _beside_reading("clean a bare CSV of 1,000,000 x 3", _write_bare_text)


def _beside_reading(name: str, write: Callable[[Path], None]) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        write(path)
        assert len(clean_file(path).cleaned.observations) == ROWS_TEXT
        row = in_turn(name, lambda: clean_file(path), "pandas", lambda: pd.read_csv(path, dtype=str), REPEATS)
        return row.with_note(
            f"read_csv(dtype=str) only reads; ours / peer {row.ours_s / (row.peer_s or 1):.2f}"
        )


def bench_command() -> Row:
    """Clean the barest CSV into a folder, reports and all; the peer reads it and writes the same observations."""
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "bare.csv", Path(folder) / "out"
        _write_bare_text(path)
        observations = clean_file(path).cleaned.observations
        assert tuple(observations.columns) == OBSERVATION_COLUMNS

        def peer() -> None:
            pd.read_csv(path, dtype=str)
            observations.to_csv(Path(folder) / "peer.csv", index=False)

        return in_turn(
            "dvctt clean, a bare CSV of 1,000,000 x 3",
            lambda: clean_into([path], out, None, None, lambda _: None),
            "pandas",
            peer,
            3,
        ).with_note("the peer reads the CSV and writes our observations; no quarantine, no reports")


def run() -> list[Row]:
    """Run every benchmark of this module."""
    return [bench_workbook(), bench_text(), bench_bare_text(), bench_command()]


def _write_bare_text(path: Path) -> None:
    draw = np.random.default_rng(1)
    names = np.array([province.name_vi for province in provinces()])
    months = np.array([f"{year}-{month:02d}" for year in range(2015, 2025) for month in range(1, 13)])
    pd.DataFrame(
        {
            "Tỉnh": names[draw.integers(0, len(names), ROWS_TEXT)],
            "Kỳ": months[draw.integers(0, len(months), ROWS_TEXT)],
            "Tỷ lệ hồ sơ xử lý trực tuyến (%)": [
                f"{value:.2f}" for value in draw.integers(101, 10_000, ROWS_TEXT) / 100
            ],
        }
    ).to_csv(path, index=False)


def _write_workbook(path: Path) -> None:
    names = [province.name_vi for province in provinces()]
    values = np.random.default_rng(1).integers(100, 10_000, (ROWS_WORKBOOK, 11)) / 100
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("2022")
    sheet.append(["Tỷ lệ hồ sơ xử lý trực tuyến năm 2022 (%)"])
    sheet.append(["Tỉnh", *[f"Tháng {month}/2022" for month in range(1, 12)]])
    for i, row in enumerate(values.tolist()):
        sheet.append([names[i % 63], *row])
    book.save(path)


def _write_text(path: Path) -> None:
    draw = np.random.default_rng(1)
    n = ROWS_TEXT
    place = draw.integers(0, 63, n)
    names, regions, codes = (
        np.array([getattr(province, field) for province in provinces()])[place]
        for field in ("name_vi", "region_vi", "code")
    )
    pd.DataFrame(
        {
            "Mã tỉnh": codes,
            "Tỉnh": names,
            "Vùng": regions,
            "Năm": draw.integers(2015, 2025, n),
            "Tháng": draw.integers(1, 13, n),
            "Tỷ lệ hồ sơ xử lý trực tuyến (%)": [
                f"{value:.2f}" for value in draw.integers(101, 10_000, n) / 100
            ],
            "Đơn vị tính": "%",
            "Nguồn": "Cổng Dịch vụ công quốc gia",
            "Ghi chú": draw.choice(np.array(["", "số liệu sơ bộ"]), n),
        }
    ).to_csv(path, index=False)


if __name__ == "__main__":
    show(run())

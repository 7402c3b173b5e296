"""Cleaning against reading: a whole clean of a file beside what a peer takes only to read it.

Each function returns name, ours_s, peer, peer_version, peer_s, ratio. The files are made up for speed only.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from analysis.cleaning.files import clean_file
from analysis.reference.provinces import provinces

ROWS_WORKBOOK, ROWS_TEXT, REPEATS = 30_000, 1_000_000, 3


def bench_workbook() -> dict[str, Any]:
    """Clean a workbook of 30,000 x 12 cells; the peer only reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big.xlsx"
        _write_workbook(path)
        assert len(clean_file(path).cleaned.observations) == ROWS_WORKBOOK * 11
        return _compare(
            "clean a workbook of 30,000 x 12",
            lambda: clean_file(path),
            f"pandas.read_excel (openpyxl {openpyxl.__version__})",
            lambda: pd.read_excel(path, engine="openpyxl"),
        )


def bench_text() -> dict[str, Any]:
    """Clean a long CSV of a million rows and nine columns; the peer only reads it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.csv"
        _write_text(path)
        assert len(clean_file(path).cleaned.observations) == ROWS_TEXT
        return _compare(
            "clean a CSV of 1,000,000 x 9",
            lambda: clean_file(path),
            "pandas.read_csv(dtype=str)",
            lambda: pd.read_csv(path, dtype=str),
        )


def _compare(
    name: str, ours: Callable[[], object], peer: str, theirs: Callable[[], object]
) -> dict[str, Any]:
    """Time both side by side, alternating, and keep the best of each."""
    times = [(_seconds(ours), _seconds(theirs)) for _ in range(REPEATS)]
    ours_s, peer_s = (min(column) for column in zip(*times, strict=True))
    return {
        "name": name,
        "ours_s": round(ours_s, 3),
        "peer": peer,
        "peer_version": pd.__version__,
        "peer_s": round(peer_s, 3),
        "ratio": round(ours_s / peer_s, 2),
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


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
    for bench in (bench_workbook, bench_text):
        print(bench())

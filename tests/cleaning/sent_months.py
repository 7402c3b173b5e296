"""A made-up panel as a ministry sends it, one table a month, and the ways in which such a table goes wrong."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import workbooks

from analysis.reference.provinces import provinces, successors

HEADS = [
    "Tổng số DVCTT",
    "Số DVCTT phát sinh hồ sơ",
    "Tỷ lệ DVCTT phát sinh hồ sơ (%)",
    "Tổng số hồ sơ tiếp nhận",
    "Số hồ sơ trực tuyến",
    "Tỷ lệ hồ sơ xử lý trực tuyến (%)",
]
COUNTS, SHARES = (0, 1, 3, 4), (2, 5)
Table = list[list[float]]
Months = dict[str, Table]
Fault = Callable[[Table], Table]


def names(frame: str = "63") -> list[str]:
    """Return the provinces of a map in the order of the tables."""
    return sorted(successors().values() if frame == "34" else (one.name_vi for one in provinces()))


def panel(first: str = "2021-01", months: int = 8, frame: str = "63", seed: int = 1) -> Months:
    """Return, by month, one row a province: services, those with dossiers, share; dossiers, online, share."""
    rng = np.random.default_rng(seed)
    n = len(names(frame))
    levels = {block: rng.normal(0, 0.5, n) for block in "sd"}
    sizes = {"s": rng.integers(900, 1900, n), "d": (12_000 * np.exp(rng.normal(0, 0.7, n))).astype(int)}
    found: Months = {}
    year, month = map(int, first.split("-"))
    for t in range(months):
        columns: list[np.ndarray] = []
        for block, start in (("s", -1.8), ("d", -1.2)):
            odds = start + 0.08 * t + levels[block] + rng.normal(0, 0.07, n)
            noise = 0.05 if block == "d" else 0.0
            whole = (sizes[block] * (1 + 0.004 * t) * np.exp(rng.normal(0, noise, n))).astype(int)
            part = rng.binomial(whole, 1 / (1 + np.exp(-odds)))
            columns += [whole, part, np.round(100 * part / whole, 2)]
        found[f"{year + (month + t - 1) // 12}-{(month + t - 1) % 12 + 1:02d}"] = np.transpose(
            columns
        ).tolist()
    return found


def write(
    folder: Path, months: Months, *, kind: str = "xlsx", columns: tuple[int, ...] = (), frame: str = "63"
) -> list[Path]:
    """Write one file a month and return them in order."""
    return [write_month(folder, month, rows, kind, columns, frame) for month, rows in months.items()]


def write_month(
    folder: Path,
    month: str,
    rows: Table,
    kind: str = "xlsx",
    columns: tuple[int, ...] = (),
    frame: str = "63",
    *,
    total: bool = False,
) -> Path:
    """Write one month's table; `columns` are those it has, all six unless given; `total`: with a row of sums."""
    path = folder / f"bao-cao-{month}.{kind}"
    path.write_bytes(_file(month, tuple(map(tuple, rows)), kind, columns or tuple(range(6)), frame, total))
    return path


@cache
def _file(
    month: str,
    rows: tuple[tuple[float, ...], ...],
    kind: str,
    used: tuple[int, ...],
    frame: str,
    total: bool,
) -> bytes:
    title = f"Kết quả cung cấp dịch vụ công trực tuyến tháng {int(month[5:])}/{month[:4]}"
    body = [[name, *(_cell(row[j], j) for j in used)] for name, row in zip(names(frame), rows, strict=True)]
    if total:
        sums = [sum(row[j] for row in rows) for j in range(6)]
        sums[2], sums[5] = round(100 * sums[1] / sums[0], 2), round(100 * sums[4] / sums[3], 2)
        body.append(["Tổng cộng", *(_cell(sums[j], j) for j in used)])
    table = [[title], ["Tỉnh, thành phố", *(HEADS[j] for j in used)], *body]
    return workbooks.xlsx(table) if kind == "xlsx" else _csv(table)


def _cell(value: float, column: int) -> float:
    return value if column in SHARES else int(value)


def _csv(table: list[list[object]]) -> bytes:
    text = io.StringIO()
    for row in table:
        cells = [str(cell).replace(".", ",") if isinstance(cell, float) else str(cell) for cell in row]
        text.write(";".join([*cells, *[""] * (len(table[1]) - len(cells))]) + "\n")
    return text.getvalue().encode("utf-8-sig")


def shifted(rows: Table, step: int = 1, first: int = 0, last: int | None = None) -> Table:
    """Return figures that slipped by rows below the names, in all rows or some."""
    part = rows[first:last]
    return [*rows[:first], *part[-step:], *part[:-step], *rows[len(rows) if last is None else last :]]


def swapped(rows: Table, first: int = 0) -> Table:
    """Return figures whose two blocks stand in each other's place."""
    return [*rows[:first], *([*row[3:], *row[:3]] for row in rows[first:])]


def scaled(rows: Table, factor: float, first: int = 0, columns: tuple[int, ...] = SHARES) -> Table:
    """Return figures with some columns multiplied."""
    own = [[round(v * factor, 4) if j in columns else v for j, v in enumerate(row)] for row in rows[first:]]
    return [*rows[:first], *own]

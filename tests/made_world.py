"""A made-up project folder with known truth: provinces by month with counts, decisions that start one after another.

Everything here is simulated and says so in the publisher, the title and the file's name; it never stands beside real
figures: the folder holds nothing else. It tests the way from raw files to notebooks and briefs.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.periods import periods_between, shift
from analysis.project import find_root
from analysis.reference.provinces import provinces, successors

PUBLISHER = "Made-up panel of the tests"
CITATION = "Made-up decisions of the tests"
ACCESSED = "2026-11-01"
HEADS = {
    "services": ("Tổng số DVCTT", "Số DVCTT phát sinh hồ sơ", "Tỷ lệ DVCTT phát sinh hồ sơ (%)"),
    "dossiers": ("Tổng số hồ sơ tiếp nhận", "Số hồ sơ trực tuyến", "Tỷ lệ hồ sơ xử lý trực tuyến (%)"),
}
INDICATORS = {
    "services": "share_services_with_online_dossiers",
    "dossiers": "share_dossiers_processed_online",
}
# Province: months from the panel's first to the start, target on services, target on dossiers, both in percent.
DECISIONS = {
    "63": {"19": (9, 60, 50), "15": (10, 80, 60), "77": (12, 80, 60), "20": (8, 60, 50), "04": (10, 50, 40),
           "92": (8, 80, 60), "14": (11, 50, 40), "83": (12, 80, 60), "45": (14, 60, 50)},
    "34": {"08": (6, 80, 60), "15": (8, 80, 60), "44": (8, 60, 50), "96": (9, 50, 40), "22": (10, 80, 60)},
}  # fmt: skip
EFFECTS = {
    80: 12.0,
    60: 8.0,
    50: 5.0,
    40: 3.0,
}  # percentage points from the first treated month on, by target


@dataclass(frozen=True)
class MadeWorld:
    """The folder and what is true in it: the mean effect over treated cells in points, by `services`, `dossiers`."""

    root: Path
    frame: str
    months: tuple[str, ...]
    starts: dict[str, str]
    truth: dict[str, float]


def make_project(
    folder: Path,
    *,
    frame: str = "63",
    seed: int = 1,
    first: str = "",
    n_months: int = 0,
    missing: tuple[tuple[str, str], ...] = (),
) -> MadeWorld:
    """Write a project folder: one table of a made-up panel, its decisions, the project's studies.

    Args:
        folder: where; made if it is not there.
        frame: the map, "63" or "34".
        seed: of the draws.
        first: the first month; by default 2021-07, on the map of 34 the month of the merger.
        n_months: months of the panel; by default 18, on the map of 34 as many as there can be: 16.
        missing: pairs of province code and month without a figure.
    """
    first = first or ("2021-07" if frame == "63" else "2025-07")
    n_months = n_months or (18 if frame == "63" else 16)
    months = tuple(periods_between(first, shift(first, n_months - 1)))
    starts = {code: shift(first, own[0]) for code, own in DECISIONS[frame].items()}
    names = {p.code: p.name_vi for p in provinces()} if frame == "63" else successors()
    cells, truth = draw_cells(names, months, frame, seed)
    rows = [
        [f"Tháng {int(month[5:])}/{month[:4]}", names[code], *cells[code, month]]
        for month in months
        for code in names
        if (code, month) not in missing
    ]
    head = ["Kỳ báo cáo", "Tỉnh, thành phố", *HEADS["services"], *HEADS["dossiers"]]
    files = [
        write_table(folder, "made-up-panel", "spreadsheet", head, rows),
        write_table(
            folder, "made-up-decisions", "target_setting", DECISION_HEAD, list_decisions(names, starts, frame)
        ),
    ]
    package = {"name": "made-up", "title": "Made-up figures of the tests", "resources": files}
    (folder / "data/raw/datapackage.json").write_text(json.dumps(package, indent=1), encoding="utf-8")
    shutil.copytree(find_root() / "studies", folder / "studies", dirs_exist_ok=True)
    return MadeWorld(folder, frame, months, starts, truth)


def draw_cells(
    names: dict[str, str], months: tuple[str, ...], frame: str, seed: int
) -> tuple[dict[tuple[str, str], list[object]], dict[str, float]]:
    """Return denominator, numerator and share of both indicators by cell, and the mean effects in points."""
    rng = np.random.default_rng(seed)
    cells: dict[tuple[str, str], list[object]] = {(code, month): [] for code in names for month in months}
    truth = {}
    for position, kind in enumerate(HEADS):
        effects = []
        for code in names:
            total = int(rng.integers(900, 1900)) if kind == "services" else int(rng.integers(8_000, 40_000))
            level, noise = rng.normal(-1.2, 0.4), rng.normal(0, 0.06, len(months))
            for number, month in enumerate(months):
                share = 1 / (1 + np.exp(-(level + 0.05 * number + noise[number])))
                start, *targets = DECISIONS[frame].get(code, (len(months), 0, 0))
                effect = EFFECTS[targets[position]] / 100 if number >= start else 0.0
                effects += [100 * effect] if effect else []
                counted = int(rng.binomial(total, min(share + effect, 0.99)))
                cells[code, month] += [total, counted, round(100 * counted / total, 2)]
        truth[kind] = float(np.mean(effects))
    return cells, truth


DECISION_HEAD = [
    "province_code", "province", "decision_or_announcement", "date_known", "date_precision", "indicator",
    "target_value", "deadline", "scope", "source",
]  # fmt: skip


def list_decisions(names: dict[str, str], starts: dict[str, str], frame: str) -> list[list[object]]:
    """Return two lines a decision, one an indicator: on the fifth of the first treated month, until the year's end."""
    # The table's codes are those of the 63; after the merger they stand for the unit that bears the name.
    codes = {p.name_vi: p.code for p in provinces()}
    return [
        [
            codes[names[code]], names[code], f"{100 + number}/QĐ-UBND", f"{starts[code]}-05", "day", INDICATORS[kind],
            f">={target}", f"{starts[code][:4]}-12-31", "các sở, ban, ngành; UBND cấp xã", CITATION,
        ]
        for number, (code, (_, *targets)) in enumerate(DECISIONS[frame].items())
        for kind, target in zip(HEADS, targets, strict=True)
    ]  # fmt: skip


def write_table(
    folder: Path, name: str, reader: str, head: list[str], rows: list[list[object]]
) -> dict[str, object]:
    """Write a table below `data/raw` and return its description."""
    place = Path(name) / ACCESSED / f"{name}.csv"
    path = folder / "data/raw" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])
    content = path.read_bytes()
    return {
        "name": name,
        "path": str(place),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
        "reader": reader,
        "title": PUBLISHER,
        "publisher": PUBLISHER,
        "published": "",
        "accessed": ACCESSED,
        "licenses": [{"name": "none", "title": "simulated"}],
        "sources": [{"title": PUBLISHER}],
    }

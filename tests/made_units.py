"""A made-up province: 19 departments, 9 districts, 180 communes by month, targets of 60 and 50 %, exempt units.

Everything in it is simulated and says so in publisher, title and file name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.cleaning.describing import Description, add_file

PUBLISHER = "Made-up units of the tests"
PROVINCE, CODE = "Bà Rịa - Vũng Tàu", "77"
DECIDED = "5/8/2022"
# By level: name, how many, how many of them exempt, target, effect in points.
LEVELS = {
    "department": ("Sở {}", 19, 5, 60, 8.0),
    "district": ("Huyện {}", 9, 3, 50, 5.0),
    "commune": ("Xã {}", 180, 60, 50, 5.0),
}
FIGURES = """
[units]
province = "Bà Rịa - Vũng Tàu"
unit_column = "Đơn vị"
period_column = "Tháng"
[units.figures]
"Tỷ lệ hồ sơ xử lý trực tuyến (%)" = "share_dossiers_processed_online"
"""
TARGETS = f"""
[units]
province = "Bà Rịa - Vũng Tàu"
unit_column = "Đơn vị"
announced = "{DECIDED}"
document = "1/QĐ-UBND"
[units.targets]
"Chỉ tiêu" = "share_dossiers_processed_online"
"""
STUDY = """
question_vi = "Đơn vị được giao chỉ tiêu có tỷ lệ hồ sơ xử lý trực tuyến cao hơn không?"
question_en = "Do units that were given a target process more of their dossiers online?"
outcome = "share_dossiers_processed_online"
frequency = "M"
units = "Bà Rịa - Vũng Tàu"
draws = 199
breaks = "step"
"""


@dataclass(frozen=True)
class MadeUnits:
    """The folder, the mean effect in points, and which units have which target (0: exempt)."""

    root: Path
    truth: float
    target_of: dict[str, int]


def make_units(folder: Path, *, seed: int = 1, scale: float = 1.0) -> MadeUnits:
    """Write the project; `scale` multiplies the effects."""
    noise = np.random.default_rng(seed)
    months = [f"{m}/{year}" for year in (2021, 2022) for m in range(1, 13)]
    first = months.index("8/2022")
    target_of: dict[str, int] = {}
    rows, effects = [], []
    for name, count, exempt, target, effect in LEVELS.values():
        for k in range(count):
            unit = name.format(f"A{k}")
            target_of[unit] = target if k >= exempt else 0
            level, moves = noise.normal(32, 6), noise.normal(0, 1.5, len(months))
            for t, month in enumerate(months):
                added = effect * scale if target_of[unit] and t >= first else 0.0
                effects += [added] if target_of[unit] and t >= first else []
                rows.append(f"{unit},{month},{np.clip(level + 0.4 * t + moves[t] + added, 0, 100):.2f}")
    package = folder / "data" / "raw" / "datapackage.json"
    package.parent.mkdir(parents=True)
    package.write_text(json.dumps({"resources": []}), "utf-8")
    given = [f"{unit},{target or ''}" for unit, target in target_of.items()]
    for place, head, lines, layout in (
        ("made-up-figures.csv", "Đơn vị,Tháng,Tỷ lệ hồ sơ xử lý trực tuyến (%)", rows, FIGURES),
        ("made-up-targets.csv", "Đơn vị,Chỉ tiêu", given, TARGETS),
    ):
        (folder / place).write_text("\n".join([head, *lines, ""]), "utf-8")
        (folder / f"{place}.toml").write_text(layout, "utf-8")
        described = Description(PUBLISHER, f"Simulated: {place}", accessed="2026-11-01")
        add_file(folder, folder / place, described, folder / f"{place}.toml")
    (folder / "studies").mkdir()
    (folder / "studies" / "agencies.toml").write_text(STUDY, "utf-8")
    return MadeUnits(folder, float(np.mean(effects)), target_of)

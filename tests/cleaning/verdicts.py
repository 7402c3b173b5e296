"""What cleaning made of a random table, against its truth: figures read, held, wrong or lost, remarks lost."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter, range_boundaries
from random_tables import Key, RandomTable

from analysis.cleaning.files import FileOutcome


@dataclass
class Verdict:
    """What came of a table: `wrong` and `lost` say what and where."""

    read: int = 0
    held: int = 0
    wrong: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)


def judge(table: RandomTable, outcome: FileOutcome) -> Verdict:
    """Compare what was read with the truth: no figure may be wrong, each is read or told of in the quarantine."""
    verdict = Verdict()
    truth: dict[Key, set[float | None]] = {}
    for key, value in table.figures.values():
        truth.setdefault(key, set()).add(value)
    for key, value in table.also.items():
        truth.setdefault(key, set()).add(value)
    seen: Counter[Key] = Counter()
    columns = [
        "province_code",
        "province_frame",
        "indicator",
        "period_start",
        "period_end",
        "value",
        "qualifier",
        "raw_location",
    ]
    for *parts, value, qualifier, where in outcome.cleaned.observations[columns].itertuples(
        index=False, name=None
    ):
        key = (str(parts[0]), str(parts[1]), str(parts[2]), f"{parts[3]}/{parts[4]}")
        seen[key] += 1
        if not _agrees(value, str(qualifier), truth.get(key, set())):
            verdict.wrong.append(f"{where}: {key} = {value:g} ({qualifier}), truth {truth.get(key)}")
    held = _cells_held(outcome)
    for (i, j), (key, value) in table.figures.items():
        if seen[key]:
            seen[key] -= 1
            verdict.read += 1
        elif _is_held(held, i, j):
            verdict.held += 1
        else:
            verdict.lost.append(f"{get_column_letter(j + 1)}{i + 1}: {key} = {value}")
    for (i, j), value in table.counted.items():
        if not _is_held(held, i, j) and not _told(outcome, i):
            verdict.lost.append(f"{get_column_letter(j + 1)}{i + 1}: a sum or a unit's {value}")
    notes = " ".join(outcome.cleaned.observations["note"]) + " ".join(map(str, outcome.notices))
    for i, text in table.remarks.items():
        if text not in notes and not any(top <= i + 1 <= bottom for _, top, _, bottom in held):
            verdict.unsaid.append(f"row {i + 1}: {text}")
    return verdict


def _agrees(value: float, qualifier: str, truth: set[float | None]) -> bool:
    """Tell whether a value is one of the truth's, but for rounding; words are right with a qualifier of their own."""
    return any(
        qualifier != "exact" if known is None else abs(value - known) <= 1e-6 * max(1, abs(known))
        for known in truth
    )


def _cells_held(outcome: FileOutcome) -> list[tuple[int, int, int, int]]:
    """Return the ranges that the quarantine names, as left, top, right, bottom."""
    cells = outcome.cleaned.quarantine["cell"]
    return [range_boundaries(cell) for cell in cells if re.fullmatch(r"[A-Z]+\d+(:[A-Z]+\d+)?", cell)]


def _is_held(held: list[tuple[int, int, int, int]], i: int, j: int) -> bool:
    """Tell whether the quarantine names a cell, or its row by a cell at the left, where names and numbers stand."""
    return any(
        top <= i + 1 <= bottom and (left <= j + 1 <= right or (left <= 2 and top == bottom))
        for left, top, right, bottom in held
    )


def _told(outcome: FileOutcome, i: int) -> bool:
    """Tell whether a row that is a sum was checked against its parts or read."""
    return any(
        re.search(rf"[:!A-Z]{i + 1}$", str(where)) for where in outcome.cleaned.observations["raw_location"]
    )

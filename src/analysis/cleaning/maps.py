"""The two maps of provinces: 63 units before 1 July 2025, 34 since, with codes that are used twice."""

from __future__ import annotations

import datetime as dt

from analysis.reference.provinces import NATION, by_code

MERGER = dt.date(2025, 7, 1)


def frame_of(end: dt.date) -> str:
    """Return the map in force on the last day of a period: "63" or "34"."""
    return "34" if end >= MERGER else "63"


def place_on_map(code: str, end: dt.date) -> tuple[str, str, str]:
    """Return the code on the map of a day, that map, and a note when the code of the 63 had to be replaced.

    `code` is one of the 63-unit map or VN; since the merger it stands for the unit that bears the name now.
    """
    frame = frame_of(end)
    if frame == "63" or code == NATION:
        return code, frame, ""
    province = by_code()[code]
    if province.successor_code == code and province.successor_vi == province.name_vi:
        return code, frame, ""
    old, new = (
        f"{province.name_vi} ({code} of 63)",
        f"{province.successor_vi} ({province.successor_code} of 34)",
    )
    note = f"after the merger of 1 July 2025: {old} is {new}"
    return province.successor_code, frame, note

"""PAPI dimension 8, the survey's one complete panel of provinces, as a table of year by province."""

from __future__ import annotations

import re

import pandas as pd

from analysis.cleaning.maps import frame_of
from analysis.cleaning.messages import Message, message
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.words.period_forms import last_day
from analysis.reference.indicators import Indicator
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import by_code as provinces

COLUMNS = {
    "d81_portal_access": "papi_d81_portal_access",
    "d82_internet_access": "papi_d82_internet_access",
    "d83_e_responsiveness": "papi_d83_e_responsiveness",
}


def clean_papi_dimension8(scores: pd.DataFrame, file: str, source: dict[str, str]) -> Cleaned:
    """Turn yearly scores into observations; cells that PAPI did not publish are listed, never filled.

    `scores` holds text; its index is the line of each row in `file`. Scores run from 1/3 to 10/3.
    """
    intake = Intake(sources={source["source_id"]: source})
    for line, row in scores.iterrows():
        cells = {str(key): str(value) for key, value in row.items()}
        for position, (column, indicator) in enumerate(COLUMNS.items()):
            cell = f"{'DEF'[position]}{line}"
            if cells["province_code"] not in provinces():
                said = message("province_unknown", code=cells["province_code"])
                intake.refuse(file, cell, cells[column], said)
            elif not cells[column]:
                intake.refuse(file, cell, "", _gap(cells, indicator))
            elif refusal := _unreadable(cells, column, indicator):
                intake.refuse(file, cell, cells[column], refusal)
            else:
                placed = {"source_id": source["source_id"], "raw_location": f"{file}:{line}"}
                score = yearly_score(
                    cells["province_code"],
                    int(cells["year"]),
                    codebook()[indicator],
                    float(cells[column]),
                )
                intake.observations.append(score | placed)
    return intake.finish()


def _unreadable(cells: dict[str, str], column: str, indicator: str) -> Message | None:
    """Return what is said of a score or year that cannot be read, else None."""
    name, line = f"{cells['province']} {cells['year']}, {indicator}", codebook()[indicator]
    if not re.fullmatch(r"(19|20)\d\d", cells["year"]):
        return message("date_unreadable.year", name=name, text=cells["year"])
    if not re.fullmatch(r"\d+(\.\d+)?", cells[column]):
        return message("number_unreadable.score", name=name, text=cells[column])
    score = float(cells[column])
    if not (line.lower or 0) <= score <= (line.upper or score):
        return message("out_of_range.papi", name=name, value=score, lower=line.lower, upper=line.upper)
    return None


def _gap(cells: dict[str, str], indicator: str) -> Message:
    return message("not_published", province=cells["province"], year=cells["year"], indicator=indicator)


def yearly_score(province_code: str, year: int, line: Indicator, value: float) -> dict[str, object]:
    """Return the observation of a province's score of a year, with what the codebook says of its breaks and jumps."""
    notes = [f"not comparable with years from {day.year}" for day in line.breaks if year < day.year]
    notes += [f"unexplained jump from {day.year}" for day in line.flags if year >= day.year]
    return {
        "province_code": province_code,
        "province_frame": frame_of(last_day(year, 12)),
        "indicator": line.code,
        "period_start": f"{year}-01-01",
        "period_end": f"{year}-12-31",
        "frequency": "A",
        "value": value,
        "unit": line.unit,
        "qualifier": "exact",
        "note": "; ".join(notes),
    }

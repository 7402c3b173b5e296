"""PAPI's own yearly workbooks, 2011 to now: scores as published, with intervals and standard errors.

Until 2017 provinces stand in rows, the yearly scores on a sheet “… Bảng tổng hợp kết quả”; since 2018 indicators
stand in rows of a sheet “<year>_VIE_ENG” and provinces in columns, from about 2020 with several rows an
indicator (unweighted, weighted, interval, standard error). A score of 0 on a scale from 1 means missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.messages import message
from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.words.places import PLACE, Place, read_place
from analysis.reference.indicators import by_code as codebook
from analysis.reference.papi import papi_code
from analysis.reference.spelling import fold_text

_WIDE = re.compile(r"(20\d\d)\s*_?\s*vie\s*_?\s*eng", re.IGNORECASE)
_TALL = re.compile(r"papi.*bang tong hop|diem thanh phan|bang tong hop ket qua")
_KINDS = (
    (re.compile(r"unweighted|khong trong so|chua trong so|khong co trong so"), ""),
    (re.compile(r"weighted|co trong so|trong so"), "_weighted"),
    (re.compile(r"(95|90|99).*(lower|low|can duoi|thap)"), "_ci_low"),
    (re.compile(r"(95|90|99).*(upper|high|can tren|cao)"), "_ci_high"),
    (re.compile(r"\bci\b|confidence|khoang tin cay|95"), "_ci"),
    (re.compile(r"standard error|std err|sai so chuan|\bse\b"), "_std_error"),
)
_SCALE = re.compile(r"[\d.,]+\s*(?:[-–—]|đến|to)\s*[\d.,]+|[\d.,%]+")
_YEAR = re.compile(r"(?<!\d)(20[12]\d)(?!\d)")


@dataclass(frozen=True)
class _Line:
    """One row, or one column, of scores: which indicator, which statistic, which year."""

    index: int
    code: str
    suffix: str
    year: int


def is_papi_workbook(sheets: list[Sheet]) -> bool:
    """Tell whether sheets are those of a PAPI workbook."""
    return any(_WIDE.search(sheet.name) or _TALL.search(fold_text(sheet.name)) for sheet in sheets)


def clean_papi_workbook(sheets: list[Sheet], name: str, file: str, source: dict[str, str]) -> Cleaned:
    """Return the scores of a workbook; the year is that of the file's name, tabs are known to be wrong.

    Rows of finer indicators than the codebook has are listed in the quarantine, one line each.
    """
    intake = Intake(sources={source["source_id"]: source})
    found = _YEAR.search(name)
    for sheet in sheets:
        if _WIDE.search(sheet.name):
            tab = _WIDE.search(sheet.name)
            year = int(found[1]) if found else int(tab[1]) if tab else 0
            _read_wide(intake, sheet, year, file, source["source_id"])
        elif _TALL.search(fold_text(sheet.name)):
            tab_year = _YEAR.search(sheet.name)
            year = int(found[1]) if found else int(tab_year[1]) if tab_year else 0
            _read_tall(intake, sheet, year, file, source["source_id"])
        else:
            _refuse_sheet(intake, sheet, file)
    return intake.finish()


def _read_wide(intake: Intake, sheet: Sheet, year: int, file: str, source_id: str) -> None:
    """Read indicators in rows and provinces in columns."""
    head = max(range(min(len(sheet.rows), 15)), key=lambda i: _places(sheet.rows[i]))
    places = {j: read_place(text) for j, text in enumerate(sheet.rows[head])}
    columns = {j: place for j, place in places.items() if place.kind == PLACE and place.code_63}
    first = min(columns, default=0)
    code, lines = "", []
    for i in range(head + 1, len(sheet.rows)):
        labels = [text for text in sheet.rows[i][:first] if text]
        if not any(sheet.text(i, j) for j in columns):
            code = papi_code(" ".join(labels)) or code if labels else code
            continue
        own = [text for text in labels if _suffix(text) is None and not _SCALE.fullmatch(text.strip())]
        code = papi_code(" ".join(own)) if own else code
        suffix = _suffix(" ".join(text for text in labels if text not in own))
        if not code:
            intake.refuse(file, sheet.address(i, 0), " / ".join(labels)[:120], _UNKNOWN, sheet.name)
            continue
        years = _YEAR.findall(" ".join(labels))
        lines.append(_Line(i, code, suffix or "", int(years[-1]) if years else year))
    for line in lines:
        texts = [
            (j, place, sheet.text(line.index, j), sheet.kind(line.index, j)) for j, place in columns.items()
        ]
        _take(intake, sheet, line, [(line.index, *cell) for cell in texts], file, source_id)


_UNKNOWN = message("indicator_unknown.papi")


def _read_tall(intake: Intake, sheet: Sheet, year: int, file: str, source_id: str) -> None:
    """Read provinces in rows and indicators in columns."""
    width = min(sheet.width, 6)
    names = max(
        range(max(width, 1)), key=lambda j: _places([row[j] if j < len(row) else "" for row in sheet.rows])
    )
    rows = {i: read_place(sheet.text(i, names)) for i in range(len(sheet.rows))}
    provinces = {i: place for i, place in rows.items() if place.kind == PLACE and place.code_63}
    first = min(provinces, default=0)
    for j in range(names + 1, sheet.width):
        heads = [sheet.text(i, j) for i in range(first) if sheet.text(i, j)]
        code = next((code for text in reversed(heads) if (code := papi_code(text))), "")
        cells = [(i, j, place, sheet.text(i, j), sheet.kind(i, j)) for i, place in provinces.items()]
        if not any(cell[3] for cell in cells):
            continue
        if not code:
            head = " / ".join(heads)[:120]
            intake.refuse(file, sheet.address(first, j), head, _UNKNOWN, sheet.name)
            continue
        _take(intake, sheet, _Line(j, code, _suffix(" ".join(heads)) or "", year), cells, file, source_id)


def _places(texts: list[str]) -> int:
    return sum(read_place(text).kind == PLACE for text in texts)


def _suffix(label: str) -> str | None:
    """Return the statistic a row holds: the score itself, weighted, an interval, a standard error."""
    folded = fold_text(label)
    return next((suffix for pattern, suffix in _KINDS if pattern.search(folded)), None)


_Cell = tuple[int, int, Place, str, str]


def _take(intake: Intake, sheet: Sheet, line: _Line, cells: list[_Cell], file: str, source_id: str) -> None:
    """Take in the cells of one statistic of one indicator."""
    if line.suffix == "_ci":
        for suffix, part in (("_ci_low", 0), ("_ci_high", 1)):
            halves = [(i, j, place, _half(text, part), "t") for i, j, place, text, _ in cells]
            _take(intake, sheet, _Line(line.index, line.code, suffix, line.year), halves, file, source_id)
        return
    code = line.code + line.suffix
    entry = codebook()[code]
    scale = Scale("score", entry.lower, entry.upper)
    readings = read_column([cell[3] for cell in cells], "".join(cell[4] for cell in cells), scale)
    for (i, j, place, text, _), reading in zip(cells, readings, strict=True):
        address = sheet.address(i, j)
        if is_missing(text) or (re.fullmatch(r"0([.,]0+)?", text) and (entry.lower or 0) > 0):
            intake.refuse(file, address, text, message("not_published.zero"), sheet.name)
        elif reading.said:
            intake.refuse(file, address, text, reading.said, sheet.name)
        else:
            placed = {"source_id": source_id, "raw_location": f"{file}!{sheet.name}!{address}"}
            intake.observations.append(_observation(place, code, line.year, reading.value) | placed)


def _half(text: str, part: int) -> str:
    """Return one end of an interval written “1.20 - 1.40”, “(1.20; 1.40)” or “[1.20, 1.40]”."""
    numbers = re.findall(r"\d+\.\d+", text) or re.findall(r"\d+,\d+", text)
    return numbers[part] if len(numbers) == 2 else text


def _observation(place: Place, code: str, year: int, value: float) -> dict[str, object]:
    return {
        "province_code": place.code_63,
        "province_frame": "63",
        "indicator": code,
        "period_start": f"{year}-01-01",
        "period_end": f"{year}-12-31",
        "frequency": "A",
        "value": value,
        "unit": "score",
        "qualifier": "exact",
        "note": "",
    }


def _refuse_sheet(intake: Intake, sheet: Sheet, file: str) -> None:
    """List the rows of a sheet that holds no scores."""
    said = message("sheet_not_read", sheet=sheet.name)
    for i, row in enumerate(sheet.rows):
        j = next(j for j, text in enumerate(row) if text)
        intake.refuse(file, sheet.address(i, j), row[j][:120], said, sheet.name)

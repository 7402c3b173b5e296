"""Which sheets are PAPI's own, and the scores on them with indicator, year and statistic.

Three layouts are the publisher's: a workbook of several years with a sheet “<year>_PAPI” and heads in both
languages; one of a year, until 2017, with provinces in rows; since 2018 indicators in rows and provinces in columns,
later with several rows an indicator (unweighted, weighted, interval, standard error).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.papi_table import yearly_score
from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.words.indicator_names import indicator_of_cell
from analysis.cleaning.words.places import PLACE, Place, read_place
from analysis.reference.indicators import by_code as codebook
from analysis.reference.indicators import package_codebook
from analysis.reference.papi import MISNAMED, OTHER_SCALE, has_papi_name, is_numbered, papi_code
from analysis.reference.spelling import fold_text

_TAB = re.compile(r"papi|vie eng|provincialindicators|die?m thanh phan|dimension \d")
_STATISTICS = {
    "unweighted": "",
    "khong co trong so": "",
    "weighted": "_weighted",
    "co trong so": "_weighted",
    "95 ci": "_ci",
    "khoang tin cay 95": "_ci",
    "standard error": "_std_error",
    "sai so chuan": "_std_error",
}
_SCALE = re.compile(r"[\d.,%]+(?:\s*[-–—]\s*[\d.,%]+)?\s*(?:điểm|points?)?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20[12]\d)(?!\d)")
# “Không có dữ liệu”, as the workbook of 2018 writes it.
_NO_DATA = "kcdl"
# A table with a column of years is no workbook of the publisher's: its own year need not be that of the file.
_YEAR_HEADS = ("nam", "year")
# Fewer provinces are an extract that somebody made, or no table of scores.
_LEAST_PLACES, _LEAST_NAMES = 30, 2

_UNKNOWN = message("indicator_unknown.papi")
_OUTSIDE = message("row_outside")


@dataclass(frozen=True)
class _Cell:
    i: int
    j: int
    place: Place
    text: str
    kind: str


@dataclass(frozen=True)
class _Scores:
    """The scores of one sheet: where provinces stand, which year its name or file says, if its labels have numbers."""

    sheet: Sheet
    year: int
    wide: bool
    names: int
    places: dict[int, Place]
    numbered: bool


def is_papi_workbook(sheets: list[Sheet]) -> bool:
    """Tell whether a sheet is named and laid out as PAPI's sheets of scores are."""
    return any(_scores_of(sheet, "") for sheet in sheets)


def clean_papi_workbook(sheets: list[Sheet], name: str, file: str, source: dict[str, str]) -> Cleaned:
    """Return the scores of a workbook, each sheet without scores in one line of the quarantine.

    The year is that of the file's name where it names one, as tabs of yearly workbooks are known to be wrong, else
    that of the tab.
    """
    intake = Intake(sources={source["source_id"]: source})
    for sheet in sheets:
        scores = _scores_of(sheet, name)
        if scores is None or not scores.year:
            said = message("sheet_not_read", sheet=sheet.name)
            last = sheet.address(len(sheet.rows) - 1, max(sheet.width - 1, 0))
            intake.refuse(file, f"{sheet.address(0, 0)}:{last}", sheet.name, said, sheet.name)
        elif scores.wide:
            _read_wide(intake, scores, file, source["source_id"])
        else:
            _read_tall(intake, scores, file, source["source_id"])
    return intake.finish()


def _scores_of(sheet: Sheet, name: str) -> _Scores | None:
    """Return where the scores of a sheet stand, None where it is none of the publisher's."""
    if not sheet.rows or not _TAB.search(fold_text(sheet.name)):
        return None
    in_file, in_tab = (_YEAR.findall(text) for text in (name, sheet.name))
    year = int(next(iter(in_file if len(set(in_file)) == 1 else in_tab), 0))
    head = max(range(min(len(sheet.rows), 15)), key=lambda i: _count(sheet.rows[i]))
    columns = range(min(sheet.width, 6))
    names = max(columns, key=lambda j: _count(sheet.text(i, j) for i in range(len(sheet.rows))))
    across = _placed((j, sheet.text(head, j)) for j in range(sheet.width))
    down = _placed((i, sheet.text(i, names)) for i in range(len(sheet.rows)))
    wide = len(across) > len(down)
    places = across if wide else down
    first = min(places, default=0)
    labels = (
        [text for row in sheet.rows[head:] for text in row[:first]]
        if wide
        else [text for row in sheet.rows[:first] for text in row]
    )
    named = {papi_code(text) for text in labels if has_papi_name(text)} - {""}
    once = max(Counter(place.code_63 for place in places.values()).values(), default=0) == 1
    dated = any(fold_text(text) in _YEAR_HEADS for text in labels)
    if len(places) < _LEAST_PLACES or not once or dated or len(named) < _LEAST_NAMES:
        return None
    numbered = any(map(is_numbered, labels))
    return _Scores(sheet, year, wide, head if wide else names, places, numbered)


def _placed(texts: Iterable[tuple[int, str]]) -> dict[int, Place]:
    places = {index: read_place(text) for index, text in texts if text}
    return {index: place for index, place in places.items() if place.kind == PLACE and place.code_63}


def _count(texts: Iterable[str]) -> int:
    return sum(read_place(text).kind == PLACE for text in texts if text)


def _read_wide(intake: Intake, scores: _Scores, file: str, source_id: str) -> None:
    """Read indicators in rows and provinces in columns; a row without a name goes on with the one above it."""
    sheet, columns = scores.sheet, scores.places
    code = ""
    for i in range(scores.names + 1, len(sheet.rows)):
        labels = [text.strip() for text in sheet.rows[i][: min(columns)] if text.strip()]
        statistics = [text for text in labels if fold_text(text) in _STATISTICS]
        own = [text for text in labels if text not in statistics and not _SCALE.fullmatch(text)]
        code = _code(own, scores.numbered) if own else code
        cells = [_Cell(i, j, place, sheet.text(i, j), sheet.kind(i, j)) for j, place in columns.items()]
        if not any(cell.text for cell in cells):
            continue
        years = _YEAR.findall(" ".join(labels))
        year = int(years[-1]) if years else scores.year
        if said := _unfit(labels, code, year, numbered=False):
            intake.refuse(file, sheet.address(i, 0), " / ".join(labels)[:120], said, sheet.name)
            continue
        suffix = _STATISTICS[fold_text(statistics[0])] if statistics else ""
        _take(intake, sheet, code, suffix, year, cells, file, source_id)


def _read_tall(intake: Intake, scores: _Scores, file: str, source_id: str) -> None:
    """Read provinces in rows and indicators in columns; the head may be in both languages."""
    sheet, rows = scores.sheet, scores.places
    first = min(rows)
    for j in range(sheet.width):
        cells = [_Cell(i, j, place, sheet.text(i, j), sheet.kind(i, j)) for i, place in rows.items()]
        filled = [cell.text for cell in cells if cell.text]
        heads = [sheet.text(i, j).strip() for i in range(first) if sheet.text(i, j).strip()]
        if not filled or _count(filled) > len(filled) / 2 or j < scores.names:
            continue
        code = _code(heads, scores.numbered)
        if said := _unfit(heads, code, scores.year, numbered=any(map(is_numbered, heads))):
            intake.refuse(file, sheet.address(first, j), " / ".join(heads)[:120], said, sheet.name)
        else:
            _take(intake, sheet, code, "", scores.year, cells, file, source_id)
    for i in range(first, len(sheet.rows)):
        if i not in rows and (label := sheet.text(i, scores.names)):
            intake.refuse(file, sheet.address(i, scores.names), label, _OUTSIDE, sheet.name)


def _code(labels: list[str], numbered: bool) -> str:
    """Return the code that the labels of a row or column mean together, one of the project's own lines included.

    Where a sheet numbers its labels, one without a number is a finer indicator, whatever its name.
    """
    codes = {papi_code(label) for label in labels if is_numbered(label) or not numbered} - {""}
    if not codes:
        own = (indicator_of_cell(label) for label in labels)
        codes = {line.code for line in own if line is not None} - set(package_codebook().by_code)
    return codes.pop() if len(codes) == 1 else ""


def _unfit(labels: list[str], code: str, year: int, *, numbered: bool) -> Message | None:
    """Return why scores cannot be read under a code: none, the name of a later year, another scale; else None."""
    if not code:
        return _UNKNOWN
    if year <= OTHER_SCALE.get(code, 0):
        return message("indicator_unknown.papi_scale", year=year)
    name = next((name for last, name in MISNAMED.get(code, ()) if numbered and year <= last), "")
    return message("indicator_unknown.papi_renamed", head=labels[-1], name=name) if name else None


def _take(
    intake: Intake,
    sheet: Sheet,
    code: str,
    suffix: str,
    year: int,
    cells: list[_Cell],
    file: str,
    source_id: str,
) -> None:
    """Take in the cells of one statistic of one indicator; an interval is its two ends."""
    if suffix == "_ci":
        for end, part in (("_ci_low", 0), ("_ci_high", 1)):
            halves = [_Cell(c.i, c.j, c.place, _half(c.text, part), "t") for c in cells]
            _take(intake, sheet, code, end, year, halves, file, source_id)
        return
    entry = codebook()[code + suffix]
    scale = Scale(entry.unit, entry.lower, entry.upper)
    readings = read_column([cell.text for cell in cells], "".join(cell.kind for cell in cells), scale)
    for cell, reading in zip(cells, readings, strict=True):
        address, text = sheet.address(cell.i, cell.j), cell.text
        zero = re.fullmatch(r"0([.,]0+)?", text) and (entry.lower or 0) > 0
        if is_missing(text) or zero or fold_text(text) == _NO_DATA:
            intake.refuse(file, address, text, message("not_published.zero"), sheet.name)
        elif reading.said:
            intake.refuse(file, address, text, reading.said, sheet.name)
        else:
            placed = {"source_id": source_id, "raw_location": f"{file}!{sheet.name}!{address}"}
            intake.observations.append(yearly_score(cell.place.code_63, year, entry, reading.value) | placed)


def _half(text: str, part: int) -> str:
    """Return one end of an interval written “1.20 - 1.40”, “(1.20; 1.40)” or “[1.20, 1.40]”."""
    numbers = re.findall(r"\d+\.\d+", text) or re.findall(r"\d+,\d+", text)
    return numbers[part] if len(numbers) == 2 else text

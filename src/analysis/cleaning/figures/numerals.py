"""The numbers of one column: its own decimal mark and scale, decided from the whole of it, never cell by cell."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.cleaning.figures.decimal_marks import (
    LONGEST_NUMBER,
    ONE_MARK,
    OTHER,
    Digits,
    certain_mark,
    certain_marks,
    find_digits,
)
from analysis.cleaning.figures.number_cells import NumberCell, take_apart
from analysis.cleaning.figures.readings import Floats, Reading, Readings, held
from analysis.cleaning.figures.scales import Numbers, Scale, bring_to_unit
from analysis.cleaning.readers.grid import TEXT

_WHOLE = re.compile(r"-?\d+")
_SPACED = re.compile(r"-?\d{1,3}(?: \d{3})+(?:[.,]\d+)?")


def read_column(texts: Sequence[str], kinds: str, scale: Scale) -> Readings:
    """Return a reading for every cell of one column.

    `kinds` holds one letter a cell (see `grid`), or nothing when all is text. Equal cells get equal readings. Plain
    numbers are read all at once, the others one by one.
    """
    digits = find_digits(texts)
    plain = digits.plain
    if kinds.strip(TEXT):
        plain &= np.array([kind == TEXT for kind in kinds], dtype=bool)
    taken = {n: take_apart(texts[n], kinds[n] if kinds else TEXT) for n in np.flatnonzero(~plain).tolist()}
    cells = {n: cell for n, cell in taken.items() if isinstance(cell, NumberCell)}
    special = {n: cell for n, cell in taken.items() if isinstance(cell, Reading)}
    proved = certain_marks(digits, texts, scale)
    mark = scale.decimal or _agreed_mark(proved, cells, scale)
    values, doubtful = _plain_values(digits, proved, texts, mark)
    special |= doubtful
    for n, cell in cells.items():
        reading = _value(cell, mark, scale)
        values[n] = reading.value
        if reading.said:
            special[n] = reading
    return _in_unit(values, cells, digits, texts, special, scale)


def column_mark(cells: Sequence[tuple[str, str]]) -> str:
    """Return the decimal mark that text cells of shares or scores prove, nothing where they prove none or both."""
    texts = [text for text, kind in cells if kind == TEXT]
    scale = Scale("score")
    proved = certain_marks(find_digits(texts), texts, scale)
    taken = [cell for text in texts if isinstance(cell := take_apart(text, TEXT), NumberCell)]
    return _agreed_mark(proved, dict(enumerate(taken)), scale)


def _agreed_mark(proved: npt.NDArray[np.uint8], cells: Mapping[int, NumberCell], scale: Scale) -> str:
    """Return the decimal mark that every certain cell of the column agrees on, else nothing."""
    marks = {chr(code) for code in np.flatnonzero(np.bincount(proved)).tolist() if code}
    marks |= {certain_mark(cell.body, scale) for cell in cells.values() if not cell.stored} - {""}
    return marks.pop() if len(marks) == 1 else ""


def _plain_values(
    digits: Digits, proved: npt.NDArray[np.uint8], texts: Sequence[str], mark: str
) -> tuple[Floats, dict[int, Reading]]:
    """Return the values of the plain numbers, NaN elsewhere, and both readings of those that have two."""
    decimal = np.where(proved != 0, proved, ord(mark or "\0"))
    marked = digits.plain & (digits.mark != 0)
    grouped = marked & (decimal != 0) & (decimal != digits.mark)
    doubtful = marked & (decimal == 0)
    pointed = digits.plain & ~grouped & ~doubtful
    values = np.full(len(texts), np.nan)
    chosen = texts if pointed.all() else [texts[n] for n in np.flatnonzero(pointed).tolist()]
    if chosen:
        values[pointed] = list(map(float, "\n".join(chosen).replace(",", ".").split("\n")))
    for n in np.flatnonzero(grouped).tolist():
        values[n] = _without_marks(texts[n])
    return values, {n: _ambiguous(texts[n]) for n in np.flatnonzero(doubtful).tolist()}


def _value(cell: NumberCell, mark: str, scale: Scale) -> Reading:
    """Return the number of one cell given the column's decimal mark; both readings when they differ."""
    body = cell.body
    if cell.stored:
        return Reading(float(body)) if _is_float(body) else held("number_unreadable", text=body[:60])
    if _WHOLE.fullmatch(body):
        return _bounded(body)
    if _SPACED.fullmatch(body):
        return _bounded(body.replace(" ", "").replace(",", "."))
    own = certain_mark(body, scale)
    if own or ONE_MARK.fullmatch(body):
        decimal = own or mark
        return (
            _bounded(body.replace(OTHER[decimal], "").replace(decimal, ".")) if decimal else _ambiguous(body)
        )
    return held("number_unreadable", text=body[:60])


def _ambiguous(body: str) -> Reading:
    return held("number_ambiguous", text=body, low=float(body.replace(",", ".")), high=_without_marks(body))


def _without_marks(body: str) -> float:
    return float(body.replace(",", "").replace(".", ""))


def _bounded(text: str) -> Reading:
    if len(text) > LONGEST_NUMBER:
        return held("number_unreadable.long", text=text[:LONGEST_NUMBER])
    return Reading(float(text))


def _is_float(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _in_unit(
    values: Floats,
    cells: Mapping[int, NumberCell],
    digits: Digits,
    texts: Sequence[str],
    special: dict[int, Reading],
    scale: Scale,
) -> Readings:
    """Return the readings of a column in the unit of its indicator."""
    percent, stored = np.zeros(len(values), dtype=bool), np.zeros(len(values), dtype=bool)
    decimals, bodies = digits.rest.copy(), [*texts]
    for n, cell in cells.items():
        percent[n], stored[n] = cell.percent, cell.stored and not cell.points
        decimals[n], bodies[n] = _decimals(cell.body), cell.body
    values, found = bring_to_unit(Numbers(values, percent, stored, decimals, bodies), scale)
    special |= found
    for n, cell in cells.items():
        if cell.qualifier != "exact":
            special[n] = replace(special.get(n) or Reading(float(values[n])), qualifier=cell.qualifier)
    return Readings(values, special)


def _decimals(body: str) -> int:
    found = re.search(r"[.,](\d+)$", body)
    return len(found[1]) if found else 0

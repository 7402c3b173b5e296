"""Long tables that write province, period and unit once for several rows: blanks below them mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import PERIOD_HEADS, ROLE_HEADS
from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import ColumnRows, Sheet
from analysis.cleaning.tables.rowkinds import NAME_HEADS
from analysis.reference.spelling import fold_text

_MOST_ROWS, _HEAD_ROWS = 50_000, 40
_DATED = PERIOD_HEADS | ROLE_HEADS[h.YEAR] | ROLE_HEADS[h.MONTH] | ROLE_HEADS[h.QUARTER]


@dataclass(frozen=True)
class _Columns:
    """Where a long table has its names, its indicators, its periods and its units."""

    name: int
    indicator: int
    periods: tuple[int, ...]
    units: tuple[int, ...]


@dataclass
class _Above:
    """The row above, blanks filled, and what its province had so far; no row where nothing is carried down."""

    row: list[str] = field(default_factory=list)
    number: int = 0
    had: set[tuple[str, ...]] = field(default_factory=set)


def fill_down(sheet: Sheet) -> Sheet:
    """Return a long table with its blank names, periods and units filled from the row above.

    A row goes on with the province above as long as it names an indicator that this one did not have in its period.
    """
    if isinstance(sheet.rows, ColumnRows) or len(sheet.rows) > _MOST_ROWS or sheet.transposed:
        return sheet
    found = next((i for i in range(min(len(sheet.rows), _HEAD_ROWS)) if _columns(sheet.rows[i])), None)
    columns = _columns(sheet.rows[found]) if found is not None else None
    if found is None or columns is None:
        return sheet
    above, rows = _Above(), list(sheet.rows)
    for i in range(found + 1, len(rows)):
        rows[i] = _filled(rows[i], sheet.numbers[i], columns, above)
    return replace(sheet, rows=rows)


def _columns(row: Sequence[str]) -> _Columns | None:
    """Return the columns of a long table that a row of heads names, None where it heads none."""
    heads = [fold_text(text) for text in row]
    name = next((j for j, head in enumerate(heads) if head in NAME_HEADS), None)
    indicator = next((j for j, head in enumerate(heads) if head in ROLE_HEADS[h.INDICATOR]), None)
    if name is None or indicator is None or name > indicator:
        return None
    periods, units = (
        tuple(j for j, head in enumerate(heads) if head in wanted) for wanted in (_DATED, ROLE_HEADS[h.UNIT])
    )
    return _Columns(name, indicator, periods, units)


def _filled(row: list[str], number: int, columns: _Columns, above: _Above) -> list[str]:
    """Return a row with its blanks filled; keep it as the one above the next."""
    own = row[columns.name] if columns.name < len(row) else ""
    if own:
        above.had.clear()
    elif not above.row or number != above.number + 1 or not _goes_on(row, columns):
        above.row = []
        return row
    filled = list(row) if own else _carried(row, columns, above.row)
    key = tuple(fold_text(filled[j]) for j in (*columns.periods, columns.indicator) if j < len(filled))
    above.row = [] if key in above.had else filled
    above.number = number
    above.had.add(key)
    return filled if above.row else row


def _carried(row: list[str], columns: _Columns, above: list[str]) -> list[str]:
    carried = {columns.name, *columns.periods, *columns.units}
    return [above[j] if j in carried and not text and j < len(above) else text for j, text in enumerate(row)]


def _goes_on(row: list[str], columns: _Columns) -> bool:
    """Tell whether a row names an indicator and has a figure, or a mark that there is none, beyond it."""
    name = row[columns.indicator] if columns.indicator < len(row) else ""
    beyond = [text for text in row[columns.indicator + 1 :] if text]
    return bool(name) and not is_number_like(name) and any(is_number_like(t) or is_missing(t) for t in beyond)

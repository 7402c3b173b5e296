"""A frame as the text of a CSV file, piece by piece, each distinct cell written once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, islice, repeat

import numpy as np
import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_QUOTED = (",", '"', "\r")


def csv_pieces(frame: pd.DataFrame, rows_at_once: int = 100_000) -> Iterator[str]:
    """Yield the text of a frame: the header, then many rows at once.

    Texts beginning with = + - @ get an apostrophe, so that no spreadsheet program takes them for formulas; numbers
    keep their sign. A missing number is an empty cell.
    """
    yield ",".join(map(_quote, frame.columns)) + "\n"
    for first in range(0, len(frame), rows_at_once):
        part = frame.iloc[first : first + rows_at_once]
        columns = [_cells(part.iloc[:, n]) for n in range(part.shape[1])]
        rows = islice(zip(*_joined_where_constant(columns), strict=False), len(part))
        yield "\n".join([*map(",".join, rows), ""])


def _joined_where_constant(columns: list[list[str]]) -> Iterator[Iterable[str]]:
    """Yield the columns, those side by side that have the same cell in every row joined into one."""
    for constant, group in groupby(columns, key=lambda cells: cells.count(cells[0]) == len(cells)):
        if constant:
            yield repeat(",".join(cells[0] for cells in group))
        else:
            yield from group


def _cells(column: pd.Series[str] | pd.Series[float]) -> list[str]:
    """Return the cells of a column as they stand in the file."""
    if pd.api.types.is_float_dtype(column):
        codes, bits = pd.factorize(column.to_numpy(dtype=np.float64).view(np.int64))
        numbers = np.array(bits).view(np.float64).tolist()
        texts = np.array(["" if number != number else repr(number) for number in numbers], dtype=object)
        return list(texts[codes])
    cells = column.astype("str").fillna("").tolist()
    distinct = set(cells)
    if len(distinct) > len(cells) / 2 and _are_plain(cells):
        return cells
    written = {cell: _quote(_defuse(cell)) for cell in distinct}
    return cells if all(cell == text for cell, text in written.items()) else [written[cell] for cell in cells]


def _are_plain(cells: list[str]) -> bool:
    """Tell whether no cell needs quotes or an apostrophe, looking at all of them at once."""
    text = "\n".join(["", *cells])
    marks = (*_QUOTED, *(f"\n{sign}" for sign in _FORMULA))
    return not any(mark in text for mark in marks) and text.count("\n") == len(cells)


def _defuse(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in (*_QUOTED, "\n")) else text

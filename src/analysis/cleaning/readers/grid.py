"""A sheet as it lies there: every cell a text with its address, and what the workbook says of its format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.cleaning.readers.addresses import column_letters, number_texts

TEXT, NUMBER, PERCENT, POINTS, DATE, ERROR, UNCACHED = "t", "n", "p", "s", "d", "e", "f"

Merge = tuple[int, int, int, int]
Codes = npt.NDArray[np.intp]
_Kind = TypeVar("_Kind", bound=np.generic)


class ColumnRows(Sequence[list[str]]):
    """The rows of a long text table kept column by column: the distinct texts, and which of them each row has."""

    def __init__(self, columns: list[tuple[Codes, list[str]]], length: int) -> None:
        self.columns, self._length = columns, length

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._length

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[str]]: ...
    def __getitem__(self, index: int | slice) -> list[str] | list[list[str]]:
        """Return one row, or the rows of a slice, as texts."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._length))]
        return [texts[codes[index]] for codes, texts in self.columns]

    def __iter__(self) -> Iterator[list[str]]:
        """Walk over the rows."""
        return (self[i] for i in range(self._length))


def pick(values: npt.NDArray[_Kind], rows: Codes) -> npt.NDArray[_Kind]:
    """Return the values of ascending rows: a view, not a copy, where they follow each other without a gap."""
    if len(rows) and rows[-1] - rows[0] + 1 == len(rows):
        return values[rows[0] : rows[-1] + 1]
    return values[rows]


def factorize_codes(codes: Codes, size: int) -> tuple[Codes, Codes]:
    """Number the codes below `size` that occur from 0 on; return each code's number, and the codes by number."""
    if size > 4 * len(codes):
        numbers, found = pd.factorize(codes)
        return numbers, found
    present = np.zeros(size, dtype=bool)
    present[codes] = True
    found = np.flatnonzero(present)
    number = np.zeros(size, dtype=np.intp)
    number[found] = np.arange(len(found))
    return number[codes], found


@dataclass(frozen=True)
class Sheet:
    """The non-empty rows of a sheet, as text.

    `numbers[i]` is the row of `rows[i]` in the file, counted from 1; columns are counted from 0. `kinds[i][j]`
    tells how the cell was stored: text, number, percent-formatted number, number of per cent whose format only adds
    the sign, date (already ISO text), error, or a formula without its value. An empty `kinds` means that all is text.
    `merges` hold first row, first column, last row, last column of merged cells, in the file's numbers.
    """

    name: str
    rows: Sequence[list[str]]
    numbers: Sequence[int]
    kinds: list[str] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    transposed: bool = False
    lines: bool = False

    @cached_property
    def width(self) -> int:
        """The number of columns."""
        if isinstance(self.rows, ColumnRows):
            return len(self.rows.columns)
        return max(map(len, self.rows), default=0)

    @cached_property
    def _factored(self) -> dict[int, tuple[Codes, list[str]]]:
        return {}

    def codes(self, j: int) -> tuple[Codes, list[str]]:
        """Return a column as its distinct texts and, for each row, which of them it has."""
        if isinstance(self.rows, ColumnRows):
            return self.rows.columns[j]
        if j not in self._factored:
            texts = np.array([row[j] if 0 <= j < len(row) else "" for row in self.rows], dtype=object)
            codes, distinct = pd.factorize(texts)
            self._factored[j] = (codes, list(distinct))
        return self._factored[j]

    @cached_property
    def filled(self) -> Codes:
        """The number of non-empty cells of each row."""
        if not isinstance(self.rows, ColumnRows):
            return np.fromiter(
                (sum(map(bool, row)) for row in self.rows), dtype=np.intp, count=len(self.rows)
            )
        counts = np.zeros(len(self.rows), dtype=np.intp)
        for codes, texts in self.rows.columns:
            counts += 1 if all(texts) else np.array([bool(text) for text in texts], dtype=bool)[codes]
        return counts

    @cached_property
    def covered(self) -> frozenset[tuple[int, int]]:
        """The cells (row, column, both of this sheet) with a text below a merged cell, where nobody sees it."""
        place = {number: i for i, number in enumerate(self.numbers)} if self.merges else {}
        return frozenset(
            (place[number], j)
            for top, left, bottom, right in self.merges
            for number in range(top, bottom + 1)
            if number in place
            for j in range(max(left, 0), min(right + 1, len(self.rows[place[number]])))
            if (number, j) != (top, left) and self.rows[place[number]][j]
        )

    def text(self, i: int, j: int) -> str:
        """Return the text of a cell, empty beyond the end of its row."""
        row = self.rows[i]
        return row[j] if 0 <= j < len(row) else ""

    def kind(self, i: int, j: int) -> str:
        """Return how a cell was stored."""
        kinds = self.kinds[i] if self.kinds else ""
        return kinds[j] if j < len(kinds) else TEXT

    def address(self, i: int, j: int) -> str:
        """Return the address of a cell in the file, e.g. C12, also when the sheet was turned round."""
        if self.transposed:
            return f"{column_letters(self.numbers[i] - 1)}{j + 1}"
        return f"{column_letters(j)}{self.numbers[i]}"

    def row_numbers(self, rows: Codes) -> Codes:
        """Return the numbers that ascending rows have in the file."""
        numbers = self.numbers
        if isinstance(numbers, range):
            return pick(np.arange(numbers.start, numbers.stop, numbers.step), rows)
        return pick(np.array(numbers, dtype=np.intp), rows)

    def addresses(self, rows: Codes, j: int, before: str) -> npt.NDArray[np.object_]:
        """Return the addresses of the cells of a column in ascending rows, each after a text."""
        if self.transposed:
            return np.array([before + self.address(i, j) for i in rows.tolist()], dtype=object)
        return number_texts(before + column_letters(j), self.row_numbers(rows))

    def span(self, i: int) -> str:
        """Return the address of a whole row: its first filled cell, or all of the file's column where turned round."""
        filled = [j for j, text in enumerate(self.rows[i]) if text.strip()] or [0]
        first, last = self.address(i, filled[0]), self.address(i, filled[-1])
        return f"{first}:{last}" if self.transposed and first != last else first

    def turn(self) -> Sheet:
        """Return the sheet with rows and columns exchanged; addresses stay those of the file."""
        height = self.numbers[-1] if self.numbers else 0
        rows = [[""] * height for _ in range(self.width)]
        kinds = [[TEXT] * height for _ in range(self.width)]
        for i, row in enumerate(self.rows):
            for j, text in enumerate(row):
                if text:
                    rows[j][self.numbers[i] - 1] = text
                    kinds[j][self.numbers[i] - 1] = self.kind(i, j)
        keep = [j for j, row in enumerate(rows) if any(row)]
        return replace(
            self,
            rows=[rows[j] for j in keep],
            numbers=[j + 1 for j in keep],
            kinds=["".join(kinds[j]) for j in keep],
            merges=[(c0 + 1, r0 - 1, c1 + 1, r1 - 1) for r0, c0, r1, c1 in self.merges],
            hidden_rows=frozenset(c + 1 for c in self.hidden_columns),
            hidden_columns=frozenset(r - 1 for r in self.hidden_rows),
            transposed=not self.transposed,
        )


# Merged cells of one sheet never lie on each other; those of a damaged one may, and would be walked for hours.
_MOST_MERGED_ROWS = 4_000_000


@dataclass
class SheetDraft:
    """The rows read so far, with what `Sheet` keeps of each."""

    name: str
    hidden: bool
    rows: list[list[str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def finish(self) -> Sheet:
        """Return the sheet.

        Raises:
            ValueError: its merged cells lie on each other.
        """
        last = self.numbers[-1] if self.numbers else 0
        merges = [(r0, c0, min(r1, last), c1) for r0, c0, r1, c1 in self.merges if r0 <= last]
        if sum(r1 - r0 + 1 for r0, _, r1, _ in merges) > _MOST_MERGED_ROWS:
            raise ValueError(f"merged cells of {self.name!r} overlap")
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return Sheet(self.name, self.rows, self.numbers, self.kinds, merges, self.hidden, *hidden)


def show_number(number: float) -> str:
    """Return the shortest text of a stored number: 27, 27.98, never 27.980000000000001."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)

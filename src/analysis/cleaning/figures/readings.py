"""What the cells of a column read as: a value each, and what else is to be said of some."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from analysis.cleaning.messages import Message, message

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """One cell read: a value, or what is said of a cell that is held back."""

    value: float = math.nan
    said: Message | None = None
    note: str = ""
    qualifier: str = "exact"

    @property
    def rule(self) -> str:
        """The rule that holds the cell back, empty for a value."""
        return self.said.rule if self.said else ""


def held(code: str, **values: object) -> Reading:
    """Return the reading of a cell that is held back."""
    return Reading(said=message(code, **values))


@dataclass(frozen=True)
class Readings(Sequence[Reading]):
    """One reading for each cell; `values` is NaN where a cell is held back.

    `special` has the readings that say more than an exact value, by position.
    """

    values: Floats
    special: Mapping[int, Reading]

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.values)

    @overload
    def __getitem__(self, n: int) -> Reading: ...
    @overload
    def __getitem__(self, n: slice) -> list[Reading]: ...
    def __getitem__(self, n: int | slice) -> Reading | list[Reading]:
        """Return the reading of one cell, or those of a slice."""
        if isinstance(n, slice):
            return [self[i] for i in range(*n.indices(len(self)))]
        return self.special.get(n) or Reading(float(self.values[n]))

    def distinct(self, name: str, ordinary: str) -> tuple[list[str], npt.NDArray[np.intp]]:
        """Return an attribute of the readings as distinct texts, the ordinary one first, and which each cell has."""
        which = np.zeros(len(self), dtype=np.intp)
        order = {ordinary: 0}
        for n, reading in self.special.items():
            which[n] = order.setdefault(getattr(reading, name), len(order))
        return list(order), which

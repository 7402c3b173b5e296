"""What one table gave, on its way to the report."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.cleaning.figures.readings import Floats
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.messages import Message
from analysis.cleaning.readers.addresses import number_texts
from analysis.cleaning.readers.grid import Codes
from analysis.cleaning.tables.blocks import Block


@dataclass
class TableOutcome:
    """What one table gave: observations, refused cells, and what the report tells of it.

    `values` holds the figures of each column by data row, NaN where none was read; `kin` gives rows of the same
    period and indicator the same number, where rows say these themselves; `factors` is what a printed one stands
    for in each data row, where rows say that.
    """

    file: str
    sheet: str
    block: Block
    columns: list[Column]
    context: Context
    observations: pd.DataFrame
    refused: list[dict[str, str]] = field(default_factory=list)
    values: dict[int, Floats] = field(default_factory=dict)
    kin: Codes | None = None
    factors: Codes | None = None
    stopped: list[Message] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)

    @cached_property
    def told(self) -> npt.NDArray[np.bool_]:
        """Which rows of the sheet are in an observation or in the quarantine so far."""
        return np.zeros(len(self.block.sheet.rows), dtype=bool)

    @cached_property
    def observed(self) -> npt.NDArray[np.bool_]:
        """Which rows of the sheet are in an observation so far."""
        return np.zeros(len(self.block.sheet.rows), dtype=bool)

    def is_empty(self, column: Column) -> bool:
        """Tell whether a column holds nothing in the data rows."""
        codes, texts = self.block.codes(column.index)
        full = np.array([bool(text.strip()) for text in texts], dtype=bool)
        return not full[codes].any()

    def locations(self, rows: Codes, column: Column) -> npt.NDArray[np.object_]:
        """Return where the cells of a column lie in the file: its lines, or addresses where there are such."""
        sheet = self.block.sheet
        if sheet.lines and not sheet.transposed:
            return number_texts(f"{self.file}:", sheet.row_numbers(rows))
        start = f"{self.file}!{sheet.name}!" if sheet.name else f"{self.file}!"
        return sheet.addresses(rows, column.index, start)

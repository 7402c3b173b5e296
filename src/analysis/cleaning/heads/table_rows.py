"""The data rows of a table: whose they are, of what period and indicator, each distinct text read once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.cleaning.figures.units import row_factors
from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.row_periods import read_periods
from analysis.cleaning.heads.section_periods import SectionPeriods, read_section_periods
from analysis.cleaning.readers.grid import Codes
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.indicator_names import indicator_of_cell
from analysis.cleaning.words.periods import Period
from analysis.cleaning.words.places import SKIP, Place
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import fold_text


@dataclass(frozen=True)
class TableRows:
    """The data rows of a table with what holds for all their cells; `..._of` tells which of the list each row has.

    `factors` is what a printed one stands for in each row, where rows say that themselves.
    """

    indices: Codes
    places: list[Place]
    place_of: Codes
    periods: list[Period | None]
    period_of: Codes | None
    indicators: list[Indicator | None]
    indicator_of: Codes | None
    old_map: bool
    factors: Codes | None = None
    sections: SectionPeriods | None = None
    skipped: frozenset[int] = frozenset()

    @property
    def left_out(self) -> npt.NDArray[np.bool_]:
        """Which rows are of an indicator that a layout leaves out."""
        if self.indicator_of is None:
            return np.zeros(len(self.indices), dtype=bool)
        return np.isin(self.indicator_of, [*self.skipped])

    @property
    def kin(self) -> Codes | None:
        """A number for each row, the same for rows of the same period and indicator; None where no row says these."""
        if self.period_of is None:
            return self.indicator_of
        number = {period: n for n, period in enumerate(dict.fromkeys(self.periods))}
        same_period = np.array([number[period] for period in self.periods], dtype=np.intp)[self.period_of]
        if self.indicator_of is None:
            return same_period
        return same_period * len(self.indicators) + self.indicator_of


def read_rows(block: Block, columns: list[Column], context: Context) -> TableRows:
    """Read names, periods and indicators of the rows of a table."""
    place_of, labels = block.label_codes()
    places = [block.read_label(label) for label in labels]
    heads = (column.period.end.year for column in columns if column.period is not None)
    period_of, periods = read_periods(block, columns, context.year or next(heads, None))
    naming = next((column for column in columns if column.role == h.INDICATOR), None)
    indicator_of, indicators, skipped = None, [], frozenset[int]()
    if naming is not None:
        indicator_of, texts = block.codes(naming.index)
        indicators = [indicator_of_cell(text, context.words) for text in texts]
        said = enumerate(texts if context.words else [])
        skipped = frozenset(n for n, text in said if context.words.get(fold_text(text)) == SKIP)
    only_old = np.array([place.only_old for place in places], dtype=bool)
    old_map = bool(only_old.any() and only_old[place_of].any())
    own = (places, place_of, periods, period_of, indicators, indicator_of, old_map)
    factors = row_factors(block.sheet, block.data, *unit_columns(columns))
    return TableRows(block.data, *own, factors, read_section_periods(block, context.year), skipped)


def unit_columns(columns: list[Column]) -> tuple[int | None, int | None]:
    """Return which columns name the unit and the indicator of each row."""
    at = {column.role: column.index for column in reversed(columns)}
    return at.get(h.UNIT), at.get(h.INDICATOR)

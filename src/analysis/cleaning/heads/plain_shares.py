"""A bare “Tỷ lệ (%)” beside both counts it is made of: its meaning is plain where its figures bear it out."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import permutations

import numpy as np

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.readings import Floats
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.headtexts import without_unit
from analysis.cleaning.words.indicator_names import indicator_of_cell, is_generic
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import fold_text

_SHARE = re.compile(r"%|\b(tỷ|tỉ) lệ\b", re.IGNORECASE)
_LEAST_ROWS, _LEAST_AGREEING = 2, 0.9
# Half of the last digit of a share printed with one decimal, in points.
_ROUNDING = 0.0501


def claim_plain_shares(block: Block, columns: list[Column]) -> list[Column]:
    """Return the columns, with each bare share read as that of the one count beside it in the other.

    The counts stand under the same upper heads and are of the same period; the codebook names a share after the
    first (Hồ sơ trực tuyến: tỷ lệ hồ sơ trực tuyến) and makes it of both; nine rows of ten must agree with them,
    and with no other two.
    """
    return [_claimed(block, column, columns) for column in columns]


def _claimed(block: Block, column: Column, columns: list[Column]) -> Column:
    if column.role != h.UNKNOWN_ROLE or column.unread or not _is_bare_share(column):
        return column
    group = [c for c in columns if c.role == h.VALUE and c.path[:-1] == column.path[:-1]]
    counts = [c for c in group if c.indicator is not None and c.indicator.unit == "count"]
    readings = []
    for part, whole in permutations(counts, 2):
        if share := _share_of(part, whole):
            says_percent = "%" in column.head
            read = replace(
                column, role=h.VALUE, indicator=share, period=part.period, says_percent=says_percent
            )
            readings += [read] if _bears_out(block, read, part, whole) else []
    return readings[0] if len(readings) == 1 else column


def _is_bare_share(column: Column) -> bool:
    last = column.path[-1] if column.path else ""
    return bool(_SHARE.search(last)) and is_generic(without_unit(last))


def _share_of(part: Column, whole: Column) -> Indicator | None:
    """Return the share that the codebook names after one count and makes of both."""
    if part.period != whole.period or part.indicator is None or whole.indicator is None:
        return None
    for head in (part.path[-1], " ".join(part.path)):
        named = re.sub(r"^trong do ", "", fold_text(without_unit(head)))
        share = indicator_of_cell(f"tỷ lệ {named}")
        made_of = (share.numerator_code, share.denominator_code) if share and share.unit == "percent" else ()
        if made_of == (part.indicator.code, whole.indicator.code):
            return share
    return None


def _bears_out(block: Block, share: Column, part: Column, whole: Column) -> bool:
    """Tell whether the figures of a column are those of one count in the other, up to rounding."""
    printed, above, below = (values_of(block, column) for column in (share, part, whole))
    known = ~np.isnan(printed) & ~np.isnan(above) & (below > 0)
    if known.sum() < _LEAST_ROWS:
        return False
    computed = 100 * above[known] / below[known]
    return bool((np.abs(printed[known] - computed) <= _ROUNDING).mean() >= _LEAST_AGREEING)


def values_of(block: Block, column: Column) -> Floats:
    """Return what the cells of a column read as, NaN where they hold no certain number."""
    codes, cells = block.cells(column.index)
    unit = column.indicator.unit if column.indicator else ""
    scale = Scale(unit, says_percent=column.says_percent, multiplier=column.multiplier)
    readings = read_column([text for text, _ in cells], "".join(kind for _, kind in cells), scale)
    return readings.values[codes]

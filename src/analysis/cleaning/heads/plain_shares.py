"""A bare “Tỷ lệ (%)” beside counts: which share it is, by the counts that bear it out; and shares they contradict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
from analysis.cleaning.words.indicator_names import count_of_heads, indicator_of_cell, is_generic
from analysis.reference.indicators import Indicator, by_code
from analysis.reference.spelling import fold_text

CONTRADICTED = "contradicted"
_SHARE = re.compile(r"%|\b(tỷ|tỉ) lệ\b", re.IGNORECASE)
_LEAST_ROWS, _LEAST_AGREEING = 2, 0.9
# Half of the last digit of a share printed with one decimal, in points; and of one printed without decimals.
_ROUNDING, _COARSE_ROUNDING = 0.0501, 0.501
_MOST_CONTRADICTING = 0.5
_POWERS = (1.0, 10.0, 100.0, 0.1, 0.01)


def name_counts(columns: list[Column]) -> list[Column]:
    """Return the columns, those beside a share read as the counts that their heads name together with the group's.

    “Phát sinh hồ sơ” below “Dịch vụ công trực tuyến” names a share by itself; beside “Tỷ lệ (%)” it is the number.
    """
    grouped = {
        c.path[:-1] for c in columns if len(c.path) > 1 and _says_share(c) and not _SHARE.search(c.path[-2])
    }
    return [_as_count(column) if column.path[:-1] in grouped else column for column in columns]


def _as_count(column: Column) -> Column:
    percent = column.indicator is not None and column.indicator.unit == "percent"
    unread = column.role == h.UNKNOWN_ROLE and not column.unread
    if _says_share(column) or not (unread or (column.role == h.VALUE and percent)):
        return column
    count = count_of_heads(column.path[-2], column.path[-1])
    return replace(column, role=h.VALUE, indicator=count) if count else column


def _says_share(column: Column) -> bool:
    return bool(column.path and _SHARE.search(column.path[-1]))


def claim_plain_shares(block: Block, columns: list[Column]) -> list[Column]:
    """Return the columns, with each bare share read as that of the one count beside it in the other.

    So is one named after a share whose counts the codebook does not know: “Tỷ lệ DVCTT” fits several.

    The counts stand under the same upper heads and are of the same period; the codebook makes the share of both;
    nine rows of ten must agree with them, and with no other two. Of several shares made of the same counts it is the
    one named after the first (Hồ sơ trực tuyến: tỷ lệ hồ sơ trực tuyến). A share that most rows contradict is left
    to a layout, named or not.
    """
    claimed = [_claimed(block, column, columns) for column in columns]
    changed = {new.index for new, old in zip(claimed, columns, strict=True) if new.indicator != old.indicator}
    # What was given to a share that it is not stands for nothing.
    return [replace(c, role=h.UNKNOWN_ROLE, share=None) if c.share in changed else c for c in claimed]


def _claimed(block: Block, column: Column, columns: list[Column]) -> Column:
    share = column.role == h.VALUE and column.indicator is not None and column.indicator.unit == "percent"
    bare = _is_bare_share(column) and (share or (column.role == h.UNKNOWN_ROLE and not column.unread))
    if not (share or bare):
        return column
    pairs = list(_pairs(column, columns))
    unproven = bare or (column.indicator is not None and not column.indicator.numerator_code)
    if unproven and (readings := _readings(block, column, pairs)):
        return readings[0] if len(readings) == 1 else column
    refuted = [pair for pair in pairs if bare or _made_of(column.indicator, *pair)]
    if share and refuted and all(_contradicts(block, column, *pair) for pair in refuted):
        return replace(column, role=h.UNKNOWN_ROLE, indicator=None, unread=CONTRADICTED)
    return column


def _pairs(column: Column, columns: Sequence[Column]) -> Iterator[tuple[Column, Column]]:
    """Walk over two counts of one period each, under the heads that a share stands under."""
    counts = [
        c for c in columns if c.role == h.VALUE and c.indicator is not None and c.indicator.unit == "count"
    ]
    group = [c for c in counts if c.path[:-1] == column.path[:-1]]
    yield from ((part, whole) for part, whole in permutations(group, 2) if part.period == whole.period)


def _readings(block: Block, column: Column, pairs: Sequence[tuple[Column, Column]]) -> list[Column]:
    """Return a column as each share that counts beside it bear out."""
    readings: dict[str, Column] = {}
    for part, whole in pairs:
        share = _share_of(part, whole, column.indicator)
        if share is not None:
            says_percent = "%" in column.head
            read = replace(
                column, role=h.VALUE, indicator=share, period=part.period, says_percent=says_percent
            )
            if _bears_out(block, read, part, whole):
                readings[share.code] = read
    return list(readings.values())


def _is_bare_share(column: Column) -> bool:
    last = column.path[-1] if column.path else ""
    return _says_share(column) and is_generic(without_unit(last))


def _share_of(part: Column, whole: Column, chosen: Indicator | None) -> Indicator | None:
    """Return the share that the codebook makes of two counts; of several that named after the first, or the chosen."""
    shares = [line for line in by_code().values() if _made_of(line, part, whole)]
    if len(shares) <= 1:
        return next(iter(shares), None)
    for head in (part.path[-1], " ".join(part.path)):
        named = re.sub(r"^(?:trong do |so )+", "", fold_text(without_unit(head)))
        share = indicator_of_cell(f"tỷ lệ {named}")
        if share in shares:
            return share
    return chosen if chosen in shares else None


def _made_of(share: Indicator | None, part: Column, whole: Column) -> bool:
    counts = [c.indicator.code for c in (part, whole) if c.indicator is not None]
    return (
        share is not None
        and share.unit == "percent"
        and counts == [share.numerator_code, share.denominator_code]
    )


def _bears_out(block: Block, share: Column, part: Column, whole: Column) -> bool:
    """Tell whether the figures of a column are those of one count in the other, up to rounding.

    Shares off by a power of ten are still shares of these counts: that they are off is found when figures are compared
    (see `counted`), and only under the right name.
    """
    off = _distances(block, share, part, whole)
    return len(off) >= _LEAST_ROWS and bool((off <= _ROUNDING).mean() >= _LEAST_AGREEING)


def _contradicts(block: Block, share: Column, part: Column, whole: Column) -> bool:
    """Tell whether most figures of a column are not those of one count in the other, however they are rounded."""
    off = _distances(block, share, part, whole)
    return len(off) >= _LEAST_ROWS and bool((off > _COARSE_ROUNDING).mean() > _MOST_CONTRADICTING)


def _distances(block: Block, share: Column, part: Column, whole: Column) -> Floats:
    """Return how far shares are from those of their counts, in points as printed, in the rows that have all three.

    Of the powers of ten that shares may be off by, the one that brings a row nearest counts.
    """
    printed, above, below = (values_of(block, column) for column in (share, part, whole))
    known = ~np.isnan(printed) & ~np.isnan(above) & (below > 0)
    due = 100 * above[known] / below[known]
    distances: Floats = np.min([np.abs(f * printed[known] - due) / max(f, 1) for f in _POWERS], axis=0)
    return distances


def values_of(block: Block, column: Column) -> Floats:
    """Return what the cells of a column read as, NaN where they hold no certain number."""
    codes, cells = block.cells(column.index)
    unit = column.indicator.unit if column.indicator else ""
    scale = Scale(unit, says_percent=column.says_percent, multiplier=column.multiplier)
    readings = read_column([text for text, _ in cells], "".join(kind for _, kind in cells), scale)
    return readings.values[codes]

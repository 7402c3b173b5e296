"""Rows of a table that name a province and are not the province's: set apart before anything is read of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.flags import (
    heads_units,
    is_reporter,
    names_unit,
    parts_of_levels,
    units_named,
    withdrawn,
)
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.rowkinds import UNEVEN, WITHDRAWN
from analysis.cleaning.words.places import BELOW

# No name of a unit is longer; free text is.
_LONGEST = 200


def set_apart(block: Block, columns: list[Column]) -> Block:
    """Return a table without rows of districts or departments, deleted ones, and those of numbers cut in two."""
    block = moved(block, _chosen(block, columns, _deleted), WITHDRAWN)
    block = moved(block, _chosen(block, columns, _below), BELOW)
    return _without_uneven(block, columns)


def _chosen(
    block: Block, columns: list[Column], choose: Callable[[Block, Column], Collection[str]]
) -> npt.NDArray[np.bool_]:
    """Tell of each row of provinces whether a column holds one of the texts chosen in it."""
    chosen = np.zeros(len(block.data), dtype=bool)
    for column in columns:
        texts = choose(block, column)
        if texts:
            codes, distinct = block.codes(column.index)
            chosen |= np.array([text in texts for text in distinct], dtype=bool)[codes]
    return chosen


def _deleted(block: Block, column: Column) -> set[str]:
    if column.role != h.FLAG:
        return set()
    return {text for text in block.texts(column.index) if withdrawn(column.head, text)}


def _below(block: Block, column: Column) -> set[str]:
    """Return the texts that name a district, a department or their level beside a province: not the province's.

    Below a head such as “Xã, phường” each name is one, however it is spelt. In a column that names such units in few
    rows, those count only where provinces have several rows.
    """
    texts = block.texts(column.index) if column.role in (h.UNITS, h.LABEL, h.PLACES) else []
    texts = [text for text in texts if len(text) <= _LONGEST]
    if heads_units(column.head):
        return units_named(texts)
    if column.role == h.PLACES:
        return set()
    parts = parts_of_levels(column.head, texts)
    if column.role == h.LABEL and (is_reporter(column.head) or not _repeats(block)):
        return parts
    return parts | {text for text in texts if names_unit(text)}


def _repeats(block: Block) -> bool:
    codes, _ = block.label_codes()
    return bool(np.bincount(codes).max(initial=0) > 1)


def _without_uneven(block: Block, columns: list[Column]) -> Block:
    """Set rows of a text file apart that have figures beyond the last head: a number was cut in two, as 58,1 is."""
    headed = max((column.index for column in columns if column.head), default=-1)
    beyond = [c.index for c in columns if c.role == h.UNKNOWN_ROLE and c.index > headed >= 0]
    if not block.sheet.lines or block.sheet.transposed or not beyond:
        return block
    return moved(block, np.any([block.filled(j) for j in beyond], axis=0), UNEVEN)


def moved(block: Block, chosen: npt.NDArray[np.bool_], kind: str) -> Block:
    """Return a table with some of its rows of provinces among the others, as a kind of those."""
    if not chosen.any():
        return block
    others = sorted([*block.others, *((i, kind) for i in block.data[chosen].tolist())])
    return replace(block, data=block.data[~chosen], others=others)

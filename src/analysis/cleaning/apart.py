"""Rows of a table that name a province and are not the province's: set apart before anything is read of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.cleaning import headers as h
from analysis.cleaning.blocks import Block
from analysis.cleaning.headers import Column
from analysis.cleaning.places import BELOW, read_place
from analysis.cleaning.refusal import UNEVEN


def set_apart(block: Block, columns: list[Column]) -> Block:
    """Return a table without rows of districts or departments, and of numbers that were cut in two."""
    return _without_uneven(_without_units(block, columns), columns)


def _without_units(block: Block, columns: list[Column]) -> Block:
    """Set rows apart that name a district or department beside their province: they are not the province's."""
    below = np.zeros(len(block.data), dtype=bool)
    for column in columns:
        if column.role == h.UNITS:
            codes, texts = block.sheet.codes(column.index)
            is_below = np.array([read_place(text).kind == BELOW for text in texts], dtype=bool)
            below |= is_below[codes[block.data]]
    return _moved(block, below, BELOW)


def _without_uneven(block: Block, columns: list[Column]) -> Block:
    """Set rows of a text file apart that have figures beyond the last head: a number was cut in two, as 58,1 is."""
    headed = max((column.index for column in columns if column.head), default=-1)
    beyond = [c.index for c in columns if c.role == h.UNKNOWN_ROLE and c.index > headed >= 0]
    if not block.sheet.lines or block.sheet.transposed or not beyond:
        return block
    return _moved(block, np.any([block.filled(j) for j in beyond], axis=0), UNEVEN)


def _moved(block: Block, chosen: npt.NDArray[np.bool_], kind: str) -> Block:
    """Return a table with some of its rows of provinces among the others, as a kind of those."""
    if not chosen.any():
        return block
    others = sorted([*block.others, *((i, kind) for i in block.data[chosen].tolist())])
    return replace(block, data=block.data[~chosen], others=others)

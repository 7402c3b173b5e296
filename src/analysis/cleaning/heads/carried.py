"""Totals that hold what was carried over from the period before: more than was received in the period."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import numpy as np

from analysis.cleaning.figures.readings import Floats
from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.plain_shares import values_of
from analysis.cleaning.tables.blocks import Block
from analysis.reference.spelling import fold_text

_CARRIED = re.compile(
    r"\b(?:(?:tu )?ky truoc(?: chuyen (?:sang|qua))?|ton (?:dau|ky|tu ky|thang|quy|nam)|ton chuyen|"
    r"(?:thang|quy|nam) truoc chuyen)\b"
)
_RECEIVED = "n_dossiers_total"
_MOST_PARTS = 12


def without_carried(block: Block, columns: list[Column]) -> list[Column]:
    """Leave totals to a layout that are the sum of a column “Từ kỳ trước” and others: not what was received.

    Where both stand under one head, the total may hold it: it is left too unless the other parts alone add up to it.
    """
    carried = [column for column in columns if column.path and _CARRIED.search(fold_text(column.path[-1]))]
    if not carried:
        return columns
    return [
        replace(column, role=h.UNKNOWN_ROLE, unread="carried")
        if _holds(block, column, columns, carried)
        else column
        for column in columns
    ]


def _holds(block: Block, column: Column, columns: list[Column], carried: list[Column]) -> bool:
    if column.role != h.VALUE or column.indicator is None or column.indicator.code != _RECEIVED:
        return False
    open_roles = (h.VALUE, h.UNKNOWN_ROLE)
    others = [c for c in columns if c.role in open_roles and c.index != column.index and c not in carried]
    total, parts = values_of(block, column), [values_of(block, c) for c in others[:_MOST_PARTS]]
    if any(_add_up(total, [*own]) for n in (2, 3) for own in combinations(parts, n)):
        return False
    before = [values_of(block, c) for c in carried]
    if any(
        _add_up(total, [first, *own]) for first in before for n in (1, 2) for own in combinations(parts, n)
    ):
        return True
    return len(column.path) > 1 and any(c.path[:-1] == column.path[:-1] for c in carried)


def _add_up(total: Floats, parts: list[Floats]) -> bool:
    """Tell whether columns add up to another in every row that has them all."""
    left = total - np.sum(parts, axis=0)
    known = ~np.isnan(left)
    return bool(known.any() and (np.abs(left[known]) < 0.5).all())

"""Rows with figures that lie outside every table: above a header, between notes. They are told, not dropped."""

from __future__ import annotations

import numpy as np

from analysis.cleaning.blocks import Block
from analysis.cleaning.grid import Sheet
from analysis.cleaning.mending import mend_of
from analysis.cleaning.places import PLACE, read_place
from analysis.cleaning.rowkinds import is_figure, is_numbering
from analysis.cleaning.shapes import QUARANTINE_COLUMNS


def refuse_remainder(blocks: list[Block], file: str) -> list[dict[str, str]]:
    """Return a quarantine line for every row with a figure that no table took as header, row or total."""
    lines: list[dict[str, str]] = []
    parts = {id(block.sheet): block.sheet for block in blocks}
    for key, sheet in parts.items():
        own = [block for block in blocks if id(block.sheet) == key]
        used = np.zeros(len(sheet.rows), dtype=bool)
        for block in own:
            used[block.data] = True
            used[[i for i, _ in block.others]] = True
        heads = {i for block in own for i in block.header}
        left = np.flatnonzero(~used).tolist()
        lines.extend(_line(sheet, i, file) for i in left if _is_lost(sheet, i, i in heads))
    return lines


def _is_lost(sheet: Sheet, i: int, is_head: bool) -> bool:
    """Tell whether a row outside the tables holds figures; a header counts only when it names a province too."""
    filled = [text for text in sheet.rows[i] if text.strip()]
    if len(filled) < 2 or is_numbering(filled):
        return False
    if not any(is_figure(sheet, i, j) for j, text in enumerate(sheet.rows[i]) if text):
        return False
    return not is_head or any(read_place(text).kind == PLACE for text in filled)


def _line(sheet: Sheet, i: int, file: str) -> dict[str, str]:
    j = next(j for j, text in enumerate(sheet.rows[i]) if text.strip())
    reason = "The row has figures and lies outside every table."
    cells = (
        file,
        sheet.name,
        sheet.address(i, j),
        sheet.text(i, j),
        "row_outside",
        reason,
        mend_of("row_outside"),
    )
    return dict(zip(QUARANTINE_COLUMNS, cells, strict=True))

"""The final account of rows: each is told of in an observation or in the quarantine, or heads or explains a table."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from analysis.cleaning.messages import message
from analysis.cleaning.outcomes.outcome import TableOutcome
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.shapes import quarantine_line
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.rowkinds import is_field, is_figure, is_numbering
from analysis.cleaning.words.places import PLACE, REGION, read_place

Told = npt.NDArray[np.bool_]
_ORDINAL = re.compile(r"\(?(\d{1,3}|[IVXivx]+|[A-Za-z])[.)]*")


def close_account(
    sheet: Sheet,
    whole: Sheet,
    blocks: list[Block],
    tables: list[TableOutcome],
    unread: list[Block],
    file: str,
) -> list[dict[str, str]]:
    """Return a quarantine line for every row of a sheet that nothing has told of.

    `whole` is the sheet as it was read, `sheet` the one in which `blocks` were found; `unread` are the blocks whose
    rows are in the quarantine already, as tables that were not understood.
    """
    lines = [_line(whole, i, file) for i in _left_behind(whole, sheet)]
    parts = {id(block.sheet): block.sheet for block in blocks}
    for key, part in parts.items():
        told = np.zeros(len(part.rows), dtype=bool)
        for table in tables:
            if id(table.block.sheet) == key:
                told |= table.told
        for block in unread:
            if id(block.sheet) == key:
                _mark_body(block, told)
        own = [block for block in blocks if id(block.sheet) == key]
        lines.extend(_line(part, i, file) for i in _untold(part, own, told))
    return lines


def _left_behind(whole: Sheet, sheet: Sheet) -> Iterable[int]:
    """Return the rows that unfolding took out of a sheet although they say more than a province's name."""
    if whole is sheet or whole.transposed != sheet.transposed:
        return []
    kept = set(sheet.numbers)
    gone = [i for i, number in enumerate(whole.numbers) if number not in kept]
    return [i for i in gone if sum(not _ORDINAL.fullmatch(text.strip()) for text in _filled(whole, i)) > 1]


def _untold(sheet: Sheet, blocks: list[Block], told: Told) -> list[int]:
    """Return the rows nobody told of: those of a table's body always, others when they hold figures."""
    body = np.zeros(len(sheet.rows), dtype=bool)
    for block in blocks:
        _mark_body(block, body)
        bare = [i for i, kind in block.others if kind == REGION and len(_filled(sheet, i)) <= 2]
        told[bare] = True
    heads = {i for block in blocks for i in block.header}
    return [i for i in np.flatnonzero(~told).tolist() if body[i] or _has_figures(sheet, i, i in heads)]


def _mark_body(block: Block, rows: Told) -> None:
    rows[block.data] = True
    rows[[i for i, _ in block.others]] = True


def _filled(sheet: Sheet, i: int) -> list[str]:
    return [text for text in sheet.rows[i] if text.strip()]


def _has_figures(sheet: Sheet, i: int, is_head: bool) -> bool:
    """Tell whether a row outside the tables holds figures; beside a province's name a year may be one too.

    A header counts only when it names a province.
    """
    filled = _filled(sheet, i)
    if len(filled) < 2 or is_numbering(filled) or is_field(filled):
        return False
    if len(filled) == 2 and filled[0].strip().isdigit() and not is_number_like(filled[1]):
        return read_place(filled[1]).kind == PLACE
    if any(read_place(text).kind == PLACE for text in filled):
        return any(map(is_number_like, filled))
    return not is_head and any(is_figure(sheet, i, j) for j, text in enumerate(sheet.rows[i]) if text)


def _line(sheet: Sheet, i: int, file: str) -> dict[str, str]:
    j = next(j for j, text in enumerate(sheet.rows[i]) if text.strip())
    return quarantine_line(file, sheet.name, sheet.span(i), sheet.text(i, j), message("row_outside"))

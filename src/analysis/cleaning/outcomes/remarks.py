"""What a producer remarks of the figures of a row, in a column of its own (Ghi chú): a note on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from analysis.cleaning.heads import headers as h
from analysis.cleaning.messages import message
from analysis.cleaning.outcomes.outcome import TableOutcome
from analysis.cleaning.outcomes.refusal import refuse
from analysis.cleaning.readers.grid import Codes, Sheet, factorize_codes
from analysis.cleaning.words.corrected import say_correction
from analysis.cleaning.words.headtexts import shorten
from analysis.cleaning.words.provisional import read_provisional, say_provisional

Texts = tuple[list[str], Codes]
_DATED = (h.PERIOD, h.YEAR, h.MONTH, h.QUARTER, h.START, h.END)


def note_rows(outcome: TableOutcome, rows: Codes) -> Iterator[Texts]:
    """Yield what names, remarks and periods say of rows, as notes: the distinct texts and which each row has."""
    yield _noted(outcome.block.sheet, outcome.block.name_column, rows, say_correction)
    for column in outcome.columns:
        if column.role == h.REMARK:
            yield _noted(outcome.block.sheet, column.index, rows, _say_remark)
        elif column.role in _DATED:
            yield _noted(
                outcome.block.sheet, column.index, rows, lambda text: say_provisional(read_provisional(text))
            )


def join_notes(first: Texts, second: Texts) -> Texts:
    """Return two notes on the same rows as one."""
    (texts, codes), (others, other_codes) = first, second
    joint, pairs = factorize_codes(codes * len(others) + other_codes, len(texts) * len(others))
    found = [(texts[pair // len(others)], others[pair % len(others)]) for pair in pairs.tolist()]
    return ["; ".join(filter(None, pair)) for pair in found], joint


def refuse_lone_remarks(outcome: TableOutcome) -> None:
    """Put remarks into the quarantine that stand beside rows from which no figure was read."""
    block = outcome.block
    rows = sorted([*block.data[~outcome.observed[block.data]].tolist(), *(i for i, _ in block.others)])
    for column in outcome.columns:
        if column.role == h.REMARK:
            for i in rows:
                if text := shorten(block.sheet.text(i, column.index)):
                    refuse(outcome, i, column.index, message("remark_alone"), text)


def _noted(sheet: Sheet, j: int, rows: Codes, say: Callable[[str], str]) -> Texts:
    """Return a column's texts in rows as notes, those of cells merged downwards in each of their rows."""
    codes, texts = sheet.codes(j)
    notes = [say(text) if text else "" for text in texts]
    if not any(notes):
        return [""], np.zeros(len(rows), dtype=np.intp)
    if sheet.merges:
        codes = _spread_down(sheet, j, codes)
    return notes, codes[rows]


def _spread_down(sheet: Sheet, j: int, codes: Codes) -> Codes:
    """Return the codes of a column with those of merged cells in all of their rows."""
    spread, place = codes.copy(), {number: i for i, number in enumerate(sheet.numbers)}
    for top, left, bottom, _ in sheet.merges:
        if left == j and bottom > top and top in place:
            within = [place[n] for n in range(top, min(bottom, top + 5000) + 1) if n in place]
            spread[within] = codes[place[top]]
    return spread


def _say_remark(text: str) -> str:
    return f"remark: “{shorten(text)}”"

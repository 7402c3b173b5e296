"""What a producer says beside a figure, and what of it is hidden or covered: a note on the observation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from analysis.cleaning.extract.outcome import TableOutcome
from analysis.cleaning.figures.readings import Readings
from analysis.cleaning.layout import DATING, LaidColumn, Role
from analysis.cleaning.messages import message
from analysis.cleaning.readers.grid import Codes, Sheet, factorize_codes
from analysis.cleaning.words.edition_marks import read_provisional, say_correction, say_provisional
from analysis.cleaning.words.headtexts import shorten

Texts = tuple[list[str], Codes]


def notes_on(
    outcome: TableOutcome,
    column: LaidColumn,
    rows: Codes,
    general: list[str],
    readings: Readings,
    reading_of: Codes,
) -> Texts:
    """Return the notes of the figures of a column as distinct texts and which of them each row has.

    `general` holds for all of them; `reading_of` tells which reading each row has.
    """
    sheet, j = outcome.sheet, column.index
    said = ["hidden sheet"] if sheet.hidden else []
    said += ["hidden column"] if j in sheet.hidden_columns else []
    words = next(filter(None, map(read_provisional, column.path)), outcome.table.provisional)
    said += [*general, *([say_provisional(words)] if words else [])]
    said += [f"sum of {1 + len(column.plus)} columns"] if column.plus else []
    notes: Texts = ["; ".join(said)], np.zeros(len(rows), dtype=np.intp)
    if sheet.hidden_rows:
        hidden = [sheet.numbers[i] in sheet.hidden_rows for i in rows.tolist()]
        notes = join_notes(notes, (["", "hidden row"], np.array(hidden, dtype=np.intp)))
    texts, said_of = readings.distinct("note", "")
    for more in (
        (texts, said_of[reading_of]),
        _covered(sheet, {j, outcome.body.name_column}, rows),
        *_of_rows(outcome, rows),
    ):
        notes = join_notes(notes, more) if len(more[0]) > 1 or more[0][0] else notes
    return notes


def _covered(sheet: Sheet, places: set[int], rows: Codes) -> Texts:
    """Return a note on rows whose figure or name lies below a merged cell, where nobody sees it."""
    below = {i for i, j in sheet.covered if j in places}
    if not below:
        return [""], np.zeros(len(rows), dtype=np.intp)
    return ["", "covered cell"], np.isin(rows, list(below)).astype(np.intp)


def _of_rows(outcome: TableOutcome, rows: Codes) -> Iterator[Texts]:
    """Yield what names, remarks and periods say of rows, as notes: the distinct texts and which each row has."""
    body = outcome.body
    yield _noted(outcome.sheet, body.name_column, rows, say_correction)
    for column in outcome.table.columns:
        if column.role == Role.REMARK:
            yield _noted(outcome.sheet, column.index, rows, _say_remark)
        elif column.role in (*DATING, Role.START):
            yield _noted(
                outcome.sheet, column.index, rows, lambda text: say_provisional(read_provisional(text))
            )


def join_notes(first: Texts, second: Texts) -> Texts:
    """Return two notes on the same rows as one."""
    (texts, codes), (others, other_codes) = first, second
    joint, pairs = factorize_codes(codes * len(others) + other_codes, len(texts) * len(others))
    found = [(texts[pair // len(others)], others[pair % len(others)]) for pair in pairs.tolist()]
    return ["; ".join(filter(None, pair)) for pair in found], joint


def refuse_lone_remarks(outcome: TableOutcome) -> None:
    """Put remarks into the quarantine that stand beside rows from which no figure was read."""
    body = outcome.body
    rows = sorted([*body.data[~outcome.observed[body.data]].tolist(), *(i for i, _ in body.others)])
    for column in outcome.table.columns:
        if column.role == Role.REMARK:
            for i in rows:
                if text := shorten(outcome.sheet.text(i, column.index)):
                    outcome.refuse(i, column.index, message("remark_alone"), text)


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

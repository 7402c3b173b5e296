"""The period of each row of a long table, from the cells that hold it: one, year and month, or first and last day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.readers.grid import Codes, factorize_codes
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.periods import Period, frequency_of, parse_period

# Of rows that leave their period to the head of each column.
LEFT_OPEN = Period(dt.date.min, dt.date.min, "X")


def read_periods(
    block: Block, columns: list[Column], year: int | None
) -> tuple[Codes | None, list[Period | None]]:
    """Return the distinct periods of the rows and which each has, None where the table has no such column.

    A period is None where it cannot be read, `LEFT_OPEN` where its cells are empty. `year` is that of the table's
    surroundings, for cells that name none.
    """
    at = {column.role: column.index for column in reversed(columns)}
    if h.END in at:
        return _joined(block, [at.get(h.START), at[h.END]], _between)
    if h.PERIOD in at:
        return _joined(block, [at[h.PERIOD]], partial(parse_period, year=year))
    if h.YEAR in at:
        return _joined(block, [at[h.YEAR], at.get(h.MONTH), at.get(h.QUARTER)], _part_of)
    for role, word in ((h.MONTH, "tháng "), (h.QUARTER, "quý ")):
        if role in at:
            return _joined(block, [at[role]], partial(_bare_part, word=word, year=year))
    return None, []


def _joined(
    block: Block, indices: list[int | None], read: Callable[..., Period | None]
) -> tuple[Codes, list[Period | None]]:
    """Read a period from several cells of each row, every distinct combination once; a column may be absent."""
    (joint, first), *others = [block.codes(j) for j in indices if j is not None]
    keys: list[tuple[str, ...]] = [(text,) for text in first]
    for codes, texts in others:
        joint, found = factorize_codes(joint * len(texts) + codes, len(keys) * len(texts))
        keys = [(*keys[pair // len(texts)], texts[pair % len(texts)]) for pair in found.tolist()]
    periods: list[Period | None] = []
    for given in map(iter, keys):
        said = ["" if j is None else next(given) for j in indices]
        periods.append(read(*said) if any(said) else LEFT_OPEN)
    return joint, periods


def _bare_part(text: str, word: str, year: int | None) -> Period | None:
    """Read a cell that holds a bare month or quarter."""
    return parse_period(word + text if len(text) < 4 else text, year)


def _part_of(year: str, month: str, quarter: str) -> Period | None:
    """Return the period of separate year, month and quarter cells."""
    number = re.search(r"(19|20)\d\d", year)
    if not number:
        return None
    if month.strip():
        text = month if not month.strip().isdigit() else f"tháng {month.strip()}"
        return _of_year(text, int(number[0]))
    if quarter.strip():
        text = quarter if len(quarter.strip()) > 3 else f"quý {quarter.strip()}"
        return _of_year(text, int(number[0]))
    return parse_period(number[0])


def _of_year(text: str, year: int) -> Period | None:
    """Return the period of a text in the year that a cell of its own gives."""
    period = parse_period(text, year)
    return replace(period, year_given=True) if period else None


def _between(start: str, end: str) -> Period | None:
    """Return the period between two day cells; an empty first day makes it a state on the last."""
    last = parse_period(end)
    if last is None:
        return None
    first = parse_period(start) if start.strip() else None
    if first is None:
        return Period(last.end, last.end, "X") if not start.strip() else None
    days = first.start, last.end
    return Period(*days, frequency_of(*days)) if days[0] <= days[1] else None

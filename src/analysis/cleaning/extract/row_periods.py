"""Of what period each row of a table is, as its columns of periods, years, months, quarters or days say together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from analysis.cleaning.layout import LaidColumn, Role
from analysis.cleaning.readers.grid import Codes, factorize_codes
from analysis.cleaning.words.periods import LEFT_OPEN, Period, frequency_of, parse_period, parse_periods

if TYPE_CHECKING:
    from analysis.cleaning.extract.table_rows import Body

# What stands before a name or a period in a list.
DASHES = " -–+*•"


def read_periods(body: Body) -> tuple[Codes | None, list[Period | None]]:
    """Return the distinct periods of the rows and which each has, None where the table has no such column.

    A period is None where it cannot be read, `LEFT_OPEN` where its cells are empty.
    """
    at = {column.role: column for column in reversed(body.table.columns)}
    year = body.table.year
    if Role.END in at:
        return _joined(body, [at.get(Role.START), at[Role.END]], _between)
    if Role.PERIOD in at:
        codes, texts = body.codes(at[Role.PERIOD])
        read = parse_periods([text.strip(DASHES) for text in texts], year)
        return codes, [period if text else LEFT_OPEN for text, period in zip(texts, read, strict=True)]
    if Role.YEAR in at:
        return _joined(body, [at[Role.YEAR], at.get(Role.MONTH), at.get(Role.QUARTER)], _part_of)
    for role, word in ((Role.MONTH, "tháng "), (Role.QUARTER, "quý ")):
        if role in at:
            return _joined(body, [at[role]], partial(_bare_part, word=word, year=year))
    return None, []


def _joined(
    body: Body, columns: list[LaidColumn | None], read: Callable[..., Period | None]
) -> tuple[Codes, list[Period | None]]:
    """Read a period from several cells of each row, every distinct combination once; a column may be absent."""
    (joint, first), *others = [body.codes(column) for column in columns if column is not None]
    keys: list[tuple[str, ...]] = [(text,) for text in first]
    for codes, texts in others:
        joint, found = factorize_codes(joint * len(texts) + codes, len(keys) * len(texts))
        keys = [(*keys[pair // len(texts)], texts[pair % len(texts)]) for pair in found.tolist()]
    periods: list[Period | None] = []
    for given in map(iter, keys):
        said = ["" if column is None else next(given) for column in columns]
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
        return _of_year(month if not month.strip().isdigit() else f"tháng {month.strip()}", int(number[0]))
    if quarter.strip():
        return _of_year(quarter if len(quarter.strip()) > 3 else f"quý {quarter.strip()}", int(number[0]))
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

"""What the sections of a table say of their rows: one indicator or one period after another."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from analysis.cleaning.layout import LaidColumn, Role
from analysis.cleaning.recognise.context import Context
from analysis.cleaning.recognise.head_rows import section_text
from analysis.cleaning.recognise.heads import head_paths
from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.words.headtexts import shorten
from analysis.cleaning.words.indicator_names import name_inside
from analysis.cleaning.words.periods import parse_period
from analysis.cleaning.words.places import UNKNOWN
from analysis.cleaning.words.said_periods import Said, of_section, read_said
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import plain_text
from analysis.reference.vocabulary import words

# A source or the place and day of a signature.
_CLOSING = re.compile(r"^(nguon|source)\b|\bngay \d+ thang \d+")
_KINDS = (re.compile(r"[A-H]"), re.compile(r"[IVX]{1,5}"), re.compile(r"\d{1,3}(?:\.\d{1,2})?"))
_MARK = re.compile(r"\(?([IVX]{1,5}|[A-Z]|\d{1,3}(?:\.\d{1,2})?)[.)]*")
_LEADING = re.compile(r"\s*\(?([IVX]{1,5}|[A-Z]|\d{1,2}(?:\.\d{1,2})?)\s*[.)\-:/]+\s+")
# How far in a section stands is told by the kind of its mark; one without a mark may stand anywhere.
_UNMARKED = len(_KINDS)


@dataclass(frozen=True)
class Section:
    """Rows from `first` to before `end`, the indicator that a section names for them, and what it says of periods."""

    first: int
    end: int
    indicator: Indicator | None = None
    said: Said | None = None


def cut_sections(found: Found, context: Context) -> list[Section]:
    """Return the parts of a table of which sections say different things, in order; one part where none says any."""
    first, end = found.body
    rows = sorted(i for i in found.sections if i < end)
    read = [(i, *read_mark(found.sheet.rows[i])) for i in rows]
    read = [(i, rank, text) for i, rank, text in read if text and _is_section(found, text)]
    told = [read_said(text, context.report.year) for _, _, text in read]
    said = _nested([rank for _, rank, _ in read], told)
    parts = [Section(first, end)]
    indicator: Indicator | None = None
    for (i, _, text), own in zip(read, said, strict=True):
        indicator = name_inside(text) or indicator
        state = Section(max(i, first), end, indicator, own)
        if (state.indicator, state.said) != (parts[-1].indicator, parts[-1].said):
            parts[-1] = replace(parts[-1], end=state.first)
            parts.append(state)
    return [part for part in parts if part.end > part.first]


def _is_section(found: Found, text: str) -> bool:
    if words("heads", "note_starts").starts(text) or text.lstrip().startswith(("(", "*")):
        return False
    return found.naming.read_label(text).kind == UNKNOWN or parse_period(text, 2000) is not None


def remarks_of(found: Found, context: Context) -> list[int]:
    """Return the rows of text between those of a table and right below them that head no section.

    What they say holds of no figure. Below a table its source, a signature or a gap ends them.
    """
    texts, (first, end) = {*found.notes, *found.sections}, found.body
    below = list(takewhile(lambda i: i in texts and _goes_on(found, i), range(end, len(found.sheet.rows))))
    rows = [*sorted(i for i in texts if first < i < end), *below]
    return [
        i for i in rows if _is_note(found, i) or _is_remark(found, context, *read_mark(found.sheet.rows[i]))
    ]


def _goes_on(found: Found, i: int) -> bool:
    numbers, filled = found.sheet.numbers, [text for text in found.sheet.rows[i] if text]
    if numbers[i] != numbers[i - 1] + 1 or len(filled) != 1 or filled[0].isupper():
        return False
    return not _CLOSING.search(plain_text(filled[0]))


def _is_note(found: Found, i: int) -> bool:
    return words("heads", "note_starts").starts(next(filter(None, found.sheet.rows[i]), ""))


def _is_remark(found: Found, context: Context, rank: int, text: str) -> bool:
    if not text or rank != _UNMARKED:
        return False
    heads = name_inside(text) is not None or read_said(text, context.report.year) is not None
    return not (heads and _is_section(found, text))


def read_mark(row: Sequence[str]) -> tuple[int, str]:
    """Return how far in a section stands, by the mark before its words, and these."""
    filled = [text.strip() for text in row if text.strip()]
    text = section_text(list(row))
    found = _MARK.fullmatch(filled[0]) if filled and filled[0] != text else _LEADING.match(text)
    mark = found[1] if found else ""
    rank = next((n for n, kind in enumerate(_KINDS) if kind.fullmatch(mark)), _UNMARKED)
    return rank, shorten(_LEADING.sub("", text, count=1))


def _nested(ranks: Sequence[int], told: Sequence[Said | None]) -> list[Said | None]:
    """Return what holds below each section: what it says itself, or what those say that it stands within."""
    running: list[tuple[int, Said | None]] = []
    said: list[Said | None] = []
    for rank, own in zip(ranks, told, strict=True):
        outer = _outer(running, rank)
        running = [*outer, (rank, own or _inherited(running, outer, rank))]
        said.append(running[-1][1])
    return said


def _outer(running: list[tuple[int, Said | None]], rank: int) -> list[tuple[int, Said | None]]:
    """Return the sections that a new one stands within: those before one of its own kind, or of a kind further in."""
    same = [n for n, (known, _) in enumerate(running) if known == rank]
    inner = [n for n, (known, _) in enumerate(running) if rank < known < _UNMARKED]
    return running[: min([*same, *inner], default=len(running))]


def _inherited(
    running: list[tuple[int, Said | None]], outer: list[tuple[int, Said | None]], rank: int
) -> Said | None:
    """Return what holds in a section without a period: what the outer one says, or the period that stood alone.

    Whether an unmarked row ends the unmarked section before it, or divides it, is not told.
    """
    before = running[len(outer)][1] if rank == _UNMARKED and len(running) > len(outer) else None
    if before is not None:
        return before if before.whole else Said()
    return outer[-1][1] if outer else None


def date_columns(
    columns: Sequence[LaidColumn], said: Said | None, context: Context, by_rows: bool, stated: bool = False
) -> list[LaidColumn]:
    """Return the columns of a section with its period: each figure's where rows name none, else what rows lie within.

    Where a layout has `stated` the period, a section that contradicts it does not count.
    """
    return [
        _dated(column, said, context, by_rows, stated) if column.is_value else column for column in columns
    ]


def _dated(
    column: LaidColumn, said: Said | None, context: Context, by_rows: bool, stated: bool
) -> LaidColumn:
    if said is None:
        return column
    if by_rows:
        return replace(column, period=column.period or said.period)
    own = column.period is not None
    period = of_section(column.period or context.period, said, own, context.report.base)
    if period is None and (stated or column.stated):
        period = column.period or context.period
    return replace(column, period=period, unread="" if period else "section")


def date_across(found: Found, columns: Sequence[LaidColumn], context: Context) -> list[LaidColumn]:
    """Return the columns of a table that was turned round, each dated by the section that it stands behind.

    Sections are the columns without a figure behind that of the names.
    """
    paths, sheet = head_paths(found), found.sheet
    rows = range(*found.body)
    places = [
        j
        for j, path in enumerate(paths)
        if sheet.transposed and j > found.naming.column and path and not any(sheet.text(i, j) for i in rows)
    ]
    marks = [read_mark(paths[j]) for j in places]
    told = [read_said(text, context.report.year) for _, text in marks]
    if not any(told):
        return list(columns)
    said = [None, *_nested([rank for rank, _ in marks], told)]
    dated = []
    for column in columns:
        own = said[bisect_right(places, column.index)]
        (read,) = date_columns([column], own, context, by_rows=False)
        if read.unread == "section":
            read = replace(read, role=Role.UNKNOWN, unread="since")
        dated.append(read)
    return dated

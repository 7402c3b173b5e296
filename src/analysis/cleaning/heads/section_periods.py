"""Periods that rows within a table give for the rows below them: “I. Dịch vụ công (tính đến ngày 30/9)”."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.headers import UNKNOWN_ROLE, VALUE, Column
from analysis.cleaning.heads.headpaths import header_paths
from analysis.cleaning.heads.headperiods import Wording, period_in_words, read_wording
from analysis.cleaning.readers.grid import Codes, factorize_codes
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.section_rows import UNMARKED, read_mark, section_rows
from analysis.cleaning.words.datelines import without_moments
from analysis.cleaning.words.periods import Period, find_period, in_year, parse_period

# A day that is not said to be the last one may be that of a letter or of a rule.
_UNTIL = re.compile(r"\b(?:den|toi|tai|thoi diem|as of|as at|until|by)\b")
_RULE = re.compile(
    r"\b(?:nghi quyet|nghi dinh|quyet dinh|thong tu|chi thi|cong van|ke hoach|chuong trinh|de an|luat)\b"
)
_PLAN = re.compile(rf"{_RULE.pattern}|\b(?:chi tieu|muc tieu|giao|giai doan|nhiem vu)\b")
_ANY_YEAR = 2000


@dataclass(frozen=True)
class Said:
    """What a section row says of its rows: a period, words that refer to that of the report, or what is not told.

    `whole` tells that it says nothing else, so that sections without a period stand within it.
    """

    period: Period | None = None
    wording: Wording | None = None
    whole: bool = False


@dataclass(frozen=True)
class SectionPeriods:
    """What the section rows of a table say of periods; `said_of` tells which of them each data row is below.

    None stands for no section, or one that says nothing of a period.
    """

    said: list[Said | None]
    said_of: Codes


def read_section_periods(block: Block, year: int | None) -> SectionPeriods | None:
    """Return what section rows say of the periods of the data rows, None where none of them says anything.

    `year` is that of the table's surroundings, for sections that name none.
    """
    rows = list(section_rows(block)) if len(block.data) else []
    told = [_read_said(text, year) for _, _, text in rows]
    if not any(told):
        return None
    said = [None, *_nested([rank for _, rank, _ in rows], told)]
    starts = np.array([i for i, _, _ in rows], dtype=np.intp)
    return SectionPeriods(said, np.searchsorted(starts, block.data, side="right").astype(np.intp))


def _nested(ranks: Sequence[int], told: Sequence[Said | None]) -> list[Said | None]:
    """Return what holds below each section: what it says itself, or what those say that it stands within."""
    running: list[tuple[int, Said | None]] = []
    said: list[Said | None] = []
    for rank, own in zip(ranks, told, strict=True):
        outer = _outer(running, rank)
        running = [*outer, (rank, own or _inherited(running, outer, rank))]
        said.append(running[-1][1])
    return said


def date_across(
    block: Block, columns: list[Column], context: Context, stated: Set[int] = frozenset()
) -> list[Column]:
    """Return the columns of a table that was turned round, each dated by the section that it stands behind as well.

    Sections are the columns without a figure behind that of the names; `stated` columns have their period from a
    layout.
    """
    if not block.sheet.transposed:
        return columns
    paths = header_paths(block)
    places = [j for j, path in enumerate(paths) if j > block.name_column and path and not any(block.texts(j))]
    marks = [read_mark(paths[j][0], paths[j][-1]) for j in places]
    told = [_read_said(text, context.year) for _, text in marks]
    if not any(told):
        return columns
    said = [None, *_nested([rank for rank, _ in marks], told)]
    return [
        column if column.index in stated else _dated(column, said[bisect_left(places, column.index)], context)
        for column in columns
    ]


def _dated(column: Column, said: Said | None, context: Context) -> Column:
    if said is None or column.role != VALUE:
        return column
    own = column.period is not None
    period = _together(column.period or context.period, said, own, context.report)
    if period is None:
        return replace(column, role=UNKNOWN_ROLE, unread="since")
    return replace(column, period=period)


def join_sections(
    sections: SectionPeriods,
    dated: tuple[list[Period | None], Codes],
    own: bool,
    stated: bool,
    report: Period | None,
) -> tuple[list[Period | None], Codes]:
    """Return the periods of a column's cells as head, row and section say together; None where they contradict.

    `own` tells that heads or rows name the periods so far, not the surroundings of the table; one that a layout has
    `stated` holds where the section contradicts.
    """
    periods, period_of = dated
    count = len(sections.said)
    joint, found = factorize_codes(period_of * count + sections.said_of, len(periods) * count)
    pairs = [(periods[pair // count], sections.said[pair % count]) for pair in found.tolist()]
    joined = [(period, _together(period, said, own, report)) for period, said in pairs]
    return [both or (period if stated else None) for period, both in joined], joint


def _together(period: Period | None, said: Said | None, own: bool, report: Period | None) -> Period | None:
    if said is None or (own and period is None):
        return period
    if said.wording is not None:
        return period_in_words(said.wording, period if own else report)
    if not own or period is None or said.period is None:
        return said.period
    return _of_both(period, said.period)


def _of_both(period: Period, said: Period) -> Period | None:
    """Return a day within a period, a part of a year, or the period itself in a section of its year."""
    if not said.year_given:
        said = in_year(said, period.end.year)
    if (said.start, said.end) == (period.start, period.end):
        return period
    if period.start <= said.start and said.end <= period.end:
        return said if said.start == said.end or period.frequency == "A" else None
    within = said.start <= period.start and period.end <= said.end
    return period if within and said.frequency == "A" else None


def _read_said(text: str, year: int | None) -> Said | None:
    """Return what a section row says of its period; a year within other words is that of a plan."""
    dated = without_moments(text)
    found = find_period(dated, year or _ANY_YEAR)
    if found is not None:
        period = found[0] if year or found[0].year_given else None
        whole = parse_period(dated, year or _ANY_YEAR) is not None
        if found[0].frequency == "A" and not whole and _PLAN.search(dated):
            return None
        if found[0].start == found[0].end and not (whole or _UNTIL.search(dated)):
            return None if _RULE.search(dated) else Said()
        return Said(period, whole=whole)
    wording = read_wording(text)
    return Said(wording=wording) if wording.since_new_year or wording.cumulative or wording.this else None


def _outer(running: list[tuple[int, Said | None]], rank: int) -> list[tuple[int, Said | None]]:
    """Return the sections that a new one stands within: those before one of its own kind, or of a kind further in."""
    same = [n for n, (known, _) in enumerate(running) if known == rank]
    inner = [n for n, (known, _) in enumerate(running) if rank < known < UNMARKED]
    return running[: min([*same, *inner], default=len(running))]


def _inherited(
    running: list[tuple[int, Said | None]], outer: list[tuple[int, Said | None]], rank: int
) -> Said | None:
    """Return what holds in a section without a period: what the outer one says, or the period that stood alone.

    Whether an unmarked row ends the unmarked section before it, or divides it, is not told.
    """
    before = running[len(outer)][1] if rank == UNMARKED and len(running) > len(outer) else None
    if before is not None:
        return before if before.whole else Said()
    return outer[-1][1] if outer else None

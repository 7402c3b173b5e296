"""Whole files to observations: read, corrected where a correction is on record, understood, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path, PurePath

import numpy as np

from analysis.cleaning import headers as h
from analysis.cleaning.account import close_account
from analysis.cleaning.blocks import Block, find_blocks
from analysis.cleaning.contexts import Context, read_context
from analysis.cleaning.corrections import Applied, Correction, correct_sheets, note_corrections
from analysis.cleaning.countheads import claim_counts
from analysis.cleaning.drafts import any_figure
from analysis.cleaning.extraction import extract_table
from analysis.cleaning.grid import Sheet
from analysis.cleaning.headers import Column, read_columns, without_twins
from analysis.cleaning.layout_tables import lay_upon
from analysis.cleaning.layouts import Layout
from analysis.cleaning.limits import FileRefused
from analysis.cleaning.messages import Message, message
from analysis.cleaning.nesting import unfold
from analysis.cleaning.opening import read_sheets
from analysis.cleaning.outcome import TableOutcome
from analysis.cleaning.papi_workbook import clean_papi_workbook, is_papi_workbook
from analysis.cleaning.places import BELOW, read_place
from analysis.cleaning.plain_shares import claim_plain_shares
from analysis.cleaning.reconciliation import Check, attach_counts, check_shares
from analysis.cleaning.refusal import UNEVEN
from analysis.cleaning.shapes import (
    HELD_COLUMNS,
    OBSERVATION_COLUMNS,
    SOURCE_COLUMNS,
    TARGET_COLUMNS,
    Cleaned,
    quarantine_line,
    shape,
    stack,
)
from analysis.cleaning.single import add_province
from analysis.cleaning.sources import describe_source
from analysis.cleaning.totals import check_totals

# Names that are no province are told of one by one up to this many.
_SHOWN = 8


@dataclass
class FileOutcome:
    """What one file gave. `problems` says which tables were not understood, or why the file was refused;
    `notices` what a person should look at although everything was read.
    """

    file: str
    cleaned: Cleaned
    tables: list[TableOutcome] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    corrections: list[Applied] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    unread: list[tuple[Sheet, Block | None, list[Column], Context | None]] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    rows_read: int = 0
    path: Path | None = None

    @property
    def refused(self) -> bool:
        """Tell whether the file, or a table of it, could not be used."""
        return bool(self.problems)


def clean_file(
    path: Path,
    *,
    layout: Layout | None = None,
    corrections: Sequence[Correction] = (),
    source: dict[str, str] | None = None,
    name: str | None = None,
) -> FileOutcome:
    """Clean one file of any layout; a file that cannot be used is told of, not raised.

    `name` is what messages and locations call the file; `source` is its line in the sources table.
    """
    file = name or path.name
    source = source or describe_source("", path.name, "", "", file)
    try:
        sheets = read_sheets(path, file)
        sheets, applied = correct_sheets(sheets, file, corrections)
    except FileRefused as refusal:
        return FileOutcome(file, _empty(source), problems=[refusal.message], path=path)
    except OSError as error:
        problem = message("unopened", file=file, error=str(error.strerror))
        return FileOutcome(file, _empty(source), problems=[problem], path=path)
    outcome = FileOutcome(file, _empty(source), corrections=applied, path=path)
    outcome.rows_read = sum(len(sheet.rows) for sheet in sheets)
    if layout is None and is_papi_workbook(sheets):
        outcome.cleaned = clean_papi_workbook(sheets, path.name, file, source)
        return outcome
    _clean_sheets(outcome, sheets, layout, source)
    if not (outcome.problems or outcome.tables):
        outcome.problems.append(message("no_table", file=file))
        outcome.unread.extend((sheet, None, [], None) for sheet in sheets)
    return outcome


def _empty(source: dict[str, str]) -> Cleaned:
    return Cleaned(
        shape([], OBSERVATION_COLUMNS),
        shape([], TARGET_COLUMNS),
        shape([], HELD_COLUMNS),
        shape([source], SOURCE_COLUMNS),
    )


def _clean_sheets(
    outcome: FileOutcome, sheets: list[Sheet], layout: Layout | None, source: dict[str, str]
) -> None:
    refused: list[dict[str, str]] = []
    for sheet in sheets:
        if layout is not None:
            refused.extend(_clean_laid_out(outcome, sheet, layout, source["source_id"]))
            continue
        refused.extend(_clean_sheet(outcome, sheet, source["source_id"]))
    if layout is not None and not (outcome.tables or outcome.problems):
        outcome.problems.append(message("no_fit", file=outcome.file, layout=layout.where))
    observations = stack([table.observations for table in outcome.tables], OBSERVATION_COLUMNS)
    if _may_hold_counts(outcome.tables):
        observations = attach_counts(observations)
        outcome.checks.extend(check_shares(observations))
    refused.extend(line for table in outcome.tables for line in table.refused)
    outcome.cleaned = Cleaned(
        note_corrections(observations, outcome.corrections),
        outcome.cleaned.targets,
        shape(refused, HELD_COLUMNS),
        outcome.cleaned.sources,
    )


def _clean_laid_out(
    outcome: FileOutcome, sheet: Sheet, layout: Layout, source_id: str
) -> list[dict[str, str]]:
    """Read one sheet as a layout says; return the quarantine of what lies outside its table."""
    if not layout.fits(sheet):
        return _unread_sheet(outcome, sheet)
    found = lay_upon(layout, sheet, outcome.file)
    if found.other is not None:
        where = {"file": outcome.file, "sheet": sheet.name}
        outcome.problems.append(message(found.other.code, **found.other.values, **where))
        rows = sorted([*found.block.data.tolist(), *(i for i, _ in found.block.others)])
        return _lines(outcome, found.block.sheet, rows, found.other)
    _take_table(outcome, found.block, found.columns, found.context, source_id)
    own = found.block
    return close_account(own.sheet, own.sheet, [own], outcome.tables[-1:], [], outcome.file)


def _may_hold_counts(tables: list[TableOutcome]) -> bool:
    """Tell whether a share can stand beside both its counts: three columns, or rows that name indicators."""
    columns = [column for table in tables for column in table.columns]
    values = sum(column.role == h.VALUE for column in columns)
    counted = (h.INDICATOR, h.NUMERATOR, h.DENOMINATOR)
    return values >= 3 or any(column.role in counted for column in columns)


def _clean_sheet(outcome: FileOutcome, sheet: Sheet, source_id: str) -> list[dict[str, str]]:
    """Understand one sheet; return the quarantine of what lies outside its tables."""
    unfolded = unfold(sheet)
    if unfolded is sheet:
        unfolded = add_province(sheet, outcome.file)
    blocks = find_blocks(unfolded)
    if not blocks:
        return _unread_sheet(outcome, sheet)
    refused: list[dict[str, str]] = []
    unread: list[Block] = []
    earlier = len(outcome.tables)
    before: list[str] = []
    for block in blocks:
        context = read_context(block, before, PurePath(outcome.file).name)
        columns = claim_plain_shares(block, claim_counts(read_columns(block, context)))
        columns = without_twins(columns, context)
        before.extend(block.titles)
        if not len(block.data):
            before.extend(text for i in block.header for text in block.sheet.rows[i] if text)
        block = _without_uneven(_without_units(block, columns), columns)
        if _holds_figures(block, columns):
            _take_table(outcome, block, columns, context, source_id)
        elif not _has_figures(block):
            refused.extend(_lines(outcome, block.sheet, _named(block), message("no_figures")))
            unread.append(block)
        else:
            refused.extend(_unread_block(outcome, block, columns, context))
            unread.append(block)
    account = close_account(unfolded, sheet, blocks, outcome.tables[earlier:], unread, outcome.file)
    return [*refused, *account]


def _has_figures(block: Block) -> bool:
    """Tell whether any row of a table has a figure, or a mark that there is none."""
    rows = chain(block.data.tolist(), (i for i, _ in block.others))
    return any_figure(block.sheet, rows, block.name_column, True)


def _named(block: Block) -> list[int]:
    """Return the rows of a table that name a province or a unit below one."""
    return sorted([*block.data.tolist(), *(i for i, kind in block.others if kind in ("heading", BELOW))])


def _holds_figures(block: Block, columns: list[Column]) -> bool:
    """Tell whether a column of figures was understood; an empty one counts where nothing else is left unread."""
    roles = {column.role for column in columns if block.filled(column.index).any()}
    return h.VALUE in roles or (h.UNKNOWN_ROLE not in roles and any(c.role == h.VALUE for c in columns))


def _without_units(block: Block, columns: list[Column]) -> Block:
    """Set rows apart that name a district or department beside their province: they are not the province's."""
    below = np.zeros(len(block.data), dtype=bool)
    for column in columns:
        if column.role == h.UNITS:
            codes, texts = block.sheet.codes(column.index)
            below |= np.array([read_place(text).kind == BELOW for text in texts], dtype=bool)[
                codes[block.data]
            ]
    if not below.any():
        return block
    others = sorted([*block.others, *((i, BELOW) for i in block.data[below].tolist())])
    return replace(block, data=block.data[~below], others=others)


def _without_uneven(block: Block, columns: list[Column]) -> Block:
    """Set rows of a text file apart that have figures beyond the last head: a number was cut in two, as 58,1 is."""
    headed = max((column.index for column in columns if column.head), default=-1)
    beyond = [c.index for c in columns if c.role == h.UNKNOWN_ROLE and c.index > headed >= 0]
    if not block.sheet.lines or block.sheet.transposed or not beyond:
        return block
    uneven = np.any([block.filled(j) for j in beyond], axis=0)
    others = sorted([*block.others, *((i, UNEVEN) for i in block.data[uneven].tolist())])
    return replace(block, data=block.data[~uneven], others=others)


def _take_table(
    outcome: FileOutcome, block: Block, columns: list[Column], context: Context, source_id: str
) -> None:
    table = extract_table(block, columns, context, outcome.file, source_id)
    outcome.tables.append(table)
    outcome.checks.extend(check_totals(table))
    outcome.notices.extend(table.notices)
    if table.stopped:
        shown, rest = table.stopped[:_SHOWN], len(table.stopped) - _SHOWN
        code = "names_unknown.more" if rest > 0 else "names_unknown"
        where = {"file": outcome.file, "sheet": block.sheet.name}
        outcome.problems.append(message(code, **where, names=shown, rest=rest))


def _unread_sheet(outcome: FileOutcome, sheet: Sheet) -> list[dict[str, str]]:
    """Quarantine a sheet without any province; one without figures is only prose and no problem."""
    from analysis.cleaning.cells import is_number_like

    rows = [i for i, row in enumerate(sheet.rows) if sum(bool(t) for t in row) >= 2]
    figures = sum(any(map(is_number_like, sheet.rows[i])) for i in rows)
    if figures < 2 and len(outcome.tables) + figures > 0:
        rows = [i for i in rows if any(map(is_number_like, sheet.rows[i]))]
    if figures < 2:
        return _lines(outcome, sheet, rows, message("row_outside"))
    outcome.unread.append((sheet, None, [], None))
    outcome.problems.append(message("no_names", file=outcome.file, sheet=sheet.name, rows=len(sheet.rows)))
    return _lines(outcome, sheet, rows or list(range(len(sheet.rows))))


def _unread_block(
    outcome: FileOutcome, block: Block, columns: list[Column], context: Context
) -> list[dict[str, str]]:
    outcome.unread.append((block.sheet, block, columns, context))
    seen = _seen(block, columns, context)
    outcome.problems.append(
        message("columns_not_understood", file=outcome.file, sheet=block.sheet.name, **seen)
    )
    return _lines(outcome, block.sheet, sorted([*block.data.tolist(), *(i for i, _ in block.others)]))


def _seen(block: Block, columns: list[Column], context: Context) -> dict[str, Message]:
    """Say what was recognised of a table that was not understood."""
    provinces, period, indicator = (
        message(f"seen_{part}.none") for part in ("provinces", "period", "indicator")
    )
    if len(block.data):
        first = block.sheet.address(block.data[0], block.name_column)
        provinces = message("seen_provinces", rows=len(block.data), cell=first)
    if context.period:
        days = {"start": f"{context.period.start:%d/%m/%Y}", "end": f"{context.period.end:%d/%m/%Y}"}
        period = message("seen_period", **days)
    if context.indicator:
        indicator = message("seen_indicator", code=context.indicator.code)
    unknown = "; ".join(f"“{column.head}”" for column in columns if column.role == h.UNKNOWN_ROLE)[:200]
    heads = message("seen_heads", heads=unknown) if unknown else message("seen_heads.none")
    return {"provinces": provinces, "period": period, "indicator": indicator, "heads": heads}


def _lines(
    outcome: FileOutcome, sheet: Sheet, rows: list[int], said: Message | None = None
) -> list[dict[str, str]]:
    lines, said = [], said or message("table_not_understood")
    for i in rows:
        text = next(text for text in sheet.rows[i] if text)
        lines.append(quarantine_line(outcome.file, sheet.name, sheet.span(i), text, said))
    return lines

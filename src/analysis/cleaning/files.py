"""Whole files to observations: read, corrected where a correction is on record, understood, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from analysis.cleaning.corrections import Applied, Correction, correct_sheets, note_corrections
from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.plain_shares import CONTRADICTED
from analysis.cleaning.layouts.layout import LaidTable, Layout
from analysis.cleaning.layouts.questions import Unclear
from analysis.cleaning.layouts.sheet_tables import Table, Tables, find_tables
from analysis.cleaning.layouts.variables import with_explained
from analysis.cleaning.messages import Message, message
from analysis.cleaning.outcomes.account import close_account
from analysis.cleaning.outcomes.extraction import extract_table
from analysis.cleaning.outcomes.nation import add_nation
from analysis.cleaning.outcomes.outcome import TableOutcome
from analysis.cleaning.outcomes.reconciliation import Check, attach_counts, check_shares
from analysis.cleaning.outcomes.totals import check_totals
from analysis.cleaning.publishers.decision_tables import holds_decisions
from analysis.cleaning.publishers.decisions import clean_decisions
from analysis.cleaning.publishers.papi_workbook import clean_papi_workbook, is_papi_workbook
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.readers.limits import FileRefused
from analysis.cleaning.readers.opening import read_sheets, shown_name
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
from analysis.cleaning.sources import describe_source
from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.tables.disuse import words_of_disuse
from analysis.cleaning.tables.drafts import any_figure
from analysis.cleaning.words.places import AVERAGE, BELOW, UNKNOWN, says_nation

# Names that are no province are told of one by one up to this many.
_SHOWN = 8


@dataclass
class FileOutcome:
    """What one file gave. `problems` says which tables were not understood, or why the file was refused;
    `notices` what a person should look at although everything was read; `unclear` what a layout could say;
    `decided` tells whether it has a table of decisions.
    """

    file: str
    cleaned: Cleaned
    tables: list[TableOutcome] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    corrections: list[Applied] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    rows_read: int = 0
    decided: bool = False
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
    accessed: str = "",
) -> FileOutcome:
    """Clean one file of any layout; a file that cannot be used is told of, not raised.

    `name` is what messages and locations call the file; `source` is its line in the sources table; `accessed` the ISO
    day by which it was there, where that is known.
    """
    file = shown_name(name or path.name)
    source = source or describe_source("", shown_name(path.name), "", "", file)
    outcome = FileOutcome(file, _empty(source), path=path if shown_name(str(path)) == str(path) else None)
    try:
        sheets, outcome.corrections = correct_sheets(read_sheets(path, file), file, corrections)
    except FileRefused as refusal:
        outcome.problems.append(refusal.message)
    except OSError as error:
        outcome.problems.append(message("unopened", file=file, error=str(error.strerror)))
    else:
        outcome.rows_read = sum(len(sheet.rows) for sheet in sheets)
        if layout is None and is_papi_workbook(sheets):
            outcome.cleaned = clean_papi_workbook(sheets, path.name, file, source)
        else:
            others = sheets if layout else _take_decisions(outcome, sheets, source, accessed)
            if others or not sheets:
                _clean_sheets(outcome, others, layout, str(outcome.cleaned.sources["source_id"].item()))
    return outcome


def _take_decisions(
    outcome: FileOutcome, sheets: list[Sheet], source: dict[str, str], accessed: str
) -> list[Sheet]:
    """Take in the sheets that hold decisions and return the others; a draft is left to those."""
    found = [holds_decisions(sheet) and not words_of_disuse(sheet) for sheet in sheets]
    outcome.decided = any(found)
    if outcome.decided:
        own = [sheet for sheet, held in zip(sheets, found, strict=True) if held]
        outcome.cleaned, outcome.problems = clean_decisions(own, outcome.file, source, accessed)
        note_corrections(outcome.cleaned.targets, outcome.corrections)
    return [sheet for sheet, held in zip(sheets, found, strict=True) if not held]


def _empty(source: dict[str, str]) -> Cleaned:
    return Cleaned(
        shape([], OBSERVATION_COLUMNS),
        shape([], TARGET_COLUMNS),
        shape([], HELD_COLUMNS),
        shape([source], SOURCE_COLUMNS),
    )


def _clean_sheets(outcome: FileOutcome, sheets: list[Sheet], layout: Layout | None, source_id: str) -> None:
    refused: list[dict[str, str]] = []
    explained = with_explained(layout, sheets)
    found: list[tuple[Sheet, Tables]] = []
    for sheet in sheets:
        named = layout is not None and layout.names_sheet(sheet)
        if words := "" if named else words_of_disuse(sheet):
            refused.extend(_disused(outcome, sheet, words))
        else:
            found.append((sheet, find_tables(sheet, explained, outcome.file)))
    tables = [table for _, own in found for table in own.found]
    named = any(len(table.block.data) for table in tables)
    for sheet, own in found:
        refused.extend(_clean_sheet(outcome, sheet, own, source_id, named))
    if layout is not None:
        used = [table.laid for table in tables if table.laid]
        outcome.problems.extend(_unused(outcome.file, layout, used, sheets))
    if not (outcome.problems or outcome.tables or outcome.decided):
        outcome.problems.extend(outcome.notices or [message("no_table", file=outcome.file)])
        outcome.unclear.extend(map(Unclear, sheets))
    observations = stack([table.observations for table in outcome.tables], OBSERVATION_COLUMNS)
    if _may_hold_counts(outcome.tables):
        observations = attach_counts(observations)
        outcome.checks.extend(check_shares(observations))
    refused.extend(line for table in outcome.tables for line in table.refused)
    outcome.cleaned = Cleaned(
        note_corrections(observations, outcome.corrections),
        outcome.cleaned.targets,
        stack([outcome.cleaned.quarantine, shape(refused, HELD_COLUMNS)], HELD_COLUMNS),
        outcome.cleaned.sources,
    )


def _disused(outcome: FileOutcome, sheet: Sheet, words: str) -> list[dict[str, str]]:
    """Quarantine a sheet that says of itself that it is not to be used."""
    said = message("sheet_disused", words=words[:80])
    outcome.notices.append(message("sheet_disused", **said.values, file=outcome.file, sheet=sheet.name))
    return _lines(outcome, sheet, [i for i, row in enumerate(sheet.rows) if any(row)], said)


def _unused(file: str, layout: Layout, used: list[LaidTable], sheets: list[Sheet]) -> list[Message]:
    """Say which tables of a layout are not in the file."""
    problems = []
    for table in layout.tables:
        if table not in used:
            heads = [column.head for column in table.columns if column.head]
            there = any(table.sheet in ("", sheet.name) for sheet in sheets)
            code = "no_fit.sheet" if not there else "no_fit" if heads else "no_fit.unheaded"
            wanted = {"layout": table.where, "wanted": table.sheet, "heads": heads}
            problems.append(message(code, file=file, **wanted, sheets=[sheet.name for sheet in sheets]))
    return problems


def _may_hold_counts(tables: list[TableOutcome]) -> bool:
    """Tell whether a share can stand beside both its counts: three columns, or rows that name indicators."""
    columns = [column for table in tables for column in table.columns]
    values = sum(column.role == h.VALUE for column in columns)
    counted = (h.INDICATOR, h.NUMERATOR, h.DENOMINATOR)
    return values >= 3 or any(column.role in counted for column in columns)


def _clean_sheet(
    outcome: FileOutcome, sheet: Sheet, tables: Tables, source_id: str, named: bool
) -> list[dict[str, str]]:
    """Take in the tables of one sheet; return the quarantine of what lies outside them.

    `named` tells whether any table of the file names a province: then one of ministries alone is no problem.
    """
    if not tables.found:
        return _unread_sheet(outcome, sheet)
    refused: list[dict[str, str]] = []
    unread: list[Block] = []
    earlier = len(outcome.tables)
    several = len(tables.found) > 1
    for table in tables.found:
        if table.outdated is not None:
            refused.extend(_outdated(outcome, table, table.outdated))
            unread.append(table.block)
        elif (
            table.laid is not None
            or _holds_figures(table.block, table.columns)
            or (named and table.block.is_of_others)
        ):
            _take_table(outcome, table, source_id, several)
        elif not _has_figures(table.block):
            refused.extend(_lines(outcome, table.block.sheet, _named(table.block), message("no_figures")))
            unread.append(table.block)
        else:
            refused.extend(_unread_block(outcome, table, several))
            unread.append(table.block)
    blocks = [table.block for table in tables.found if not table.is_cell or tables.only_cells]
    account = close_account(tables.sheet, sheet, blocks, outcome.tables[earlier:], unread, outcome.file)
    return [*refused, *account]


def _has_figures(block: Block) -> bool:
    """Tell whether any row of a table has a figure, or a mark that there is none."""
    rows = chain(block.data.tolist(), (i for i, _ in block.others))
    return any_figure(block.sheet, rows, block.name_column, True)


def _named(block: Block) -> list[int]:
    """Return the rows of a table that name a province or a unit below one."""
    return sorted([*block.data.tolist(), *(i for i, kind in block.others if kind in ("heading", BELOW))])


def _outdated(outcome: FileOutcome, table: Table, said: Message) -> list[dict[str, str]]:
    """Quarantine the rows of a table that a layout of another month was laid upon."""
    where = {"file": outcome.file, "sheet": table.block.sheet.name}
    outcome.problems.append(message(said.code, **said.values, **where))
    rows = sorted([*table.block.data.tolist(), *(i for i, _ in table.block.others)])
    return _lines(outcome, table.block.sheet, rows, said)


def _holds_figures(block: Block, columns: list[Column]) -> bool:
    """Tell whether a column of figures was understood; an empty one counts where nothing else is left unread."""
    roles = {column.role for column in columns if block.filled(column.index).any()}
    return h.VALUE in roles or (h.UNKNOWN_ROLE not in roles and any(c.role == h.VALUE for c in columns))


def _take_table(outcome: FileOutcome, table: Table, source_id: str, several: bool) -> None:
    taken = extract_table(table.block, table.columns, table.context, outcome.file, source_id)
    outcome.tables.append(taken)
    outcome.checks.extend(check_totals(taken))
    add_nation(taken, source_id)
    outcome.notices.extend(taken.notices)
    outcome.problems.extend(_contradicted(outcome.file, table))
    where = {"file": outcome.file, "sheet": table.block.sheet.name}
    if taken.stopped:
        shown, rest = taken.stopped[:_SHOWN], len(taken.stopped) - _SHOWN
        code = "names_unknown.more" if rest > 0 else "names_unknown"
        outcome.problems.append(message(code, **where, names=shown, rest=rest))
    undated = any(line["rule"] == "period_unknown" for line in taken.refused)
    if undated and taken.observations.empty:
        outcome.problems.append(message("no_period_said", **where))
    names = [str(said.values["label"]) for said in taken.stopped] or _national_averages(table.block)
    unclear = Unclear(table.block.sheet, table, names, undated, several)
    if unclear.has_questions:
        outcome.unclear.append(unclear)


def _contradicted(file: str, table: Table) -> list[Message]:
    """Say which columns of shares the counts beside them contradict: no figure of those is used."""
    block = table.block
    return [
        message(
            "column_unknown.contradicted",
            file=file,
            sheet=block.sheet.name,
            head=column.head,
            cells=int(block.filled(column.index).sum()),
        )
        for column in table.columns
        if column.unread == CONTRADICTED
    ]


def _national_averages(block: Block) -> list[str]:
    """Return the rows that may be the country's or a mean of the rows above: a person knows which."""
    means = (block.label(i) for i, kind in block.others if kind == AVERAGE)
    return list(dict.fromkeys(filter(says_nation, means)))


def _unread_sheet(outcome: FileOutcome, sheet: Sheet) -> list[dict[str, str]]:
    """Quarantine a sheet without any province; one without figures is only prose and no problem."""
    rows = [i for i, row in enumerate(sheet.rows) if sum(bool(t) for t in row) >= 2]
    # A list of names or codes counts its rows in its first column; those are no figures.
    figures = sum(any(map(is_number_like, [t for t in sheet.rows[i] if t][1:])) for i in rows)
    if figures < 2 and len(outcome.tables) + figures > 0:
        rows = [i for i in rows if any(map(is_number_like, sheet.rows[i]))]
    if figures < 2:
        return _lines(outcome, sheet, rows, message("row_outside"))
    outcome.unclear.append(Unclear(sheet))
    outcome.problems.append(message("no_names", file=outcome.file, sheet=sheet.name, rows=len(sheet.rows)))
    return _lines(outcome, sheet, rows or list(range(len(sheet.rows))))


def _unread_block(outcome: FileOutcome, table: Table, several: bool) -> list[dict[str, str]]:
    block = table.block
    names = [block.label(i) for i, kind in block.others if kind == UNKNOWN]
    undated = table.context.period is None and not h.is_dated(table.columns)
    outcome.unclear.append(Unclear(block.sheet, table, names, undated, several))
    seen = _seen(block, table.columns, table.context)
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

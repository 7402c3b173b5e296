"""Whole files to observations: read, corrected where a correction is on record, laid out, extracted, checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analysis.cleaning.corrections import Applied, Correction, correct_sheets, note_corrections
from analysis.cleaning.disuse import words_of_disuse
from analysis.cleaning.dossiers.dossier_layout import DossierLayout
from analysis.cleaning.dossiers.unit_layout import UnitLayout
from analysis.cleaning.extract.account import close_account
from analysis.cleaning.extract.checks import Check, attach_counts, check_shares
from analysis.cleaning.extract.nation import add_nation
from analysis.cleaning.extract.observations import extract_table
from analysis.cleaning.extract.outcome import TableOutcome
from analysis.cleaning.extract.totals import check_totals
from analysis.cleaning.layout import Layout, Role
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.decision_tables import holds_decisions
from analysis.cleaning.publishers.decisions import HeldDecision, clean_decisions
from analysis.cleaning.publishers.papi_workbook import clean_papi_workbook, is_papi_workbook
from analysis.cleaning.questions import Unclear
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.readers.limits import FileRefused
from analysis.cleaning.readers.opening import read_sheets, shown_name
from analysis.cleaning.recognise.proposal import Proposal, propose
from analysis.cleaning.recognise.shares import CONTRADICTED
from analysis.cleaning.rows import BODY, HEADING, has_figure
from analysis.cleaning.shapes import (
    HELD_COLUMNS,
    OBSERVATION_COLUMNS,
    Cleaned,
    Intake,
    shape,
    stack,
)
from analysis.cleaning.sources import describe_source
from analysis.cleaning.unread import (
    describe_seen,
    find_unused,
    refuse_disused,
    refuse_outdated,
    refuse_rows,
    refuse_sheet,
    refuse_table,
    tell_remarks,
)
from analysis.cleaning.words.places import AVERAGE, BELOW, PLACE, UNKNOWN, says_nation
from analysis.reference.test_data import kind_of_output

# Names that are no province are told of one by one up to this many.
_SHOWN = 8
_PART_OF_PAGE = re.compile(r"table \d+")


@dataclass
class FileOutcome:
    """What one file gave. `problems` says which tables were not understood, or why the file was refused;
    `notices` what a person should look at although everything was read; `unclear` what a layout could say;
    `laid` the layout of every table; `decided` tells whether it has a table of decisions, `held_decisions` are rows of
    it that do not count as they are.
    """

    file: str
    cleaned: Cleaned
    tables: list[TableOutcome] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    corrections: list[Applied] = field(default_factory=list)
    problems: list[Message] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    laid: list[Proposal] = field(default_factory=list)
    rows_read: int = 0
    decided: bool = False
    held_decisions: list[HeldDecision] = field(default_factory=list)
    path: Path | None = None

    @property
    def refused(self) -> bool:
        """Tell whether the file, or a table of it, could not be used."""
        return bool(self.problems)


def clean_file(
    path: Path,
    *,
    layout: Layout | DossierLayout | UnitLayout | None = None,
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
    empty = Intake(sources={source["source_id"]: source}).finish()
    outcome = FileOutcome(file, empty, path=path if shown_name(str(path)) == str(path) else None)
    if isinstance(layout, DossierLayout | UnitLayout):
        return count_file(outcome, path, layout, accessed)
    try:
        sheets, outcome.corrections = correct_sheets(read_sheets(path, file), file, corrections)
    except FileRefused as refusal:
        outcome.problems.append(refusal.message)
    except OSError as error:
        outcome.problems.append(message("unopened", file=file, error=str(error.strerror)))
    else:
        outcome.rows_read = sum(len(sheet.rows) for sheet in sheets)
        if made := kind_of_output(text for sheet in sheets for row in sheet.rows for text in row):
            outcome.problems.append(message("test_data" if made == "test_data" else "own_output", file=file))
        elif layout is None and is_papi_workbook(sheets):
            outcome.cleaned = clean_papi_workbook(sheets, path.name, file, source)
        else:
            others = sheets if layout else _take_decisions(outcome, sheets, source, accessed)
            if others or not sheets:
                _clean_sheets(
                    outcome, others, layout or Layout(), str(outcome.cleaned.sources["source_id"].item())
                )
    return outcome


def count_file(
    outcome: FileOutcome, path: Path, layout: DossierLayout | UnitLayout, accessed: str
) -> FileOutcome:
    """Return the outcome of a file of dossiers or of units; one that cannot be read to its end gives nothing."""
    from analysis.cleaning.dossiers.counted_files import clean_dossiers
    from analysis.cleaning.dossiers.unit_tables import clean_units

    try:
        if isinstance(layout, UnitLayout):
            clean_units(outcome, path, layout)
        else:
            clean_dossiers(outcome, path, layout, accessed)
    except FileRefused as refusal:
        outcome.problems.append(refusal.message)
    return outcome


def _take_decisions(
    outcome: FileOutcome, sheets: list[Sheet], source: dict[str, str], accessed: str
) -> list[Sheet]:
    """Take in the sheets that hold decisions and return the others; a draft is left to those."""
    found = [holds_decisions(sheet) and not words_of_disuse(sheet) for sheet in sheets]
    outcome.decided = any(found)
    if outcome.decided:
        own = [sheet for sheet, held in zip(sheets, found, strict=True) if held]
        found_in = clean_decisions(own, outcome.file, source, accessed)
        outcome.cleaned, outcome.problems, outcome.held_decisions = found_in
        note_corrections(outcome.cleaned.targets, outcome.corrections)
    return [sheet for sheet, held in zip(sheets, found, strict=True) if not held]


def _clean_sheets(outcome: FileOutcome, sheets: list[Sheet], layout: Layout, source_id: str) -> None:
    """Lay out every sheet, extract its tables, and say what of layout and file was not used."""
    refused: list[dict[str, str]] = []
    laid: list[tuple[Sheet, list[Proposal]]] = []
    titles: list[str] = []
    for sheet in sheets:
        words = "" if layout.names_sheet(sheet) else words_of_disuse(sheet)
        if words:
            refused.extend(refuse_disused(outcome, sheet, words))
            continue
        part = bool(_PART_OF_PAGE.fullmatch(sheet.name))
        proposals = propose(sheet, layout, Path(outcome.file).name, titles if part else ())
        titles = [*(titles if part else ()), *(_all_texts(sheet) if not proposals else ())]
        laid.append((sheet, proposals))
    outcome.laid = [proposal for _, proposals in laid for proposal in proposals]
    named = any(p.found.rows(PLACE) for p in outcome.laid)
    for sheet, proposals in laid:
        refused.extend(_clean_sheet(outcome, sheet, proposals, layout, source_id, named))
    outcome.problems.extend(find_unused(outcome.file, layout, outcome.laid, sheets))
    if not (outcome.problems or outcome.tables or outcome.decided):
        outcome.problems.extend(outcome.notices or [message("no_table", file=outcome.file)])
        outcome.unclear.extend(map(Unclear, sheets))
    observations = stack([table.observations for table in outcome.tables], OBSERVATION_COLUMNS)
    if observations.empty and not (outcome.problems or outcome.decided):
        for proposal in filter(None, (one.proposal for one in outcome.unclear)):
            where = {"file": outcome.file, "sheet": proposal.found.sheet.name}
            outcome.problems.append(message("columns_not_understood", **where, **describe_seen(proposal)))
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


def _all_texts(sheet: Sheet) -> list[str]:
    """Return the texts of a part of a page that has no table, as titles of the next; one with figures has none."""
    rows = [sheet.rows[i] for i in range(min(len(sheet.rows), 50))]
    return (
        []
        if any(map(is_number_like, (t for row in rows for t in row)))
        else [t for row in rows for t in row if t]
    )


def _may_hold_counts(tables: list[TableOutcome]) -> bool:
    """Tell whether a share can stand beside both its counts: three columns, or rows that name indicators."""
    columns = [column for table in tables for column in table.table.columns]
    return sum(c.is_value for c in columns) >= 3 or any(c.role == Role.INDICATOR for c in columns)


def _clean_sheet(
    outcome: FileOutcome, sheet: Sheet, proposals: list[Proposal], layout: Layout, source_id: str, named: bool
) -> list[dict[str, str]]:
    """Take in the tables of one sheet; return the quarantine of what lies outside them.

    `named` tells whether any table of the file names a province: then one of ministries alone is no problem.
    """
    if not proposals:
        return refuse_sheet(outcome, sheet)
    refused: list[dict[str, str]] = []
    taken: list[TableOutcome] = []
    several = len({p.number for p in proposals}) > 1
    for proposal in proposals:
        found = proposal.found
        if proposal.outdated is not None:
            refused.extend(refuse_outdated(outcome, proposal, proposal.outdated))
        elif proposal.laid or _holds_figures(proposal) or (named and _is_of_others(proposal)):
            table = extract_table(proposal.sheet, proposal.table, layout, outcome.file, source_id)
            _take(outcome, table, layout, source_id)
            taken.append(table)
            _ask(outcome, proposal, table, layout, several)
        elif not any(has_figure(found.sheet, i, found.naming.column) for i in found.rows(*BODY)):
            rows = [i for i in found.rows(PLACE, HEADING, BELOW) if any(found.sheet.rows[i])]
            refused.extend(refuse_rows(outcome, found.sheet, rows, message("no_figures")))
        else:
            refused.extend(refuse_table(outcome, proposal, layout, several))
    tell_remarks(outcome, proposals)
    told = [int(number) for line in refused for number in re.findall(r"\d+", line["cell"].split(":")[0])]
    account = close_account(sheet, taken, told, outcome.file)
    return [*refused, *account]


def _take(outcome: FileOutcome, table: TableOutcome, layout: Layout, source_id: str) -> None:
    outcome.tables.append(table)
    outcome.checks.extend(check_totals(table))
    add_nation(table, layout, source_id)
    outcome.notices.extend(table.notices)
    where = {"file": outcome.file, "sheet": table.sheet.name}
    if table.held:
        outcome.problems.append(message(table.held.code, **table.held.values, **where))
    for column in table.table.columns:
        if column.unread == CONTRADICTED:
            cells = int(table.body.filled(column).sum())
            outcome.problems.append(
                message("column_unknown.contradicted", **where, head=column.head, cells=cells)
            )
    if table.unknown:
        shown, rest = table.unknown[:_SHOWN], len(table.unknown) - _SHOWN
        code = "names_unknown.more" if rest > 0 else "names_unknown"
        outcome.notices.append(message(code, **where, names=shown, rest=rest))


def _ask(
    outcome: FileOutcome, proposal: Proposal, table: TableOutcome, layout: Layout, several: bool
) -> None:
    """Say that a period is missing, and keep what a layout could say of a table."""
    undated = any(line["rule"] == "period_unknown" for line in table.refused)
    if undated and table.observations.empty:
        outcome.problems.append(message("no_period_said", file=outcome.file, sheet=table.sheet.name))
    means = (table.body.label(i) for i, kind in table.body.others if kind == AVERAGE)
    names = [str(said.values["label"]) for said in table.unknown] or list(
        dict.fromkeys(filter(says_nation, means))
    )
    unclear = Unclear(table.sheet, proposal, layout.indicators, names, undated or bool(table.held), several)
    if unclear.has_questions:
        outcome.unclear.append(unclear)


def _holds_figures(proposal: Proposal) -> bool:
    """Tell whether a column of figures was understood; an empty one counts where nothing else is left unread."""
    found = proposal.found
    filled = {column.role for column in proposal.table.columns if found.texts(column.index)}
    return Role.VALUE in filled or (Role.UNKNOWN not in filled and bool(proposal.table.values))


def _is_of_others(proposal: Proposal) -> bool:
    """Tell whether every row of a table is that of a ministry or another unit, or sums them up."""
    found = proposal.found
    return not found.rows(PLACE, UNKNOWN) and bool(found.rows(BELOW))

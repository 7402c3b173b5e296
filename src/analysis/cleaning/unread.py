"""What is said of what nothing is read from: sheets, tables, remarks between rows, tables that only a layout has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.cleaning.layout import Layout, Role
from analysis.cleaning.messages import Message, message
from analysis.cleaning.questions import Unclear
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.proposal import Proposal
from analysis.cleaning.shapes import quarantine_line
from analysis.cleaning.words.headtexts import shorten
from analysis.cleaning.words.places import PLACE, UNKNOWN

if TYPE_CHECKING:
    from analysis.cleaning.files import FileOutcome


def refuse_disused(outcome: FileOutcome, sheet: Sheet, words: str) -> list[dict[str, str]]:
    """Quarantine a sheet that says of itself that it is not to be used."""
    said = message("sheet_disused", words=words[:80])
    outcome.notices.append(message("sheet_disused", **said.values, file=outcome.file, sheet=sheet.name))
    return refuse_rows(outcome, sheet, [i for i, row in enumerate(sheet.rows) if any(row)], said)


def refuse_outdated(outcome: FileOutcome, proposal: Proposal, said: Message) -> list[dict[str, str]]:
    """Quarantine the rows of a table that a layout of another month was laid upon."""
    found = proposal.found
    outcome.problems.append(message(said.code, **said.values, file=outcome.file, sheet=found.sheet.name))
    return refuse_rows(outcome, found.sheet, _body_rows(proposal), said)


def _body_rows(proposal: Proposal) -> list[int]:
    found, table = proposal.found, proposal.table
    inside = [i for i in range(*found.body) if table.first_row <= found.sheet.numbers[i] <= table.last_row]
    plain = ("words", "text", "numbering")
    return [i for i in inside if found.kinds.get(i, PLACE) not in plain and any(found.sheet.rows[i])]


def refuse_sheet(outcome: FileOutcome, sheet: Sheet) -> list[dict[str, str]]:
    """Quarantine a sheet without any province; one without figures is only prose and no problem."""
    rows = [i for i, row in enumerate(sheet.rows) if sum(bool(t) for t in row) >= 2]
    # A list of names or codes counts its rows in its first column; those are no figures.
    figures = sum(any(map(is_number_like, [t for t in sheet.rows[i] if t][1:])) for i in rows)
    if figures < 2 and len(outcome.tables) + figures > 0:
        rows = [i for i in rows if any(map(is_number_like, sheet.rows[i]))]
    if figures < 2:
        return refuse_rows(outcome, sheet, rows, message("row_outside"))
    outcome.unclear.append(Unclear(sheet))
    outcome.problems.append(message("no_names", file=outcome.file, sheet=sheet.name, rows=len(sheet.rows)))
    return refuse_rows(outcome, sheet, rows or list(range(len(sheet.rows))))


def refuse_table(
    outcome: FileOutcome, proposal: Proposal, layout: Layout, several: bool
) -> list[dict[str, str]]:
    """Quarantine a table of which no column of figures was understood."""
    found, table = proposal.found, proposal.table
    names = [found.label(i) for i in found.rows(UNKNOWN) if found.label(i)]
    undated = table.period is None and not table.is_dated and not any(c.period for c in table.columns)
    outcome.unclear.append(Unclear(found.sheet, proposal, layout.indicators, names, undated, several))
    where = {"file": outcome.file, "sheet": found.sheet.name}
    outcome.problems.append(message("columns_not_understood", **where, **describe_seen(proposal)))
    return refuse_rows(outcome, found.sheet, _body_rows(proposal))


def describe_seen(proposal: Proposal) -> dict[str, Message]:
    """Say what was recognised of a table that was not understood."""
    found, table = proposal.found, proposal.table
    provinces, period, indicator = (
        message(f"seen_{part}.none") for part in ("provinces", "period", "indicator")
    )
    if rows := found.rows(PLACE):
        first = found.sheet.address(rows[0], found.naming.column)
        provinces = message("seen_provinces", rows=len({found.label(i) for i in rows}), cell=first)
    if table.is_dated:
        period = message("seen_period.rows")
    elif table.period:
        ends = {"start": f"{table.period.start:%d/%m/%Y}", "end": f"{table.period.end:%d/%m/%Y}"}
        period = message("seen_period", **ends)
    if table.indicator:
        indicator = message("seen_indicator", code=table.indicator)
    unknown = "; ".join(f"“{c.head}”" for c in table.columns if c.role == Role.UNKNOWN)[:200]
    heads = message("seen_heads", heads=unknown) if unknown else message("seen_heads.none")
    return {"provinces": provinces, "period": period, "indicator": indicator, "heads": heads}


def refuse_rows(
    outcome: FileOutcome, sheet: Sheet, rows: list[int], said: Message | None = None
) -> list[dict[str, str]]:
    """Return a quarantine line for each of these rows, which have some text."""
    said = said or message("table_not_understood")
    texts = (next(filter(None, sheet.rows[i])) for i in rows)
    return [
        quarantine_line(outcome.file, sheet.name, sheet.span(i), text, said)
        for i, text in zip(rows, texts, strict=True)
    ]


def tell_remarks(outcome: FileOutcome, proposals: Sequence[Proposal]) -> None:
    """Tell of every remark between the rows of a sheet's tables, which no figure carries."""
    said = [
        next(
            f"{p.found.sheet.address(i, j)} “{shorten(t)}”" for j, t in enumerate(p.found.sheet.rows[i]) if t
        )
        for p in proposals
        for i in p.remarks
    ]
    if said:
        where = {"file": outcome.file, "sheet": proposals[0].sheet.name}
        outcome.notices.append(message("remarks_between", **where, remarks=said))


def find_unused(file: str, layout: Layout, laid: Sequence[Proposal], sheets: list[Sheet]) -> list[Message]:
    """Say which tables of a layout are not in the file."""
    used = [proposal.laid for proposal in laid]
    problems = []
    for table in layout.tables:
        if table not in used:
            heads = [column.head for column in table.columns if column.head]
            there = any(table.sheet in ("", sheet.name) for sheet in sheets)
            code = "no_fit.sheet" if not there else "no_fit" if heads else "no_fit.unheaded"
            wanted = {"layout": table.where, "wanted": table.sheet, "heads": heads}
            problems.append(message(code, file=file, **wanted, sheets=[sheet.name for sheet in sheets]))
    return problems

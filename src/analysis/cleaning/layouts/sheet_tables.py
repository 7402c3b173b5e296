"""The tables of a sheet with what their columns mean: as the reader sees them, and as a layout says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from analysis.cleaning.heads.apart import set_apart
from analysis.cleaning.heads.carried import without_carried
from analysis.cleaning.heads.compounds import take_compounds_apart
from analysis.cleaning.heads.contexts import Context, read_context
from analysis.cleaning.heads.countheads import claim_counts
from analysis.cleaning.heads.ditto import fill_down
from analysis.cleaning.heads.first_days import hold_first_days
from analysis.cleaning.heads.footnotes import read_footnotes
from analysis.cleaning.heads.forecasts import hold_forecasts
from analysis.cleaning.heads.headers import VALUE, Column, read_columns, without_twins
from analysis.cleaning.heads.own_units import Own, find_own, levels_of
from analysis.cleaning.heads.plain_shares import claim_plain_shares, name_counts
from analysis.cleaning.heads.row_spans import follow_rows
from analysis.cleaning.heads.section_periods import date_across
from analysis.cleaning.layouts.columns import find_other_period, place_columns, read_laid_columns, state
from analysis.cleaning.layouts.layout import LaidTable, Layout
from analysis.cleaning.layouts.positions import block_at, block_of
from analysis.cleaning.messages import Message
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.tables.blocks import Block, find_blocks, lies_across
from analysis.cleaning.tables.nesting import unfold
from analysis.cleaning.tables.single import add_province
from analysis.cleaning.words.periods import parse_period
from analysis.cleaning.words.places import read_code, read_place, reading_names
from analysis.reference.indicators import find_indicator


@dataclass(frozen=True)
class Table:
    """A table on a sheet, the `number`-th from 1, with what its columns and surroundings say.

    `laid` is what a layout says of it; `outdated` which period of the layout is not the sheet's.
    """

    block: Block
    columns: list[Column]
    context: Context
    number: int
    laid: LaidTable | None = None
    outdated: Message | None = None

    @property
    def is_cell(self) -> bool:
        """Tell whether it is one cell that a layout names."""
        return self.laid is not None and bool(self.laid.cells)


@dataclass(frozen=True)
class Tables:
    """The tables of a sheet; `sheet` is the one in which they were found, with columns added where it was unfolded."""

    sheet: Sheet
    found: list[Table] = field(default_factory=list)

    @property
    def only_cells(self) -> bool:
        """Tell whether nothing but cells that a layout names was found."""
        return all(table.is_cell for table in self.found)


def find_tables(sheet: Sheet, layout: Layout | None, file: str) -> Tables:
    """Return the tables of a sheet: those whose place a layout states, or else those that the reader finds.

    Beside cells that a layout names one by one, the reader's own tables are read where the layout has a part of its
    own for them.
    """
    layout = layout or Layout("", {}, {}, ())
    said = layout.of(sheet)
    forms = _forms(sheet, said, file)
    sheet = sheet if forms else _prepared(sheet)
    stated = _stated(sheet, layout, file)
    if stated or (forms and all(table.cells for table in said)):
        return Tables((stated or forms)[0].block.sheet, [*stated, *forms])
    tables = _find(sheet, layout, said, file)
    return Tables(tables.sheet, [*tables.found, *forms])


def _prepared(sheet: Sheet) -> Sheet:
    """Return a sheet with what is written once, and what stands several in a cell, in cells of their own."""
    sheet = fill_down(sheet)
    apart = take_compounds_apart(sheet)
    return sheet if apart is sheet or lies_across(sheet) else apart


def _find(sheet: Sheet, layout: Layout, said: Sequence[LaidTable], file: str) -> Tables:
    """Return the tables that the reader finds by itself."""
    province = next((table.province for table in said if table.province and not table.cells), "")
    unfolded = unfold(sheet)
    if unfolded is sheet:
        unfolded = add_province(sheet, file, province)
    own = find_own(sheet, file, province) if unfolded is sheet else None
    found: list[Table] = []
    before: list[str] = []
    blocks = find_blocks(unfolded, layout.names, own.reading if own else None)
    for number, block in enumerate(blocks, start=1):
        around = read_footnotes(read_context(block, before, PurePath(file).name), sheet)
        context = replace(around, words=layout.indicators)
        table = _read(block, context, number, said)
        found.extend(_with_levels(table, own) if own else [table])
        before.extend(block.titles)
        if not len(block.data):
            before.extend(text for i in block.header for text in block.sheet.rows[i] if text)
    return Tables(unfolded, found)


def _stated(sheet: Sheet, layout: Layout, file: str) -> list[Table]:
    """Return the tables whose place a layout states; one without any row of them is none."""
    found: list[Table] = []
    for table in layout.of(sheet):
        if table.position is None:
            continue
        reader = reading_names(layout.names, read_code if table.position.names_are_codes else read_place)
        block = block_at(table, table.position, sheet, reader)
        placed = place_columns(table, block)
        if placed is None or not (len(block.data) or block.others):
            continue
        around = replace(read_context(block, [], PurePath(file).name), words=layout.indicators)
        context = state(table, around)
        columns = without_twins(read_laid_columns(table, block, placed, around), context)
        outdated = find_other_period(table, block, placed)
        found.append(Table(block, columns, context, len(found) + 1, table, outdated))
    return found


def _forms(sheet: Sheet, said: Sequence[LaidTable], file: str) -> list[Table]:
    """Return the figures of forms, one table a cell, where a layout names each."""
    found: list[Table] = []
    for table in said:
        for cell in table.cells:
            block = block_of(cell, sheet)
            if block is None:
                continue
            context = state(table, read_context(block, [], PurePath(file).name))
            indicator = find_indicator(cell.indicator)
            column = Column(
                cell.index, sheet.address(block.data[0], cell.index), VALUE, indicator,
                parse_period(cell.period) if cell.period else None,
                multiplier=context.unit.factor_for(indicator),
            )  # fmt: skip
            outdated = find_other_period(table, block, [])
            found.append(Table(block, [column], context, len(found) + 1, table, outdated))
    return found


def _read(block: Block, context: Context, number: int, said: Sequence[LaidTable]) -> Table:
    """Return a table that the reader found, with what a layout says of its columns."""
    for table in said:
        meant = table.table in (0, number) and not (table.position or table.cells)
        placed = place_columns(table, block) if meant else None
        if placed is not None:
            context, around = state(table, context), context
            stated = frozenset(column.index for column in placed if column.said.period)
            laid = date_across(block, read_laid_columns(table, block, placed, around), context, stated)
            columns = _settled(block, laid, context)
            outdated = find_other_period(table, block, placed)
            return Table(set_apart(block, columns), columns, context, number, table, outdated)
    read = date_across(block, hold_first_days(read_columns(block, context)), context)
    columns = hold_forecasts(_settled(block, read, context), context)
    return Table(set_apart(block, columns), columns, context, number)


def _with_levels(table: Table, own: Own) -> list[Table]:
    """Return a table of one province's units, and the rows of its levels as tables of their own."""
    levels = levels_of(table.block, table.columns, own)
    taken = {block.data[0] for block, _ in levels}
    others = [(i, kind) for i, kind in table.block.others if i not in taken]
    whole = replace(table, block=replace(table.block, others=others))
    return [whole, *(replace(table, block=block, columns=columns) for block, columns in levels)]


def _settled(block: Block, columns: list[Column], context: Context) -> list[Column]:
    columns = without_carried(block, claim_counts(name_counts(follow_rows(columns, context))))
    return without_twins(claim_plain_shares(block, columns), context)

"""Which layout each table of a sheet has: as layout.toml states it, else as heads, cells and surroundings say."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.cleaning.layout import DATING, OWN, SINCE_NEW_YEAR, LaidColumn, LaidTable, Layout, Role
from analysis.cleaning.messages import Message
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.columns import read_columns
from analysis.cleaning.recognise.context import Context, read_context
from analysis.cleaning.recognise.forms import columns_of_form, find_form, is_nested
from analysis.cleaning.recognise.head_rows import split_head
from analysis.cleaning.recognise.naming import Naming, find_naming, lies_across
from analysis.cleaning.recognise.province import Own, find_own, own_column
from analysis.cleaning.recognise.sections import (
    Section,
    cut_sections,
    date_across,
    date_columns,
    remarks_of,
)
from analysis.cleaning.recognise.shares import settle_shares
from analysis.cleaning.recognise.stated import find_other_period, lay, place_columns, state
from analysis.cleaning.recognise.tables import Found, find_tables
from analysis.cleaning.rows import HEADING, ReadLabel, borrowed_labels, classify
from analysis.cleaning.words.edition_marks import read_provisional
from analysis.cleaning.words.headtexts import without_unit
from analysis.cleaning.words.indicator_names import indicator_of_heads, is_indicator
from analysis.cleaning.words.periods import find_period
from analysis.cleaning.words.places import (
    PLACE,
    UNKNOWN,
    read_code,
    read_place,
    reading_names,
    reading_units,
)
from analysis.cleaning.words.said_periods import read_wording

_FIRST_DAY = re.compile(r"(?:19|20)\d\d-\d\d-01|0?1[/.\-]\d{1,2}[/.\-](?:19|20)\d\d")
# Figures of a month or quarter are estimated some days before its end; what lies further ahead is foretold.
_AHEAD = dt.timedelta(days=31)


@dataclass(frozen=True)
class Proposal:
    """A table ready to be read from `sheet`, the `number`-th of it from 1.

    `found` is how it lies there; `laid` what a layout.toml says of it;
    `outdated` which period of the layout is not the sheet's; `remarks` are rows of text among those of the table.
    """

    sheet: Sheet
    table: LaidTable
    number: int
    found: Found
    laid: LaidTable | None = None
    outdated: Message | None = None
    remarks: tuple[int, ...] = ()


def propose(sheet: Sheet, layout: Layout, file: str, before: Sequence[str] = ()) -> list[Proposal]:
    """Return the tables of a sheet: those whose place a layout states, or else those that are found.

    `before` are titles on an earlier part of the same page.
    """
    said = [table for table in layout.of(sheet) if table.is_placed]
    placed = [p for table in said for p in _propose_placed(sheet, table, layout, file)]
    return placed or _propose_found(sheet, layout, file, before)


def _propose_found(sheet: Sheet, layout: Layout, file: str, before: Sequence[str]) -> list[Proposal]:
    province = next((table.province for table in layout.of(sheet) if table.province), "")
    own = find_own(sheet, file, province)
    if own is None and lies_across(sheet):
        sheet = sheet.turn()
    naming = own.naming if own else find_naming(sheet)
    if naming is None:
        return []
    naming = replace(naming, read_label=reading_names(layout.names, naming.read_label))
    proposals: list[Proposal] = []
    titles = list(before)
    for number, found in enumerate(find_tables(sheet, naming), start=1):
        context = replace(read_context(found, titles, file), words=layout.indicators)
        proposals.extend(_propose(sheet, found, context, number, layout.of(sheet), own))
        titles.extend(found.titles)
        if not found.rows(PLACE, HEADING):
            titles.extend(text for i in found.head for text in sheet.rows[i] if text)
    return proposals


def _propose(
    sheet: Sheet, found: Found, context: Context, number: int, said: Sequence[LaidTable], own: Own | None
) -> list[Proposal]:
    """Return a table that was found, in as many parts as its sections say different things."""
    laid, placed = None, list[LaidColumn]()
    for table in said:
        meant = table.table in (0, number) and not table.is_placed
        fits = place_columns(table, found) if meant else None
        if fits is not None:
            laid, placed = table, fits
            break
    outdated = find_other_period(laid, found, placed, found.titles) if laid else None
    around = state(laid, context) if laid else context
    proposals: list[Proposal] = []
    for section in cut_sections(found, around):
        within = replace(around, indicator=section.indicator) if section.indicator else around
        table = replace(_lay_out(found, within, section, own, laid, placed), table=number)
        own_remarks = () if proposals else tuple(remarks_of(found, around))
        proposals.append(Proposal(sheet, table, number, found, laid, outdated, own_remarks))
    return proposals


def _lay_out(
    found: Found,
    context: Context,
    section: Section,
    own: Own | None,
    laid: LaidTable | None,
    placed: list[LaidColumn],
) -> LaidTable:
    """Return one part of a table with the meaning of all its columns."""
    names_indicators = _names_indicators(found)
    naming = own_column(found) if (own and not own.by_units) or names_indicators else None
    read = read_columns(found, context, naming)
    form = find_form(found, read)
    if form:
        read = columns_of_form(form, found, read, context)
    columns = lay(laid, found, placed, hold_first_days(read), context) if laid else hold_first_days(read)
    by_rows = any(column.role in DATING for column in columns)
    columns = settle_shares(found, follow_rows(date_across(found, columns, context), context))
    columns = without_twins(hold_forecasts(columns, context) if laid is None else columns, context)
    columns = date_columns(columns, section.said, context, by_rows, bool(laid and laid.period))
    numbers = found.sheet.numbers
    return LaidTable(
        where=laid.where if laid else "",
        sheet=found.sheet.name,
        first_row=numbers[section.first],
        last_row=numbers[section.end - 1],
        header_rows=tuple(numbers[i] for i in found.head),
        name_column=None if own and not own.by_units else found.naming.column,
        names_are_codes=found.naming.are_codes,
        turned=found.sheet.transposed,
        province=own.province if own else "",
        period=context.period,
        indicator=context.indicator.code if context.indicator else "",
        columns=tuple(sorted(columns, key=lambda column: column.index)),
        certain=laid.certain if laid else False,
        nested=is_nested(found, form) or names_indicators,
        units=own is not None and own.by_units,
        form=form.name if form else "",
        base=context.report.base,
        year=_year(section, context, columns),
        provisional=context.provisional,
        stated=context.stated,
    )


def _year(section: Section, context: Context, columns: Sequence[LaidColumn]) -> int | None:
    """Return the year of rows that name none: that of their section, of the surroundings, or of a column."""
    if section.said is not None and section.said.period is not None:
        return section.said.period.end.year
    heads = (column.period.end.year for column in columns if column.period is not None)
    return context.report.year or next(heads, None)


def _names_indicators(found: Found) -> bool:
    """Tell whether names of provinces stand alone, each above rows that are called by indicators."""
    if not found.rows(HEADING):
        return False
    labels = [found.label(i).strip(" -–+*•") for i in found.rows(UNKNOWN)]
    return bool(labels) and sum(map(is_indicator, labels)) > len(labels) / 2


def hold_first_days(columns: Sequence[LaidColumn]) -> list[LaidColumn]:
    """Leave columns to a layout that are headed by bare first days of several months, and by no other days."""
    dated = [c for c in columns if c.period is not None and c.period.start == c.period.end]
    first = {c.index: c.period for c in dated if any(map(_FIRST_DAY.fullmatch, c.path))}
    if len(first) < len(dated) or len(set(first.values())) < 2:
        return [*columns]
    rule = "first days of months: of the day, or of the month?"
    return [
        replace(c, role=Role.UNKNOWN, unread="since", rule=rule) if c.index in first else c for c in columns
    ]


def hold_forecasts(columns: Sequence[LaidColumn], context: Context) -> list[LaidColumn]:
    """Leave columns unread that are called estimates and reach more than a month beyond the report's last day."""
    base = context.report.base
    return [
        replace(c, role=Role.UNKNOWN, unread="forecast", rule="an estimate of what is still to come")
        if base
        and c.is_value
        and c.period
        and c.period.end > base.end + _AHEAD
        and any(map(read_provisional, c.path))
        else c
        for c in columns
    ]


def follow_rows(columns: Sequence[LaidColumn], context: Context) -> list[LaidColumn]:
    """Return the columns, with those whose heads refer to the row's own month or quarter told so.

    In a table whose rows have periods, “trong tháng” is that of the row, not that of the report.
    """
    if not any(column.role in DATING and column.role != Role.YEAR for column in columns):
        return [*columns]
    return [_followed(column, context) for column in columns]


def _followed(column: LaidColumn, context: Context) -> LaidColumn:
    if column.role not in (Role.VALUE, Role.UNKNOWN) or column.unread or not column.path:
        return column
    pieces = [piece for piece in column.path if not is_indicator(piece)]
    if any(find_period(piece, context.report.year) for piece in pieces):
        return column
    said = [read_wording(piece) for piece in pieces]
    worded = [wording for wording in said if not wording.says_nothing]
    if len(worded) != 1 or worded[0].cumulative:
        since = replace(column, role=Role.UNKNOWN, unread="since", rule="since when is not said")
        return since if worded and column.is_value else column
    rests = [without_unit(wording.rest) for wording in said]
    rests += [piece for piece in column.path if is_indicator(piece)]
    indicator = column.line or indicator_of_heads(rests) or context.indicator
    if indicator is None:
        return column
    span = SINCE_NEW_YEAR if worded[0].since_new_year else OWN
    return replace(column, role=Role.VALUE, indicator=indicator.code, period=None, span=span)


def without_twins(columns: Sequence[LaidColumn], context: Context) -> list[LaidColumn]:
    """Leave columns to a layout that stand for the same indicator and period: what tells them apart was not read."""

    def key(column: LaidColumn) -> tuple[object, ...]:
        return column.indicator, column.period or context.period, column.span, column.part

    twins = Counter(key(column) for column in columns if column.is_value)
    return [
        replace(c, role=Role.UNKNOWN, unread="twin", rule="another column is the same")
        if c.is_value and twins[key(c)] > 1
        else c
        for c in columns
    ]


def _propose_placed(sheet: Sheet, table: LaidTable, layout: Layout, file: str) -> list[Proposal]:
    """Return the table whose place a layout states, nothing where none of its columns or rows is there."""
    sheet = sheet.turn() if table.turned else sheet
    read: ReadLabel = read_code if table.names_are_codes else read_place
    if table.province:
        place = read_place(table.province)
        read = reading_units(table.province, place.code_63, has_whole=True)
    reader = reading_names(layout.names, read)
    column = table.name_column if table.name_column is not None else 0
    naming = Naming(column, reader, table.names_are_codes)
    labels = {} if table.province and table.name_column is None else borrowed_labels(sheet, column, reader)
    kinds = classify(sheet, column, labels, reader)
    inside = [i for i, number in enumerate(sheet.numbers) if table.first_row <= number <= table.last_row]
    figures = [i for i in inside if any(is_number_like(sheet.text(i, c.index)) for c in table.columns)]
    if not figures:
        return []
    above = [
        i
        for i in range(inside[0])
        if kinds.get(i, PLACE) != UNKNOWN or not is_number_like(sheet.text(i, column))
    ]
    head, titles = split_head(sheet, naming, kinds, _up_to_figures(sheet, above))
    if table.header_rows:
        head = [i for i, number in enumerate(sheet.numbers) if number in table.header_rows]
        titles = [text for i in above if i not in head for text in dict.fromkeys(sheet.rows[i]) if text]
    found = Found(sheet, naming, head, titles, (inside[0], figures[-1] + 1), kinds, labels)
    placed = place_columns(table, found)
    if placed is None:
        return []
    context = state(table, replace(read_context(found, [], file), words=layout.indicators))
    outdated = find_other_period(table, found, placed, titles)
    columns = without_twins(
        lay(table, found, placed, hold_first_days(read_columns(found, context)), context), context
    )
    ready = replace(
        table,
        sheet=sheet.name,
        first_row=sheet.numbers[inside[0]],
        last_row=sheet.numbers[figures[-1]],
        header_rows=tuple(sheet.numbers[i] for i in head),
        columns=tuple(columns),
        period=context.period,
        indicator=context.indicator.code if context.indicator else "",
        units=bool(table.province) and table.name_column is not None,
        base=context.report.base,
        year=context.report.year,
        provisional=context.provisional,
        stated=context.stated,
    )
    return [Proposal(sheet, ready, 1, found, table, outdated)]


def _up_to_figures(sheet: Sheet, above: Sequence[int]) -> list[int]:
    """Return the rows above a table, up to the first with figures: sums and other units may stand before it."""
    rows: list[int] = []
    for i in above:
        figures = sum(map(is_number_like, sheet.rows[i]))
        if figures >= 2 and not np.all([len(text) < 5 for text in sheet.rows[i]]):
            break
        rows.append(i)
    return rows

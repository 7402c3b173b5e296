"""The rows of a table: whose each is, of what period, indicator and unit; which are sums, units, unknown or notes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analysis.cleaning.extract.row_periods import DASHES, read_periods
from analysis.cleaning.figures.units import row_factors
from analysis.cleaning.layout import LaidColumn, LaidTable, Layout, Role
from analysis.cleaning.readers.grid import Codes, Sheet, pick
from analysis.cleaning.rows import (
    HEADING,
    NUMBERING,
    TEXT,
    WORDS,
    Kinds,
    ReadLabel,
    borrowed_labels,
    classify,
    has_figure,
)
from analysis.cleaning.words.indicator_names import indicator_of_cell
from analysis.cleaning.words.periods import Period
from analysis.cleaning.words.places import (
    SKIP,
    UNKNOWN,
    Place,
    is_whole,
    read_code,
    read_place,
    reading_names,
    reading_units,
)
from analysis.cleaning.words.said_periods import of_row
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import Words

Mask = npt.NDArray[np.bool_]


@dataclass
class Body:
    """The rows of a table by what they are, as indices of the sheet, ascending.

    `labels` are names that stand in another cell than the row's own; `data` the rows of provinces, `others` those of
    sums, regions, units and unknown names with their kinds, `bare` those of a name with nothing beside it.
    """

    sheet: Sheet
    table: LaidTable
    read_label: ReadLabel
    labels: dict[int, str]
    data: Codes
    others: list[tuple[int, str]] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)

    @property
    def name_column(self) -> int:
        """Where names stand; where the sheet is one province's, its subjects."""
        if self.table.name_column is not None:
            return self.table.name_column
        subject = self.table.of_role(Role.INDICATOR, Role.PERIOD, Role.MONTH, Role.QUARTER, Role.YEAR)
        return subject.index if subject is not None else 0

    def label(self, i: int) -> str:
        """Return the text that names a row."""
        return self.labels.get(i) or self.sheet.text(i, self.name_column)

    def label_codes(self) -> tuple[Codes, list[str]]:
        """Return the labels of the data rows as distinct texts and, for each row, which of them it has."""
        codes, texts = self.sheet.codes(self.name_column)
        if not self.labels:
            return pick(codes, self.data), texts
        labels = [self.label(i) for i in self.data.tolist()]
        order = {text: n for n, text in enumerate(dict.fromkeys(labels))}
        return np.array([order[label] for label in labels], dtype=np.intp), list(order)

    def codes(self, column: LaidColumn) -> tuple[Codes, list[str]]:
        """Return the distinct texts of a column and which of them each data row has."""
        codes, texts = self.sheet.codes(column.index)
        return pick(codes, self.data), texts

    def texts(self, column: LaidColumn) -> list[str]:
        """Return the distinct texts of a column in the data rows."""
        codes, texts = self.codes(column)
        return [texts[code] for code in np.flatnonzero(np.bincount(codes)).tolist()]

    def filled(self, column: LaidColumn) -> Mask:
        """Tell of each data row whether it has anything in a column."""
        codes, texts = self.codes(column)
        return np.array([bool(text.strip()) for text in texts], dtype=bool)[codes]

    def without(self, chosen: Mask, kind: str) -> Body:
        """Return the table with some of its rows of provinces among the others, as a kind of those."""
        if not chosen.any():
            return self
        others = sorted([*self.others, *((i, kind) for i in self.data[chosen].tolist())])
        return Body(
            self.sheet,
            self.table,
            self.read_label,
            self.labels,
            self.data[~chosen],
            others,
            self.bare,
            self.heads,
        )


def read_body(sheet: Sheet, table: LaidTable, layout: Layout) -> Body:
    """Return the rows of a table by what they are."""
    read = reading_names(layout.names, _reader(table, sheet))
    body = Body(sheet, table, read, {}, np.array([], dtype=np.intp))
    name = body.name_column
    whole = bool(table.province) and not table.units
    body.labels = {} if whole else borrowed_labels(sheet, name, read)
    kinds = classify(sheet, name, body.labels, read)
    first, last = np.searchsorted(np.asarray(sheet.numbers), (table.first_row, table.last_row + 1)).tolist()
    heads = {number for number in table.header_rows if table.first_row <= number <= table.last_row}
    repeated = _repeated_heads(sheet, table, kinds, range(first, last)) | heads
    data: list[int] = []
    plain = np.ones(last - first, dtype=bool)
    special = [i for i in kinds if first <= i < last]
    plain[np.array(special, dtype=np.intp) - first] = False
    for i in sorted(special):
        kind, label = kinds[i], body.label(i)
        without_name = kind in (TEXT, NUMBERING) or (kind == WORDS and not label)
        if sheet.numbers[i] in repeated:
            body.heads.append(i)
        elif without_name:
            continue
        elif whole and (kind == WORDS or has_figure(sheet, i, name)):
            data.append(i)
        elif kind == HEADING and table.nested:
            body.bare.append(i)
        elif kind == WORDS:
            body.others.append((i, UNKNOWN))
        else:
            body.others.append((i, kind))
    named = np.flatnonzero(plain) + first
    if whole:
        data += [i for i in named.tolist() if has_figure(sheet, i, name)]
    elif table.nested:
        data = _nest(body, named.tolist())
    if whole:
        body.labels |= dict.fromkeys(data, table.province)
    chosen = whole or table.nested
    body.data = np.array(sorted(data), dtype=np.intp) if chosen else named
    return body


def _reader(table: LaidTable, sheet: Sheet) -> ReadLabel:
    if table.units and table.name_column is not None:
        labels = sheet.codes(table.name_column)[1]
        return reading_units(table.province, read_place(table.province).code_63, any(map(is_whole, labels)))
    return read_code if table.names_are_codes else read_place


def _repeated_heads(sheet: Sheet, table: LaidTable, kinds: Kinds, rows: range) -> set[int]:
    """Return the numbers of rows that repeat a head, as at the top of a printed page."""
    wordy = [i for i, kind in kinds.items() if kind == WORDS]
    heads = [sheet.rows[i] for i in wordy if sheet.numbers[i] in table.header_rows]
    return {sheet.numbers[i] for i in wordy if i in rows and sheet.rows[i] in heads}


def _nest(body: Body, named: list[int]) -> list[int]:
    """Give rows that no province is named in to the one named above them."""
    owners = sorted([*named, *body.bare])
    own = [i for i, kind in body.others if kind == UNKNOWN and body.sheet.text(i, body.name_column)]
    taken: list[int] = []
    for i in own:
        above = int(np.searchsorted(owners, i)) - 1
        if above >= 0:
            body.labels[i] = body.label(owners[above])
            taken.append(i)
    body.others = [(i, kind) for i, kind in body.others if i not in set(taken)]
    return [*named, *taken]


@dataclass(frozen=True)
class TableRows:
    """The data rows of a table with what holds for all their cells; `..._of` tells which of the list each row has.

    `factors` is what a printed one stands for in each row, where rows say that themselves; `own` the text in the name
    column, for parts of what a name stands for.
    """

    body: Body
    places: list[Place]
    place_of: Codes
    periods: list[Period | None]
    period_of: Codes | None
    indicators: list[Indicator | None]
    indicator_of: Codes | None
    old_map: bool
    factors: Codes | None = None
    skipped: frozenset[int] = frozenset()
    unit_open: Mask | None = None

    @property
    def indices(self) -> Codes:
        """The rows of the sheet."""
        return self.body.data

    @property
    def left_out(self) -> Mask:
        """Which rows are of an indicator that a layout leaves out."""
        if self.indicator_of is None:
            return np.zeros(len(self.indices), dtype=bool)
        return np.isin(self.indicator_of, [*self.skipped])

    @property
    def kin(self) -> Codes | None:
        """A number for each row, the same for rows of the same period and indicator; None where no row says these."""
        if self.period_of is None:
            return self.indicator_of
        number = {period: n for n, period in enumerate(dict.fromkeys(self.periods))}
        same_period = np.array([number[period] for period in self.periods], dtype=np.intp)[self.period_of]
        if self.indicator_of is None:
            return same_period
        return same_period * len(self.indicators) + self.indicator_of

    def chosen_for(self, column: LaidColumn) -> Codes:
        """Return which data rows a column's meaning holds for: all, or those of one part below a name."""
        body = self.body
        chosen = np.ones(len(self.indices), dtype=bool)
        if body.table.nested and not body.table.of_role(Role.INDICATOR):
            part = Words((column.part,))
            for n, i in enumerate(self.indices.tolist()):
                below = i in body.labels
                named = bool(column.part) and part.inside(body.sheet.text(i, body.name_column))
                chosen[n] = (below and named) if column.part else not below
        return np.flatnonzero(chosen)

    def periods_for(self, column: LaidColumn) -> tuple[list[Period | None], Codes]:
        """Return the periods of a column's cells and which of them each has, as head and rows say together."""
        if self.period_of is None or (column.stated and column.period):
            own = None if column.unread == "section" else column.period or self.body.table.period
            return [own], np.zeros(len(self.indices), dtype=np.intp)
        return [of_row(column.period, column.span, period) for period in self.periods], self.period_of


def read_rows(body: Body, layout: Layout) -> TableRows:
    """Read names, periods and indicators of the rows of a table, each distinct text once."""
    table = body.table
    place_of, labels = body.label_codes()
    places = [read_place(label) if label == table.province else body.read_label(label) for label in labels]
    period_of, periods = read_periods(body)
    naming = table.of_role(Role.INDICATOR)
    indicator_of, indicators, skipped = None, list[Indicator | None](), frozenset[int]()
    if naming is not None:
        indicator_of, texts = body.codes(naming)
        texts = [text.strip(DASHES) for text in texts]
        indicators = [indicator_of_cell(text, layout.indicators) for text in texts]
        skipped = frozenset(
            n for n, text in enumerate(texts) if layout.indicators.get(fold_text(text)) == SKIP
        )
    only_old = np.array([place.only_old for place in places], dtype=bool)
    old_map = bool(only_old.any() and only_old[place_of].any())
    unit = table.of_role(Role.UNIT)
    unit_at, named_at = (c.index if c is not None else None for c in (unit, naming))
    factors = row_factors(body.sheet, body.data, unit_at, named_at)
    unit_open = None
    if factors is not None and unit is not None:
        unit_open = (factors == 0) & ~body.filled(unit)
    own = (places, place_of, periods, period_of, indicators, indicator_of, old_map)
    return TableRows(body, *own, factors, skipped, unit_open)

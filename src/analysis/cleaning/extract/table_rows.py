"""The rows of a table: whose each is, of what period, indicator and unit; which are sums, units, unknown or notes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from analysis.cleaning.figures.units import row_factors
from analysis.cleaning.layout import LaidColumn, LaidTable, Layout, Role
from analysis.cleaning.readers.grid import Codes, Sheet, factorize_codes, pick
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
from analysis.cleaning.words.periods import LEFT_OPEN, Period, frequency_of, parse_period, parse_periods
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
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import fold_text

Mask = npt.NDArray[np.bool_]
_DASHES = " -–+*•"


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

    def place(self, column: LaidColumn) -> int:
        """Return where a column stands in the sheet."""
        return self.sheet.place_of(column.index)

    @property
    def name_column(self) -> int:
        """Where names stand; where the sheet is one province's, its subjects."""
        if self.table.name_column is not None:
            return self.sheet.place_of(self.table.name_column)
        subject = self.table.of_role(Role.INDICATOR, Role.PERIOD, Role.MONTH, Role.QUARTER, Role.YEAR)
        return self.place(subject) if subject is not None else 0

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
        codes, texts = self.sheet.codes(self.place(column))
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
        kind = kinds[i]
        if sheet.numbers[i] in repeated:
            body.heads.append(i)
        elif kind in (TEXT, WORDS, NUMBERING) and not (kind == WORDS and body.label(i)):
            continue
        elif whole or (table.level and body.label(i) == table.level):
            _take_own(body, data, i, kind)
        elif table.level:
            continue
        elif kind == HEADING and table.nested:
            body.bare.append(i)
        elif kind == WORDS:
            body.others.append((i, UNKNOWN))
        else:
            body.others.append((i, kind))
    if whole:
        data += [i for i in (np.flatnonzero(plain) + first).tolist() if has_figure(sheet, i, name)]
        body.labels |= dict.fromkeys(data, table.province)
    elif table.level:
        body.labels |= dict.fromkeys(data, table.province)
    elif table.nested:
        data = _nest(body, (np.flatnonzero(plain) + first).tolist())
    body.data = (
        np.array(sorted(data), dtype=np.intp)
        if whole or table.level or table.nested
        else np.flatnonzero(plain) + first
    )
    return body


def _reader(table: LaidTable, sheet: Sheet) -> ReadLabel:
    if table.units and table.name_column is not None:
        labels = sheet.codes(sheet.place_of(table.name_column))[1]
        return reading_units(table.province, read_place(table.province).code_63, any(map(is_whole, labels)))
    return read_code if table.names_are_codes else read_place


def _repeated_heads(sheet: Sheet, table: LaidTable, kinds: Kinds, rows: range) -> set[int]:
    """Return the numbers of rows that repeat a head, as at the top of a printed page."""
    wordy = [i for i, kind in kinds.items() if kind == WORDS]
    heads = [sheet.rows[i] for i in wordy if sheet.numbers[i] in table.header_rows]
    return {sheet.numbers[i] for i in wordy if i in rows and sheet.rows[i] in heads}


def _take_own(body: Body, data: list[int], i: int, kind: str) -> None:
    """Take up a row of a province's own report; one without a figure is told of as such."""
    if has_figure(body.sheet, i, body.name_column) or kind == WORDS:
        data.append(i)
    elif kind == HEADING:
        body.others.append((i, kind))


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


def read_rows(body: Body, layout: Layout) -> TableRows:
    """Read names, periods and indicators of the rows of a table, each distinct text once."""
    table = body.table
    place_of, labels = body.label_codes()
    places = [read_place(label) if label == table.province else body.read_label(label) for label in labels]
    period_of, periods = _read_periods(body)
    naming = table.of_role(Role.INDICATOR)
    indicator_of, indicators, skipped = None, list[Indicator | None](), frozenset[int]()
    if naming is not None:
        indicator_of, texts = body.codes(naming)
        texts = [text.strip(_DASHES) for text in texts]
        indicators = [indicator_of_cell(text, layout.indicators) for text in texts]
        skipped = frozenset(
            n for n, text in enumerate(texts) if layout.indicators.get(fold_text(text)) == SKIP
        )
    only_old = np.array([place.only_old for place in places], dtype=bool)
    old_map = bool(only_old.any() and only_old[place_of].any())
    unit = table.of_role(Role.UNIT)
    unit_at, named_at = (body.place(c) if c is not None else None for c in (unit, naming))
    factors = row_factors(body.sheet, body.data, unit_at, named_at)
    unit_open = None
    if factors is not None and unit is not None:
        unit_open = (factors == 0) & ~body.filled(unit)
    own = (places, place_of, periods, period_of, indicators, indicator_of, old_map)
    return TableRows(body, *own, factors, skipped, unit_open)


def _read_periods(body: Body) -> tuple[Codes | None, list[Period | None]]:
    """Return the distinct periods of the rows and which each has, None where the table has no such column.

    A period is None where it cannot be read, `LEFT_OPEN` where its cells are empty.
    """
    at = {column.role: column for column in reversed(body.table.columns)}
    year = body.table.year
    if Role.END in at:
        return _joined(body, [at.get(Role.START), at[Role.END]], _between)
    if Role.PERIOD in at:
        codes, texts = body.codes(at[Role.PERIOD])
        read = parse_periods([text.strip(_DASHES) for text in texts], year)
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

"""What the rows and columns of a table mean: one object, read from layout.toml, proposed by `recognise`, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.words.periods import Period
from analysis.reference.indicators import Indicator, by_code

# Between the heads of one column, from top to bottom.
HEADS = " / "
NO_LAST_ROW = 10_000_000


class Role(StrEnum):
    """What a column holds."""

    VALUE = "value"
    INDICATOR = "indicator"
    PERIOD = "period"
    YEAR = "year"
    MONTH = "month"
    QUARTER = "quarter"
    START = "start"
    END = "end"
    UNIT = "unit"
    REMARK = "remark"
    UNITS = "units"  # names or levels of units below the province
    PLACES = "places"
    LABEL = "label"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


DATING = (Role.PERIOD, Role.YEAR, Role.MONTH, Role.QUARTER, Role.END)
# How a head refers to the period of its row: “trong tháng”, “lũy kế từ đầu năm”.
OWN, SINCE_NEW_YEAR = "own", "since new year"


@dataclass(frozen=True)
class LaidColumn:
    """One column: its place in the file, counted from 0 (its row, where the table is turned), and what it means.

    `head` is what stands above it, by which it is known again in another month's file, `path` the same from top to
    bottom. `plus` are columns whose figures are added to its own; `part` are words in the label of those rows below a
    name for which alone its meaning holds; `multiplier` is what a printed one stands for. `rule` says what decided its
    role, `unread` why its figures are not read, `span` how the head refers to the period of each row. An empty
    `indicator` or `period` is that of the table, or of each row.
    """

    index: int
    head: str = ""
    indicator: str = ""
    period: Period | None = None
    percent: bool | None = None
    fraction: bool | None = None
    decimal: str = ""
    multiplier: int | None = None
    plus: tuple[int, ...] = ()
    part: str = ""
    role: Role = Role.VALUE
    path: tuple[str, ...] = ()
    unread: str = ""
    span: str = ""
    stated: bool = False
    rule: str = "layout"

    @cached_property
    def line(self) -> Indicator | None:
        """The indicator's line of the codebook."""
        return by_code().get(self.indicator)

    @property
    def is_value(self) -> bool:
        """Tell whether its figures are to be read."""
        return self.role == Role.VALUE

    @property
    def is_share(self) -> bool:
        """Tell whether it holds shares in per cent."""
        return self.is_value and self.line is not None and self.line.unit == "percent"

    @property
    def is_count(self) -> bool:
        """Tell whether it holds counts of an indicator of their own."""
        return self.is_value and self.line is not None and self.line.unit == "count"


@dataclass(frozen=True)
class LaidTable:
    """What is said of one table; `where` is how messages call this part of the layout.

    Rows are those of the file. A layout.toml may leave all but the columns in question to `recognise`; a table that is
    ready to be read has its rows, its column of names or its province, and every column. `table` counts those of the
    sheet (0: every one that has the columns named). `nested` tells that a name holds for the rows below it that have
    none; `certain` that its periods hold whatever
    the file says. `units` tells that rows are the units of one province; `form` which form it is; `base` is the period
    that “trong tháng” refers to, `year` that of periods without one; `stated` are the periods that the surroundings
    state, with where: a table is held where none of its figures is of one of these.
    """

    where: str = ""
    sheet: str = ""
    table: int = 0
    first_row: int = 0
    last_row: int = NO_LAST_ROW
    header_rows: tuple[int, ...] = ()
    name_column: int | None = None
    names_are_codes: bool = False
    turned: bool = False
    province: str = ""
    period: Period | None = None
    indicator: str = ""
    period_column: int | None = None
    indicator_column: int | None = None
    columns: tuple[LaidColumn, ...] = ()
    certain: bool = False
    nested: bool = False
    units: bool = False
    form: str = ""
    base: Period | None = None
    year: int | None = None
    provisional: str = ""
    stated: tuple[tuple[str, Period], ...] = ()

    @property
    def is_placed(self) -> bool:
        """Tell whether a layout.toml says where the rows are."""
        return self.first_row > 0

    @property
    def values(self) -> list[LaidColumn]:
        """The columns whose figures are read."""
        return [column for column in self.columns if column.is_value]

    def column(self, index: int) -> LaidColumn | None:
        """Return what is said of a column of the file."""
        return next((column for column in self.columns if column.index == index), None)

    def of_role(self, *roles: Role) -> LaidColumn | None:
        """Return the first column with one of these roles, in their order."""
        return next((c for role in roles for c in self.columns if c.role == role), None)

    @property
    def is_dated(self) -> bool:
        """Tell whether rows name their period."""
        return self.of_role(*DATING) is not None


@dataclass(frozen=True)
class Layout:
    """What is said of a file: of names that are no province's, of words for indicators, and of tables.

    `names` and `indicators` have folded keys; what stands there is the name of a province, or a code.
    """

    where: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    tables: tuple[LaidTable, ...] = ()

    def of(self, sheet: Sheet) -> list[LaidTable]:
        """Return what is said of the tables of a sheet."""
        return [table for table in self.tables if table.sheet in ("", sheet.name)]

    def names_sheet(self, sheet: Sheet) -> bool:
        """Tell whether a table of the layout is said to stand on a sheet."""
        return any(table.sheet == sheet.name for table in self.tables)

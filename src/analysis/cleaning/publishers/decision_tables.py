"""Where a sheet holds a table of decisions, and what its columns hold: a target a row, or a column an indicator."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.decision_cells import read_place_or_code
from analysis.cleaning.publishers.decision_dates import read_announced
from analysis.cleaning.publishers.decision_words import head_words, role_of_head
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.rows import is_numbering
from analysis.cleaning.words.indicator_names import indicator_of_cell
from analysis.cleaning.words.places import PLACE
from analysis.reference.indicators import Indicator

# A letterhead and a title are shorter.
_HEAD_ROWS = 40
# A row of a signature block has a name or a title at the left and another at the right.
_PROSE_CELLS = 2
_MARKS = {"announced", "target_value"}


@dataclass(frozen=True)
class DecisionTable:
    """A table of decisions: its head row, the rows below it, and the columns, all as indices of the sheet.

    `columns` gives the column of each role; `targets` the columns of targets, each with the indicator that its head
    names, None where each row names its own. `unread` are heads that mean nothing here. `problem` says why no row
    can be read.
    """

    sheet: Sheet
    head: int
    rows: range
    columns: dict[str, int]
    targets: dict[int, Indicator | None]
    unread: dict[int, str] = field(default_factory=dict)
    problem: Message | None = None

    @cached_property
    def merged(self) -> dict[tuple[int, int], int]:
        """The row and column of each cell below the heads that is merged with one above, and the row of that."""
        used, numbers = {*self.columns.values(), *self.targets}, self.sheet.numbers
        found: dict[tuple[int, int], int] = {}
        ends: dict[int, int] = {}
        for top, j, bottom, right in sorted(self.sheet.merges):
            # Ranges that overlap are no valid workbook's; each cell is gone over once.
            if j == right and j in used and top > ends.get(j, 0):
                ends[j] = bottom
                first, end = bisect_left(numbers, top), bisect_right(numbers, bottom)
                if self.rows.start <= first < end and numbers[first] == top:
                    found |= {(i, j): first for i in range(first + 1, end)}
        return found


@dataclass
class DecisionRow:
    """One row below the heads; texts of cells that are merged downward count for each row that they span."""

    table: DecisionTable
    i: int

    def text(self, j: int) -> str:
        return " ".join(self.table.sheet.text(self.table.merged.get((self.i, j), self.i), j).split())

    def of(self, role: str) -> str:
        """Return the text below a head, empty where the table has no such column."""
        return self.text(self.table.columns[role]) if role in self.table.columns else ""

    def kind(self, j: int) -> str:
        return self.table.sheet.kind(self.table.merged.get((self.i, j), self.i), j)

    def cell(self, j: int) -> str:
        return self.table.sheet.address(self.i, j)

    @cached_property
    def label(self) -> str:
        return self.of("province")

    @cached_property
    def is_decision(self) -> bool:
        """Tell a row of the table from a heading or a signature: it names a province, or has more than two cells."""
        filled = [text for text in self.table.sheet.rows[self.i] if text.strip()]
        if is_numbering(filled):
            return False
        used = [j for role, j in self.table.columns.items() if role != "ordinal"] + list(self.table.targets)
        return (
            read_place_or_code(self.label).kind == PLACE
            or sum(bool(self.text(j)) for j in used) > _PROSE_CELLS
            or self._dated
        )

    @property
    def _dated(self) -> bool:
        """Tell whether a row with few cells has the day of a decision or a target all the same."""
        day = read_announced(self.of("announced")) is not None
        return day or any(self.text(j).strip("≥≤<>=%, .").isdigit() for j in self.table.targets)


def holds_decisions(sheet: Sheet) -> bool:
    """Tell whether a sheet has the head of a table of decisions near its top."""
    return any(_is_head(sheet, i) for i in range(min(len(sheet.rows), _HEAD_ROWS)))


def find_decision_tables(sheet: Sheet) -> list[DecisionTable]:
    """Return the tables of a sheet that `holds_decisions`, from the top down."""
    heads = [i for i in range(len(sheet.rows)) if _is_head(sheet, i)]
    ends = [*heads[1:], len(sheet.rows)]
    return [_read_table(sheet, head, end) for head, end in zip(heads, ends, strict=True)]


def _is_head(sheet: Sheet, i: int) -> bool:
    return {role_of_head(text) for text in sheet.rows[i] if text} >= _MARKS


def _read_table(sheet: Sheet, head: int, end: int) -> DecisionTable:
    texts = sheet.rows[head]
    roles = {j: role_of_head(text) for j, text in enumerate(texts) if text.strip()}
    columns: dict[str, int] = {}
    for j, role in roles.items():
        columns.setdefault(role, j)
    repeated = [head_words(role) for role in columns if role and list(roles.values()).count(role) > 1]
    level = columns.pop("target_value")
    below = _heads_below(sheet, head, level, end)
    targets: dict[int, Indicator | None] = {j: indicator_of_cell(text) for j, text in below.items()}
    unread = {j: texts[j] for j, role in roles.items() if not role} | {
        j: text for j, text in below.items() if targets[j] is None
    }
    named: dict[int, Indicator | None] = {j: line for j, line in targets.items() if line is not None}
    problem = _problem(columns, bool(named), repeated)
    first = head + 2 if below else head + 1
    columns.pop("", None)
    return DecisionTable(sheet, head, range(first, end), columns, named or {level: None}, unread, problem)


def _heads_below(sheet: Sheet, head: int, level: int, end: int) -> dict[int, str]:
    """Return the heads in a second row below the one of the targets, where it spans them: one an indicator.

    A second row of heads has no text below the other heads, which reach over both rows.
    """
    if head + 1 >= end:
        return {}
    texts, below = sheet.rows[head], sheet.rows[head + 1]
    last = level + 1
    while last < max(len(texts), len(below)) and not sheet.text(head, last).strip():
        last += 1
    spanned = {j: sheet.text(head + 1, j) for j in range(level, last) if sheet.text(head + 1, j).strip()}
    others = [text for j, text in enumerate(below) if text.strip() and j not in spanned]
    is_text = all(not text.strip()[:1].isdigit() and indicator_like(text) for text in spanned.values())
    return spanned if spanned and not others and is_text else {}


def indicator_like(text: str) -> bool:
    """Tell whether a text could be the name of an indicator: it has words, and no sign of a bound before a number."""
    return sum(char.isalpha() for char in text) > 3


def _problem(columns: dict[str, int], by_column: bool, repeated: list[str]) -> Message | None:
    """Return why a table cannot be read, else None."""
    if repeated:
        return message("decisions_heads.repeated", heads=repeated)
    if "indicator" in columns and by_column:
        return message("decisions_heads.mixed", head=head_words("indicator"))
    wanted = ["province"] if by_column else ["province", "indicator"]
    absent = [head_words(role) for role in wanted if role not in columns]
    return message("decisions_heads", heads=absent) if absent else None

"""What `dvctt clean --explain` prints: the layout of each table, and the rule behind each column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analysis.cleaning.layout import LaidColumn, LaidTable
from analysis.cleaning.readers.addresses import column_letters
from analysis.cleaning.recognise.proposal import Proposal
from analysis.cleaning.words.periods import show_period

_WIDEST = 60


def explain(proposals: Sequence[Proposal]) -> Iterator[str]:
    """Yield lines on the layout of every table of a file, in the order of its sheets."""
    for proposal in proposals:
        table = proposal.table
        if table.columns:
            yield f"  {_where(table)}"
            yield from (f"    {_column(column, table)}" for column in table.columns)


def _where(table: LaidTable) -> str:
    """Say where a table stands, whose its rows are, and of what period."""
    said = [f"sheet “{table.sheet}”" if table.sheet else "table", f"rows {table.first_row}–{table.last_row}"]
    if table.turned:
        said[1] = f"columns {column_letters(table.first_row - 1)}–{column_letters(table.last_row - 1)}"
    if table.province:
        said.append(f"all of {table.province}")
    if table.name_column is not None:
        said.append(f"names in {_place(table.name_column, table)}")
    said += [f"form {table.form}"] if table.form else []
    return ", ".join(
        [*said, f"period {show_period(table.period)}" if table.period else "no period around it"]
    )


def _column(column: LaidColumn, table: LaidTable) -> str:
    """Say what a column means, and why."""
    meaning = (
        [column.indicator or "the indicator of table or row"] if column.is_value else [column.role.value]
    )
    meaning += [f"+ {_place(index, table)}" for index in column.plus]
    meaning += [f"of “{column.part}”"] if column.part else []
    meaning += [show_period(column.period)] if column.period and column.is_value else []
    meaning += [f"in units of {column.multiplier:,}"] if column.multiplier and column.multiplier > 1 else []
    head = f" “{column.head[:_WIDEST]}”" if column.head else ""
    return f"{_place(column.index, table)}{head}: {', '.join(meaning)} ({column.rule})"


def _place(index: int, table: LaidTable) -> str:
    return f"row {index + 1}" if table.turned else column_letters(index)

"""A sheet while a reader takes in its rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.cleaning.readers.grid import Merge, Sheet


@dataclass
class SheetDraft:
    """The rows read so far, with what `Sheet` keeps of each."""

    name: str
    hidden: bool
    rows: list[list[str]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def finish(self) -> Sheet:
        """Return the sheet."""
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return Sheet(self.name, self.rows, self.numbers, self.kinds, self.merges, self.hidden, *hidden)

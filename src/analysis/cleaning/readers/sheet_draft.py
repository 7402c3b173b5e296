"""A sheet while a reader takes in its rows; merged cells that reach below the last of them end there."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.cleaning.readers.grid import Merge, Sheet

# Merged cells of one sheet never lie on each other; those of a damaged one may, and would be walked for hours.
_MOST_MERGED_ROWS = 4_000_000


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
        """Return the sheet.

        Raises:
            ValueError: its merged cells lie on each other.
        """
        last = self.numbers[-1] if self.numbers else 0
        merges = [(r0, c0, min(r1, last), c1) for r0, c0, r1, c1 in self.merges if r0 <= last]
        if sum(r1 - r0 + 1 for r0, _, r1, _ in merges) > _MOST_MERGED_ROWS:
            raise ValueError(f"merged cells of {self.name!r} overlap")
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        return Sheet(self.name, self.rows, self.numbers, self.kinds, merges, self.hidden, *hidden)

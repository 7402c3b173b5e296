"""The ledger of a brief: every number it may print, with the raw rows and the formula it came from.

A sentence cannot print a number that is not in the ledger, and the ledger takes none without its lineage.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from analysis.errors import AnalysisError


class LedgerError(AnalysisError):
    """A number without lineage, a name used twice, or a name that the ledger does not hold."""


@dataclass(frozen=True)
class Source:
    """A raw row, or a block of rows, of a publisher: `location` is `file:line` or `file:first-last,…`.

    `others` counts the block's further publications, which its file names.
    """

    key: str
    publisher: str
    title: str
    published: str
    url: str
    location: str
    others: int = 0


@dataclass(frozen=True)
class Entry:
    """One number, date or document: its value and unit, how it was computed, and from what.

    `kind` is `printed` (as the source prints it), `computed`, `counted`, `date`, `chosen` (a parameter of
    the analysis) or `document`. `inputs` are other entries, `sources` keys of sources.
    """

    id: str
    value: float | str
    unit: str
    digits: int
    kind: str
    formula: str = ""
    inputs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Ledger:
    """Collect entries and the sources they rest on; sources are numbered in the order of their first use."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.sources: dict[str, Source] = {}

    def cite(self, source: dict[str, Any] | None, location: str, others: int = 0) -> str:
        """Register a raw row and return its key; the same row is registered once."""
        for known in self.sources.values():
            if known.location == location:
                return known.key
        fields = source or {}
        key = str(len(self.sources) + 1)
        texts = {name: _text(fields.get(name)) for name in ("publisher", "title", "published", "url")}
        self.sources[key] = Source(key=key, location=location, others=others, **texts)
        return key

    def add(self, entry: Entry) -> str:
        """Take an entry and return its name.

        Raises:
            LedgerError: the number is not finite, its name is taken, or it has neither inputs nor sources.
        """
        if entry.id in self.entries:
            raise LedgerError(f"two numbers of the brief are called “{entry.id}”.")
        if isinstance(entry.value, float) and not math.isfinite(entry.value):
            raise LedgerError(
                f"the number “{entry.id}” is {entry.value}; a brief prints only finite numbers."
            )
        unknown = [name for name in entry.inputs if name not in self.entries]
        if unknown or not (entry.inputs or entry.sources or entry.kind in ("chosen", "document")):
            raise LedgerError(
                f"the number “{entry.id}” has no lineage (unknown inputs: {unknown or 'none given'})."
            )
        self.entries[entry.id] = entry
        return entry.id

    def computed(
        self, name: str, value: float, *, unit: str, formula: str, inputs: tuple[str, ...] = (),
        sources: tuple[str, ...] = (), digits: int = 1,
    ) -> str:  # fmt: skip
        """Add a number computed from other entries or from raw rows."""
        return self.add(Entry(name, float(value), unit, digits, "computed", formula, inputs, sources))

    def printed(self, name: str, value: float, *keys: str, unit: str = "percent") -> str:
        """Add a number with the digits that its source prints."""
        return self.add(Entry(name, value, unit, printed_digits(value), "printed", sources=keys))

    def date(self, name: str, iso: str, *keys: str) -> str:
        """Add a day that a source gives."""
        return self.add(Entry(name, iso, "date", 0, "date", sources=keys))

    def counted(self, name: str, value: float | str, formula: str, *keys: str, unit: str = "count") -> str:
        """Add a whole number counted from raw rows; `unit` may be a year."""
        return self.add(Entry(name, float(value), unit, 0, "counted", formula, sources=keys))

    def chosen(self, name: str, value: float | str, unit: str, formula: str) -> str:
        """Add a parameter of the analysis."""
        return self.add(Entry(name, value, unit, 0, "chosen", formula))

    def sources_of(self, name: str) -> tuple[str, ...]:
        """Return the keys of all raw rows under a number, its inputs' rows included, in ascending order."""
        entry = self.entries[name]
        keys = set(entry.sources)
        for inner in entry.inputs:
            keys |= set(self.sources_of(inner))
        return tuple(sorted(keys, key=int))

    def to_dict(self) -> dict[str, Any]:
        """Return entries and sources as plain data; each entry carries all raw rows under it."""
        entries = {
            name: {**vars(entry), "all_sources": list(self.sources_of(name))}
            for name, entry in self.entries.items()
        }
        return {"numbers": entries, "sources": {key: dict(vars(s)) for key, s in self.sources.items()}}


def printed_digits(value: float) -> int:
    """Return the decimals that a number is written with."""
    return len(f"{value:.6f}".rstrip("0").split(".")[1])


def _text(value: Any) -> str:
    return "" if value is None or value != value else str(value)

"""What a layout could say of a file: names, words and columns whose meaning is open."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from analysis.cleaning.layout import HEADS, LaidColumn, LaidTable, Role
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.proposal import Proposal
from analysis.cleaning.words.headtexts import without_unit
from analysis.cleaning.words.indicator_names import indicator_of_cell, is_generic
from analysis.cleaning.words.no_level import not_a_level
from analysis.cleaning.words.said_periods import Report, read_head_period, undated_heads
from analysis.reference.abbreviations import fold_name
from analysis.reference.indicators import by_code, spelt_names
from analysis.reference.papi import SUFFIXES
from analysis.reference.spelling import fold_text

FORECAST = "forecast"
_DASHES = " -–+*•"
_MOST_LOOKED_AT = 5000
_LIKE = 0.6
_SHARE = re.compile(r"\b(ty le|ti le|tl|phan tram|share|percent|rate)\b")
# What did not come online, was only settled, or is counted in points is spelt much like what did, was or is not.
_OTHER = re.compile(
    r"\b(truc tiep|buu chinh|bcci|tai cho|(?:dung|qua|truoc) han|diem|toi da|da giai quyet)\b"
)


@dataclass(frozen=True)
class Unclear:
    """A table, or with `proposal` None a sheet, of which something was not understood.

    `said` are the words that a layout gave; `names` labels that are no province's; `undated` says that figures have
    no period, `several` that the sheet has other tables.
    """

    sheet: Sheet
    proposal: Proposal | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    undated: bool = False
    several: bool = False

    @property
    def table(self) -> LaidTable | None:
        """The layout of the table as far as it was understood."""
        return self.proposal.table if self.proposal else None

    @property
    def report(self) -> Report:
        """The period that the table's surroundings name."""
        return Report(self.table.year, self.table.base) if self.table else Report()

    @cached_property
    def words(self) -> list[str]:
        """Heads, and names of rows, that the codebook does not have: each may stand for one indicator."""
        if self.table is None:
            return []
        heads = [words for c in self.open_columns if (words := words_of(c, self.report))]
        naming = self.table.of_role(Role.INDICATOR)
        rows = [text.strip(_DASHES) for text in self._texts(naming)] if naming else []
        unknown = [
            t for t in rows if t and not indicator_of_cell(t, self.said) and fold_text(t) not in self.said
        ]
        return list(dict.fromkeys([*heads, *(self._beside_figures(naming, unknown) if naming else [])]))

    def _texts(self, column: LaidColumn) -> list[str]:
        """Return the distinct texts of a column in the rows of the table."""
        found = self.proposal.found if self.proposal else None
        return found.texts(column.index) if found else []

    def _beside_figures(self, column: LaidColumn, unknown: list[str]) -> list[str]:
        """Return those texts of a column that stand before a figure in some row of the table."""
        found = self.proposal.found if self.proposal else None
        if found is None or not unknown:
            return []
        j = column.index
        codes, texts = found.sheet.codes(j)
        wanted = np.array([text.strip(_DASHES) in unknown for text in texts], dtype=bool)
        first, end = found.body
        rows = (np.flatnonzero(wanted[codes[first:end]]) + first).tolist()[:_MOST_LOOKED_AT]
        named = (i for i in rows if any(map(is_number_like, found.sheet.rows[i][j + 1 :])))
        return list(dict.fromkeys(found.sheet.text(i, j).strip(_DASHES) for i in named))

    def columns_besides(self, words: Set[str]) -> list[LaidColumn]:
        """The open columns that these words do not tell: of no head that says more, or like another."""
        return [c for c in self.open_columns if words_of(c, self.report) not in words]

    @cached_property
    def title(self) -> str:
        """What stands above the table but for its period, folded."""
        found = self.proposal.found if self.proposal else None
        return " ".join(undated_heads(found.titles)) if found else ""

    @property
    def has_questions(self) -> bool:
        """Tell whether a layout could say more than was understood."""
        words = [text for text in self.words if not not_a_level(text.split(HEADS))]
        columns = [c for c in self.columns_besides(frozenset(self.words)) if not _skipped(c)]
        return bool(self.names or self.undated or words or columns)

    @cached_property
    def open_columns(self) -> list[LaidColumn]:
        """The columns of figures whose meaning is open."""
        columns = [c for c in self.table.columns if c.role == Role.UNKNOWN] if self.table else []
        return [c for c in columns if any(map(is_number_like, self._texts(c)))]


def _skipped(column: LaidColumn) -> bool:
    return (
        bool(not_a_level(column.path)) or column.unread == FORECAST or column.rule == "the form, no indicator"
    )


def words_of(column: LaidColumn, report: Report) -> str:
    """Return the heads of a column that say more than a period, where they can tell its figures from others.

    “Kết quả” cannot: it means what the title of its table says.
    """
    if column.unread or read_head_period(list(column.path), report) is None:
        return ""
    saying = [piece for piece in column.path if undated_heads([piece])]
    telling = any(not piece.isdigit() and not is_generic(without_unit(piece)) for piece in saying)
    return HEADS.join(map(plain, saying)) if telling else ""


def words_of_one_meaning(unclear: Sequence[Unclear]) -> list[str]:
    """Return the words that may stand for one indicator in a whole file: below other titles they may mean another."""
    titles: dict[str, set[str]] = {}
    for one in unclear:
        for words in one.words:
            titles.setdefault(words, set()).add(one.title)
    return [words for words, found in titles.items() if len(found) == 1]


def near_indicators(text: str) -> list[str]:
    """Return codes whose names are spelt like a head: hints for a person, never used as a match."""
    pieces = dict.fromkeys(map(fold_name, (text, *reversed(text.split(HEADS)))))
    known = spelt_names()
    if _OTHER.search(fold_text(text)):
        return []
    near = [name for piece in pieces for name in difflib.get_close_matches(piece, known, n=6, cutoff=_LIKE)]
    shares = bool(_SHARE.search(fold_text(text)) or "%" in text)
    codes = dict.fromkeys(known[name] for name in near)
    plain_codes = (code for code in codes if not code.endswith(tuple(SUFFIXES)))
    return [code for code in plain_codes if (by_code()[code].unit == "percent") == shares][:3]


def plain(text: str) -> str:
    """Return a text on one line that holds nothing a terminal or a TOML reader would take for a command."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]

"""What a layout could say of a file: names, words and columns whose meaning is open."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.contexts import Context
from analysis.cleaning.heads.forecasts import FORECAST
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.heads.headperiods import read_head_period, undated_heads
from analysis.cleaning.heads.nonlevels import not_a_level
from analysis.cleaning.layouts.layout import HEADS
from analysis.cleaning.layouts.sheet_tables import Table
from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.words.headtexts import without_unit
from analysis.cleaning.words.indicator_names import indicator_of_cell, is_generic
from analysis.reference.abbreviations import fold_name
from analysis.reference.indicators import by_code, spelt_names
from analysis.reference.papi import SUFFIXES
from analysis.reference.spelling import fold_text

_LIKE = 0.6
_SHARE = re.compile(r"\b(ty le|ti le|tl|phan tram|share|percent|rate)\b")
# What did not come online, was only settled, or is counted in points is spelt much like what did, was or is not.
_OTHER = re.compile(
    r"\b(truc tiep|buu chinh|bcci|tai cho|(?:dung|qua|truoc) han|diem|toi da|da giai quyet)\b"
)


@dataclass(frozen=True)
class Unclear:
    """A table, or with `table` None a sheet, of which something was not understood.

    `names` are labels that are no province's; `undated` says that figures have no period, `several` that the sheet
    has other tables.
    """

    sheet: Sheet
    table: Table | None = None
    names: list[str] = field(default_factory=list)
    undated: bool = False
    several: bool = False

    @cached_property
    def words(self) -> list[str]:
        """Heads, and names of rows, that the codebook does not have: each may stand for one indicator."""
        if self.table is None:
            return []
        heads = [words for c in self.open_columns if (words := words_of(c, self.table.context))]
        naming = next((c for c in self.table.columns if c.role == h.INDICATOR), None)
        rows = self.table.block.texts(naming.index) if naming else []
        said = self.table.context.words
        unknown = [t for t in rows if t and not indicator_of_cell(t, said) and fold_text(t) not in said]
        return list(dict.fromkeys([*heads, *unknown]))

    @cached_property
    def columns(self) -> list[Column]:
        """The columns of figures that no word can tell from others: of no head that says more, or like another."""
        return self.columns_besides(frozenset(self.words))

    def columns_besides(self, words: Set[str]) -> list[Column]:
        """The open columns that these words do not tell."""
        context = self.table.context if self.table else Context()
        return [c for c in self.open_columns if words_of(c, context) not in words]

    @cached_property
    def title(self) -> str:
        """What stands above the table but for its period, folded."""
        return " ".join(undated_heads(self.table.block.titles)) if self.table else ""

    @property
    def has_questions(self) -> bool:
        """Tell whether a layout could say more than was understood."""
        words = [text for text in self.words if not not_a_level(text.split(HEADS))]
        columns = [c for c in self.columns if not not_a_level(c.path) and c.unread != FORECAST]
        return bool(self.names or self.undated or words or columns)

    @cached_property
    def open_columns(self) -> list[Column]:
        """The columns of figures whose meaning is open."""
        if self.table is None:
            return []
        columns = [c for c in self.table.columns if c.role == h.UNKNOWN_ROLE]
        return [c for c in columns if any(map(is_number_like, self.table.block.texts(c.index)))]


def words_of(column: Column, context: Context) -> str:
    """Return the heads of a column that say more than a period, where they can tell its figures from others.

    “Kết quả” cannot: it means what the title of its table says.
    """
    if column.unread or read_head_period(list(column.path), context) is None:
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

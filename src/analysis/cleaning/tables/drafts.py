"""The rows of a sheet grouped into tables: what stands above each, its rows of provinces, the others, its notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from analysis.cleaning.readers.cells import is_missing, is_number_like
from analysis.cleaning.readers.grid import ERROR, UNCACHED, Codes, Sheet
from analysis.cleaning.tables.panels import opens_panel
from analysis.cleaning.tables.rowkinds import Kinds
from analysis.cleaning.words.places import AVERAGE, BELOW, LEFT_OUT, PLACE, REGION, STATISTIC, TOTAL, UNKNOWN
from analysis.reference.spelling import fold_text

# What printing, or a note below the rows above, leaves before a header that is repeated.
_PAGE_MARK = re.compile(
    r"^\W*\d*$|tiep theo|\b(cont|continued|trang|page)\b|^(ghi chu|luu y|nguon|note|source|don vi)\b"
)
_BODY = (PLACE, TOTAL, AVERAGE, STATISTIC, REGION, BELOW, LEFT_OUT, UNKNOWN, "heading")
_ORDINAL = re.compile(r"\d{1,3}[.)]?")


@dataclass
class Draft:
    """A table while its rows are being gathered; runs of provinces are kept as first and last.

    `panel` is the row that says what a panel of a larger table is about; `pending` are the rows above it that
    belong to nothing if a header of its own follows.
    """

    above: list[int] = field(default_factory=list)
    panel: int | None = None
    pending: list[int] = field(default_factory=list)
    runs: list[tuple[int, int]] = field(default_factory=list)
    others: list[tuple[int, str]] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing has followed the row that opened a panel."""
        return self.panel is not None and not (self.runs or self.others)

    def data(self) -> Codes:
        """Return the rows of provinces."""
        parts = [np.arange(first, last, dtype=np.intp) for first, last in self.runs]
        return np.concatenate(parts) if parts else np.array([], dtype=np.intp)

    def rows(self) -> list[int]:
        """Return all rows that were gathered."""
        return sorted([*self.above, *self.data().tolist(), *(i for i, _ in self.others), *self.notes])


def draft_tables(sheet: Sheet, name_column: int, kinds: Kinds) -> list[Draft]:
    """Group rows into tables: a new header after rows of provinces, or a panel's subject, begins a new one.

    A letterhead, and any other run of words without a figure, is no table: it stands above the one that follows.
    """
    drafts = _gather(sheet, name_column, kinds)
    tables: list[Draft] = []
    above: list[int] = []
    for draft in drafts:
        if _is_wording(sheet, draft, name_column, kinds):
            above.extend(draft.rows())
        else:
            draft.above[:0] = above if draft.panel is None else []
            tables.append(draft)
            above = []
    return tables


def _gather(sheet: Sheet, name_column: int, kinds: Kinds) -> list[Draft]:
    drafts: list[Draft] = []
    waiting: list[int] = []
    for first, last in _runs(kinds, len(sheet.rows)):
        kind = kinds.get(first, PLACE)
        heads = [sheet.rows[w] for w in waiting if kinds.get(w) == "header"]
        if (heads or drafts) and kind in ("header", "note", TOTAL) and opens_panel(sheet, first, name_column):
            above = waiting if heads or not drafts else drafts[-1].above
            _close(drafts, [] if above is waiting else waiting)
            drafts.append(Draft(above, first, pending=[*waiting, first] if above is waiting else [first]))
            waiting = []
        elif kind not in _BODY or not (
            drafts or heads or _opens(sheet, range(first, last), kind, name_column)
        ):
            waiting.extend(range(first, last))
        else:
            _take_up(
                drafts, waiting, bool(heads) and not (drafts and _goes_on(sheet, drafts[-1], waiting, heads))
            )
            waiting = []
            if kind == PLACE:
                drafts[-1].runs.append((first, last))
            else:
                drafts[-1].others.append((first, kind))
    _close(drafts, waiting)
    return drafts


def _opens(sheet: Sheet, rows: Iterable[int], kind: str, name_column: int) -> bool:
    """Tell whether rows can begin a table without a header: those of provinces or lower units with a figure."""
    return kind in (PLACE, BELOW) and any_figure(sheet, rows, name_column, kind == PLACE)


def _is_wording(sheet: Sheet, draft: Draft, name_column: int, kinds: Kinds) -> bool:
    """Tell whether a draft holds words only, and no header with provinces below it."""
    headed = draft.panel is not None or any(kinds.get(i) == "header" for i in draft.above)
    named = draft.runs or any(kind == "heading" for _, kind in draft.others)
    if headed and (named or draft.panel is not None):
        return False
    rows = (i for first, last in draft.runs for i in range(first, last))
    others = (i for i, _ in draft.others)
    return not (any_figure(sheet, rows, name_column, True) or any_figure(sheet, others, name_column, False))


def any_figure(sheet: Sheet, rows: Iterable[int], name_column: int, marks: bool) -> bool:
    """Tell whether any row has a figure beside its name, or a mark that there is none where `marks` says so."""
    return any(_has_figure(sheet, i, name_column, marks) for i in rows)


def _has_figure(sheet: Sheet, i: int, name_column: int, marks: bool) -> bool:
    filled = [(j, text) for j, text in enumerate(sheet.rows[i]) if text and j != name_column]
    if filled and filled[0][0] < name_column and _ORDINAL.fullmatch(filled[0][1].strip()):
        filled = filled[1:]
    return any(
        is_number_like(text) or sheet.kind(i, j) in (ERROR, UNCACHED) or (marks and is_missing(text))
        for j, text in filled
    )


def _take_up(drafts: list[Draft], waiting: list[int], headed: bool) -> None:
    """Begin a table below a header of its own, or go on with the running one."""
    if drafts and not headed:
        drafts[-1].notes.extend(waiting)
        return
    before = drafts.pop().pending if drafts and drafts[-1].is_bare else []
    drafts.append(Draft(above=[*before, *waiting]))


def _close(drafts: list[Draft], waiting: list[int]) -> None:
    """End the running table; a panel below which nothing stood is only a note."""
    if drafts and drafts[-1].is_bare:
        waiting = [*drafts.pop().pending, *waiting]
    if drafts:
        drafts[-1].notes.extend(waiting)


def _runs(kinds: Kinds, length: int) -> Iterator[tuple[int, int]]:
    """Walk over the rows: a run of provinces at once, every other row alone."""
    position = 0
    for i in [*sorted(kinds), length]:
        if i > position:
            yield position, i
        if i < length:
            yield i, i + 1
        position = i + 1


def _goes_on(sheet: Sheet, draft: Draft, waiting: list[int], heads: list[list[str]]) -> bool:
    """Tell whether a header is that of the running table again, as at the top of a printed page.

    Below a title of its own it begins another table, though its heads may be the same words.
    """
    first = [sheet.rows[i] for i in draft.above]
    known = {text for row in first for text in row}
    between = (text for i in waiting if sheet.rows[i] not in heads for text in sheet.rows[i] if text)
    return all(head in first for head in heads) and all(
        text in known or _PAGE_MARK.search(fold_text(text)) for text in between
    )

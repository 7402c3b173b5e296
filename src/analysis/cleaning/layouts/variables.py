"""A sheet that explains the short names of variables in another: hs_tt, số hồ sơ nộp trực tuyến trong quý."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from analysis.cleaning.heads.headperiods import read_wording, undated_heads
from analysis.cleaning.layouts.layout import Layout
from analysis.cleaning.readers.grid import ColumnRows, Sheet
from analysis.cleaning.words.indicator_names import indicator_of_cell
from analysis.reference.spelling import fold_text

_VARIABLES = {
    "variable",
    "variables",
    "bien",
    "ten bien",
    "ma bien",
    "truong",
    "ten truong",
    "field",
    "column",
    "ten cot",
}
_LABELS = {
    "label", "labels", "nhan", "mo ta", "dien giai", "description", "y nghia", "giai thich", "noi dung", "ten chi tieu",
    "dinh nghia", "definition", "meaning",
}  # fmt: skip
_HEAD_ROWS, _MOST_ROWS = 8, 2000
# What a label says behind its name: a translation in brackets, a formula.
_BEHIND = re.compile(r"\s*(?:\([^()]*\)|=.*|[:;].*)\s*$")


def with_explained(layout: Layout | None, sheets: Iterable[Sheet]) -> Layout | None:
    """Return a layout that knows the words that sheets explain as well; its own come first."""
    words = words_of_codebooks(sheets)
    if not words:
        return layout
    given = layout or Layout("", {}, {}, ())
    return replace(given, indicators={**words, **given.indicators})


def words_of_codebooks(sheets: Iterable[Sheet]) -> dict[str, str]:
    """Return the short names that sheets explain by the name of an indicator, folded, with its code.

    A name that is explained in two ways is left out.
    """
    found: dict[str, set[str]] = {}
    for sheet in sheets:
        if isinstance(sheet.rows, ColumnRows) or len(sheet.rows) > _MOST_ROWS:
            continue
        for name, label in _entries(sheet.rows):
            found.setdefault(" ".join(undated_heads([name])), set()).add(_code(label))
    return {
        name: next(iter(codes))
        for name, codes in found.items()
        if name and len(codes) == 1 and "" not in codes
    }


def _entries(rows: Sequence[list[str]]) -> Iterator[tuple[str, str]]:
    """Walk over the names of variables and their labels below a row that heads both."""
    for i, row in enumerate(rows[:_HEAD_ROWS]):
        heads = [fold_text(text) for text in row]
        names, labels = (
            [j for j, head in enumerate(heads) if head in known] for known in (_VARIABLES, _LABELS)
        )
        if names and labels:
            columns = names[0], labels[0]
            yield from ((r[columns[0]], r[columns[1]]) for r in rows[i + 1 :] if max(columns) < len(r))
            return


def _code(label: str) -> str:
    """Return the code of the indicator that a label names, with or without what stands behind it, else nothing."""
    bare = label
    while (shorter := _BEHIND.sub("", bare)) != bare:
        bare = shorter
    found = indicator_of_cell(bare) or indicator_of_cell(read_wording(bare).rest)
    return found.code if found else ""

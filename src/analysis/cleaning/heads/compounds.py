"""Cells that hold two or three figures at once, “231/622 (37,14%)”: taken apart into a column for each."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from analysis.cleaning.heads.compound_heads import name_parts
from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.readers.grid import TEXT, ColumnRows, Merge, Sheet
from analysis.cleaning.tables.rowkinds import is_numbering

_NUMBER = r"(\d[\d.,]*)"
_SHARE = r"(\d[\d.,]*\s*%)"
_SHAPES = tuple(
    re.compile(rf"\s*{pattern}\s*")
    for pattern in (
        rf"{_NUMBER}\s*/\s*{_NUMBER}\s*[(\[;,\n]\s*{_SHARE}\s*[)\]]?",
        rf"{_NUMBER}\s*[(\[\n]\s*{_SHARE}\s*[)\]]?",
        rf"{_SHARE}\s*[(\[;,\n]\s*{_NUMBER}\s*/\s*{_NUMBER}\s*[)\]]?",
        rf"{_SHARE}\s*[(\[\n]\s*{_NUMBER}\s*[)\]]?",
    )
)
# Without its share “5/10” may be a day or a fraction: the head must say what stands before and behind the stroke.
_QUOTIENT = re.compile(rf"\s*{_NUMBER}\s*/\s*{_NUMBER}\s*")
_FOOTNOTE = re.compile(r".*%\s*\(\d\)\s*")
_SAMPLE, _WIDEST = 200, 200


@dataclass(frozen=True)
class _Compound:
    """A column of several figures a cell: the rows it has them in, the row of its head, and a head for each part."""

    shape: re.Pattern[str]
    first: int
    last: int
    head: int
    heads: tuple[str, ...]
    shares: tuple[bool, ...]


def take_compounds_apart(sheet: Sheet) -> Sheet:
    """Return the sheet with a column for each figure of such cells; addresses stay those of the cells.

    All cells of a column must have the same shape. A part that the head does not name is called [a], [b], [c].
    """
    if isinstance(sheet.rows, ColumnRows) or sheet.transposed or sheet.width > _WIDEST:
        return sheet
    found = {j: compound for j in range(sheet.width) if (compound := _read_compound(sheet, j))}
    return _taken_apart(sheet, found) if found else sheet


def is_compound(text: str) -> bool:
    """Tell whether a cell holds several figures, in one of the shapes known."""
    return any(shape.fullmatch(text) for shape in _SHAPES)


def _read_compound(sheet: Sheet, j: int) -> _Compound | None:
    some = [text for row in sheet.rows[:_SAMPLE] if j < len(row) and (text := row[j])]
    shape = next((shape for text in some for shape in (*_SHAPES, _QUOTIENT) if shape.fullmatch(text)), None)
    if shape is None:
        return None
    filled = [(i, text) for i in range(len(sheet.rows)) if (text := sheet.text(i, j))]
    places = [i for i, text in filled if shape.fullmatch(text)]
    texts = [text for i, text in filled if places[0] <= i <= places[-1]]
    zero = "0" if shape.groups == 2 else ""
    if len(places) < 2 or not all(shape.fullmatch(t) or is_missing(t) or t.strip() == zero for t in texts):
        return None
    if all(_FOOTNOTE.fullmatch(text) for text in texts):
        return None
    head = next((i for i, _ in reversed(filled) if i < places[0] and not is_numbering(_filled(sheet, i))), -1)
    parts = [found.groups() for text in texts if (found := shape.fullmatch(text))]
    named = name_parts(sheet.text(head, j) if head >= 0 else "", parts)
    if shape is _QUOTIENT and named is None:
        return None
    above = " ".join(sheet.text(head, j).split()) if head >= 0 else ""
    lettered = tuple(f"{above} [{letter}]".strip() for letter in "abc"[: len(parts[0])])
    shares = tuple(text.endswith("%") for text in parts[0])
    return _Compound(shape, places[0], places[-1], head, named or lettered, shares)


def _filled(sheet: Sheet, i: int) -> list[str]:
    return [text for text in sheet.rows[i] if text]


def _taken_apart(sheet: Sheet, found: dict[int, _Compound]) -> Sheet:
    """Return the sheet with the columns found spread over as many as their cells have figures."""
    widths = [len(found[j].heads) if j in found else 1 for j in range(sheet.width)]
    origins = tuple(j + sheet.first_column for j, width in enumerate(widths) for _ in range(width))
    starts = [sum(widths[:j]) for j in range(sheet.width + 1)]
    rows, kinds = [], []
    for i, row in enumerate(sheet.rows):
        parts = [_parts(found.get(j), i, text) for j, text in enumerate(row)]
        rows.append([text for part in parts for text in part])
        kinds.append("".join(sheet.kind(i, j) + TEXT * (len(part) - 1) for j, part in enumerate(parts)))
    return replace(
        sheet,
        rows=rows,
        kinds=kinds if sheet.kinds else [],
        merges=_merges(sheet, found, starts),
        hidden_columns=frozenset(
            k for k, j in enumerate(origins) if j - sheet.first_column in sheet.hidden_columns
        ),
        origins=origins,
    )


def _parts(compound: _Compound | None, i: int, text: str) -> tuple[str, ...]:
    """Return what stands in each of the new columns where a cell stood."""
    if compound is None:
        return (text,)
    if i == compound.head:
        return compound.heads
    split = compound.shape.fullmatch(text) if compound.first <= i <= compound.last else None
    if split:
        return tuple(split.groups())
    if not compound.first <= i <= compound.last:
        return (text, *[""] * (len(compound.heads) - 1))
    # Of nothing there is no share.
    return tuple("" if text.strip() == "0" and share else text for share in compound.shares)


def _merges(sheet: Sheet, found: dict[int, _Compound], starts: list[int]) -> list[Merge]:
    """Return the merged cells in the new columns; what heads a column of several figures alone heads all of them."""
    merges: list[Merge] = []
    merged: set[tuple[int, int]] = set()
    for top, left, bottom, right in sheet.merges:
        merged |= {(top, left)}
        if left == right and left in found and _heads(sheet, found[left], top, bottom):
            merges += [(top, k, bottom, k) for k in range(starts[left], starts[left + 1])]
        elif right < sheet.width:
            merges.append((top, starts[left], bottom, starts[right + 1] - 1))
    for j, compound in found.items():
        for i in range(max(compound.head, 0)):
            number = sheet.numbers[i]
            if sheet.text(i, j) and (number, j) not in merged:
                merges.append((number, starts[j], number, starts[j + 1] - 1))
    return merges


def _heads(sheet: Sheet, compound: _Compound, top: int, bottom: int) -> bool:
    return compound.head >= 0 and top <= sheet.numbers[compound.head] <= bottom

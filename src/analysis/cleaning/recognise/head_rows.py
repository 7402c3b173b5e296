"""Which of the rows above a table are its heads, and which are titles, letterheads, units or filters."""

from __future__ import annotations

import re

from analysis.cleaning.readers.grid import Sheet
from analysis.cleaning.recognise.naming import Naming
from analysis.cleaning.rows import (
    NUMBERING,
    ORDINAL,
    Kinds,
    is_field,
    is_section,
)
from analysis.cleaning.words.datelines import key_and_value
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import words

_MOST_HEADS = 4
_ALL = ("all", "tat ca")
_UNIT_LINE = re.compile(r"\(?(đơn vị( tính)?|đvt|unit)\s*:", re.IGNORECASE)


def split_head(sheet: Sheet, naming: Naming, kinds: Kinds, above: list[int]) -> tuple[list[int], list[str]]:
    """Return the rows of heads among those above a table, and the texts of the others as titles."""
    rows = [i for i in above if kinds.get(i) != NUMBERING]
    labelled = [i for i in rows if _is_labelled(sheet, i, naming)]
    head = _around(sheet, rows, labelled, naming) if labelled else _contiguous(sheet, rows, naming)
    if sheet.transposed:
        head = [
            i
            for i in rows
            if i in head
            or (any(sheet.rows[i][: naming.column + 1]) and any(sheet.rows[i][naming.column + 1 :]))
        ]
    own = [i for i in rows if i not in head and not (head and i > head[-1])]
    fields = [i for i in own if is_field([text for text in sheet.rows[i] if text])]
    titles = [text for i in own if i not in fields for text in title_texts(sheet.rows[i])]
    return head, [*titles, *_filtered_period([sheet.rows[i] for i in fields])]


def _is_labelled(sheet: Sheet, i: int, naming: Naming) -> bool:
    label = sheet.text(i, naming.column)
    return naming.heads.starts(label) and _is_wide(sheet, i) and not is_letterhead(sheet, i, naming)


def _around(sheet: Sheet, rows: list[int], labelled: list[int], naming: Naming) -> list[int]:
    """Return the last labelled row with those that belong to it: open ones below, heads of groups right above."""
    last = labelled[-1]
    head = [i for i in rows if i == last or (i > last and not _is_section(sheet, i, naming))]
    for i in reversed([r for r in rows if r < last]):
        gap = sheet.numbers[head[0]] - sheet.numbers[i] > 1
        if gap or not (i in labelled or _beyond_name(sheet, i, naming)) or is_letterhead(sheet, i, naming):
            break
        head.insert(0, i)
    return head


def _contiguous(sheet: Sheet, rows: list[int], naming: Naming) -> list[int]:
    """Return the rows directly above the data that have several cells, up to the first title."""
    head: list[int] = []
    for i in reversed(rows):
        filled = [text for text in sheet.rows[i] if text]
        if (
            not (_is_wide(sheet, i) or _beyond_name(sheet, i, naming))
            or key_and_value(filled)
            or is_field(filled)
        ):
            break
        if is_letterhead(sheet, i, naming) or (head and sheet.numbers[head[0]] - sheet.numbers[i] > 1):
            break
        head.insert(0, i)
        if len(head) == _MOST_HEADS:
            break
    return head


def _is_wide(sheet: Sheet, i: int) -> bool:
    return len({text for text in sheet.rows[i] if text}) >= 2


def _beyond_name(sheet: Sheet, i: int, naming: Naming) -> bool:
    row = sheet.rows[i]
    return not any(row[: naming.column + 1]) and any(row[naming.column + 1 :])


def _is_section(sheet: Sheet, i: int, naming: Naming) -> bool:
    """Tell a row with one text at its left, which heads a group of rows, from a row of heads."""
    places = [j for j, text in enumerate(sheet.rows[i]) if text]
    return (len(places) == 1 or is_section(sheet.rows[i])) and places[-1] <= naming.column


def is_letterhead(sheet: Sheet, i: int, naming: Naming) -> bool:
    """Tell a row of who reports to whom, or of a unit, from one of heads."""
    texts = [text for text in sheet.rows[i] if text]
    if any(words("heads", "letterhead_words").inside(text) for text in texts):
        return True
    if sheet.text(i, naming.column) in words("heads", "names", "index") and _is_wide(sheet, i):
        return False
    if all(_UNIT_LINE.match(text.strip()) for text in texts):
        return True
    beginnings = words("heads", "letterhead_starts")
    return any(beginnings.starts(text) and not naming.heads.starts(text) for text in texts) or any(
        beginnings.longest_start(text) > 2 for text in texts
    )


def title_texts(row: list[str]) -> list[str]:
    """Return the texts of a title row, and all of them as one: Từ ngày 01/10/2022 | Đến ngày 31/10/2022."""
    texts = [text for text in dict.fromkeys(row) if text]
    whole = [" ".join(texts)] if len(texts) > 1 else []
    return whole if key_and_value(texts) else [*texts, *whole]


def _filtered_period(fields: list[list[str]]) -> list[str]:
    """Return as a title the period to which the filters above a pivot table hold it; several months leave it open."""
    said: dict[str, str] = {}
    for key, value in ([text for text in row if text] for row in fields):
        unit = next(
            u
            for u, name in (("nam", "year"), ("thang", "month"), ("quy", "quarter"))
            if key in words("heads", name)
        )
        said[unit] = fold_text(value).removeprefix(unit).strip()
    if any(value in ("multiple items", "nhieu muc") for value in said.values()):
        return []
    parts = [f"{unit} {said[unit]}" for unit in ("thang", "quy", "nam") if said.get(unit, "all") not in _ALL]
    return [" ".join(parts)] if parts else []


def section_text(row: list[str]) -> str:
    """Return the text of a section row without the number or letter before it."""
    filled = list(dict.fromkeys(text.strip() for text in row if text.strip()))
    return filled[-1] if filled and (len(filled) == 1 or ORDINAL.fullmatch(filled[0])) else ""

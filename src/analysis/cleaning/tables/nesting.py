"""Tables that name a province on a line of its own and list its indicators below: unfolded into plain rows."""

from __future__ import annotations

from dataclasses import replace

from analysis.cleaning.readers.cells import is_number_like
from analysis.cleaning.readers.grid import TEXT, Sheet
from analysis.cleaning.words.indicator_names import indicator_of_cell
from analysis.cleaning.words.places import PLACE, read_place

_MOST_ROWS = 50_000


def unfold(sheet: Sheet) -> Sheet:
    """Return the sheet with the province of each nested row in a column added at its end.

    Lines that only name a province disappear into that column; a sheet that is not nested is returned as it is.
    """
    if len(sheet.rows) > _MOST_ROWS or sheet.width > 200:
        return sheet
    for j in range(min(sheet.width, 4)):
        owners = _owners(sheet, j)
        if len(owners) >= 2 and not _is_letterhead(sheet, j, owners):
            return _unfolded(sheet, j, owners)
    return sheet


def _owners(sheet: Sheet, j: int) -> dict[int, str]:
    """Return, for each row that names an indicator below a province's line, that province."""
    owners: dict[int, str] = {}
    province = ""
    for i in range(len(sheet.rows)):
        label = sheet.text(i, j)
        if _is_heading(sheet, i, j):
            province = label
        elif province and label and indicator_of_cell(label.strip(" -–+*•")):
            owners[i] = province
        elif label and read_place(label).kind == PLACE:
            return {}
    return owners


def _is_letterhead(sheet: Sheet, j: int, owners: dict[int, str]) -> bool:
    """Tell whether the only province named stands above the row of heads: it is whose the report is."""
    first = min(owners)
    headings = [i for i in range(len(sheet.rows)) if _is_heading(sheet, i, j)]
    if len(headings) != 1:
        return False
    return any(
        sheet.text(i, j) and sheet.filled[i] >= 2 and not any(map(is_number_like, sheet.rows[i]))
        for i in range(headings[0] + 1, first)
    )


def _is_heading(sheet: Sheet, i: int, j: int) -> bool:
    """Tell whether a row holds a province's name and nothing to its right."""
    row = sheet.rows[i]
    return j < len(row) and not any(row[j + 1 :]) and read_place(row[j]).kind == PLACE


def _unfolded(sheet: Sheet, j: int, owners: dict[int, str]) -> Sheet:
    width, first = sheet.width, min(owners)
    headings = [i for i in range(len(sheet.rows)) if _is_heading(sheet, i, j)]
    heads = [i for i in range(headings[0]) if sum(bool(text) for text in sheet.rows[i]) >= 2]
    added = {**owners, **({heads[-1]: "Tỉnh"} if heads else {})}
    keep = [i for i in range(len(sheet.rows)) if i not in set(headings) or i > max(first, headings[-1])]
    rows = [[*sheet.rows[i], *[""] * (width - len(sheet.rows[i])), added.get(i, "")] for i in keep]
    for n, i in enumerate(keep):
        if i in owners:
            rows[n][j] = rows[n][j].strip(" -–+*•")
    kinds = [sheet.kinds[i].ljust(width, TEXT) + TEXT for i in keep] if sheet.kinds else []
    return replace(sheet, rows=rows, numbers=[sheet.numbers[i] for i in keep], kinds=kinds)

"""The process in which python-calamine reads one workbook, bounded in memory and cells; it imports nothing of ours."""

from __future__ import annotations

import json
import sys

import python_calamine

# Cells count from the first that is filled to the last, empty ones too: so many take calamine some ten seconds.
MOST_BYTES, MOST_CELLS, MOST_SHEETS = 1536 * 2**20, 8_000_000, 256


def main(path: str) -> None:
    """Write the worksheets of a workbook to the standard output as JSON: name, hidden, the rows that are not empty.

    A row is its number, counted from 1, and its values from column A to the last that is filled.
    """
    _bound_memory()
    book = python_calamine.CalamineWorkbook.from_path(path)
    if len(book.sheet_names) > MOST_SHEETS:
        raise SystemExit(f"more than {MOST_SHEETS} sheets")
    sheets = []
    for i, about in enumerate(book.sheets_metadata):
        if about.typ == python_calamine.SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_index(i)
            if (sheet.total_height or 0) * (sheet.total_width or 0) > MOST_CELLS:
                raise SystemExit(f"more than {MOST_CELLS} cells")
            hidden = about.visible != python_calamine.SheetVisibleEnum.Visible
            sheets.append({"name": about.name, "hidden": hidden, "rows": _rows(sheet)})
    json.dump(sheets, sys.stdout, default=lambda moment: [str(moment)])


def _rows(sheet: object) -> list[tuple[int, list[object]]]:
    rows: list[tuple[int, list[object]]] = []
    top, left = sheet.start or (0, 0)  # type: ignore[attr-defined]
    for number, values in enumerate(sheet.to_python(), top + 1):  # type: ignore[attr-defined]
        while values and values[-1] == "":
            values.pop()
        if values:
            rows.append((number, [""] * left + values))
    return rows


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows bounds no process; the bound on time is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


if __name__ == "__main__":
    main(sys.argv[1])

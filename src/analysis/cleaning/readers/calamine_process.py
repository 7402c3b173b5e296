"""The process in which python-calamine reads one workbook, bounded in memory and cells; it imports nothing of ours."""

from __future__ import annotations

import json
import sys

import python_calamine

MOST_BYTES, MOST_CELLS, MOST_SHEETS = 1536 * 2**20, 20_000_000, 256


def main(path: str) -> None:
    """Write the worksheets of a workbook to the standard output as JSON: name, hidden, rows of values from A1 on."""
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
            rows = sheet.to_python(skip_empty_area=False)
            sheets.append({"name": about.name, "hidden": hidden, "rows": rows})
    json.dump(sheets, sys.stdout, default=lambda moment: [str(moment)])


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows bounds no process; the bound on time is left
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


if __name__ == "__main__":
    main(sys.argv[1])

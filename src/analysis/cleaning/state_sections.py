"""Sections of a report whose heading gives the day of the figures below it: “tại thời điểm 31/10/2023”."""

from __future__ import annotations

import re
from dataclasses import replace

from analysis.cleaning.cells import is_number_like
from analysis.cleaning.grid import Sheet
from analysis.cleaning.periods import find_period
from analysis.cleaning.rowkinds import is_section

NO_DAY = "-"
_MARK = re.compile(r"\b(?:thời điểm|tính đến|đến (?:hết )?ngày|chốt)\b.*", re.IGNORECASE)


def state_days(sheet: Sheet, rows: range) -> dict[int, str] | None:
    """Return for each row the day that its section gives for the figures below it, None when no section gives one."""
    day = NO_DAY
    found: dict[int, str] = {}
    for i in rows:
        if heading := _heading(sheet.rows[i]):
            day = _day(heading) or NO_DAY
        found[i] = day
    return found if set(found.values()) - {NO_DAY} else None


def without_days(sheet: Sheet, rows: range) -> Sheet:
    """Return the sheet with the headings of sections cut before their day, which holds for their own rows only."""
    cut = {i: _MARK.sub("", heading) for i in rows if (heading := _heading(sheet.rows[i])) and _day(heading)}
    changed = [
        [cut[i] if text == _heading(row) else text for text in row] if i in cut else row
        for i, row in enumerate(sheet.rows)
    ]
    return replace(sheet, rows=changed)


def _heading(row: list[str]) -> str:
    """Return the words of a row that heads a section, else nothing."""
    texts = list(dict.fromkeys(text for text in row if text))
    headed = texts and (len(texts) == 1 or is_section(row)) and not is_number_like(texts[-1])
    return texts[-1] if headed else ""


def _day(text: str) -> str:
    """Return the day that the heading of a section gives, as text."""
    mark = _MARK.search(text[:500])
    period = find_period(mark[0]) if mark else None
    return f"{period[0].end:%d/%m/%Y}" if period and period[0].start == period[0].end else ""

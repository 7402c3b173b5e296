"""The cells of a binary workbook (.xlsb), read by python-calamine in a process of its own.

Damage can make compiled code end its process or ask for all memory: that costs this file alone. calamine tells
neither number formats nor merged cells nor hidden rows and columns, so a share stored as 0.28 is judged by its column,
like one of a text file.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from analysis.cleaning.readers.grid import DATE, ERROR, NUMBER, TEXT, Sheet, SheetDraft, show_number
from analysis.cleaning.readers.limits import MAX_CELL_CHARS, FileRefused

MOST_SECONDS = 30
_PROCESS = Path(__file__).with_name("calamine_process.py")
_TOLD = re.compile(r"^\w.*(Error|Exception|memory|more than)")
_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


def read_xlsb(path: Path, file: str) -> list[Sheet]:
    """Return the sheets of a binary workbook, hidden ones too.

    Raises:
        FileRefused: damaged, or beyond the bounds of memory and time.
    """
    command = [sys.executable, "-P", str(_PROCESS), str(path.resolve())]
    try:
        done = subprocess.run(command, capture_output=True, timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefused(file, "damaged.slow", most=MOST_SECONDS) from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").splitlines()
        said = next(filter(_TOLD.search, reversed(lines)), f"exit {done.returncode}")[:200]
        raise FileRefused(file, "encrypted" if "PasswordError" in said else "damaged.said", error=said)
    return [_sheet(**sheet) for sheet in json.loads(done.stdout)]


def _sheet(name: str, hidden: bool, rows: list[tuple[int, list[object]]]) -> Sheet:
    draft = SheetDraft(name, hidden)
    for number, values in rows:
        shown = [_show(value) for value in values]
        draft.rows.append([text for text, _ in shown])
        draft.kinds.append("".join(kind for _, kind in shown))
        draft.numbers.append(number)
    return draft.finish()


def _show(value: object) -> tuple[str, str]:
    """Return text and kind of a value; a date comes as a list of its ISO text."""
    if isinstance(value, bool):
        return str(value).upper(), TEXT
    if isinstance(value, int | float):
        return show_number(float(value)), NUMBER
    if isinstance(value, list):
        return str(value[0])[:10], DATE
    text = str(value)[:MAX_CELL_CHARS]
    return text, ERROR if text in _ERRORS else TEXT

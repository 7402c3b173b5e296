"""A panel from a file: comma-separated, one row a unit and period, read without guessing at the units' names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd


class UnreadablePanel(AnalysisError):
    """The file is no comma-separated table in UTF-8."""


def read_panel_file(path: Path, unit: str) -> pd.DataFrame:
    """Read a tidy panel; units keep their leading zeros, and whole numbers written 8001.0 become 8001.

    Raises:
        UnreadablePanel: the file is empty, not UTF-8, or not a table.
    """
    import pandas as pd

    try:
        rows = pd.read_csv(path, dtype={unit: str}, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise UnreadablePanel(
            f"{path.name}: {str(error).splitlines()[0]}. A comma-separated table in UTF-8 is expected, with the "
            "columns' names in its first line."
        ) from error
    if unit in rows and (names := rows[unit].dropna()).str.fullmatch(r"\d+\.0+").all() and len(names):
        rows[unit] = rows[unit].str.replace(r"\.0+$", "", regex=True)
    return rows

"""A panel from a file's text, one row a unit and period, read without guessing at the units' names."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd


class UnreadablePanel(AnalysisError):
    """The text is no table."""


def read_panel_text(text: str, separator: str, name: str, unit: str) -> pd.DataFrame:
    """Read a tidy panel; units keep their leading zeros, and whole numbers written 8001.0 become 8001.

    Numbers have decimal commas where the separator is another mark and a cell shows one (12,5; not 1,234, which may
    be a thousand: a column of such numbers stays text). `name` is the file's.

    Raises:
        UnreadablePanel: the text is empty, or not a table.
    """
    import pandas as pd

    mark = re.escape(separator)
    comma = separator != "," and re.search(
        rf'(?:^|{mark})"?-?\d+,(?:\d\d?|\d{{4,}})"?(?:{mark}|$)', text, flags=re.MULTILINE
    )
    text = re.sub(r"\Asep=.\r?\n", "", text, flags=re.IGNORECASE)  # Excel's own line on the separator
    try:
        rows = pd.read_csv(io.StringIO(text), sep=separator, decimal="," if comma else ".", dtype={unit: str})
    except (pd.errors.EmptyDataError, pd.errors.ParserError) as error:
        raise UnreadablePanel(
            f"{name}: {str(error).splitlines()[0]}. A table is expected, with the columns' names in its first line."
        ) from error
    if unit in rows and (names := rows[unit].dropna()).str.fullmatch(r"\d+\.0+").all() and len(names):
        rows[unit] = rows[unit].str.replace(r"\.0+$", "", regex=True)
    return rows

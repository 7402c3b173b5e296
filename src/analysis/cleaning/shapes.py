"""The shapes that cleaning hands on: observations, targets, sources and the quarantine."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from analysis.cleaning.messages import Message

if TYPE_CHECKING:
    import pandas as pd

OBSERVATION_COLUMNS = (
    "province_code",
    "province_frame",
    "indicator",
    "period_start",
    "period_end",
    "frequency",
    "value",
    "unit",
    "numerator",
    "denominator",
    "qualifier",
    "source_id",
    "raw_location",
    "note",
)
TARGET_COLUMNS = (
    "province_code",
    "province_frame",
    "indicator",
    "announced",
    "date_precision",
    "effective_from",
    "target_value",
    "unit",
    "qualifier",
    "deadline",
    "scope",
    "document",
    "stated_by",
    "source_id",
    "raw_location",
    "note",
)
# How precisely the day of a decision is known (`before`: only that it is older), and who says that there is one.
PRECISIONS = ("day", "month", "before", "year")
SAYERS = ("press", "official", "user")
SOURCE_COLUMNS = ("source_id", "publisher", "title", "published", "url", "resource")
QUARANTINE_COLUMNS = ("file", "sheet", "cell", "value", "rule", "reason", "mend")
# Beside the columns of quarantine.csv, what the report says in Vietnamese.
HELD_COLUMNS = (*QUARANTINE_COLUMNS, "reason_vi", "mend_vi")
_NUMBERS = ("value", "numerator", "denominator", "target_value")


@dataclass(frozen=True)
class Cleaned:
    """What came out of one file: every row that went in is in one of the first three frames."""

    observations: pd.DataFrame
    targets: pd.DataFrame
    quarantine: pd.DataFrame
    sources: pd.DataFrame


def quarantine_line(file: str, sheet: str, cell: str, value: str, said: Message) -> dict[str, str]:
    """Return one line of the quarantine: where, what stands there, the rule, the reason and the mend."""
    reason, mend = said.said, said.mends
    line = (file, sheet, cell, value, said.rule, reason["en"], mend["en"], reason["vi"], mend["vi"])
    return dict(zip(HELD_COLUMNS, line, strict=True))


@dataclass
class Intake:
    """The rows of one file while it is being cleaned; `finish` turns them into frames."""

    observations: list[dict[str, object]] = field(default_factory=list)
    targets: list[dict[str, object]] = field(default_factory=list)
    quarantine: list[dict[str, str]] = field(default_factory=list)
    sources: dict[str, dict[str, str]] = field(default_factory=dict)

    def refuse(self, file: str, cell: str, value: str, said: Message, sheet: str = "") -> None:
        """Put one row or cell into the quarantine."""
        self.quarantine.append(quarantine_line(file, sheet, cell, value, said))

    def finish(self) -> Cleaned:
        """Return what was taken in as frames in the shapes of this module."""
        return Cleaned(
            shape(self.observations, OBSERVATION_COLUMNS),
            shape(self.targets, TARGET_COLUMNS),
            shape(self.quarantine, HELD_COLUMNS),
            shape(list(self.sources.values()), SOURCE_COLUMNS),
        )


def shape(rows: list[dict[str, object]] | list[dict[str, str]], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return rows as a frame with these columns: numbers as float64, everything else as text."""
    import pandas as pd

    if not rows:
        return _empty(columns).copy()
    arrays = {}
    for name, kind in column_types(columns).items():
        if kind == "float64":
            arrays[name] = pd.Series([row.get(name, math.nan) for row in rows], dtype="float64")
        else:
            arrays[name] = pd.Series([row.get(name) or "" for row in rows], dtype="str")
    return pd.DataFrame(arrays)


@cache
def _empty(columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in column_types(columns).items()})


@cache
def column_types(columns: tuple[str, ...]) -> dict[str, str]:
    """Return the type of each column; in the quarantine everything is text, the value too."""
    numbers = () if columns[: len(QUARANTINE_COLUMNS)] == QUARANTINE_COLUMNS else _NUMBERS
    return {name: "float64" if name in numbers else "str" for name in columns}


def join(parts: list[Cleaned]) -> Cleaned:
    """Put the frames of several files one under the other; a source named twice stays once."""
    sources = stack([part.sources for part in parts], SOURCE_COLUMNS)
    return Cleaned(
        stack([part.observations for part in parts], OBSERVATION_COLUMNS),
        stack([part.targets for part in parts], TARGET_COLUMNS),
        stack([part.quarantine for part in parts], HELD_COLUMNS),
        sources.drop_duplicates("source_id", ignore_index=True),
    )


def stack(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    """Put frames one under the other; a single one is not copied."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    return pd.concat(filled, ignore_index=True) if filled else shape([], columns)

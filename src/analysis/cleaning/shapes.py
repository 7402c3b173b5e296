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
# The units of a province (agencies, districts, communes) have tables of their own, so that nothing that reads provinces
# can take a unit's figure for its province's: the same columns, then these. `unit_code` is the code that the file
# gives, or the name where it gives none; it is unique within its province.
UNIT_COLUMNS = ("unit_code", "unit_level", "unit_name")

UNIT_OBSERVATION_COLUMNS = (*OBSERVATION_COLUMNS, *UNIT_COLUMNS)
UNIT_TARGET_COLUMNS = (*TARGET_COLUMNS, *UNIT_COLUMNS)
# Written only where there are any, as few projects have them.
UNIT_TABLES = {"unit_observations": UNIT_OBSERVATION_COLUMNS, "unit_targets": UNIT_TARGET_COLUMNS}
SOURCE_COLUMNS = ("source_id", "publisher", "title", "published", "url", "resource")
QUARANTINE_COLUMNS = ("file", "sheet", "cell", "value", "rule", "reason", "mend")
# Beside the columns of quarantine.csv, what the report says in Vietnamese.
HELD_COLUMNS = (*QUARANTINE_COLUMNS, "reason_vi", "mend_vi")
_NUMBERS = ("value", "numerator", "denominator", "target_value")


@dataclass(frozen=True)
class Cleaned:
    """What came out of one file: every row that went in is in one of the frames before the sources.

    Figures and targets of the units of a province stand apart from those of provinces.
    """

    observations: pd.DataFrame
    targets: pd.DataFrame
    quarantine: pd.DataFrame
    sources: pd.DataFrame
    unit_observations: pd.DataFrame = field(default_factory=lambda: shape([], UNIT_OBSERVATION_COLUMNS))
    unit_targets: pd.DataFrame = field(default_factory=lambda: shape([], UNIT_TARGET_COLUMNS))

    @property
    def is_empty(self) -> bool:
        """Tell whether there is neither a figure nor a target."""
        return not any(map(len, (self.observations, self.targets, self.unit_observations, self.unit_targets)))


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
        stack([part.unit_observations for part in parts], UNIT_OBSERVATION_COLUMNS),
        stack([part.unit_targets for part in parts], UNIT_TARGET_COLUMNS),
    )


def stack(frames: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    """Put frames one under the other; a single one is not copied."""
    import pandas as pd

    filled = [frame for frame in frames if len(frame)]
    if len(filled) == 1:
        return filled[0].reset_index(drop=True)
    return pd.concat(filled, ignore_index=True) if filled else shape([], columns)

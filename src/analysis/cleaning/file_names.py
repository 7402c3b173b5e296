"""Whether the month, quarter or half-year that a file's name says is among those of its figures."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from analysis.cleaning.findings import GRAVE, Finding, PeriodName, advise_acceptance
from analysis.cleaning.messages import message
from analysis.cleaning.series import files_of
from analysis.cleaning.words.periods import Period, find_period

if TYPE_CHECKING:
    import pandas as pd

_RULE = GRAVE["named"]


def find_misnamed(observations: pd.DataFrame) -> list[Finding]:
    """Return the files of which the name says one period and every figure of such periods another.

    One of the two is wrong, and nothing in the file tells which: a person has to say.
    """
    files = files_of(observations["raw_location"])
    found = []
    for file in np.unique(files):
        named = _period_in(str(file))
        if named is not None:
            own = np.flatnonzero((files == file) & (observations["frequency"] == named.frequency).to_numpy())
            found += _compare(str(file), named, observations.iloc[own], own.tolist())
    return found


def _period_in(file: str) -> Period | None:
    """Return the month, quarter or half-year with its year in a file's name; None where it says none."""
    found = find_period(re.sub(r"\.[A-Za-z]{2,5}$", "", PurePath(file).name.replace("_", " ")))
    return found[0] if found and found[0].year_given and found[0].frequency in ("M", "Q", "S") else None


def _compare(file: str, named: Period, own: pd.DataFrame, positions: list[int]) -> list[Finding]:
    if own.empty or (own["period_end"] == named.end.isoformat()).any():
        return []
    newest = own[own["period_end"] == own["period_end"].max()].iloc[0].astype(str)
    end, frequency = newest["period_end"], named.frequency
    said = message(
        _RULE,
        file=file,
        name=PeriodName(frequency, {"start": named.start.isoformat(), "end": named.end.isoformat()}),
        period=PeriodName(frequency, {"start": newest["period_start"], "end": end}),
        figures=len(own),
        first=str(own["raw_location"].iloc[0]).removeprefix(f"{file}!").removeprefix(f"{file}:"),
        accept=advise_acceptance(file, end, _RULE),
    )
    return [Finding(file, end, said, grave=True, held=tuple(positions))]

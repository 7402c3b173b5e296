"""Which observations make no panel, and what the message says of them: the rows, what there is, what to change."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.panels.starts import Start, name_starts
from analysis.periods import frequency_of, label_of_day
from analysis.reference.provinces import NATION

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study


class PanelRefused(AnalysisError):
    """The observations do not make one panel; the message names the rows."""


def refuse_empty(rows: pd.DataFrame, observations: pd.DataFrame, study: Study, frequency: str) -> None:
    """Refuse a window without any figure of the study's outcome, frequency and map."""
    if rows.empty:
        window = f" from {study.first or 'the first'} to {study.last or 'the last'} period"
        raise PanelRefused(
            f"{study.outcome}: no figure of provinces with frequency {frequency} on the map of {study.frame}{window}. "
            f"{what_there_is(observations, study)}"
        )


def refuse_mixed_units(rows: pd.DataFrame) -> None:
    """Refuse figures in more than one unit; the message lists those of the rarer one."""
    units = sorted(set(rows["unit"]))
    if len(units) > 1:
        odd = rows[rows["unit"] != rows["unit"].mode()[0]]
        raise PanelRefused(
            f"Units are mixed ({', '.join(units)}): {shown_rows(odd)}. Convert or leave out one of them."
        )


def refuse_other_periods(study: Study, frequency: str) -> None:
    """Refuse a window or a start that is written in periods of another frequency: as texts they would not compare."""
    for key in ("first", "last", "first_treated"):
        text = getattr(study, key)
        if text and frequency_of(text) != frequency:
            raise PanelRefused(
                f"study {study.name}: {key} = {text!r}, but the figures used have frequency {frequency}. Write it as "
                f'{label_of_day("2022-06-30", frequency)}, or set frequency = "{frequency_of(text)}".'
            )


def refuse_without_provinces(
    used: pd.DataFrame, study: Study, early: tuple[Start, ...], left: Collection[str]
) -> None:
    """Refuse a panel of which nothing is left once provinces are taken out."""
    if used.empty:
        raise PanelRefused(
            f"{study.outcome}: no province is left. {len(left)} are left out by the study (leave_out, controls); "
            f"{len(early)} start before any figure to compare with: {name_starts(early, study)}. Give an "
            "earlier first period, fewer anticipation_months, or leave out fewer provinces."
        )


def what_there_is(observations: pd.DataFrame, study: Study) -> str:
    """Say which figures of provinces there are, by frequency and map, so that the study can be put right."""
    have = observations[
        (observations["indicator"] == study.outcome) & (observations["province_code"] != NATION)
    ]
    kinds = have.groupby(["frequency", "province_frame"]).agg(
        provinces=("province_code", "nunique"), first=("period_start", "min"), last=("period_end", "max")
    )
    found = [
        f"{k.provinces} provinces with frequency {frequency} on the map of {frame}, {k.first} to {k.last}"
        for (frequency, frame), k in zip(kinds.index, kinds.itertuples(), strict=True)
    ]
    return f"There are: {'; '.join(found)}." if found else "There are no figures of provinces at all."


def shown_rows(rows: pd.DataFrame) -> str:
    """Name the first few places of rows, for messages."""
    shown = ", ".join(rows["raw_location"].head(4))
    return f"{shown} and {len(rows) - 4} more" if len(rows) > 4 else shown

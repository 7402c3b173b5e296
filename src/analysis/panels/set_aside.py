"""Periods that are missing because comparison over time set their files aside: said wherever a newest period is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from analysis.cleaning.findings import A_FEW
from analysis.periods import label_of_day
from analysis.reference.provinces import NATION

if TYPE_CHECKING:
    import pandas as pd


def periods_set_aside(
    held: pd.DataFrame, there: Iterable[str], *, indicator: str, frame: str, frequency: str
) -> tuple[str, ...]:
    """Return the periods of an indicator whose figures of more than a few provinces are all set aside, in order.

    Args:
        held: figures set aside, in the columns of observations.
        there: periods that have figures all the same, from another file.
        indicator, frame, frequency: which figures are meant.
    """
    own = held[
        (held["indicator"] == indicator)
        & (held["province_frame"] == frame)
        & (held["frequency"] == frequency)
        & (held["province_code"] != NATION)
    ]
    sizes = own.groupby("period_end")["province_code"].nunique()
    periods = {label_of_day(str(day), frequency) for day in sizes[sizes > A_FEW].index}
    return tuple(sorted(periods - set(there)))

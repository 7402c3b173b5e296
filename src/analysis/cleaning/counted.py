"""Which shares are not those of their own numerator and denominator, and whether by a power of ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.cleaning.findings import (
    Finding,
    PeriodName,
    advise_acceptance,
    name_indicators,
    province_name_of,
)
from analysis.cleaning.messages import message
from analysis.cleaning.series import FEWEST_PROVINCES, Floats, files_of

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ["file", "period_end", "period_start", "frequency", "province_frame", "indicator"]
_RULE = "over_time_counts"


def find_contradicted(observations: pd.DataFrame) -> list[Finding]:
    """Return, for each file, period and indicator, the shares that differ from their counts by more than rounding.

    Those that are ten, a hundred … times that of their counts are held back, and all that differ where that is
    half of twenty provinces or more; otherwise the shares stay as printed.
    """
    counted = (observations["unit"] == "percent") & observations["numerator"].notna()
    positions = np.flatnonzero((counted & (observations["denominator"] > 0)).to_numpy())
    rows = observations.iloc[positions].assign(position=positions)
    rows["computed"] = 100 * rows["numerator"] / rows["denominator"]
    rows["file"] = files_of(rows["raw_location"])
    near = np.isclose(rows["value"], rows["computed"], rtol=0, atol=0.005)
    apart = rows[~near]
    pairs = zip(apart["value"].tolist(), apart["computed"].tolist(), strict=True)
    wrong = apart[[not _rounded(printed, computed) for printed, computed in pairs]]
    if wrong.empty:
        return []
    wrong = wrong.assign(power=_powers(wrong["value"].to_numpy(), wrong["computed"].to_numpy()))
    sizes = rows.groupby(_KEYS).size().to_dict()
    return [found for key, own in wrong.groupby(_KEYS) for found in _find_in(own, sizes[key])]


def _rounded(printed: float, computed: float) -> bool:
    """Tell whether a share is its computed value rounded to the digits printed."""
    digits = 0 if printed.is_integer() else len(repr(printed).split(".")[-1])
    return abs(printed - computed) <= 0.5 * 10.0**-digits + 1e-9


def _powers(printed: Floats, computed: Floats) -> Floats:
    """Return the power of ten by which a share was multiplied; 0 where it is not one, within two per cent."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log10(printed / computed)
    power = np.where(np.isfinite(ratio), np.round(ratio), 0.0)
    return np.where(np.abs(ratio - power) < np.log10(1.02), power, 0.0)


def _find_in(rows: pd.DataFrame, size: int) -> list[Finding]:
    """Return what the wrong shares of one file, period and indicator are found to be."""
    scaled = rows[rows["power"] != 0]
    others = rows[rows["power"] == 0]
    found = []
    if len(scaled):
        found.append(_tell(scaled, size, "over_time_counts.scaled", grave=True))
    if len(others):
        many = len(others) >= max(FEWEST_PROVINCES, size) / 2
        found.append(_tell(others, size, "over_time_counts.many" if many else _RULE, grave=many))
    return found


def _tell(rows: pd.DataFrame, size: int, code: str, *, grave: bool) -> Finding:
    worst = rows.iloc[int((rows["value"] - rows["computed"]).abs().to_numpy().argmax())]
    file, end = str(worst["file"]), str(worst["period_end"])
    said = message(
        code,
        file=file,
        period=PeriodName(worst["frequency"], {"start": worst["period_start"], "end": end}),
        provinces=len(rows),
        all=size,
        indicators=name_indicators([str(worst["indicator"])]),
        factor=float(10.0 ** rows["power"].mode().iloc[0]),
        place=province_name_of(worst["province_code"], worst["province_frame"]),
        found=float(worst["value"]),
        above=float(worst["numerator"]),
        below=float(worst["denominator"]),
        due=float(worst["computed"]),
        accept=advise_acceptance(file, end, _RULE),
    )
    return Finding(file, end, said, grave, tuple(rows["position"].tolist()) if grave else ())

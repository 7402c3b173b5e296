"""Shares against the counts they are made of: said, never corrected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.cleaning.messages import Message, message
from analysis.reference.indicators import by_code


@dataclass(frozen=True)
class Check:
    """One comparison; `computed` is what the rows give, both in the unit of the indicator."""

    file: str
    sheet: str
    cell: str
    kind: str
    indicator: str
    printed: float
    computed: float
    agrees: bool
    said: Message


def attach_counts(observations: pd.DataFrame) -> pd.DataFrame:
    """Fill what is missing of a share's numerator and denominator from counts in the same file.

    A count is that of a share when the codebook says so and the file gives it once for that province and period.
    """
    keys = ["province_code", "province_frame", "period_start", "period_end", "source_id"]
    present = set(observations["indicator"].unique())
    result = observations.copy()
    lines = [by_code()[code] for code in sorted(present)]
    for line in (line for line in lines if {line.numerator_code, line.denominator_code} & present):
        shares = result.index[result["indicator"] == line.code]
        index = pd.MultiIndex.from_frame(result.loc[shares, keys])
        for name, wanted in (("numerator", line.numerator_code), ("denominator", line.denominator_code)):
            if wanted in present:
                counts = result[result["indicator"] == wanted].drop_duplicates(keys, keep=False)
                found = counts.set_index(keys)["value"].reindex(index).to_numpy()
                own = result.loc[shares, name].to_numpy()
                result.loc[shares, name] = np.where(np.isnan(own), found, own)
    return result


def share_agrees(printed: float, numerator: float, denominator: float) -> bool:
    """Tell whether a share in per cent is that of its counts, up to the rounding of its last digit."""
    off = abs(printed - 100 * numerator / denominator)
    digits = len(repr(printed).split(".")[-1]) if not printed.is_integer() else 0
    return off <= 0.5 * 10**-digits + 1e-9 or off <= 0.005


def check_shares(observations: pd.DataFrame) -> list[Check]:
    """Compare every share whose counts are known with them.

    A share that differs from its counts by more than the rounding of its last digit stays as printed, with a
    note and a check that says so.
    """
    counted = observations["numerator"].notna() & (observations["denominator"] > 0)
    rows = observations.index[counted]
    rows = rows[(observations.loc[rows, "unit"] == "percent").to_numpy()]
    checks = []
    columns = (observations.loc[rows, name].tolist() for name in ("numerator", "denominator", "value"))
    for row, above, below, printed in zip(rows, *columns, strict=True):
        computed = 100 * above / below
        agrees = share_agrees(printed, above, below)
        if not agrees:
            said = f"{above:.0f}/{below:.0f} is {computed:.2f} %"
            note = str(observations.at[row, "note"])
            observations.at[row, "note"] = "; ".join(part for part in (note, said) if part)
        place, code = str(observations.at[row, "raw_location"]), str(observations.at[row, "indicator"])
        found = {"printed": printed, "above": above, "below": below, "computed": computed}
        text = message("check_share", **found)
        checks.append(Check(place, "", "", "share", code, printed, computed, agrees, text))
    return checks

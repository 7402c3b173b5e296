"""Totals against their rows, and shares against the counts they are made of: said, never corrected."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.cleaning import headers as h
from analysis.cleaning.blocks import Block
from analysis.cleaning.grid import TEXT
from analysis.cleaning.messages import Message, message
from analysis.cleaning.numerals import read_column
from analysis.cleaning.outcome import TableOutcome
from analysis.cleaning.scales import Scale
from analysis.reference.indicators import by_code
from analysis.reference.provinces import NATION

# A subtotal of subtotals reaches back over so many of them.
_MOST_SECTIONS = 40
Floats = npt.NDArray[np.float64]


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


def check_totals(outcome: TableOutcome) -> list[Check]:
    """Compare every total, average and national row of a table with its provinces.

    Counts must add up, those of all rows or of the rows since an earlier such row. A share of the total must lie
    between the lowest and the highest share of the rows; an average must be theirs, to the last printed digit.
    """
    block = outcome.block
    rows = [(i, kind) for i, kind in block.others if kind in ("total", "average")]
    label_of, labels = block.label_codes()
    national = np.array([block.read_label(label).code_63 == NATION for label in labels], dtype=bool)[label_of]
    rows += [(i, "nation") for i in block.data[national].tolist()]
    if not rows:
        return []
    checks: list[Check] = []
    for column in outcome.columns:
        if column.role != h.VALUE or column.indicator is None or column.index not in outcome.values:
            continue
        values = outcome.values[column.index]
        known = ~national & ~np.isnan(values)
        for i, kind in rows:
            checks.extend(_compare_row(outcome, column, i, kind, values, known))
    return [check for check in checks if not math.isnan(check.printed)]


def _compare_row(
    outcome: TableOutcome, column: h.Column, i: int, kind: str, values: Floats, known: npt.NDArray[np.bool_]
) -> list[Check]:
    """Compare a row with the sections above it, the nearest first, and with all rows: the first that agrees counts."""
    check = None
    for group in _groups_above(outcome.block, i, values, known):
        if len(group) >= 2:
            check = _compare(outcome, column, i, kind, group)
            if check.agrees:
                break
    return [check] if check else []


def _groups_above(block: Block, i: int, values: Floats, known: npt.NDArray[np.bool_]) -> Iterator[Floats]:
    """Yield the values between an earlier row that is no province's and row i, the nearest first, then all values."""
    before = bisect_left(block.others, (i, ""))
    starts = [-1, *(other for other, _ in block.others[max(before - _MOST_SECTIONS, 0) : before])]
    end = np.searchsorted(block.data, i)
    for start in reversed(starts[-_MOST_SECTIONS:]):
        rows = slice(np.searchsorted(block.data, start), end)
        yield values[rows][known[rows]]
    yield values[known]


def _compare(outcome: TableOutcome, column: h.Column, i: int, kind: str, values: Floats) -> Check:
    sheet = outcome.block.sheet
    indicator = column.indicator or by_code()["n_dossiers_total"]
    text = sheet.text(i, column.index)
    scale = Scale(
        indicator.unit, None, None, column.says_percent, column.decimal, column.fraction, column.multiplier
    )
    (reading,) = read_column([text], sheet.kind(i, column.index) if sheet.kinds else TEXT, scale)
    printed = reading.value if not reading.rule else math.nan
    if kind == "average":
        computed, agrees = float(values.mean()), bool(abs(values.mean() - printed) <= _last_digit(text))
        code = "check_average"
    elif indicator.unit == "count":
        computed, agrees = (
            float(values.sum()),
            bool(abs(values.sum() - printed) < _slack(column, text, values)),
        )
        code = "check_sum"
    else:
        computed, agrees = float(values.mean()), bool(values.min() <= printed <= values.max())
        code = "check_range"
    found = {"lowest": float(values.min()), "highest": float(values.max()), "computed": computed}
    return Check(
        outcome.file,
        outcome.sheet,
        sheet.address(i, column.index),
        kind,
        indicator.code,
        printed,
        computed,
        agrees,
        message(code, printed=printed, rows=len(values), **found),
    )


def _slack(column: h.Column, text: str, values: Floats) -> float:
    """Return by how much a sum may differ: nothing, or what rounding to thousands explains."""
    if column.multiplier == 1:
        return 0.5
    return 0.5 * column.multiplier * _last_digit(text) * (len(values) + 1)


def _last_digit(text: str) -> float:
    """Return one unit of the last printed decimal place: rounding of the average explains that much."""
    found = re.search(r"[.,](\d+)\s*%?$", text)
    return float(10 ** -len(found[1])) if found else 1.0


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
        digits = len(repr(printed).split(".")[-1]) if not printed.is_integer() else 0
        agrees = abs(printed - computed) <= 0.5 * 10**-digits + 1e-9 or abs(printed - computed) <= 0.005
        if not agrees:
            said = f"{above:.0f}/{below:.0f} is {computed:.2f} %"
            note = str(observations.at[row, "note"])
            observations.at[row, "note"] = "; ".join(part for part in (note, said) if part)
        place, code = str(observations.at[row, "raw_location"]), str(observations.at[row, "indicator"])
        found = {"printed": printed, "above": above, "below": below, "computed": computed}
        text = message("check_share", **found)
        checks.append(Check(place, "", "", "share", code, printed, computed, agrees, text))
    return checks

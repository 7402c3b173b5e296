"""The scale of a column: fractions or per cent, and the range of its indicator, decided from the whole of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.cleaning.figures.readings import Floats, Mask, Reading, held
from analysis.cleaning.readers.grid import Codes

_FRACTION = "read as a fraction of one"
_SURELY_PERCENT = 2  # no share of anything is twice the whole


@dataclass(frozen=True)
class Scale:
    """What is known of a column: its unit and bounds, whether its header says per cent, what a layout says.

    `multiplier` is what one of the column's own units counts: 1000 where it is headed “nghìn hồ sơ”.
    """

    unit: str
    lower: float | None = None
    upper: float | None = None
    says_percent: bool = False
    decimal: str = ""
    fraction: bool | None = None
    multiplier: int = 1


@dataclass(frozen=True)
class Numbers:
    """The numbers of a column as they are written, NaN where a cell holds none.

    `percent` marks those with a per cent sign or format, `stored` those a workbook holds as numbers; `decimals` are
    the digits after the mark, `bodies` the texts.
    """

    values: Floats
    percent: Mask
    stored: Mask
    decimals: Codes
    bodies: Sequence[str]


def bring_to_unit(numbers: Numbers, scale: Scale) -> tuple[Floats, dict[int, Reading]]:
    """Return the values in the unit of the indicator (percent 0–100), and the readings that are more than a value.

    Scale and wholeness are those of the column: where its cells contradict each other, all of them are held.
    """
    values, special = numbers.values.copy(), dict[int, Reading]()
    if scale.unit == "percent":
        fraction, doubtful, code = _fraction_or_percent(numbers, scale)
        for n in np.flatnonzero(doubtful).tolist():
            special[n], values[n] = _scale_ambiguous(numbers, n, code), np.nan
        for n in np.flatnonzero(fraction | (numbers.percent & numbers.stored)).tolist():
            values[n] = _times_hundred(float(values[n]))
        special |= _noted(values, fraction, _FRACTION)
    elif scale.unit in ("count", "VND"):
        values, special = _counted(numbers, scale)
    return _hold_outside(values, special, scale)


def _counted(numbers: Numbers, scale: Scale) -> tuple[Floats, dict[int, Reading]]:
    """Return the values of a column of counts or sums of money; a cell with a per cent sign is none.

    Where one count is not whole, the column may be in thousands, or its marks may mean something else: none is used.
    """
    values, special = numbers.values.copy(), dict[int, Reading]()
    if scale.multiplier > 1:
        # Binary arithmetic would leave 412.3 thousand a little off a whole number.
        values = np.array([round(value * scale.multiplier, 6) for value in values.tolist()])
        special |= _noted(values, ~np.isnan(values), f"printed in units of {scale.multiplier:,}")
    for n in np.flatnonzero(numbers.percent & ~np.isnan(values)).tolist():
        special[n], values[n] = held("not_a_count.percent", text=numbers.bodies[n]), np.nan
    broken = np.flatnonzero((values != np.floor(values)) & ~np.isnan(values))
    if len(broken) and scale.unit == "count":
        first = numbers.bodies[int(broken[0])]
        for n in np.flatnonzero(~np.isnan(values)).tolist():
            special[n] = held("not_a_count", text=numbers.bodies[n], first=first)
        values[:] = np.nan
    return values, special


def _noted(values: Floats, which: Mask, note: str) -> dict[int, Reading]:
    return {n: Reading(float(values[n]), note=note) for n in np.flatnonzero(which).tolist()}


def _fraction_or_percent(numbers: Numbers, scale: Scale) -> tuple[Mask, Mask, str]:
    """Return which bare numbers are fractions of one, which are held, and the code of the reason.

    0.5 beside 41.5 and 60.3 is half a per cent: it is no finer than they are. 0.2798 beside 27.98, or 1.02 beside
    0.415, leave the scale of all of them open.
    """
    size = np.abs(numbers.values)
    bare, none = ~numbers.percent & ~np.isnan(size), np.zeros(len(size), dtype=bool)
    small = bare & (size > 0) & (size <= 1)
    if scale.fraction is not None or not small.any():
        return (bare if scale.fraction else none), none, ""
    # What cannot be a percentage, as -99 for a missing figure, decides nothing.
    within = (numbers.values >= _least(scale)) & (numbers.values <= _most(scale))
    large = bare & (size > 1) & within
    if large.any():
        usual = int(numbers.decimals[large].max())
        finer = small & (numbers.decimals > (max(usual, 2) if scale.says_percent else usual))
        is_percent = scale.says_percent or bool((size[large] > _SURELY_PERCENT).any())
        clear = is_percent and not finer.any()
        return none, none if clear else bare & within, "scale_ambiguous.column"
    if scale.says_percent or (numbers.percent & ~numbers.stored).any():
        return none, small, "scale_ambiguous"
    return small, none, ""


def _least(scale: Scale) -> float:
    return -np.inf if scale.lower is None else scale.lower


def _most(scale: Scale) -> float:
    return np.inf if scale.upper is None else scale.upper


def _scale_ambiguous(numbers: Numbers, n: int, code: str) -> Reading:
    low = float(numbers.values[n])
    return held(code, text=numbers.bodies[n], low=low, high=_times_hundred(low))


def _times_hundred(value: float) -> float:
    """Return the percentage of a fraction without the noise of binary arithmetic."""
    return round(value * 100, 10)


def _hold_outside(
    values: Floats, special: dict[int, Reading], scale: Scale
) -> tuple[Floats, dict[int, Reading]]:
    """Hold back what lies outside the indicator's range."""
    outside = (values < _least(scale)) | (values > _most(scale))
    for n in np.flatnonzero(outside).tolist():
        special[n] = held("out_of_range", value=float(values[n]), lower=scale.lower, upper=scale.upper)
    return np.where(outside, np.nan, values), special

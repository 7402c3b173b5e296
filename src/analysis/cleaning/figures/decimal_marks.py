"""The decimal mark of a column, proved by its certain cells: 27,98 or 1.926,5 or 1.200.300."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analysis.cleaning.figures.digits import Digits
from analysis.cleaning.figures.scales import Scale

ONE_MARK = re.compile(r"-?(\d+)([.,])(\d+)")
_GROUPED = {mark: re.compile(rf"-?\d{{1,3}}(?:\{mark}\d{{3}}){{2,}}") for mark in ".,"}
_BOTH = {
    ",": re.compile(r"-?\d{1,3}(?:\.\d{3})+,\d+"),  # 1.926,5: the comma is decimal
    ".": re.compile(r"-?\d{1,3}(?:,\d{3})+\.\d+"),  # 1,926.5: the dot is decimal
}


OTHER = {".": ",", ",": "."}


def certain_mark(body: str, scale: Scale) -> str:
    """Return the decimal mark that one cell proves, else nothing."""
    if body.isdigit():
        return ""
    found = ONE_MARK.fullmatch(body)
    if not found:
        return _certain_group(body)
    whole, mark, rest = found.groups()
    if len(rest) != 3 or len(whole) > 3 or (whole.startswith("0")):
        return mark
    if scale.unit == "count" and scale.multiplier == 1 and rest != "000":
        return OTHER[mark]
    if scale.upper is not None and float(whole + rest) > scale.upper:
        return mark
    return ""


def _certain_group(body: str) -> str:
    """Return the decimal mark that groups of three prove: 1.926,5 or 1.200.300."""
    for mark in ",.":
        if _BOTH[mark].fullmatch(body):
            return mark
        if _GROUPED[mark].fullmatch(body):
            return OTHER[mark]
    return ""


def certain_marks(digits: Digits, texts: Sequence[str], scale: Scale) -> npt.NDArray[np.uint8]:
    """Return the decimal mark that each plain number of a column proves by itself, 0 where it proves none."""
    marked = digits.plain & (digits.mark != 0)
    open_to_doubt = marked & (digits.rest == 3) & (digits.whole <= 3) & ~digits.leads_with_zero
    proved = np.where(marked & ~open_to_doubt, digits.mark, 0).astype(np.uint8)
    for n in np.flatnonzero(open_to_doubt).tolist():
        proved[n] = ord(certain_mark(texts[n], scale) or "\0")
    return proved

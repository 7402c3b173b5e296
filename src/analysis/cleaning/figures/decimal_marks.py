"""The plainest numbers of a column, found in all its texts at once, and the decimal mark that they prove."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.cleaning.figures.readings import Mask
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.readers.grid import Codes

LONGEST_NUMBER = 30  # more digits are no figure
_NEWLINE, _ZERO, _COMMA, _DOT = 10, 48, 44, 46


@dataclass(frozen=True)
class Digits:
    """For each text: whether it is plain; then its mark (0 for none), and the digits before and after it."""

    plain: Mask
    mark: npt.NDArray[np.uint8]
    whole: Codes
    rest: Codes
    leads_with_zero: Mask


def find_digits(texts: Sequence[str]) -> Digits:
    """Return which texts are plain numbers and how they are written, without a look at each by itself."""
    if any("\n" in text for text in texts):
        texts = [text if "\n" not in text else "" for text in texts]
    data = np.frombuffer("\n".join([*texts, ""]).encode("utf-8", "replace"), dtype=np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.intp)[: len(ends)]
    is_mark = (data == _COMMA) | (data == _DOT)
    is_other = ~(is_mark | (data - np.uint8(_ZERO) < 10) | (data == _NEWLINE))
    places = np.flatnonzero(is_mark)
    owner = np.searchsorted(ends, places)
    marks = np.bincount(owner, minlength=len(ends))
    others = np.bincount(np.searchsorted(ends, np.flatnonzero(is_other)), minlength=len(ends))
    length = ends - starts
    place = ends.copy()
    place[owner] = places
    whole, rest = place - starts, np.maximum(ends - place - 1, 0)
    plain = (
        (others == 0) & (marks <= 1) & (whole > 0) & (length <= LONGEST_NUMBER) & ((marks == 0) | (rest > 0))
    )
    mark = np.where(marks == 1, data[place], 0).astype(np.uint8)
    return Digits(plain, mark, whole, rest, data[starts] == _ZERO)


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

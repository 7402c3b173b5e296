"""The plainest numbers of a column, digits with at most one mark between them, found in all its texts at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.cleaning.figures.readings import Mask
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

"""Where a cell lies: letters and numbers as spreadsheets count them, for one cell or a whole column."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

_ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_STEP = 1000


def column_letters(index: int) -> str:
    """Return the letters of a column counted from 0: A, B, …, Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the column, counted from 0, that letters name."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def parse_address(address: str) -> tuple[int, int]:
    """Return row (from 1) and column (from 0) of an address like C12.

    Raises:
        ValueError: the text is no address.
    """
    found = _ADDRESS.fullmatch(address.strip())
    if not found:
        raise ValueError(f"{address!r} is no cell address; expected letters and a number, e.g. C12")
    return int(found[2]), column_index(found[1])


def number_texts(before: str, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    """Return `before` and a number as one text for each number, none of them negative.

    Thousands and what is left of them are made once and joined, which is twice as fast as to write each number out.
    """
    most = int(numbers.max(initial=0)) // _STEP
    if len(numbers) < max(_STEP, most):
        return np.array([f"{before}{n}" for n in numbers.tolist()], dtype=object)
    heads = np.array([before, *(f"{before}{n}" for n in range(1, most + 1))], dtype=object)
    short, long = [str(n) for n in range(_STEP)], [f"{n:03d}" for n in range(_STEP)]
    head_of = numbers // _STEP
    tail_of = numbers - _STEP * (head_of - (head_of > 0))
    texts: npt.NDArray[np.object_] = heads[head_of] + np.array(short + long, dtype=object)[tail_of]
    return texts

"""What a pivot table says before the name of a field: Sum of, Average of, Count of, in Vietnamese too."""

from __future__ import annotations

import re

from analysis.cleaning.tables.blocks import Block
from analysis.cleaning.words.places import BELOW
from analysis.reference.spelling import fold_text

_SUMMARY = re.compile(
    r"^\s*(?:(?P<sum>sum|tổng)|(?P<mean>average|trung bình|max|min|tối đa|tối thiểu))\s+(?:of|của)\s+",
    re.IGNORECASE,
)
_COUNT = re.compile(r"^(count of|so luong cua|dem) ")
_SHARE = re.compile(r"%|\b(tỷ|tỉ) lệ\b|\b(share|rate|percent)", re.IGNORECASE)


def field_name(text: str) -> str:
    """Return the name of the field that a pivot table sums up; a count of its rows is not its figure."""
    return _SUMMARY.sub("", text)


def tells_of_units(block: Block, paths: list[list[str]], j: int) -> bool:
    """Tell whether a column of a pivot table sums up several units of each province to what is not the province's.

    The mean of the shares of offices is not the share of the province, nor is their sum; that there are several is
    told by rows of units below the provinces, or by a count of them.
    """
    found = next((match for text in paths[j] if (match := _SUMMARY.match(text))), None)
    share = any(map(_SHARE.search, paths[j]))
    if found is None or (found["sum"] and not share):
        return False
    return any(kind == BELOW for _, kind in block.others) or _several_counted(block, paths)


def _several_counted(block: Block, paths: list[list[str]]) -> bool:
    """Tell whether a column counts more than one row of a province."""
    counts = [j for j, path in enumerate(paths) if path and _COUNT.match(fold_text(path[-1]))]
    return any(text.isdecimal() and int(text) > 1 for j in counts for text in block.texts(j))

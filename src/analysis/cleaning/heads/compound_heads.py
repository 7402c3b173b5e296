"""The head of a column of several figures a cell: a head for each, where it names them or the figures prove them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.words.headtexts import shorten
from analysis.cleaning.words.indicator_names import indicator_of_cell, is_generic
from analysis.reference.indicators import Indicator
from analysis.reference.spelling import fold_text

_BETWEEN = re.compile(r"[/()\[\]\n;]")
_NUMERATOR, _DENOMINATOR = "Tử số", "Mẫu số"
# Half of the last digit of a share printed with one decimal, in points.
_ROUNDING = 0.0501
_LEAST_AGREEING = 0.9

Part = tuple[str, ...]


def name_parts(head: str, cells: Sequence[Part]) -> Part | None:
    """Return a head for each figure of the cells below a head, None where that does not tell them apart.

    `cells` hold the figures of each cell as they are written, a share with its per cent sign.
    """
    shares = [text.endswith("%") for text in cells[0]]
    pieces = [piece.strip(" ,.:-–") for piece in _BETWEEN.split(head) if fold_text(piece)]
    if len(pieces) == len(shares):
        return _ordered(_completed(pieces), shares)
    whole = indicator_of_cell(shorten(head))
    if whole is not None and whole.unit == "percent" and len(shares) == 3 and _borne_out(cells, shares):
        counts = iter((_NUMERATOR, _DENOMINATOR))
        return tuple(head if share else next(counts) for share in shares)
    return None


def _completed(pieces: list[str]) -> list[str]:
    """Return the pieces of a head, “Hồ sơ trực tuyến (tỷ lệ)” as that and “tỷ lệ hồ sơ trực tuyến”."""
    bare = [piece for piece in pieces if is_generic(piece)]
    if len(pieces) == 2 and len(bare) == 1 and fold_text(bare[0]).split()[:2] in (["ty", "le"], ["ti", "le"]):
        named = next(piece for piece in pieces if piece != bare[0])
        return [named, f"tỷ lệ {named}"]
    return pieces


def _ordered(pieces: list[str], shares: list[bool]) -> Part | None:
    """Return pieces that name indicators in the order of the figures, those of counts as they stand."""
    found = [indicator_of_cell(piece) for piece in pieces]
    percent = [piece for piece, line in zip(pieces, found, strict=True) if line and line.unit == "percent"]
    counts = [piece for piece, line in zip(pieces, found, strict=True) if line and line.unit == "count"]
    if len(percent) != sum(shares) or len(counts) != len(shares) - sum(shares) or not _fit(found):
        return None
    ordered = iter(percent), iter(counts)
    return tuple(next(ordered[0] if share else ordered[1]) for share in shares)


def _fit(found: Sequence[Indicator | None]) -> bool:
    """Tell whether a share is made of the counts beside it as the codebook has it, in this order."""
    codes = [line.code for line in found if line and line.unit == "count"]
    share = next((line for line in found if line and line.unit == "percent"), None)
    if len(set(codes)) < len(codes):
        return False
    if share is None or not share.numerator_code:
        return len(codes) == 1 or share is None
    return codes == [share.numerator_code, share.denominator_code][: len(codes)]


def _borne_out(cells: Sequence[Part], shares: list[bool]) -> bool:
    """Tell whether the shares are the first of the counts in the second, up to rounding."""
    columns = list(zip(*cells, strict=True))
    scales = [Scale("percent", says_percent=True) if share else Scale("count") for share in shares]
    read = [read_column(texts, "", scale).values for texts, scale in zip(columns, scales, strict=True)]
    share = read[shares.index(True)]
    above, below = (values for values, is_share in zip(read, shares, strict=True) if not is_share)
    known = ~np.isnan(share) & ~np.isnan(above) & (below > 0)
    agree = np.abs(share[known] - 100 * above[known] / below[known]) <= _ROUNDING
    return bool(known.sum() >= 2 and agree.mean() >= _LEAST_AGREEING)

"""What the first texts of a column are: figures with decimals, mostly periods, mostly names of indicators."""

from __future__ import annotations

import re

from analysis.cleaning.readers.cells import is_missing
from analysis.cleaning.words.headtexts import shorten
from analysis.cleaning.words.indicator_names import is_indicator
from analysis.cleaning.words.periods import parse_period


def has_decimals(texts: list[str]) -> bool:
    """Tell figures under an abbreviation like “TT” (online) from the numbers of rows."""
    return any(re.search(r"\d[.,]\d", text) for text in texts)


def mostly_periods(texts: list[str], year: int | None) -> bool:
    """Tell whether most texts name a period; `year` serves those that name none."""
    texts = [text for text in texts if not is_missing(text)]
    return bool(texts) and sum(parse_period(t, year) is not None for t in texts) > 0.6 * len(texts)


def all_spans(texts: list[str], year: int | None) -> bool:
    """Tell whether every text names a month, a quarter or a year in words, so that any head leaves no doubt."""
    found = [parse_period(text, year) for text in texts if not is_missing(text) and not text.isdigit()]
    return len(found) > 1 and all(
        period is not None and period.frequency not in ("X", "D") for period in found
    )


def mostly_indicators(texts: list[str]) -> bool:
    """Tell whether most texts name an indicator of the codebook."""
    known = sum(is_indicator(shorten(t)) for t in texts)
    return known > 0.5 * len(texts)

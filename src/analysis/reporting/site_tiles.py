"""Short names for the tiles of the map: as few letters as tell all provinces apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_ONSET = re.compile(r"(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|.)", re.IGNORECASE)
_SYLLABLE = re.compile(r"\w+")


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return each name with the initials of its syllables, longer only where two would be alike.

    Thái Nguyên becomes ThNg; Đà Nẵng, Đắk Nông and Đồng Nai become ĐNẵ, ĐNô and ĐNa. Names with the same
    last syllable (Hà Giang, Hậu Giang) differ in their first.
    """
    syllables = {name: _SYLLABLE.findall(name) for name in names}
    lengths = {name: [len(_onset(part)) for part in parts] for name, parts in syllables.items()}
    while True:
        short = {name: _cut(parts, lengths[name]) for name, parts in syllables.items()}
        alike = [name for name, text in short.items() if Counter(short.values())[text] > 1]
        if not alike:
            return short
        for name in alike:
            last = {syllables[other][-1] for other in alike if short[other] == short[name]}
            # One letter more of the last syllable, or of the first where they all end alike.
            lengths[name][0 if len(last) == 1 else -1] += 1


def _onset(syllable: str) -> str:
    match = _ONSET.match(syllable)
    # "Gi" and "Qu" are one sound before a vowel, but read as initials G and Q do.
    return match[0][0] if match and match[0].lower() in ("gi", "qu") else match[0] if match else syllable


def _cut(parts: list[str], lengths: list[int]) -> str:
    return "".join(part[:length] for part, length in zip(parts, lengths, strict=True))

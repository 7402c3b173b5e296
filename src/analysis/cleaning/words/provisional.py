"""The words by which a head, a title or a period calls figures preliminary or estimated: sơ bộ, ước thực hiện, Prel."""

from __future__ import annotations

import re
import unicodedata

_PROVISIONAL = re.compile(
    r"\bsơ bộ\b|\btạm tính\b|\bdự kiến\b|\bước(?: (?:tính|thực hiện|đạt|th))?\b|"
    r"\bprel\b\.?|\bpre\.|\bpreliminary\b|\bprovisional\b|\bestimate[ds]?\b|\best\.",
    re.IGNORECASE,
)
# “Quy ước”, “công ước” are no estimates.
_TREATY = re.compile(r"\b(?:quy|công|thỏa|thoả|hiệp|điều|giao|khế|hương|mong|mơ) (?=ước\b)", re.IGNORECASE)
# Typed without tone marks, “so bo” might be “số bộ” (the number of ministries): only these are plain.
_UNMARKED = re.compile(r"\(so bo\)|\btam tinh\b|\buoc (?:tinh|thuc hien|dat|th)\b|\(uoc\)", re.IGNORECASE)


def read_provisional(text: str) -> str:
    """Return the words by which a text says that figures are preliminary or estimated, else nothing."""
    text = unicodedata.normalize("NFC", text)
    if text.isascii() and (found := _UNMARKED.search(text)):
        return found[0].strip("()")
    treaty = [match.end() for match in _TREATY.finditer(text)]
    return next((found[0] for found in _PROVISIONAL.finditer(text) if found.start() not in treaty), "")


def say_provisional(words: str) -> str:
    """Return the note on figures that are printed as preliminary or estimated."""
    return f"printed as “{words}”" if words else ""

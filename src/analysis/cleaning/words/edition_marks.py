"""How a producer marks figures of a certain edition: preliminary ones (sơ bộ, ước), and rows that correct another."""

from __future__ import annotations

import re
import unicodedata

_CORRECTED = re.compile(
    r"\s*[(\[]\s*((?:số liệu )?(?:đã )?(?:đính chính|điều chỉnh|hiệu chỉnh|sửa đổi|cập nhật|corrected|revised)"
    r"[^()\[\]]{0,40})[)\]]\s*$",
    re.IGNORECASE,
)
_NOTE = "corrects another row"


def without_correction(label: str) -> str:
    """Return the name of a row without the mark that it corrects another."""
    return _CORRECTED.sub("", unicodedata.normalize("NFC", label)) if label[-1:] in ")] " else label


def say_correction(label: str) -> str:
    """Return the note on the figures of a row that corrects another, else nothing."""
    found = _CORRECTED.search(unicodedata.normalize("NFC", label)) if label[-1:] in ")] " else None
    return f"{_NOTE}: “{found[1].strip()}”" if found else ""


def is_corrected(note: str) -> bool:
    """Tell whether a note says so."""
    return _NOTE in note


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

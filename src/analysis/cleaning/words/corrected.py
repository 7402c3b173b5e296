"""Rows by which a producer corrects an earlier row of the same province: “Bắc Kạn (đính chính)”."""

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

"""Whether the text of a cell could be a number, or says that there is none."""

from __future__ import annotations

import re
import unicodedata

from analysis.reference.spelling import fold_text

_MISSING_MARKS = {
    "", "-", "--", "---", "x", "…", "...", "..", ".", "/", "na", "n a", "nan", "null", "none", "*", "\\n",
}  # fmt: skip
_MISSING_WORDS = {
    "chua co so lieu", "khong co so lieu", "chua co", "khong co", "khong", "chua bao cao", "khong bao cao",
    "chua cap nhat", "khong phat sinh", "chua phat sinh", "n a", "na", "no data", "chua thong ke", "ko co", "kpa",
    "kps", "chua tong hop", "dang cap nhat", "dang tong hop",
}  # fmt: skip
_DASHES = str.maketrans(
    {"−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "\xa0": " ", "\u202f": " ", "\u2009": " "}
)
# No number is longer; patterns need not walk over more.
LONGEST = 100


def is_number_like(text: str) -> bool:
    """Tell whether a text could be a number, whatever its marks."""
    if len(text) > LONGEST:
        return False
    body = even_out(text).rstrip("%").strip()
    return bool(body) and bool(re.fullmatch(r"[-+]?\d[\d., ]*", body))


def is_missing(text: str) -> bool:
    """Tell whether a text says that there is no number."""
    plain = text.strip().lower()
    if plain[:1].isdigit():
        return False
    return (
        plain in _MISSING_MARKS
        or plain.translate(_DASHES) in _MISSING_MARKS
        or fold_text(plain) in _MISSING_WORDS
    )


def even_out(text: str) -> str:
    """Return a text with plain digits, dashes and blanks."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return text.strip()

"""Vietnamese spellings compared: what NFC and NFD, old and new tone placement, Ð and Đ have in common."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")
_D_WITH_STROKE = str.maketrans("ĐđÐð", "DdDd")
_DASHES_AND_SPACES = str.maketrans("–—−\xa0", "--- ")


def fold_words(text: str) -> list[str]:
    """Return the words of a text in ASCII lower case, without tone and vowel marks or punctuation."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _WORD.findall(text.lower())


def fold_text(text: str) -> str:
    """Return the folded words of a text, one space between them."""
    return " ".join(fold_words(text))


def plain_text(text: str) -> str:
    """Return lower-case text without tone and vowel marks, with single spaces; punctuation stays, dashes are alike."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE | _DASHES_AND_SPACES))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", text.lower()).strip()

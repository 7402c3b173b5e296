"""Vietnamese spellings compared: what NFC and NFD, old and new tone placement, Ð and Đ have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
# Combining marks of the Latin script, also those of compatibility blocks.
_MARKS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_D_WITH_STROKE = str.maketrans("ĐđÐð", "DdDd")
_DASHES_AND_SPACES = str.maketrans("–—−\xa0", "--- ")


def fold_words(text: str) -> list[str]:
    """Return the words of a text in ASCII lower case, without tone and vowel marks or punctuation."""
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE)))
    return _WORD.findall(text.lower())


# The same head is compared with many names: each text is folded once.
@lru_cache(maxsize=16_384)
def fold_text(text: str) -> str:
    """Return the folded words of a text, one space between them."""
    return " ".join(fold_words(text))


def plain_text(text: str) -> str:
    """Return lower-case text without tone and vowel marks, with single spaces; punctuation stays, dashes are alike."""
    if not text.isascii():
        plain = text.translate(_D_WITH_STROKE | _DASHES_AND_SPACES)
        text = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
    return re.sub(r"\s+", " ", text.lower()).strip()

"""Vietnamese spellings compared: what NFC and NFD, old and new tone placement, Ð and Đ have in common."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+")
_D_WITH_STROKE = str.maketrans("ĐđÐð", "DdDd")


def fold_words(text: str) -> list[str]:
    """Return the words of a text in ASCII lower case, without tone and vowel marks or punctuation."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_D_WITH_STROKE))
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _WORD.findall(text.lower())


def fold_text(text: str) -> str:
    """Return the folded words of a text, one space between them."""
    return " ".join(fold_words(text))


_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
_TONES = "\u0300\u0309\u0303\u0301\u0323"


def vietnamese_key(text: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    """Return a sort key in the order of the Vietnamese alphabet: letters first, tones after."""
    letters: list[int] = []
    tones: list[int] = []
    for char in unicodedata.normalize("NFC", text.lower()):
        parts = unicodedata.normalize("NFD", char)
        tone = next((c for c in parts if c in _TONES), "")
        base = unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else char
        letters.append(_LETTERS.index(base) + 200 if base in _LETTERS else ord(base[0]) % 200)
        tones.append(_TONES.index(tone) + 1 if tone else 0)
    return tuple(letters), tuple(tones), text

"""The Vietnamese alphabet and its order: 29 letters, then tones, one syllable after the other."""

from __future__ import annotations

import re
import unicodedata

LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng
_ETH = str.maketrans("Ðð", "Đđ")
_SYLLABLE = re.compile(r"\w+")

SortKey = tuple[tuple[tuple[tuple[int, ...], tuple[int, ...]], ...], str]


def sort_key(text: str) -> SortKey:
    """Return a key that sorts texts as Vietnamese dictionaries do.

    A syllable is compared by its letters (a ă â … d đ … o ô ơ … u ư; f j w z, which only foreign names use,
    stand where the Latin alphabet has them), then by its tone (level, huyền, hỏi, ngã, sắc, nặng); the next
    syllable counts only when both agree, so “bà con” comes before “bạ”. NFC and NFD, Ð and Đ, upper and lower
    case meet; what is no letter separates syllables.
    """
    plain = unicodedata.normalize("NFC", text).translate(_ETH)
    return tuple(_syllable_key(syllable) for syllable in _SYLLABLE.findall(plain.lower())), plain


def _syllable_key(syllable: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    parts = [_split_tone(char) for char in syllable]
    return tuple(letter for letter, _ in parts), tuple(tone for _, tone in parts)


def _split_tone(char: str) -> tuple[int, int]:
    """Return the place of a letter in the alphabet and of its tone; digits first, unknown letters last."""
    marks = unicodedata.normalize("NFD", char)
    tone = next((mark for mark in marks if mark in TONES), "")
    letter = unicodedata.normalize("NFC", marks.replace(tone, "")) if tone else char
    place = LETTERS.find(letter)
    if place < 0:
        place = ord(letter[0]) - 1000 if letter.isdigit() else 1000 + ord(letter[0])
    return place, TONES.find(tone) + 1 if tone else 0

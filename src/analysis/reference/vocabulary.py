"""Words compared as Vietnamese: with their marks where a text has any, by their letters where it was typed without."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib import resources
from typing import Any

from analysis.reference.spelling import fold_text, plain_text

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


@lru_cache(maxsize=65_536)
def marked(text: str) -> str:
    """Return the words of a text in lower case, each with its tone behind it: “hòa” and “hoà” are the same.

    Punctuation separates words.
    """
    words: list[str] = []
    word, tone = "", ""
    for char in unicodedata.normalize("NFD", text.lower().replace("ð", "đ")) + " ":
        if char in _TONES:
            tone = char
        elif char.isalnum() or unicodedata.combining(char):
            word += char
        elif word:
            words.append(word + tone)
            word, tone = "", ""
    return unicodedata.normalize("NFC", " ".join(words))


@lru_cache(maxsize=65_536)
def has_marks(text: str) -> bool:
    """Tell whether a text was typed with any Vietnamese mark."""
    return not text.isascii() and marked(text) != fold_text(text)


@dataclass(frozen=True)
class Words:
    """Texts of one meaning; comparisons heed the marks of a text that has any."""

    texts: tuple[str, ...]

    @cached_property
    def with_marks(self) -> frozenset[str]:
        """The texts as `marked` writes them."""
        return frozenset(map(marked, self.texts))

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(map(fold_text, self.texts))

    def __contains__(self, text: object) -> bool:
        """Tell whether a text is one of them."""
        known, words = self._compared(str(text))
        return words in known

    def starts(self, text: str) -> bool:
        """Tell whether a text is one of them or begins with one."""
        known, words = self._compared(text)
        return any(prefix in known for prefix in _prefixes(words))

    def ends(self, text: str) -> bool:
        """Tell whether a text is one of them or ends with one."""
        known, words = self._compared(text)
        parts = words.split()
        return any(" ".join(parts[n:]) in known for n in range(len(parts)))

    def inside(self, text: str) -> bool:
        """Tell whether one of them stands in a text, as whole words."""
        known, words = self._compared(text)
        return any(f" {word} " in f" {words} " for word in known)

    def longest_start(self, text: str) -> int:
        """Return how many words of a text the longest of them takes at its beginning."""
        known, words = self._compared(text)
        return max((prefix.count(" ") + 1 for prefix in _prefixes(words) if prefix in known), default=0)

    def _compared(self, text: str) -> tuple[frozenset[str], str]:
        return (self.with_marks, marked(text)) if has_marks(text) else (self._folded, fold_text(text))


def _prefixes(words: str) -> Iterable[str]:
    parts = words.split()
    return (" ".join(parts[:n]) for n in range(1, min(len(parts), 12) + 1))


def without_first(text: str, count: int) -> str:
    """Return a text without its first words."""
    return " ".join(text.split()[count:])


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    text = resources.files("analysis.reference").joinpath("vocabulary.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    return tables


@cache
def words(table: str, *names: str) -> Words:
    """Return the words of one list, or of several, of `reference/vocabulary.toml`."""
    lists = _tables()[table]
    return Words(tuple(text for name in names for text in lists[name]))


@cache
def unit_words() -> tuple[dict[str, str], dict[str, int]]:
    """Return what names a unit, plain: each word with what is counted, and each that stands for so many of it."""
    units: dict[str, Any] = dict(_tables()["units"])
    factors = units.pop("factors")
    counted = {
        plain_text(text): "" if name == "other" else name for name, texts in units.items() for text in texts
    }
    return counted, {plain_text(text): int(number) for number, texts in factors.items() for text in texts}

"""What the words of a table of decisions mean, as `decision_words.toml` lists them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from analysis.reference.spelling import fold_text

_BRACKETS = re.compile(r"\([^()]*\)")
_NOT_WORDS = re.compile(r"[^\w&'.]+")


@cache
def words() -> dict[str, Any]:
    """Return the tables of `decision_words.toml`."""
    text = resources.files("analysis.cleaning.publishers").joinpath("decision_words.toml").read_text("utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=4096)
def role_of_head(head: str) -> str:
    """Return what the column below a head holds, such as announced or deadline; empty where no table has the head."""
    return _meanings("heads").get(fold_text(_BRACKETS.sub(" ", head[:200])), "")


def meaning(table: str, word: str) -> str:
    """Return what a word of `precisions` or `sayers` means, empty where it is none of them."""
    return _meanings(table).get(fold_text(word[:100]), "")


def head_words(role: str) -> str:
    """Return the first Vietnamese and the first English head of a column, for a person who has to name it."""
    listed = words()["heads"][role]
    english = next((head for head in listed if fold_text(head) == fold_text(role)), listed[-1])
    return f"“{listed[0]}” ({english})"


@lru_cache(maxsize=4096)
def sayer_in(publisher: str) -> str:
    """Return `press` or `official` where a publisher's name has such a word, else an empty text."""
    plain = f" {_NOT_WORDS.sub(' ', unicodedata.normalize('NFC', publisher).lower())} "
    for sayer, listed in words()["publishers"].items():
        if any(f" {_NOT_WORDS.sub(' ', word)} " in plain for word in listed):
            return str(sayer)
    return ""


@cache
def _meanings(table: str) -> Mapping[str, str]:
    return {fold_text(word): key for key, listed in words()[table].items() for word in listed}


@cache
def prefixes(table: str, *keys: str) -> re.Pattern[str]:
    """Return a pattern of the words of a table, the longer first, to be matched at the beginning of a plain text."""
    listed = [word for key in keys for word in words()[table][key]]
    longest = sorted(listed, key=len, reverse=True)
    return re.compile(rf"\s*(?:{'|'.join(map(re.escape, longest))})\b\s*:?\s*")


@cache
def bounds(side: str) -> Mapping[str, str]:
    """Return the words before or after a target, each with the qualifier it means, the longer first."""
    meant = [(word, key) for key, listed in words()["bounds"][side].items() for word in listed]
    return dict(sorted(meant, key=lambda pair: -len(pair[0])))

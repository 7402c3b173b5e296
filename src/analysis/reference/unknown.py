"""A name that means nothing here, refused with the names nearest to it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import ClassVar

from analysis.errors import RequestError


class UnknownName(RequestError):
    """A name without a meaning; `suggestions` are the nearest, never used as a match."""

    verdict: ClassVar[str]

    def __init__(self, name: str, suggestions: list[str]) -> None:
        self.name, self.suggestions = name, suggestions
        hint = f"Nearest: {', '.join(suggestions)}." if suggestions else "No name is near it."
        super().__init__(f"“{name}” {self.verdict}. {hint}")


def nearest_meanings(folded: str, meanings: Mapping[str, str], cutoff: float) -> list[str]:
    """Return what up to three of the spellings nearest to a folded name mean, nearest first."""
    near = difflib.get_close_matches(folded, meanings, n=6, cutoff=cutoff)
    return list(dict.fromkeys(meanings[spelling] for spelling in near))[:3]

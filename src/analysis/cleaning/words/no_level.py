"""Heads of figures that are no level of anything: changes, ranks, plans, averages of periods."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from analysis.cleaning.words.periods import find_period
from analysis.cleaning.words.said_periods import is_average
from analysis.reference.vocabulary import words

_ARROWS = re.compile(r"[▲▼↑↓∆Δ±]|\+\s*/\s*[-–−]|\(\+\)|\([-–−]\)")


def not_a_level(heads: Iterable[str]) -> str:
    """Return why the figures below some of these heads are no level: average, change, rank or target; else nothing."""
    return next((reason for head in heads if (reason := _reason(head))), "")


@lru_cache(maxsize=4096)
def _reason(head: str) -> str:
    if is_average(head):
        return "average"
    # A multiple has an indicator of its own.
    if words("no_level", "multiple_words").inside(head):
        return ""
    found = find_period(head, 2000)
    both = (head, found[1]) if found else (head,)
    if _ARROWS.search(head) or any(_says(text, "change") for text in both):
        return "change"
    if words("no_level", "rank_words").inside(head) or head in words("no_level", "ranks"):
        return "rank"
    return (
        "target"
        if any(_says(text, "target") or text in words("no_level", "targets") for text in both)
        else ""
    )


def _says(text: str, what: str) -> bool:
    return words("no_level", f"{what}_starts").starts(text) or words("no_level", f"{what}_words").inside(text)

"""Heads of figures that are no level of anything: changes, ranks, plans, averages of periods."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from analysis.cleaning.heads.headperiods import is_average
from analysis.cleaning.words.periods import find_period
from analysis.reference.spelling import fold_text

_ARROWS = re.compile(r"[▲▼↑↓∆Δ±]|\+\s*/\s*[-–−]|\(\+\)|\([-–−]\)")
_CHANGE = re.compile(
    r"(?:muc |ty le |ti le |so |toc do )?(?:tang|giam|tang giam|tang truong|chenh lech|bien dong|thay doi|so sanh)\b.*|"
    r"(?:.* )?(?:tang giam|chenh lech|tang truong)(?: .*)?|so voi .*|"
    r"(?:change|difference|growth|increase|delta|diff|first difference)\b.*"
)
# A multiple has an indicator of its own.
_MULTIPLE = re.compile(r"\b(?:gap|so lan|bao nhieu lan|multiple)\b")
_RANK = re.compile(
    r"(?:.* )?(?:xep hang|thu hang|xep thu|vi tri|rank|ranking)(?: .*)?|hang(?: (?:toan quoc|ca nuoc|chung))?"
)
_TARGET = re.compile(
    r"(?:.* )?(?:chi tieu (?:giao|duoc giao|ke hoach|phan dau)|(?:ke hoach|kh) (?:duoc )?giao|muc tieu|target)(?: .*)?|"
    r"(?:chi tieu|ke hoach|kh|plan)(?: (?:nam|thang|quy|ca nam))?(?: \d{4})?|"
    r"chi tieu (?:ty le|ti le|so|ho so|dich vu) .*\bnam\b(?: \d{4})?"
)


def not_a_level(heads: Iterable[str]) -> str:
    """Return why the figures below some of these heads are no level: average, change, rank or target; else nothing."""
    return next((reason for head in heads if (reason := _reason(head))), "")


@lru_cache(maxsize=4096)
def _reason(head: str) -> str:
    folded = fold_text(head)
    if is_average(head):
        return "average"
    if _MULTIPLE.search(folded):
        return ""
    found = find_period(head, 2000)
    rest = fold_text(found[1]) if found else folded
    if _ARROWS.search(head) or _CHANGE.fullmatch(folded) or _CHANGE.fullmatch(rest):
        return "change"
    if _RANK.fullmatch(folded):
        return "rank"
    return "target" if _TARGET.fullmatch(folded) or _TARGET.fullmatch(rest) else ""

"""Which columns hold the numerator and the denominator of which share, told by the heads they stand under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from analysis.cleaning.heads import headers as h
from analysis.cleaning.heads.headers import Column
from analysis.cleaning.messages import Message, message
from analysis.reference.spelling import fold_text

_COUNTS = (h.NUMERATOR, h.DENOMINATOR)
_MARKS = re.compile(r"\([^()]*\)|\d+")
# Below a head that a share stands under too, these words say enough: Tổng số | Trực tuyến | Tỷ lệ (%).
_NUMERATOR = re.compile(r"tu so|so luong|(?!.*(ty|ti) le).*(truc tuyen|online|hstt)( .*)?")
_SHARE = re.compile(r"(ty|ti) le|%")
_DENOMINATOR = re.compile(r"mau so|tong( .*)?|so ((ho so|hs) )?tiep nhan|tiep nhan")


def claim_counts(columns: list[Column]) -> list[Column]:
    """Return the columns, with each count given to the share beside it under the same head.

    A count that several shares could own is given to none; `unclear_counts` says so.
    """
    beside: dict[tuple[str, ...], list[Column]] = {}
    for column in filter(_is_share, columns):
        beside.setdefault(column.path[:-1], []).append(column)
    named = [_named(column, beside.get(column.path[:-1], [])) for column in columns]
    owners: dict[int, Column] = {}
    for group in _groups(named):
        owners |= _owners(group)
    return [
        replace(column, share=owner.index, indicator=owner.indicator, period=owner.period)
        if (owner := owners.get(column.index))
        else column
        for column in named
    ]


def unclear_counts(columns: list[Column]) -> list[Message]:
    """Say which counts may belong to several shares and were given to none."""
    shares = [column for column in columns if _is_share(column)]
    notices = []
    for column in columns:
        if column.role in _COUNTS and column.share is None and len(shares) > 1:
            near = [s.head for s in shares if s.path[:-1] == column.path[:-1]] or [s.head for s in shares]
            role = message(f"role_{column.role}")
            notices.append(message("counts_unclear", head=column.head, role=role, shares=near))
    return notices


def _is_share(column: Column) -> bool:
    return column.role == h.VALUE and column.indicator is not None and column.indicator.unit == "percent"


def _named(column: Column, shares: list[Column]) -> Column:
    """Return a column as numerator or denominator when its own head says so below one it shares with `shares`."""
    beside = [share for share in shares if share.index != column.index]
    if len(column.path) < 2 or not beside:
        return column
    # “Tổng số” below the name of a share was taken for the share itself.
    doubled = _is_share(column) and any(
        c.indicator == column.indicator and _SHARE.search(fold_text(c.path[-1]) + c.path[-1]) for c in beside
    )
    if column.role != h.UNKNOWN_ROLE and not doubled:
        return column
    own = fold_text(_MARKS.sub(" ", column.path[-1]))
    for role, pattern in ((h.NUMERATOR, _NUMERATOR), (h.DENOMINATOR, _DENOMINATOR)):
        if pattern.fullmatch(own):
            return replace(column, role=role)
    return column


def _groups(columns: list[Column]) -> Iterator[list[Column]]:
    """Walk over the shares and counts that stand under the same heads, in the order of the columns."""
    wanted = [c for c in columns if _is_share(c) or c.role in _COUNTS]
    for _, group in groupby(sorted(wanted, key=lambda c: (c.path[:-1], c.index)), key=lambda c: c.path[:-1]):
        yield list(group)


def _owners(group: list[Column]) -> dict[int, Column]:
    """Return the share of each count of a group: its only one, or the one that ends or begins each run."""
    shares = [column for column in group if _is_share(column)]
    if len(shares) <= 1:
        return _owned([group]) or {}
    ending, beginning = _runs(group), _runs(group[::-1])
    readings = [owned for owned in (_owned(ending), _owned(beginning)) if owned]
    return readings[0] if len(readings) == 1 else {}


def _runs(group: Iterable[Column]) -> list[list[Column]]:
    """Cut columns after each share."""
    runs: list[list[Column]] = [[]]
    for column in group:
        runs[-1].append(column)
        if _is_share(column):
            runs.append([])
    return runs if runs[-1] else runs[:-1]


def _owned(runs: list[list[Column]]) -> dict[int, Column] | None:
    """Return the share of each count when every run has one share and at least one count, none of them twice."""
    owners: dict[int, Column] = {}
    for run in runs:
        shares = [column for column in run if _is_share(column)]
        counts = [column for column in run if column.role in _COUNTS]
        if len(shares) != 1 or not counts or len({c.role for c in counts}) < len(counts):
            return None
        owners |= {column.index: shares[0] for column in counts}
    return owners

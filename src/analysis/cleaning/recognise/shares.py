"""Counts beside shares: which share a bare “Tỷ lệ (%)” is, and what a total carries over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations

import numpy as np

from analysis.cleaning.figures.numerals import read_column
from analysis.cleaning.figures.readings import Floats
from analysis.cleaning.figures.scales import Scale
from analysis.cleaning.layout import LaidColumn, Role
from analysis.cleaning.recognise.tables import Found
from analysis.cleaning.rows import distinct_cells
from analysis.cleaning.words.headtexts import says_share, without_unit
from analysis.cleaning.words.indicator_names import count_of_heads, indicator_of_cell, is_generic
from analysis.cleaning.words.places import PLACE
from analysis.reference.abbreviations import fold_name
from analysis.reference.indicators import Indicator, by_code
from analysis.reference.spelling import fold_text

CONTRADICTED = "contradicted"
_LEAST_ROWS, _LEAST_AGREEING = 2, 0.9
# Half of the last digit of a share printed with one decimal, in points; and of one printed without decimals.
_ROUNDING, _COARSE_ROUNDING = 0.0501, 0.501
_MOST_CONTRADICTING = 0.5
_POWERS = (1.0, 10.0, 100.0, 0.1, 0.01)
_CARRIED = re.compile(
    r"\b(?:(?:tu )?ky truoc(?: chuyen (?:sang|qua))?|ton (?:dau|ky|tu ky|thang|quy|nam)|ton chuyen|"
    r"(?:thang|quy|nam) truoc chuyen)\b"
)
_RECEIVED, _ONLINE = "n_dossiers_total", "n_dossiers_online"
_PROCESSED, _SUBMITTED = "share_dossiers_processed_online", "share_dossiers_submitted_online"
_HANDLED = re.compile(r"\b(?:xu ly|giai quyet|thuc hien|processed|handled)\b")
_MOST_PARTS = 12


def settle_shares(found: Found, columns: list[LaidColumn]) -> list[LaidColumn]:
    """Return the columns, counts named by the heads of their group, shares named by the counts that prove them.

    What carries over dossiers of an earlier period is left unread.
    """
    return claim_plain_shares(found, without_carried(found, name_counts(columns)))


def name_counts(columns: list[LaidColumn]) -> list[LaidColumn]:
    """Return the columns, those beside a share read as the counts that their heads name together with the group's.

    “Phát sinh hồ sơ” below “Dịch vụ công trực tuyến” names a share by itself; beside “Tỷ lệ (%)” it is the number.
    """
    grouped = {
        c.path[:-1] for c in columns if len(c.path) > 1 and _says_share(c) and not says_share(c.path[-2])
    }
    return [_as_count(column) if column.path[:-1] in grouped else column for column in columns]


def _as_count(column: LaidColumn) -> LaidColumn:
    percent = column.line is not None and column.line.unit == "percent"
    unread = column.role == Role.UNKNOWN and not column.unread
    if _says_share(column) or not (unread or (column.role == Role.VALUE and percent)):
        return column
    count = count_of_heads(column.path[-2], column.path[-1])
    return (
        replace(column, role=Role.VALUE, indicator=count.code, rule="its group and its head name a count")
        if count
        else column
    )


def _says_share(column: LaidColumn) -> bool:
    return bool(column.path) and says_share(column.path[-1])


def claim_plain_shares(found: Found, columns: list[LaidColumn]) -> list[LaidColumn]:
    """Return the columns, with each bare share read as that of the one count beside it in the other.

    So is one named after a share whose counts the codebook does not know: “Tỷ lệ DVCTT” fits several.

    The counts stand under the same upper heads and are of the same period; the codebook makes the share of both;
    nine rows of ten must agree with them, and with no other two. Of several shares made of the same counts it is the
    one named after the first (Hồ sơ trực tuyến: tỷ lệ hồ sơ trực tuyến). A share that most rows contradict is left
    to a layout, named or not.
    """
    return [_claimed(found, _submitted(column, columns), columns) for column in columns]


def _claimed(found: Found, column: LaidColumn, columns: list[LaidColumn]) -> LaidColumn:
    share = column.is_share
    bare = _is_bare_share(column) and (share or (column.role == Role.UNKNOWN and not column.unread))
    if not (share or bare):
        return column
    pairs = list(_pairs(column, columns))
    unproven = bare or (column.line is not None and not column.line.numerator_code)
    if unproven and (readings := _readings(found, column, pairs)):
        return readings[0] if len(readings) == 1 else column
    refuted = [pair for pair in pairs if bare or _made_of(column.line, *pair)]
    if share and refuted and all(_contradicts(found, column, *pair) for pair in refuted):
        return replace(
            column,
            role=Role.UNKNOWN,
            indicator="",
            unread=CONTRADICTED,
            rule="the counts beside it contradict it",
        )
    return column


def _submitted(column: LaidColumn, columns: Sequence[LaidColumn]) -> LaidColumn:
    """Return “Tỷ lệ hồ sơ trực tuyến” as the share submitted where dossiers received online and in all stand beside.

    The name alone may be that of dossiers submitted or processed; where a head says which, it stays.
    """
    named = column.indicator == _PROCESSED and column.path and "hoso truc tuyen" in fold_name(column.path[-1])
    if not column.is_value or not named or _HANDLED.search(fold_text(column.head)):
        return column
    beside = {c.indicator for c in columns if c.is_count and c.period == column.period}
    if not {_ONLINE, _RECEIVED} <= beside:
        return column
    return replace(column, indicator=_SUBMITTED, rule="the dossiers received online stand beside it")


def _pairs(column: LaidColumn, columns: Sequence[LaidColumn]) -> Iterator[tuple[LaidColumn, LaidColumn]]:
    """Walk over two counts of one period, under the heads that a share stands under or upper ones of these."""
    counts = [c for c in columns if c.is_count]
    group = [c for c in counts if c.path[:-1] == column.path[: len(c.path) - 1]]
    yield from ((part, whole) for part, whole in permutations(group, 2) if part.period == whole.period)


def _readings(
    found: Found, column: LaidColumn, pairs: Sequence[tuple[LaidColumn, LaidColumn]]
) -> list[LaidColumn]:
    """Return a column as each share that counts beside it bear out."""
    readings: dict[str, LaidColumn] = {}
    for part, whole in pairs:
        share = _share_of(part, whole, column.line)
        if share is not None:
            read = replace(
                column, role=Role.VALUE, indicator=share.code, period=part.period, percent="%" in column.head,
                rule="the counts beside it bear it out",
            )  # fmt: skip
            if _bears_out(found, read, part, whole):
                readings[share.code] = read
    return list(readings.values())


def _is_bare_share(column: LaidColumn) -> bool:
    last = column.path[-1] if column.path else ""
    return _says_share(column) and is_generic(without_unit(last))


def _share_of(part: LaidColumn, whole: LaidColumn, chosen: Indicator | None) -> Indicator | None:
    """Return the share that the codebook makes of two counts; of several that named after the first, or the chosen."""
    shares = [line for line in by_code().values() if _made_of(line, part, whole)]
    if len(shares) <= 1:
        return next(iter(shares), None)
    for head in (part.path[-1], " ".join(part.path)):
        named = re.sub(r"^(?:trong do |so )+", "", fold_text(without_unit(head)))
        share = indicator_of_cell(f"tỷ lệ {named}")
        if share in shares:
            return share
    return chosen if chosen in shares else None


def _made_of(share: Indicator | None, part: LaidColumn, whole: LaidColumn) -> bool:
    counts = [part.indicator, whole.indicator]
    return (
        share is not None
        and share.unit == "percent"
        and counts == [share.numerator_code, share.denominator_code]
    )


def _bears_out(found: Found, share: LaidColumn, part: LaidColumn, whole: LaidColumn) -> bool:
    """Tell whether the figures of a column are those of one count in the other, up to rounding.

    Shares off by a power of ten are still shares of these counts: that they are off is found when figures are compared
    (see `counted`), and only under the right name.
    """
    off = _distances(found, share, part, whole)
    return len(off) >= _LEAST_ROWS and bool((off <= _ROUNDING).mean() >= _LEAST_AGREEING)


def _contradicts(found: Found, share: LaidColumn, part: LaidColumn, whole: LaidColumn) -> bool:
    """Tell whether most figures of a column are not those of one count in the other, however they are rounded."""
    off = _distances(found, share, part, whole)
    return len(off) >= _LEAST_ROWS and bool((off > _COARSE_ROUNDING).mean() > _MOST_CONTRADICTING)


def _distances(found: Found, share: LaidColumn, part: LaidColumn, whole: LaidColumn) -> Floats:
    """Return how far shares are from those of their counts, in points as printed, in the rows that have all three.

    Of the powers of ten that shares may be off by, the one that brings a row nearest counts.
    """
    printed, above, below = (values_of(found, column) for column in (share, part, whole))
    known = ~np.isnan(printed) & ~np.isnan(above) & (below > 0)
    due = 100 * above[known] / below[known]
    distances: Floats = np.min([np.abs(f * printed[known] - due) / max(f, 1) for f in _POWERS], axis=0)
    return distances


def values_of(found: Found, column: LaidColumn) -> Floats:
    """Return what the cells of a column read as in the rows of provinces, NaN where they hold no certain number."""
    rows = np.array(found.rows(PLACE), dtype=np.intp)
    codes, cells = distinct_cells(found.sheet, rows, column.index)
    unit = column.line.unit if column.line else ""
    scale = Scale(unit, says_percent=bool(column.percent), multiplier=column.multiplier or 1)
    readings = read_column([text for text, _ in cells], "".join(kind for _, kind in cells), scale)
    return readings.values[codes]


def without_carried(found: Found, columns: list[LaidColumn]) -> list[LaidColumn]:
    """Leave totals to a layout that are the sum of a column “Từ kỳ trước” and others: not what was received.

    Where both stand under one head, the total may hold it: it is left too unless the other parts alone add up to it.
    """
    carried = [column for column in columns if column.path and _CARRIED.search(fold_text(column.path[-1]))]
    if not carried:
        return columns
    return [
        replace(column, role=Role.UNKNOWN, unread="carried", rule="it holds what was carried over")
        if _holds(found, column, columns, carried)
        else column
        for column in columns
    ]


def _holds(found: Found, column: LaidColumn, columns: list[LaidColumn], carried: list[LaidColumn]) -> bool:
    if not column.is_value or column.indicator != _RECEIVED:
        return False
    open_roles = (Role.VALUE, Role.UNKNOWN)
    others = [c for c in columns if c.role in open_roles and c.index != column.index and c not in carried]
    total, parts = values_of(found, column), [values_of(found, c) for c in others[:_MOST_PARTS]]
    if any(_add_up(total, [*own]) for n in (2, 3) for own in combinations(parts, n)):
        return False
    before = [values_of(found, c) for c in carried]
    if any(
        _add_up(total, [first, *own]) for first in before for n in (1, 2) for own in combinations(parts, n)
    ):
        return True
    return len(column.path) > 1 and any(c.path[:-1] == column.path[:-1] for c in carried)


def _add_up(total: Floats, parts: list[Floats]) -> bool:
    """Tell whether columns add up to another in every row that has them all."""
    left = total - np.sum(parts, axis=0)
    known = ~np.isnan(left)
    return bool(known.any() and (np.abs(left[known]) < 0.5).all())

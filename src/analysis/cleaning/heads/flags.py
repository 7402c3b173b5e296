"""Columns that say which rows stand: marks of deleted rows, and the level of administration a row is of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.cleaning.words.places import BELOW, read_place
from analysis.reference.spelling import fold_text

_GONE = re.compile(r"(is )?(da |bi )?(xoa|huy|huy bo|thay the|deleted|removed|cancelled|superseded)( flag)?")
_STANDS = re.compile(r"(is )?(con )?(hieu luc|active|valid)( flag)?")
_YES = {"1", "true", "x", "yes", "y", "t", "co", "da xoa", "da huy"}
_NO = {"0", "false", "", "no", "n", "f", "khong", "chua"}
_LEVEL = re.compile(r"cap( (don vi|hanh chinh|bao cao|co quan))?|(admin )?level|loai (don vi|co quan)")
_WHOLE = {"toan tinh", "toan tinh tp", "tong", "tong so", "tong cong", "chung", "tat ca", "all", "total"}
_PART = re.compile(
    r"(cap )?(so|huyen|xa|phuong|quan|thi xa|so nganh|so ban nganh|district|commune|ward|department)( .*)?"
)
# Heads of names below the province: Huyện, Quận/huyện, Tên xã, Xã - phường - thị trấn, Commune.
_UNIT_HEAD = re.compile(
    r"(?:(?:ten|cap|don vi|dia ban|hanh chinh|truc thuoc|name of|name) )*"
    r"(?:(?:thanh pho|tp|thi xa|thi tran|dac khu|thuoc tinh|town|city) )*"
    r"(?:huyen|quan|xa|phuong|district|commune|ward)"
    r"(?: (?:huyen|quan|xa|phuong|thi xa|thi tran|thanh pho|tp|dac khu|thuoc tinh|town|name|hay|va|or|"
    r"district|commune|ward))*"
)
# Where the figures of a row are from, and whom to ask, is not whose they are.
_REPORTER = re.compile(r".*\b(nguon|source|cung cap|phu trach|lien he|nguoi|publisher)\b.*")
# The number of an office before its name: H04.01 - Sở Tư pháp.
_NUMBERED = re.compile(r"^\s*[A-Za-z]*\d[\w.]*\s*[-–:]\s+")


def is_flag(head: str, texts: Iterable[str]) -> bool:
    """Tell whether a column marks rows that were deleted, or those that stand."""
    folded = fold_text(head)
    named = _GONE.fullmatch(folded) or _STANDS.fullmatch(folded)
    return bool(named) and all(fold_text(text) in _YES | _NO for text in texts)


def withdrawn(head: str, text: str) -> bool:
    """Tell whether a cell of such a column says that its row is deleted."""
    return fold_text(text) in (_YES if _GONE.fullmatch(fold_text(head)) else _NO - {""})


def parts_of_levels(head: str, texts: Iterable[str]) -> set[str]:
    """Return those texts of a column of levels that are of a part of the province: cấp = SO beside TOAN_TINH."""
    if not _LEVEL.fullmatch(fold_text(head)):
        return set()
    folded = {text: fold_text(text) for text in texts if text}
    if _WHOLE & set(folded.values()):
        return {text for text, words in folded.items() if words not in _WHOLE}
    return {text for text, words in folded.items() if _PART.fullmatch(words)}


def heads_units(head: str) -> bool:
    """Tell whether a head says that the names below it are those of districts or communes."""
    return bool(_UNIT_HEAD.fullmatch(fold_text(head.split(" / ")[-1])))


def units_named(texts: Iterable[str]) -> set[str]:
    """Return the texts that name a unit below such a head; those that stand for the whole do not."""
    return {text for text in texts if any(map(str.isalpha, text)) and fold_text(text) not in _WHOLE}


def is_reporter(head: str) -> bool:
    """Tell whether a column names a source, or a person to ask."""
    return bool(_REPORTER.fullmatch(fold_text(head)))


def names_unit(text: str) -> bool:
    """Tell whether a cell names a district or department, after its number at most."""
    return read_place(text).kind == BELOW or read_place(_NUMBERED.sub("", text)).kind == BELOW

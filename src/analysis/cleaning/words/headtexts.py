"""The texts of heads and titles: cut to a length, without their unit, and what they say of it."""

from __future__ import annotations

import re
import unicodedata

from analysis.reference.spelling import fold_text, plain_text

_UNIT_MARKS = re.compile(
    r"\((?:[^()]*(?:%|đvt|đơn vị|dvt|unit|percent|phần trăm|hồ sơ|điểm|dịch vụ|dvc|tthc|thủ tục|nghìn|"
    r"ngàn|triệu)[^()]*)\)|\(\s*(?:người|persons?)\s*\)|"
    r"%|\(?\d{1,2}\)?\s*=\s*[\d()/x*×:+\- ]+|\(\d{1,2}\)|đơn vị tính\s*:?.*$|đvt\s*:?.*$",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"%|percent|phần trăm|per cent", re.IGNORECASE)


def shorten(text: str) -> str:
    """Return a text with single spaces, cut where no header or title goes on."""
    return " ".join(text[:4000].split())[:500]


def without_unit(text: str) -> str:
    """Return a text without the unit and the number of its column."""
    return _UNIT_MARKS.sub(" ", text)


def names_percent(text: str) -> bool:
    """Tell whether a text names per cent as the unit."""
    return bool(_PERCENT.search(text))


def says_share(text: str) -> bool:
    """Tell whether a text says “tỷ lệ” or has a per cent sign."""
    return "%" in text or bool(re.search(r"\bt[yi] le\b", fold_text(text)))


def cut_out(text: str, first: int, end: int) -> str:
    """Return a text without a stretch of its plain form (see `plain_text`), with its marks where both are as long."""
    plain = plain_text(text)
    whole = " ".join(unicodedata.normalize("NFC", text).split())
    whole = whole if len(whole) == len(plain) else plain
    return f"{whole[:first]} {whole[end:]}"

"""At which level a unit of a province stands: department, district or commune, by the words its name begins with."""

from __future__ import annotations

import re
import unicodedata

from analysis.reference.spelling import plain_text

UNIT_LEVELS = ("department", "district", "commune")
# “Sở” and “xã” count by their marks: without them they are other words. A city is a district of its province.
_BEGINS = {
    "department": r"(sở|ban|văn phòng|thanh tra|trung tâm|chi cục|department|office|inspectorate)\b",
    "district": r"(ubnd |ủy ban nhân dân )?(huyện|quận|thị xã|thành phố|tp\.?|district|town|city)\b",
    "commune": r"(ubnd |ủy ban nhân dân )?(xã|phường|thị trấn|đặc khu|commune|ward|township)\b",
}
_PATTERNS = {level: re.compile(pattern) for level, pattern in _BEGINS.items()}


def fold_unit(name: str) -> str:
    """Return a unit's code or name as it is compared: one form of Unicode, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def level_of_unit(name: str) -> str:
    """Return the level that a unit's name tells; empty where it tells none."""
    folded = fold_unit(name).replace("uỷ", "ủy")
    return next((level for level, pattern in _PATTERNS.items() if pattern.match(folded)), "") or _of_words(
        name
    )


def _of_words(said: str) -> str:
    """Return the level that a cell of a column of levels names: “cấp tỉnh”, “cấp huyện”, “commune”."""
    words = plain_text(said).lower().removeprefix("cap ")
    return {"tinh": "department", "so nganh": "department", "huyen": "district", "xa": "commune"}.get(
        words, ""
    )

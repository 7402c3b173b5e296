"""The provinces on the two maps: 63 units before 1 July 2025, 34 since, and every spelling we accept.

Codes are reused between the maps (24 is the old Bắc Giang and the new Bắc Ninh), so a code means something
only together with its frame, "63" or "34".
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from analysis.reference.spelling import fold_words
from analysis.reference.unknown import UnknownName, nearest_meanings

NATION = "VN"
FRAMES = ("63", "34")
_RANKS = (["ubnd"], ["uy", "ban", "nhan", "dan"], ["tinh"], ["t", "p"], ["thanh", "pho"], ["tp"])


@dataclass(frozen=True)
class Province:
    """A province of the 63-unit map and its successor on the map of July 2025; tiles are grid cells."""

    code: str
    iso_code: str
    name_vi: str
    name_en: str
    kind: str
    region_vi: str
    region_en: str
    successor_code: str
    successor_vi: str
    tile_row: int
    tile_col: int

    @property
    def slug(self) -> str:
        """The name for files and addresses: ASCII, lower case, hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", self.name_en.lower()).strip("-")


class UnknownProvince(UnknownName):
    """A name that is no province's; its suggestions are names of provinces."""

    verdict = "is not one of the 63 provinces"


@cache
def provinces() -> tuple[Province, ...]:
    """Return the 63 provinces in the order of their GSO codes."""
    return tuple(
        Province(**{**row, "tile_row": int(row["tile_row"]), "tile_col": int(row["tile_col"])})  # type: ignore[arg-type]
        for row in _rows("provinces.csv")
    )


# The whole country where a place is asked for: it has a page of its own beside the provinces' briefs.
NATION_PLACE = Province(
    NATION, NATION, "Cả nước", "Viet Nam", "nation", "Cả nước", "Viet Nam", NATION, "Cả nước", -1, -1
)


def is_nation(name: str) -> bool:
    """Tell whether a name means the whole country."""
    return fold(name) in ("canuoc", "vietnam", "vn", "toanquoc")


@cache
def by_code() -> dict[str, Province]:
    """Return the 63 provinces by GSO code."""
    return {province.code: province for province in provinces()}


@cache
def successors() -> dict[str, str]:
    """Return the names of the 34 units of July 2025 by their code."""
    return {province.successor_code: province.successor_vi for province in provinces()}


@cache
def unit_tiles() -> dict[str, tuple[int, int]]:
    """Return row and column of each of the 34 units on their tile map, by code."""
    return {row["code"]: (int(row["tile_row"]), int(row["tile_col"])) for row in _rows("units.csv")}


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """Return the other names of the 63 provinces, such as Sài Gòn, by code."""
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("aliases.csv"):
        found[row["code"]] = (*found.get(row["code"], ()), row["alias"])
    return found


def fold(name: str) -> str:
    """Reduce a name to what all its spellings share: ASCII letters and digits, lower case.

    Folding drops tone and vowel marks, the prefix of rank (tỉnh, thành phố, UBND), punctuation and case, so
    NFC and NFD, Hòa and Hoà, Ð and Đ meet. No two of the 63 names fold to the same text; a test holds that.
    """
    words = fold_words(name)
    for prefix in _RANKS:
        if words[: len(prefix)] == prefix and len(words) > len(prefix):
            words = words[len(prefix) :]
    if len(words) > 1 and words[-1] in ("province", "city"):
        words = words[:-1]
    return "".join(words)


def find_province(name: str) -> Province:
    """Return the province that a spelling, a GSO code or an ISO code means on the 63-unit map.

    Raises:
        UnknownProvince: no exact match after folding; carries the nearest spellings as a hint.
    """
    province = province_named(name)
    if province is not None:
        return province
    near = nearest_meanings(fold(name), spellings(), cutoff=0.7)
    raise UnknownProvince(name, [by_code()[code].name_vi for code in near])


def province_named(name: str) -> Province | None:
    """Return what `find_province` does, None for a name that is none: without looking for those near to it."""
    found = spellings().get(fold(name))
    return by_code()[found] if found is not None else None


@cache
def spellings() -> dict[str, str]:
    """Return every folded spelling with its code: official names, codes, and the aliases of aliases.csv."""
    table: dict[str, str] = {}
    for province in provinces():
        for text in (province.name_vi, province.name_en, province.code, province.iso_code):
            table[fold(text)] = province.code
    for row in _rows("aliases.csv"):
        table[fold(row["alias"])] = row["code"]
    return table


def _rows(name: str) -> list[dict[str, str]]:
    text = resources.files("analysis.reference").joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def name_of(code: str, frame: str) -> str:
    """Return the Vietnamese name of a province by its code on a map."""
    return by_code()[code].name_vi if frame == "63" else successors()[code]

"""Whose row it is: a province on one of the two maps, the nation, a region, a total, or a unit below."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from analysis.cleaning.words.edition_marks import without_correction
from analysis.reference.provinces import (
    NATION,
    by_code,
    fold,
    province_named,
    provinces,
    spellings,
    successors,
)
from analysis.reference.spelling import fold_text
from analysis.reference.vocabulary import Words, without_first, words

PLACE, TOTAL, AVERAGE, STATISTIC, REGION, BELOW, UNKNOWN, BLANK, LEFT_OUT = (
    "place",
    "total",
    "average",
    "statistic",
    "region",
    "below",
    "unknown",
    "blank",
    "left_out",
)
# What a layout says of names and heads whose figures are left out.
SKIP = "skip"

_FORMER = re.compile(r"(?P<new>[^()]+?)\s*\((?P<old>[^()]+)\)")
_FORMER_WORDS = re.compile(
    r"\b(?:cũ|trước đây|trước sáp nhập|gồm|hợp nhất|sáp nhập|nhập|từ|tỉnh|thành phố|tp\.?)\b\.?|:",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;+&]|\bvà\b)\s*", re.IGNORECASE)
_REGIONS = Words(
    tuple({name for province in provinces() for name in (province.region_vi, province.region_en)})
    + words("places", "regions").texts
)
_ORDINAL = re.compile(r"^\s*(?:[IVX]{1,5}|\d{1,3}|[A-Za-z])\s*[.)\-:/]\s+|^\s*\d{1,2}\.\s*(?=[^\W\d])")
# No name is longer; patterns need not walk over more.
_LONGEST = 200
_WHOLE = re.compile(
    r"(?:(?:tong cong|tong so|tong|chung) )?toan (?:tinh|thanh pho)(?: [a-h]| [ivx]{1,4}| \d)*"
)
_HALVES = re.compile(r"\s+[-–/|]\s+|\n")
_MARK = re.compile(r"\s*(?:\(\s*(?:\d{1,2}|\*+)\s*\)|[¹²³*]+)\s*$")
_CITY = re.compile(r"(ubnd )?(thanh pho|tp|t p) .+")


@dataclass(frozen=True)
class Place:
    """What a label in the name column stands for; codes are empty on a map that lacks the unit."""

    kind: str
    code_63: str = ""
    code_34: str = ""

    @property
    def only_old(self) -> bool:
        """Tell whether the unit exists on the map of 63 and no longer on that of 34."""
        return bool(self.code_63) and not self.code_34

    @property
    def only_new(self) -> bool:
        """Tell whether the label names a unit that only the map of 34 has."""
        return bool(self.code_34) and not self.code_63

    @property
    def before_merger(self) -> str:
        """The code on the map of 63 of a unit that both maps have alike, else empty."""
        return self.code_63 if self.code_63 == NATION or len(_merged_into(self.code_34)) == 1 else ""


@lru_cache(maxsize=65_536)
def read_place(label: str) -> Place:
    """Return what a label stands for; names by exact alias after folding, never by likeness."""
    label = without_correction(label[:_LONGEST])
    found = _read_one(" ".join(label.split())[:_LONGEST])
    if found.kind == PLACE or "(" not in label:
        return found if found.kind != UNKNOWN else _read_twice(label[:_LONGEST])
    return _read_merged(" ".join(label.split())[:_LONGEST]) or (
        found if found.kind != UNKNOWN else _read_twice(label[:_LONGEST])
    )


def _read_merged(label: str) -> Place | None:
    """Return the unit of the map of 34 whose former provinces stand in brackets: Gia Lai (Bình Định, Gia Lai)."""
    found = _FORMER.fullmatch(_ORDINAL.sub("", label, count=1).strip(" .*"))
    code = _names_34().get(fold(found["new"]), "") if found else ""
    if found is None or not code:
        return None
    former = [_FORMER_WORDS.sub(" ", name).strip() for name in _BETWEEN_NAMES.split(found["old"])]
    # Bà Rịa - Vũng Tàu is one name; Bắc Giang - Bắc Ninh are two.
    names = [part for name in former for part in ([name] if _spelt(name) else re.split(r"\s[-–]\s", name))]
    codes = {_spelt(name) for name in names if name}
    merged = _merged_into(code)
    if not codes or not codes <= merged:
        return None
    unchanged = next(iter(merged)) if len(merged) == 1 else ""
    # “Bắc Ninh (cũ)” and “Bắc Ninh (Bắc Ninh)” do not say on which map they are.
    return Place(PLACE, unchanged, code) if unchanged or codes - {_spelt(found["new"])} else None


def _merged_into(code: str) -> set[str]:
    """Return the codes of the provinces that a unit of the map of 34 was made of."""
    return {province.code for province in provinces() if province.successor_code == code}


def _spelt(name: str) -> str:
    return spellings().get(fold(name), "")


def _read_twice(label: str) -> Place:
    """Return what both halves of a bilingual label stand for: CẢ NƯỚC - WHOLE COUNTRY."""
    halves = [" ".join(half.split()) for half in _HALVES.split(label.strip())]
    if len(halves) != 2:
        return Place(UNKNOWN)
    first, second = map(_read_one, halves)
    return first if first == second and first.kind not in (BELOW, BLANK) else Place(UNKNOWN)


def _read_one(label: str) -> Place:
    if not label:
        return Place(BLANK)
    bare = _ORDINAL.sub("", label, count=1)
    bare = _MARK.sub("", bare).strip(" .:;-–*")
    if bare in words("places", "nation"):
        return Place(PLACE, NATION, NATION)
    for kind, starts in ((AVERAGE, "average_starts"), (STATISTIC, "statistic_starts")):
        if words("places", starts).starts(bare):
            return Place(kind)
    if _is_total(bare):
        return Place(TOTAL)
    if _is_region(bare):
        return Place(REGION)
    return _read_province(bare, fold_text(bare))


def _is_total(bare: str) -> bool:
    if words("places", "no_total_starts").starts(bare):
        return False
    return (
        words("places", "total_starts").starts(bare)
        or words("places", "total_ends").ends(bare)
        or bare in words("places", "groups")
    )


def _is_region(bare: str) -> bool:
    """Tell a region, or several at once, “Duyên hải Nam Trung Bộ và Tây Nguyên”, from a province."""
    starts = words("places", "region_starts")
    if bare in _REGIONS or (starts.starts(bare) and bare not in starts):
        return True
    parts = _BETWEEN_NAMES.split(bare)
    return len(parts) > 1 and all(part in _REGIONS for part in parts)


def _read_province(bare: str, folded: str) -> Place:
    if not any(c.isalpha() for c in bare):
        return Place(UNKNOWN)
    code_34 = _names_34().get(fold(bare), "")
    province = province_named(bare)
    if province is None:
        return Place(BELOW if _is_below(bare, folded) else UNKNOWN)
    if _CITY.fullmatch(folded) and province.kind != "municipality" and province.code != "46":
        return Place(BELOW)
    return Place(PLACE, province.code, code_34)


def _is_below(bare: str, folded: str) -> bool:
    """Tell a department, district, ward or district town from a misspelt municipality."""
    if _CITY.fullmatch(folded):
        cities = [fold(province.name_vi) for province in provinces() if province.kind == "municipality"]
        return not difflib.get_close_matches(fold(bare), cities, n=1, cutoff=0.7)
    known, before = words("places", "below_starts"), words("places", "before_units")
    rest = bare
    for _ in range(4):
        if (taken := known.longest_start(rest)) and (taken > 1 or len(rest.split()) > 1):
            return True
        if not (skip := before.longest_start(rest)):
            break
        rest = without_first(rest, skip)
    return bare in words("places", "below")


@cache
def _names_34() -> dict[str, str]:
    """Every folded spelling of a unit of the 34-unit map to its code there."""
    table = {fold(name): code for code, name in successors().items()}
    for spelling, province in _spellings_63().items():
        for code, name in successors().items():
            if name == province or (name == "Huế" and province == "Thừa Thiên Huế"):
                table[spelling] = code
    return table


@cache
def _spellings_63() -> dict[str, str]:
    return {
        spelling: by_code()[code].name_vi for spelling, code in spellings().items() if not spelling.isdigit()
    }


def reading_names(names: Mapping[str, str], read_label: Callable[[str], Place]) -> Callable[[str], Place]:
    """Return a reader of labels that knows what a layout says of names; `names` are folded."""

    def read(label: str) -> Place:
        name = names.get(fold_text(label), "")
        return Place(LEFT_OUT) if name == SKIP else read_place(name) if name else read_label(label)

    return read if names else read_label


def is_whole(label: str) -> bool:
    """Tell whether a label stands for all of a province."""
    return bool(_WHOLE.fullmatch(fold_text(label)))


def reading_units(
    province: str, code: str, has_whole: bool, read_label: Callable[[str], Place] = read_place
) -> Callable[[str], Place]:
    """Return a reader of labels for which “Toàn tỉnh” is the province and other names are its units.

    A unit called like another province is not known for one; nor is one called like the province itself, where
    no row is the whole.
    """

    def read(label: str) -> Place:
        if is_whole(label):
            return read_place(province)
        place = read_label(label)
        if place.kind == UNKNOWN and any(c.isalpha() for c in label):
            return Place(BELOW)
        if place.kind != PLACE or place.code_63 == NATION:
            return place
        if place.code_63 != code:
            return Place(UNKNOWN)
        if fold_text(label).startswith(("tinh ", "ubnd tinh ")):
            return place
        return Place(BELOW) if has_whole else Place(UNKNOWN)

    return read


@lru_cache(maxsize=4096)
def read_code(text: str) -> Place:
    """Return the province of a GSO or ISO code written as text or as a number ("4" is 04)."""
    bare = text.strip().upper()
    if bare == NATION:
        return Place(PLACE, NATION, NATION)
    if bare.isdigit() and len(bare) <= 2:
        code = bare.zfill(2)
        old = code if code in by_code() else ""
        new = code if code in successors() else ""
        return Place(PLACE, old, new) if old or new else Place(UNKNOWN)
    for province in provinces():
        if province.iso_code == bare:
            return Place(PLACE, province.code, _names_34().get(fold(province.name_vi), ""))
    return Place(UNKNOWN)


def says_nation(label: str) -> bool:
    """Tell whether a label names the whole country among other words, as “Bình quân chung cả nước” does."""
    return bool(re.search(r"\b(ca nuoc|toan quoc|whole country|national)\b", fold_text(label[:_LONGEST])))


def suggest(label: str) -> list[str]:
    """Return up to three province names spelt like a label: hints for a person, never used as a match."""
    if says_nation(label):
        return ["Cả nước"]
    names = {fold(province.name_vi): province.name_vi for province in provinces()}
    near = difflib.get_close_matches(fold(_ORDINAL.sub("", label[:200], count=1)), names, n=3, cutoff=0.6)
    return [names[spelling] for spelling in near]

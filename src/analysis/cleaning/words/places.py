"""Whose row it is: a province on one of the two maps, the nation, a region, a total, or a unit below."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from analysis.cleaning.words.corrected import without_correction
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

_NATION = {
    "viet nam", "ca nuoc", "toan quoc", "vn", "whole country", "viet nam vn", "country", "national",
    "chung ca nuoc", "tinh chung ca nuoc", "chung toan quoc", "tinh chung toan quoc",
}  # fmt: skip
# “Tổng cục Thuế”, “Tổng công ty Điện lực” and “Công an tỉnh” are offices, no sums.
_TOTAL = re.compile(
    r"(?!tong (cuc|cong ty|lanh su)\b|cong (an|ty|thuong|doan|vien|chuc)\b)"
    r"((tong|grand total|tong cong|tong so|cong|tong chung|total|sum|cong chung|tong toan tinh|toan tinh)( .*)?|"
    r".* (total|subtotal|tong cong))"
)
_GROUP = re.compile(
    r"(khoi( cac)?|cac) (dia phuong|tinh|tinh thanh pho)( truc thuoc trung uong)?|"
    r"(dia phuong|tinh|tinh thanh pho) truc thuoc trung uong|"
    r"((tinh )?chung )?(toan|ca) (vung|khoi|cum|khu vuc|mien)( thi dua)?( .*)?|(tinh )?chung (vung|khoi|cum)( .*)?"
)
_FORMER = re.compile(r"(?P<new>[^()]+?)\s*\((?P<old>[^()]+)\)")
_FORMER_WORDS = re.compile(
    r"\b(?:cũ|trước đây|trước sáp nhập|gồm|hợp nhất|sáp nhập|nhập|từ|tỉnh|thành phố|tp\.?)\b\.?|:",
    re.IGNORECASE,
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;+&]|\bvà\b)\s*", re.IGNORECASE)
_AVERAGE = re.compile(
    r"(?:(?:so|muc|gia tri|diem|ty le) )?(?:trung binh|binh quan|tb|bq|trung vi|mean|average|median)(?: .*)?"
)
_STATISTIC = re.compile(
    r"(?:do lech chuan|phuong sai|std(?: dev)?|standard deviation|variance|(?:diem |gia tri |muc )?(?:toi da|toi thieu|"
    r"lon nhat|nho nhat|cao nhat|thap nhat)|max(?:imum)?|min(?:imum)?)(?: .*)?"
)
_REGIONS = {
    fold_text(name) for province in provinces() for name in (province.region_vi, province.region_en)
} | {
    "mien bac", "mien trung", "mien nam", "trung du va mien nui", "bac trung bo", "duyen hai mien trung",
    "duyen hai nam trung bo", "nam trung bo", "tay bac", "dong bac", "tay nam bo",
    "northern midlands and mountain areas", "north central and central coastal areas", "south east",
    "north central and south central coast", "northern midland and mountainous areas",
}  # fmt: skip
_REGION = re.compile(r"(vung|khu vuc|mien|region) .+")
_ORDINAL = re.compile(r"^\s*(?:[IVX]{1,5}|\d{1,3}|[A-Za-z])\s*[.)\-:/]\s+|^\s*\d{1,2}\.\s*(?=[^\W\d])")
# No name is longer; patterns need not walk over more.
_LONGEST = 200
_HALVES = re.compile(r"\s+[-–/|]\s+|\n")
_MARK = re.compile(r"\s*(?:\(\s*(?:\d{1,2}|\*+)\s*\)|[¹²³*]+)\s*$")
_BELOW = re.compile(
    r"(ubnd |uy ban nhan dan |khoi |cac ){0,3}"
    r"(so|ban|chi cuc|cuc|thanh tra|van phong|trung tam|huyen|quan|thi xa|thi tran|xa|phuong|"
    r"cong an|truong|benh vien|chi nhanh|phong|vien|bo|tong cuc|dac khu|tp thuoc|bhxh|bao hiem|kho bac|"
    r"ngan hang|uy ban(?! nhan dan)|dai (?:truyen hinh|tieng noi|phat thanh)|thong tan xa|hoc vien|kiem toan|"
    r"toa an|tap doan|tong cong ty|cong ty|co quan|bql|vp|ttyt|cong doan|khu (?:kinh te|cong nghiep|cong nghe)|"
    r"district|department|ward|commune|ministry) .+|nhnn|vpcp|ttcp|ubdt|ttxvn|vov|vtv|evn|"
    r"cap (?:tinh|huyen|xa|so|bo|trung uong|co so|quan|phuong|thanh pho)\b.*"
)
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
    folded = fold_text(bare)
    if folded in _NATION:
        return Place(PLACE, NATION, NATION)
    if _AVERAGE.fullmatch(folded):
        return Place(AVERAGE)
    if _STATISTIC.fullmatch(folded):
        return Place(STATISTIC)
    if _TOTAL.fullmatch(folded) or _GROUP.fullmatch(folded):
        return Place(TOTAL)
    if _is_region(bare, folded):
        return Place(REGION)
    return _read_province(bare, folded)


def _is_region(bare: str, folded: str) -> bool:
    """Tell a region, or several at once, “Duyên hải Nam Trung Bộ và Tây Nguyên”, from a province."""
    if folded in _REGIONS or _REGION.fullmatch(folded):
        return True
    parts = [fold_text(part) for part in _BETWEEN_NAMES.split(bare)]
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
    # Without their tone marks “Số lượng” (number of) and “So sánh” (compare) begin like “Sở Tài chính” (department).
    if folded.startswith("so ") and not bare.isascii():
        return unicodedata.normalize("NFC", bare).lower().startswith("sở ")
    return bool(_BELOW.fullmatch(folded))


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

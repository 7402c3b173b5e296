"""Which indicator of the codebook a head, a title or a cell names, among words that say nothing of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from analysis.cleaning.words.headtexts import shorten, without_unit
from analysis.reference.abbreviations import fold_name, join_names
from analysis.reference.indicators import Indicator, by_code, spelt_names
from analysis.reference.spelling import fold_text

_GENERIC = {
    "", "ty le", "ti le", "ty le phan tram", "ti le phan tram", "gia tri", "value", "so lieu", "ket qua", "thuc hien",
    "ket qua thuc hien", "phan tram", "percent", "percentage", "outcome", "ty le dat", "ty le dat duoc", "so luong",
    "kq", "luy ke", "thuc hien luy ke", "trong ky", "score", "diem", "diem so", "dat",
    "chung", "tong chung", "toan tinh", "values", "column labels",
}  # fmt: skip
_FILLERS = {
    "ket", "qua", "thuc", "hien", "so", "lieu", "luy", "ke", "trong", "ky", "bao", "cao", "cua", "tinh",
    "den", "the", "of", "in", "dat", "duoc", "nam", "cac", "dia", "phuong", "ty", "le", "and", "ngay", "het", "thoi",
    "diem", "gia", "tri", "bo", "prel", "uoc", "est", "cong", "ca",
}  # fmt: skip
# “Tháng 12/2022 gấp bao nhiêu lần cùng kỳ năm trước”, without its period.
_MULTIPLE = re.compile(
    r"(?:tang )?(?:gap|so lan)(?: (?:bao nhieu|may))?(?: lan)?(?: so)?(?: voi)? cung ky"
    r"(?: nam (?:truoc|ngoai))?(?: lan)?"
)
# What a name of figures begins with.
_COUNTING = re.compile(r"(tong so|so|ty le) (?=\w)")
# Words of group heads that leave the meaning of the head below them as it is.
_GROUP_WORDS = _FILLERS | {
    "ho", "so", "tiep", "nhan", "dich", "vu", "cong", "thu", "tuc", "hanh", "chinh", "tthc", "tinh", "hinh", "tong",
    "cac", "luong", "ve", "hoso",
}  # fmt: skip


def indicator_of_cell(text: str, words: Mapping[str, str] = MappingProxyType({})) -> Indicator | None:
    """Return the indicator that a cell of an indicator column names, exactly; `words` are those of a layout."""
    text = shorten(text)
    code = (
        words.get(fold_text(text))
        or spelt_names().get(fold_name(text))
        or spelt_names().get(fold_name(without_unit(text)))
    )
    return by_code().get(code) if code else None


def name_inside(text: str) -> Indicator | None:
    """Return the one indicator whose name stands in a text; a name inside a longer one does not count."""
    folded = f" {fold_name(without_unit(text))} "
    inside = [name for name in spelt_names() if len(name) > 7 and f" {name} " in folded]
    # “Hồ sơ DVCTT toàn trình” are no “DVCTT toàn trình”.
    inside = [name for name in inside if f" hoso {name} " not in folded]
    longest = [n for n in inside if not any(n != m and f" {n} " in f" {m} " for m in inside)]
    codes = {spelt_names()[name] for name in longest}
    return by_code()[codes.pop()] if len(codes) == 1 else None


def is_indicator(piece: str) -> bool:
    """Tell whether a text is the name of an indicator, with or without its unit."""
    return fold_name(piece) in spelt_names() or fold_name(without_unit(piece)) in spelt_names()


def is_generic(rest: str) -> bool:
    """Tell whether a head says no more than that figures stand below it."""
    words = fold_text(rest)
    return words in _GENERIC or all(word in _FILLERS for word in words.split())


def indicator_of_heads(rests: list[str], general: Indicator | None = None) -> Indicator | None:
    """Return the indicator that the pieces of a header spell: joined, reversed, or one of them among fillers.

    The name of a count above or below “Tỷ lệ” is that of no count. A multiple of a year earlier is one of the
    indicator that the other pieces name, else of the `general` one of the table.
    """
    others = [rest for rest in rests if not _MULTIPLE.fullmatch(fold_text(rest))]
    if len(others) < len(rests):
        base = _spelt(others) if others else general
        return by_code().get(f"{base.code}_ratio_vs_year_earlier") if base else None
    found = _spelt(rests)
    shares = any(fold_name(rest).split()[:2] == ["ty", "le"] for rest in rests)
    return None if found is not None and found.unit == "count" and shares else found


def _spelt(rests: list[str]) -> Indicator | None:
    folded = [text for rest in rests if (text := fold_name(rest).removeprefix("trong do").strip())]
    # Above “Nộp trực tuyến | Số hồ sơ” the head “Tiếp nhận trong kỳ” adds nothing.
    telling = folded[-2:] if all(set(text.split()) <= _GROUP_WORDS for text in folded[:-2]) else folded
    within = _within(*telling) if len(telling) == 2 else ""
    for joined in (" ".join(folded), " ".join(reversed(folded)), " ".join(telling), within):
        if joined in spelt_names():
            return by_code()[spelt_names()[joined]]
    exact = [text for text in folded if text in spelt_names()]
    # Above “Tổng số DVCTT” the head “Dịch vụ công trực tuyến” adds nothing.
    said = _GROUP_WORDS.union(*(text.split() for text in exact))
    others = [text for text in folded if text not in spelt_names()]
    if len(codes := {spelt_names()[text] for text in exact}) == 1 and all(
        is_generic(text) or said.issuperset(text.split()) for text in others
    ):
        return by_code()[codes.pop()]
    inside = {found.code for text in folded if (found := _among_fillers(text))}
    if len(inside) == 1 and all(is_generic(text) or _among_fillers(text) for text in folded):
        return by_code()[inside.pop()]
    return None


def _within(group: str, name: str) -> str:
    """Return the name of a column below a group's: “Tổng số tiếp nhận” of “Hồ sơ” is “Tổng số hồ sơ tiếp nhận”."""
    found = _COUNTING.match(name)
    return join_names(found[1], group, name[found.end() :]) if found else ""


def count_of_heads(group: str, head: str) -> Indicator | None:
    """Return the count that a head names together with that of its group, “số” said or not, else nothing."""
    above, name = (fold_name(without_unit(text)).removeprefix("trong do ") for text in (group, head))
    for written in (name, f"so {name}", _within(above, name), f"{above} {name}", f"so {above} {name}"):
        line = by_code().get(spelt_names().get(join_names(written), ""))
        if line is not None and line.unit == "count":
            return line
    return None


def _among_fillers(folded: str) -> Indicator | None:
    found = name_inside(folded)
    if found is None:
        return None
    for name, code in spelt_names().items():
        if code == found.code and f" {name} " in f" {folded} ":
            rest = f" {folded} ".replace(f" {name} ", " ", 1).split()
            if all(word in _FILLERS for word in rest):
                return found
    return None

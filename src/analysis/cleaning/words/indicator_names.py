"""Which indicator of the codebook a head, a title or a cell names, among words that say nothing of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from analysis.cleaning.words.headtexts import names_percent, shorten, without_unit
from analysis.reference.abbreviations import fold_name, join_names
from analysis.reference.indicators import Indicator, by_code, spelt_names
from analysis.reference.spelling import fold_text, fold_words
from analysis.reference.vocabulary import has_marks, marked, words

# “Tháng 12/2022 gấp bao nhiêu lần cùng kỳ năm trước”, without its period.
_MULTIPLE = re.compile(
    r"(?:tang )?(?:gap|so lan)(?: (?:bao nhieu|may))?(?: lan)?(?: so)?(?: voi)? cung ky"
    r"(?: nam (?:truoc|ngoai))?(?: lan)?"
)
# What a name of figures begins with.
_COUNTING = re.compile(r"(tong so|tong|so|ty le) (?=\w)")
# A name of so few words is compared with its marks: “Sơ bộ” (preliminary) is no “Số bò” (cows).
_SHORT, _MOST_WORDS = 3, 25


def indicator_of_cell(text: str, said: Mapping[str, str] = MappingProxyType({})) -> Indicator | None:
    """Return the indicator that a cell of an indicator column names, exactly; `said` are the words of a layout."""
    text = shorten(text)
    code = said.get(fold_text(text)) or code_named(text) or code_named(without_unit(text))
    return by_code().get(code) if code else None


def code_named(text: str) -> str:
    """Return the code whose name a whole text is, else nothing."""
    code = spelt_names().get(fold_name(text), "")
    return code if code and _same_marks(text, code) else ""


def _same_marks(text: str, code: str) -> bool:
    if not has_marks(text) or len(text.split()) > _SHORT:
        return True
    folded = fold_text(text)
    alike = [name for _, name in by_code()[code].names if fold_text(name) == folded and has_marks(name)]
    return not alike or marked(text) in map(marked, alike)


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
    return bool(code_named(piece) or code_named(without_unit(piece)))


def is_generic(rest: str) -> bool:
    """Tell whether a head says no more than that figures stand below it; “Số bò” and “Cá” say more."""
    if not fold_text(rest) or rest in words("names_of_figures", "generic"):
        return True
    return all(_is_filler(word, has_marks(rest)) for word in _words_of(rest))


def _words_of(text: str) -> list[str]:
    return marked(text).split() if has_marks(text) else fold_words(text)


def _is_filler(word: str, in_marked: bool, *lists: str) -> bool:
    """Tell whether a word, as `_words_of` gives it, says nothing; typed without marks some words may be others."""
    known = words("names_of_figures", "fillers", *lists)
    if in_marked:
        return word in known.with_marks
    return word in known and word not in words("names_of_figures", "fillers_only_marked")


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


def _spelt(rests: Sequence[str]) -> Indicator | None:
    pieces = [(rest, text) for rest in rests if (text := fold_name(rest).removeprefix("trong do").strip())]
    folded = [text for _, text in pieces]
    # Above “Nộp trực tuyến | Số hồ sơ” the head “Tiếp nhận trong kỳ” adds nothing.
    telling = folded[-2:] if all(_adds_nothing(rest, set()) for rest, _ in pieces[:-2]) else folded
    within = _within(*telling) if len(telling) == 2 else ""
    for joined in (join_names(*folded), join_names(*reversed(folded)), join_names(*telling), within):
        if joined in spelt_names() and (
            len(folded) > 1 or code_named(re.sub(r"^trong đó\W*", "", pieces[0][0], flags=re.I))
        ):
            return by_code()[spelt_names()[joined]]
    exact = [text for text in folded if text in spelt_names()]
    # Above “Tổng số DVCTT” the head “Dịch vụ công trực tuyến” adds nothing.
    said = {word for text in exact for word in text.split()}
    others = [rest for rest, text in pieces if text not in spelt_names()]
    codes = {spelt_names()[text] for text in exact}
    if len(codes) == 1 and all(is_generic(rest) or _adds_nothing(rest, said) for rest in others):
        return by_code()[codes.pop()]
    inside = {found.code for rest, _ in pieces if (found := _among_fillers(rest))}
    if len(inside) == 1 and all(is_generic(rest) or _among_fillers(rest) for rest, _ in pieces):
        return by_code()[inside.pop()]
    return None


def _adds_nothing(rest: str, said: set[str]) -> bool:
    """Tell whether a group's head has only words that its heads below, or any group of dossiers or services, say."""
    if has_marks(rest):
        own = zip(marked(rest).split(), fold_words(rest), strict=False)
        return all(_is_filler(word, True, "group_words") or folded in said for word, folded in own) or set(
            fold_name(rest).split()
        ) <= said | {"hoso"}
    return all(_is_filler(word, False, "group_words") or word in said for word in fold_name(rest).split())


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


def _among_fillers(rest: str) -> Indicator | None:
    """Return the indicator whose name stands in a text beside words that say nothing."""
    found, own, folded = name_inside(rest), _words_of(rest), fold_words(rest)
    if found is None or len(own) != len(folded) or len(own) > _MOST_WORDS:
        return None
    is_marked = has_marks(rest)
    for first in range(len(own)):
        for last in range(len(own), first, -1):
            if spelt_names().get(fold_name(" ".join(folded[first:last]))) == found.code:
                others = own[:first] + own[last:]
                if all(_is_filler(word, is_marked) for word in others):
                    return found
    return None


_PERCENT_BEFORE = re.compile(r"^\s*%\s*(?=\w)")
_PERCENT_BEHIND = re.compile(r"\s*(?:\(\s*%\s*\)|%)\s*$")
_NUMBER_OF = re.compile(r"^(?:so )(?=hoso|dich vu|thu tuc)")


def with_shares_named(path: list[str]) -> list[str]:
    """Return the heads of a column, one whose per cent sign says what “tỷ lệ” would as the name of that share.

    “Hồ sơ trực tuyến (%)” and “Số hồ sơ trực tuyến/Tổng số hồ sơ (%)” are “Tỷ lệ hồ sơ xử lý trực tuyến (%)”; below
    “Tỷ lệ tiếp nhận” the first is the rest of that name.
    """
    if any(fold_name(head).startswith("ty le") for head in path):
        return path
    return [_with_share_named(head) if names_percent(head) else head for head in path]


def _with_share_named(head: str) -> str:
    bare = _PERCENT_BEHIND.sub("", _PERCENT_BEFORE.sub("", head))
    share = _share_named(bare) or _share_of_counts(*bare.split("/")) if bare != head else None
    return f"{share.name_vi} (%)" if share else head


def _share_named(bare: str) -> Indicator | None:
    """Return the share that “tỷ lệ” before a text names."""
    share = by_code().get(spelt_names().get(f"ty le {_NUMBER_OF.sub('', fold_name(bare))}", ""))
    return share if share is not None and share.unit == "percent" else None


def _share_of_counts(*parts: str) -> Indicator | None:
    """Return the share that the codebook makes of two counts and names after the first."""
    codes = tuple(spelt_names().get(fold_name(part), "") for part in parts)
    share = _share_named(parts[0])
    made_of = (share.numerator_code, share.denominator_code) if share else None
    return share if codes == made_of else None

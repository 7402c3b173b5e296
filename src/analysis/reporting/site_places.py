"""The places of the two maps: where their tiles lie, how short their names are, how they are found, their briefs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.reference.alphabet import sort_key
from analysis.reference.provinces import Province, aliases, provinces, successors, unit_tiles
from analysis.reference.spelling import fold_text
from analysis.reporting.edition import RESULTS
from analysis.reporting.site_data import MadeBrief, SiteData

_ONSET = re.compile(r"(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|.)", re.IGNORECASE)
_SYLLABLE = re.compile(r"\w+")


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Return each name with the initials of its syllables, longer only where two would be alike.

    Thái Nguyên becomes ThNg; Đà Nẵng, Đắk Nông and Đồng Nai become ĐNẵ, ĐNô and ĐNa. Names with the same
    last syllable (Hà Giang, Hậu Giang) differ in their first.
    """
    syllables = {name: _SYLLABLE.findall(name) for name in names}
    lengths = {name: [len(_onset(part)) for part in parts] for name, parts in syllables.items()}
    while True:
        short = {name: _cut(parts, lengths[name]) for name, parts in syllables.items()}
        alike = [name for name, text in short.items() if Counter(short.values())[text] > 1]
        if not alike:
            return short
        for name in alike:
            last = {syllables[other][-1] for other in alike if short[other] == short[name]}
            # One letter more of the last syllable, or of the first where they all end alike.
            lengths[name][0 if len(last) == 1 else -1] += 1


def _onset(syllable: str) -> str:
    match = _ONSET.match(syllable)
    # "Gi" and "Qu" are one sound before a vowel, but read as initials G and Q do.
    return match[0][0] if match and match[0].lower() in ("gi", "qu") else match[0] if match else syllable


def _cut(parts: list[str], lengths: list[int]) -> str:
    return "".join(part[:length] for part, length in zip(parts, lengths, strict=True))


KINDS = {"html": "HTML", "pdf": "PDF"}


@dataclass(frozen=True)
class Link:
    """A file of a brief: its address from the page, its kind, and its language where it is not the page's."""

    href: str
    kind: str
    language: str = ""


@dataclass(frozen=True)
class SitePlace:
    """A province of either map.

    `find` are folded names by which it is searched; `kin` are, of a province of the 63, the unit it is now part of and,
    of a unit of the 34, the provinces it was formed from, as codes on the other map. `outdated` is the key of the text
    that tells that the brief is older than the data; else empty.
    """

    code: str
    frame: str
    name: str
    short: str
    row: int
    col: int
    find: tuple[str, ...]
    kin: tuple[str, ...]
    files: tuple[Link, ...] = ()
    headline: str = ""
    headline_language: str = ""
    outdated: str = ""

    @property
    def brief(self) -> Link | None:
        """Return the page of its brief; None where none has been made."""
        return next((link for link in self.files if link.kind == KINDS["html"]), None)


def list_places(
    data: SiteData, briefs: Mapping[str, MadeBrief], language: str
) -> tuple[list[SitePlace], list[SitePlace]]:
    """Return the 63 provinces and the 34 units, each in the order of the Vietnamese alphabet."""
    ordered = sorted(provinces(), key=lambda province: sort_key(province.name_vi))
    short = short_names(province.name_vi for province in ordered)
    old = [
        _province(place, short[place.name_vi], briefs.get(place.code), data, language) for place in ordered
    ]
    names = successors()
    short = short_names(names.values())
    new = [_unit(code, short[names[code]]) for code in sorted(names, key=lambda code: sort_key(names[code]))]
    return old, new


def link_files(brief: MadeBrief, language: str) -> tuple[Link, ...]:
    """List a brief's files in the page's language, or in the other one where it was made in that one only."""
    chosen = language_of(brief, language)
    named = chosen if chosen != language else ""
    kinds = [kind for kind in KINDS if f"brief.{chosen}.{kind}" in brief.files]
    links = [Link(f"{brief.folder.name}/brief.{chosen}.{kind}", KINDS[kind], named) for kind in kinds]
    return (*links, Link(f"{brief.folder.name}/{RESULTS}", RESULTS))


def language_of(brief: MadeBrief | None, language: str) -> str:
    """Return the page's language, or the one in which the brief was made where that is another."""
    return brief.languages[0] if brief and language not in brief.languages else language


def _province(
    place: Province, short: str, brief: MadeBrief | None, data: SiteData, language: str
) -> SitePlace:
    chosen = language_of(brief, language)
    return SitePlace(
        code=place.code,
        frame="63",
        name=place.name_vi,
        short=short,
        row=place.tile_row,
        col=place.tile_col,
        find=_words(_names(place), place.successor_vi),
        kin=(place.successor_code,),
        files=link_files(brief, language) if brief else (),
        headline=brief.headline[chosen] if brief else "",
        headline_language=chosen,
        outdated="stale" if brief and place.code in data.stale else "",
    )


def _unit(code: str, short: str) -> SitePlace:
    parts = [place for place in provinces() if place.successor_code == code]
    # The part that keeps the name stands first, the others as the alphabet has them.
    parts.sort(key=lambda place: (place.name_vi != successors()[code], sort_key(place.name_vi)))
    row, col = unit_tiles()[code]
    return SitePlace(
        code=code,
        frame="34",
        name=successors()[code],
        short=short,
        row=row,
        col=col,
        find=_words([name for place in parts for name in _names(place)], successors()[code]),
        kin=tuple(place.code for place in parts),
    )


def _names(place: Province) -> list[str]:
    return [place.name_vi, place.name_en, *aliases().get(place.code, ())]


def _words(names: list[str], other: str) -> tuple[str, ...]:
    """Return the folded names, that of the other map, and the initials of its own: Thái Nguyên is found by TN."""
    folded = [fold_text(name) for name in names]
    initials = ["".join(word[0] for word in name.split()) for name in folded if " " in name]
    return tuple(dict.fromkeys((*folded, fold_text(other), *initials)))

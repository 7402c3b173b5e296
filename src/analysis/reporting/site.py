"""The index of all briefs: one static page a language, with a tile map, a table and the data beside it.

A page a language, not one page for both: each has its own `lang`, reads without JavaScript, and can be sent
or printed by itself. The switch between them carries what the reader has chosen in the address.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from analysis import __version__
from analysis.errors import RequestError
from analysis.project import MARK
from analysis.reference.provinces import Province, provinces
from analysis.reference.spelling import fold_text
from analysis.reference.test_data import MARKS, holds_test_data
from analysis.reporting.edition import RESULTS
from analysis.reporting.html import load_part, load_templates
from analysis.reporting.placing import put_in_place
from analysis.reporting.site_answer import answer_sentences
from analysis.reporting.site_briefs import MadeBrief, find_briefs
from analysis.reporting.site_data import PRESS, SiteData, in_order, table_of_provinces, table_of_units
from analysis.reporting.site_measures import (
    Measure,
    Words,
    measure_change,
    measure_newest,
    measure_rise,
    measure_status,
    measure_survey,
)
from analysis.reporting.site_tiles import short_names
from analysis.reporting.site_units import list_units
from analysis.reporting.texts import LANGUAGES, load_texts

PAGES = {"vi": "index.html", "en": "index.en.html"}
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}
KINDS = {"html": "HTML", "pdf": "PDF"}
UNITS = "units-34.csv"


class FolderTaken(RequestError):
    """The index may not be written there."""


@dataclass(frozen=True)
class Link:
    """A file of a brief: its address from the page, its kind, and its language where it is not the page's."""

    href: str
    kind: str
    language: str = ""


@dataclass(frozen=True)
class Line:
    """A province on the page: its place in the alphabet, what a search looks through, its files and headline.

    `outdated` is the text that tells that the brief differs from the tables (`outdated`), or may (`stale`); else empty.
    """

    province: Province
    place: int
    search: str
    brief: Link | None
    files: tuple[Link, ...]
    headline: str
    headline_language: str
    outdated: str


def publish_site(data: SiteData, reports: Path, out: Path) -> list[Path]:
    """Write the pages, the data files and, where `out` is not `reports`, copies of the briefs; pages last.

    Raises:
        BriefUnreadable: a results.json cannot be used; nothing is written then.
        SurveyMissing: the survey has no row.
        FolderTaken: `out` is the project's folder, whose `data` is not for copies.
    """
    if (out / MARK).exists():
        raise FolderTaken(
            f"{out} is the project's own folder. Give --out a folder of its own, such as public."
        )
    briefs = find_briefs(reports)
    contents = {f"data/{name}": path.read_bytes() for name, path in data.tables.items()}
    contents["data/provinces.csv"] = table_of_provinces(data, briefs).encode("utf-8")
    if data.newest_on("34"):
        contents[f"data/{UNITS}"] = table_of_units(data).encode("utf-8")
    if out.resolve() != reports.resolve():
        contents |= {
            f"{brief.folder.name}/{name}": (brief.folder / name).read_bytes()
            for brief in briefs.values()
            for name in brief.files
        }
    contents |= {PAGES[lang]: render_site(data, briefs, lang).encode("utf-8") for lang in LANGUAGES}
    return put_in_place(contents, out)


def render_site(data: SiteData, briefs: Mapping[str, MadeBrief], language: str) -> str:
    """Return the index in one language as HTML that needs nothing but the files beside it."""
    words = Words(load_texts("site", language), language)
    measures = list_measures(data, briefs, words)
    lines = list_lines(data, briefs, language)
    answers = answer_sentences(data.answers, words)
    units = list_units(data, words, {line.province.code: line.brief for line in lines if line.brief})
    script = load_part("site.js")
    return (
        load_templates()
        .get_template("site.html.j2")
        .render(
            language=language,
            other=next(lang for lang in LANGUAGES if lang != language),
            pages=PAGES,
            language_names=LANGUAGE_NAMES,
            texts=words.texts,
            mark=_mark(data, briefs, language),
            answers=answers,
            units=units,
            made=_say_how_many(words, len(briefs)),
            version=words.say("data", "version", date=words.date(data.access_date()), version=__version__),
            measures=measures,
            lines=lines,
            rows=_tile_rows(lines),
            columns=1 + max(line.province.tile_col for line in lines),
            short=short_names(line.province.name_vi for line in lines),
            tables=["provinces.csv", *([UNITS] if units else []), *data.tables],
            css=load_part("site.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(str(script).encode("utf-8")).digest()).decode(),
        )
    )


def _mark(data: SiteData, briefs: Mapping[str, MadeBrief], language: str) -> str:
    """Return the mark of test data where a figure is one, or a brief made of them still lies there."""
    places = [*data.observations["raw_location"]]
    places += [
        one.raw_location
        for brief in briefs.values()
        if brief.rise
        for one in (brief.rise.before, brief.rise.after)
    ]
    marked = any(
        line.startswith(tuple(MARKS.values()))
        for brief in briefs.values()
        for line in brief.headline.values()
    )
    return MARKS[language] if marked or holds_test_data(places) else ""


def list_measures(data: SiteData, briefs: Mapping[str, MadeBrief], words: Words) -> list[Measure]:
    """Return the measures of the map in the order in which they are offered."""
    codes = [province.code for province in provinces()]
    shares = {year: data.shares_pct(year) for year in (data.base_year, data.year)}
    survey = {"year": data.year, "base": data.base_year}
    when = {name: data.dates[name][:4] for name in ("doubtful_first", "doubtful_last")}
    when["known_by"] = words.date(data.dates["known_by"])
    when["listed"] = words.say("status", "listed_press" if PRESS in data.stated_by.values() else "listed")
    told = data.stated_by if data.tells_who() else {}
    about = {code: data.sides_about(brief.rise) for code, brief in briefs.items() if brief.rise}
    return [
        *(measure_newest(kind, one, codes, words) for kind, one in data.newest_on("63").items()),
        measure_survey(shares, codes, words, **survey),
        measure_change(shares, codes, words, data.jumps(), **survey),
        measure_status(data.statuses(), codes, words, told, **when),
        measure_rise(briefs, about, codes, words),
    ]


def list_lines(data: SiteData, briefs: Mapping[str, MadeBrief], language: str) -> list[Line]:
    """Return the provinces in the order of the Vietnamese alphabet, each with what there is of its brief."""
    lines = []
    for place, province in enumerate(in_order()):
        brief = briefs.get(province.code)
        chosen = _language_of(brief, language)
        files = _links(brief, language) if brief else ()
        lines.append(
            Line(
                province=province,
                place=place,
                search=fold_text(f"{province.name_vi} {province.name_en}"),
                brief=next((link for link in files if link.kind == KINDS["html"]), None),
                files=files,
                headline=brief.headline[chosen] if brief else "",
                headline_language=chosen,
                outdated=_outdated(data, brief),
            )
        )
    return lines


def _outdated(data: SiteData, brief: MadeBrief | None) -> str:
    if brief is None:
        return ""
    return "outdated" if data.is_outdated(brief) else "stale" if brief.province_code in data.stale else ""


def _links(brief: MadeBrief, language: str) -> tuple[Link, ...]:
    """List a brief's files in the page's language, or in the other one where it was made in that one only."""
    chosen = _language_of(brief, language)
    named = chosen if chosen != language else ""
    kinds = [kind for kind in KINDS if f"brief.{chosen}.{kind}" in brief.files]
    links = [Link(f"{brief.folder.name}/brief.{chosen}.{kind}", KINDS[kind], named) for kind in kinds]
    return (*links, Link(f"{brief.folder.name}/{RESULTS}", RESULTS))


def _language_of(brief: MadeBrief | None, language: str) -> str:
    """Return the page's language, or the one in which the brief was made where that is another."""
    return brief.languages[0] if brief and language not in brief.languages else language


def _say_how_many(words: Words, made: int) -> str:
    everyone = len(provinces())
    key = "made_all" if made == everyone else "made_some" if made else "made_none"
    return words.say("page", key, made=made, all=everyone)


def _tile_rows(lines: list[Line]) -> list[tuple[int, list[Line]]]:
    """Arrange the provinces as rows of the map, from north to south and west to east."""
    placed = sorted(lines, key=lambda line: (line.province.tile_row, line.province.tile_col))
    return [(row, list(group)) for row, group in groupby(placed, key=lambda line: line.province.tile_row)]

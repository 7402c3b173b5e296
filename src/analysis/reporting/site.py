"""The index of all briefs: one static page a language that answers first, then serves whoever follows the figures.

A page a language, not one page for both: each has its own `lang`, reads without JavaScript, and can be sent
or printed by itself. The switch between them carries what the reader has chosen in the address.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.errors import RequestError
from analysis.project import MARK
from analysis.reference.provinces import NATION, provinces
from analysis.reference.test_data import GENERATOR, MARKS, holds_test_data
from analysis.reporting.html import load_part, load_templates
from analysis.reporting.pictures import draw_picture
from analysis.reporting.placing import put_in_place
from analysis.reporting.site_answer import answer_headline, answer_picture, answer_sentences
from analysis.reporting.site_data import MadeBrief, SiteData, find_briefs, find_notes
from analysis.reporting.site_layers import Layer, Words, list_layers, status_layer, table_of_layers
from analysis.reporting.site_places import SitePlace, link_files, list_places
from analysis.reporting.site_targets import list_targets
from analysis.reporting.texts import LANGUAGES, load_texts

PAGES = {"vi": "index.html", "en": "index.en.html"}
LANGUAGE_NAMES = {"vi": "Tiếng Việt", "en": "English"}
LAYERS = "layers.csv"
MOST_COLUMNS = 4  # layers in the table of the page; all of them are on the map and in the file


class FolderTaken(RequestError):
    """The index may not be written there."""


def publish_site(data: SiteData, reports: Path, out: Path) -> list[Path]:
    """Write the pages, the data files and, where `out` is not `reports`, copies of the briefs; pages last.

    Raises:
        BriefUnreadable: a results.json cannot be used; nothing is written then.
        FolderTaken: `out` is the project's folder, whose `data` is not for copies.
    """
    if (out / MARK).exists():
        raise FolderTaken(
            f"{out} is the project's own folder. Give --out a folder of its own, such as public."
        )
    briefs = find_briefs(reports)
    contents = {f"data/{name}": path.read_bytes() for name, path in data.tables.items()}
    contents[f"data/{LAYERS}"] = table_of_layers(data.layers).encode("utf-8")
    if out.resolve() != reports.resolve():
        contents |= {
            f"{brief.folder.name}/{name}": (brief.folder / name).read_bytes()
            for brief in briefs.values()
            for name in brief.files
        }
        contents |= {page.name: page.read_bytes() for page in find_notes(briefs).values()}
    contents |= {PAGES[lang]: render_site(data, briefs, lang).encode("utf-8") for lang in LANGUAGES}
    return put_in_place(contents, out)


def render_site(data: SiteData, briefs: Mapping[str, MadeBrief], language: str) -> str:
    """Return the index in one language as HTML that needs nothing but the files beside it."""
    from markupsafe import Markup

    words = Words(load_texts("site", language), language)
    layers = [*list_layers(data.layers, data.sources, words), *_statuses(data, words)]
    old, new = list_places(data, briefs, language)
    script, picture = load_part("site.js"), answer_picture(data.answers, words)
    nation, mark = briefs.get(NATION), _mark(data, briefs, language)
    made_by = f"{GENERATOR} {__version__}"
    return (
        load_templates()
        .get_template("site.html.j2")
        .render(
            language=language,
            other=next(lang for lang in LANGUAGES if lang != language),
            pages=PAGES,
            language_names=LANGUAGE_NAMES,
            texts=words.texts,
            mark=mark,
            made_by=made_by,
            headline=answer_headline(data.answers, words),
            answers=answer_sentences(data.answers, words),
            picture=Markup(draw_picture(picture)) if picture else "",
            caption=picture["caption"] if picture else "",
            nation=link_files(nation, language)[0] if nation else None,
            notes=find_notes(briefs).get(language),
            made=_say_how_many(words, sum(code != NATION for code in briefs)),
            version=words.say("data", "version", date=words.date(data.access_date()), version=__version__),
            old=old,
            new=new,
            by_code={place.code: place for place in old},
            layers=layers,
            columns=_columns(layers, "63"),
            columns_34=_columns(layers, "34"),
            shown=lambda layer, code: _shown(layer, code, words),
            targets=list_targets(data, words),
            tables=[LAYERS, *data.tables],
            payload=Markup(_payload(layers, old, new, words, f"{made_by}. {mark}".removesuffix(". "))),
            css=load_part("site.css"),
            script=script,
            script_hash=base64.b64encode(hashlib.sha256(str(script).encode("utf-8")).digest()).decode(),
        )
    )


def _mark(data: SiteData, briefs: Mapping[str, MadeBrief], language: str) -> str:
    """Return the mark of test data where a figure is one, or a brief made of them still lies there."""
    marked = any(
        line.startswith(tuple(MARKS.values()))
        for brief in briefs.values()
        for line in brief.headline.values()
    )
    return MARKS[language] if marked or holds_test_data(data.observations["raw_location"]) else ""


def _statuses(data: SiteData, words: Words) -> list[Layer]:
    """Return whether targets are known, on each map on which some are."""
    frames = [("63", data.stated_by, data.dates["known_by"])]
    if data.decided_34:
        sayers = {code: start.stated_by for code, start in data.decided_34.items()}
        frames.append(("34", sayers, max(start.day for start in data.decided_34.values())))
    years = {side: data.dates[f"doubtful_{side}"][:4] for side in ("first", "last")}
    return [
        status_layer(data.statuses(frame), sayers, frame, words, known_by=words.date(day), **years)
        for frame, sayers, day in frames
    ]


def _columns(layers: list[Layer], frame: str) -> list[Layer]:
    """Return the layers that the page's table shows: the first of figures, and the status."""
    own = [layer for layer in layers if layer.frame == frame]
    figures = [layer for layer in own if layer.id != "status"][:MOST_COLUMNS]
    return [*figures, *(layer for layer in own if layer.id == "status")]


def _shown(layer: Layer, code: str, words: Words) -> dict[str, Any]:
    """Return a place's newest figure on a layer as words, with what sorts it (empty: no figure)."""
    series = layer.values.get(code, [None])
    last = series[-1]
    if layer.id == "status":
        return {"order": last, "text": layer.classes[int(last or 0)]}
    if last is not None:
        return {"order": last, "text": f"{words.number(last, layer.digits)}{layer.mark}"}
    older = next((n for n in range(len(series) - 1, -1, -1) if series[n] is not None), None)
    if older is None:
        return {"order": "", "text": words.say("table", "none")}
    value = words.number(float(series[older] or 0.0), layer.digits) + layer.mark
    return {"order": "", "text": words.say("table", "older", value=value, period=layer.periods[older])}


def _payload(
    layers: list[Layer], old: list[SitePlace], new: list[SitePlace], words: Words, made_by: str
) -> str:
    """Return what the script draws from as JSON that cannot end the element it stands in.

    `made_by` goes into every row of the tables that it makes, with the mark of test data.
    """
    places = [
        {
            **{
                name: getattr(place, name)
                for name in ("code", "frame", "name", "short", "row", "col", "find", "kin")
            },
            "href": place.brief.href if place.brief else "",
            "headline": place.headline,
            "lang": place.headline_language,
            "note": words.texts["table"][place.outdated] if place.outdated else "",
        }
        for place in (*old, *new)
    ]
    content = {
        "layers": [layer.to_dict() for layer in layers],
        "places": places,
        "words": words.texts["script"],
        "made_by": made_by,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _say_how_many(words: Words, made: int) -> str:
    everyone = len(provinces())
    key = "made_all" if made == everyone else "made_some" if made else "made_none"
    return words.say("page", key, made=made, all=everyone)

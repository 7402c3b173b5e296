"""The brief as one HTML file that needs nothing else: own template, own style, figures inside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.reporting.edition import COMMON, RESULTS
from analysis.reporting.ledger import Entry
from analysis.reporting.pictures import draw_picture
from analysis.reporting.prose import Span, write_value
from analysis.reporting.request_form import FILES as FORMS
from analysis.reporting.texts import load_texts

if TYPE_CHECKING:
    from jinja2 import Environment

_OTHER = {
    "vi": {"language": "en", "name": "English", "href": "brief.en.html", "common": COMMON["en"]},
    "en": {"language": "vi", "name": "Tiếng Việt", "href": "brief.vi.html", "common": COMMON["vi"]},
}
_NAME = re.compile(r"[a-z]\w*")


def render_html(brief: dict[str, Any], languages: Sequence[str] = ("vi", "en")) -> str:
    """Return the brief's content as an HTML page; every text is escaped, pictures are inert.

    Args:
        brief: the content.
        languages: those the brief is published in; the page links to the other one only if it is among them.
    """
    language = brief["language"]
    return _render(
        "brief.html.j2", brief, languages, brief=brief, pdf_name=f"brief.{language}.pdf", form_name=FORMS[language],
        common_name=COMMON[language], results=RESULTS,
    )  # fmt: skip


def render_common(page: dict[str, Any], languages: Sequence[str] = ("vi", "en")) -> str:
    """Return the page of notes that all provinces share, as `render_html` does a brief."""
    return _render("common.html.j2", page, languages, page=page, results="")


def _render(template: str, content: dict[str, Any], languages: Sequence[str], **more: Any) -> str:
    language, other = content["language"], _OTHER[content["language"]]
    return (
        load_templates()
        .get_template(template)
        .render(
            css=load_part("brief.css"),
            labels=load_texts("page", language),
            other=other if other["language"] in languages else None,
            source_keys=source_keys,
            web_address=is_web_address,
            picture=_picture,
            lineage=partial(tell_lineage, content["ledger"], language),
            **more,
        )
    )


def tell_lineage(ledger: dict[str, Any], language: str, name: str) -> str:
    """Say in words where a number of the page comes from: its formula with the numbers put in, and its publishers."""
    entry, labels = ledger["numbers"][name], load_texts("page", language)
    whose = [ledger["sources"][key] for key in entry["all_sources"]]
    told = dict.fromkeys(", ".join(filter(None, (one["publisher"], one["published"]))) for one in whose)
    publishers = "; ".join(filter(None, told))
    if entry["kind"] in ("chosen", "document"):
        return str(labels[entry["kind"]])
    if entry["kind"] in ("printed", "quoted", "date"):
        return f"{labels['printed']} {publishers}"
    formula = _NAME.sub(lambda match: _value(ledger, language, match[0]), entry["formula"])
    shown = f"{formula}; " if formula and not _NAME.search(formula) else ""
    return f"{shown}{labels['computed']} {publishers}"


def _value(ledger: dict[str, Any], language: str, name: str) -> str:
    """Return a number of the ledger as it is written; a word that is no number's name stays."""
    if name not in ledger["numbers"]:
        return name
    fields = {
        key: value for key, value in ledger["numbers"][name].items() if key not in ("all_sources", "text")
    }
    return write_value(Entry(**fields), None, language)


def _picture(content: dict[str, Any]) -> Any:
    """Return a picture as markup; its words were escaped when it was drawn."""
    from markupsafe import Markup

    return Markup(draw_picture(content))


def source_keys(parts: list[Span]) -> list[str]:
    """Return the keys of all raw rows under the numbers of a sentence, in ascending order."""
    return sorted({key for part in parts for key in part.get("sources", ())}, key=int)


def is_web_address(url: str) -> bool:
    """Tell whether a source's address is one a browser may open: http or https with a host."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


@cache
def load_templates() -> Environment:
    """Return the templates; every value is escaped, and a name that is not given is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("analysis.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def load_part(name: str) -> Any:
    """Return a style sheet or script of ours as text that a template prints as it is."""
    from markupsafe import Markup

    return Markup(resources.files("analysis.reporting").joinpath(f"templates/{name}").read_text("utf-8"))

"""The brief as one HTML file that needs nothing else: own template, own style, figures inside."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from analysis.reporting.pictures import draw_picture
from analysis.reporting.prose import Span
from analysis.reporting.request_form import FILES as FORMS

if TYPE_CHECKING:
    from jinja2 import Environment

LABELS = {
    "vi": {
        "skip": "Đến nội dung chính",
        "formats": "Ngôn ngữ và định dạng",
        "source": "nguồn",
        "explanation": "Thuyết minh",
        "form": "Tải mẫu (CSV)",
    },
    "en": {
        "skip": "Skip to the main content",
        "formats": "Language and formats",
        "source": "source",
        "explanation": "Explanation",
        "form": "Download the form (CSV)",
    },
}
_OTHER = {
    "vi": {"language": "en", "name": "English", "href": "brief.en.html"},
    "en": {"language": "vi", "name": "Tiếng Việt", "href": "brief.vi.html"},
}


def render_html(brief: dict[str, Any], languages: Sequence[str] = ("vi", "en")) -> str:
    """Return the brief's content as an HTML page; every text is escaped, figures are inert images.

    Args:
        brief: the content.
        languages: those the brief is published in; the page links to the other one only if it is among them.
    """
    language = brief["language"]
    return (
        load_templates()
        .get_template("brief.html.j2")
        .render(
            brief=brief,
            css=load_part("brief.css"),
            labels=LABELS[language],
            other=_OTHER[language] if _OTHER[language]["language"] in languages else None,
            pdf_name=f"brief.{language}.pdf",
            form_name=FORMS[language],
            source_keys=source_keys,
            web_address=is_web_address,
            picture=_picture,
        )
    )


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

"""The brief as a tagged PDF (PDF/UA-1) by typst; fonts embedded, the same bytes at every run."""

from __future__ import annotations

import base64
import json
import re
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.reporting.edition import COMMON
from analysis.reporting.html import is_web_address
from analysis.reporting.pictures import draw_picture
from analysis.reporting.texts import load_texts

MOST_PAGES, MOST_PAGES_OF_NATION = 2, 5
UNSHOWN = ("ledger", "figures_used", "files", "common")  # of a brief's content: not printed in the PDF
SCALES = (1.0, 0.95, 0.9, 0.85)  # of type and figures; the smallest gives body text of 7.7 points


class PdfRefused(AnalysisError):
    """Typst refused the document, for example a figure without alternative text, or it is too long."""


def render_pdf(brief: dict[str, Any]) -> bytes:
    """Return the brief's content as PDF bytes, in the largest of a few sizes that keeps it to two pages.

    What changed since the last edition may make a third necessary, which is better than no brief.

    Raises:
        PdfRefused: typst found the document not to be accessible or not to be sound, or it is longer than
            that in the smallest size.
    """
    most = MOST_PAGES_OF_NATION if brief["rests_on"] == "nation" else MOST_PAGES
    made = []
    for scale in SCALES:
        pdf = _compile(brief, scale)
        made.append((len(re.findall(rb"/Type */Page\b(?!s)", pdf)), pdf))
        if made[-1][0] <= most:
            return pdf
    told = any(section["id"] == "changes" for section in brief["sections"])
    for pages, pdf in made if told else []:
        if pages == most + 1:
            return pdf
    pages = made[-1][0]
    raise PdfRefused(
        f"the PDF of {brief['slug']} ({brief['language']}) has {pages} pages in its smallest type, {most} "
        "are allowed. Shorten the texts of the brief or the contact."
    )


def _compile(brief: dict[str, Any], scale: float) -> bytes:
    import typst

    with tempfile.TemporaryDirectory(prefix="dvctt-") as folder:
        root = Path(folder)
        source = resources.files("analysis.reporting").joinpath("templates/brief.typ").read_text("utf-8")
        (root / "brief.typ").write_text(source, encoding="utf-8")
        (root / "brief.json").write_text(
            json.dumps(_for_typst(brief) | {"scale": scale}, ensure_ascii=False), encoding="utf-8"
        )
        _write_logo(brief, root)
        try:
            pdf: bytes = typst.compile(
                str(root / "brief.typ"),
                root=folder,
                font_paths=[str(font_folder())],
                ignore_system_fonts=True,
                pdf_standards=["ua-1"],
                timestamp=0,
            )
        except typst.TypstError as error:
            raise PdfRefused(
                f"the PDF of {brief['slug']} ({brief['language']}) was refused: {error}"
            ) from error
        finally:
            shutil.rmtree(root, ignore_errors=True)
    return pdf


def _write_logo(brief: dict[str, Any], folder: Path) -> None:
    logo = (brief.get("issuer") or {}).get("logo", "")
    if logo:
        (folder / _logo_name(logo)).write_bytes(base64.b64decode(logo.partition(",")[2]))


def _logo_name(address: str) -> str:
    return f"logo.{'png' if address.startswith('data:image/png') else 'svg'}" if address else ""


def font_folder() -> Path:
    """Return the folder of the fonts that ship with matplotlib, found without importing it."""
    import importlib.util

    spec = importlib.util.find_spec("matplotlib")
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"


def _for_typst(brief: dict[str, Any]) -> dict[str, Any]:
    """Return the content with figures as SVG text and addresses judged, less what only the web page has room for."""
    sections = [
        {**section, "items": [_item(item) for item in section["items"] if not item.get("on_page_only")]}
        for section in brief["sections"]
    ]
    sections = _sources_cited([section for section in sections if section["items"]], brief)
    page = brief["first_page"]
    if page["picture"]:
        page = {**page, "svg_text": draw_picture(page["picture"])}
    issuer = brief.get("issuer")
    if issuer:
        issuer = {**issuer, "logo_file": _logo_name(issuer["logo"])}
    kept = {k: v for k, v in brief.items() if k not in UNSHOWN} | {"issuer": issuer}
    labels = load_texts("page", brief["language"])
    common = COMMON[brief["language"]] if brief["common"] else ""
    return kept | {"sections": sections, "first_page": page, "labels": labels, "common_name": common}


def _sources_cited(sections: list[dict[str, Any]], brief: dict[str, Any]) -> list[dict[str, Any]]:
    """Leave out the sources that only a part of the web page cites."""
    cited = _keys_in([sections, brief["first_page"]])
    for section in sections:
        for item in section["items"]:
            if item["kind"] == "sources":
                item["rows"] = [row for row in item["rows"] if cited & set(row["keys"])]
    return sections


def _keys_in(part: Any) -> set[str]:
    """Return the keys of the sources that spans anywhere in a part of the content carry."""
    if isinstance(part, dict):
        found = set(part["sources"]) if isinstance(part.get("sources"), list) else set()
        return found.union(*(_keys_in(inner) for inner in part.values()))
    return set().union(*(_keys_in(inner) for inner in part)) if isinstance(part, list) else set()


def _item(item: dict[str, Any]) -> dict[str, Any]:
    if item["kind"] != "sources":
        return item
    return {**item, "rows": [{**row, "web": is_web_address(row["url"])} for row in item["rows"]]}

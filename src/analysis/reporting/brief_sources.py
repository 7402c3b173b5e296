"""The list of sources at the end of a brief: who published what and when; results.json has the rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from analysis.reporting.brief_writer import Writer
from analysis.reporting.ledger import Source
from analysis.reporting.prose import Span

NO_TITLE = "[URL slug] "  # begins a title that was read off an address


def sources_section(writer: Writer, shown: Iterable[Span]) -> dict[str, Any]:
    """List the publications under the numbers that are shown, each once, with the keys it is cited by."""
    used = {key for span in shown for key in span.get("sources", ())}
    cited = dict[str, list[Source]]()
    for source in (one for one in writer.ledger.sources.values() if one.key in used):
        cited.setdefault(_title(writer, source), []).append(source)
    rows = [
        {
            "keys": [source.key for source in sources],
            "title": title,
            "url": sources[0].url,
        }
        for title, sources in cited.items()
    ]
    header = [writer.text("sources", f"col_{name}") for name in ("key", "source")]
    table = {"kind": "sources", "caption": writer.text("sources", "caption"), "header": header, "rows": rows}
    return {"id": "sources", "heading": writer.text("headings", "sources"), "items": [table]}


def _title(writer: Writer, source: Source) -> str:
    """Write publisher, title, date and the site of the address; notes of ours are put into the reader's language."""
    texts, title = writer.texts["sources"], source.title
    if title.startswith(NO_TITLE):
        title = texts["untitled"].format(slug=title.removeprefix(NO_TITLE))
    site = (urlsplit(source.url).hostname or "").removeprefix("www.")
    parts = [source.publisher, title, source.published, "" if site in source.publisher else site]
    text = ". ".join(filter(None, parts)).replace("?.", "?")
    for ours, theirs in texts["wording"]:
        text = text.replace(ours, theirs)
    return text

"""The table of sources at the end of a brief: who published what and when, and in which rows it lies."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from analysis.reporting.brief_writer import Writer
from analysis.reporting.ledger import Source

NO_TITLE = "[URL slug] "  # begins a title that was read off an address


def sources_section(writer: Writer) -> dict[str, Any]:
    """List the publications, each once: the numbers it is cited by, and the rows behind each of them."""
    texts, cited = writer.texts["sources"], dict[str, list[Source]]()
    for source in writer.ledger.sources.values():
        cited.setdefault(_title(writer, source), []).append(source)
    rows = [
        {
            "keys": [source.key for source in sources],
            "title": title,
            "url": sources[0].url,
            "place": _places(texts, sources),
        }
        for title, sources in cited.items()
    ]
    header = [writer.text("sources", f"col_{name}") for name in ("key", "source", "place")]
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


def _places(texts: dict[str, Any], sources: list[Source]) -> str:
    """Write a publication's rows by file, each with its number where there are several; the ledger keeps the folder."""
    files = dict[str, list[str]]()
    for source in sources:
        file, lines = _split_place(source.location)
        piece = re.sub(r",(?=\d)", ", ", lines)
        others = texts["and_others"].format(n=source.others) if source.others else ""
        notes = ": ".join(filter(None, (source.key if len(sources) > 1 else "", others)))
        files.setdefault(file, []).append(f"{piece} [{notes}]" if notes else piece)
    return "; ".join(
        f"{file}: {', '.join(filter(None, pieces))}".removesuffix(": ") for file, pieces in files.items()
    )


def _split_place(location: str) -> tuple[str, str]:
    """Split a location into the file's name and its lines or cell; a folder keeps its own name and no lines."""
    if location.endswith("/"):
        return "/".join(location.rstrip("/").rsplit("/", 2)[-2:]) + "/", ""
    name = location.rsplit("/", 1)[-1] if "!" not in location else location.split("!")[0].rsplit("/", 1)[-1]
    if "!" in location:
        return name, location.split("!", 1)[1].strip("!")
    file, _, lines = name.rpartition(":")
    return (file, lines) if file else (name, "")

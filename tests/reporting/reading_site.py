"""What a reader sees of the index: its rows, links, tags and text."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any


def payload(html: str) -> dict[str, Any]:
    """Return what the page's script draws from."""
    return json.loads(html.split('id="payload">')[1].split("</script>")[0])


class Page(HTMLParser):
    """Collect rows of tables by map and code of their place, links, ids, and the text outside styles and scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text, self.source = "", text
        self._inside: list[str] = []
        self._row: str | None = None
        self._table: str | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag in ("style", "script"):
            self._inside.append(tag)
        if tag == "a":
            self.links.append(str(found["href"]))
        if tag == "table":
            self._table = found.get("id")
        if tag == "tr":
            self._row = found.get("data-place")
            self._row = self._row if self._table == "provinces" else None
            if self._row:
                self.rows[self._row] = []
        if tag in ("td", "th") and self._row:
            self.rows[self._row].append("")

    def handle_endtag(self, tag):
        if tag in ("style", "script"):
            self._inside.pop()
        if tag == "tr":
            self._row = None

    def handle_data(self, data):
        if self._inside:
            return
        self.text += data
        if self._row and self.rows[self._row]:
            self.rows[self._row][-1] += data.strip()

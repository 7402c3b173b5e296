"""Who said it: a short, stable identifier for publisher, title and date."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from analysis.reference.spelling import fold_words

_PRINTED = re.compile(r"^(?P<publisher>[^:]+): (?P<title>.+) \((?P<published>\d{4}(-\d\d){0,2})\)$")


def describe_source(publisher: str, title: str, published: str, url: str, resource: str) -> dict[str, str]:
    """Return one line of the sources table; the same publication gets the same `source_id` everywhere."""
    digest = hashlib.sha256("\x1f".join((publisher, title, published, url)).encode()).hexdigest()[:6]
    slug = "-".join(fold_words(publisher))[:24].strip("-") or "unknown"
    return {
        "source_id": f"{slug}-{published or 'undated'}-{digest}",
        "publisher": publisher,
        "title": title,
        "published": published,
        "url": url,
        "resource": resource,
    }


def parse_citation(citation: str, resource: str) -> dict[str, str]:
    """Return the sources line of a citation written “publisher: title (date)” or as a bare address."""
    printed = _PRINTED.match(citation)
    if printed:
        return describe_source(printed["publisher"], printed["title"], printed["published"], "", resource)
    host = urlsplit(citation).netloc.removeprefix("www.")
    return describe_source(host or citation, "", "", citation if host else "", resource)

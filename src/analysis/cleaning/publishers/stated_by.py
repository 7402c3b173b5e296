"""Who says that a target was set: the press, an authority or a document of one, or only the user."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from analysis.cleaning.publishers.decision_words import sayer_in, words
from analysis.reference.spelling import fold_text

# 737/QĐ-UBND, 45/2022/QĐ-UBND, 1832/BTTTT-THH: a number, perhaps a year, the kind and whose it is.
_NUMBER = re.compile(
    r"(?<![\w/])\d{1,5}[a-zA-Z]?(?:/\d{4})?/[A-ZĐ]{1,10}(?:-[A-ZĐ][A-ZĐa-z&]{0,14})*(?![\w/])"
)

_ALIKE = str.maketrans("Ð–—", "Đ--")


def find_document(text: str) -> str:
    """Return the number of the first document that a text names, such as 737/QĐ-UBND, or an empty text."""
    found = _NUMBER.search(text)
    return found[0] if found else ""


def document_key(document: str) -> str:
    """Return what all ways to write a document have in common: its number, or its folded words where it has none."""
    tight = re.sub(r"\s*([/-])\s*", r"\1", unicodedata.normalize("NFC", document).upper().translate(_ALIKE))
    return fold_text(find_document(tight) or document)


def who_states(publisher: str, title: str, url: str, document: str) -> str:
    """Return `press`, `official` or `user`: who says what a source says.

    An address below gov.vn is an authority's. Otherwise the press stays the press although it names a document; a
    document, or an authority by its name, is official; what can be looked up at an address elsewhere was published
    by a medium; what cites nothing was added by its user.
    """
    host = urlsplit(url).hostname or ""
    if host.endswith(".gov.vn") or ".gov.vn" in publisher.lower():
        return "official"
    named = sayer_in(publisher)
    media = tuple(words()["hosts"]["press"])
    if named == "press" or any(part.startswith(media) for part in host.lower().split(".")):
        return "press"
    if named or document or find_document(f"{publisher} {title}"):
        return "official"
    return "press" if url else "user"

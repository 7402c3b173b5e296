"""Whom readers of a brief may write to: `dvctt.toml` in the project's folder, in the publisher's own words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from analysis.errors import RequestError
from analysis.reporting.texts import LANGUAGES, load_texts

FILE = "dvctt.toml"
MOST_CHARACTERS = 200


class ContactUnreadable(RequestError):
    """`dvctt.toml` is no TOML, or its contact is not a text or a text a language."""


def read_contact(root: Path) -> dict[str, str]:
    """Return the publisher's contact by language; empty where the project states none.

    The file holds `contact = "…"` for all languages, or a table `[contact]` with `vi` and `en`.

    Raises:
        ContactUnreadable: the file cannot be read, or holds something else.
    """
    try:
        found = tomllib.loads((root / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ContactUnreadable(f"{FILE} cannot be read: {error}. Mend it, or remove it.") from error
    unknown = sorted(set(found) - {"contact"})
    if unknown:
        raise ContactUnreadable(f"{FILE}: {', '.join(unknown)} is not known here. Known: contact.")
    texts = found.get("contact", {})
    if isinstance(texts, str):
        texts = dict.fromkeys(LANGUAGES, texts)
    return {language: _checked(language, text) for language, text in _by_language(texts).items()}


def put_contact(brief: dict[str, Any], contact: dict[str, str]) -> dict[str, Any]:
    """Return a brief's content with the publisher's contact in place of the words that stand for it."""
    text = contact.get(brief["language"])
    if not text:
        return brief
    words = load_texts("brief", brief["language"])["about"]["contact_given"].replace("{contact}", text)
    sections = [
        _with_words(section, words) if section["id"] == "about" else section for section in brief["sections"]
    ]
    return {**brief, "sections": sections}


def _by_language(texts: Any) -> dict[str, Any]:
    if isinstance(texts, dict) and set(texts) <= set(LANGUAGES):
        return texts
    raise ContactUnreadable(
        f'{FILE}: contact must be a text, or a table with {" and ".join(LANGUAGES)}. Write contact = "Sở …, e-mail".'
    )


def _checked(language: str, text: Any) -> str:
    """Return a contact on one line, NFC, without control characters."""
    if not isinstance(text, str):
        raise ContactUnreadable(f"{FILE}: contact in {language} is {text!r}, not a text.")
    clean = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    clean = "".join(letter for letter in clean if unicodedata.category(letter)[0] != "C")
    if len(clean) > MOST_CHARACTERS:
        raise ContactUnreadable(
            f"{FILE}: contact in {language} has {len(clean)} characters, {MOST_CHARACTERS} are the most."
        )
    return clean


def _with_words(section: dict[str, Any], words: str) -> dict[str, Any]:
    items = [
        {**item, "rows": [[_reworded(span, words) for span in row] for row in item["rows"]]}
        for item in section["items"]
    ]
    return {**section, "items": items}


def _reworded(span: dict[str, Any], words: str) -> dict[str, Any]:
    return {**span, "text": words} if span.get("role") == "contact" else span

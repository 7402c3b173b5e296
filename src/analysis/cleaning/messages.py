"""What cleaning says: a code and its values, worded in Vietnamese or English by the tables in `texts/`."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any

LANGUAGES = ("vi", "en")
_JOINTS = {
    "": ("; ", "; "),
    ",": (", ", ", "),
    "or": (" hoặc ", " or "),
    "and": (" và ", " and "),
}
_SWAP = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Message:
    """One thing to say. `values` fill the braces of its text; a value may itself be a message, or a list."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """The code without its case: `number_unreadable` of `number_unreadable.date`."""
        return self.code.split(".")[0]

    @cached_property
    def said(self) -> dict[str, str]:
        """The sentence in each language."""
        return {language: self._fill(language, language) for language in LANGUAGES}

    @cached_property
    def mends(self) -> dict[str, str]:
        """How to mend it in each language; empty where the text gives no advice."""
        return {language: self._fill(f"mend_{language}", language) for language in LANGUAGES}

    def told(self, language: str = "en", *, named: bool = True) -> str:
        """Return one line: file (where `named`) and sheet, what is the matter, and the mend."""
        place = [str(self.values["file"])] if named and "file" in self.values else []
        if self.values.get("sheet"):
            place.append(f"{'sheet' if language == 'en' else 'trang'} “{self.values['sheet']}”")
        what = " ".join(part for part in (self.said[language], self.mends[language]) if part)
        line = " ".join((f"{', '.join(place)}: {what}" if place else what).split())
        return line if named else line[:1].upper() + line[1:]

    def __str__(self) -> str:
        """Return the English line."""
        return self.told()

    def _fill(self, key: str, language: str) -> str:
        text = _entry(self.code).get(key, "")
        return _WORDS[language].vformat(text, (), self.values) if "{" in text else text


class _Words(string.Formatter):
    """Fills braces as the language writes numbers and lists."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a value as text: messages are said, lists joined, numbers with the language's decimal mark."""
        if value is None:
            return "…"
        if isinstance(value, Message):
            return value.said[self.language]
        if isinstance(value, list | tuple):
            joint = _JOINTS[format_spec][self.language == "en"]
            return joint.join(self.format_field(item, "") for item in value)
        if isinstance(value, int | float):
            text = format(value, format_spec or ("," if isinstance(value, int) else "g"))
            return text if self.language == "en" else text.translate(_SWAP)
        return str(value)


_WORDS = {language: _Words(language) for language in LANGUAGES}


def message(code: str, /, **values: object) -> Message:
    """Return what a code of `texts/` says with these values."""
    return Message(code, values)


def rule_texts(rule: str) -> dict[str, dict[str, str]]:
    """Return the name and the mend of a rule of the quarantine in each language."""
    entry = _entry(rule)
    return {
        language: {"name": entry[f"name_{language}"], "mend": entry[f"mend_{language}"]}
        for language in LANGUAGES
    }


@cache
def entries() -> dict[str, dict[str, str]]:
    """Return every code with its texts; a case (`rule.case`) has those of its rule where it says nothing else."""
    found: dict[str, dict[str, str]] = {}
    for name in ("quarantine", "files", "over_time"):
        text = (
            resources.files("analysis.cleaning").joinpath("texts", f"{name}.toml").read_text(encoding="utf-8")
        )
        for code, entry in tomllib.loads(text).items():
            own = {key: value for key, value in entry.items() if isinstance(value, str)}
            found[code] = own
            found |= {
                f"{code}.{case}": own | texts for case, texts in entry.items() if isinstance(texts, dict)
            }
    return found


def _entry(code: str) -> dict[str, str]:
    return entries()[code]

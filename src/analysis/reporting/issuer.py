"""Who issues a brief: `dvctt.toml` in the project's folder, in their own words; without it a brief is a draft."""

from __future__ import annotations

import base64
import hashlib
import re
import tomllib
import unicodedata
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from analysis.errors import RequestError
from analysis.reporting.numbers import format_date
from analysis.reporting.prose import Span
from analysis.reporting.texts import LANGUAGES, load_texts

FILE = "dvctt.toml"
MOST_CHARACTERS = 200
MOST_LOGO_BYTES = 100_000
PNG = b"\x89PNG\r\n\x1a\n"
_REFUSED = {"script", "foreignObject", "style", "image", "a", "use", "animate", "set"}
_ASKED = ("institution", "unit", "number", "date", "logo")
Words = dict[str, str]


class IssuerUnreadable(RequestError):
    """`dvctt.toml` is no TOML, or says of the issuer what cannot be used."""


@dataclass(frozen=True)
class Issuer:
    """Institution, unit and contact by language; number and ISO date of the document; a checked logo as a data address.

    All are empty where the project states none.
    """

    contact: Words = field(default_factory=dict)
    institution: Words = field(default_factory=dict)
    unit: Words = field(default_factory=dict)
    number: str = ""
    date: str = ""
    logo: str = ""

    @property
    def digest(self) -> str:
        """Return a sha256 of everything the issuer says."""
        return hashlib.sha256(repr(sorted(asdict(self).items())).encode()).hexdigest()

    def in_language(self, language: str) -> dict[str, str] | None:
        """Return institution, unit, number, date and logo as a page in this language shows them; None for a draft."""
        institution = self.institution.get(language)
        if not institution:
            return None
        day = format_date(self.date, language) if self.date else ""
        unit = self.unit.get(language, "")
        return {
            "institution": institution,
            "unit": unit,
            "number": self.number,
            "date": day,
            "logo": self.logo,
        }


def read_issuer(root: Path) -> Issuer:
    """Return what the project says of the issuer.

    The file holds `contact` and a table `[issuer]` with `institution`, `unit` (each a text, or a table with `vi` and
    `en`), `number`, `date` (a TOML date) and `logo` (an SVG or PNG file in the project's folder).

    Raises:
        IssuerUnreadable: the file cannot be read, or holds something else.
    """
    try:
        found = tomllib.loads((root / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return Issuer()
    except (OSError, ValueError) as error:
        raise IssuerUnreadable(
            f"{FILE} cannot be read: {error}. Texts stand in quotes, a date as date = 2026-11-30. Mend it, "
            "or remove it."
        ) from error
    _refuse_unknown(found, ("contact", "issuer"), "")
    own = found.get("issuer", {})
    if not isinstance(own, dict):
        raise IssuerUnreadable(
            f'{FILE}: issuer must be a table. Write [issuer] and institution = "…" below it.'
        )
    _refuse_unknown(own, _ASKED, "issuer.")
    day = own.get("date", "")
    if day and type(day) is not date:
        raise IssuerUnreadable(
            f"{FILE}: issuer.date is {day!r}, not a date. Write date = 2026-11-30 without quotes."
        )
    return Issuer(
        contact=_by_language("contact", found.get("contact", {})),
        institution=_by_language("issuer.institution", own.get("institution", {})),
        unit=_by_language("issuer.unit", own.get("unit", {})),
        number=_checked("issuer.number", own.get("number", "")),
        date=day.isoformat() if day else "",
        logo=_read_logo(root, own.get("logo", "")),
    )


def put_issuer(brief: dict[str, Any], issuer: Issuer) -> dict[str, Any]:
    """Return a brief's content with the issuer and the contact in place of the words that stand for them.

    A brief that rests on test data has no issuer.
    """
    if brief.get("mark"):
        return brief
    language = brief["language"]
    shown, contact = issuer.in_language(language), issuer.contact.get(language)
    texts = load_texts("brief", language)
    brief = {**brief, "issuer": shown}
    if shown:
        words = [
            texts["issuer"][name].replace("{" + name + "}", shown[name])
            for name in ("number", "date")
            if shown[name]
        ]
        named = " · ".join([" – ".join(filter(None, (shown["institution"], shown["unit"]))), *words])
        page = brief["first_page"]
        kept = [span for span in page["kicker"] if span.get("role") != "issuer"]
        brief["first_page"] = {**page, "kicker": [*kept, {"text": named}]}
    if contact:
        given = texts["about"]["contact_given"].replace("{contact}", contact)
        brief["sections"] = [_with_contact(s, given) if s["id"] == "about" else s for s in brief["sections"]]
    return brief


def _refuse_unknown(found: dict[str, Any], known: tuple[str, ...], prefix: str) -> None:
    unknown = sorted(set(found) - set(known))
    if unknown:
        names = ", ".join(prefix + name for name in unknown)
        raise IssuerUnreadable(
            f"{FILE}: {names} is not known here. Known: {', '.join(prefix + name for name in known)}."
        )


def _by_language(name: str, given: Any) -> Words:
    """Return a text for each language: one for all, or a table."""
    if isinstance(given, str):
        given = dict.fromkeys(LANGUAGES, given)
    if not isinstance(given, dict) or not set(given) <= set(LANGUAGES):
        raise IssuerUnreadable(
            f"{FILE}: {name} must be a text, or a table with {' and '.join(LANGUAGES)}. "
            f'Write {name.rpartition(".")[2]} = "Sở …".'
        )
    return {language: _checked(f"{name} in {language}", text) for language, text in given.items()}


def _checked(name: str, text: Any) -> str:
    """Return a text on one line, NFC, without control characters."""
    if not isinstance(text, str):
        raise IssuerUnreadable(f"{FILE}: {name} is {text!r}, not a text.")
    clean = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    clean = "".join(letter for letter in clean if unicodedata.category(letter)[0] != "C")
    if len(clean) > MOST_CHARACTERS:
        raise IssuerUnreadable(f"{FILE}: {name} has {len(clean)} characters, {MOST_CHARACTERS} are the most.")
    return clean


_NO_LOGO = {b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"RIFF": "WebP", b"%PDF": "PDF", b"BM": "bitmap (BMP)"}


def _read_logo(root: Path, name: Any) -> str:
    """Return a logo as a data address; only a small PNG, or an SVG that neither runs nor loads anything."""
    if name == "":
        return ""
    path = root / str(name)
    if not isinstance(name, str) or not path.resolve().is_relative_to(root.resolve()):
        raise IssuerUnreadable(f"{FILE}: issuer.logo is {name!r}, expected a file in the project's folder.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IssuerUnreadable(f"{FILE}: issuer.logo {name} cannot be read: {error.strerror}.") from error
    other = next((kind for start, kind in _NO_LOGO.items() if content.startswith(start)), None)
    if other:
        raise IssuerUnreadable(f"{name} is a {other}; a logo is an SVG or a PNG. Save it as a PNG.")
    if len(content) > MOST_LOGO_BYTES:
        raise IssuerUnreadable(f"{name} has {len(content):,} bytes; a logo has at most {MOST_LOGO_BYTES:,}.")
    kind = "png" if content.startswith(PNG) else "svg+xml"
    if kind == "svg+xml":
        _check_svg(name, content)
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _check_svg(name: str, content: bytes) -> None:
    """Refuse an SVG with a document type, scripts, style sheets, foreign content, or an address outside itself."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # before any parser may expand what they declare
        raise _unsafe(name)
    try:
        tree = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise IssuerUnreadable(f"{name} is neither a PNG nor an SVG that can be read: {error}.") from error
    names = [element.tag.rpartition("}")[2] for element in tree.iter()]
    pairs = [pair for element in tree.iter() for pair in element.attrib.items()]
    if names[0] != "svg" or _REFUSED & set(names) or any(_reaches_out(*pair) for pair in pairs):
        raise _unsafe(name)


def _unsafe(name: str) -> IssuerUnreadable:
    return IssuerUnreadable(
        f"{name}: a logo's SVG holds shapes only; no document type, script, style sheet, image or address outside "
        "itself. Save it as plain SVG, or as PNG."
    )


def _reaches_out(key: str, value: str) -> bool:
    local = key.rpartition("}")[2].lower()
    outside = local == "href" and not value.startswith("#")
    return local.startswith("on") or outside or bool(re.search(r"url\(\s*['\"]?(?!#)|@import", value))


def _with_contact(section: dict[str, Any], words: str) -> dict[str, Any]:
    items = [
        {**item, "rows": [[_reworded(span, words) for span in row] for row in item["rows"]]}
        for item in section["items"]
    ]
    return {**section, "items": items}


def _reworded(span: Span, words: str) -> Span:
    return {**span, "text": words} if span.get("role") == "contact" else span

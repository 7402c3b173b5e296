"""A new raw file gets its folder, its hash and its line in the data package."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.raw import PACKAGE, read_package
from analysis.cleaning.writing import write_text
from analysis.errors import RequestError
from analysis.reference.spelling import fold_words

FORMATS = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}


class AddRefused(RequestError):
    """A file that cannot be added: already described, not readable, or described without what is needed."""


@dataclass(frozen=True)
class Description:
    """What only a person knows of a file; dates are ISO years, months or days, `accessed` a day."""

    publisher: str
    title: str
    url: str = ""
    published: str = ""
    licence: str = ""
    accessed: str = ""


def add_file(root: Path, file: Path, description: Description) -> str:
    """Copy a file to its place in `data/raw`, describe it in the data package, and return its path there.

    A file that lies in `data/raw` already stays where it is.

    Raises:
        AddRefused: publisher or title are missing, the same bytes are described already, another file lies at
            its place, or nothing in it can be read.
    """
    if not description.publisher.strip() or not description.title.strip():
        raise AddRefused("a raw file needs its publisher and its title: --publisher … --title …")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    same = next((raw for raw in read_package(root) if raw.sha256 == digest), None)
    if same:
        raise AddRefused(f"{file.name} is described already, byte for byte: {same.path}. Delete the copy.")
    outcome = clean_file(file)
    if outcome.problems and not outcome.tables:
        raise AddRefused(f"{outcome.problems[0]} Nothing was added.{_advice(outcome, file)}")
    accessed = description.accessed or dt.datetime.now().astimezone().date().isoformat()
    place = _place(root, file, description.publisher, accessed)
    if place.resolve() != file.resolve():
        if place.exists():
            raise AddRefused(f"{place.relative_to(root)} exists and is another file. Rename the new one.")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    package["resources"].append(
        _resource(root, place, digest, description, accessed, outcome.cleaned.observations)
    )
    write_text(root / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2) + "\n")
    return str(place.relative_to(root))


def _advice(outcome: FileOutcome, file: Path) -> str:
    """Say how a table that was not understood can be made so."""
    if not outcome.unclear:
        return ""
    return (
        " Name indicator and period in the header, in a line above the table or in the file's name; "
        f"dvctt clean {file.name} --out DIR shows what is understood."
    )


def _place(root: Path, file: Path, publisher: str, accessed: str) -> Path:
    """Return where a file belongs: where it is, if that is in `data/raw` already."""
    raw = (root / PACKAGE.parent).resolve()
    if file.resolve().is_relative_to(raw):
        return root / PACKAGE.parent / file.resolve().relative_to(raw)
    folder = "-".join(fold_words(publisher))[:40].strip("-") or "unknown"
    return root / PACKAGE.parent / folder / accessed / file.name


def _resource(
    root: Path, place: Path, digest: str, description: Description, accessed: str, observations: Any
) -> dict[str, Any]:
    """Return the resource of the data package; indicators and periods are those that were read."""
    path = str(place.relative_to(root / PACKAGE.parent))
    kind = place.suffix.lstrip(".").lower()
    licence = description.licence or "not stated by the publisher"
    source = {"title": description.title} | ({"path": description.url} if description.url else {})
    return {
        "name": "-".join(fold_words(f"{description.publisher} {place.stem} {accessed}"))[:80],
        "path": path,
        "format": kind,
        "mediatype": FORMATS.get(kind, "application/octet-stream"),
        "hash": f"sha256:{digest}",
        "bytes": place.stat().st_size,
        "reader": "spreadsheet",
        "title": description.title,
        "publisher": description.publisher,
        "published": description.published,
        "accessed": accessed,
        "licenses": [{"name": "as-stated", "title": licence}],
        "sources": [source],
        "indicators": sorted(observations["indicator"].unique().tolist()),
        "period": [observations["period_start"].min(), observations["period_end"].max()]
        if len(observations)
        else [],
    }

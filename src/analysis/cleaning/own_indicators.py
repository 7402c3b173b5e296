"""A table of indicators is added to a project: which lines its own codebook then has, checked before it is written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

from analysis.cleaning.raw import PACKAGE
from analysis.cleaning.writing import write_text
from analysis.reference.codebook import CodebookWrong, codebook_text, known_of, read_codebook, read_texts
from analysis.reference.indicators import OWN_LINES, package_codebook

READER = "codebook"


def add_own_indicators(root: Path, file: Path, publisher: str, title: str, accessed: str) -> list[str]:
    """Put the lines of a table of indicators into the project's own, and return the codes that it gives.

    A line whose code the project has already takes the place of that one; the others stay. The data package
    describes the table once, as it is afterwards.

    Raises:
        CodebookWrong: names line and column of the file given, or of what the project's table would become.
    """
    place = root / OWN_LINES
    given = read_texts(file.read_bytes(), file.name)
    if not given:
        raise CodebookWrong(f"{file.name}: no indicator below the heads. Write each into a line of its own.")
    there = place.is_file() and not place.samefile(file)
    kept = _kept(place, {line["code"] for line in given}) if there else []
    package = package_codebook()
    beside = read_codebook(codebook_text(kept).encode(), str(OWN_LINES), package.known)
    read_codebook(file.read_bytes(), file.name, known_of((*package.lines, *beside)))
    text = codebook_text([*kept, *given])
    read_codebook(text.encode(), str(OWN_LINES), package.known)
    write_text(place, text)
    _describe(root, place, publisher, title, accessed)
    return [line["code"] for line in given]


def _kept(place: Path, replaced: set[str]) -> list[dict[str, str]]:
    return [line for line in read_texts(place.read_bytes(), str(OWN_LINES)) if line["code"] not in replaced]


def _describe(root: Path, place: Path, publisher: str, title: str, accessed: str) -> None:
    """Write the table's line of the data package anew."""
    package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    path = str(OWN_LINES.relative_to(PACKAGE.parent))
    others = [resource for resource in package["resources"] if resource.get("path") != path]
    package["resources"] = [*others, _resource(place, path, publisher, title, accessed)]
    write_text(root / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2) + "\n")


def _resource(place: Path, path: str, publisher: str, title: str, accessed: str) -> dict[str, Any]:
    data = place.read_bytes()
    return {
        "name": "codebook",
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "bytes": len(data),
        "reader": READER,
        "title": title,
        "publisher": publisher,
        "accessed": accessed or dt.datetime.now().astimezone().date().isoformat(),
        "licenses": [{"name": "as-stated", "title": "own table"}],
        "sources": [{"title": title}],
    }

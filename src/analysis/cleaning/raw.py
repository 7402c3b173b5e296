"""The raw files: what `data/raw/datapackage.json` says of them, and whether they are still what it says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from analysis.cleaning.words.periods import is_date
from analysis.errors import AnalysisError
from analysis.reference import test_data
from analysis.reference.indicators import OWN_LINES
from analysis.reference.test_data import holds_test_data

PACKAGE = Path("data/raw/datapackage.json")


class RawFileChanged(AnalysisError):
    """A raw file is not, byte for byte, the one that was described."""


class RawFileMissing(AnalysisError):
    """A described raw file is not there."""


class PackageUnreadable(AnalysisError):
    """`datapackage.json` cannot be read as a data package."""


@dataclass(frozen=True)
class RawFile:
    """One described file; `path` is relative to the project, `reader` names what understands it.

    `layout` is the layout.toml that says what the reader cannot see of it, relative to the project, or empty.
    """

    name: str
    path: str
    sha256: str
    reader: str
    publisher: str
    title: str
    url: str
    published: str
    accessed: str
    layout: str


def read_package(root: Path) -> list[RawFile]:
    """Return the raw files that the data package of a project describes.

    Raises:
        PackageUnreadable: the JSON is broken, or a resource lacks a key or has another thing there than it should.
    """
    try:
        package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise PackageUnreadable(
            f"{PACKAGE} is no JSON: {error}. Mend that place (a comma or quote is missing or too many); "
            f"`git diff {PACKAGE}` shows what was changed."
        ) from error
    resources = package.get("resources") if isinstance(package, dict) else None
    if not isinstance(resources, list):
        raise PackageUnreadable(f"{PACKAGE} has no list “resources”. Put the descriptions into one.")
    return [_read_resource(number, resource) for number, resource in enumerate(resources, start=1)]


def find_undescribed(root: Path) -> list[str]:
    """Return a line for each file in `data/raw` that the data package does not describe, and how to add it."""
    files_of = (place for raw in read_package(root) for place in (raw.path, raw.layout) if place)
    described = {(root / place).resolve() for place in files_of}
    folder = root / PACKAGE.parent
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    # What an interrupted fetch left lies in a hidden folder, and belongs to the next fetch.
    files = [path for path in files if not any(part[0] == "." for part in path.relative_to(folder).parts)]
    strays = [path.relative_to(root) for path in files if path.resolve() not in described]
    return [
        f"{path} is not described in {PACKAGE.name}, {_use(path)}. {_how_to_describe(path)}"
        for path in strays
        if path.name not in _OURS and not path.name.startswith("~$") and path.suffix != ".md"
    ]


def describe_test_data(root: Path) -> list[str]:
    """Return a line that says how many files are test data; empty where none is."""
    number = sum(holds_test_data([raw.path]) for raw in read_package(root))
    return (
        [f"test data, no real figures: {number} files. Whatever is made of them says so."] if number else []
    )


def _how_to_describe(path: Path) -> str:
    if path.suffix == ".zip" and path.parts[2] in ("portal", test_data.FOLDER):
        return (
            "The next `dvctt fetch portal` of the same address describes it anew, if it is a fetch's archive."
        )
    return f'Add it: dvctt add "{path}" --publisher "…" --title "…" --url "…"'


def _use(path: Path) -> str:
    own = path == OWN_LINES
    return "so nobody can tell whose its lines are, which hold" if own else "so nothing of it is used"


def check_raw(root: Path, reader: str = "") -> list[RawFile]:
    """Compare every raw file, or those of one reader, with its sha256 and return those files.

    Raises:
        RawFileMissing, RawFileChanged: names the file, both hashes and how to mend it.
    """
    files = [raw for raw in read_package(root) if reader in ("", raw.reader)]
    for raw in files:
        found = hash_file(root, raw)
        if found != raw.sha256:
            raise RawFileChanged(
                f"{raw.path} has changed: its sha256 is {found}, described is {raw.sha256}. {_remedy(raw)}"
            )
    return files


def _remedy(raw: RawFile) -> str:
    if Path(raw.path) == OWN_LINES:
        return f'Describe it as it is now: dvctt add "{raw.path}" --publisher "…" --title "…".'
    return (
        f'Raw files are never edited: restore it from a copy (in a clone: git checkout -- "{raw.path}"), or, when the '
        "publisher sent a new edition, put it in a folder of its own day and describe it with `dvctt add`."
    )


def hash_file(root: Path, raw: RawFile) -> str:
    """Return the sha256 of a raw file, in hexadecimal.

    Raises:
        RawFileMissing: the file is not there, or is a link that leads out of the project.
    """
    mend = f'Correct its “path”, or put the file back from a copy (in a clone: git checkout -- "{raw.path}").'
    path = _find(root, raw.path, f"resource “{raw.name}” of {PACKAGE.name} describes it. {mend}")
    return hash_of(path)


def hash_of(path: Path) -> str:
    """Return the sha256 of a file of any size, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def find_layout(root: Path, raw: RawFile) -> Path:
    """Return the layout.toml that is described with a raw file.

    Raises:
        RawFileMissing: it is not there, or is a link that leads out of the project.
    """
    said = f"resource “{raw.name}” of {PACKAGE.name} names it as its layout"
    return _find(root, raw.layout, f"{said}. Put it back, or correct “layout” there.")


def _find(root: Path, place: str, said: str) -> Path:
    """Return where a described file lies; `said` is what is said of one that is not there."""
    path, target = root / place, (root / place).resolve()
    if not target.is_relative_to(root.resolve()):
        raise RawFileMissing(
            f"{place} leads out of the project, to {target}. Raw files lie inside it, so that nobody can change them "
            f"from outside: copy that file to {place} in place of the link."
        )
    if not path.is_file():
        raise RawFileMissing(f"{place} is not there, though {said}")
    return path


def _read_resource(number: int, resource: object) -> RawFile:
    """Return a resource of the data package as a raw file.

    Raises:
        PackageUnreadable: names the resource, the key, what stands there and what belongs there.
    """
    if not isinstance(resource, dict):
        raise PackageUnreadable(f"{PACKAGE}, resource {number}: {resource!r} is no description {{…}}.")
    for key, (fits, expected) in _KEYS.items():
        if not (fits(resource[key]) if key in resource else key not in _REQUIRED):
            raise _wrong_key(number, resource, key, expected)
    sources = resource.get("sources") or [{}]
    return RawFile(
        name=resource["name"],
        path=str(PACKAGE.parent / resource["path"]),
        sha256=resource["hash"].removeprefix("sha256:"),
        reader=resource.get("reader", "spreadsheet"),
        publisher=resource.get("publisher", ""),
        title=resource.get("title", ""),
        url=sources[0].get("path", ""),
        published=resource.get("published", ""),
        accessed=resource.get("accessed", ""),
        layout=str(PACKAGE.parent / resource["layout"]) if resource.get("layout") else "",
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_date_or_empty(value: object) -> bool:
    return isinstance(value, str) and (not value or is_date(value))


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"(sha256:)?[0-9a-f]{64}", value))


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


_OURS = (PACKAGE.name, "corrections.toml")
_REQUIRED = ("name", "path", "hash", "bytes")
_KEYS: dict[str, tuple[Callable[[object], bool], str]] = {
    "name": (lambda value: _is_text(value) and bool(value), "a short name of the file"),
    "path": (lambda value: _is_text(value) and bool(value), "the place of the file below data/raw"),
    "hash": (_is_hash, "“sha256:” and 64 hexadecimal digits, as `sha256sum FILE` prints them"),
    "bytes": (lambda value: type(value) is int and value >= 0, "the size of the file as a whole number"),
    **dict.fromkeys(("reader", "publisher", "title", "layout"), (_is_text, "a text")),
    **dict.fromkeys(
        ("published", "accessed"), (_is_date_or_empty, "2022, 2022-08 or 2022-08-20, or an empty text")
    ),
    "sources": (_is_list_of_tables, "a list of {title, path}"),
}


def _wrong_key(number: int, resource: dict[str, Any], key: str, expected: str) -> PackageUnreadable:
    where = f"{PACKAGE}, resource {number} (“{resource.get('name') or resource.get('path') or 'no name'}”)"
    if key in resource:
        return PackageUnreadable(f"{where}: “{key}” is {resource[key]!r}. Expected {expected}.")
    alike = {"hash": ["sha256", "checksum"], "bytes": ["size"], "path": ["file"], "name": ["id"]}[key]
    other = [name for name in resource if name in alike or get_close_matches(name, [key])]
    found = f"; it has “{other[0]}”, rename that" if other else ""
    return PackageUnreadable(
        f"{where}: “{key}” is missing{found}. Expected {expected}. `dvctt add FILE` writes a whole description: "
        "take this one out and add the file again, if that is easier."
    )

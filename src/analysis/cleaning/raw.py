"""The raw files: what `data/raw/datapackage.json` says of them, and whether they are still what it says."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError

PACKAGE = Path("data/raw/datapackage.json")


class RawFileChanged(AnalysisError):
    """A raw file is not, byte for byte, the one that was described."""


class RawFileMissing(AnalysisError):
    """A described raw file is not there."""


class PackageUnreadable(AnalysisError):
    """`datapackage.json` cannot be read as a data package."""


@dataclass(frozen=True)
class RawFile:
    """One described file; `path` is relative to the project, `reader` names what understands it."""

    name: str
    path: str
    sha256: str
    size: int
    reader: str
    publisher: str
    title: str
    url: str
    published: str
    accessed: str
    options: dict[str, str]


def read_package(root: Path) -> list[RawFile]:
    """Return the raw files that the data package of a project describes.

    Raises:
        PackageUnreadable: the JSON is broken or a resource lacks its path or hash.
    """
    where = root / PACKAGE
    try:
        package = json.loads(where.read_text(encoding="utf-8"))
        return [_read_resource(resource) for resource in package["resources"]]
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise PackageUnreadable(
            f"{PACKAGE} is not a data package ({error!r}): expected “resources”, each with name, path, hash "
            "and bytes. Restore it: git checkout -- data/raw/datapackage.json"
        ) from error


def check_raw(root: Path) -> list[RawFile]:
    """Compare every raw file with its sha256 and return those files.

    Raises:
        RawFileMissing, RawFileChanged: names the file, both hashes and how to mend it.
    """
    files = read_package(root)
    for raw in files:
        found = hash_file(root, raw)
        if found != raw.sha256:
            raise RawFileChanged(
                f"{raw.path} has changed: its sha256 is {found}, described is {raw.sha256}. Raw files are "
                f"never edited: restore it (git checkout -- {raw.path}), or, when the publisher sent a new "
                "edition, put it in a folder of its own day and describe it with `dvctt add`."
            )
    return files


def hash_file(root: Path, raw: RawFile) -> str:
    """Return the sha256 of a raw file, in hexadecimal.

    Raises:
        RawFileMissing: the file is not there, or is a link that leads out of the project.
    """
    path = root / raw.path
    if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
        raise RawFileMissing(f"{raw.path} is not there. Restore it: git checkout -- {raw.path}")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_resource(resource: dict[str, Any]) -> RawFile:
    source = (resource.get("sources") or [{}])[0]
    return RawFile(
        name=resource["name"],
        path=str(PACKAGE.parent / resource["path"]),
        sha256=resource["hash"].removeprefix("sha256:"),
        size=int(resource["bytes"]),
        reader=resource.get("reader", "spreadsheet"),
        publisher=resource.get("publisher", ""),
        title=resource.get("title", ""),
        url=source.get("path", ""),
        published=resource.get("published", ""),
        accessed=resource.get("accessed", ""),
        options={str(key): str(value) for key, value in resource.get("options", {}).items()},
    )

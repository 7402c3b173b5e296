"""A raw file leaves the project together with its description, and with the layout that no other file uses."""

from __future__ import annotations

import json
from pathlib import Path

from analysis.cleaning.raw import PACKAGE, RawFile, read_package
from analysis.cleaning.store import only_one
from analysis.cleaning.writing import write_text
from analysis.errors import RequestError


class RemoveRefused(RequestError):
    """A file that the data package does not describe."""


def find_described(root: Path, file: Path) -> RawFile:
    """Return the description of a raw file, named by its path or, where that is enough, by its name alone.

    Raises:
        RemoveRefused: no described file has that path or name, or several have that name.
    """
    described = read_package(root)
    meant = [raw for raw in described if (root / raw.path).absolute() == file.absolute()]
    meant = meant or [raw for raw in described if Path(raw.path).name == str(file)]
    if len(meant) == 1:
        return meant[0]
    listed = "\n".join(f"  {raw.path}" for raw in meant or described)
    if meant:
        raise RemoveRefused(f"several raw files are called {file}. Give the path of one:\n{listed}")
    raise RemoveRefused(f"{file} is not described in {PACKAGE}. Described are:\n{listed}")


def remove_file(root: Path, raw: RawFile) -> list[str]:
    """Drop a raw file's description, then the file itself and the layout that only it used; return their paths.

    A run that is killed in between leaves a file that is not described, of which nothing is used.
    """
    with only_one(root):
        package = json.loads((root / PACKAGE).read_text(encoding="utf-8"))
        own = Path(raw.path).relative_to(PACKAGE.parent).as_posix()
        package["resources"] = [resource for resource in package["resources"] if resource["path"] != own]
        write_text(root / PACKAGE, json.dumps(package, ensure_ascii=False, indent=2) + "\n")
        used = {left.layout for left in read_package(root)}
        gone = [raw.path, *([raw.layout] if raw.layout and raw.layout not in used else [])]
        for place in gone:
            (root / place).unlink(missing_ok=True)
    return gone

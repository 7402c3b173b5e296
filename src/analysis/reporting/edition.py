"""The edition of a brief that lies in a folder: what it says, and whether the same would be published again.

The hashes of its files lie beside them, so that a file edited by hand is never taken for one that was published.
To see that nothing has changed needs hashes alone, so nothing that renders is imported here.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from analysis.reporting.issuer import Issuer, read_issuer


def digest_file(path: Path) -> str:
    """Return the sha256 of a file; empty where there is none."""
    if not path.is_file():
        return ""
    facts = path.stat()
    return _digest(path, facts.st_size, facts.st_mtime_ns)


def digest_folder(folder: Path) -> str:
    """Return the sha256 of the files of a folder and their names."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        digest.update(path.name.encode() + digest_file(path).encode())
    return digest.hexdigest()


@cache
def _digest(path: Path, size: int, modified_ns: int) -> str:  # noqa: ARG001 - they are the key of the cache
    """Read a file that has this size and time of change."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


RECORD = "published.json"
RESULTS = "results.json"
COMMON = {
    "vi": "common.vi.html",
    "en": "common.en.html",
}  # the notes that all briefs link to, beside their folders


def read_record(folder: Path) -> dict[str, Any]:
    """Return what was recorded of the edition: the sha256 of its `files`, and of the results `before` it."""
    try:
        found = json.loads((folder / RECORD).read_bytes())
        return {"files": dict(found["files"]), "before": str(found["before"])}
    except (OSError, ValueError, TypeError, KeyError):
        return {"files": {}, "before": ""}


def write_record(contents: dict[str, bytes], folder: Path) -> bytes:
    """Return the record of an edition that is about to be put in place of the one that lies there."""
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return json.dumps({"files": files, "before": _hash_of(folder / RESULTS)}, indent=1).encode() + b"\n"


def find_changed(folder: Path) -> list[str]:
    """Return the names of the recorded files that are not as they were published, or are gone."""
    files = read_record(folder)["files"]
    return [name for name, digest in files.items() if _hash_of(folder / name) != digest]


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def read_edition(folder: Path) -> dict[str, Any] | None:
    """Read the edition that lies there; one that cannot be read, or was edited, counts as none and is written anew."""
    record = read_record(folder)
    if record["files"] and _hash_of(folder / RESULTS) not in (record["files"].get(RESULTS), record["before"]):
        return None
    try:
        found = json.loads((folder / RESULTS).read_text("utf-8"))
        return found if {"numbers", "sources", "data_date", "version"} <= set(found) else None
    except (OSError, ValueError, TypeError):
        return None


def is_current(notebooks: list[Path], folder: Path, root: Path) -> bool:
    """Tell whether the edition that lies there is what these notebooks, code and issuer would publish again."""
    last = read_edition(folder)
    if last is None or not all(notebook.is_file() for notebook in notebooks):
        return False
    if not read_record(folder)["files"] or find_changed(folder):
        return False
    if not all((folder.parent / COMMON[language]).is_file() for language in last.get("languages", ())):
        return False
    return bool(last.get("edition") == digest_edition(notebooks, read_issuer(root)))


def digest_edition(notebooks: list[Path], issuer: Issuer) -> str:
    """Return the sha256 of the executed notebooks, of the issuer, and of the code and texts that render them."""
    digest = hashlib.sha256()
    for notebook in notebooks:
        digest.update(notebook.name.encode() + notebook.read_bytes())
    digest.update(issuer.digest.encode())
    digest.update(_digest_of_code().encode())
    return digest.hexdigest()


@cache
def _digest_of_code() -> str:
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".py", ".toml", ".typ", ".j2", ".css"):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()

"""The sha256 of raw files, read once a run whatever the number of briefs that rest on them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path


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

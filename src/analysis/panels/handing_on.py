"""Results that notebooks hand on: what one has computed the others take, while nothing under it moved.

A result lies, as JSON text, under the sha256 of everything it follows from. A file found under that name is therefore
the result itself and no input of its own; its first line is the sha256 of the rest, so that one edited by hand is none.
"""

from __future__ import annotations

import contextlib
import hashlib
import platform
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from analysis.project import find_root

T = TypeVar("T")
FOLDER = Path("reports/shared/answers")
KEPT = 64  # texts, the newest: a run takes about twenty; an older one is computed anew
LIBRARIES = ("numpy", "pandas", "scipy", "statsmodels")
PACKAGE = Path(__file__).parents[1]


def take(key: str, compute: Callable[[], str], read: Callable[[str], T], root: Path | None = None) -> T:
    """Return what `read` makes of the text under a key: the one that lies there, else `compute`d now and left there.

    Of several processes that want the same text one computes while the others wait. Where nothing can be written it
    is computed each time; a text that `read` cannot use (ValueError, KeyError, TypeError) is computed anew.
    """
    place = (root or find_root()) / FOLDER / f"{key}.json"
    found = _look(place, read)
    if not found:
        with _only_one(place):
            found = _look(place, read)  # another process may have written it while this one waited
            if not found:
                text = compute()
                _write(place, text)
                return read(text)
    return found[0]


@cache
def versions() -> list[str]:
    """Return the versions of Python and of the libraries that numbers may depend on."""
    return [platform.python_version(), *(metadata.version(name) for name in LIBRARIES)]


@cache
def digest_of_package() -> str:
    """Return the sha256 of all code and tables of the package, for results that are quickly computed anew."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in (".py", ".csv", ".toml"):
            digest.update(str(path.relative_to(PACKAGE)).encode() + path.read_bytes())
    return digest.hexdigest()


def _look(place: Path, read: Callable[[str], T]) -> tuple[T] | None:
    """Return what lies there; None where nothing does, or nothing as it was written."""
    try:
        written, _, text = place.read_text(encoding="utf-8").partition("\n")
        return (read(text),) if written == _hash(text) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(place: Path, text: str) -> None:
    """Write beside the place and move there, so that nobody reads half a text; let go of the oldest."""
    aside = place.with_suffix(f".{uuid.uuid4().hex}.part")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(f"{_hash(text)}\n{text}", encoding="utf-8")
        aside.replace(place)
        texts = [path for path in place.parent.iterdir() if path.suffix in (".json", ".part")]
        for old in sorted(texts, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            old.unlink(missing_ok=True)


@contextlib.contextmanager
def _only_one(place: Path) -> Iterator[None]:
    """Hold the text's lock, where the system has one and the folder can be written; else let all compute."""
    try:
        import fcntl

        place.parent.mkdir(parents=True, exist_ok=True)
        lock = place.with_suffix(".lock").open("w")
    except (ImportError, OSError):
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    place.with_suffix(".lock").unlink(missing_ok=True)

"""What a stated input stands for today: a file's hash, a folder's or a pattern's files, a variable, a version, or
its absence."""

from __future__ import annotations

import contextlib
import glob
import hashlib
import importlib.metadata
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from analysis.errors import RequestError

ABSENT = "absent"
VARIABLE, VERSION = "env:", "version:"
_TOOLS_OWN = {"__pycache__", ".ipynb_checkpoints"}


class InputUnreadable(RequestError):
    """A stated input is there but cannot be read: no permission, or no file and no folder."""


def look_at(one: str, base: Path, digest: Callable[[str], str]) -> dict[str, str]:
    """Return what an input is now, by name: the hash of each file it stands for, or that it is absent.

    Args:
        one: a file, folder, pattern, `env:NAME` or `version:NAME`, as in `Task`.
        base: the folder that a relative one is looked up from.
        digest: gives the sha256 of a file.

    Raises:
        InputUnreadable: it is there but cannot be read.
    """
    if not is_file(one):
        return {one: _of_environment(one)}
    try:
        found = _stands_for(os.path.expanduser(one), base)  # noqa: PTH111
        return {path: state_of(path, digest) for path in found}
    except OSError as error:
        raise InputUnreadable(
            f"The input {one} cannot be read ({error.strerror}: {error.filename}). Change its permissions, or "
            "state another input."
        ) from None


def is_file(name: str) -> bool:
    """Tell whether an input is a file, a folder or a pattern: neither a variable nor a version."""
    return not name.startswith((VARIABLE, VERSION))


def state_of(path: str, digest: Callable[[str], str]) -> str:
    """Return the hash of a file, that it is a folder or a link to one, or that nothing is there.

    Raises:
        InputUnreadable: it is something else, such as a pipe.
    """
    if os.path.isfile(path):  # noqa: PTH113 - thousands of names a plan
        with contextlib.suppress(FileNotFoundError):  # taken away just now
            return digest(path)
    if os.path.isdir(path):  # noqa: PTH112
        return f"link to {os.path.realpath(path)}" if os.path.islink(path) else "folder"  # noqa: PTH114
    if os.path.exists(path):  # noqa: PTH110
        raise InputUnreadable(
            f"The input {path} is neither a file nor a folder. State what its content comes from."
        )
    return ABSENT


def _of_environment(name: str) -> str:
    """Return a library's version or the hash of a variable, which may be a secret."""
    kind, _, what = name.partition(":")
    if f"{kind}:" == VARIABLE:
        value = os.environ.get(what)
        return ABSENT if value is None else hashlib.sha256(value.encode()).hexdigest()
    try:
        return importlib.metadata.version(what)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return ABSENT


def _stands_for(one: str, base: Path) -> Iterator[str]:
    """Give the path itself, what lies below a folder, or what a pattern finds; the name where there is nothing."""
    name = os.path.normpath(base / one)
    find = partial(glob.glob, root_dir=base, recursive=True, include_hidden=True)
    matched = find(one) if glob.has_magic(one) else []
    if not matched or os.path.lexists(name):  # a file may be called like a pattern
        matched.append(one)
    for path in (os.path.normpath(base / match) for match in matched):
        yield from _below(path) if os.path.isdir(path) else (path,)  # noqa: PTH112


def _below(folder: str) -> Iterator[str]:
    """Walk over a folder, also through symbolic links but into no folder twice."""
    seen = set[str]()
    for place, folders, files in os.walk(folder, followlinks=True, onerror=_raise):
        yield place
        if os.path.realpath(place) in seen:
            folders.clear()
            continue
        seen.add(os.path.realpath(place))
        folders[:] = set(folders) - _TOOLS_OWN
        yield from (os.path.join(place, file) for file in files)  # noqa: PTH118


def _raise(error: OSError) -> None:
    raise error

"""What a result depends on, as hashes of content: cells, parameters, stated inputs, our code, versions.

Nothing is watched while a notebook runs: what decides a result is stated before it. Times of files play no part, so a
clock that jumps, a checkout or a copy makes nothing stale and nothing fresh.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from analysis.execution.inputs import ABSENT, is_file, look_at, state_of
from analysis.execution.source import Source, parse_source, read_source
from analysis.execution.tasks import Task
from analysis.project import ProjectNotFound, find_root

PACKAGE = Path(__file__).resolve().parents[1]
# Raised when the same kernel output would be written as other bytes, so that old results become stale.
FORMAT = "1"
DISTRIBUTION = "dvctt-analysis"
_WITHOUT_EFFECT = {"jupyterlab", "click", "tqdm", "typst", "filelock"}
_UNDERNEATH = ("ipython", "nbclient", "matplotlib-inline", "patsy", "pillow")
_MODULES = (".py", ".so", ".pyd")

# By name: "notebook", "cells", "parameter x", "input x", "code x", "version x", and a task's own facts.
Fingerprint = Mapping[str, str]


def differences(recorded: Fingerprint, today: Fingerprint) -> list[str]:
    """Say in words what changed; two equal fingerprints give equal bytes."""
    names = {**today, **recorded}
    return [
        _say(name, recorded.get(name), today.get(name))
        for name in names
        if recorded.get(name) != today.get(name)
    ]


def _say(name: str, old: str | None, new: str | None) -> str:
    kind = name.partition(" ")[0]
    if name == "cells":
        return "the notebook's cells changed"
    if name == "notebook":
        return f"the result is that of {old}"
    if kind == "parameter":
        return f"{name}: {old or 'default'} → {new or 'default'}"
    if kind in ("input", "code"):
        there, comes = old not in (None, ABSENT), new not in (None, ABSENT)
        return f"{name} " + ("changed" if there == comes else "is new" if comes else "is gone")
    return f"{name} {old or ABSENT} → {new or ABSENT}"


def project_folder() -> Path:
    """Return the project's folder, or where we are when there is no project."""
    try:
        return find_root()
    except ProjectNotFound:
        return Path.cwd()


class Hasher:
    """Hashes of files and notebooks, each read once while it does not change.

    A `glance` looks at each file once and takes it as unchanged from then on: good for a plan of many results that
    share their inputs, not for a run in which files may be edited.
    """

    def __init__(self, root: Path, glance: bool = False) -> None:
        self.root = root
        self.parse = cache(parse_source)
        self.hashes: dict[tuple[str, int, int, int, int], str] = {}
        self.code, self.look = (cache(self._code), cache(self._look)) if glance else (self._code, self._look)

    def take(self, task: Task, source: Source) -> dict[str, str]:
        """Return what decides the result of `task`, whose notebook is `source`, as all of it is now.

        Raises:
            InputUnreadable: a stated input is there but cannot be read.
        """
        beside, own = task.notebook.parent.absolute(), (task.notebook, *written_beside(task.output))
        inputs = dict(self._inputs(source.inputs or (), beside, own))
        inputs |= self._inputs(map(str, task.inputs or ()), Path.cwd(), own)
        return {
            "notebook": self.name(task.notebook.absolute()),
            "cells": source.digest,
            **{
                f"parameter {name}": json.dumps(task.parameters[name], ensure_ascii=False, sort_keys=True)
                for name in sorted(task.parameters)
            },
            **dict(sorted(inputs.items())),
            **self.code(beside),
            **library_versions(),
            **task.facts,
        }

    def again(self, recorded: Fingerprint, beside: Path) -> dict[str, str]:
        """Return the code, versions and input files of a fingerprint as they are now, on another machine too."""
        stated = [
            name for name in recorded if name.startswith("input ") and is_file(name.removeprefix("input "))
        ]
        found = {name: state_of(str(self.root / name.removeprefix("input ")), self.digest) for name in stated}
        return {**found, **self.code(beside), **library_versions()}

    def source(self, path: Path) -> Source:
        """Return the notebook at `path`.

        Raises:
            NotebookNotFound: it is not there or is no notebook.
        """
        try:
            return self.parse(path, path.read_bytes())
        except OSError:
            return read_source(path)  # which says why not

    def name(self, path: str | Path) -> str:
        """Return the path below the project's folder, or the whole path of a file elsewhere."""
        return str(path).removeprefix(f"{self.root}{os.sep}").replace(os.sep, "/")

    def digest(self, path: str | Path) -> str:
        """Return the sha256 of a file's bytes, read anew when the file is another or was written."""
        found = os.stat(path)  # noqa: PTH116 - thousands a plan
        key = (str(path), found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        if key not in self.hashes:
            with open(path, "rb") as file:  # noqa: PTH123
                self.hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
        return self.hashes[key]

    def _inputs(self, stated: Iterable[str], base: Path, own: Sequence[Path]) -> Iterator[tuple[str, str]]:
        """Give what inputs are, but for the notebook itself and what a run writes for it."""
        names = {path.name for path in own}
        for one in stated:
            for path, state in self.look(one, base).items():
                is_own = os.path.basename(path) in names and (  # noqa: PTH119 - thousands a plan
                    os.path.realpath(path) in map(os.path.realpath, own)
                )
                if not is_own:
                    yield f"input {self.name(path)}", state

    def _look(self, one: str, base: Path) -> dict[str, str]:
        return look_at(one, base, self.digest)

    def _code(self, beside: Path) -> dict[str, str]:
        """Return the hash of this package as a whole, and of each module that can be imported from `beside`."""
        own = hashlib.sha256()
        for file in _below(PACKAGE):
            own.update(f"{file.relative_to(PACKAGE).as_posix()} {self.digest(file)}\n".encode())
        modules = {f"code {self.name(file)}": self.digest(file) for file in _below(beside, _MODULES)}
        return {f"code {PACKAGE.name}": own.hexdigest(), **modules}


def manifest_path(output: Path) -> Path:
    """Return where the manifest of `output` lies."""
    return output.with_name(f"{output.stem}.manifest.json")


def lock_path(output: Path) -> Path:
    """Return where the lock of `output` lies."""
    return output.with_name(f".{output.name}.lock")


def written_beside(output: Path) -> tuple[Path, ...]:
    """Return what a run itself writes for a result, which is no input of it."""
    return output, manifest_path(output), lock_path(output)


def _below(folder: Path, endings: tuple[str, ...] = ("",)) -> list[Path]:
    """Return the files in a folder and in the folders below it that have names of packages."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name.isidentifier() and name != "__pycache__"]
        found += [Path(place, name) for name in files if name.endswith(endings)]
    return sorted(found)


def effective_dependencies() -> set[str]:
    """Return the names of our declared dependencies that can change a result."""
    lines = importlib.metadata.requires(DISTRIBUTION) or []
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if "extra ==" not in line)
    return {name[0].lower() for name in names if name} - _WITHOUT_EFFECT


@cache
def library_versions() -> dict[str, str]:
    """Return the versions that decide a result: Python, our declared dependencies and what executes cells."""
    found = {"version python": platform.python_version(), "version output format": FORMAT}
    for name in sorted(effective_dependencies() | set(_UNDERNEATH)):
        try:
            found[f"version {name}"] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found

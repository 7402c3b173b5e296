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
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from analysis.execution.inputs import ABSENT, hash_inputs, is_file
from analysis.execution.source import Source, parse_source
from analysis.execution.tasks import Task
from analysis.project import ProjectNotFound, find_root

PACKAGE = Path(__file__).resolve().parents[1]
# Raised when the same kernel output would be written as other bytes, so that old results become stale.
FORMAT = "1"
DISTRIBUTION = "dvctt-analysis"
_WITHOUT_EFFECT = {"jupyterlab", "click", "tqdm", "typst", "filelock"}
_UNDERNEATH = ("ipython", "nbclient", "matplotlib-inline", "patsy", "pillow")
_MODULES = (".py", ".so", ".pyd")


@dataclass(frozen=True)
class Fingerprint:
    """Everything that decides a result, by name and hash; two equal ones give equal bytes."""

    cells: str
    parameters: Mapping[str, object]
    inputs: Mapping[str, str]
    code: Mapping[str, str]
    versions: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)

    def differences(self, other: Fingerprint) -> list[str]:
        """Say in words what changed from `self`, the recorded one, to `other`, today's."""
        found = [] if self.cells == other.cells else ["the notebook's cells changed"]
        for name, old, new in _changes(self.parameters, other.parameters):
            found.append(f"parameter {name}: {_shown(old)} → {_shown(new)}")
        for what in ("inputs", "code"):
            for name, old, new in _changes(getattr(self, what), getattr(other, what)):
                found.append(f"{what.removesuffix('s')} {name} {_verb(old, new)}")
        for what in ("versions", "facts"):
            for name, old, new in _changes(getattr(self, what), getattr(other, what)):
                found.append(f"{name} {old or ABSENT} → {new or ABSENT}")
        return found


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = sorted(old.keys() | new.keys())
    return [(name, old.get(name), new.get(name)) for name in names if not same(old.get(name), new.get(name))]


def same(one: object, other: object) -> bool:
    """Tell whether two values are written alike: 1, 1.0 and true are three."""
    return one is other or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _verb(old: str | None, new: str | None) -> str:
    there, comes = old not in (None, ABSENT), new not in (None, ABSENT)
    return "changed" if there == comes else ("is new" if comes else "is gone")


def _shown(value: object) -> str:
    return "default" if value is None else json.dumps(value, ensure_ascii=False)


def project_folder() -> Path:
    """Return the project's folder, or where we are when there is no project."""
    try:
        return find_root()
    except ProjectNotFound:
        return Path.cwd()


@dataclass
class Hasher:
    """Hashes of files and notebooks, each read once while it does not change.

    A `glance` looks at each file once and takes it as unchanged from then on: good for a plan of many results that
    share their inputs, not for a run in which files may be edited.
    """

    root: Path
    glance: bool = False
    _files: dict[tuple[str, int, int, int], str] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)
    _states: dict[str, dict[str, str]] = field(default_factory=dict)
    _code: dict[Path, dict[str, str]] = field(default_factory=dict)
    _sources: dict[bytes, tuple[Source, str]] = field(default_factory=dict)

    def take(self, task: Task, source: Source) -> Fingerprint:
        """Return what decides the result of `task`, whose notebook is `source`, as all of it is now.

        Raises:
            InputUnreadable: a stated input is there but cannot be read.
        """
        beside, own = task.notebook.parent.absolute(), (task.notebook, *written_beside(task.output))
        known = self._states if self.glance else None
        found = hash_inputs(source.inputs or (), beside, self.digest, own, known)
        found |= hash_inputs(task.inputs or (), Path.cwd(), self.digest, own, known)
        return Fingerprint(
            cells=self.cells(source),
            parameters=dict(task.parameters),
            inputs={self.name(name) if is_file(name) else name: state for name, state in found.items()},
            code=self.code(beside),
            versions=library_versions(),
            facts=dict(task.facts),
        )

    def source(self, path: Path) -> Source:
        """Return the notebook at `path`.

        Raises:
            NotebookNotFound: it is not there or is no notebook.
        """
        from analysis.execution.source import read_source

        try:
            content = path.read_bytes()
        except OSError:
            return read_source(path)  # which says why not
        if content not in self._sources:
            source = parse_source(path, content)
            said = [[cell["kind"], cell["text"], cell["tags"]] for cell in source.cells]
            digest = hashlib.sha256(
                json.dumps([source.kernel, source.own.get("parameters"), said]).encode()
            ).hexdigest()
            self._sources[content] = (source, digest)
        return self._sources[content][0]

    def cells(self, source: Source) -> str:
        """Return the hash of what a notebook says, its kernel and its parameters' ranges; outputs play no part."""
        return self._sources[source.content][1]

    def code(self, beside: Path) -> dict[str, str]:
        """Return the hash of this package as a whole, and of each module that can be imported from `beside`."""
        if not self.glance or beside not in self._code:
            own = hashlib.sha256()
            for file in sorted(_package_files()):
                own.update(f"{file.relative_to(PACKAGE).as_posix()} {self.digest(file)}\n".encode())
            modules = {self.name(file): self.digest(file) for file in sorted(_modules(beside))}
            self._code[beside] = {PACKAGE.name: own.hexdigest(), **modules}
        return self._code[beside]

    def name(self, path: str | Path) -> str:
        """Return the path below the project's folder, or the whole path of a file elsewhere."""
        return str(path).removeprefix(f"{self.root}{os.sep}").replace(os.sep, "/")

    def digest(self, path: str | Path) -> str:
        """Return the sha256 of a file's bytes."""
        place = str(path)
        if place in self._seen:
            return self._seen[place]
        found = os.stat(place)  # noqa: PTH116 - thousands a plan
        key = (place, found.st_ino, found.st_size, found.st_mtime_ns)
        if key not in self._files:
            with open(place, "rb") as file:  # noqa: PTH123
                self._files[key] = hashlib.file_digest(file, "sha256").hexdigest()
        if self.glance:
            self._seen[place] = self._files[key]
        return self._files[key]


def manifest_path(output: Path) -> Path:
    """Return where the manifest of `output` lies."""
    return output.with_name(f"{output.stem}.manifest.json")


def lock_path(output: Path) -> Path:
    """Return where the lock of `output` lies."""
    return output.with_name(f".{output.name}.lock")


def written_beside(output: Path) -> tuple[Path, ...]:
    """Return what a run itself writes for a result, which is no input of it."""
    return output, manifest_path(output), lock_path(output)


def _package_files() -> list[Path]:
    """Return the code of this package and the tables, texts and templates that lie with it."""
    found: list[Path] = []
    for place, folders, files in os.walk(PACKAGE):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [Path(place, name) for name in files]
    return found


def _modules(folder: Path) -> list[Path]:
    """Return the modules in a folder and in the folders below it that have names of packages."""
    found: list[Path] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name.isidentifier() and name != "__pycache__"]
        found += [Path(place, name) for name in files if name.endswith(_MODULES)]
    return found


def effective_dependencies() -> set[str]:
    """Return the names of our declared dependencies that can change a result."""
    lines = importlib.metadata.requires(DISTRIBUTION) or []
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if "extra ==" not in line)
    return {name[0].lower() for name in names if name} - _WITHOUT_EFFECT


@cache
def library_versions() -> dict[str, str]:
    """Return the versions that decide a result: Python, our declared dependencies and what executes cells."""
    found = {"python": platform.python_version(), "output format": FORMAT}
    for name in sorted(effective_dependencies() | set(_UNDERNEATH)):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found

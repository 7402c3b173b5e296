"""What a result depends on, as hashes of content: cells, parameters, input bytes, our code, versions.

Times of files play no part, so a clock that jumps, a checkout or a copy makes nothing stale and nothing fresh.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.execution.reach import PACKAGE, library_files
from analysis.execution.tasks import Task
from analysis.project import ProjectNotFound, find_root

# Raised when the same kernel output would be written as other bytes, so that old results become stale.
FORMAT = "1"
DISTRIBUTION = "dvctt-analysis"
_WITHOUT_EFFECT = {"jupyterlab", "click", "tqdm", "typst"}
_UNDERNEATH = ("ipython", "nbclient", "matplotlib-inline", "patsy", "pillow")


class MissingInput(AnalysisError):
    """A file that a task declares as its input is not there."""


@dataclass(frozen=True)
class Fingerprint:
    """Everything that decides a result, by name and hash; two equal ones give equal bytes."""

    cells: str
    parameters: Mapping[str, object]
    inputs: Mapping[str, str]
    code: Mapping[str, str]
    versions: Mapping[str, str]

    def differences(self, other: Fingerprint) -> list[str]:
        """Say in words what changed from `self`, the recorded one, to `other`, today's."""
        found = [] if self.cells == other.cells else ["the notebook's cells changed"]
        for name, old, new in _changes(self.parameters, other.parameters):
            found.append(f"parameter {name}: {_shown(old)} → {_shown(new)}")
        for name, old, new in _changes(self.inputs, other.inputs):
            found.append(f"input {name} {_verb(old, new)}")
        for name, old, new in _changes(self.code, other.code):
            found.append(f"code {name} {_verb(old, new)}")
        for name, old, new in _changes(self.versions, other.versions):
            found.append(f"{name} {old or 'absent'} → {new or 'absent'}")
        return found


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    names = sorted(old.keys() | new.keys())
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def _verb(old: str | None, new: str | None) -> str:
    return "changed" if old and new else ("is new" if new else "is gone")


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
    _seen: dict[Path, str] = field(default_factory=dict)
    _code: dict[tuple[bytes, Path], dict[str, str]] = field(default_factory=dict)
    _cells: dict[bytes, tuple[str, str]] = field(default_factory=dict)

    def take(self, task: Task, content: bytes, also: Iterable[str] = ()) -> Fingerprint:
        """Return the fingerprint of `task` whose notebook file holds `content`.

        Args:
            also: names of files the notebook was seen to open in its last run, beside the declared inputs.

        Raises:
            MissingInput: a declared input is not there.
        """
        inputs = self._hash_inputs(task)
        for name in also:
            path = self.root / name
            if name not in inputs and (path in self._seen or path.is_file()):
                inputs[name] = self.digest(path)
        return Fingerprint(
            cells=self._read_cells(content)[0],
            parameters=dict(task.parameters),
            inputs=inputs,
            code=self._hash_code(content, task.notebook.parent),
            versions=library_versions(),
        )

    def declared(self, task: Task) -> frozenset[str]:
        """Return the names of the files that `task` declares as its inputs.

        Raises:
            MissingInput: one of them is not there.
        """
        return frozenset(self._hash_inputs(task))

    def code(self, content: bytes) -> str:
        """Return the code of the notebook whose file holds `content`."""
        return self._read_cells(content)[1]

    def name(self, path: Path) -> str:
        """Return the path below the project's folder, or the whole path of a file elsewhere."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def code_name(self, path: Path) -> str:
        """Return a module's path below the folder that holds our package, wherever it is installed."""
        ours = path.is_relative_to(PACKAGE)
        return path.relative_to(PACKAGE.parent).as_posix() if ours else self.name(path)

    def code_digest(self, name: str) -> str | None:
        """Return the hash of the code file that `code_name` calls `name`; None when it is gone."""
        places = (PACKAGE.parent / name, self.root / name)
        return next((self.digest(place) for place in places if place.is_file()), None)

    def digest(self, path: Path) -> str:
        """Return the sha256 of a file's bytes."""
        if path in self._seen:
            return self._seen[path]
        found = path.stat()
        key = (str(path), found.st_ino, found.st_size, found.st_mtime_ns)
        if key not in self._files:
            with path.open("rb") as file:
                self._files[key] = hashlib.file_digest(file, "sha256").hexdigest()
        if self.glance:
            self._seen[path] = self._files[key]
        return self._files[key]

    def _hash_code(self, content: bytes, beside: Path) -> dict[str, str]:
        key = (content, beside)
        if not self.glance or key not in self._code:
            files = library_files(self.code(content), beside.resolve())
            self._code[key] = {self.code_name(file): self.digest(file) for file in files}
        return self._code[key]

    def _hash_inputs(self, task: Task) -> dict[str, str]:
        found: dict[str, str] = {}
        for declared in task.inputs:
            path = declared.resolve()
            if not path.exists():
                raise MissingInput(f"{task.notebook.name} needs {declared}, which is not there.")
            files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
            found |= {self.name(file): self.digest(file) for file in files}
        return found

    def _read_cells(self, content: bytes) -> tuple[str, str]:
        """Return the hash of what a notebook says, and its code; outputs, counts and ids play no part."""
        if content not in self._cells:
            cells = [
                (cell["cell_type"], "".join(cell["source"]), sorted(cell.get("metadata", {}).get("tags", [])))
                for cell in json.loads(content)["cells"]
            ]
            digest = hashlib.sha256(json.dumps(cells).encode()).hexdigest()
            code = "\n".join(source for kind, source, _ in cells if kind == "code")
            self._cells[content] = (digest, code)
        return self._cells[content]


def effective_dependencies() -> set[str]:
    """Return the names of our declared dependencies that can change a result."""
    lines = importlib.metadata.requires(DISTRIBUTION) or []
    return {_bare_name(line) for line in lines if "extra ==" not in line} - _WITHOUT_EFFECT


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


def _bare_name(requirement: str) -> str:
    end = next(
        (i for i, sign in enumerate(requirement) if not (sign.isalnum() or sign in "-_.")), len(requirement)
    )
    return requirement[:end].lower()

"""A notebook's file as far as a plan looks at it: cells, kernel and what it states; anything else is one clear line."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import RequestError

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
_PYTHON = re.compile(r"i?python[0-9.]*|ipykernel|", re.IGNORECASE)


class NotebookNotFound(RequestError):
    """The notebook asked for does not exist or is not a notebook."""


@dataclass(frozen=True)
class Source:
    """A notebook's file: its cells as kind, text and tags, its kernel, and what the metadata holds under `dvctt`.

    `inputs` are those that the metadata states, from the notebook's folder; None where it states none. `digest` is the
    hash of what the notebook says, its kernel and its parameters' ranges; outputs play no part.
    """

    path: Path
    content: bytes
    cells: tuple[tuple[str, str, tuple[str, ...]], ...]
    kernel: str
    is_python: bool
    limits: Mapping[str, Mapping[str, Any]]
    inputs: list[str] | None
    digest: str


def refuse_address(path: Path) -> None:
    """Refuse `s3://…` and the like: what a result is made from and where it goes are files of this machine.

    Raises:
        NotebookNotFound: with the way out.
    """
    if _ADDRESS.match(str(path)):
        raise NotebookNotFound(
            f"{path} is an address. Notebooks and results are files here, so that they can be hashed, locked and put "
            "in place whole: fetch the notebook first, send the result on afterwards."
        )


def read_source(path: Path) -> Source:
    """Read a notebook of any format that nbformat knows; nothing is executed.

    Raises:
        NotebookNotFound: it is not there, is an address, or is not a notebook; says what was found.
    """
    refuse_address(path)
    try:
        return parse_source(path, path.read_bytes())
    except OSError as error:
        names = sorted(entry.name for entry in path.parent.glob("*.ipynb"))
        beside = f" In that folder: {', '.join(names)}." if names else ""
        what = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise NotebookNotFound(f"The notebook {path} {what}.{beside}") from None


def parse_source(path: Path, content: bytes) -> Source:
    """Return the notebook that `content`, the bytes of `path`, holds.

    Raises:
        NotebookNotFound: it is not a notebook; says what was expected.
    """
    try:
        return _parse(path, content)
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise NotebookNotFound(f"{path} is not a notebook that can be read: {said}.") from None


def _parse(path: Path, content: bytes) -> Source:
    notebook = _is(dict, json.loads(content), "the file")
    if notebook.get("nbformat") in (1, 2, 3):
        import nbformat

        notebook = nbformat.reads(content.decode(), as_version=4)  # type: ignore[no-untyped-call]
    cells = tuple(_cell(*one) for one in enumerate(_is(list, notebook.get("cells"), "`cells`"), 1))
    metadata = _is(dict, notebook.get("metadata", {}), "`metadata`")
    spec, info, own = (_is(dict, metadata.get(n, {}), n) for n in ("kernelspec", "language_info", "dvctt"))
    for one in _is(list, own.get("inputs", []), "metadata dvctt.inputs"):
        _is(str, one, "an input of metadata dvctt.inputs")
    limits = _is(dict, own.get("parameters", {}), "metadata dvctt.parameters")
    for name, limit in limits.items():
        _is(dict, limit, f"metadata dvctt.parameters.{name}")
    is_python = _PYTHON.fullmatch(str(info.get("name") or spec.get("language") or "")) is not None
    kernel = str(spec.get("name") or "python3")
    digest = hashlib.sha256(json.dumps([kernel, limits, cells]).encode()).hexdigest()
    return Source(path, content, cells, kernel, is_python, limits, own.get("inputs"), digest)


def _cell(number: int, cell: Any) -> tuple[str, str, tuple[str, ...]]:
    where = f" of cell {number}"
    metadata = _is(dict, _is(dict, cell, f"cell {number}").get("metadata", {}), f"metadata{where}")
    lines = cell.get("source")
    text = "".join(map(str, lines)) if isinstance(lines, list) else _is(str, lines, f"`source`{where}")
    tags = _is(list, metadata.get("tags", []), f"tags{where}")
    kind: str = _is(str, cell.get("cell_type"), f"`cell_type`{where}")
    return kind, text, tuple(sorted(map(str, tags)))


def _is(kind: type, found: Any, what: str) -> Any:
    """Return what was found, which is of a kind.

    Raises:
        ValueError: it is not.
    """
    if isinstance(found, kind):
        return found
    expected = {"dict": "an object", "list": "a list", "str": "a text"}[kind.__name__]
    raise ValueError(f"{what} is {json.dumps(found, default=str)[:40]}, expected {expected}")

"""A notebook as it lies on disk: its cells, its kernel, and what its metadata says for this room; or why it is none."""

from __future__ import annotations

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
    """A notebook's file; `inputs` are those its metadata states, None where it states none.

    `own` is what the metadata holds under `dvctt`.
    """

    path: Path
    content: bytes
    cells: tuple[Mapping[str, Any], ...]
    kernel: str
    language: str
    own: Mapping[str, Any]

    @property
    def is_python(self) -> bool:
        """Tell whether its cells are Python, as far as the notebook says."""
        return bool(_PYTHON.fullmatch(self.language))

    @property
    def inputs(self) -> tuple[str, ...] | None:
        """Return the inputs that the metadata states, as it writes them: from the notebook's folder."""
        stated = self.own.get("inputs")
        return None if stated is None else tuple(stated)


def read_source(path: Path) -> Source:
    """Read a notebook of any format that nbformat knows; nothing is executed.

    Raises:
        NotebookNotFound: it is not there, is an address, or is not a notebook; says what was found.
    """
    refuse_address(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        there = sorted(entry.name for entry in path.parent.glob("*.ipynb")) if path.parent.is_dir() else []
        beside = f" In that folder: {', '.join(there)}." if there else ""
        what = "is not there" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise NotebookNotFound(f"The notebook {path} {what}.{beside}") from None
    return parse_source(path, content)


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


def parse_source(path: Path, content: bytes) -> Source:
    """Return the notebook that `content`, the bytes of `path`, holds.

    Raises:
        NotebookNotFound: it is not a notebook; says what was expected.
    """
    try:
        notebook = json.loads(content)
        if isinstance(notebook, dict) and notebook.get("nbformat") in (1, 2, 3):
            notebook = _upgraded(content)
        cells = tuple(_cell(number, cell) for number, cell in enumerate(_of(list, notebook, "cells"), 1))
        metadata = _of(dict, notebook, "metadata")
        spec, info = _of(dict, metadata, "kernelspec"), _of(dict, metadata, "language_info")
        own = _of(dict, metadata, "dvctt")
        stated = own.get("inputs")
        if stated is not None and not (
            isinstance(stated, list) and all(isinstance(one, str) for one in stated)
        ):
            raise ValueError(f"metadata dvctt.inputs is {stated!r}; expected a list of texts")
    except (ValueError, RecursionError) as error:
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise NotebookNotFound(f"{path} is not a notebook that can be read: {said}.") from None
    language = info.get("name") or spec.get("language") or ""
    return Source(path, content, cells, str(spec.get("name") or "python3"), str(language), own)


def _of(kind: type, holder: Any, name: str) -> Any:
    """Return `holder[name]`, empty where it is not there."""
    if not isinstance(holder, dict):
        raise ValueError(
            f"expected a JSON object with `cells` and `metadata`, found {json.dumps(holder)[:40]}"
        )
    found = holder.get(name, kind())
    if name == "cells" and "cells" not in holder:
        raise ValueError("it has no `cells`")
    if not isinstance(found, kind):
        raise ValueError(
            f"`{name}` is {json.dumps(found)[:40]}, expected {'a list' if kind is list else 'an object'}"
        )
    return found


def _cell(number: int, cell: Any) -> Mapping[str, Any]:
    """Return a cell as kind, text and tags.

    Raises:
        ValueError: it is no cell.
    """
    if not isinstance(cell, dict):
        raise ValueError(f"cell {number} is {json.dumps(cell)[:40]}, expected an object")
    source = cell.get("source")
    text = "".join(source) if isinstance(source, list) and all(isinstance(p, str) for p in source) else source
    if not isinstance(text, str) or not isinstance(cell.get("cell_type"), str):
        raise ValueError(f"cell {number} has no `source` or no `cell_type`")
    tags = _of(list, _of(dict, cell, "metadata"), "tags")
    return {"kind": cell["cell_type"], "text": text, "tags": sorted(map(str, tags))}


def _upgraded(content: bytes) -> Any:
    import nbformat

    return nbformat.reads(content.decode(), as_version=4)  # type: ignore[no-untyped-call]

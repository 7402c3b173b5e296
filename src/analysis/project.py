"""Where the project lies: the folder with `data/raw`, found from wherever a notebook or a command starts."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from analysis.errors import RequestError

MARK = Path("data/raw/datapackage.json")


class ProjectNotFound(RequestError):
    """No folder with `data/raw/datapackage.json` here or above."""


def find_root(start: Path | None = None) -> Path:
    """Return the project's folder: DVCTT_ROOT, else the nearest one at or above `start` (default: here).

    Last comes the clone this package was installed from, so that a notebook opened elsewhere still works.

    Raises:
        ProjectNotFound: none of them holds `data/raw/datapackage.json`.
    """
    named = os.environ.get("DVCTT_ROOT")
    if named:
        if not (Path(named) / MARK).is_file():
            raise ProjectNotFound(
                f"DVCTT_ROOT={named} holds no {MARK}. Point it at a project's folder, or start one: dvctt init DIR."
            )
        return Path(named).resolve()
    here = Path(start).resolve() if start else _here(os.getcwd())  # noqa: PTH109 - asked for every head of a table
    for folder, mark in _marks_above(here):
        if os.path.isfile(mark):  # noqa: PTH113
            return folder
    raise ProjectNotFound(
        f"No {MARK} in {here} or above it. Run this inside a project, set DVCTT_ROOT to one, or start one: "
        "dvctt init DIR."
    )


@lru_cache(maxsize=64)
def _here(working_folder: str) -> Path:
    return Path(working_folder).resolve()


@lru_cache(maxsize=64)
def _marks_above(here: Path) -> tuple[tuple[Path, str], ...]:
    """Return each folder at and above a place, and the file that makes it a project."""
    return tuple(
        (folder, str(folder / MARK)) for folder in (here, *here.parents, Path(__file__).resolve().parents[2])
    )

"""Where the project lies: the folder with `data/raw`, found from wherever a notebook or a command starts."""

from __future__ import annotations

import os
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
                f"DVCTT_ROOT={named} holds no {MARK}. Point it at the clone of the project."
            )
        return Path(named).resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / MARK).is_file():
            return folder
    raise ProjectNotFound(
        f"No {MARK} in {here} or above it. Run this inside the clone, or set DVCTT_ROOT to it."
    )

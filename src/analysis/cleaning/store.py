"""The tables of `data/processed` as bytes: given out only as cleaning left them, and only to who stated them.

The hash of every table stands in the stamp and is compared before a figure is taken from it, so that a table edited by
hand is never taken for what cleaning made.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError

FOLDER = Path("data/processed")
STAMP = "stamp.json"
TRUSTED = "DVCTT_PROCESSED_IS_FRESH_IN"  # names the project's folder whose tables were just seen to
STATED = "DVCTT_STATED_TABLES"  # names the tables stated for a notebook of a run; it is given no other


class TableChanged(AnalysisError):
    """A table of `data/processed` is not as cleaning left it."""


class NotStated(AnalysisError):
    """A notebook of a run asks for a table that was not stated as what its result depends on."""


def read_stamp(root: Path) -> dict[str, Any]:
    """Return the stamp of the published tables; empty where there is none."""
    try:
        return dict(json.loads((root / FOLDER / STAMP).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def hash_tables(root: Path, places: Iterable[str]) -> dict[str, str]:
    """Return the sha256 of tables by their places below the folder, of those that are there."""
    files = {place: root / FOLDER / place for place in places}
    return {
        place: hashlib.sha256(path.read_bytes()).hexdigest()
        for place, path in files.items()
        if path.is_file()
    }


def refuse_unstated(root: Path, place: str) -> None:
    """Refuse a table that the notebook of a run did not state: its result would look fresh when the table changes.

    Raises:
        NotStated: naming the table and where to state it.
    """
    stated = os.environ.get(STATED)
    if stated is not None and os.environ.get(TRUSTED) == str(root) and place not in stated.split(os.pathsep):
        raise NotStated(
            f"The notebook asks for {FOLDER.as_posix()}/{place}, which is not stated as what its result depends on. "
            "State it in src/analysis/stated_inputs.py."
        )


def read_checked(root: Path, place: str) -> bytes:
    """Return the bytes of a table, which are those that cleaning left.

    Raises:
        TableChanged: they are not.
        NotStated: as `refuse_unstated`.
    """
    refuse_unstated(root, place)
    content = _checked(root, place)
    if content is None:
        with only_one(root):  # another process may be writing the tables anew just now
            content = _checked(root, place)
    if content is None:
        raise TableChanged(
            f"{FOLDER.as_posix()}/{place} is not as cleaning left it. Nothing is taken from it; `dvctt clean` makes it "
            "anew, and what is to be different belongs into data/raw."
        )
    return content


def _checked(root: Path, place: str) -> bytes | None:
    wanted = read_stamp(root).get("tables", {}).get(place)
    try:
        content = (root / FOLDER / place).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == wanted else None


@contextlib.contextmanager
def only_one(root: Path) -> Iterator[None]:
    """Hold the lock of the folder."""
    from filelock import FileLock

    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    with FileLock(root / FOLDER / ".lock"):
        yield

"""A project of one's own: the raw files, notebooks and studies that came with this package, in a new folder."""

from __future__ import annotations

import shutil
from pathlib import Path

from analysis.errors import RequestError
from analysis.project import MARK

PARTS = ("data/raw", "data/processed/README.md", "notebooks", "studies")


class StartRefused(RequestError):
    """The folder holds a project, or files that a new one would lie among."""


def start_project(folder: Path) -> list[str]:
    """Copy what a project starts with into a folder, which is made; return what was put there.

    Nothing is written over: a part of a project that is there already refuses the whole.

    Raises:
        StartRefused: names what is in the way, or the project that the folder lies inside.
    """
    around = next((above for above in folder.resolve().parents if (above / MARK).is_file()), None)
    if around:
        raise StartRefused(
            f"{folder.resolve()} lies inside the project {around}. Name a folder outside it: dvctt init DIR."
        )
    there = [part for part in PARTS if (folder / part).exists()]
    if there:
        raise StartRefused(
            f"{folder.resolve()} already holds {', '.join(there)}. Name a new folder: dvctt init DIR."
        )
    source = _source()
    skipped = shutil.ignore_patterns(".*", "__pycache__")
    for part in PARTS:
        place = folder / part
        place.parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, place, ignore=skipped)
        else:
            shutil.copyfile(source / part, place)
    return [part for part in PARTS if "." not in part]


def _source() -> Path:
    """Return where the parts lie: inside an installed wheel, or the clone this package was installed from."""
    inside = Path(__file__).parent / "start"
    return inside if (inside / MARK).is_file() else Path(__file__).resolve().parents[2]

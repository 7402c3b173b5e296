"""A project of one's own: the raw files, notebooks and studies that came with this package, in a new folder."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
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
    folder.mkdir(parents=True, exist_ok=True)
    if not _take_committed(source, folder):
        _copy(source, folder)
    return [part for part in PARTS if "." not in part]


def _take_committed(source: Path, folder: Path) -> bool:
    """Put a clone's committed parts into a folder, so that what its user added stays there; False for no clone."""
    if not (source / ".git").exists() or shutil.which("git") is None:
        return False
    packed = subprocess.run(
        ["git", "-C", str(source), "archive", "--format=tar", "HEAD", *PARTS], capture_output=True
    )
    if packed.returncode:
        return False
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return True


def _copy(source: Path, folder: Path) -> None:
    """Copy the parts that a wheel, or a source without its history, carries."""
    skipped = shutil.ignore_patterns(".*", "__pycache__")
    for part in PARTS:
        place = folder / part
        place.parent.mkdir(parents=True, exist_ok=True)
        if (source / part).is_dir():
            shutil.copytree(source / part, place, ignore=skipped)
        else:
            shutil.copyfile(source / part, place)


def _source() -> Path:
    """Return where the parts lie: inside an installed wheel, or the clone this package was installed from."""
    inside = Path(__file__).parent / "start"
    return inside if (inside / MARK).is_file() else Path(__file__).resolve().parents[2]

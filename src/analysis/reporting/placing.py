"""Files put in place together: all written aside in the same folder, then renamed one after the other."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

_ASIDE = ".writing-"


def put_in_place(contents: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write files, names relative to `folder`; a reader sees each old or new, never half, and none if one fails.

    They are renamed in the order given, so what links to the others comes last.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(folder)
    aside = Path(tempfile.mkdtemp(prefix=_ASIDE, dir=folder))
    held = _hold(aside)
    try:
        for name, content in contents.items():
            _write(aside / name, content)
        for name in contents:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(folder / name)
    except OSError as error:
        error.filename = error.filename or str(folder)  # the system says of a full disk that it is, not where
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if held is not None:
            os.close(held)
    return [folder / name for name in contents]


def _remove_abandoned(folder: Path) -> None:
    """Delete what writers that were killed left in the folder; one that still writes holds its own."""
    for aside in folder.glob(f"{_ASIDE}*"):
        held = _hold(aside)
        if held is not None:
            shutil.rmtree(aside, ignore_errors=True)
            os.close(held)


def _hold(aside: Path) -> int | None:
    """Lock a folder until its handle is closed or this process ends; None where that is not possible."""
    if sys.platform == "win32":
        return None
    import fcntl

    try:
        handle = os.open(aside, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())

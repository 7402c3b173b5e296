"""Publication of a file at once and whole: written aside in its folder, synced to disk, then renamed."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
from pathlib import Path

from analysis.errors import AnalysisError

_ASIDE = ".{name}.{pid}.aside"


class CannotWrite(AnalysisError):
    """A result cannot be written: no permission, no space, no such place."""


def publish(path: Path, content: bytes) -> None:
    """Replace `path` by `content`: readers, and a crash at any moment, see the old or the new one whole.

    Raises:
        CannotWrite: the folder refuses the file or the disk is full; nothing half-written is left.
    """
    aside = path.parent / _ASIDE.format(name=path.name, pid=os.getpid())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_synced(aside, content)
        aside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise CannotWrite(_explain(path, error)) from None


def remove_asides(path: Path) -> None:
    """Delete what runs that were killed left beside `path`; call it only while holding its lock."""
    for aside in path.parent.glob(_ASIDE.format(name=glob.escape(path.name), pid="*")):
        with contextlib.suppress(OSError):
            aside.unlink()


def check_writable(folder: Path) -> None:
    """Refuse at once a folder that no file can be written to.

    Raises:
        CannotWrite: the folder cannot be made, or refuses a file.
    """
    probe = folder / _ASIDE.format(name="probe", pid=os.getpid())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise CannotWrite(_explain(folder, error)) from None


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _explain(path: Path, error: OSError) -> str:
    mends = {
        errno.ENOSPC: "the disk is full. Free some space",
        errno.EDQUOT: "your quota is used up. Free some space",
        errno.EROFS: "the file system is read-only. Make it writable or choose another folder",
        errno.EACCES: "you may not write there. Change the permissions or choose another folder",
        errno.EPERM: "you may not write there. Change the permissions or choose another folder",
        errno.ENOTDIR: "a part of that path is a file. Choose another folder",
        errno.EEXIST: "a file stands where the folder should be. Move it away",
    }
    mend = mends.get(error.errno or 0, f"{error.strerror or error}. Mend that")
    return f"Cannot write {path}: {mend}, then run the same command again; nothing half-written was left."

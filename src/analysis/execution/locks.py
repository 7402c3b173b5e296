"""One writer at a time for each result, also between two runs; a lock ends with the process that holds it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_WAIT_SECONDS = 0.1


@contextmanager
def locked(output: Path, *, on_wait: Callable[[], None], give_up: Callable[[], bool]) -> Iterator[bool]:
    """Hold the lock of `output`; give False when `give_up` told to stop waiting for another run.

    The lock is a file beside the output, removed when it is released; `on_wait` is called once if it is taken.
    """
    path = output.with_name(f".{output.name}.lock")
    handle = _try_lock(path)
    if handle is None:
        on_wait()
    while handle is None and not give_up():
        time.sleep(_WAIT_SECONDS)
        handle = _try_lock(path)
    if handle is None:
        yield False
        return
    try:
        yield True
    finally:
        # Removed while still held, so that who waits for this very file finds out and takes a new one.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _try_lock(path: Path) -> int | None:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    if _take(handle) and _is_still(path, handle):
        return handle
    os.close(handle)
    return None


def _take(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_still(path: Path, handle: int) -> bool:
    """Tell whether `path` names the file that is locked, not a later one of the same name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False

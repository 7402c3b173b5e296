"""One writer at a time for each result, also between two runs; a lock ends with the process that holds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analysis.execution.fingerprint import lock_path


@contextmanager
def locked(output: Path, *, on_wait: Callable[[], None], give_up: Callable[[], bool]) -> Iterator[bool]:
    """Hold the lock of `output`; give False when `give_up` told to stop waiting for another run.

    `on_wait` is called if it is taken. Its file is removed at the end; who waited for that file looks for another.
    """
    from filelock import FileLock, Timeout

    path, held = lock_path(output), [0]
    lock = FileLock(path, poll_interval=0.1, on_acquired=lambda file: held.append(os.fstat(file).st_ino))
    try:
        while True:
            try:
                lock.acquire(blocking=False)
            except Timeout:
                on_wait()
                lock.acquire(cancel_check=give_up)
            with suppress(FileNotFoundError):
                if path.stat().st_ino == held[-1]:
                    break
            lock.release()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        with suppress(OSError):  # Windows removes it itself
            path.unlink()
        lock.release()

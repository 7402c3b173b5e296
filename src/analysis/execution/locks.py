"""One writer at a time for each result, also between two runs; a lock ends with the process that holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.execution.fingerprint import lock_path


@contextmanager
def locked(output: Path, *, on_wait: Callable[[], None], give_up: Callable[[], bool]) -> Iterator[bool]:
    """Hold the lock of `output`; give False when `give_up` told to stop waiting for another run.

    `on_wait` is called once if it is taken. The lock's file stays beside the result: it is what others wait for.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(lock_path(output), poll_interval=0.1)
    try:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            on_wait()
            lock.acquire(cancel_check=give_up)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()

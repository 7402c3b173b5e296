"""How far a run is: a live line on a terminal, plain lines elsewhere, always on standard error."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

from analysis.execution.tasks import Outcome, Task

_MARKS = {"done": "done", "fresh": "up to date", "failed": "FAILED", "stopped": "stopped"}


class View(Protocol):
    """What a run tells: each method may be called from any thread."""

    def watching(self, tasks: Sequence[Task]) -> AbstractContextManager[None]:
        """Enter before the first task, leave after the last."""

    def started(self, task: Task) -> None:
        """Note that a kernel has been given this task."""

    def ended(self, outcome: Outcome) -> None:
        """Note how a task ended."""


def label(task: Task) -> str:
    """Return a short name for a task: its output's folder and name."""
    return f"{task.output.parent.name}/{task.output.stem}"


def view_for_terminal(stream: TextIO | None = None) -> View:
    """Return a live line where `stream` (default standard error) is a terminal, plain lines elsewhere."""
    stream = stream or sys.stderr
    return LiveLine(stream) if stream.isatty() else PlainLines(stream)


class PlainLines:
    """One line for each task that ended."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lock = threading.Lock()
        self.total = 0
        self.ended_count = 0

    @contextmanager
    def watching(self, tasks: Sequence[Task]) -> Iterator[None]:
        """Count the tasks."""
        self.total, self.ended_count = len(tasks), 0
        yield

    def started(self, task: Task) -> None:
        """Stay silent: the end says it all."""

    def ended(self, outcome: Outcome) -> None:
        """Write one line, with the failure's message under it."""
        with self.lock:
            self.ended_count += 1
            line = f"[{self.ended_count}/{self.total}] {label(outcome.task)}: {_MARKS[outcome.status]}"
            print(f"{line} ({outcome.seconds:.1f} s)", file=self.stream)
            if outcome.failure:
                print(outcome.failure.text, file=self.stream)
            self.stream.flush()


class LiveLine:
    """One line that is drawn anew: done, running, waiting, failed, time left."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lock = threading.Lock()
        self.total = 0
        self.running: dict[str, float] = {}
        self.counts = dict.fromkeys(_MARKS, 0)
        self.started_at = 0.0

    @contextmanager
    def watching(self, tasks: Sequence[Task]) -> Iterator[None]:
        """Draw the line each half second until all ended."""
        self.total, self.started_at = len(tasks), time.monotonic()
        over = threading.Event()
        drawer = threading.Thread(target=self._keep_drawing, args=(over,), daemon=True)
        drawer.start()
        try:
            yield
        finally:
            over.set()
            drawer.join()
            self.stream.write("\r\x1b[K")
            self.stream.flush()

    def started(self, task: Task) -> None:
        """Show the task among those that run."""
        with self.lock:
            self.running[label(task)] = time.monotonic()

    def ended(self, outcome: Outcome) -> None:
        """Count the task; a failure's message stays on the screen above the line."""
        with self.lock:
            self.running.pop(label(outcome.task), None)
            self.counts[outcome.status] += 1
            if outcome.failure:
                self.stream.write(f"\r\x1b[K{outcome.failure.text}\n")

    def _keep_drawing(self, over: threading.Event) -> None:
        while not over.wait(0.5):
            with self.lock:
                width = shutil.get_terminal_size().columns - 1
                self.stream.write(f"\r\x1b[K{self._line()[:width]}")
                self.stream.flush()

    def _line(self) -> str:
        ended = sum(self.counts.values())
        parts = [f"{ended}/{self.total} done"]
        waiting = self.total - ended - len(self.running)
        parts += [f"{waiting} waiting"] if waiting else []
        parts += [f"{self.counts['failed']} failed"] if self.counts["failed"] else []
        worked = ended - self.counts["fresh"]
        if worked:
            left = (time.monotonic() - self.started_at) / worked * (self.total - ended)
            parts.append(f"about {left:.0f} s left")
        parts += [", ".join(self.running)] if self.running else []
        return " · ".join(parts)

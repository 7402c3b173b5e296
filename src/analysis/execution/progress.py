"""How far a run is: a live line on a terminal, plain or JSON lines elsewhere, always on standard error."""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Protocol, TextIO

from analysis.execution.staleness import Verdict
from analysis.execution.tasks import Outcome, Task

_MARKS = {"done": "done", "fresh": "made by another run", "failed": "FAILED", "stopped": "stopped"}
_DRAW_SECONDS = 0.25


class View(Protocol):
    """What a run tells; each method may be called from any thread."""

    def watching(self, verdicts: Sequence[Verdict]) -> AbstractContextManager[None]:
        """Enter before the first task, leave after the last."""

    def started(self, task: Task) -> None:
        """Note that a kernel has been given this task."""

    def waiting(self, task: Task) -> None:
        """Note that another run holds this task's result."""

    def ended(self, outcome: Outcome) -> None:
        """Note how a task that was not up to date ended."""


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
    def watching(self, verdicts: Sequence[Verdict]) -> Iterator[None]:
        """Say how many will run."""
        self.total = sum(bool(verdict.why) for verdict in verdicts)
        self._write(f"notebooks: {self.total} to run, {len(verdicts) - self.total} up to date")
        yield

    def started(self, task: Task) -> None:
        """Stay silent: the end says it all."""

    def waiting(self, task: Task) -> None:
        """Say who is waited for."""
        self._write(f"{label(task)}: another run is making it; waiting for that")

    def ended(self, outcome: Outcome) -> None:
        """Write one line, with the failure's message under it."""
        with self.lock:
            self.ended_count += 1
            count = f"[{self.ended_count}/{self.total}]"
        line = f"{count} {label(outcome.task)}: {_MARKS[outcome.status]} ({outcome.seconds:.1f} s)"
        self._write(f"{line}\n{outcome.failure.text}" if outcome.failure else line)

    def _write(self, text: str) -> None:
        with self.lock:
            print(text, file=self.stream, flush=True)


class JsonLines:
    """One JSON object a line: event, time (UTC) and what belongs to the event."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lock = threading.Lock()

    @contextmanager
    def watching(self, verdicts: Sequence[Verdict]) -> Iterator[None]:
        """Write the plan first and the end last."""
        for verdict in verdicts:
            self._write("plan", verdict.task, why=list(verdict.why))
        try:
            yield
        finally:
            self._write("end")

    def started(self, task: Task) -> None:
        """Write `start`."""
        self._write("start", task)

    def waiting(self, task: Task) -> None:
        """Write `wait`."""
        self._write("wait", task)

    def ended(self, outcome: Outcome) -> None:
        """Write the status as the event."""
        failure = outcome.failure
        told = {"kind": failure.kind, "cell": failure.cell, "text": failure.text} if failure else None
        self._write(outcome.status, outcome.task, seconds=round(outcome.seconds, 3), failure=told)

    def _write(self, event: str, task: Task | None = None, **more: object) -> None:
        content: dict[str, object] = {"event": event, "time": datetime.now(UTC).isoformat()}
        if task:
            content |= {
                "notebook": str(task.notebook),
                "output": str(task.output),
                "parameters": dict(task.parameters),
            }
        with self.lock:
            print(json.dumps(content | more, ensure_ascii=False), file=self.stream, flush=True)


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
    def watching(self, verdicts: Sequence[Verdict]) -> Iterator[None]:
        """Draw the line again and again until all ended, then take it away."""
        self.total = sum(bool(verdict.why) for verdict in verdicts)
        self.started_at = time.monotonic()
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

    def waiting(self, task: Task) -> None:
        """Show that another run has the task."""
        with self.lock:
            self.running[f"{label(task)} (by another run)"] = time.monotonic()

    def ended(self, outcome: Outcome) -> None:
        """Count the task; a failure's message stays on the screen above the line."""
        with self.lock:
            for name in (label(outcome.task), f"{label(outcome.task)} (by another run)"):
                self.running.pop(name, None)
            self.counts[outcome.status] += 1
            if outcome.failure:
                self.stream.write(f"\r\x1b[K{outcome.failure.text}\n")

    def _keep_drawing(self, over: threading.Event) -> None:
        while not over.wait(_DRAW_SECONDS):
            with self.lock:
                width = shutil.get_terminal_size().columns - 1
                self.stream.write(f"\r\x1b[K{self._line()[:width]}")
                self.stream.flush()

    def _line(self) -> str:
        ended = sum(self.counts.values())
        waiting = self.total - ended - len(self.running)
        parts = [f"{ended}/{self.total} done", f"{len(self.running)} running"]
        parts += [f"{waiting} waiting"] if waiting > 0 else []
        parts += [f"{self.counts['failed']} failed"] if self.counts["failed"] else []
        if ended:
            left = (time.monotonic() - self.started_at) / ended * (self.total - ended)
            parts.append(f"about {left:.0f} s left")
        return " · ".join([*parts, *self.running])

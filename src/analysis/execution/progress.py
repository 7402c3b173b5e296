"""How far a run is: a live line on a terminal, plain or JSON lines elsewhere, always on standard error."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol, TextIO

from analysis.execution.staleness import Verdict
from analysis.execution.tasks import Outcome, Task

_MARKS = {"done": "done", "fresh": "made by another run", "failed": "FAILED", "stopped": "stopped"}


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
    """One line that is drawn anew: done of all, time left, failed, running; failures stay on the screen above it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lock = threading.RLock()
        self.running: list[str] = []
        self.failed = 0
        self.bar: Any = None

    @contextmanager
    def watching(self, verdicts: Sequence[Verdict]) -> Iterator[None]:
        """Show the line until all ended, then take it away."""
        from tqdm import tqdm

        total = sum(bool(verdict.why) for verdict in verdicts)
        shape = "{n_fmt}/{total_fmt} done · about {remaining} left{postfix}"
        with tqdm(
            total=total, file=self.stream, leave=False, dynamic_ncols=True, bar_format=shape
        ) as self.bar:
            yield

    def _show(self) -> None:
        failed = [f"{self.failed} failed"] if self.failed else []
        with self.lock:
            self.bar.set_postfix_str(" · ".join([f"{len(self.running)} running", *failed, *self.running]))

    def started(self, task: Task) -> None:
        """Show the task among those that run."""
        self.running.append(label(task))
        self._show()

    def waiting(self, task: Task) -> None:
        """Show that another run has the task."""
        self.running.append(f"{label(task)} (by another run)")
        self._show()

    def ended(self, outcome: Outcome) -> None:
        """Count the task; a failure's message stays on the screen above the line."""
        with self.lock:
            names = (label(outcome.task), f"{label(outcome.task)} (by another run)")
            self.running = [name for name in self.running if name not in names]
            self.bar.update()
            if outcome.failure:
                self.failed += 1
                self.bar.write(outcome.failure.text, file=self.stream)
        self._show()

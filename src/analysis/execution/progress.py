"""What a run says to the person who asked for it: the plan before, how far it is, the sum of it afterwards."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from analysis.execution.inputs import ABSENT, look_at
from analysis.execution.staleness import Verdict
from analysis.execution.tasks import Outcome, Task

_SHOWN_REASONS = 3
_MARKS = {"done": "done", "fresh": "made by another run", "failed": "FAILED", "stopped": "stopped"}


class View:
    """Tells of a run on `stream` (default: standard error): a line a task, or on a terminal a bar and the failures.

    With `as_json` one JSON object a line: event, time (UTC) and what belongs to the event. The methods may be called
    from any thread.
    """

    def __init__(self, stream: TextIO | None = None, *, as_json: bool = False) -> None:
        self.stream = stream or sys.stderr
        self.as_json = as_json
        self.lock = threading.RLock()
        self.counts = Counter[str]()
        self.bar: Any = None

    @contextmanager
    def watching(self, verdicts: Sequence[Verdict]) -> Iterator[None]:
        """Enter before the first task, leave after the last."""
        for verdict in verdicts:
            self._say("plan", verdict.task, why=list(verdict.why))
        self.counts["all"] = sum(bool(verdict.why) for verdict in verdicts)
        self._say(
            "",
            text=f"notebooks: {self.counts['all']} to run, {len(verdicts) - self.counts['all']} up to date",
        )
        try:
            if self.stream.isatty() and not self.as_json:
                from tqdm import tqdm

                shape = "{n_fmt}/{total_fmt} done · about {remaining} left{postfix}"
                with tqdm(
                    total=self.counts["all"],
                    file=self.stream,
                    leave=False,
                    dynamic_ncols=True,
                    bar_format=shape,
                ) as self.bar:
                    yield
            else:
                yield
        finally:
            self._say("end")

    def started(self, task: Task) -> None:
        """Note that a process has been given this task."""
        self._count(running=1)
        self._say("start", task)

    def waiting(self, task: Task) -> None:
        """Note that another run holds this task's result."""
        self._say("wait", task, text=f"{label(task)}: another run is making it; waiting for that")

    def ended(self, outcome: Outcome) -> None:
        """Note how a task that was not up to date ended."""
        failure = outcome.failure
        with self.lock:
            self._count(ended=1, running=-(outcome.status != "fresh"), failed=outcome.status == "failed")
            count = f"[{self.counts['ended']}/{self.counts['all']}]"
        line = f"{count} {label(outcome.task)}: {_MARKS[outcome.status]} ({outcome.seconds:.1f} s)"
        told = {"kind": failure.kind, "cell": failure.cell, "text": failure.text} if failure else None
        self._say(
            outcome.status,
            outcome.task,
            text=f"{line}\n{failure.text}" if failure else "" if self.bar else line,
            seconds=round(outcome.seconds, 3),
            failure=told,
        )

    def _count(self, ended: int = 0, running: int = 0, failed: int = 0) -> None:
        with self.lock:
            self.counts.update(ended=ended, running=running, failed=failed)
            if self.bar is not None:
                shown = [f"{self.counts[what]} {what}" for what in ("running", "failed") if self.counts[what]]
                self.bar.set_postfix_str(" · ".join(shown))
                self.bar.update(ended)

    def _say(self, event: str, task: Task | None = None, *, text: str = "", **more: object) -> None:
        if self.as_json:
            content = {"event": event, "time": datetime.now(UTC).isoformat(), **more}
            if task:
                content |= {"notebook": str(task.notebook), "output": str(task.output)}
                content["parameters"] = dict(task.parameters)
            text = json.dumps(content, ensure_ascii=False) if event else ""
        if not text:
            return
        with self.lock:
            if self.bar is not None:
                self.bar.write(text, file=self.stream)
            else:
                print(text, file=self.stream, flush=True)


def label(task: Task) -> str:
    """Return a short name for a task: its output's folder and name."""
    return f"{task.output.parent.name}/{task.output.stem}"


def describe_plan(verdicts: Sequence[Verdict]) -> str:
    """Say one line for each result that would be made, with its reasons, and count the others."""
    lines = [f"{_near(verdict.task.output)}: {_reasons(verdict.why)}" for verdict in verdicts if verdict.why]
    return "\n".join([*lines, f"{len(lines)} to run, {len(verdicts) - len(lines)} up to date"])


def describe_absent(inputs: Sequence[str]) -> list[str]:
    """Say of each stated input that nothing is there: a slip of the pen, or something that is still to come."""
    absent = [
        one for one in inputs if set(look_at(one, Path.cwd(), lambda _path: "there").values()) == {ABSENT}
    ]
    return [
        f"--input {one}: nothing is there now; once something is, the result is made anew." for one in absent
    ]


def describe_outcomes(outcomes: Sequence[Outcome]) -> str:
    """Say how many results were made, how many were up to date, how many failed, and where they lie."""
    counts = Counter(outcome.status for outcome in outcomes)
    made = [f"{counts['done']} made", f"{counts['fresh']} up to date"]
    made += [f"{counts['failed']} failed"] if counts["failed"] else []
    folders = sorted({str(_near(outcome.task.output.parent)) for outcome in outcomes})
    return f"{', '.join(made)}: {', '.join(folders[:3])}" + (" …" if len(folders) > 3 else "")


def _reasons(why: Sequence[str]) -> str:
    more = len(why) - _SHOWN_REASONS
    return "; ".join(why[:_SHOWN_REASONS]) + (f"; and {more} more" if more > 0 else "")


def _near(path: Path) -> Path:
    """Return the path as seen from the current folder where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path

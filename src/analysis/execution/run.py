"""The one door to execution: tasks in, executed notebooks published, outcomes out."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path

from analysis.errors import RequestError
from analysis.execution.notebook import Order, describe_failure, execute
from analysis.execution.parameters import Schema, read_schema
from analysis.execution.progress import View, view_for_terminal
from analysis.execution.publish import CannotWrite, check_writable, publish
from analysis.execution.tasks import Failure, Outcome, Task
from analysis.project import find_root

__all__ = ["Outcome", "Task", "check_tasks", "run_tasks"]


class SameOutput(RequestError):
    """Two tasks would write the same file."""


def check_tasks(tasks: Iterable[Task]) -> list[Task]:
    """Return the tasks with their parameters checked against each notebook's schema; no kernel is started.

    Raises:
        RequestError: an unknown, mistyped or secret-looking parameter, no such notebook, one output twice.
    """
    schemas: dict[Path, Schema] = {}
    checked: dict[Path, Task] = {}
    for task in tasks:
        if task.notebook not in schemas:
            schemas[task.notebook] = read_schema(task.notebook)
        output = task.output.absolute()
        if output in checked:
            raise SameOutput(f"Two tasks write {output}: {checked[output].notebook} and {task.notebook}.")
        checked[output] = replace(
            task, parameters=schemas[task.notebook].check(task.parameters), output=output
        )
    return list(checked.values())


def run_tasks(
    tasks: Iterable[Task],
    *,
    jobs: int | None = None,
    progress: View | None = None,
    timeout: float | None = None,
    cell_timeout: float | None = None,
    failed_folder: Path | None = None,
) -> list[Outcome]:
    """Execute notebooks in parallel, each in a kernel of its own, and publish those that ended well.

    Args:
        tasks: what to run; a task's kernel works in its notebook's folder.
        jobs: kernels at a time; default: the cores this process may use.
        progress: where to show how far it is; default: standard error.
        timeout: seconds one notebook may take.
        cell_timeout: seconds one cell may take.
        failed_folder: where half-done copies go; default `reports/failed` of the project.

    Returns:
        One outcome a task, in the order given; a failing notebook does not stop the others.

    Raises:
        RequestError: a wrong request, before any kernel starts.
        CannotWrite: a folder for the results cannot be written to.
    """
    checked = check_tasks(tasks)
    for folder in sorted({task.output.parent for task in checked}):
        check_writable(folder)
    failed = failed_folder or find_root() / "reports" / "failed"
    view = progress or view_for_terminal()
    runner = _Runner(view, failed, timeout, cell_timeout)
    with view.watching(checked):
        return runner.run(checked, jobs or len(os.sched_getaffinity(0)))


class _Runner:
    """The settings all tasks of one run share."""

    def __init__(self, view: View, failed: Path, timeout: float | None, cell_timeout: float | None) -> None:
        self.view = view
        self.failed = failed
        self.timeout = timeout
        self.cell_timeout = cell_timeout
        self.stopping = threading.Event()

    def run(self, tasks: Sequence[Task], jobs: int) -> list[Outcome]:
        pool = ThreadPoolExecutor(max(1, min(jobs, len(tasks) or 1)))
        futures = [pool.submit(self.run_one, task) for task in tasks]
        try:
            _wait_for(futures)
        finally:
            self.stopping.set()
            pool.shutdown(cancel_futures=True)
        return [future.result() for future in futures]

    def run_one(self, task: Task) -> Outcome:
        if self.stopping.is_set():
            return Outcome(task, "stopped")
        self.view.started(task)
        order = Order(task.notebook, task.parameters, task.notebook.parent, self.cell_timeout, self.timeout)
        execution = execute(order)
        outcome = Outcome(task, "done", execution.seconds)
        if execution.failure:
            text = describe_failure(order, execution.failure)
            failure = self.keep_failed(task, execution.content, replace(execution.failure, text=text))
            outcome = replace(outcome, status="failed", failure=failure)
        else:
            publish(task.output, execution.content)
            self.failed_copy(task).unlink(missing_ok=True)
        self.view.ended(outcome)
        return outcome

    def failed_copy(self, task: Task) -> Path:
        return self.failed / f"{task.output.parent.name}-{task.output.name}"

    def keep_failed(self, task: Task, content: bytes, failure: Failure) -> Failure:
        copy = self.failed_copy(task)
        try:
            publish(copy, content)
        except CannotWrite:
            return failure
        return replace(failure, text=f"{failure.text}\n  half-done copy: {copy}", copy=copy)


def _wait_for(futures: Sequence[Future[Outcome]]) -> None:
    waiting = set(futures)
    while waiting:
        ended, waiting = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
        for future in ended:
            future.result()

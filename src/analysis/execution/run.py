"""The one door to execution: tasks in, executed notebooks published, outcomes out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import RequestError
from analysis.execution.fingerprint import Hasher, effective_dependencies
from analysis.execution.library import preloadable
from analysis.execution.parameters import Schema, read_schema
from analysis.execution.progress import View, view_for_terminal
from analysis.execution.publish import check_writable
from analysis.execution.staleness import Verdict, judge_all
from analysis.execution.tasks import Outcome, Task
from analysis.project import ProjectNotFound, find_root

if TYPE_CHECKING:
    from analysis.execution.runner import Executor

__all__ = ["Outcome", "Task", "check_tasks", "plan_tasks", "run_tasks"]

# One notebook gains nothing from a server that imports libraries for it alone.
WARM_FROM = 2


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
        values = schemas[task.notebook].check(task.parameters)
        checked[output] = replace(task, parameters=values, output=output)
    return list(checked.values())


def plan_tasks(tasks: Iterable[Task], *, force: bool = False) -> list[Verdict]:
    """Return for each task why it would run, nothing where its result is up to date; nothing is run.

    Raises:
        RequestError: as `check_tasks`.
        MissingInput: a declared input is not there and no task makes it.
    """
    return judge_all(check_tasks(tasks), Hasher(project_folder()), force=force)


def run_tasks(
    tasks: Iterable[Task],
    *,
    jobs: int | None = None,
    progress: View | None = None,
    timeout: float | None = None,
    cell_timeout: float | None = None,
    force: bool = False,
    warm: bool = True,
    failed_folder: Path | None = None,
) -> list[Outcome]:
    """Execute the notebooks whose results are stale, in parallel, and publish those that ended well.

    A task whose inputs include another task's output runs after it. A task's kernel works in its notebook's
    folder.

    Args:
        tasks: what to make.
        jobs: kernels at a time; default: the cores this process may use.
        progress: where to show how far it is; default: standard error.
        timeout: seconds one notebook may take.
        cell_timeout: seconds one cell may take.
        force: run also what is up to date.
        warm: fork kernels from a server that has the libraries imported, where the system can.
        failed_folder: where half-done copies go; default `reports/failed` of the project.

    Returns:
        One outcome a task, in the order given; a failing notebook does not stop the others.

    Raises:
        RequestError: a wrong request, before any kernel starts.
        CannotWrite: a folder for the results cannot be written to, or the disk is full.
        RunStopped: Ctrl-C or SIGTERM; what had been published stays, and the next run resumes.
    """
    root = project_folder()
    hasher = Hasher(root)
    verdicts = judge_all(check_tasks(tasks), hasher, force=force)
    stale = [verdict for verdict in verdicts if verdict.why]
    view = progress or view_for_terminal()
    if not stale:
        with view.watching(verdicts):
            return [Outcome(verdict.task, "fresh") for verdict in verdicts]
    for folder in sorted({verdict.task.output.parent for verdict in stale}):
        check_writable(folder)
    from analysis.execution.runner import Limits, Runner

    limits = Limits(timeout, cell_timeout, warm and len(stale) >= WARM_FROM, force)
    with _executor(jobs, stale, hasher if warm else None) as executor, view.watching(verdicts):
        runner = Runner(executor, hasher, view, limits, failed_folder or root / "reports" / "failed")
        return runner.run(verdicts)


def project_folder() -> Path:
    """Return the project's folder, or where we are when there is no project."""
    try:
        return find_root()
    except ProjectNotFound:
        return Path.cwd()


def _executor(jobs: int | None, stale: Sequence[Verdict], warming: Hasher | None) -> Executor:
    from analysis.execution.runner import LocalExecutor

    preload = _preload(stale, warming) if warming and len(stale) >= WARM_FROM else None
    return LocalExecutor(jobs or available_cores(), preload)


def _preload(stale: Sequence[Verdict], hasher: Hasher) -> list[str]:
    """Return the modules a warm server should import for these notebooks."""
    from analysis.execution.zygote import PRELOADED

    installed = {name.replace("-", "_") for name in effective_dependencies()} - {"papermill", "ipywidgets"}
    codes: dict[Path, set[str]] = {}
    for verdict in stale:
        beside = verdict.task.notebook.parent.resolve()
        codes.setdefault(beside, set()).add(hasher.code(verdict.content))
    found = [name for beside, own in codes.items() for name in preloadable(own, beside, installed)]
    return list(dict.fromkeys([*PRELOADED, *found]))


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

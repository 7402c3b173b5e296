"""The one door to execution: tasks in, executed notebooks published, outcomes out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.execution.fingerprint import Hasher, project_folder
from analysis.execution.progress import View, view_for_terminal
from analysis.execution.publish import check_writable
from analysis.execution.staleness import Verdict, check_tasks, judge_all
from analysis.execution.tasks import Outcome, Task

if TYPE_CHECKING:
    from analysis.execution.executors import Workplace
    from analysis.execution.worker import Prepare

__all__ = ["Outcome", "Task", "plan_tasks", "project_folder", "run_tasks"]


def plan_tasks(tasks: Iterable[Task], *, force: bool = False) -> list[Verdict]:
    """Return for each task why it would run, nothing where its result is up to date; nothing is run.

    Raises:
        RequestError: as `run_tasks`.
    """
    glance = Hasher(project_folder(), glance=True)
    return judge_all(check_tasks(tasks, glance), glance, force=force)


def run_tasks(
    tasks: Iterable[Task],
    *,
    jobs: int | None = None,
    progress: View | None = None,
    timeout: float | None = None,
    cell_timeout: float | None = None,
    scheduler: str | None = None,
    force: bool = False,
    forked: bool = True,
    failed_folder: Path | None = None,
    prepare: Prepare | None = None,
    on_end: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Execute the notebooks whose results are stale, in parallel, and publish those that ended well.

    A task whose inputs include another task's output runs after it. A task's kernel works in its notebook's
    folder.

    Args:
        tasks: what to make.
        jobs: kernels at a time; default: the cores this process may use, or the threads of the scheduler's workers.
        progress: where to show how far it is; default: standard error.
        timeout: seconds one notebook may take.
        cell_timeout: seconds one cell may take.
        scheduler: address of a Dask scheduler; its workers execute instead of this machine.
        force: run also what is up to date.
        forked: run cells in forked processes where that is the same as a plain kernel; else all in plain kernels.
        failed_folder: where half-done copies go; default `reports/failed` of the project.
        prepare: called in each worker process of `scheduler`, once a run, with the project's folder there: sees that
            the data are those of this machine and returns variables for the kernels. It is sent by pickle.
        on_end: called in this thread with each outcome as soon as there is one, those up to date first.

    Returns:
        One outcome a task, in the order given; a failing notebook does not stop the others.

    Raises:
        RequestError: a wrong request, before any kernel starts: no such notebook, a parameter that is not declared or
            of another type, one output twice, an input that cannot be read.
        NoCluster, ClusterLost, WorkerDiffers: the cluster is not there, went away, or would not make the same results.
        CannotWrite: a folder for the results cannot be written to, or the disk is full.
        RunStopped: Ctrl-C or SIGTERM; what had been published stays, and the next run resumes.
    """
    verdicts = plan_tasks(tasks, force=force)
    root = project_folder()
    hasher = Hasher(root)
    stale = [verdict for verdict in verdicts if verdict.why]
    view = progress or view_for_terminal()
    if not stale:
        with view.watching(verdicts):
            return _all_fresh(verdicts, on_end)
    for folder in sorted({verdict.task.output.parent for verdict in stale}):
        check_writable(folder)
    from analysis.execution.runner import Limits, Runner

    limits = Limits(timeout, cell_timeout, forked, force)
    with _open(scheduler, jobs, root, prepare) as workplace, view.watching(verdicts):
        failed = failed_folder or root / "reports" / "failed"
        return Runner(workplace, hasher, view, limits, failed, on_end).run(verdicts)


def _all_fresh(verdicts: Sequence[Verdict], on_end: Callable[[Outcome], None] | None) -> list[Outcome]:
    outcomes = [Outcome(verdict.task, "fresh") for verdict in verdicts]
    if on_end:
        for outcome in outcomes:
            on_end(outcome)
    return outcomes


def _open(scheduler: str | None, jobs: int | None, root: Path, prepare: Prepare | None) -> Workplace:
    if scheduler is not None:
        from analysis.execution.cluster import open_cluster

        return open_cluster(scheduler, root, prepare, jobs)
    from analysis.execution.executors import open_local

    return open_local(jobs or available_cores())


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""The one door to execution: tasks in, executed notebooks published, outcomes out."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.execution import engine
from analysis.execution.fingerprint import Fingerprint, Hasher, project_folder
from analysis.execution.locks import locked
from analysis.execution.manifest import describe_run, publish_result
from analysis.execution.notebook import Order, Workplace, describe_failure, execute, kernel_environment
from analysis.execution.progress import View
from analysis.execution.publish import CannotWrite, check_writable, publish, remove_asides
from analysis.execution.staleness import Verdict, judge, judge_all
from analysis.execution.tasks import Outcome, Task

if TYPE_CHECKING:
    from analysis.execution.cluster import Prepare

OnEnd = Callable[[Outcome], None]
__all__ = ["Outcome", "Task", "plan_tasks", "project_folder", "run_tasks"]

CHANGED = "changed while it ran"


class RunStopped(AnalysisError):
    """The run was stopped from outside; what was published stays."""


def plan_tasks(tasks: Iterable[Task], *, force: bool = False) -> list[Verdict]:
    """Return for each task why it would run, nothing where its result is up to date; nothing is run.

    Raises:
        RequestError: as `run_tasks`.
    """
    return judge_all(tasks, Hasher(project_folder(), glance=True), force=force)


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
    on_end: OnEnd | None = None,
) -> list[Outcome]:
    """Execute the notebooks whose results are stale, in parallel, and publish those that ended well.

    A task's process works in its notebook's folder.

    Args:
        tasks: what to make.
        jobs: notebooks at a time; default: the cores this process may use, or as many as the scheduler's workers do.
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
    root, view = project_folder(), progress or View()
    verdicts = plan_tasks(tasks, force=force)
    ended = {verdict.task.output: Outcome(verdict.task, "fresh") for verdict in verdicts if not verdict.why}
    stale = [verdict for verdict in verdicts if verdict.why]
    for folder in sorted({verdict.task.output.parent for verdict in stale}):
        check_writable(folder)
    told = on_end or (lambda _outcome: None)
    with view.watching(verdicts):
        for outcome in list(ended.values()):
            told(outcome)
        if stale:
            order = {"timeout": timeout, "cell_timeout": cell_timeout, "forked": forked}
            failed = failed_folder or root / "reports" / "failed"
            with closing(_workplace(scheduler, jobs, root, prepare)) as place, signals_as_interrupt():
                _Run(place, Hasher(root), view, order, force, failed).bring_to_end(stale, ended, told)
    return [ended[verdict.task.output] for verdict in verdicts]


def available_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _workplace(scheduler: str | None, jobs: int | None, root: Path, prepare: Prepare | None) -> Workplace:
    if scheduler is not None:
        from analysis.execution.cluster import open_cluster

        return open_cluster(scheduler, root, prepare, jobs)
    engine.begin()
    return Workplace(execute, jobs or available_cores(), _begin, lambda: None, engine.stop, engine.close)


def _begin(stale: Sequence[Verdict]) -> None:
    """Start what forks, then import papermill beside it; a second, in which only this thread can be stopped."""
    for verdict in {verdict.source.content: verdict for verdict in stale}.values():
        sources = [text for kind, text, _ in verdict.source.cells if kind == "code"]
        folder = verdict.task.notebook.parent.absolute()
        engine.start(verdict.source.kernel, kernel_environment(), folder, sources)
    engine.register()


class _Run:
    """One run: so many tasks at a time, each under the lock of its result, published when whole."""

    def __init__(
        self,
        place: Workplace,
        hasher: Hasher,
        view: View,
        order: dict[str, Any],
        force: bool,
        failed_folder: Path,
    ) -> None:
        self.place = place
        self.hasher = hasher
        self.view = view
        self.order = order
        self.force = force
        self.failed_folder = failed_folder
        self.stopping = threading.Event()

    def bring_to_end(self, stale: Sequence[Verdict], ended: dict[Path, Outcome], on_end: OnEnd) -> None:
        """Run every stale task and add its outcome to `ended`.

        Raises:
            RunStopped: Ctrl-C or SIGTERM.
            CannotWrite: a result could not be published; the other tasks are stopped.
        """
        total = len(stale) + len(ended)
        with ThreadPoolExecutor(self.place.jobs or len(stale)) as pool:
            try:
                self.place.begin(stale)
                running = [pool.submit(self._run_one, verdict.task) for verdict in stale]
                while running:
                    # The time-out lets a signal be noticed where a waiting thread cannot be interrupted.
                    done, rest = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                    running = list(rest)
                    for outcome in (future.result() for future in done):
                        ended[outcome.task.output] = outcome
                        on_end(outcome)
                    self.place.check()
            except BaseException as error:
                self.stopping.set()
                self.place.kill()
                pool.shutdown(wait=True, cancel_futures=True)
                if isinstance(error, KeyboardInterrupt):
                    raise RunStopped(_what_was_done(ended.values(), total)) from None
                raise

    def _run_one(self, task: Task) -> Outcome:
        """Run one task unless another run has just done it."""
        with locked(
            task.output, on_wait=lambda: self.view.waiting(task), give_up=self.stopping.is_set
        ) as mine:
            if not mine or self.stopping.is_set():
                return Outcome(task, "stopped")
            remove_asides(task.output)
            verdict = judge(task, self.hasher, force=self.force)
            outcome = self._run_stale(verdict) if verdict.why else Outcome(task, "fresh")
        self.view.ended(outcome)
        return outcome

    def _run_stale(self, verdict: Verdict) -> Outcome:
        task = verdict.task
        self.view.started(task)
        order = Order(
            name=task.notebook.name,
            content=verdict.source.content,
            parameters=task.parameters,
            workdir=task.notebook.parent.absolute(),
            environment=task.environment,
            fingerprint=verdict.fingerprint,
            **self.order,
        )
        execution = self.place.do(order)
        failed_copy = self.failed_folder / f"{task.output.parent.name}-{task.output.name}"
        if execution.failure is None:
            run = describe_run(self.hasher.root, verdict.seeds, execution.seconds, execution.content)
            publish_result(task.output, execution.content, self._unless_changed(verdict), run)
            failed_copy.unlink(missing_ok=True)
            return Outcome(task, "done", execution.seconds, verdict.why)
        if self.stopping.is_set():
            return Outcome(task, "stopped")
        text = describe_failure(order, execution.failure)
        try:
            publish(failed_copy, execution.content)
            failure = replace(
                execution.failure, text=f"{text}\n  half-done copy: {failed_copy}", copy=failed_copy
            )
        except CannotWrite as error:
            failure = replace(execution.failure, text=f"{text}\n  no half-done copy: {error}")
        return Outcome(task, "failed", execution.seconds, verdict.why, failure)

    def _unless_changed(self, verdict: Verdict) -> Fingerprint:
        """Return what decided the result as it was before the notebook ran; for what changed since, a stale mark."""
        before, after = verdict.fingerprint, self.hasher.take(verdict.task, verdict.source)
        watched = [name for name in {**before, **after} if name.startswith(("input ", "code "))]
        return {**before, **{name: CHANGED for name in watched if before.get(name) != after.get(name)}}


def _what_was_done(ended: Iterable[Outcome], total: int) -> str:
    done = sum(outcome.status in ("done", "fresh") for outcome in ended)
    return (
        f"Stopped: {done} of {total} results are whole and up to date, nothing is half-written. "
        "Run the same command again to make the others."
    )


@contextmanager
def signals_as_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a run as Ctrl-C does, where the main thread runs it; what nohup ignores stays so."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    there = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    numbers = [number for number in there if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""One run: tasks in their order, so many at a time, each under the lock of its result, published when whole."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from types import FrameType

from analysis.errors import AnalysisError
from analysis.execution import engine
from analysis.execution.executors import Workplace
from analysis.execution.fingerprint import Fingerprint, Hasher
from analysis.execution.locks import locked
from analysis.execution.manifest import Manifest, describe_run, hash_bytes, write_manifest
from analysis.execution.notebook import Execution, Order, describe_failure, kernel_environment
from analysis.execution.progress import View
from analysis.execution.publish import CannotWrite, publish, remove_asides
from analysis.execution.staleness import Verdict, judge, needs_of
from analysis.execution.tasks import Failure, Outcome, Task

CHANGED = "changed while it ran"


class RunStopped(AnalysisError):
    """The run was stopped from outside; what was published stays."""


@dataclass(frozen=True)
class Limits:
    """What all tasks of a run share; times in seconds."""

    timeout: float | None = None
    cell_timeout: float | None = None
    forked: bool = True
    force: bool = False


def order_for(verdict: Verdict, limits: Limits) -> Order:
    """Return what an executor needs to make the result that `verdict` found stale."""
    task = verdict.task
    return Order(
        name=task.notebook.name,
        content=verdict.source.content,
        parameters=task.parameters,
        workdir=task.notebook.parent.absolute(),
        environment=task.environment,
        fingerprint=verdict.fingerprint,
        cell_timeout=limits.cell_timeout,
        timeout=limits.timeout,
        forked=limits.forked,
    )


class Runner:
    """The state of one run; `run` is called once."""

    def __init__(
        self,
        workplace: Workplace,
        hasher: Hasher,
        view: View,
        limits: Limits,
        failed_folder: Path,
        on_end: Callable[[Outcome], None] | None = None,
    ) -> None:
        self.workplace = workplace
        self.hasher = hasher
        self.view = view
        self.limits = limits
        self.failed_folder = failed_folder
        self.on_end = on_end or (lambda _outcome: None)
        self.stopping = threading.Event()

    def run(self, verdicts: Sequence[Verdict]) -> list[Outcome]:
        """Bring every task to its end and return the outcomes in the order of `verdicts`.

        Raises:
            RunStopped: Ctrl-C or SIGTERM.
            CannotWrite: a result could not be published; the other tasks are stopped.
        """
        ended: dict[Path, Outcome] = {}
        with ThreadPoolExecutor(len(verdicts)) as pool:
            try:
                with signals_as_interrupt():
                    self._prepare([verdict for verdict in verdicts if verdict.why])
                    self._drive(pool, {verdict.task.output: verdict for verdict in verdicts}, ended)
            except BaseException as error:
                self.stopping.set()
                self.workplace.kill()
                pool.shutdown(wait=True, cancel_futures=True)
                if isinstance(error, KeyboardInterrupt):
                    raise RunStopped(_what_was_done(ended, len(verdicts))) from None
                raise
        return [ended[verdict.task.output] for verdict in verdicts]

    def _prepare(self, stale: Sequence[Verdict]) -> None:
        """Start what forks, then import papermill beside it; a second, in which only this thread can be stopped."""
        if stale and self.limits.forked and self.workplace.local:
            for verdict in {verdict.source.content: verdict for verdict in stale}.values():
                sources = [cell["text"] for cell in verdict.source.cells if cell["kind"] == "code"]
                folder = verdict.task.notebook.parent.absolute()
                engine.start(verdict.source.kernel, kernel_environment(), folder, sources)
        if stale:
            engine.register()

    def _drive(
        self, pool: ThreadPoolExecutor, verdicts: Mapping[Path, Verdict], ended: dict[Path, Outcome]
    ) -> None:
        """Hand each task to the pool as soon as what it needs has ended and the workplace has room for it."""
        needs = needs_of([verdict.task for verdict in verdicts.values()])
        order = TopologicalSorter(needs)
        order.prepare()
        ready: list[Path] = []
        running: dict[Future[Outcome], Path] = {}
        while order.is_active():
            ready += order.get_ready()
            for output in list(ready):
                if self._needs_no_kernel(verdicts[output], needs, ended):
                    ready.remove(output)
                    order.done(output)
            while ready and len(running) < self.workplace.slots():
                output = ready.pop(0)
                running[pool.submit(self._run_one, verdicts[output].task)] = output
            # The time-out lets a signal be noticed where a waiting thread cannot be interrupted.
            for future in wait(running, timeout=0.5, return_when=FIRST_COMPLETED).done:
                output = running.pop(future)
                ended[output] = future.result()
                self.on_end(ended[output])
                order.done(output)

    def _needs_no_kernel(
        self, verdict: Verdict, needs: Mapping[Path, set[Path]], ended: dict[Path, Outcome]
    ) -> bool:
        """Note the end of a task that is up to date, or that needs one that did not end well."""
        task = verdict.task
        broken = [need for need in needs[task.output] if ended[need].status not in ("done", "fresh")]
        if broken:
            text = (
                f"{task.notebook.name}: not run, because {broken[0].name}, which it needs, did not end well"
            )
            ended[task.output] = Outcome(task, "failed", failure=Failure("NeedFailed", text))
            self.view.ended(ended[task.output])
        elif not verdict.why:
            ended[task.output] = Outcome(task, "fresh")
        else:
            return False
        self.on_end(ended[task.output])
        return True

    def _run_one(self, task: Task) -> Outcome:
        """Run one task unless another run has just done it."""
        with locked(
            task.output, on_wait=lambda: self.view.waiting(task), give_up=self.stopping.is_set
        ) as mine:
            if not mine or self.stopping.is_set():
                return Outcome(task, "stopped")
            remove_asides(task.output)
            verdict = judge(task, self.hasher, force=self.limits.force)
            outcome = self._run_stale(verdict) if verdict.why else Outcome(task, "fresh")
        self.view.ended(outcome)
        return outcome

    def _run_stale(self, verdict: Verdict) -> Outcome:
        task = verdict.task
        self.view.started(task)
        order = order_for(verdict, self.limits)
        execution = self.workplace.do(order)
        outcome = Outcome(task, "done", execution.seconds, verdict.why)
        if execution.failure is None:
            self._publish(verdict, execution)
            return outcome
        if self.stopping.is_set():
            return Outcome(task, "stopped")
        text = describe_failure(order, execution.failure)
        failure = self._keep_failed(task, execution.content, replace(execution.failure, text=text))
        return replace(outcome, status="failed", failure=failure)

    def _publish(self, verdict: Verdict, execution: Execution) -> None:
        """Publish the result, then its manifest: a crash between the two makes it stale, never wrong."""
        task = verdict.task
        publish(task.output, execution.content)
        write_manifest(
            task.output,
            Manifest(
                notebook=self.hasher.name(task.notebook.absolute()),
                output_sha256=hash_bytes(execution.content),
                fingerprint=self._unless_changed(verdict),
                run=describe_run(self.hasher.root, verdict.seeds, execution.seconds, execution.content),
            ),
        )
        self._failed_copy(task).unlink(missing_ok=True)

    def _unless_changed(self, verdict: Verdict) -> Fingerprint:
        """Return what decided the result as it was before the notebook ran; for what changed since, a stale mark."""
        before, after = verdict.fingerprint, self.hasher.take(verdict.task, verdict.source)
        changed = {
            what: {
                name: state if getattr(after, what).get(name) == state else CHANGED
                for name, state in getattr(before, what).items()
            }
            | dict.fromkeys(getattr(after, what).keys() - getattr(before, what).keys(), CHANGED)
            for what in ("inputs", "code")
        }
        return replace(before, inputs=changed["inputs"], code=changed["code"])

    def _failed_copy(self, task: Task) -> Path:
        return self.failed_folder / f"{task.output.parent.name}-{task.output.name}"

    def _keep_failed(self, task: Task, content: bytes, failure: Failure) -> Failure:
        copy = self._failed_copy(task)
        try:
            publish(copy, content)
        except CannotWrite as error:
            return replace(failure, text=f"{failure.text}\n  no half-done copy: {error}")
        return replace(failure, text=f"{failure.text}\n  half-done copy: {copy}", copy=copy)


def _what_was_done(ended: Mapping[Path, Outcome], total: int) -> str:
    done = sum(outcome.status in ("done", "fresh") for outcome in ended.values())
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

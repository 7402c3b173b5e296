"""Orders executed by the workers of a Dask cluster: checked there, done there, brought back over the wire.

Nothing is assumed of a shared disk. Each worker has a clone of the project and this package installed; what it
has is compared with what is here, file by file, before a notebook runs and after it told what it read.
"""

from __future__ import annotations

import platform
import threading
import uuid
from dataclasses import replace
from typing import Any, Self

from analysis.errors import AnalysisError, RequestError
from analysis.execution import engine, warm
from analysis.execution.executors import Result, WarmLibrary, name_reads
from analysis.execution.fingerprint import Hasher, library_versions, project_folder
from analysis.execution.notebook import Order, execute
from analysis.execution.reach import forget_modules
from analysis.execution.tasks import Failure

CONNECT_SECONDS = 20.0
_SHOWN = 5


class NoCluster(RequestError):
    """No scheduler answers at the address, or it has no workers."""


class WorkerDiffers(AnalysisError):
    """A worker has other code, versions or inputs than this machine."""


class ClusterExecutor:
    """The workers behind one Dask scheduler."""

    def __init__(self, address: str, hasher: Hasher) -> None:
        """Connect.

        Raises:
            NoCluster: nobody answers, or there is no worker.
        """
        try:
            from distributed import Client
        except ImportError:
            raise NoCluster(
                "--scheduler needs Dask here and on the workers: pip install 'dvctt-analysis[cluster]'."
            ) from None
        self.hasher = hasher
        self.run = uuid.uuid4().hex
        try:
            connect: Any = Client
            self.client = connect(address, timeout=CONNECT_SECONDS, set_as_default=False)
            self.client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            raise NoCluster(
                f"No Dask scheduler with workers answers at {address} ({str(error) or type(error).__name__}). "
                f"Start them: `dask scheduler`, then `dask worker {address}` in the clone on each machine."
            ) from None
        self.slots = max(1, sum(self.client.nthreads().values()))

    def execute(self, order: Order) -> Result:
        """Execute one order on whichever worker is free; a lost worker's order goes to another.

        Raises:
            WorkerDiffers: the worker would not make the same result.
        """
        from distributed import KilledWorker

        folder = self.hasher.name(order.workdir.resolve())
        future = self.client.submit(_execute_on_worker, order, folder, self.run, pure=False)
        try:
            result: Result = future.result()
        except KilledWorker as error:
            return Result(
                order.content,
                0.0,
                {},
                Failure("KilledWorker", f"its workers died, one after another: {error}"),
            )
        except AnalysisError:
            raise
        except (ImportError, AttributeError) as error:
            raise WorkerDiffers(f"A worker has no such version of this package installed: {error}.") from None
        except Exception as error:
            return Result(
                order.content, 0.0, {}, Failure(type(error).__name__, f"no worker could run it: {error}")
            )
        self._compare_inputs(result)
        return result

    def _compare_inputs(self, result: Result) -> None:
        """Refuse a result for which the worker read a file that is different here."""
        for name, digest in result.inputs.items():
            path = self.hasher.root / name
            if path.is_file() and self.hasher.digest(path) != digest:
                raise WorkerDiffers(
                    f"A worker read another {name} than the one here. Bring it up to date there."
                )

    def kill(self) -> None:
        """End this run's kernels on all workers."""
        self.client.run(engine.kill_kernels, self.run, wait=False, on_error="ignore")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.client.close()


class _Worker:
    """What a worker process keeps between orders: its hashes and the code that its warm server holds."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.hasher: Hasher | None = None
        self.warmed: WarmLibrary | None = None
        self.running = 0

    def prepare(self, order: Order) -> tuple[Hasher, bool]:
        """Return the hasher and whether a warm kernel holds the order's code; renew the server when it is idle."""
        with self.lock:
            self.hasher = self.hasher or Hasher(project_folder())
            outdated = self.warmed is not None and not self.warmed.holds(order.fingerprint.code)
            if outdated and not self.running:
                forget_modules()
                warm.close_servers()
                self.warmed = None
            if order.warm and self.warmed is None:
                self.warmed = WarmLibrary([order], self.hasher)
            self.running += 1
            return self.hasher, self.warmed is not None and self.warmed.holds(order.fingerprint.code)

    def done(self) -> None:
        """Note that an order has ended."""
        with self.lock:
            self.running -= 1


_worker = _Worker()


def _execute_on_worker(order: Order, folder: str, run: str) -> Result:
    """Check this worker against the order, execute it, and return the notebook's bytes and what it read."""
    workdir = project_folder() / folder
    if not workdir.is_dir():
        raise WorkerDiffers(
            f"The worker on {platform.node()} has no folder {workdir}. Start it in the clone."
        )
    here = replace(order, workdir=workdir, run=run)
    hasher, current = _worker.prepare(here)
    try:
        _refuse_differences(here, hasher)
        return name_reads(execute(here, warm=order.warm and current), hasher)
    finally:
        _worker.done()


def _refuse_differences(order: Order, hasher: Hasher) -> None:
    """Compare versions, code and inputs with those the order was made for.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    wanted = order.fingerprint
    found = [
        f"{name} {here} instead of {there}"
        for name, there, here in _pairs(wanted.versions, library_versions())
    ]
    code = {name: hasher.code_digest(name) for name in wanted.code}
    found += [f"code {name}" for name, _, _ in _pairs(wanted.code, code)]
    paths = {name: hasher.root / name for name in wanted.inputs}
    inputs = {name: hasher.digest(path) for name, path in paths.items() if path.is_file()}
    found += [f"input {name}" for name, _, _ in _pairs(wanted.inputs, inputs)]
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise WorkerDiffers(
            f"The worker on {platform.node()} differs from this machine: {', '.join(found[:_SHOWN])}{more}. "
            "Bring its clone, its data (`dvctt clean`) and its environment to the same state."
        )


def _pairs(wanted: Any, found: Any) -> list[tuple[str, Any, Any]]:
    return [
        (name, value, found.get(name)) for name, value in sorted(wanted.items()) if found.get(name) != value
    ]

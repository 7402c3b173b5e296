"""Work given to the workers of a Dask cluster through its `Executor`: each compared first, its results brought back.

Nothing is assumed of a shared disk: a worker has a clone of the project and its environment, and says before its
first notebook or simulation of a run what differs from those of the machine that asks.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import pydoc
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError, RequestError
from analysis.execution import engine
from analysis.execution.fingerprint import (
    PACKAGE,
    Fingerprint,
    Hasher,
    differences,
    library_versions,
    project_folder,
)
from analysis.execution.notebook import Execution, Order, Workplace, execute
from analysis.execution.tasks import Failure

CONNECT_SECONDS = 20.0
# A supervised worker that was killed is back within seconds; a queue of jobs may take longer.
EMPTY_SECONDS = 60.0
_LOOK_SECONDS = 1.0
_SHOWN = 5
_ADDRESS = re.compile(r"((tcp|tls|ucx|ws|wss)://)?(\[[0-9a-fA-F:.]+\]|[^\s/:\[\]]+):\d{1,5}")

# Sees that a project's folder has the data the notebooks need; returns variables for their processes.
Prepare = Callable[[Path], Mapping[str, str]]


class NoCluster(RequestError):
    """No scheduler answers at the address, or it has no workers."""


class ClusterLost(AnalysisError):
    """The scheduler, or the last of its workers, went away during a run."""


class WorkerDiffers(AnalysisError):
    """A worker has other code, versions or inputs than the machine that asks."""


@dataclass(frozen=True)
class Alike:
    """What a worker must be like for one run: versions and code of this package, and what sees to its data."""

    run: str
    package: Fingerprint
    prepare: Prepare | None = None


_seen: dict[str, Mapping[str, str]] = {}
_seeing = threading.Lock()
_hasher = cache(Hasher)


@cache
def describe_package() -> dict[str, str]:
    """Return the hash of this package as it was when this process first asked, and the versions it works with."""
    return {**Hasher(PACKAGE.parent).code(Path("/nowhere")), **library_versions()}


def see_alike(asked: Alike) -> Mapping[str, str]:
    """Compare this worker, once a run, with the machine that asks; return variables for notebooks' processes.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    with _seeing:
        if asked.run not in _seen:
            _refuse(asked.package, describe_package())
            try:
                _seen[asked.run] = asked.prepare(project_folder()) if asked.prepare else {}
            except AnalysisError as error:
                raise WorkerDiffers(f"{_who()}: {error}") from None
        return _seen[asked.run]


def execute_there(order: Order, folder: str, asked: Alike) -> Execution:
    """Execute an order on a worker, in the `folder` of its own clone.

    Raises:
        WorkerDiffers: this worker would not make the same result.
    """
    environment = see_alike(asked)
    workdir = project_folder() / folder
    if not workdir.is_dir():
        raise WorkerDiffers(f"{_who()} has no folder {workdir}. Start it in the clone.")
    refuse_other(order.fingerprint, _hasher(project_folder()), workdir)
    return execute(
        replace(order, workdir=workdir, run=asked.run, environment={**environment, **order.environment})
    )


def refuse_other(wanted: Fingerprint, hasher: Hasher, workdir: Path) -> None:
    """Compare versions, code and input files with those wanted, as they are now on this disk.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    found = hasher.again(wanted, workdir)
    compared = [name for name in wanted if name in found or name.startswith(("code ", "version "))]
    _refuse(*({name: one[name] for name in compared if name in one} for one in (wanted, found)))


def _refuse(wanted: Fingerprint, found: Fingerprint) -> None:
    differing = differences(wanted, found)
    if differing:
        more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise WorkerDiffers(
            f"{_who()} differs from this machine: {', '.join(differing[:_SHOWN])}{more}. Bring its clone to the same "
            "commit, its environment to the same versions, its data to the same state (`dvctt clean`); start it anew."
        )


def _who() -> str:
    """Name this worker as its scheduler does, and its machine."""
    from distributed import get_worker

    try:
        return f"The worker {get_worker().name} on {platform.node()}"
    except ValueError:
        return f"The worker on {platform.node()}"


class Cluster:
    """The workers behind one Dask scheduler: those that are there now, whoever comes and goes."""

    def __init__(self, address: str, prepare: Prepare | None = None) -> None:
        """Connect.

        Raises:
            NoCluster: nobody answers, or there is no worker.
            WorkerDiffers: a worker does not have this package.
        """
        self.address = address
        self.client = connect(address)
        _refuse_strangers(self.client)
        self.pool = self.client.get_executor(pure=False)
        self.alike = Alike(uuid.uuid4().hex, describe_package(), prepare)
        self.peopled = time.monotonic()
        self.is_over = threading.Event()

    def do(self, order: Order, folder: str) -> Execution:
        """Execute one order on whichever worker is free; a lost worker's order goes to another.

        Raises:
            WorkerDiffers: the worker would not make the same result.
            ClusterLost: there is nobody left to do it.
        """
        from distributed import CancelledError, KilledWorker

        future = self.pool.submit(execute_there, order, folder, self.alike)
        try:
            while not self.is_over.is_set():
                with contextlib.suppress(TimeoutError):
                    found: Execution = future.result(timeout=_LOOK_SECONDS)
                    return found
            raise self._lost("Nobody is waited for any more")
        except CancelledError:
            raise self._lost("The scheduler went away") from None
        except AnalysisError:
            raise
        except (ImportError, AttributeError) as error:
            raise WorkerDiffers(f"A worker has no such version of this package installed: {error}.") from None
        except Exception as error:
            died = isinstance(error, KilledWorker)
            text = "its workers died, one after another" if died else "no worker could run it"
            return Execution(order.content, 0.0, Failure(type(error).__name__, f"{text}: {error}"))

    def check(self) -> None:
        """Raise ClusterLost when there has been no worker for a while."""
        # A scheduler that is gone is told of by the orders it had, which are then cancelled.
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            if self.client.nthreads():
                self.peopled = time.monotonic()
        if time.monotonic() - self.peopled > EMPTY_SECONDS:
            raise self._lost(f"There has been no worker for {EMPTY_SECONDS:g} s")

    def _lost(self, what: str) -> ClusterLost:
        return ClusterLost(
            f"{what} at {self.address}. What was made is published; start the cluster again, then run the same "
            "command again to make the others."
        )

    def kill(self) -> None:
        """End this run's notebooks on all workers."""
        self.is_over.set()
        # The run has failed already, perhaps because nobody is there to be told.
        with contextlib.suppress(Exception):
            self.client.run(engine.stop, self.alike.run, wait=False, on_error="ignore")
            self.pool.shutdown(wait=False, cancel_futures=True)


def open_cluster(
    address: str, root: Path, prepare: Prepare | None = None, jobs: int | None = None
) -> Workplace:
    """Return the workers of a cluster; `jobs` is the most at a time.

    Raises:
        NoCluster, WorkerDiffers: as `Cluster`.
    """
    cluster, here = Cluster(address, prepare), Hasher(root)

    def do(order: Order) -> Execution:
        return cluster.do(order, here.name(order.workdir.resolve()))

    return Workplace(do, jobs, lambda _stale: None, cluster.check, cluster.kill, cluster.client.close)


@contextlib.contextmanager
def open_pool(address: str) -> Iterator[Any]:
    """Give a cluster's `concurrent.futures.Executor` for simulations, such as `simulate_power(panel, pool=pool)`.

    Raises:
        NoCluster: as `connect`.
        WorkerDiffers: a worker has no or another code or versions.
    """
    cluster = Cluster(address)
    try:
        cluster.client.run(see_alike, cluster.alike)
        yield cluster.pool
    finally:
        cluster.client.close()


def connect(address: str) -> Any:
    """Return a client of the Dask scheduler at `address`, which has at least one worker.

    Raises:
        NoCluster: no such address can be, Dask is not installed, nobody answers within 20 seconds, or no worker
            comes within 20 more.
    """
    if not _ADDRESS.fullmatch(address):
        raise NoCluster(
            f"--scheduler {address!r} is no address of a Dask scheduler. Give the one that `dask scheduler` prints, "
            "such as tcp://host:8786."
        )
    try:
        from distributed import Client
    except ImportError:
        raise NoCluster(
            "--scheduler needs Dask here and on the workers: pip install -e '.[cluster]' in each clone."
        ) from None
    start: Any = Client
    # What it has to say of a lost scheduler, with tracebacks, is said here in one line.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        client = start(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        why = str(error) or type(error).__name__
        raise NoCluster(
            f"No Dask scheduler answered at {address} within {CONNECT_SECONDS:g} s ({why}). Start it with "
            "`dask scheduler` and give the address that it prints, such as tcp://host:8786."
        ) from None
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        client.close()
        raise NoCluster(
            f"The scheduler at {address} answers, but no worker joined it within {CONNECT_SECONDS:g} s. Start "
            f"some: `dask worker {address}` in the clone on each machine."
        ) from None
    return client


def _refuse_strangers(client: Any) -> None:
    """Refuse a scheduler or workers without this package: an order would end them before they could say why.

    Raises:
        WorkerDiffers: naming the first.
    """
    asked = f"{execute_there.__module__}.{execute_there.__name__}"
    found = {"scheduler": client.run_on_scheduler(pydoc.locate, asked)}
    found |= client.run(pydoc.locate, asked, on_error="return")
    for who, answer in found.items():
        # A worker that goes away while it is asked gives an OSError: Dask has dropped it already.
        if not callable(answer) and not isinstance(answer, OSError):
            client.close()
            name = "The scheduler" if who == "scheduler" else f"The worker at {who}"
            raise WorkerDiffers(
                f"{name} has no such version of this package. Start it with the environment of the clone there: "
                f"`.venv/bin/dask {'scheduler' if who == 'scheduler' else 'worker …'}`."
            )

"""Work given to the workers of a Dask cluster through its `Executor`: each compared first, its results brought back.

Nothing is assumed of a shared disk: a worker has a clone of the project and its environment, and says before its
first notebook or simulation of a run what differs from those of the machine that asks.
"""

from __future__ import annotations

import contextlib
import logging
import pydoc
import re
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError, RequestError
from analysis.execution import engine
from analysis.execution.executors import Workplace
from analysis.execution.fingerprint import Hasher, library_versions
from analysis.execution.notebook import Execution, Order
from analysis.execution.tasks import Failure
from analysis.execution.worker import Alike, Prepare, WorkerDiffers, execute_there, package_code, see_alike

__all__ = ["ClusterLost", "NoCluster", "WorkerDiffers", "connect", "open_cluster", "open_pool"]

CONNECT_SECONDS = 20.0
# A supervised worker that was killed is back within seconds; a queue of jobs may take longer to give a new one.
EMPTY_SECONDS = 60.0
_LOOK_SECONDS = 1.0
_ADDRESS = re.compile(r"((tcp|tls|ucx|ws|wss)://)?(\[[0-9a-fA-F:.]+\]|[^\s/:\[\]]+):\d{1,5}")


class NoCluster(RequestError):
    """No scheduler answers at the address, or it has no workers."""


class ClusterLost(AnalysisError):
    """The scheduler, or the last of its workers, went away during a run."""


class Cluster:
    """The workers behind one Dask scheduler: those that are there now, whoever comes and goes."""

    def __init__(self, address: str) -> None:
        """Connect.

        Raises:
            NoCluster: nobody answers, or there is no worker.
            WorkerDiffers: a worker does not have this package.
        """
        self.address = address
        self.client = connect(address)
        _refuse_strangers(self.client)
        self.pool = self.client.get_executor(pure=False)
        self.run = uuid.uuid4().hex
        self._looking = threading.Lock()
        self._looked = self._peopled = time.monotonic()
        self._threads: int = sum(self.client.nthreads().values())

    def alike(self, prepare: Prepare | None = None) -> Alike:
        """Return what its workers must be like."""
        return Alike(self.run, library_versions(), package_code(), prepare)

    def threads(self) -> int:
        """Return how many threads the workers have; asked once a second at most."""
        with self._looking:
            if time.monotonic() - self._looked > _LOOK_SECONDS:
                # A scheduler that is gone is told of by the orders it had, which are then cancelled.
                with contextlib.suppress(OSError, RuntimeError, ValueError):
                    self._threads = sum(self.client.nthreads().values())
                self._looked = time.monotonic()
            if self._threads:
                self._peopled = time.monotonic()
            return self._threads

    def do(self, order: Order, folder: str, asked: Alike) -> Execution:
        """Execute one order on whichever worker is free; a lost worker's order goes to another.

        Raises:
            WorkerDiffers: the worker would not make the same result.
            ClusterLost: there is nobody left to do it.
        """
        from distributed import CancelledError, KilledWorker

        future = self.pool.submit(execute_there, order, folder, asked)
        try:
            return self._wait_for(future)
        except KilledWorker as error:
            return _not_run(order, error, f"its workers died, one after another: {error}")
        except CancelledError:
            raise self._lost("The scheduler went away") from None
        except AnalysisError:
            raise
        except (ImportError, AttributeError) as error:
            raise WorkerDiffers(f"A worker has no such version of this package installed: {error}.") from None
        except Exception as error:
            return _not_run(order, error, f"no worker could run it: {error}")

    def _wait_for(self, future: Any) -> Execution:
        """Wait for the end of an order, as long as there is somebody who could bring it."""
        while True:
            try:
                found: Execution = future.result(timeout=_LOOK_SECONDS)
                return found
            except TimeoutError:
                if not self.threads() and time.monotonic() - self._peopled > EMPTY_SECONDS:
                    raise self._lost(f"There has been no worker for {EMPTY_SECONDS:g} s") from None

    def _lost(self, what: str) -> ClusterLost:
        return ClusterLost(
            f"{what} at {self.address}. What was made is published; start the cluster again, then run the same "
            "command again to make the others."
        )

    def kill(self) -> None:
        """End this run's notebooks on all workers."""
        # The run has failed already, perhaps because nobody is there to be told.
        with contextlib.suppress(Exception):
            self.client.run(engine.stop, self.run, wait=False, on_error="ignore")
            self.pool.shutdown(wait=False, cancel_futures=True)


def open_cluster(
    address: str, root: Path, prepare: Prepare | None = None, jobs: int | None = None
) -> Workplace:
    """Return the workers of a cluster; `jobs` is the most at a time.

    Raises:
        NoCluster: as `connect`.
        WorkerDiffers: a worker does not have this package.
    """
    cluster = Cluster(address)
    asked, here = cluster.alike(prepare), Hasher(root)

    def slots() -> int:
        return max(1, cluster.threads() if jobs is None else min(jobs, cluster.threads()))

    def do(order: Order) -> Execution:
        return cluster.do(order, here.name(order.workdir.resolve()), asked)

    return Workplace(cluster.pool, slots, do, cluster.kill, cluster.client.close)


@contextmanager
def open_pool(address: str) -> Iterator[Any]:
    """Give a cluster's `concurrent.futures.Executor` for simulations, such as `simulate_power(panel, pool=pool)`.

    Raises:
        NoCluster: as `connect`.
        WorkerDiffers: a worker has no or another code or versions.
    """
    cluster = Cluster(address)
    try:
        cluster.client.run(see_alike, cluster.alike())
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


def _not_run(order: Order, error: Exception, text: str) -> Execution:
    return Execution(order.content, 0.0, Failure(type(error).__name__, text))

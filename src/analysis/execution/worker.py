"""The other machine's side of a cluster: one worker process, which checks itself before it runs a notebook.

Nothing is assumed of a shared disk. The worker has a clone of the project and this package installed; what it has
is compared with what the order was made for, file by file, before the notebook runs.
"""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.execution import engine, warm
from analysis.execution.executors import Result, WarmLibrary
from analysis.execution.fingerprint import PACKAGE, Hasher, library_versions, project_folder
from analysis.execution.inputs import ABSENT, hash_inputs, is_file
from analysis.execution.notebook import Order, execute

# Sees that a project's folder has the data the notebooks need; returns variables for their kernels.
Prepare = Callable[[Path], Mapping[str, str]]
_SHOWN = 5


class WorkerDiffers(AnalysisError):
    """A worker has other code, versions or inputs than this machine."""


@dataclass(frozen=True)
class Errand:
    """An order on its way to a worker: the folder to work in, below the project's; the run it belongs to.

    `room` is the code of this room, by name and hash: it decides the bytes too. `prepare` is called once for each
    run in each worker process.
    """

    order: Order
    folder: str
    run: str
    room: Mapping[str, str]
    prepare: Prepare | None = None


@cache
def room_code(room: str = "execution") -> dict[str, str]:
    """Return the files of a room of this package by name and hash, as they were when this process first asked."""
    hasher = Hasher(PACKAGE.parent)
    return {hasher.name(file): hasher.digest(file) for file in sorted((PACKAGE / room).rglob("*.py"))}


def refuse_other_room(room: str, wanted: Mapping[str, str]) -> None:
    """Compare a room's code here with that of the machine that asks.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    _refuse("code", wanted, room_code(room), "Bring its clone to the same commit and restart it.")


def execute_errand(errand: Errand) -> Result:
    """Check this worker against the errand, execute its order, and return the notebook's bytes and what it read.

    Raises:
        WorkerDiffers: this worker would not make the same result; or its run was ended.
    """
    workdir = project_folder() / errand.folder
    if not workdir.is_dir():
        raise WorkerDiffers(f"{_who()} has no folder {workdir}. Start it in the clone.")
    order = replace(errand.order, workdir=workdir, run=errand.run)
    refuse_other_room("execution", errand.room)
    hasher, current = _worker.begin(order)
    try:
        refuse_other_code(order, hasher)
        environment = _worker.prepare(errand)
        refuse_other_inputs(order, hasher)
        ready = replace(order, environment={**environment, **order.environment})
        return execute(ready, warm=order.warm and current)
    finally:
        _worker.done()


def end_run(run: str) -> None:
    """Kill the kernels of a run and start no more for it."""
    _worker.ended.add(run)
    engine.kill_kernels(run)


class _Worker:
    """What a worker process keeps between orders: its hashes, the runs it is prepared for, the warm server's code."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.hasher: Hasher | None = None
        self.warmed: WarmLibrary | None = None
        self.running = 0
        self.prepared: dict[str, Mapping[str, str]] = {}
        self.ended: set[str] = set()

    def begin(self, order: Order) -> tuple[Hasher, bool]:
        """Return the hasher and whether a warm kernel holds the order's code; renew the server when it is idle."""
        with self.lock:
            self.hasher = self.hasher or Hasher(project_folder())
            outdated = self.warmed is not None and not self.warmed.holds(order.fingerprint.code)
            if outdated and not self.running:
                warm.close_servers()
                self.warmed = None
            if order.warm and self.warmed is None:
                self.warmed = WarmLibrary([order], self.hasher)
            self.running += 1
            return self.hasher, self.warmed is not None and self.warmed.holds(order.fingerprint.code)

    def prepare(self, errand: Errand) -> Mapping[str, str]:
        """Return the variables for the run's kernels; the data are seen to when a run's first order comes.

        Raises:
            WorkerDiffers: this worker's data are not those of the machine that asks, or the run was ended.
        """
        with self.lock:
            if errand.run in self.ended:
                raise WorkerDiffers("The run was ended.")
            if errand.run not in self.prepared:
                try:
                    found = errand.prepare(project_folder()) if errand.prepare else {}
                except AnalysisError as error:
                    raise WorkerDiffers(f"{_who()}: {error}") from None
                self.prepared[errand.run] = found
            return self.prepared[errand.run]

    def done(self) -> None:
        """Note that an order has ended."""
        with self.lock:
            self.running -= 1


_worker = _Worker()


def refuse_other_code(order: Order, hasher: Hasher) -> None:
    """Compare versions and code with those the order was made for.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    wanted = order.fingerprint
    mend = "Bring its clone to the same commit and its environment to the same versions."
    _refuse("", wanted.versions, library_versions(), mend)
    _refuse("code", wanted.code, hasher.code(order.workdir), mend)


def refuse_other_inputs(order: Order, hasher: Hasher) -> None:
    """Compare inputs with those the order was made for.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    wanted = {name: state for name, state in order.fingerprint.inputs.items() if is_file(name)}
    there = {hasher.root / name: name for name in wanted}
    states = hash_inputs([path for path in there if not path.is_dir()], hasher.root, hasher.digest)
    found = {name: states.get(str(path), "folder") for path, name in there.items()}
    _refuse("input", wanted, found, "Bring its data to the same state (`dvctt clean`).")


def _refuse(what: str, wanted: Mapping[str, Any], found: Mapping[str, Any], mend: str) -> None:
    differing = [name for name, value in sorted(wanted.items()) if found.get(name) != value]
    if differing:
        shown = [_shown(what, name, wanted[name], found.get(name)) for name in differing[:_SHOWN]]
        more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise WorkerDiffers(f"{_who()} differs from this machine: {', '.join(shown)}{more}. {mend}")


def _shown(what: str, name: str, wanted: object, found: object) -> str:
    if not what:
        return f"{name} {found or 'absent'} instead of {wanted}"
    return f"{what} {name}" + ("" if found not in (None, ABSENT) else " (absent)")


def _who() -> str:
    """Name this worker as its scheduler does, and its machine."""
    from distributed import get_worker

    try:
        return f"The worker {get_worker().name} on {platform.node()}"
    except ValueError:
        return f"The worker on {platform.node()}"

"""Where orders are executed: the kernels of this machine, with the library code that its warm server holds."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from analysis.execution import engine, warm
from analysis.execution.fingerprint import Hasher, effective_dependencies
from analysis.execution.notebook import Execution, Order, execute, kernel_environment
from analysis.execution.reach import library_files, preloadable
from analysis.execution.tasks import Failure
from analysis.execution.zygote import default_modules

# papermill and widgets serve the client's side; no cell needs them imported.
_NOT_IN_CELLS = {"papermill", "ipywidgets"}
CHANGED = "changed while it ran"


@dataclass(frozen=True)
class Result:
    """What came of an order: the notebook's bytes and, by name, the hashes of the files it read."""

    content: bytes
    seconds: float
    inputs: Mapping[str, str]
    failure: Failure | None = None


class Executor(Protocol):
    """Where orders are executed, `slots` at a time; their number may change while it works."""

    @property
    def slots(self) -> int:
        """How many orders can be executed at a time now; at least one."""

    def execute(self, order: Order) -> Result:
        """Execute one order; may be called from several threads."""

    def kill(self) -> None:
        """End what is being executed at once."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class WarmLibrary:
    """The warm server's imports, and the hashes our code had when they were made.

    A file of ours that is edited during a run is old in the server and new on disk; a notebook that depends on it
    then gets a plain kernel, so that a result never claims code it was not made with.
    """

    def __init__(self, orders: Sequence[Order], hasher: Hasher) -> None:
        installed = {name.replace("-", "_") for name in effective_dependencies()} - _NOT_IN_CELLS
        sources: dict[Path, set[str]] = {}
        for order in orders:
            sources.setdefault(order.workdir.resolve(), set()).add(hasher.code(order.content))
        files = {
            file
            for beside, own in sources.items()
            for source in own
            for file in library_files(source, beside)
        }
        self.code = {hasher.code_name(file): hasher.digest(file) for file in files}
        found = [name for beside, own in sources.items() for name in preloadable(own, beside, installed)]
        with contextlib.suppress(warm.NoWarmKernels):
            warm.start_server(kernel_environment(), list(dict.fromkeys([*default_modules(), *found])))

    def holds(self, code: Mapping[str, str]) -> bool:
        """Tell whether the server's imports are of just this code."""
        return all(self.code.get(name, digest) == digest for name, digest in code.items())


class LocalExecutor:
    """Kernels on this machine."""

    def __init__(self, jobs: int, hasher: Hasher, orders: Sequence[Order]) -> None:
        """Allow `jobs` kernels at a time; for warm `orders` the server starts importing at once."""
        self.slots = jobs
        self.hasher = hasher
        warming = [order for order in orders if order.warm]
        self.warmed = WarmLibrary(warming, hasher) if warming else None

    def execute(self, order: Order) -> Result:
        """Execute one order in a kernel of its own."""
        current = self.warmed is not None and self.warmed.holds(order.fingerprint.code)
        return name_reads(execute(order, warm=order.warm and current), self.hasher)

    def kill(self) -> None:
        """Kill the kernels."""
        engine.kill_kernels()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        warm.close_servers()


_hashing = threading.Lock()


def name_reads(execution: Execution, hasher: Hasher) -> Result:
    """Return the execution with the files it read by name and hash, as far as they are still what was read."""
    inputs: dict[str, str] = {}
    with _hashing:
        for read in execution.reads:
            inputs[hasher.name(read.path)] = hasher.digest(read.path) if read.unchanged() else CHANGED
    return Result(execution.content, execution.seconds, inputs, execution.failure)

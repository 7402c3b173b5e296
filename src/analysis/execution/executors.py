"""Where orders are executed: the kernels of this machine, with the library code that its warm server holds."""

from __future__ import annotations

import contextlib
import pkgutil
from collections.abc import Mapping, Sequence
from typing import Protocol, Self

from analysis.execution import engine, warm
from analysis.execution.fingerprint import PACKAGE, Hasher
from analysis.execution.notebook import Execution, Order, execute, kernel_environment
from analysis.execution.zygote import default_modules

Result = Execution


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
        self.code: dict[str, str] = {}
        for order in orders:
            self.code |= hasher.code(order.workdir)
        with contextlib.suppress(warm.NoWarmKernels):
            warm.start_server(kernel_environment(), [*default_modules(), *own_modules()])

    def holds(self, code: Mapping[str, str]) -> bool:
        """Tell whether the server's imports are of just this code."""
        return all(self.code.get(name, digest) == digest for name, digest in code.items())


def own_modules() -> list[str]:
    """Return the modules of this package that the project's notebooks import."""
    rooms = ("cleaning", "estimation", "panels", "answers", "reporting")
    found = ((room, pkgutil.iter_modules([str(PACKAGE / room)])) for room in rooms)
    return [f"{PACKAGE.name}.{room}.{module.name}" for room, modules in found for module in modules]


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
        return execute(order, warm=order.warm and current)

    def kill(self) -> None:
        """Kill the kernels."""
        engine.kill_kernels()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        warm.close_servers()

"""Where orders are executed: whatever is a `concurrent.futures.Executor`, of this machine or of a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

from analysis.execution import engine
from analysis.execution.notebook import Execution, Order, execute


@dataclass(frozen=True)
class Workplace:
    """An executor and how orders are put to it.

    `slots` says how many orders can be executed at a time now, at least one; `do` executes one order and may be
    called from several threads; `local` says that this machine does it; `kill` ends at once what is being executed.
    """

    pool: Executor
    slots: Callable[[], int]
    do: Callable[[Order], Execution]
    kill: Callable[[], None]
    close: Callable[[], None]
    local: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open_local(jobs: int) -> Workplace:
    """Return this machine: `jobs` threads, each of which drives one forked process at a time."""
    engine.begin()
    pool = ThreadPoolExecutor(jobs)

    def close() -> None:
        pool.shutdown()
        engine.close()

    def do(order: Order) -> Execution:
        return pool.submit(execute, order).result()

    return Workplace(pool, lambda: jobs, do, engine.stop, close, local=True)

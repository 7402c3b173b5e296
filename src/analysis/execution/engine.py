"""The papermill engine of this room: a `python3` kernel of this very interpreter, warm where that is possible.

papermill loads this module while it is itself being imported, so nothing here imports papermill at the top.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "dvctt"
START_SECONDS = 120.0


class Engine:
    """What `papermill --engine dvctt` runs; see docs/execution.md."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Execute `nb` in a kernel of this interpreter and return it with its outputs."""
        from papermill.engines import NBClientEngine

        class OwnKernelEngine(NBClientEngine):  # type: ignore[misc]
            @classmethod
            def execute_managed_notebook(cls, nb_man: Any, _kernel_name: str, **options: Any) -> None:
                _execute_managed(nb_man, **options)

        return OwnKernelEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, *_saved: Any, **_named: Any) -> str:
        """Return `python3`, whatever kernel the notebook was last saved with."""
        return "python3"

    @classmethod
    def nb_language(cls, *_saved: Any, **_named: Any) -> str:
        """Return `python`."""
        return "python"


@dataclass
class Trace:
    """What is left of an execution whichever way it ended; papermill itself keeps nothing of a dead kernel."""

    notebook: Any = None
    exit_status: int | None = None
    last_words: str = ""
    server_lost: bool = False


_running: dict[Any, str] = {}


def register() -> None:
    """Make the engine known to papermill also where the package's entry points are not installed."""
    from papermill.engines import papermill_engines

    papermill_engines.register(NAME, Engine)


def kill_kernels(run: str | None = None) -> None:
    """End the kernels of one run, or all that this process runs, at once; who waits sees a dead kernel."""
    for manager in [manager for manager, own in list(_running.items()) if run in (None, own)]:
        with contextlib.suppress(AttributeError, OSError):
            manager.provisioner.process.kill()


def _execute_managed(
    nb_man: Any,
    *,
    log_output: bool = False,
    stdout_file: Any = None,
    stderr_file: Any = None,
    start_timeout: float = START_SECONDS,
    execution_timeout: float | None = None,
    notebook_timeout: float | None = None,
    workdir: Path | None = None,
    env: Mapping[str, str] | None = None,
    trace: Trace | None = None,
    warm: bool = True,
    run: str = "",
    **_ignored: Any,
) -> None:
    from papermill.clientwrap import PapermillNotebookClient

    from analysis.execution.manager import kernel_manager

    trace = trace or Trace()
    trace.notebook = nb_man.nb
    with kernel_manager(warm) as (manager, folder):
        client = PapermillNotebookClient(
            nb_man,
            km=manager,
            timeout_func=_time_left(execution_timeout, notebook_timeout),
            startup_timeout=start_timeout,
            record_timing=False,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        _running[manager] = run
        try:
            _execute_traced(client, manager, folder, trace, workdir, os.environ if env is None else env)
        finally:
            del _running[manager]


def _execute_traced(
    client: Any, manager: Any, folder: Path, trace: Trace, workdir: Path | None, env: Mapping[str, str]
) -> None:
    """Execute in `folder`'s kernel; its own streams, which no cell's output goes to, are kept for a crash."""
    crash_file = folder / "stderr"
    try:
        with crash_file.open("wb") as crash:
            client.execute(
                cleanup_kc=True,
                cwd=str(workdir or Path.cwd()),
                env=dict(env),
                stdout=crash,
                stderr=crash,
            )
    except BaseException:
        process = manager.last_process()
        trace.exit_status = process.poll() if process else None
        trace.server_lost = not getattr(getattr(process, "server", None), "alive", True)
        trace.last_words = crash_file.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise


def _time_left(cell: float | None, notebook: float | None) -> Callable[[Any], float | None]:
    """Return the seconds the next cell may take, from the first cell on; counted on the clock that never jumps."""
    started: float | None = None

    def seconds(_cell: Any) -> float | None:
        nonlocal started
        started = started or time.monotonic()
        rest = None if notebook is None else max(0.01, started + notebook - time.monotonic())
        limits = [limit for limit in (cell, rest) if limit is not None]
        return min(limits) if limits else None

    return seconds

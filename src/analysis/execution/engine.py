"""The papermill engine of this room: a `python3` kernel of this very interpreter over local sockets.

papermill loads this module while it is itself being imported, so nothing here imports papermill at the top.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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


def register() -> None:
    """Make the engine known to papermill also where the package's entry points are not installed."""
    from papermill.engines import papermill_engines

    papermill_engines.register(NAME, Engine)


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
    draft: list[Any] | None = None,
    **_ignored: Any,
) -> None:
    from papermill.clientwrap import PapermillNotebookClient

    if draft is not None:
        draft.append(nb_man)
    with kernel_manager() as manager:
        client = PapermillNotebookClient(
            nb_man,
            km=manager,
            timeout_func=_time_left(execution_timeout, notebook_timeout),
            startup_timeout=start_timeout,
            coalesce_streams=True,
            record_timing=False,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        client.execute(
            cleanup_kc=True,
            cwd=str(workdir or Path.cwd()),
            env={**os.environ, **(env or {})},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def _time_left(cell: float | None, notebook: float | None) -> Callable[[Any], float | None]:
    """Return the seconds the next cell may take; counted on the clock that never jumps."""
    started = time.monotonic()

    def seconds(_cell: Any) -> float | None:
        rest = None if notebook is None else max(0.01, started + notebook - time.monotonic())
        limits = [limit for limit in (cell, rest) if limit is not None]
        return min(limits) if limits else None

    return seconds


@contextmanager
def kernel_manager() -> Iterator[Any]:
    """Give a manager for one kernel of this interpreter, with a private folder for its sockets."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    folder = Path(tempfile.mkdtemp(prefix="dvctt-"))
    manager = AsyncKernelManager(
        kernel_name="python3",
        connection_file=str(folder / "kernel.json"),
        transport="ipc" if os.name == "posix" else "tcp",
    )
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    manager._kernel_spec = KernelSpec(argv=command, display_name="Python 3", language="python")
    try:
        yield manager
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""The papermill engine `dvctt`: which notebooks run in a forked process, and which as plain papermill runs them.

papermill loads this module while it is itself being imported, so nothing here imports papermill at the top.
"""

from __future__ import annotations

import ast
import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.execution.forked import Forked

NAME = "dvctt"
_OWN_KERNELS = {"kernel_manager_class", "extra_arguments", "km", "config"}


class Engine:
    """What `papermill --engine dvctt` runs; see docs/execution.md."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, **options: Any) -> Any:
        """Execute `nb` as papermill does, in a forked process where that is the same, and return it."""
        from papermill.engines import NBClientEngine

        class ForkEngine(NBClientEngine):  # type: ignore[misc]
            @classmethod
            def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> None:
                _execute(nb_man, kernel_name, **options)

        return ForkEngine.execute_notebook(nb, kernel_name, **options)

    @classmethod
    def nb_kernel_name(cls, nb: Any, name: str | None = None) -> str:
        """Return the kernel asked for, else the notebook's own, as papermill does."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @classmethod
    def nb_language(cls, nb: Any, language: str | None = None) -> str:
        """Return the language asked for, else the notebook's own, as papermill does."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


@dataclass(frozen=True)
class Place:
    """Where cells run: their folder, the environment their libraries are imported in, and variables set after that."""

    folder: Path
    env: dict[str, str]
    variables: dict[str, str]


@dataclass
class Trace:
    """What is left of an execution whichever way it ended; papermill itself keeps nothing of a dead kernel."""

    notebook: Any = None
    exit_status: int | None = None
    last_words: str = ""

    def take(self, process: Any) -> None:
        """Note how a notebook's process ended; nothing of a plain kernel, which tells nothing."""
        if process is not None:
            process.is_alive()
            self.exit_status, self.last_words = process.exit_status, process.last_words()


_running: dict[Any, str] = {}


def register() -> None:
    """Make the engine known to papermill also where the package's entry points are not installed."""
    import papermill  # noqa: F401
    from papermill.engines import papermill_engines

    import analysis.execution.forked  # noqa: F401

    papermill_engines.register(NAME, Engine)


def start(kernel_name: str, env: Mapping[str, str], folder: Path, sources: Iterable[str]) -> None:
    """Let the process that will fork a notebook import already, where one can fork it."""
    from analysis.execution.servers import CannotFork, servers, setting_for

    modules = imported_modules(sources)
    with contextlib.suppress(CannotFork, LookupError):
        servers().server(setting_for(interpreter_flags(kernel_name), env, folder, modules), modules)


def begin() -> None:
    """Allow notebooks to be run again after `stop`."""
    from analysis.execution.servers import servers

    servers().stopped = False


def stop(run: str | None = None) -> None:
    """End at once the notebooks of a run, or whatever this process runs; of that, begin no more before `begin`."""
    from analysis.execution.servers import servers

    if run is None:
        servers().stopped = True
        servers().close()
    for client in [client for client, own in list(_running.items()) if run in (None, own)]:
        # One that has not started yet, or has ended just now, has nothing to kill.
        with contextlib.suppress(AttributeError, OSError):
            getattr(client.km, "provisioner", client.km).process.kill()


def close() -> None:
    """End the processes that fork; the next notebook starts one anew."""
    from analysis.execution.servers import servers

    servers().close()


def _execute(
    nb_man: Any,
    kernel_name: str,
    *,
    workdir: Path | None = None,
    env: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    notebook_timeout: float | None = None,
    trace: Trace | None = None,
    forked: bool = True,
    run: str = "",
    **options: Any,
) -> None:
    trace = trace or Trace()
    trace.notebook = nb_man.nb
    limit = options.pop("execution_timeout", None)
    if notebook_timeout is not None:
        options["timeout_func"] = _time_left(limit, notebook_timeout)
    else:
        options["execution_timeout"] = limit
    place = Place(
        Path(workdir or Path.cwd()).absolute(),
        dict(os.environ if env is None else env),
        dict(variables or {}),
    )
    client = _client(nb_man, kernel_name, place, options, forked)
    process = client.km
    _running[client] = run
    try:
        client.execute(cleanup_kc=True, cwd=str(place.folder), env=place.env | place.variables)
    except BaseException:
        trace.take(process)
        raise
    finally:
        del _running[client]
        if process is not None:
            process.log.close()


def _client(nb_man: Any, kernel_name: str, place: Place, options: Mapping[str, Any], forked: bool) -> Any:
    """Return papermill's client, with a forked process in the place of its kernel where that is the same."""
    from papermill.clientwrap import PapermillNotebookClient

    from analysis.execution.servers import CannotFork

    options = _client_options(options)
    if forked:
        try:
            process = _fork(nb_man.nb, kernel_name, place, options)
        except CannotFork as reason:
            message = f"{reason}: the notebook runs in a plain kernel, as papermill starts it."
            logging.getLogger("papermill").warning(message)
        else:
            return PapermillNotebookClient(nb_man, km=process, **options)
    return PapermillNotebookClient(nb_man, kernel_name=kernel_name, **options)


def _fork(nb: Any, kernel_name: str, place: Place, options: Mapping[str, Any]) -> Forked:
    """Return the process for a notebook.

    Raises:
        CannotFork: why a plain kernel has to do it.
        NoSuchKernel: no such kernel is installed.
    """
    from analysis.execution.forked import Forked
    from analysis.execution.servers import CannotFork, setting_for

    own = sorted(_OWN_KERNELS & options.keys())
    if own:
        raise CannotFork(f"{own[0]} is given")
    modules = imported_modules(cell.source for cell in nb.cells if cell.cell_type == "code")
    setting = setting_for(interpreter_flags(kernel_name), place.env, place.folder, modules)
    process = Forked(setting, modules, place.variables)
    process.start()
    return process


def interpreter_flags(kernel_name: str) -> list[str]:
    """Return Python's own flags in the command of a kernel that is ipykernel in this very interpreter.

    Raises:
        CannotFork: it is another kernel, or started in another way.
        NoSuchKernel: no such kernel is installed.
    """
    from jupyter_client.manager import KernelManager

    from analysis.execution.servers import CannotFork

    spec: Any = KernelManager(kernel_name=kernel_name).kernel_spec
    python, rest = spec.argv[0], [*spec.argv[1:], ""]
    named = {"python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)}
    ours = python in named or Path(python).absolute() == Path(sys.executable).absolute()
    launch = ["-m", "ipykernel_launcher", "-f", "{connection_file}", ""]
    if not ours or rest[-len(launch) :] != launch or spec.env or "kernel_provisioner" in spec.metadata:
        raise CannotFork(f"the kernel {kernel_name} is not the Python kernel of this environment")
    return rest[: -len(launch)]


def imported_modules(sources: Iterable[str]) -> list[str]:
    """Return the modules that code cells import by name, in their order."""
    found: dict[str, None] = {}
    for source in sources:
        python = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
        try:
            tree = ast.parse("\n".join(python))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found[node.module] = None
    return list(found)


def _client_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what papermill's own engine makes of its options."""
    from papermill.log import logger

    named = ("input_path", "execution_timeout", "timeout", "start_timeout")
    limit = options.get("execution_timeout") or options.get("timeout")
    kept = {name: value for name, value in options.items() if name not in named}
    return {"log": logger, **kept, "timeout": limit, "startup_timeout": options.get("start_timeout", 60)}


def _time_left(cell: float | None, notebook: float) -> Callable[[Any], float | None]:
    """Return the seconds the next cell may take, from the first cell on; counted on the clock that never jumps."""
    started: float | None = None

    def seconds(_cell: Any) -> float | None:
        nonlocal started
        started = started or time.monotonic()
        rest = max(0.01, started + notebook - time.monotonic())
        return rest if cell is None else min(cell, rest)

    return seconds

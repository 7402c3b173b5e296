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
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from analysis.execution.forked import Setting

NAME = "dvctt"
_OWN_KERNELS = {"kernel_manager_class", "extra_arguments", "km", "config"}
_running: dict[Any, str] = {}


class Engine:
    """What `papermill --engine dvctt` runs; see docs/execution.md."""

    @staticmethod
    def execute_notebook(nb: Any, kernel_name: str, **options: Any) -> Any:
        """Execute `nb` as papermill does, in a forked process where that is the same, and return it."""
        from papermill.engines import NBClientEngine

        class ForkEngine(NBClientEngine):  # type: ignore[misc]
            execute_managed_notebook = staticmethod(_execute)

        return ForkEngine.execute_notebook(nb, kernel_name, **options)

    @staticmethod
    def nb_kernel_name(nb: Any, name: str | None = None) -> str:
        """Return the kernel asked for, else the notebook's own, as papermill does."""
        from papermill.utils import nb_kernel_name

        return str(nb_kernel_name(nb, name))

    @staticmethod
    def nb_language(nb: Any, language: str | None = None) -> str:
        """Return the language asked for, else the notebook's own, as papermill does."""
        from papermill.utils import nb_language

        return str(nb_language(nb, language))


def register() -> None:
    """Make the engine known to papermill also where the package's entry points are not installed."""
    import_format()
    import papermill  # noqa: F401
    from papermill.engines import papermill_engines

    import analysis.execution.forked  # noqa: F401

    papermill_engines.register(NAME, Engine)


def import_format() -> None:
    """Import nbformat, which papermill imports too, in a seventh of its time.

    jsonschema below it would compile 38 grammars of web addresses, 1.5 s of a processor, for checks that no notebook
    is given.
    """
    grammars, modules = "rfc3987_syntax", cast("dict[str, object]", sys.modules)
    if grammars in modules or "jsonschema" in modules:
        return
    modules[grammars] = None
    try:
        import nbformat  # noqa: F401
    finally:
        del modules[grammars]


def start(kernel_name: str, env: Mapping[str, str], folder: Path, sources: Iterable[str]) -> None:
    """Let the process that will fork a notebook import already, where one can fork it."""
    from analysis.execution.forked import CannotFork, servers

    with contextlib.suppress(CannotFork, LookupError):
        servers().server(*setting_of(kernel_name, env, folder, sources))


def begin() -> None:
    """Allow notebooks to be run again after `stop`."""
    from analysis.execution.forked import servers

    servers().stopped = False


def stop(run: str | None = None) -> None:
    """End at once the notebooks of a run, or whatever this process runs; of that, begin no more before `begin`."""
    from analysis.execution.forked import servers

    if run is None:
        servers().stopped = True
        servers().close()
    for client in [client for client, own in list(_running.items()) if run in (None, own)]:
        # One that has not started yet, or has ended just now, has nothing to kill.
        with contextlib.suppress(AttributeError, OSError):
            getattr(client.km, "provisioner", SimpleNamespace(process=client.km)).process.kill()


def close() -> None:
    """End the processes that fork; the next notebook starts one anew."""
    from analysis.execution.forked import servers

    servers().close()


def _execute(
    nb_man: Any,
    kernel_name: str,
    *,
    workdir: Path | None = None,
    env: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    notebook_timeout: float | None = None,
    trace: dict[str, Any] | None = None,
    forked: bool = True,
    run: str = "",
    **options: Any,
) -> None:
    """Do what papermill's own engine does.

    Args:
        nb_man: papermill's manager of the notebook.
        kernel_name: the kernel asked for, or the notebook's own.
        workdir: where the cells work; default: where we are.
        env: the environment of the notebook's process; default: ours.
        variables: set in it after its libraries were imported.
        notebook_timeout: seconds for all cells.
        trace: takes the `notebook` as far as it came, and the forked `process` it had: papermill keeps neither when
            that dies.
        forked: False asks for a plain kernel.
        run: what `stop` calls it.
        options: as of papermill's engine, and nbclient's.
    """
    from papermill.clientwrap import PapermillNotebookClient

    trace = {} if trace is None else trace
    folder, env, variables = Path(workdir or Path.cwd()).absolute(), env or os.environ, variables or {}
    options = _client_options(options, notebook_timeout)
    process = _fork(nb_man.nb, kernel_name, env, folder, variables, options) if forked else None
    trace |= {"notebook": nb_man.nb, "process": process}
    kernel = {"km": process} if process else {"kernel_name": kernel_name}
    client = PapermillNotebookClient(nb_man, **kernel, **options)
    _running[client] = run
    try:
        client.execute(cleanup_kc=True, cwd=str(folder), env={**env, **variables})
    finally:
        del _running[client]


def _fork(
    nb: Any,
    kernel_name: str,
    env: Mapping[str, str],
    folder: Path,
    variables: Mapping[str, str],
    options: Mapping[str, Any],
) -> Any:
    """Return the process for a notebook; None, and papermill's log says why, where a plain kernel has to do it.

    Raises:
        NoSuchKernel: no such kernel is installed.
    """
    from analysis.execution.forked import CannotFork, Forked

    try:
        if own := sorted(_OWN_KERNELS & options.keys()):
            raise CannotFork(f"{own[0]} is given")
        sources = [cell.source for cell in nb.cells if cell.cell_type == "code"]
        return Forked(*setting_of(kernel_name, env, folder, sources), variables)
    except CannotFork as reason:
        message = f"{reason}: the notebook runs in a plain kernel, as papermill starts it."
        logging.getLogger("papermill").warning(message)
        return None


def setting_of(
    kernel_name: str, env: Mapping[str, str], folder: Path, sources: Iterable[str]
) -> tuple[Setting, list[str]]:
    """Return what a notebook's process depends on before its first cell, and the modules its cells import.

    Raises:
        CannotFork: this system cannot, or the kernel is not ipykernel in this very interpreter.
        NoSuchKernel: no such kernel is installed.
    """
    from jupyter_client.manager import KernelManager

    from analysis.execution.forked import CannotFork, Setting

    if not hasattr(os, "fork"):
        raise CannotFork("this system does not fork processes")
    spec: Any = KernelManager(kernel_name=kernel_name).kernel_spec
    python, rest = spec.argv[0], [*spec.argv[1:], ""]
    named = {"python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)}
    ours = python in named or Path(python).absolute() == Path(sys.executable).absolute()
    launch = ["-m", "ipykernel_launcher", "-f", "{connection_file}", ""]
    if not ours or rest[-len(launch) :] != launch or spec.env or "kernel_provisioner" in spec.metadata:
        raise CannotFork(f"the kernel {kernel_name} is not the Python kernel of this environment")
    modules = imported_modules(sources)
    packages = frozenset(name.partition(".")[0] for name in modules)
    command = (sys.executable, *rest[: -len(launch)])
    return Setting(command, tuple(sorted(env.items())), str(folder), packages), modules


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


def _client_options(options: Mapping[str, Any], notebook_timeout: float | None) -> dict[str, Any]:
    """Return what papermill's own engine makes of its options."""
    from papermill.log import logger

    named = ("input_path", "execution_timeout", "timeout", "start_timeout")
    limit = options.get("execution_timeout") or options.get("timeout")
    kept = {name: value for name, value in options.items() if name not in named}
    if notebook_timeout is not None:
        kept["timeout_func"] = _time_left(limit, notebook_timeout)
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

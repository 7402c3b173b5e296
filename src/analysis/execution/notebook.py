"""One notebook, executed by papermill: its content and parameters in, the executed notebook's bytes out."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.execution import engine
from analysis.execution.reproducible import settle_text, to_bytes
from analysis.execution.tasks import Failure

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_SHOWN_LINES = 8
# Sums of floats depend on the number of threads that linear algebra uses.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


@dataclass(frozen=True)
class Order:
    """What an executor needs of a task; `timeout` and `cell_timeout` in seconds, the cells work in `workdir`.

    `fingerprint` is what the result will be recorded to depend on; `run` names the run, so that it can be ended;
    `environment` holds variables for this order's cells beside the usual ones; `forked` allows a forked process
    instead of a plain kernel.
    """

    name: str
    content: bytes
    parameters: Mapping[str, object]
    workdir: Path
    fingerprint: Mapping[str, str] = field(default_factory=dict)
    cell_timeout: float | None = None
    timeout: float | None = None
    forked: bool = True
    run: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Execution:
    """What came of an order: the executed notebook, whole or, with a failure, half-done."""

    content: bytes
    seconds: float
    failure: Failure | None = None


@dataclass(frozen=True)
class Workplace:
    """Where orders are executed: `do` executes one and may be called from `jobs` threads, None: from any number.

    `begin` starts what takes a while, `check` raises when nobody is there any more, `kill` ends at once what is being
    executed, `close` all that was begun.
    """

    do: Callable[[Order], Execution]
    jobs: int | None
    begin: Callable[[Sequence[Any]], None]
    check: Callable[[], None]
    kill: Callable[[], None]
    close: Callable[[], None]


def execute(order: Order) -> Execution:
    """Run one notebook in a process of its own and return what came of it; never raise for what a cell did.

    Called where no event loop runs. A notebook that died because the process that forks was killed runs once more.
    """
    from jupyter_core.utils import ensure_event_loop

    started, trace = time.monotonic(), dict[str, Any]()
    failure = None
    for _attempt in range(2):
        with contextlib.closing(ensure_event_loop()):
            failure = _execute(order, trace)
        process = trace.get("process")
        if not (failure and process and process.server.was_killed()):
            break
    content = to_bytes(_with_message(trace["notebook"], order, failure), order.parameters)
    return Execution(content, time.monotonic() - started, failure)


def _execute(order: Order, trace: dict[str, Any]) -> Failure | None:
    """Execute it and say why it did not end well; `trace` takes what `engine` leaves there."""
    engine.register()
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    # What nbformat upgrades is of the old format's own class, which papermill does not know.
    notebook = nbformat.from_dict(nbformat.reads(_with_ids(order.content), as_version=4))  # type: ignore[no-untyped-call]
    trace["notebook"] = notebook
    spec, info = (notebook.metadata.get(name) or {} for name in ("kernelspec", "language_info"))
    try:
        papermill.execute_notebook(
            notebook,
            None,
            dict(order.parameters),
            engine_name=engine.NAME,
            kernel_name=spec.get("name") or "python3",
            language=spec.get("language") or info.get("name") or "python",
            progress_bar=False,
            execution_timeout=order.cell_timeout,
            notebook_timeout=order.timeout,
            workdir=order.workdir,
            env=kernel_environment(),
            variables=order.environment,
            trace=trace,
            run=order.run,
            forked=order.forked,
        )
    except PapermillExecutionError as error:
        text = f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)
        return _failure(trace, str(error.ename), settle_text(_COLOUR.sub("", text)))
    except Exception as error:
        # A full disk is no fault of the notebook; a time-out, which is an OSError too, is.
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            raise
        return _failure(trace, type(error).__name__, _explain(error, order, trace))
    return None


def _with_ids(content: bytes) -> str:
    """Return a notebook's text, its cells with the ids that its format asks for and of which nbformat would warn."""
    notebook = json.loads(content)
    if (notebook.get("nbformat", 0), notebook.get("nbformat_minor", 0)) >= (4, 5):
        for number, cell in enumerate(notebook["cells"]):
            cell.setdefault("id", f"cell-{number}")
    return json.dumps(notebook)


def kernel_environment() -> dict[str, str]:
    """Return the environment of every notebook's process: ours, less what makes the same cells give other bytes.

    Sums of floats depend on the number of threads, the order of a set on the hash seed, figures on the backend,
    tables on the terminal's width. Bytecode may be written: without it every kernel start costs seconds.
    """
    dropped = ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    fixed = {"PYTHONHASHSEED": "0", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    return {**dict.fromkeys(ONE_THREAD, "1"), **kept, **fixed}


INJECTED = "injected-parameters"  # papermill's own cell, which the notebook's author cannot count


def _failure(trace: Mapping[str, Any], kind: str, text: str) -> Failure:
    """Return a failure with the cell to blame, the last that was started."""
    cells = [cell for cell in trace["notebook"].cells if cell.cell_type == "code"]
    started = [n for n, cell in enumerate(cells) if cell.metadata.get("papermill", {}).get("start_time")]
    if not started:
        return Failure(kind, text)
    own = [cell for cell in cells[: started[-1] + 1] if INJECTED not in cell.metadata.get("tags", [])]
    return Failure(kind, text, len(own), str(cells[started[-1]].source))


def _explain(error: Exception, order: Order, trace: Mapping[str, Any]) -> str:
    kind = type(error).__name__
    if kind == "CellTimeoutError" and (order.cell_timeout or order.timeout):
        limits = [("cell", order.cell_timeout), ("notebook", order.timeout)]
        shown = ", ".join(f"{seconds:g} s a {what}" for what, seconds in limits if seconds is not None)
        return f"took longer than allowed ({shown})"
    if kind == "DeadKernelError" or "Kernel died" in str(error):
        status = getattr(trace.get("process"), "exit_status", None)
        how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
        return f"the kernel died ({how}: killed, out of memory, or a crash in compiled code)"
    if kind == "NoSuchKernel":
        return (
            f"{error}. Install it, or choose for the notebook a kernel that `jupyter kernelspec list` shows"
        )
    return f"{kind}: {error}".splitlines()[0]


def _with_message(nb: Any, order: Order, failure: Failure | None) -> Any:
    """Return `nb`, with the message in a first cell when it is half-done."""
    if failure is None:
        return nb
    text = f"**This notebook did not end well.**\n\n```text\n{describe_failure(order, failure)}\n```"
    message = {"cell_type": "markdown", "metadata": {"tags": ["failure"]}, "source": text}
    return {**nb, "cells": [message, *nb.cells]}


def describe_failure(order: Order, failure: Failure) -> str:
    """Say in a few lines which notebook, which parameters, which cell and what happened."""
    where = "" if failure.cell is None else f", code cell {failure.cell}"
    given = ", ".join(
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in order.parameters.items()
    )
    lines = [f"{order.name}{where}: {failure.text}", f"  parameters: {given or 'none given'}"]
    lines += [f"  | {line}" for line in failure.source.splitlines()[:_SHOWN_LINES]]
    return "\n".join(lines)

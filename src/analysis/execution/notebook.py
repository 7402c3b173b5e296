"""One notebook, executed by papermill: its content and parameters in, the executed notebook's bytes out."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.execution import engine
from analysis.execution.fingerprint import Fingerprint
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
    fingerprint: Fingerprint
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


def execute(order: Order) -> Execution:
    """Run one notebook in a process of its own and return what came of it; never raise for what a cell did.

    Where an event loop runs already, as in a notebook of the caller's own, the work goes to a thread that has none.
    """
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _execute_in_own_loop(order)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_execute_in_own_loop, order).result()


def _execute_in_own_loop(order: Order) -> Execution:
    from jupyter_core.utils import ensure_event_loop

    with contextlib.closing(ensure_event_loop()):
        trace, started = engine.Trace(), time.monotonic()
        failure = _execute_with(trace, order)
    content = to_bytes(_with_message(trace.notebook, order, failure), order.parameters)
    return Execution(content, time.monotonic() - started, failure)


def _execute_with(trace: engine.Trace, order: Order) -> Failure | None:
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    engine.register()
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    # What nbformat upgrades is of the old format's own class, which papermill does not know.
    notebook = nbformat.from_dict(nbformat.reads(order.content.decode(), as_version=4))  # type: ignore[no-untyped-call]
    trace.notebook = notebook
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
        return _cell_failure(trace.notebook, error)
    except Exception as error:
        # A full disk is no fault of the notebook; a time-out, which is an OSError too, is.
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            raise
        return _kernel_failure(error, order, trace)
    return None


def kernel_environment() -> dict[str, str]:
    """Return the environment of every notebook's process: ours, less what makes the same cells give other bytes.

    Sums of floats depend on the number of threads, the order of a set on the hash seed, figures on the backend,
    tables on the terminal's width. Bytecode may be written: without it every kernel start costs seconds.
    """
    dropped = ("PYTHONDONTWRITEBYTECODE", "COLUMNS", "LINES")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    fixed = {"PYTHONHASHSEED": "0", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    return {**dict.fromkeys(ONE_THREAD, "1"), **kept, **fixed}


def _cell_failure(nb: Any, error: Any) -> Failure:
    # papermill puts its two markers before it raises; the cell to blame is the last that was started.
    index = _last_started(nb)
    text = f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)
    number = None if index is None else _count_code_cells(nb, index)
    return Failure(str(error.ename), settle_text(_COLOUR.sub("", text)), number, str(error.source))


def _kernel_failure(error: Exception, order: Order, trace: engine.Trace) -> Failure:
    kind = type(error).__name__
    index = _last_started(trace.notebook)
    number = None if index is None else _count_code_cells(trace.notebook, index)
    source = "" if index is None else str(trace.notebook.cells[index].source)
    return Failure(kind, _explain(kind, error, order, trace), number, source)


def _explain(kind: str, error: Exception, order: Order, trace: engine.Trace) -> str:
    if kind == "CellTimeoutError":
        limits = [("cell", order.cell_timeout), ("notebook", order.timeout)]
        shown = ", ".join(f"{seconds:g} s a {what}" for what, seconds in limits if seconds is not None)
        return f"took longer than allowed ({shown})"
    if kind == "DeadKernelError" or "Kernel died" in str(error):
        status = trace.exit_status
        how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
        words = trace.last_words.strip().splitlines()
        return f"the kernel died ({how}: killed, out of memory, or a crash in compiled code)" + (
            f"; its last words: {words[-1]}" if words else ""
        )
    if kind == "NoSuchKernel":
        return (
            f"{error}. Install it, or choose for the notebook a kernel that `jupyter kernelspec list` shows"
        )
    return f"{kind}: {error}".splitlines()[0]


def _last_started(nb: Any) -> int | None:
    started = [i for i, cell in enumerate(nb.cells) if cell.metadata.get("papermill", {}).get("start_time")]
    return started[-1] if started else None


def _count_code_cells(nb: Any, index: int) -> int:
    return sum(cell.cell_type == "code" for cell in nb.cells[: index + 1])


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

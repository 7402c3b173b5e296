"""One notebook, executed by papermill: its content and parameters in, the executed notebook's bytes out."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.execution import engine
from analysis.execution.tasks import Failure

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Order:
    """What an executor needs of a task: times in seconds, `workdir` the folder the kernel works in."""

    notebook: Path
    parameters: Mapping[str, object]
    workdir: Path
    cell_timeout: float | None = None
    timeout: float | None = None


@dataclass(frozen=True)
class Execution:
    """What came of an order: the executed notebook, whole or, with a failure, half-done."""

    content: bytes
    seconds: float
    failure: Failure | None = None


def execute(order: Order) -> Execution:
    """Run one notebook in a kernel of its own and return what came of it; never raise for what a cell did."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    engine.register()
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    started, failure = time.monotonic(), None
    draft: list[Any] = []
    try:
        papermill.execute_notebook(
            papermill.iorw.load_notebook_node(str(order.notebook)),
            None,
            dict(order.parameters),
            engine_name=engine.NAME,
            progress_bar=False,
            execution_timeout=order.cell_timeout,
            notebook_timeout=order.timeout,
            workdir=order.workdir,
            draft=draft,
        )
    except PapermillExecutionError as error:
        failure = _cell_failure(draft[0].nb, error)
    except Exception as error:
        if not draft:
            raise
        failure = _kernel_failure(draft[0].nb, error, order)
    return Execution(_to_bytes(draft[0].nb, order, failure), time.monotonic() - started, failure)


def _cell_failure(nb: Any, error: Any) -> Failure:
    number = _count_code_cells(nb, error.cell_index)
    text = f"{error.ename}: {error.evalue}" if error.evalue else str(error.ename)
    return Failure(str(error.ename), _COLOUR.sub("", text), number, str(error.source))


def _kernel_failure(nb: Any, error: Exception, order: Order) -> Failure:
    kind = type(error).__name__
    running = next(
        (i for i, cell in enumerate(nb.cells) if cell.metadata.papermill["status"] == "failed"), None
    )
    running = _last_started(nb) if running is None else running
    texts = {
        "CellTimeoutError": "took longer than allowed "
        f"(cell: {order.cell_timeout or 'no limit'} s, notebook: {order.timeout or 'no limit'} s)",
        "DeadKernelError": "the kernel died (killed, out of memory, or a crash in compiled code)",
    }
    text = texts.get(kind, f"{kind}: {error}".splitlines()[0])
    number = None if running is None else _count_code_cells(nb, running)
    return Failure(kind, text, number, "" if running is None else str(nb.cells[running].source))


def _last_started(nb: Any) -> int | None:
    started = [i for i, cell in enumerate(nb.cells) if cell.metadata.papermill["start_time"]]
    return started[-1] if started else None


def _count_code_cells(nb: Any, index: int) -> int:
    return sum(cell.cell_type == "code" for cell in nb.cells[: index + 1])


def _to_bytes(nb: Any, order: Order, failure: Failure | None) -> bytes:
    """Serialise without what changes from run to run: times, random identifiers, paths of this machine."""
    content = json.loads(json.dumps(nb))
    content["metadata"]["papermill"] = {"parameters": dict(order.parameters)}
    for number, cell in enumerate(content["cells"]):
        cell["metadata"].pop("papermill", None)
        cell["metadata"].pop("execution", None)
        cell["id"] = f"cell-{number}"
    if failure:
        content["cells"].insert(0, _failure_cell(order, failure))
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _failure_cell(order: Order, failure: Failure) -> dict[str, object]:
    return {
        "cell_type": "markdown",
        "id": "failure",
        "metadata": {"tags": ["failure"]},
        "source": f"**This notebook did not end well.**\n\n```text\n{describe_failure(order, failure)}\n```",
    }


def describe_failure(order: Order, failure: Failure) -> str:
    """Say in a few lines which notebook, which parameters, which cell and what happened."""
    where = "" if failure.cell is None else f", code cell {failure.cell}"
    shown = ", ".join(f"{name} = {json.dumps(v, ensure_ascii=False)}" for name, v in order.parameters.items())
    lines = [f"{order.notebook.name}{where}: {failure.text}", f"  parameters: {shown or 'none given'}"]
    lines += [f"  | {line}" for line in failure.source.splitlines()[:8]]
    return "\n".join(lines)

"""Which tasks are stale, and why: today's fingerprint against the one recorded with the result."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from analysis.errors import RequestError
from analysis.execution.fingerprint import Fingerprint, Hasher, same
from analysis.execution.manifest import Manifest, read_manifest
from analysis.execution.parameter_types import plain
from analysis.execution.parameters import Schema, read_schema
from analysis.execution.source import Source, refuse_address
from analysis.execution.tasks import Task

NOT_STATED = (
    "what it reads is not stated, so it runs every time"
    " (state it: --input, or `inputs` under `dvctt` in the notebook's metadata)"
)


class SameOutput(RequestError):
    """Two tasks would write the same file, or one would write over a notebook that nobody executed."""


class NeedEachOther(RequestError):
    """Results that need each other in a circle."""


@dataclass(frozen=True)
class Verdict:
    """What is known of a task before it runs: no reasons means its result is up to date."""

    task: Task
    source: Source
    fingerprint: Fingerprint
    why: tuple[str, ...]

    @property
    def seeds(self) -> dict[str, object]:
        """Return the seeds the notebook will use, given or by default."""
        values = read_schema(self.source).defaults() | dict(self.task.parameters)
        return {name: value for name, value in values.items() if "seed" in name.lower().split("_")}


def check_tasks(tasks: Iterable[Task], hasher: Hasher) -> list[Task]:
    """Return the tasks with their parameters checked against each notebook's cell; no cell is executed.

    Raises:
        RequestError: an unknown, mistyped or secret-looking parameter, no such notebook, one output twice, or an
            output that is a notebook to be executed.
    """
    schemas: dict[Path, Schema] = {}
    checked: dict[Path, Task] = {}
    for task in tasks:
        refuse_address(task.output)
        source = hasher.source(task.notebook)
        output = task.output.absolute()
        if output in checked:
            raise SameOutput(f"Two tasks write {output}: {checked[output].notebook} and {task.notebook}.")
        recorded = read_manifest(output)
        refuse_source(task.notebook, output, recorded)
        checked[output] = replace(task, output=output, parameters=plain(task.parameters))
        if not _was_checked(checked[output], hasher.cells(source), recorded):
            if task.notebook not in schemas:
                schemas[task.notebook] = read_schema(source)
            values = schemas[task.notebook].check(task.parameters)
            checked[output] = replace(checked[output], parameters=values)
    return list(checked.values())


def _was_checked(task: Task, cells: str, recorded: Manifest | None) -> bool:
    """Tell whether these very parameters were checked against these very cells when the result was made."""
    if recorded is None or recorded.fingerprint.cells != cells:
        return False
    return same(dict(recorded.fingerprint.parameters), dict(task.parameters))


def refuse_source(notebook: Path, output: Path, recorded: Manifest | None) -> None:
    """Refuse to write over a notebook that is no result: the one to be executed, or another person's work.

    Raises:
        SameOutput: with the way out.
    """
    if not output.exists():
        return
    try:
        is_result = recorded is not None or "papermill" in json.loads(output.read_bytes())["metadata"]
    except (ValueError, KeyError, TypeError, OSError):
        is_result = True  # no notebook at all
    if output.samefile(notebook) or not is_result:
        raise SameOutput(
            f"{output} is a notebook that nobody executed; the result of {notebook} would be written over it. "
            "Give another folder (--out)."
        )


def judge(task: Task, hasher: Hasher, *, force: bool = False) -> Verdict:
    """Return whether `task` must run, with the reasons in words.

    Raises:
        InputUnreadable: a stated input is there but cannot be read.
    """
    source = hasher.source(task.notebook)
    today, recorded = hasher.take(task, source), read_manifest(task.output)
    if not task.output.is_file():
        reasons = ["there is no result yet"]
    elif recorded is None:
        reasons = ["how the result was made is not recorded"]
    else:
        named = hasher.name(task.notebook.absolute())
        other = [] if recorded.notebook == named else [f"the result is that of {recorded.notebook}"]
        reasons = [*other, *recorded.fingerprint.differences(today)]
        if hasher.digest(task.output) != recorded.output_sha256:
            reasons.append("the result was changed since it was made")
    if task.inputs is None and source.inputs is None:
        reasons.append(NOT_STATED)
    if force:
        reasons.append("asked for")
    return Verdict(task, source, today, tuple(reasons))


def judge_all(tasks: Sequence[Task], hasher: Hasher, *, force: bool = False) -> list[Verdict]:
    """Return the verdict on each task; one that takes a stale task's output as its input is stale too.

    Raises:
        NeedEachOther: the tasks go in a circle.
        InputUnreadable: as `judge`.
    """
    of = {task.output: task for task in tasks}
    needs = needs_of(tasks)
    verdicts: dict[Path, Verdict] = {}
    try:
        for output in TopologicalSorter(needs).static_order():
            verdict = judge(of[output], hasher, force=force)
            stale = sorted(need.name for need in needs[output] if verdicts[need].why)
            more = (f"it needs {', '.join(stale)}, which is made first",) if stale else ()
            verdicts[output] = replace(verdict, why=(*verdict.why, *more))
    except CycleError as error:
        names = ", ".join(path.name for path in error.args[1][1:])
        raise NeedEachOther(f"These results need each other in a circle: {names}.") from None
    return [verdicts[task.output] for task in tasks]


def needs_of(tasks: Sequence[Task]) -> dict[Path, set[Path]]:
    """Return for each output the outputs of other tasks that its task takes as inputs."""
    outputs = {str(task.output): task.output for task in tasks}
    named = {task.output: map(os.path.abspath, task.inputs or ()) for task in tasks}
    return {
        output: {outputs[path] for path in paths if path in outputs} - {output}
        for output, paths in named.items()
    }

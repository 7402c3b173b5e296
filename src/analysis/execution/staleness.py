"""Which tasks are stale, and why: today's fingerprint against the one recorded with the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.execution.fingerprint import Fingerprint, Hasher, MissingInput
from analysis.execution.manifest import read_manifest
from analysis.execution.parameters import read_schema
from analysis.execution.tasks import Task


@dataclass(frozen=True)
class Verdict:
    """What is known of a task before it runs: no reasons means its result is up to date.

    `declared` names the inputs that the task itself declares; the fingerprint also has those seen in its last run.
    """

    task: Task
    content: bytes
    fingerprint: Fingerprint
    why: tuple[str, ...]
    declared: frozenset[str] = frozenset()

    @property
    def seeds(self) -> dict[str, object]:
        """Return the seeds the notebook will use, given or by default."""
        values = read_schema(self.task.notebook).defaults() | dict(self.task.parameters)
        return {name: value for name, value in values.items() if "seed" in name.lower().split("_")}


def judge(task: Task, hasher: Hasher, *, force: bool = False) -> Verdict:
    """Return whether `task` must run, with the reasons in words.

    Raises:
        MissingInput: a declared input is not there.
    """
    content = task.notebook.read_bytes()
    recorded = read_manifest(task.output)
    if recorded is None or not task.output.is_file():
        there = task.output.exists()
        why = "how the result was made is not recorded" if there else "there is no result yet"
        fingerprint = hasher.take(task, content)
        return Verdict(task, content, fingerprint, (why,), frozenset(fingerprint.inputs))
    today = hasher.take(task, content, recorded.fingerprint.inputs)
    reasons = recorded.fingerprint.differences(today)
    if hasher.digest(task.output) != recorded.output_sha256:
        reasons.append("the result was changed since it was made")
    if force:
        reasons.append("asked for")
    return Verdict(task, content, today, tuple(reasons), hasher.declared(task))


def judge_all(tasks: Sequence[Task], hasher: Hasher, *, force: bool = False) -> list[Verdict]:
    """Return the verdict on each task; one that takes a stale task's output as its input is stale too.

    Raises:
        MissingInput: a declared input is not there and no task makes it.
    """
    needs = order_by_inputs(tasks)
    verdicts: dict[Path, Verdict] = {}
    for task in in_order(tasks, needs):
        stale = sorted(need.name for need in needs[task.output] if verdicts[need].why)
        if stale:
            known = replace(task, inputs=tuple(path for path in task.inputs if path.exists()))
            verdict = judge(known, hasher, force=force)
            why = (*verdict.why, f"it needs {', '.join(stale)}, which is made first")
            verdicts[task.output] = replace(verdict, task=task, why=why)
        else:
            verdicts[task.output] = judge(task, hasher, force=force)
    return [verdicts[task.output] for task in tasks]


def order_by_inputs(tasks: Sequence[Task]) -> dict[Path, set[Path]]:
    """Return for each output the outputs of other tasks that its task takes as inputs."""
    outputs = {task.output for task in tasks}
    return {
        task.output: {path.absolute() for path in task.inputs} & outputs - {task.output} for task in tasks
    }


def in_order(tasks: Sequence[Task], needs: dict[Path, set[Path]]) -> list[Task]:
    """Return the tasks so that each comes after those it needs.

    Raises:
        MissingInput: tasks need each other in a circle.
    """
    ordered: dict[Path, Task] = {}
    waiting = list(tasks)
    while waiting:
        ready = [task for task in waiting if needs[task.output] <= ordered.keys()]
        if not ready:
            names = ", ".join(task.output.name for task in waiting)
            raise MissingInput(f"These results need each other in a circle: {names}.")
        ordered |= {task.output: task for task in ready}
        waiting = [task for task in waiting if task.output not in ordered]
    return list(ordered.values())

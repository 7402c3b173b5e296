"""Which tasks are stale, and why: today's fingerprint against the one recorded with the result."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import RequestError
from analysis.execution.fingerprint import Fingerprint, Hasher, differences
from analysis.execution.manifest import read_manifest
from analysis.execution.parameter_types import plain
from analysis.execution.parameters import read_schema
from analysis.execution.source import Source, refuse_address
from analysis.execution.tasks import Task

NOT_STATED = (
    "what it reads is not stated, so it runs every time"
    " (state it: --input, or `inputs` under `dvctt` in the notebook's metadata)"
)


class SameOutput(RequestError):
    """Two tasks would write the same file, or one would write over a notebook that nobody executed."""


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


def judge_all(tasks: Iterable[Task], hasher: Hasher, *, force: bool = False) -> list[Verdict]:
    """Return the verdict on each task, its parameters checked against its notebook's cell; no cell is executed.

    Raises:
        RequestError: an unknown, mistyped or secret-looking parameter, no such notebook, one output twice, or an
            output that is a notebook to be executed.
    """
    verdicts: dict[Path, Verdict] = {}
    for task in tasks:
        refuse_address(task.output)
        output = task.output.absolute()
        if output in verdicts:
            raise SameOutput(
                f"Two tasks write {output}: {verdicts[output].task.notebook} and {task.notebook}."
            )
        given = replace(task, output=output, parameters=plain(task.parameters))
        verdicts[output] = judge(given, hasher, force=force)
    return list(verdicts.values())


def judge(task: Task, hasher: Hasher, *, force: bool = False) -> Verdict:
    """Return whether `task` must run, with the reasons in words, and its parameters as their cell has them.

    Raises:
        RequestError: as `judge_all`; a stated input that is there but cannot be read.
    """
    source, recorded = hasher.source(task.notebook), read_manifest(task.output)
    today = hasher.take(task, source)
    refuse_source(task.notebook, task.output, is_result=recorded is not None)
    old = {} if recorded is None else recorded.fingerprint
    asked = {name for name in today if name == "cells" or name.startswith("parameter ")}
    if any(old.get(name) != today[name] for name in asked):  # else these very values were checked already
        task = replace(task, parameters=read_schema(source).check(task.parameters))
        today = hasher.take(task, source)
    if not task.output.is_file():
        reasons = ["there is no result yet"]
    elif recorded is None:
        reasons = ["how the result was made is not recorded"]
    else:
        reasons = differences(recorded.fingerprint, today)
        if hasher.digest(task.output) != recorded.output_sha256:
            reasons.append("the result was changed since it was made")
    if task.inputs is None and source.inputs is None:
        reasons.append(NOT_STATED)
    if force:
        reasons.append("asked for")
    return Verdict(task, source, today, tuple(reasons))


def refuse_source(notebook: Path, output: Path, is_result: bool) -> None:
    """Refuse to write over a notebook that is no result: the one to be executed, or another person's work.

    Raises:
        SameOutput: with the way out.
    """
    if not output.exists():
        return
    try:
        is_result = is_result or "papermill" in json.loads(output.read_bytes())["metadata"]
    except (ValueError, KeyError, TypeError, OSError):
        is_result = True  # no notebook at all
    if output.samefile(notebook) or not is_result:
        raise SameOutput(
            f"{output} is a notebook that nobody executed; the result of {notebook} would be written over it. "
            "Give another folder (--out)."
        )

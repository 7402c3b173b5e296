"""What is asked of the room and what it answers: a task, and the outcome of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Status = Literal["done", "fresh", "failed", "stopped"]


@dataclass(frozen=True)
class Task:
    """One notebook with its parameters, the file its executed copy goes to, and what it depends on.

    Attributes:
        notebook: the notebook to execute; it is only read.
        parameters: values for its parameters; the others keep their defaults.
        output: where the executed notebook goes.
        inputs: files, folders (every file in them), patterns such as `data/*.csv`, and `env:NAME` for a variable of
            the environment, `version:NAME` for that of a library; what is absent counts too, so that its coming makes
            the result stale. Relative to the working folder. Those in the notebook's own metadata are added. None: only
            those; where it has none either, what the result depends on is not known, and the notebook runs every time.
        facts: other things that decide the result, by name, such as the commit of a study.
        environment: variables for the cells.
    """

    notebook: Path
    parameters: Mapping[str, object]
    output: Path
    inputs: tuple[str | Path, ...] | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not end well: `cell` counts code cells from 1, None when no cell is to blame."""

    kind: str
    text: str
    cell: int | None = None
    source: str = ""
    copy: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """How one task ended; `seconds` is its wall time, `why` the reasons for which it was run."""

    task: Task
    status: Status
    seconds: float = 0.0
    why: tuple[str, ...] = ()
    failure: Failure | None = field(default=None)

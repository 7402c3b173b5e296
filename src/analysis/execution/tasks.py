"""What is asked of the room and what it answers: a task, and the outcome of a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Status = Literal["done", "fresh", "failed", "stopped"]


@dataclass(frozen=True)
class Task:
    """One notebook with its parameters, the file its executed copy goes to, and the files it depends on.

    `inputs` may name folders, which stand for every file in them. Files that the notebook itself opens under
    the project's folder are found while it runs and need not be declared.
    """

    notebook: Path
    parameters: Mapping[str, object]
    output: Path
    inputs: tuple[Path, ...] = ()


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

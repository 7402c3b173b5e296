"""A small run as a program of its own, for tests that kill it: `python faults.py NOTEBOOK OUT JOBS [COUNT]`."""

from __future__ import annotations

import sys
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.execution.run import Task, run_tasks

COUNT = 4


def tasks_in(notebook: Path, out: Path) -> list[Task]:
    """Return the run's tasks: one notebook, several parameters."""
    return [Task(notebook, {"number": number}, out / f"{number}.ipynb") for number in range(COUNT)]


def note_prepared(log: Path, _project: Path) -> dict[str, str]:
    """Note that a worker was prepared for a run, and give its kernels a variable."""
    with log.open("a") as file:
        print("prepared", file=file)
    return {"PREPARED": "yes"}


def main() -> int:
    """Run them all; 1 when one did not end well."""
    notebook, out, jobs = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    try:
        outcomes = run_tasks(tasks_in(notebook, out), jobs=jobs, failed_folder=out / "failed")
    except AnalysisError as error:
        print(f"ERROR {error}", flush=True)
        return error.exit_status
    return int(any(outcome.status != "done" and outcome.status != "fresh" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())

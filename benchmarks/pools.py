"""Where a study's repetitions are made, and where its table goes; the numbers are the same wherever they are made.

python -m benchmarks.false_positive_study --jobs 8
python -m benchmarks.false_positive_study --scheduler tcp://host:8786      (workers as in docs/execution.md)
"""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from analysis.estimation.panel.spreading import Pool
from analysis.execution.run import available_cores


def read_request(table: Path) -> argparse.Namespace:
    """Read what is asked of a study: `repetitions` (None unless given), `patterns` of cases, and the options below."""
    parser = argparse.ArgumentParser()
    parser.add_argument("words", nargs="*", metavar="REPETITIONS PATTERN", help="a number; cases to make")
    parser.add_argument("--jobs", type=int, default=available_cores(), help="processes; default: the cores")
    parser.add_argument("--scheduler", help="Dask scheduler, tcp://host:port; its workers do it")
    parser.add_argument("--table", type=Path, default=table, help="where the table goes")
    parser.add_argument("--markdown", action="store_true", help="only print the committed table for the docs")
    asked = parser.parse_args()
    asked.repetitions = next((int(word) for word in asked.words if word.isdigit()), None)
    asked.patterns = [word for word in asked.words if not word.isdigit()]
    return asked


@contextmanager
def open_pool(jobs: int, scheduler: str | None = None) -> Iterator[Pool | None]:
    """Give the pool of a request; None for one job, which is done in this process."""
    if scheduler is not None:
        from analysis.execution.cluster import open_pool as open_cluster

        with open_cluster(scheduler) as pool:
            yield pool
    elif jobs == 1:
        yield None
    else:
        # A fork would take over whatever threads and locks this process happens to have.
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            yield pool


def write_table(table: Path, rows: Sequence[dict[str, object]]) -> None:
    """Put a table in place once it is whole."""
    aside = table.with_suffix(".part")
    with aside.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(table)

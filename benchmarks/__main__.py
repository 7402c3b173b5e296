"""Run every benchmark of this folder: each module `bench_*` offers `run()`, which returns comparisons.

python -m benchmarks [NAME…]      such as: python -m benchmarks estimation

The rows are printed and kept in benchmarks/results.json: name, ours_s, peer, peer_version, peer_s, ratio, note,
machine; a row of the same name is replaced, the others stay.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.side_by_side import Row, show

RESULTS = Path(__file__).parent / "results.json"


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all; an unknown name is refused with those there are."""
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := [name for name in names if name not in known]:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in names or known:
        rows = import_module(f"benchmarks.bench_{name}").run()
        show(rows)
        keep(rows)
    return 0


def keep(rows: list[Row]) -> None:
    """Put the rows into results.json in place of those of the same names."""
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    new = {row.name: row.as_dict() | {"machine": describe_machine()} for row in rows}
    kept = [row for row in before if row["name"] not in new]
    text = json.dumps([*kept, *new.values()], ensure_ascii=False, indent=1)
    RESULTS.write_text(f"{text}\n", encoding="utf-8")


def describe_machine() -> str:
    """Return what the figures were taken on: cores, processor, system, Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run every benchmark of this folder: each module `bench_*` offers `run()`, which returns comparisons.

python -m benchmarks [NAME…]      such as: python -m benchmarks estimation

The rows are printed and kept in benchmarks/results.json: name, ours_s, peer, peer_version, peer_s, ratio, note,
machine with its load. A run of all writes the file anew; one of a few replaces rows of the same name.
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
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if names and RESULTS.exists() else []
    found: dict[str, dict[str, object]] = {row["name"]: row for row in before}
    for name in names or known:
        rows: list[Row] = import_module(f"benchmarks.bench_{name}").run()
        show(rows)
        found |= {row.name: row.as_dict() | {"machine": describe_machine()} for row in rows}
    text = json.dumps(list(found.values()), ensure_ascii=False, indent=1)
    RESULTS.write_text(f"{text}\n", encoding="utf-8")
    return 0


def describe_machine() -> str:
    """Return what the figures were taken on: cores, processor, system, Python, load of the last five minutes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f"load {os.getloadavg()[1]:.1f}" if hasattr(os, "getloadavg") else "load unknown"
    python = f"Python {platform.python_version()}"
    return f"{cores} cores, {platform.machine()}, {platform.system()}, {python}, {load}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run every benchmark of this folder: each module `bench_*` offers `run()`, which returns comparisons.

python -m benchmarks [NAME…]      such as: python -m benchmarks estimation
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from benchmarks.side_by_side import show


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all; an unknown name is refused with those there are."""
    known = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    if unknown := [name for name in names if name not in known]:
        print(f"No benchmark {', '.join(unknown)}. There are: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in names or known:
        show(import_module(f"benchmarks.bench_{name}").run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

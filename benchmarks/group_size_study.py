"""Measure false positives where noise goes with the size of the unit: is Ferman–Pinto better than permutation?

Panels of 63 units with AR(1) errors and no effect; sizes are log-normal around 100, variances 0.2 + 80 / size, and
the regression is weighted by size. The treated are the smallest units, the largest, or any.
Writes `benchmarks/group_size_study.csv`; the seed stands in its first column.

    python -m benchmarks.group_size_study [REPETITIONS]
"""

from __future__ import annotations

import csv
import os
import sys
from itertools import product
from pathlib import Path

import numpy as np

from analysis.estimation.inference import Ask, p_value_of
from analysis.estimation.panel import Panel
from analysis.estimation.twoway import fit_two_way

SEED = 20_220_815
UNITS, DRAWS, ALPHA = 63, 499, 0.05
TABLE = Path(__file__).with_name("group_size_study.csv")
INFERENCES = ("permutation", "studentised-permutation", "conley-taber", "ferman-pinto")
SETS = ("smallest", "largest", "any")


def sized_panel(treated: int, periods: int, which: str, rng: np.random.Generator) -> Panel:
    """Simulate a panel whose noise falls with size, with these units treated from the middle on."""
    sizes = 100 * np.exp(rng.normal(size=UNITS))
    order = {"smallest": np.argsort(sizes), "largest": np.argsort(-sizes), "any": rng.permutation(UNITS)}[
        which
    ]
    errors = rng.normal(size=(UNITS, periods))
    for t in range(1, periods):
        errors[:, t] = 0.5 * errors[:, t - 1] + np.sqrt(0.75) * errors[:, t]
    starts = np.full(UNITS, periods)
    starts[order[:treated]] = periods // 2
    return Panel(
        outcome=errors * np.sqrt(0.2 + 80 / sizes)[:, None],
        observed=np.ones((UNITS, periods), dtype=bool),
        treated_from=starts,
        units=tuple(map(str, range(UNITS))),
        periods=tuple(map(str, range(periods))),
        weights=np.repeat(sizes[:, None], periods, axis=1),
    )


def study(treated: int, periods: int, which: str, repetitions: int) -> dict[str, object]:
    """Simulate, estimate and count; rates are in percent."""
    names = [name for name in INFERENCES if treated > 1 or name != "studentised-permutation"]
    rejected = dict.fromkeys(names, 0)
    for repetition in range(repetitions):
        rng = np.random.default_rng([SEED, treated, periods, SETS.index(which), repetition])
        fit = fit_two_way(sized_panel(treated, periods, which, rng))
        for name in names:
            rejected[name] += p_value_of(fit, name, Ask(DRAWS, repetition, 1 - ALPHA)) <= ALPHA
    what = {
        "seed": SEED,
        "repetitions": repetitions,
        "treated": treated,
        "periods": periods,
        "treated_units": which,
    }
    rates = {
        name: f"{100 * rejected[name] / repetitions:.1f}" if name in rejected else "" for name in INFERENCES
    }
    return {**what, **{f"{name}_pct": rate for name, rate in rates.items()}}


def main(repetitions: int) -> None:
    """Run every case and put the table in place once it is whole."""
    rows = [study(*case, repetitions) for case in product((1, 3), (4, 20), SETS)]
    aside = TABLE.with_suffix(".part")
    with aside.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(TABLE)
    print(TABLE.read_text())


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)

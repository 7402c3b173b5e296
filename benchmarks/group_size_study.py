"""Measure false positives where noise goes with the size of the unit: which inference is better than permutation?

Panels of 63 units with AR(1) errors and no effect; sizes are log-normal around 100, variances 0.2 + 80 / size, and
the regression is weighted by size. The treated are the smallest units, the largest, or any.
Writes `benchmarks/group_size_study.csv`; the seed stands in its first column.

    python -m benchmarks.group_size_study [REPETITIONS] [--jobs N or --scheduler ADDRESS]
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from analysis.estimation.inference.judge import Ask, p_value_of
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.panel import Panel
from analysis.estimation.panel.spreading import Pool, spread
from benchmarks.pools import open_pool, read_request, write_table

SEED = 20_220_815
UNITS, DRAWS, ALPHA = 63, 499, 0.05
TABLE = Path(__file__).with_name("group_size_study.csv")
INFERENCES = ("permutation", "scaled-permutation", "studentised-permutation", "conley-taber", "ferman-pinto")
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


def judge(treated: int, periods: int, which: str, repetitions: range) -> list[dict[str, bool]]:
    """Simulate and estimate these repetitions, each from a seed of its own; tell for each which inference rejects."""
    left_out = "studentised-permutation" if treated == 1 else "scaled-permutation"
    names = [name for name in INFERENCES if name != left_out]
    judged = []
    for repetition in repetitions:
        rng = np.random.default_rng([SEED, treated, periods, SETS.index(which), repetition])
        fit, ask = fit_two_way(sized_panel(treated, periods, which, rng)), Ask(DRAWS, repetition, 1 - ALPHA)
        judged.append({name: p_value_of(fit, replace(ask, inference=name)) <= ALPHA for name in names})
    return judged


def study(
    treated: int, periods: int, which: str, repetitions: int, pool: Pool | None = None
) -> dict[str, object]:
    """Simulate, estimate and count; rates are in percent."""
    judged = spread(partial(judge, treated, periods, which), repetitions, pool)
    what = {
        "seed": SEED,
        "repetitions": repetitions,
        "treated": treated,
        "periods": periods,
        "treated_units": which,
    }
    rates = {
        name: f"{100 * sum(one[name] for one in judged) / repetitions:.1f}" if name in judged[0] else ""
        for name in INFERENCES
    }
    return {**what, **{f"{name}_pct": rate for name, rate in rates.items()}}


def main() -> None:
    """Run every case and put the table in place once it is whole."""
    asked = read_request(TABLE)
    if not asked.markdown:
        cases = list(product((1, 3), (4, 20), SETS))
        with open_pool(asked.jobs, asked.scheduler) as pool:
            write_table(asked.table, [study(*case, asked.repetitions or 1_000, pool) for case in cases])
    print(asked.table.read_text())


if __name__ == "__main__":
    main()

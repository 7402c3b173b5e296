"""Measure how often synthetic control's placebo test rejects where its result would say that it can hardly reject.

Panels of 63 units with AR(1) errors, one treated, without an effect and with one of two standard deviations. Counts
those in which a rejection at 5 percent is out of reach (`Placebos.out_of_reach`, before it is known whether the test
rejects), and how often these and the others reject. Writes `benchmarks/placebo_reach_study.csv`; the seed stands in
its first column.

    python -m benchmarks.placebo_reach_study [REPETITIONS] [--jobs N or --scheduler ADDRESS]
"""

from __future__ import annotations

import csv
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from analysis.estimation.inference.placebo import Placebos, fit_floor
from analysis.estimation.methods.synthetic_case import choose_treated, synthetic_weights
from analysis.estimation.panel.simulate import VARIANCES, Scenario, simulate_panel
from analysis.estimation.panel.spreading import Pool, spread
from benchmarks.pools import open_pool, read_request, write_table

SEED = 20_220_818
ALPHA = 0.05
EFFECT = 2.0
TABLE = Path(__file__).with_name("placebo_reach_study.csv")
# Periods, and the first of them that is treated.
LENGTHS = ((6, 4), (10, 5), (20, 10), (40, 20))
CASES = [
    Scenario(n_treated=1, n_periods=periods, first_start=start, variances=variances, effect=effect)
    for (periods, start), effect, variances in product(LENGTHS, (0.0, EFFECT), VARIANCES)
]


def judge(scenario: Scenario, repetitions: range) -> list[tuple[bool, bool]]:
    """Simulate and estimate these repetitions, each from its own seed; tell if each is out of reach, and rejected."""
    cell = [scenario.n_periods, VARIANCES.index(scenario.variances), int(scenario.effect > 0)]
    judged = []
    for repetition in repetitions:
        panel = simulate_panel(scenario, np.random.default_rng([SEED, *cell, repetition]))
        case, _ = choose_treated(panel, None, "synthetic-control")
        weights = synthetic_weights(case)
        gaps, floor = case.outcome - weights @ case.outcome, fit_floor(case.outcome, case.start)
        placebos = Placebos(gaps, weights, case.treated, case.start, floor)
        judged.append((placebos.out_of_reach(ALPHA), placebos.p_value() <= ALPHA))
    return judged


def study(scenario: Scenario, repetitions: int, pool: Pool | None = None) -> dict[str, object]:
    """Simulate, estimate and count; shares are in percent, empty where there is nothing to count."""
    far, rejected = np.array(spread(partial(judge, scenario), repetitions, pool)).T
    return {
        "seed": SEED,
        "repetitions": repetitions,
        "periods": scenario.n_periods,
        "before": scenario.start,
        "variances": scenario.variances,
        "effect": scenario.effect,
        "out_of_reach_pct": f"{100 * far.mean():.0f}",
        "rejected_if_out_pct": f"{100 * rejected[far].mean():.1f}" if far.any() else "",
        "rejected_if_not_pct": f"{100 * rejected[~far].mean():.1f}" if not far.all() else "",
    }


def main() -> None:
    """Run every case and put the table in place once it is whole."""
    asked = read_request(TABLE)
    if asked.markdown:
        print(as_markdown())
        return
    with open_pool(asked.jobs, asked.scheduler) as pool:
        rows = [study(scenario, asked.repetitions or 500, pool) for scenario in CASES]
    write_table(asked.table, rows)


def as_markdown() -> str:
    """Lay the committed table out for the methods page: percent out of reach, and rejected of these and others."""
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        "| periods before, in all | effect | equal variances | unequal | treated twice as noisy |",
        "|---|---|---|---|---|",
    ]
    for three in zip(*(rows[k :: len(VARIANCES)] for k in range(len(VARIANCES))), strict=True):
        cells = (
            f"{row['out_of_reach_pct']} ({row['rejected_if_out_pct']}, {row['rejected_if_not_pct'] or '–'})"
            for row in three
        )
        first = three[0]
        effect = "none" if float(first["effect"]) == 0 else f"{float(first['effect']):g} sd"
        lines.append(f"| {first['before']}, {first['periods']} | {effect} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""Measure how often a result warns that its test may reject too often, from results as a user gets them.

Panels of 63 units with AR(1) errors and no effect, as in the other studies. `warned` counts results with any such
note, `seen` those that say the treated units varied more before the start. Writes `benchmarks/warning_study.csv`;
the seed stands in its first column.

    python -m benchmarks.warning_study [REPETITIONS]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from analysis.estimation.methods.did import did
from analysis.estimation.methods.synthetic_did import synthetic_did
from analysis.estimation.panel.panel import Panel
from analysis.estimation.panel.simulate import VARIANCES, Scenario, simulate_panel
from analysis.estimation.results import Estimate
from benchmarks.pools import write_table

SEED = 20_220_817
DRAWS = 39
TABLE = Path(__file__).with_name("warning_study.csv")
WARNED, SEEN = "true null", "treated units varied"
METHODS: dict[str, Callable[[Panel, int], Estimate]] = {
    "did": lambda panel, seed: did(panel, draws=DRAWS, seed=seed),
    "synthetic-did": lambda panel, seed: synthetic_did(panel, draws=DRAWS, seed=seed),
}
CASES = [
    *(
        ("did", Scenario(n_treated=treated, n_periods=periods, variances=variances))
        for treated in (1, 3, 10)
        for periods in (4, 20)
        for variances in VARIANCES
    ),
    *(
        ("synthetic-did", Scenario(n_treated=1, n_periods=periods, first_start=start, variances=variances))
        for periods, start in ((6, 4), (20, 10))
        for variances in VARIANCES
    ),
]


def study(method: str, scenario: Scenario, repetitions: int) -> dict[str, object]:
    """Simulate, estimate and count notes; shares are in percent."""
    notes, shown = [], set()
    for repetition in range(repetitions):
        cell = [scenario.n_treated, scenario.n_periods, VARIANCES.index(scenario.variances)]
        found = METHODS[method](
            simulate_panel(scenario, np.random.default_rng([SEED, *cell, repetition])), repetition
        )
        notes.append(" ".join(found.notes))
        shown.add(found.inference)
    return {
        "seed": SEED,
        "repetitions": repetitions,
        "method": method,
        "inference": " ".join(sorted(shown)),
        "treated": scenario.n_treated,
        "periods": scenario.n_periods,
        "variances": scenario.variances,
        "warned_pct": f"{100 * np.mean([WARNED in note for note in notes]):.0f}",
        "seen_pct": f"{100 * np.mean([SEEN in note for note in notes]):.0f}",
    }


def main(repetitions: int) -> None:
    """Run every case and put the table in place once it is whole."""
    rows = []
    for method, scenario in CASES:
        rows.append(study(method, scenario, repetitions))
        print(*rows[-1].values(), flush=True)
    write_table(TABLE, rows)


def as_markdown() -> str:
    """Lay the committed table out for the methods page: percent that warn and, in brackets, that have seen why."""
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        "| method | inference | treated | periods | equal variances | unequal | treated twice as noisy |",
        "|---|---|---|---|---|---|---|",
    ]
    for three in zip(*(rows[k :: len(VARIANCES)] for k in range(len(VARIANCES))), strict=True):
        cells = (f"{row['warned_pct']} ({row['seen_pct']})" for row in three)
        first = three[0]
        words = (first["method"], first["inference"], first["treated"], first["periods"], *cells)
        lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)

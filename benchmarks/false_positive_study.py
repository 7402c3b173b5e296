"""Measure how often each inference rejects a true null, and how often the default interval covers the truth.

Panels of 63 units with AR(1) errors and no effect: 1, 3, 10 and 20 treated, 4 and 20 periods, equal and
unequal variances, and treated units twice as noisy as the others, which no inference here withstands.
Writes `benchmarks/false_positive_study.csv`; the seed stands in its first column.

    python -m benchmarks.false_positive_study [REPETITIONS]
    python -m benchmarks.false_positive_study --markdown
"""

from __future__ import annotations

import csv
import math
import os
import sys
import time
from pathlib import Path

import numpy as np

from analysis.estimation.errors import NotEstimable
from analysis.estimation.inference import Ask, infer, p_value_of
from analysis.estimation.simulate import VARIANCES, Scenario, simulate_panel
from analysis.estimation.twoway import TwoWayFit, fit_two_way

SEED = 20_220_815
DRAWS = 999
ALPHA = 0.05
TABLE = Path(__file__).with_name("false_positive_study.csv")
BESIDE = ("CR1", "CR2", "CR3", "permutation", "studentised-permutation", "wild", "conley-taber")
SCENARIOS = [
    Scenario(n_treated=treated, n_periods=periods, variances=variances)
    for treated in (1, 3, 10, 20)
    for periods in (4, 20)
    for variances in ("equal", "unequal", "treated-noisier")
]


def study(scenario: Scenario, repetitions: int, seed: int = SEED) -> dict[str, object]:
    """Simulate, estimate and count; rates are in percent."""
    cell = [scenario.n_treated, scenario.n_periods, VARIANCES.index(scenario.variances)]
    rejected: dict[str, list[bool]] = {name: [] for name in ("default", *BESIDE)}
    covered, chosen = [], set()
    for repetition in range(repetitions):
        panel = simulate_panel(scenario, np.random.default_rng([seed, *cell, repetition]))
        fit, ask = fit_two_way(panel), Ask(DRAWS, repetition, 1 - ALPHA)
        verdict = infer(fit, "default", ask)
        chosen.add(verdict.inference)
        rejected["default"].append(verdict.p_value <= ALPHA)
        low, high = verdict.conf_low, verdict.conf_high
        covered.append((low is None or low <= 0) and (high is None or high >= 0))
        for name in BESIDE:
            p_value = verdict.p_values.get(name) or _p_value(fit, name, ask)
            if p_value is not None:
                rejected[name].append(p_value <= ALPHA)
    row: dict[str, object] = {
        "seed": seed,
        "repetitions": repetitions,
        "draws": DRAWS,
        "treated": scenario.n_treated,
        "periods": scenario.n_periods,
        "variances": scenario.variances,
        "default_inference": " ".join(sorted(chosen)),
        "monte_carlo_se": round(100 * math.sqrt(ALPHA * (1 - ALPHA) / repetitions), 2),
    }
    rates = {f"{name}_pct": _percent(hits) for name, hits in rejected.items()}
    coverage = _percent(covered)
    within = 3.5 <= float(rates["default_pct"]) <= 6.5 and 93.5 <= float(coverage) <= 96.5
    return {**row, **rates, "default_coverage_pct": coverage, "default_holds": "yes" if within else "no"}


def _p_value(fit: TwoWayFit, name: str, ask: Ask) -> float | None:
    if name == "studentised-permutation" and fit.panel.n_treated == 1:
        return None
    try:
        return p_value_of(fit, name, ask)
    except NotEstimable:
        return None


def _percent(hits: list[bool]) -> str:
    return f"{100 * sum(hits) / len(hits):.1f}" if hits else ""


def as_markdown() -> str:
    """Lay out the committed table as it stands in docs/methods.md."""
    shown = {
        "treated": "treated",
        "periods": "periods",
        "variances": "variances",
        "default_pct": "**default**",
        "default_coverage_pct": "**its coverage**",
        "CR1_pct": "CR1",
        "CR2_pct": "CR2",
        "CR3_pct": "CR3",
        "permutation_pct": "permutation",
        "studentised-permutation_pct": "studentised",
        "wild_pct": "wild",
        "conley-taber_pct": "Conley–Taber",
        "default_holds": "holds",
    }
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        list(shown.values()),
        ["---"] * len(shown),
        *([row[name] or "–" for name in shown] for row in rows),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(repetitions: int) -> None:
    """Run every scenario and put the table in place once it is whole."""
    rows = []
    for scenario in SCENARIOS:
        begun = time.perf_counter()
        rows.append(study(scenario, repetitions))
        print(f"{time.perf_counter() - begun:6.1f} s", *rows[-1].values(), flush=True)
    aside = TABLE.with_suffix(".part")
    with aside.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(TABLE)


if __name__ == "__main__":
    if sys.argv[1:] == ["--markdown"]:
        print(as_markdown())
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_500)

"""Measure how often each inference rejects a true null, and how often the default interval covers the truth.

Panels of 63 units with AR(1) errors and no effect: 1, 3, 10 and 20 treated, 4 and 20 periods, equal and
unequal variances, and treated units twice as noisy as the others.
Each row is put into `benchmarks/false_positive_study.csv` when it is done; the seed stands in its first column.

    python -m benchmarks.false_positive_study [REPETITIONS] [PATTERN…] [--jobs N or --scheduler ADDRESS]
    python -m benchmarks.false_positive_study --markdown

A pattern picks scenarios by treated/periods/variances, such as "1/*/*"; the others stay as they are.
"""

from __future__ import annotations

import csv
import math
import time
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import numpy as np

from analysis.estimation.errors import NotEstimable
from analysis.estimation.inference.judge import Ask, infer, p_value_of
from analysis.estimation.methods.twoway import TwoWayFit, fit_two_way
from analysis.estimation.panel.simulate import VARIANCES, Scenario, simulate_panel
from analysis.estimation.panel.spreading import Pool, spread
from benchmarks.pools import open_pool, read_request, write_table

SEED = 20_220_815
DRAWS = 999
ALPHA = 0.05
TABLE = Path(__file__).with_name("false_positive_study.csv")
BESIDE = (
    "CR1",
    "CR2",
    "CR3",
    "permutation",
    "scaled-permutation",
    "studentised-permutation",
    "wild",
    "conley-taber",
)
SCENARIOS = [
    Scenario(n_treated=treated, n_periods=periods, variances=variances)
    for treated in (1, 3, 10, 20)
    for periods in (4, 20)
    for variances in ("equal", "unequal", "treated-noisier")
]
# The agencies of one province by month: 19 departments, 9 districts and 180 communes, a third of them exempt.
SCENARIOS.append(Scenario(n_units=208, n_treated=140, n_periods=24, variances="equal"))


@dataclass(frozen=True)
class Judged:
    """What one repetition gave: the inference chosen, whether its interval covers no effect, who rejects."""

    chosen: str
    covered: bool
    rejected: dict[str, bool]


def judge(scenario: Scenario, seed: int, repetitions: range) -> list[Judged]:
    """Simulate and estimate these repetitions, each from a seed of its own."""
    return [_judge_one(scenario, seed, repetition) for repetition in repetitions]


def _judge_one(scenario: Scenario, seed: int, repetition: int) -> Judged:
    cell = [scenario.n_treated, scenario.n_periods, VARIANCES.index(scenario.variances)]
    panel = simulate_panel(scenario, np.random.default_rng([seed, *cell, repetition]))
    fit, ask = fit_two_way(panel), Ask(DRAWS, repetition, 1 - ALPHA)
    verdict = infer(fit, ask)
    low, high = verdict.conf_low, verdict.conf_high
    # Of many units those beside the default are left out: each would draw for longer than all else takes.
    names = BESIDE if scenario.n_units <= 63 else BESIDE[:3]
    beside = {name: verdict.p_values.get(name) or _p_value(fit, name, ask) for name in names}
    p_values = {"default": verdict.p_value, **beside}
    return Judged(
        chosen=verdict.inference,
        covered=(low is None or low <= 0) and (high is None or high >= 0),
        rejected={name: bool(value <= ALPHA) for name, value in p_values.items() if value is not None},
    )


def study(
    scenario: Scenario, repetitions: int, seed: int = SEED, pool: Pool | None = None
) -> dict[str, object]:
    """Simulate, estimate and count; rates are in percent."""
    judged = spread(partial(judge, scenario, seed), repetitions, pool)
    row: dict[str, object] = {
        "seed": seed,
        "repetitions": repetitions,
        "draws": DRAWS,
        "treated": scenario.n_treated,
        "periods": scenario.n_periods,
        "variances": scenario.variances,
        "default_inference": " ".join(sorted({one.chosen for one in judged})),
        "monte_carlo_se": round(100 * math.sqrt(ALPHA * (1 - ALPHA) / repetitions), 2),
    }
    rates = {
        f"{name}_pct": _percent([one.rejected[name] for one in judged if name in one.rejected])
        for name in ("default", *BESIDE)
    }
    coverage = _percent([one.covered for one in judged])
    within = 3.5 <= float(rates["default_pct"]) <= 6.5 and 93.5 <= float(coverage) <= 96.5
    return {**row, **rates, "default_coverage_pct": coverage, "default_holds": "yes" if within else "no"}


def _p_value(fit: TwoWayFit, name: str, ask: Ask) -> float | None:
    if name == "studentised-permutation" and fit.panel.n_treated == 1:
        return None
    try:
        return p_value_of(fit, replace(ask, inference=name))
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
        "scaled-permutation_pct": "scaled",
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


def main() -> None:
    """Run the scenarios picked, or all, and put each into the table in place of its row."""
    asked = read_request(TABLE)
    if asked.markdown:
        print(as_markdown())
        return
    picked = [
        s
        for s in SCENARIOS
        if not asked.patterns or any(fnmatch("/".join(_name(s)), p) for p in asked.patterns)
    ]
    with open_pool(asked.jobs, asked.scheduler) as pool:
        for scenario in picked:
            begun = time.perf_counter()
            row = study(scenario, asked.repetitions or 1_500, pool=pool)
            print(f"{time.perf_counter() - begun:6.1f} s", *row.values(), flush=True)
            _keep(asked.table, scenario, row)


def _keep(table: Path, scenario: Scenario, row: dict[str, object]) -> None:
    """Put a row in place of the one of the same scenario."""
    kept = {}
    if table.is_file():
        with table.open(newline="") as file:
            kept = {(was["treated"], was["periods"], was["variances"]): was for was in csv.DictReader(file)}
    kept |= {_name(scenario): {name: str(value) for name, value in row.items()}}
    known = [kept[_name(one)] for one in SCENARIOS if _name(one) in kept]
    write_table(table, [{name: was.get(name, "") for name in row} for was in known])


def _name(scenario: Scenario) -> tuple[str, str, str]:
    return str(scenario.n_treated), str(scenario.n_periods), scenario.variances


if __name__ == "__main__":
    main()

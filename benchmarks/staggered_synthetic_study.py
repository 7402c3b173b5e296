"""Measure how often staggered and synthetic methods reject a true null, and how often intervals cover the truth.

Panels of 63 units with AR(1) errors and no effect, by treated units, periods and variances, the treated starting
at up to three dates. Each row is put into `benchmarks/staggered_synthetic_study.csv` when it is done; the seed
stands in its first column.

    python -m benchmarks.staggered_synthetic_study [REPETITIONS] [PATTERN…] [--jobs N or --scheduler ADDRESS]

A pattern picks cases by method/treated/periods/variances, such as "synthetic-did/1/*/*"; the others stay as they are.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import numpy as np

from analysis.estimation.inference.conformal import Conformal
from analysis.estimation.inference.placebo import Placebos, fit_floor
from analysis.estimation.methods.callaway_santanna import callaway_santanna
from analysis.estimation.methods.imputation import imputation
from analysis.estimation.methods.synthetic_case import choose_treated, synthetic_weights
from analysis.estimation.methods.synthetic_did import synthetic_did
from analysis.estimation.panel.panel import Panel
from analysis.estimation.panel.simulate import VARIANCES, Scenario, simulate_panel
from analysis.estimation.panel.spreading import Pool, spread
from analysis.estimation.results import Estimate
from benchmarks.pools import open_pool, read_request, write_table

SEED = 20_220_816
# A rank among 200 or 40 can be 5 percent exactly, so that few draws do for a rate.
DRAWS, PLACEBOS = 199, 39
ALPHA = 0.05
TABLE = Path(__file__).with_name("staggered_synthetic_study.csv")
# A rate of 5 percent is then known to within 0.5, or 0.7, points (one standard error).
# What names a row.
NAMED = ("method", "treated", "periods", "variances")
REPETITIONS = {
    "callaway-santanna": 2_000,
    "imputation": 2_000,
    "synthetic-did": 1_500,
    "synthetic-control": 1_000,
}
# A panel and a seed give a p-value, whether the interval covers no effect, and the inference made.
Judged = tuple[float, bool, str]
Method = Callable[[Panel, int], Judged]


def _of_estimate(found: Estimate) -> Judged:
    low, high = found.conf_low, found.conf_high
    covered = (low is None or low <= 0) and (high is None or high >= 0)
    assert found.p_value is not None
    return found.p_value, covered, found.inference


def _staggered(estimate: Callable[..., Estimate], **words: object) -> Method:
    return lambda panel, seed: _of_estimate(estimate(panel, draws=DRAWS, seed=seed, **words))


def _placebo(panel: Panel, _seed: int) -> Judged:
    """Rank among all units; the interval holds what is not rejected, so no effect is covered unless rejected."""
    case, _ = choose_treated(panel, None, "synthetic-control")
    weights = synthetic_weights(case)
    gaps = case.outcome - weights @ case.outcome
    placebos = Placebos(gaps, weights, case.treated, case.start, fit_floor(case.outcome, case.start))
    return placebos.p_value(), placebos.p_value() > ALPHA, "placebo"


def _conformal(panel: Panel, _seed: int) -> Judged:
    case, _ = choose_treated(panel, None, "synthetic-control")
    donors = np.delete(case.outcome, case.treated, axis=0)
    p_value = Conformal(case.outcome[case.treated], donors, case.start).p_value(0.0)
    return p_value, p_value > ALPHA, "conformal"


METHODS: dict[str, Method] = {
    "callaway-santanna": _staggered(callaway_santanna, controls="not-yet"),
    "callaway-santanna, multiplier": _staggered(
        callaway_santanna, controls="not-yet", inference="multiplier"
    ),
    "imputation": _staggered(imputation),
    "synthetic-did": lambda panel, seed: _of_estimate(synthetic_did(panel, draws=PLACEBOS, seed=seed)),
    "synthetic-control": _placebo,
    "synthetic-control, conformal": _conformal,
}


def _scenario(treated: int, periods: int, variances: str, start: int | None = None) -> Scenario:
    starts = min(3, treated) if periods > 6 else min(2, treated)
    return Scenario(
        n_treated=treated, n_periods=periods, variances=variances, n_starts=starts, first_start=start
    )


STAGGERED = (
    ("callaway-santanna", (1, 3, 10, 20)),
    ("callaway-santanna, multiplier", (10, 20)),
    ("imputation", (1, 3, 10, 20)),
)
CASES = [
    *(
        (method, _scenario(treated, periods, variances))
        for method, counts in STAGGERED
        for treated in counts
        for periods in (6, 20)
        for variances in VARIANCES
    ),
    *(
        ("synthetic-did", _scenario(treated, periods, variances, 4 if periods == 6 else None))
        for treated in (1, 3, 10)
        for periods in (6, 20)
        for variances in VARIANCES
    ),
    *(
        ("synthetic-control", _scenario(1, periods, variances, 4 if periods == 6 else None))
        for periods in (6, 20)
        for variances in VARIANCES
    ),
    *(("synthetic-control, conformal", _scenario(1, 40, variances, 38)) for variances in VARIANCES),
]


def judge(method: str, scenario: Scenario, repetitions: range) -> list[Judged]:
    """Simulate and estimate these repetitions, each from a seed of its own."""
    cell = [scenario.n_treated, scenario.n_periods, VARIANCES.index(scenario.variances)]
    judged = []
    for repetition in repetitions:
        panel = simulate_panel(scenario, np.random.default_rng([SEED, *cell, repetition]))
        judged.append(METHODS[method](panel, repetition))
    return judged


def study(method: str, scenario: Scenario, repetitions: int, pool: Pool | None = None) -> dict[str, object]:
    """Simulate, estimate and count; rates are in percent."""
    judged = spread(partial(judge, method, scenario), repetitions, pool)
    rejected, covered = [p <= ALPHA for p, *_ in judged], [inside for _, inside, _ in judged]
    size, coverage = 100 * float(np.mean(rejected)), 100 * float(np.mean(covered))
    return {
        "seed": SEED,
        "repetitions": repetitions,
        "method": method,
        "inference": " ".join(sorted({name for *_, name in judged})),
        "treated": scenario.n_treated,
        "starts": scenario.n_starts,
        "periods": scenario.n_periods,
        "variances": scenario.variances,
        "monte_carlo_se": round(100 * math.sqrt(ALPHA * (1 - ALPHA) / repetitions), 2),
        "rejected_pct": f"{size:.1f}",
        "covered_pct": f"{coverage:.1f}",
        "holds": "yes" if 3.5 <= size <= 6.5 and 93.5 <= coverage <= 96.5 else "no",
    }


def main() -> None:
    """Run the cases picked, or all, and put each into the table in place of the row of the same case."""
    asked = read_request(TABLE)
    if asked.markdown:
        print(as_markdown())
        return
    with open_pool(asked.jobs, asked.scheduler) as pool:
        for case in CASES:
            if asked.patterns and not any(fnmatch(_name(case), pattern) for pattern in asked.patterns):
                continue
            row = study(*case, asked.repetitions or REPETITIONS[case[0].split(",")[0]], pool)
            print(*row.values(), flush=True)
            kept = {tuple(was[column] for column in NAMED): was for was in _rows_of(asked.table)}
            kept[tuple(_name(case).split("/"))] = row
            ordered = (kept.get(tuple(_name(known).split("/"))) for known in CASES)
            write_table(asked.table, [known for known in ordered if known])


def _name(case: tuple[str, Scenario]) -> str:
    method, scenario = case
    return f"{method}/{scenario.n_treated}/{scenario.n_periods}/{scenario.variances}"


def _rows_of(table: Path) -> list[dict[str, object]]:
    if not table.is_file():
        return []
    with table.open(newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def as_markdown() -> str:
    """Lay the committed table out for the methods page: percent rejected, and covered, by periods and variances."""
    rates = {
        tuple(row[column] for column in NAMED): f"{row['rejected_pct']} ({row['covered_pct']})"
        for row in _rows_of(TABLE)
    }
    shown = {tuple(row[column] for column in NAMED[:3]): row["inference"] for row in _rows_of(TABLE)}
    lines = [
        "| method | inference | treated | periods | equal variances | unequal | treated twice as noisy |",
        "|---|---|---|---|---|---|---|",
    ]
    for (method, treated, periods), inference in shown.items():
        cells = (rates.get((method, treated, periods, variances), "–") for variances in VARIANCES)
        words = (str(method).split(",")[0], str(inference), str(treated), str(periods), *cells)
        lines.append(f"| {' | '.join(words)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

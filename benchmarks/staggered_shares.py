"""Measure bias, coverage and false positives of staggered methods on bounded shares, where the truth is known.

Shares of counts in 63 units over 30 months grow along a logistic curve with levels and slopes of their own, AR(1)
errors, a change of definition common to all, missing cells and binomial noise. Twelve units are treated at nine
dates; the effect is in points, grows over three months and goes with a dose. `laggards`: the treated start lower.
`dip`: they fall in the two months before. Each row is put into `benchmarks/staggered_shares.csv` when it is done.
The rows `units a date` ask what standard errors are worth where a start date holds so many treated units. The rows
`one unit` compare one treated unit with the never treated, as a province's own effect is estimated.

    python -m benchmarks.staggered_shares [REPETITIONS] [PATTERN…] [--jobs N or --scheduler ADDRESS]

A pattern picks rows by case/method, such as "laggards/*"; the others stay as they are.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import callaway_santanna, did, event_study, imputation, synthetic_control, synthetic_did
from analysis.estimation.methods.imputed import design_of, impute
from analysis.estimation.panel.panel import Panel
from analysis.estimation.panel.shares import choose_scale
from analysis.estimation.panel.simulate import Scenario, simulate_panel
from analysis.estimation.panel.spreading import Pool, spread
from analysis.estimation.results import Estimate
from benchmarks.pools import open_pool, read_request, write_table

SEED = 20_261_130
# A rank among 60, or 40, can be 5 percent exactly, so that few draws do for a rate.
DRAWS, FEW_DRAWS = 59, 39
ALPHA = 0.05
# A rate of 5 percent is then known to within 1.5 (one standard error).
REPETITIONS = 200
TABLE = Path(__file__).with_name("staggered_shares.csv")
NAMES = {"unit": "unit", "time": "month", "outcome": "share", "treated_from": "start"}


@dataclass(frozen=True)
class Shares:
    """What a simulated panel of shares is like; levels and slopes in logits, effects in points."""

    n_units: int = 63
    n_months: int = 30
    starts: tuple[int, ...] = (13, 13, 14, 15, 15, 16, 17, 17, 18, 20, 21, 23)
    doses: tuple[int, ...] = (80, 60, 50)
    full_effects: tuple[float, ...] = (12.0, 8.0, 5.0)
    effective: bool = True
    laggards: float = 0.0
    dip: float = 0.0
    growth: tuple[float, float] = (0.15, 0.68)
    slope_sd: float = 0.10
    noise_sd: float = 0.05
    step: float = -0.25
    step_at: int = 18
    missing: float = 0.015
    count: int = 1_200


CASES = {
    "no effect": Shares(effective=False),
    "effect": Shares(),
    "laggards and dip": Shares(laggards=-0.45, dip=-0.10),
}
SIMPLE: dict[str, Callable[..., Estimate]] = {
    "two-way": partial(did, allow_staggered=True),
    "sun-abraham": event_study,
    # Every draw is a fit of its own where cells are missing.
    "callaway-santanna": partial(callaway_santanna, controls="not-yet"),
    "imputation, points": imputation,
    "imputation, logit": partial(imputation, scale="logit", denominators="count"),
    "imputation, logit, anticipation 2": partial(
        imputation, scale="logit", denominators="count", anticipation=2
    ),
    "imputation, logit, unit trends": partial(imputation, scale="logit", denominators="count", trends="unit"),
}
# Errors centred on the mean of each start date, as the paper has them, whatever their number; normal critical value.
DATE_MEANS = "date means"
# Rows about units a start date: how many, and how judged.
COHORTS = {
    f"{units} units a date, {inference}": (units, inference)
    for units in (1, 2, 3, 5, 8)
    for inference in (DATE_MEANS, "multiplier", "default")
}
# One treated unit beside the never treated, judged by giving each of these its place; laggards and dip.
ALONE: dict[str, Callable[..., Estimate]] = {
    "own imputation, logit, anticipation 2": partial(
        imputation, scale="logit", denominators="count", anticipation=2, inference="permutation", draws=999
    ),
    "own imputation, points": partial(imputation, inference="permutation", draws=999),
    "own synthetic control": synthetic_control,
    "own synthetic did": synthetic_did,
}
# A panel's estimate less its truth, whether no effect is rejected, whether the interval covers the truth.
Judged = tuple[float, bool, bool]


def simulate_shares(scenario: Shares, rng: np.random.Generator) -> pd.DataFrame:
    """Simulate a tidy frame: unit, month, share (percent), count, start (0 is never), dose, effect (points)."""
    size = (scenario.n_units, scenario.n_months)
    months = np.arange(scenario.n_months)
    start = np.zeros(scenario.n_units, dtype=int)
    dose = np.zeros(scenario.n_units)
    treated = len(scenario.starts)
    start[:treated] = scenario.starts
    kind = np.arange(treated) % len(scenario.doses)
    dose[:treated] = np.array(scenario.doses)[kind]
    since = np.where(start[:, None] > 0, months - start[:, None], -99)
    first, last = (math.log(level / (1 - level)) for level in scenario.growth)
    logits = (
        first
        + (last - first) * months / (scenario.n_months - 1)
        + scenario.step * (months >= scenario.step_at)
    )
    levels = rng.normal(0, 0.45, size=(scenario.n_units, 1)) + scenario.laggards * (start > 0)[:, None]
    slopes = rng.normal(0, scenario.slope_sd, size=(scenario.n_units, 1)) * months / scenario.n_months
    errors = _remember(rng.normal(0, scenario.noise_sd, size=size))
    untreated = 1 / (
        1 + np.exp(-(logits + levels + slopes + errors + scenario.dip * np.isin(since, (-1, -2))))
    )
    full = np.zeros(scenario.n_units)
    full[:treated] = np.array(scenario.full_effects)[kind] / 100 * scenario.effective
    share = np.minimum(untreated + full[:, None] * np.clip(since + 1, 0, 3) / 3, 0.995)
    counts = np.rint(scenario.count * rng.uniform(0.6, 1.4, size=(scenario.n_units, 1))).astype(int)
    counts = np.broadcast_to(counts, size)
    rows, columns = np.indices(size)
    frame = pd.DataFrame(
        {
            "unit": rows.ravel() + 1,
            "month": columns.ravel() + 1,
            "share": (100 * rng.binomial(counts, share) / counts).ravel(),
            "count": counts.ravel(),
            "start": (start + (start > 0))[rows.ravel()],
            "dose": dose[rows.ravel()],
            "effect": (100 * (share - untreated)).ravel(),
        }
    )
    kept = (rng.random(len(frame)) >= scenario.missing) | (frame["start"] > 0)
    return frame[kept].reset_index(drop=True)


def _remember(shocks: np.ndarray) -> np.ndarray:
    errors = shocks.copy()
    for t in range(1, shocks.shape[1]):
        errors[:, t] = 0.6 * errors[:, t - 1] + shocks[:, t]
    return errors


def judge_shares(case: str, method: str, repetitions: range) -> list[Judged]:
    """Simulate shares and estimate, each repetition from a seed of its own."""
    judged = []
    for repetition in repetitions:
        frame = simulate_shares(CASES[case], np.random.default_rng([SEED, repetition]))
        found = SIMPLE[method](frame, **NAMES, **{"draws": DRAWS, **_words(method)}, seed=repetition)
        cells = frame[(frame["start"] > 0) & (frame["month"] >= frame["start"])]
        judged.append(_of(found, float(cells["effect"].mean())))
    return judged


def judge_alone(method: str, repetitions: range) -> list[Judged]:
    """Simulate shares and estimate the effect on one treated unit, another one in each repetition."""
    judged = []
    for repetition in repetitions:
        frame = simulate_shares(CASES["laggards and dip"], np.random.default_rng([SEED, repetition]))
        treated = frame.loc[frame["start"] > 0, "unit"].unique()
        one = treated[repetition % len(treated)]
        alone = frame[(frame["start"] == 0) | (frame["unit"] == one)]
        if method.startswith("own synthetic"):
            # Weights of units need every month of every unit.
            full = alone.groupby("unit")["month"].transform("size") == frame["month"].nunique()
            alone = alone[full]
        found = ALONE[method](alone, **NAMES, seed=repetition)
        own = alone[(alone["unit"] == one) & (alone["month"] >= alone["start"])]
        judged.append(_of(found, float(own["effect"].mean())))
    return judged


def _words(method: str) -> dict[str, int]:
    return {"draws": FEW_DRAWS} if method == "callaway-santanna" else {}


def judge_cohorts(units: int, inference: str, repetitions: range) -> list[Judged]:
    """Simulate six dates of so many units and one missing control cell, without an effect, by the outcome as is."""
    judged = []
    for repetition in repetitions:
        rng = np.random.default_rng([SEED, 99, units, repetition])
        scenario = Scenario(
            n_units=50 + 6 * units, n_periods=14, n_treated=6 * units, n_starts=6, first_start=5
        )
        panel = _with_a_hole(simulate_panel(scenario, rng))
        if inference == DATE_MEANS:
            judged.append(_by_date_means(panel))
        else:
            found = imputation(panel, inference=inference, draws=DRAWS, seed=repetition)
            judged.append(_of(found, 0.0))
    return judged


def _by_date_means(panel: Panel) -> Judged:
    fit = impute(panel, design_of(panel, choose_scale(panel, "points", None)))
    target = fit.paths.treated / fit.paths.treated.sum()
    estimate = float((target * fit.effects).sum())
    error = math.sqrt((fit.influence(target, panel.treated_from) ** 2).sum())
    return estimate, abs(estimate) > 1.96 * error, abs(estimate) <= 1.96 * error


def _with_a_hole(panel: Panel) -> Panel:
    panel.outcome[-1, 3], panel.observed[-1, 3] = np.nan, False
    return panel


def _of(found: Estimate, truth: float) -> Judged:
    low, high = found.conf_low, found.conf_high
    covered = (low is None or low <= truth) and (high is None or high >= truth)
    return found.estimate - truth, found.p_value is not None and found.p_value <= ALPHA, covered


def study(case: str, method: str, repetitions: int, pool: Pool | None = None) -> dict[str, object]:
    """Simulate, estimate and count; bias and its spread in the outcome's unit, rates in percent."""
    kinds = {"one unit": partial(judge_alone, method)}
    if case == "units a date":
        kinds[case] = partial(judge_cohorts, *COHORTS[method])
    work = kinds.get(case) or partial(judge_shares, case, method)
    judged = spread(work, repetitions, pool)
    errors = np.array([error for error, *_ in judged])
    return {
        "seed": SEED,
        "repetitions": repetitions,
        "case": case,
        "method": method,
        "bias": f"{errors.mean():.2f}",
        "bias_se": f"{errors.std(ddof=1) / math.sqrt(len(errors)):.2f}" if len(errors) > 1 else "",
        "root_mean_square": f"{math.sqrt((errors**2).mean()):.2f}",
        "rejected_pct": f"{100 * np.mean([hit for _, hit, _ in judged]):.1f}",
        "covered_pct": f"{100 * np.mean([inside for *_, inside in judged]):.1f}",
    }


ROWS = [
    *((case, method) for case in CASES for method in SIMPLE),
    *(("one unit", method) for method in ALONE),
    *(("units a date", method) for method in COHORTS),
]


def main() -> None:
    """Run the rows picked, or all, and put each into the table in place of the row of the same case."""
    asked = read_request(TABLE)
    if asked.markdown:
        print(f"{as_markdown()}\n\n{alone_as_markdown()}\n\n{cohorts_as_markdown()}")
        return
    with open_pool(asked.jobs, asked.scheduler) as pool:
        for row in ROWS:
            if asked.patterns and not any(fnmatch("/".join(row), pattern) for pattern in asked.patterns):
                continue
            made = study(*row, asked.repetitions or REPETITIONS, pool)
            print(*made.values(), flush=True)
            kept = {(was["case"], was["method"]): was for was in rows_of(asked.table)} | {row: made}
            write_table(asked.table, [kept[known] for known in ROWS if known in kept])


def rows_of(table: Path) -> list[dict[str, object]]:
    """Read a table; empty where there is none."""
    if not table.is_file():
        return []
    with table.open(newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def as_markdown() -> str:
    """Lay the committed table out for the methods page: bias (coverage), or percent rejected without an effect."""
    found = {(row["case"], row["method"]): row for row in rows_of(TABLE)}
    effects = [case for case, scenario in CASES.items() if scenario.effective]
    nulls = [case for case in CASES if case not in effects]
    lines = [
        f"| method | {' | '.join(effects)} | {' | '.join(nulls)} |",
        f"|---|{'---|' * len(CASES)}",
    ]
    for method in SIMPLE:
        told = [f"{found[case, method]['bias']} ({found[case, method]['covered_pct']})" for case in effects]
        told += [f"{found[case, method]['rejected_pct']}" for case in nulls]
        lines.append(f"| {method} | {' | '.join(told)} |")
    return "\n".join(lines)


def alone_as_markdown() -> str:
    """Lay the rows about one unit out: bias, percent of intervals that cover the truth."""
    found = {row["method"]: row for row in rows_of(TABLE) if row["case"] == "one unit"}
    lines = ["| method, one treated unit | bias | root mean square | covered |", "|---|---|---|---|"]
    for method in ALONE:
        row = found[method]
        told = f"{row['bias']} | {row['root_mean_square']} | {row['covered_pct']}"
        lines.append(f"| {method.removeprefix('own ')} | {told} |")
    return "\n".join(lines)


def cohorts_as_markdown() -> str:
    """Lay the rows about units a date out: percent of true nulls rejected."""
    found = {row["method"]: row["rejected_pct"] for row in rows_of(TABLE) if row["case"] == "units a date"}
    kinds = (DATE_MEANS, "multiplier", "default")
    lines = [f"| treated units a start date | {' | '.join(kinds)} |", "|---|---|---|---|"]
    for units in sorted({units for units, _ in COHORTS.values()}):
        told = " | ".join(str(found[f"{units} units a date, {kind}"]) for kind in kinds)
        lines.append(f"| {units} | {told} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

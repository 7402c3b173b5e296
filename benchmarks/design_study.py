"""False positives and coverage of the defaults on the designs that provinces really have: a grid, seeded.

Run `python -m benchmarks.design_study [repetitions]`; the rows go to design_study.csv. 63 units, no effect, so that
coverage of zero is one minus size; the panels are those on which the usual rates fail: start dates of one unit each,
missing cells, weights, shocks that a region shares where the real ten lie, heavy tails, noise that goes with size, the
lowest treated (by their mean before, as it was seen, or by their last figure), a fall before the start. "fails" is the
share of results of which a check of the design fails, "says" of those that do or print a measured rate.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import PanelError
from analysis.estimation.methods.callaway_santanna import callaway_santanna
from analysis.estimation.methods.did import did
from analysis.estimation.methods.event_study import event_study
from analysis.estimation.methods.imputation import imputation
from analysis.estimation.panel.panel import Panel
from analysis.estimation.panel.spreading import Pool, spread
from analysis.estimation.results import Estimate

SEED = 20261201
REPETITIONS = 200
DRAWS = 199
N_UNITS = 63
# Viet Nam's regions, and how many of the ten provinces that set targets by August 2022 lie in each.
REGION_SIZES, TEN = (5, 13, 14, 14, 11, 6), (0, 2, 1, 6, 0, 1)
TABLE = Path(__file__).with_suffix(".csv")
Array = NDArray[np.float64]
METHODS: dict[str, Callable[..., Estimate]] = {
    "did": did,
    "event-study": event_study,
    "callaway-santanna": callaway_santanna,
    "imputation": imputation,
}
KINDS = (
    "plain",
    "one unit a date",
    "missing cells",
    "weights",
    "heavy tails",
    "noise goes with size",
    "real ten's regions",
    "real ten's regions, within",
    "the lowest treated",
    "the lowest at last",
    "a fall before",
)

# On plain panels the event study is Callaway and Sant'Anna's estimate and test; here its draws are fitted one by one.
OF_GENERAL_ROAD = ("one unit a date", "missing cells", "weights")
# How a result says a measured rate.
RATE = re.compile(r"\d[^.]*(of|times in|in) 100\b")


@dataclass(frozen=True)
class Cell:
    """One cell of the grid."""

    method: str
    kind: str
    treated: int
    periods: int


def cells() -> list[Cell]:
    """List the cells that make sense: regions for the ten, dates of one unit for several and staggered methods."""
    grid = [Cell(m, kind, k, t) for m in METHODS for kind in KINDS for k in (1, 3, 10) for t in (6, 24)]
    return [
        cell
        for cell in grid
        if (cell.treated == 10 or "regions" not in cell.kind)
        and not (cell.kind == "one unit a date" and (cell.treated == 1 or cell.method == "did"))
        and (cell.method != "event-study" or cell.kind in OF_GENERAL_ROAD)
    ]


def simulate(cell: Cell, rng: np.random.Generator) -> Panel:
    """Draw a panel of a cell's kind without any effect."""
    shape, start = (N_UNITS, cell.periods), cell.periods // 2
    region, sizes = np.repeat(np.arange(6), REGION_SIZES), np.exp(0.7 * rng.normal(size=N_UNITS))
    shocks = (
        rng.standard_t(3, size=shape) / np.sqrt(3) if cell.kind == "heavy tails" else rng.normal(size=shape)
    )
    errors = shocks.copy()
    for t in range(1, cell.periods):
        errors[:, t] = 0.5 * errors[:, t - 1] + np.sqrt(0.75) * shocks[:, t]
    if cell.kind == "noise goes with size":
        errors *= np.sqrt(0.2 + 0.8 / sizes)[:, None]
    outcome = rng.normal(size=(N_UNITS, 1)) + errors + rng.normal(size=cell.periods).cumsum()
    if "regions" in cell.kind:
        outcome += 0.5 * rng.normal(size=(6, cell.periods)).cumsum(axis=1)[region] / np.sqrt(cell.periods / 6)
    treated = _treated(cell, outcome[:, :start], region, rng)
    if cell.kind == "a fall before":
        outcome[treated, start - 1] -= 1.0
    starts = np.full(N_UNITS, cell.periods, dtype=np.int64)
    last = min(cell.periods - 1, start + cell.treated - 1)
    dates = start + np.arange(cell.treated) % (last - start + 1) if cell.kind == "one unit a date" else start
    starts[treated] = dates
    observed = np.ones(shape, bool)
    if cell.kind == "missing cells":
        observed = (rng.random(shape) > 0.03) | treated[:, None]
        observed[:2] = True
    weights = (
        None
        if cell.kind not in ("weights", "noise goes with size")
        else np.where(observed, sizes[:, None], 0.0)
    )
    names, times = tuple(f"{k:02d}" for k in range(N_UNITS)), tuple(f"{t:02d}" for t in range(cell.periods))
    strata = region if cell.kind.endswith("within") else None
    return Panel(
        np.where(observed, outcome, np.nan), observed, starts, names, times, weights=weights, strata=strata
    )


def _treated(
    cell: Cell, before: Array, region: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.bool_]:
    marked = np.zeros(N_UNITS, bool)
    if "regions" in cell.kind:
        for number, count in enumerate(TEN):
            marked[rng.permutation(np.flatnonzero(region == number))[:count]] = True
    elif "lowest" in cell.kind:
        figure = before[:, -1] if cell.kind == "the lowest at last" else before.mean(axis=1)
        marked[np.argsort(figure)[: cell.treated]] = True
    else:
        marked[rng.permutation(N_UNITS)[: cell.treated]] = True
    return marked


def _repeat(cell: Cell, number: int, chunk: range) -> list[tuple[bool, bool, bool, bool]]:
    return [
        _once(cell, np.random.default_rng([SEED, number, repetition]), repetition) for repetition in chunk
    ]


def _once(cell: Cell, rng: np.random.Generator, repetition: int) -> tuple[bool, bool, bool, bool]:
    """Say whether a result rejects, whether its interval covers zero, whether a check fails, whether it says so."""
    try:
        found = METHODS[cell.method](simulate(cell, rng), draws=DRAWS, seed=repetition)
    except PanelError:
        return False, True, True, True
    low = -np.inf if found.conf_low is None else found.conf_low
    high = np.inf if found.conf_high is None else found.conf_high
    fails = any(check.passed is False for check in found.checks)
    told = [*found.notes, *(check.text for check in found.checks)]
    says = fails or any(RATE.search(text) for text in told)
    return bool(found.p_value is not None and found.p_value <= 0.05), bool(low <= 0 <= high), fails, says


def run(repetitions: int = REPETITIONS, pool: Pool | None = None, table: Path = TABLE) -> None:
    """Measure every cell and write each row as it is done."""
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(
            ["method", "kind", "treated", "periods", "repetitions", "rejects", "covers", "fails", "says"]
        )
        for number, cell in enumerate(cells()):
            found = np.array(spread(partial(_repeat, cell, number), repetitions, pool), float)
            shares = [f"{100 * share:.1f}" for share in found.mean(axis=0)]
            rows.writerow([cell.method, cell.kind, cell.treated, cell.periods, repetitions, *shares])
            file.flush()


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else REPETITIONS)

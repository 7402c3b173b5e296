"""What this very panel could have shown: power and the minimum detectable effect, from its own residuals.

The estimated effect is taken off, the treatment paths are dealt out anew, and the interval of each inference is
made. An effect added to the treated cells shifts that interval by itself, so one interval a repetition gives the
power at every effect.

References:
    Bloom (1995), Evaluation Review 19(5), on minimum detectable effects;
    Black, Hollingsworth, Nunes & Simon (2022), Journal of Public Economics 213, on simulating from the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.errors import NotEstimable, require_option
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.inference.judge import INFERENCES, Ask, check_ask, chosen_inference, infer
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.panel import FloatArray, IntArray, Panel
from analysis.estimation.panel.spreading import Pool, spread
from analysis.estimation.results import Check, Power


def simulate_power(
    panel: Panel,
    *,
    inferences: Sequence[str] = ("default",),
    effects: Sequence[float] | None = None,
    repetitions: int = 300,
    draws: int = 499,
    seed: int = 1,
    conf_level: float = 0.95,
    power: float = 0.80,
    pool: Pool | None = None,
) -> Power:
    """Simulate how often effects of each size would have been found in this panel, by each inference.

    `effects` are in the outcome's unit; without them the curve runs to one and a half times the largest minimum
    detectable effect. That effect is the smallest found in a share `power` of the repetitions. `pool` makes the
    repetitions elsewhere, with the same numbers: a process pool, or the workers of a Dask cluster.

    Raises:
        RequestError: an inference or level is not known, or the draws are too few.
    """
    for name in inferences:
        require_option("inferences", name, INFERENCES)
    ask = check_ask("default", draws, seed, conf_level, INFERENCES)
    limits = {name: _limits(panel, name, repetitions, ask, pool) for name in inferences}
    detectable = {name: _detectable(found, power) for name, found in limits.items()}
    grid = np.asarray(effects, dtype=float) if effects is not None else _grid(panel, detectable)
    rows = tuple(
        {"inference": name, "effect": float(effect), "power": _power(found, float(effect))}
        for name, found in limits.items()
        for effect in grid
    )
    return Power(
        unit=panel.outcome_name,
        rows=rows,
        detectable={name: value for name, value in detectable.items() if value is not None},
        power=power,
        conf_level=conf_level,
        repetitions=repetitions,
        text=_sentence(panel, detectable, power, conf_level),
    )


def check_detectable_effect(
    panel: Panel,
    *,
    plausible: float | None = None,
    repetitions: int = 300,
    draws: int = 499,
    seed: int = 1,
    pool: Pool | None = None,
) -> Check:
    """Say the smallest effect the panel could have shown; passed when a `plausible` effect is at least that."""
    found = simulate_power(panel, repetitions=repetitions, draws=draws, seed=seed, pool=pool)
    smallest = found.detectable.get("default")
    rows = tuple(row for row in found.rows if row["inference"] == "default")
    if plausible is None:
        return Check("minimum detectable effect", None, f"{found.text} No plausible effect was given.", rows)
    passed = smallest is not None and abs(plausible) >= smallest
    verdict = "could" if passed else "could not"
    text = f"{found.text} A plausible effect of {plausible:.4g} {verdict} have been seen."
    return Check("minimum detectable effect", passed, text, rows)


@dataclass(frozen=True)
class _Null:
    """A panel without its effect, the paths dealt out anew, and the inference that judges each: what is repeated."""

    panel: Panel
    starts: IntArray
    dealt: NDArray[np.int16]
    ask: Ask


def _limits(panel: Panel, inference: str, repetitions: int, ask: Ask, pool: Pool | None) -> FloatArray:
    """Give each repetition's interval under no effect: (repetitions, 2)."""
    fit = fit_two_way(panel)
    null = _Null(
        panel=replace(panel, outcome=panel.outcome - fit.estimate * panel.treatment),
        starts=np.append(panel.starts, panel.n_periods),
        dealt=draw_assignments(panel, repetitions, ask.generator("default"), 0.5).paths,
        ask=replace(ask, inference=chosen_inference(fit, inference)),
    )
    return np.array(spread(partial(_intervals, null), repetitions, pool))


def _intervals(null: _Null, repetitions: range) -> list[tuple[float, float]]:
    return [_interval(null, repetition) for repetition in repetitions]


def _interval(null: _Null, repetition: int) -> tuple[float, float]:
    path = null.dealt[repetition % len(null.dealt)]
    moved = replace(null.panel, treated_from=null.starts[path])
    ask = replace(null.ask, seed=null.ask.seed + 1 + repetition)
    try:
        verdict = infer(fit_two_way(moved), ask)
    except NotEstimable:
        # A dealt path may fall on units that are missing where it would show; it could show nothing.
        return -np.inf, np.inf
    low = -np.inf if verdict.conf_low is None else verdict.conf_low
    return low, np.inf if verdict.conf_high is None else verdict.conf_high


def _power(limits: FloatArray, effect: float) -> float:
    low, high = limits.T + effect
    return float(((low > 0) | (high < 0)).mean())


def _detectable(limits: FloatArray, power: float) -> float | None:
    # Effects are counted as found on the upper side: an interval that ends below zero is a wrong sign.
    needed = float(np.quantile(-limits[:, 0], power, method="inverted_cdf"))
    return needed if np.isfinite(needed) else None


def _grid(panel: Panel, detectable: dict[str, float | None]) -> FloatArray:
    known = [value for value in detectable.values() if value is not None]
    widest = max(known) if known else 4 * float(np.nanstd(panel.outcome))
    return np.linspace(0, 1.5 * widest, 25)


def _sentence(panel: Panel, detectable: dict[str, float | None], power: float, conf_level: float) -> str:
    level = f"{100 * (1 - conf_level):g} %"
    sizes = {name: "none, whatever its size" if v is None else f"{v:.3g}" for name, v in detectable.items()}
    told = "; ".join(size if len(sizes) == 1 else f"{name}: {size}" for name, size in sizes.items())
    return (
        f"With {panel.n_treated} of {panel.n_units} units treated, the smallest effect on {panel.outcome_name} found "
        f"{100 * power:g} times in 100 at {level} is {told}."
    )

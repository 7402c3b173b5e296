"""What a staggered roll-out of treatment could show, and when: power from a panel's own residuals.

Units' levels and the periods' movement are those fitted to the panel; whole rows of residuals of units never
treated are drawn anew, each with a random sign, so that their memory and spread stay. Who starts when is drawn
at random within strata. Across repetitions the estimates without an effect are then their own randomisation
distribution, which gives the critical value.

References:
    Black, Hollingsworth, Nunes & Simon (2022), Journal of Public Economics 213, on simulating from the data;
    Hussey & Hughes (2007), Contemporary Clinical Trials 28, on roll-outs in steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.estimation.errors import NotEstimable, TooFewDraws, UnknownOption, require_option
from analysis.estimation.methods.imputed import Design, design_of, impute, lay_paths
from analysis.estimation.panel.panel import FloatArray, IntArray, Panel
from analysis.estimation.panel.shares import SCALES, choose_scale

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 100
# Points of a power curve, and how many periods power is given for unless they are named.
POINTS, HORIZONS = 11, 6
# Fewer rows of residuals repeat themselves too often.
FEWEST_ROWS = 10


@dataclass(frozen=True)
class Rollout:
    """A roll-out: how many periods come before each step, units that start at each, and how the effect grows.

    `effect_path` are shares of the full effect in the first, second, … period treated; the last one stays.
    """

    starts: tuple[int, ...]
    per_step: int
    effect_path: tuple[float, ...]
    n_periods: int

    @property
    def n_treated(self) -> int:
        """Units started by the last step."""
        return self.per_step * len(self.starts)

    def shares(self, starts: IntArray) -> FloatArray:
        """Give the share of the full effect in each cell, from units' starts (R, N): (R, N, T)."""
        since = np.arange(self.n_periods) - starts[:, :, None]
        path = np.array(self.effect_path)
        return np.asarray(np.where(since >= 0, path[np.clip(since, 0, len(path) - 1)], 0.0))


@dataclass(frozen=True)
class RolloutPower:
    """Power of a roll-out, by how many periods have been observed.

    `curve` has rows of periods, effect (full, in `unit`) and power; `detectable` rows of periods, unit_periods
    (observed under treatment, mean over repetitions), units_started, effect (the smallest full effect found in a
    share `power` of repetitions, None if none on the grid is) and mean_effect (its mean over treated cells).
    """

    unit: str
    starts: tuple[int, ...]
    per_step: int
    n_units: int
    effect_path: tuple[float, ...]
    curve: tuple[dict[str, Any], ...]
    detectable: tuple[dict[str, Any], ...]
    power: float
    conf_level: float
    repetitions: int
    seed: int
    text: str

    def frame(self) -> pd.DataFrame:
        """Return the power curve as a tidy frame."""
        import pandas as pd

        return pd.DataFrame(list(self.curve))

    def detectable_frame(self) -> pd.DataFrame:
        """Return the smallest effects that would be found as a tidy frame."""
        import pandas as pd

        return pd.DataFrame(list(self.detectable))

    def _repr_html_(self) -> str:
        from analysis.estimation.results.display import frame_html

        return frame_html(self.detectable_frame(), self.text)


def simulate_rollout_power(
    panel: Panel,
    *,
    starts: Sequence[int],
    per_step: int,
    effect_path: Sequence[float] = (1.0,),
    n_periods: int | None = None,
    effects: Sequence[float] | None = None,
    horizons: Sequence[int] | None = None,
    scale: str = "logit",
    denominators: str | None = None,
    repetitions: int = 400,
    seed: int = 1,
    conf_level: float = 0.95,
    power: float = 0.80,
) -> RolloutPower:
    """Simulate how large an effect a roll-out in steps would show, judged by imputation, as periods come in.

    Args:
        panel: arranged outcomes; its last `n_periods` (all unless given) are what the roll-out is laid over, and
            its strata (regions, say) those within which the order is drawn.
        starts: for each step, the number of periods before it.
        per_step: units that start at each step.
        effect_path: shares of the full effect in the first, second, … period treated; the last one stays.
        effects: full effects of the power curve, in the outcome's unit; a grid up to what is surely found unless given.
        horizons: numbers of periods observed at which power is given.
        scale, denominators: see `imputation`.

    Raises:
        UnknownOption: a step lies outside the window, or too few units stay untreated.
        NotEstimable: fewer than 10 units never treated have residuals to draw from.
        TooFewDraws: the repetitions cannot give the level.
    """
    require_option("scale", scale, SCALES)
    length = panel.n_periods if n_periods is None else n_periods
    plan = Rollout(tuple(starts), per_step, tuple(effect_path), length)
    _require_plan(panel, plan, repetitions, conf_level)
    base, residuals, design = _take_apart(panel, scale, denominators, length)
    rng = np.random.default_rng([seed, 41])
    drawn = _draw_starts(panel, plan, repetitions, rng)
    levels = base + _draw_rows(residuals, (repetitions, panel.n_units), length, rng)
    curve, detectable = [], []
    for horizon in _choose_horizons(plan, horizons):
        rows, smallest = _at_horizon(design, levels, drawn, plan, horizon, effects, conf_level, power)
        curve += rows
        detectable.append(smallest)
    return RolloutPower(
        unit=panel.outcome_name,
        starts=plan.starts,
        per_step=per_step,
        n_units=panel.n_units,
        effect_path=plan.effect_path,
        curve=tuple(curve),
        detectable=tuple(detectable),
        power=power,
        conf_level=conf_level,
        repetitions=repetitions,
        seed=seed,
        text=_sentence(panel, plan, detectable[-1], power, conf_level),
    )


def _require_plan(panel: Panel, plan: Rollout, repetitions: int, conf_level: float) -> None:
    if not 2 <= plan.n_periods <= panel.n_periods:
        raise UnknownOption(
            f"n_periods={plan.n_periods}; allowed: 2 to the panel's own {panel.n_periods}, whose residuals are drawn."
        )
    if not plan.starts or min(plan.starts) < 1 or max(plan.starts) >= plan.n_periods:
        raise UnknownOption(
            f"starts={list(plan.starts)}; allowed: one or more from 1 to {plan.n_periods - 1} periods before a step."
        )
    if plan.per_step < 1 or plan.n_treated > panel.n_units - 2:
        raise UnknownOption(
            f"{len(plan.starts)} steps of per_step={plan.per_step} treat {plan.n_treated} of {panel.n_units} units; "
            "allowed: at least 1 a step, and at least 2 units that stay untreated."
        )
    if not plan.effect_path or min(plan.effect_path) < 0 or max(plan.effect_path) <= 0:
        raise UnknownOption("effect_path needs shares of the full effect, 0 or more, and one above 0.")
    if repetitions < (needed := int(np.ceil(1 / (1 - conf_level)))):
        raise TooFewDraws(f"repetitions={repetitions} cannot give a level of {conf_level:g}; {needed} can.")


def _take_apart(
    panel: Panel, scale: str, denominators: str | None, length: int
) -> tuple[FloatArray, FloatArray, Design]:
    """Fit the untreated cells: levels without residuals (N, T), rows of residuals, and the design, cut to length."""
    design = design_of(panel, choose_scale(panel, scale, denominators))
    fit = impute(panel, design)
    values = np.where(
        panel.observed, design.scale.forward(np.where(panel.observed, panel.outcome, 50.0)), 0.0
    )
    gaps = fit.gaps[0]
    rows = [
        np.interp(np.arange(panel.n_periods), np.flatnonzero(seen), gap[seen])
        for gap, seen, treated in zip(gaps, panel.observed, panel.treated, strict=True)
        if not treated and seen.sum() >= panel.n_periods / 2
    ]
    if len(rows) < FEWEST_ROWS:
        raise NotEstimable(
            f"{len(rows)} units never treated are observed in at least half of the periods; {FEWEST_ROWS} are needed "
            "for residuals to draw from."
        )
    # What unit and period effects take from the residuals' squares is given back.
    freedom = 1 / (1 - 1 / panel.n_periods) / (1 - 1 / len(rows))
    cut = slice(panel.n_periods - length, None)
    shortened = replace(
        design,
        observed=design.observed[:, cut],
        weights=design.weights[:, cut],
        covariates=design.covariates[:0, :, cut],
        scale=replace(design.scale, bound=design.scale.bound[:, cut]),
    )
    return (values - gaps)[:, cut], np.sqrt(freedom) * np.array(rows), shortened


def _draw_rows(
    residuals: FloatArray, size: tuple[int, int], length: int, rng: np.random.Generator
) -> FloatArray:
    """Draw stretches of whole rows, each with a random sign: (R, N, length)."""
    rows = rng.integers(len(residuals), size=size)
    first = rng.integers(residuals.shape[1] - length + 1, size=size)
    signs = rng.choice((-1.0, 1.0), size=size)
    stretch = first[:, :, None] + np.arange(length)
    return np.asarray(signs[:, :, None] * residuals[rows[:, :, None], stretch])


def _draw_starts(panel: Panel, plan: Rollout, repetitions: int, rng: np.random.Generator) -> IntArray:
    """Draw who starts when, each step spread over the strata by their size: (R, N); n_periods means never."""
    strata = np.zeros(panel.n_units, np.int64) if panel.strata is None else panel.strata
    places = np.empty((repetitions, panel.n_units))
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        order = rng.permuted(np.tile(np.arange(len(members)), (repetitions, 1)), axis=1)
        places[:, members] = (order + rng.random((repetitions, 1))) / len(members)
    ranks = np.argsort(np.argsort(places, axis=1), axis=1)
    steps = np.append(np.repeat(plan.starts, plan.per_step), np.full(panel.n_units, plan.n_periods))
    return np.asarray(steps[ranks], dtype=np.int64)


def _choose_horizons(plan: Rollout, horizons: Sequence[int] | None) -> list[int]:
    first = min(plan.starts) + 1
    if horizons is None:
        return [int(h) for h in np.unique(np.linspace(first, plan.n_periods, HORIZONS).astype(int))]
    if not horizons or min(horizons) < first or max(horizons) > plan.n_periods:
        raise UnknownOption(f"horizons={list(horizons)}; allowed: {first} to {plan.n_periods} periods.")
    return sorted(set(horizons))


def _at_horizon(
    design: Design,
    levels: FloatArray,
    drawn: IntArray,
    plan: Rollout,
    horizon: int,
    effects: Sequence[float] | None,
    conf_level: float,
    power: float,
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    cut = replace(
        design,
        observed=design.observed[:, :horizon],
        weights=design.weights[:, :horizon],
        covariates=design.covariates[:, :, :horizon],
        scale=replace(design.scale, bound=design.scale.bound[:, :horizon]),
    )
    untreated, shares = cut.scale.backward(levels[:, :, :horizon]), plan.shares(drawn)[:, :, :horizon]
    treated = cut.observed & (np.arange(horizon) >= drawn[:, :, None])
    mean_share = float(shares[treated].mean())
    without = _estimate(cut, untreated, shares, drawn, 0.0)
    rank = int(np.ceil(conf_level * (len(without) + 1) - 1e-9))
    critical = float(np.sort(np.abs(without))[min(rank, len(without)) - 1])
    grid = _grid(critical, float(without.std()), mean_share) if effects is None else np.array(effects, float)
    found = [float((_estimate(cut, untreated, shares, drawn, effect) > critical).mean()) for effect in grid]
    rows = [{"periods": horizon, "effect": float(e), "power": p} for e, p in zip(grid, found, strict=True)]
    smallest = _crossing(grid, np.array(found), power)
    return rows, {
        "periods": horizon,
        "unit_periods": float(treated.sum() / len(drawn)),
        "units_started": int(sum(start < horizon for start in plan.starts)) * plan.per_step,
        "effect": smallest,
        "mean_effect": None if smallest is None else smallest * mean_share,
    }


def _estimate(
    design: Design, untreated: FloatArray, shares: FloatArray, drawn: IntArray, effect: float
) -> FloatArray:
    """Estimate each repetition's mean effect on the treated cells, the full effect being `effect`: (R,)."""
    found = []
    for first in range(0, len(drawn), CHUNK):
        part = slice(first, first + CHUNK)
        paths = lay_paths(design, np.where(drawn[part] < untreated.shape[2], drawn[part], untreated.shape[2]))
        outcome = untreated[part] + effect * shares[part]
        if design.scale.name == "logit":
            outcome = np.clip(outcome, design.scale.bound, 100 - design.scale.bound)
        fit = paths.fit(outcome)
        weights = design.weights * paths.treated
        estimates = (weights * fit.effects).sum(axis=(1, 2)) / weights.sum(axis=(1, 2))
        # What cannot be fitted finds nothing.
        found.append(np.where(paths.fitted, estimates, 0.0))
    return np.concatenate(found)


def _grid(critical: float, spread: float, mean_share: float) -> FloatArray:
    return np.linspace(0, (critical + 2 * spread) / mean_share, POINTS)


def _crossing(grid: FloatArray, found: FloatArray, power: float) -> float | None:
    """Find, by interpolation, where the curve first reaches `power`."""
    reached = np.flatnonzero(found >= power)
    if not len(reached):
        return None
    at = int(reached[0])
    if at == 0 or found[at] == found[at - 1]:
        return float(grid[at])
    share = (power - found[at - 1]) / (found[at] - found[at - 1])
    return float(grid[at - 1] + share * (grid[at] - grid[at - 1]))


def _sentence(panel: Panel, plan: Rollout, last: dict[str, Any], power: float, conf_level: float) -> str:
    size = (
        "none on the grid"
        if last["effect"] is None
        else f"{last['effect']:.2g} (on average over the treated cells {last['mean_effect']:.2g})"
    )
    return (
        f"{plan.n_treated} of {panel.n_units} units started in {len(plan.starts)} step(s), at random: after "
        f"{last['periods']} periods, {last['unit_periods']:.0f} unit-periods of them treated, the smallest full effect "
        f"on {panel.outcome_name} found {100 * power:g} times in 100 at {100 * (1 - conf_level):g} % is {size}."
    )

"""Simulated panels, seeded and in memory, to see what estimators do where the truth is known.

They stand for nothing real: the frame says so in `attrs["simulated"]`, and no function writes one to disk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimation.errors import UnknownOption, require_option
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.panel import FloatArray, IntArray, Panel

VARIANCES = ("equal", "unequal", "treated-noisier")


@dataclass(frozen=True)
class Scenario:
    """What a simulated panel is like; times are in periods, effects and noise in the outcome's unit.

    Errors follow an AR(1) with `autocorrelation` and standard deviation `noise_sd`. `variances`: equal;
    unequal, each unit's drawn from a log-normal with the same distribution for treated and controls; or
    treated-noisier, twice as large in treated units. `n_starts` spreads the starts over as many periods.
    The effect is `effect`, plus `effect_growth` a period treated, plus a normal draw of `effect_sd` a unit.
    `dip` is how far treated units fall in the period before their start. A `ceiling` cuts outcomes off.
    """

    n_units: int = 63
    n_periods: int = 20
    n_treated: int = 10
    first_start: int | None = None
    n_starts: int = 1
    autocorrelation: float = 0.5
    noise_sd: float = 1.0
    variances: str = "equal"
    unit_sd: float = 2.0
    period_sd: float = 1.0
    mean: float = 0.0
    effect: float = 0.0
    effect_growth: float = 0.0
    effect_sd: float = 0.0
    dip: float = 0.0
    ceiling: float | None = None

    @property
    def start(self) -> int:
        """The first start, the middle of the panel unless given."""
        return self.n_periods // 2 if self.first_start is None else self.first_start


def simulate_panel(scenario: Scenario, seed: int | np.random.Generator) -> Panel:
    """Simulate a panel of units by periods.

    Raises:
        UnknownOption: the scenario is impossible; the message says what is allowed.
    """
    frame = simulate_frame(scenario, seed)
    return build_panel(frame, unit="unit", time="period", outcome="outcome", treated_from="treated_from")


def simulate_frame(scenario: Scenario, seed: int | np.random.Generator) -> pd.DataFrame:
    """Simulate a tidy frame: unit, period, outcome, treated_from (0 is never), true_effect.

    Raises:
        UnknownOption: the scenario is impossible; the message says what is allowed.
    """
    _check(scenario)
    rng = np.random.default_rng(seed)
    starts = _starts(scenario)
    effects = _effects(scenario, starts, rng)
    outcomes = _untreated(scenario, starts, rng) + effects
    if scenario.ceiling is not None:
        untreated = np.minimum(outcomes - effects, scenario.ceiling)
        outcomes = np.minimum(outcomes, scenario.ceiling)
        effects = outcomes - untreated
    units, periods = np.indices(outcomes.shape)
    frame = pd.DataFrame(
        {
            "unit": units.ravel() + 1,
            "period": periods.ravel() + 1,
            "outcome": outcomes.ravel(),
            "treated_from": np.where(starts < scenario.n_periods, starts + 1, 0)[units.ravel()],
            "true_effect": effects.ravel(),
        }
    )
    frame.attrs["simulated"] = True
    return frame


def _check(scenario: Scenario) -> None:
    require_option("variances", scenario.variances, VARIANCES)
    last = scenario.start + scenario.n_starts - 1
    if not 1 <= scenario.start <= last < scenario.n_periods:
        raise UnknownOption(
            f"Starts from period {scenario.start} to {last} of {scenario.n_periods}; allowed: after the first, "
            "up to the last."
        )
    if not scenario.n_starts <= scenario.n_treated < scenario.n_units:
        raise UnknownOption(
            f"n_treated={scenario.n_treated}; allowed: at least one a start ({scenario.n_starts}) and fewer than "
            f"the {scenario.n_units} units."
        )
    if not abs(scenario.autocorrelation) < 1:
        raise UnknownOption(f"autocorrelation={scenario.autocorrelation:g}; allowed: between -1 and 1.")


def _starts(scenario: Scenario) -> IntArray:
    starts = np.full(scenario.n_units, scenario.n_periods, dtype=np.int64)
    starts[: scenario.n_treated] = scenario.start + np.arange(scenario.n_treated) % scenario.n_starts
    return starts


def _untreated(scenario: Scenario, starts: IntArray, rng: np.random.Generator) -> FloatArray:
    shape = (scenario.n_units, scenario.n_periods)
    units = scenario.unit_sd * rng.normal(size=(scenario.n_units, 1))
    periods = scenario.period_sd * rng.normal(size=(1, scenario.n_periods)).cumsum(axis=1)
    errors = _autocorrelated(scenario.autocorrelation, rng.normal(size=shape))
    before = np.arange(scenario.n_periods)[None, :] == starts[:, None] - 1
    scale = scenario.noise_sd * _unit_scales(scenario, rng)
    return np.asarray(scenario.mean + units + periods + scale * errors - scenario.dip * before)


def _autocorrelated(rho: float, shocks: FloatArray) -> FloatArray:
    # The first shock is left whole and the others scaled, so that the variance is one from the start.
    errors = shocks.copy()
    for t in range(1, shocks.shape[1]):
        errors[:, t] = rho * errors[:, t - 1] + np.sqrt(1 - rho**2) * shocks[:, t]
    return errors


def _unit_scales(scenario: Scenario, rng: np.random.Generator) -> FloatArray:
    scales = np.ones((scenario.n_units, 1))
    if scenario.variances == "unequal":
        return np.exp(0.5 * rng.normal(size=scales.shape))
    if scenario.variances == "treated-noisier":
        scales[: scenario.n_treated] = 2.0
    return scales


def _effects(scenario: Scenario, starts: IntArray, rng: np.random.Generator) -> FloatArray:
    since = np.arange(scenario.n_periods)[None, :] - starts[:, None]
    own = scenario.effect + scenario.effect_sd * rng.normal(size=(scenario.n_units, 1))
    return np.where(since >= 0, own + scenario.effect_growth * since, 0.0)

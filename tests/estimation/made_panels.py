"""Simulated panels that our tests and the stored answers of other packages start from alike."""

from __future__ import annotations

import numpy as np
import pandas as pd


def staggered_frame(seed: int = 1, n_units: int = 80, n_periods: int = 8) -> pd.DataFrame:
    """Draw a staggered panel: `start` 3, 5 or 6 (0 = never), effects that grow, a covariate `x` that matters."""
    rng = np.random.default_rng(seed)
    start = np.repeat([0, 3, 5, 6], [n_units // 2, n_units // 8, n_units // 8, n_units // 4])
    x = rng.normal(size=n_units) + 0.4 * (start > 0)
    times = np.arange(n_periods)
    noise = rng.normal(size=(n_units, n_periods)).cumsum(axis=1) * 0.3 + rng.normal(size=(n_units, n_periods))
    treated = (times >= start[:, None]) & (start[:, None] > 0)
    effect = treated * (1 + 0.25 * (times - start[:, None]))
    y = rng.normal(size=(n_units, 1)) + 0.2 * times + 0.15 * x[:, None] * times + noise + effect
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(n_units), n_periods),
            "time": np.tile(times, n_units),
            "y": y.ravel(),
            "x": np.repeat(x, n_periods),
            "start": np.repeat(start, n_periods),
            "treated": treated.ravel().astype(int),
            "true_effect": effect.ravel(),
        }
    )


def factor_frame(
    seed: int = 2, n_units: int = 21, n_periods: int = 16, start: int = 11, n_treated: int = 1
) -> pd.DataFrame:
    """Draw units that share two factors; the first `n_treated` are treated from `start` on, by two points."""
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(2, n_periods)).cumsum(axis=1)
    share = rng.dirichlet(np.ones(2), size=n_units)
    y = 10 + 2 * share @ factors + 0.5 * rng.normal(size=(n_units, n_periods))
    treated = np.zeros((n_units, n_periods), dtype=int)
    treated[:n_treated, start:] = 1
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{i:02d}" for i in range(n_units)], n_periods),
            "time": np.tile(np.arange(2000, 2000 + n_periods), n_units),
            "y": (y + 2 * treated).ravel(),
            "treated": treated.ravel(),
        }
    )


def unbalanced_frame(seed: int = 8, n_units: int = 12, n_treated: int = 4) -> pd.DataFrame:
    """Draw a panel of one start with missing rows, unequal variances, weights `w` and a covariate `x`."""
    rng = np.random.default_rng(seed)
    frame = pd.MultiIndex.from_product([range(n_units), range(6)], names=["unit", "time"]).to_frame(
        index=False
    )
    frame["d"] = ((frame["unit"] < n_treated) & (frame["time"] >= 3)).astype(int)
    frame["x"], frame["w"] = rng.normal(size=len(frame)), rng.uniform(1, 4, len(frame))
    noise = rng.normal(size=len(frame)) * (1 + frame["unit"] % 3)
    frame["y"] = noise + frame["x"] + 0.3 * frame["time"] + frame["d"]
    return frame[rng.random(len(frame)) > 0.1].reset_index(drop=True)

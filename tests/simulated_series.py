"""Simulated published series of one province, for tests alone: no province has published one this long."""

from __future__ import annotations

import numpy as np
import pandas as pd

INDICATOR = "share_dossiers_submitted_online"  # one whose definition never broke


def simulated(values, *, province="19", first="2021-10", frequency="M", qualifier="exact") -> pd.DataFrame:
    """Return simulated observations, one a period from `first` on."""
    periods = pd.period_range(first, periods=len(values), freq=frequency)
    return pd.DataFrame(
        {
            "province_code": province, "province_frame": "63", "indicator": INDICATOR,
            "period_start": [str(p.start_time.date()) for p in periods],
            "period_end": [str(p.end_time.date()) for p in periods],
            "frequency": frequency, "value": np.asarray(values, dtype=float), "unit": "percent",
            "numerator": np.nan, "denominator": np.nan,
            "qualifier": qualifier, "source_id": "simulated",
            "raw_location": [f"simulated.csv:{line}" for line in range(2, len(values) + 2)],
        }
    )  # fmt: skip


def bent(n_before=10, n_after=9, jump=6.0, slope=0.4, noise=0.3) -> np.ndarray:
    times = np.arange(n_before + n_after)
    after = times >= n_before
    return 30 + slope * times + jump * after + noise * np.random.default_rng(4).standard_normal(len(times))

"""The noise an effect is judged by: is there any, and are the treated units as noisy as the others?"""

from __future__ import annotations

import numpy as np

from analysis.estimation.errors import NotEstimable
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel

# Above this ratio of standard deviations the tests were measured to reject a true null too often.
WARN_ABOVE = 1.5
# True nulls in 100 that plain permutation rejects at 5 percent where the treated are twice as noisy.
PLAIN_RATE = "20 to 32"
# Deviations below this share of the outcome's spread are what rounding leaves of an exact fit.
EXACT_BELOW = 1e-9
# Nor is anything read into the last digits that a number of the outcome's level has: this many of its smallest steps.
LAST_DIGITS = 64


def require_noise(panel: Panel, errors: FloatArray) -> None:
    """Refuse to judge a fit that leaves no errors.

    Raises:
        NotEstimable: unit and period effects and the treatment account for every outcome exactly.
    """
    weights = panel.cell_weights
    if (weights * errors**2).sum() <= weights.sum() * rounding(panel.outcome[panel.observed]) ** 2:
        raise NotEstimable(
            f"Unit effects, period effects and treatment account for all {panel.n_obs} outcomes exactly, so there is "
            "nothing to judge an effect by. Take more units or periods, or an outcome that is measured."
        )


def rounding(values: FloatArray) -> float:
    """Give the size below which differences between values are rounding, whatever level and unit they have."""
    last_digit = float(np.finfo(float).eps) * float(np.abs(values).max())
    return max(EXACT_BELOW * float(values.std()), LAST_DIGITS * last_digit)


def noise_ratio(panel: Panel) -> float | None:
    """Give the treated units' standard deviation before any treatment over the others'; None if unseen.

    Deviations are from the untreated units' mean of the period and then from the unit's own mean, over the
    periods before the first start; a unit counts with at least two of them.
    """
    before = np.arange(panel.n_periods) < int(panel.starts[0])
    seen = panel.observed & before
    seen &= seen.sum(axis=1, keepdims=True) >= 2
    controls = seen & ~panel.treated[:, None]
    if not (seen & panel.treated[:, None]).any() or not controls.any():
        return None
    outcome = np.where(seen, panel.outcome, 0.0)
    means = (outcome * controls).sum(axis=0) / np.maximum(controls.sum(axis=0), 1)
    net = np.where(seen, outcome - means, 0.0)
    net = np.where(seen, net - (net.sum(axis=1) / np.maximum(seen.sum(axis=1), 1))[:, None], 0.0)
    treated, others = (_deviation(net, seen, group) for group in (panel.treated, ~panel.treated))
    return treated / others if others > 0 else None


def noise_notes(panel: Panel, rate: str) -> tuple[str, ...]:
    """Say what permutation takes for granted, and warn where the treated units were clearly noisier before.

    `rate` is how many true nulls in 100 the test was measured to reject where the treated are twice as noisy; empty
    where it keeps to the 5 it says.
    """
    notes = []
    if rate:
        notes.append(
            "Permutation takes the treated to be about as noisy as the others: were they twice as noisy, a true null "
            f"would be rejected in {rate} of 100 cases instead of 5 (docs/methods.md)."
        )
    ratio = noise_ratio(panel)
    if ratio is not None and ratio >= WARN_ABOVE:
        notes.append(
            f"Before treatment the treated units varied {ratio:.1f} times as much as the others, so that a true null "
            "may be rejected more often than p says."
        )
    return tuple(notes)


def _deviation(net: FloatArray, seen: BoolArray, group: BoolArray) -> float:
    rows = seen[group]
    freedom = rows.sum() - rows.any(axis=1).sum()
    return float(np.sqrt((net[group] ** 2).sum() / max(int(freedom), 1)))

"""The multiplier bootstrap: influence functions redrawn with random weights.

References: Callaway & Sant'Anna (2021), Journal of Econometrics 225, Algorithm 1; Mammen (1993), Annals of
Statistics 21.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.estimation.panel.panel import FloatArray, IntArray


def sum_by_cluster(influence: FloatArray, cluster: IntArray | None) -> FloatArray:
    """Add up influence (units × effects) within clusters."""
    if cluster is None:
        return influence
    codes = np.unique(cluster, return_inverse=True)[1]
    summed = np.zeros((int(codes.max()) + 1, influence.shape[1]))
    np.add.at(summed, codes, influence)
    return summed


def standard_errors(summed: FloatArray, n_units: int) -> FloatArray:
    """Give each effect's standard error from influence summed by cluster."""
    return np.asarray(np.sqrt((summed**2).sum(axis=0)) / n_units)


def redraw(summed: FloatArray, draws: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Redraw sums over clusters (draws × effects) with Mammen's two-point weights.

    In single precision: its rounding is far below what a different seed changes.
    """
    root = np.sqrt(5)
    low, high = np.float32((1 - root) / 2), np.float32((1 + root) / 2)
    weights = np.where(rng.random((draws, len(summed))) < (1 + root) / (2 * root), low, high)
    return np.asarray(weights @ summed.astype(np.float32))

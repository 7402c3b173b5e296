"""Sign changes: each treated unit's own effect might as well have come out on the other side of no effect.

It takes no likeness of the treated units' noise to the others', which permutation does, nor to one another's; with
fewer than six treated no p of 5 percent exists.

References: Canay, Romano & Shaikh (2017), Econometrica 85(3).
"""

from __future__ import annotations

from itertools import product

import numpy as np

from analysis.estimation.errors import NotEstimable
from analysis.estimation.inference.permutation import CHUNK
from analysis.estimation.methods.twoway import TwoWayFit
from analysis.estimation.panel.panel import FloatArray


def unit_effects(fit: TwoWayFit) -> FloatArray:
    """Give each treated unit's change less the untreated units' mean change: their mean is the estimate.

    Raises:
        NotEstimable: cells are missing or weighted, starts differ, or covariates or clusters are named, so that it is
            not; or one unit alone is treated.
    """
    panel = fit.panel
    plain = panel.is_balanced and panel.weights is None and not panel.covariates and panel.cluster is None
    if not (plain and fit.movable and len(panel.starts) == 1 and panel.n_treated > 1):
        raise NotEstimable(
            "sign-changes needs two or more treated units with one start and every cell, without weights, covariates "
            "or clusters. Ask for permutation."
        )
    start = int(panel.starts[0])
    changes = panel.outcome[:, start:].mean(axis=1) - panel.outcome[:, :start].mean(axis=1)
    return np.asarray(changes[panel.treated] - changes[~panel.treated].mean())


def draw_signs(count: int, draws: int, rng: np.random.Generator) -> FloatArray:
    """List all signs of so many effects, or draw some: (signs, count)."""
    if 2**count <= draws:
        return np.array(list(product([1.0, -1.0], repeat=count)))
    return np.where(rng.integers(0, 2, size=(draws, count)) > 0, 1.0, -1.0)


def sign_p(effects: FloatArray, signs: FloatArray) -> float:
    """Rank the mean effect among those of other signs; drawn signs count the observed ones too."""
    sums = np.concatenate([np.abs(signs[k : k + CHUNK] @ effects) for k in range(0, len(signs), CHUNK)])
    extreme = int((sums >= abs(effects.sum()) * (1 - 1e-9)).sum())
    return extreme / len(signs) if len(signs) == 2 ** len(effects) else (extreme + 1) / (len(signs) + 1)

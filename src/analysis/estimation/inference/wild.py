"""The restricted wild cluster bootstrap of the two-way regression.

References:
    Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90(3);
    Webb (2023), Canadian Journal of Economics 56(3), for the six-point weights;
    MacKinnon & Webb (2018), Econometrics Journal 21(2), on its failure with few treated clusters.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.estimation.inference.permutation import CHUNK, Interval, invert
from analysis.estimation.methods.twoway import TwoWayFit
from analysis.estimation.panel.panel import FloatArray

WEBB = np.sqrt([0.5, 1.0, 1.5])
# Rademacher signs give at most 2**G different samples: below this many clusters that is too few.
WEBB_BELOW = 12


@dataclass(frozen=True)
class WildDraws:
    """Bootstrap draws as functions of the null tau.

    A draw's coefficient, times the treatment's variation, is `numerator[0] - tau * numerator[1]`; the sum of
    its squared scores is `squares[0] - 2 tau squares[1] + tau**2 squares[2]`. `weights` says which signs were
    drawn, `exact` that all of them were.
    """

    numerator: FloatArray
    squares: FloatArray
    weights: str
    exact: bool

    def p_value(self, fit: TwoWayFit, tau: float = 0.0) -> float:
        """Test that the effect is tau, symmetric in the t statistic."""
        numerator = self.numerator[0] - tau * self.numerator[1]
        squares = self.squares[0] - tau * (2 * self.squares[1] - tau * self.squares[2])
        observed = (fit.variation * (fit.estimate - tau)) ** 2 / fit.score_squares
        # Squares compare as the statistics do; draws that tie with the sample differ from it by rounding only.
        extreme = int(np.count_nonzero(numerator**2 >= (1 - 1e-9) * observed * squares))
        return extreme / len(squares) if self.exact else (extreme + 1) / (len(squares) + 1)

    def interval(self, fit: TwoWayFit, conf_level: float) -> Interval:
        """Collect the values the bootstrap test does not reject at a level."""
        step = float(np.sqrt(fit.score_squares) / fit.variation)
        return invert(lambda tau: self.p_value(fit, tau), fit.estimate, step, round(1 - conf_level, 12))


def wild_draws(fit: TwoWayFit, draws: int, rng: np.random.Generator) -> WildDraws:
    """Draw signs for whole clusters' residuals under the null and refit, all draws in one product.

    Rademacher signs, listed when 2**G is no more than `draws`; Webb's six points below 12 clusters otherwise.
    """
    signs, weights, exact = _signs(fit.n_clusters, draws, rng)
    pieces = [_refit_chunk(fit, signs[start : start + CHUNK]) for start in range(0, len(signs), CHUNK)]
    numerator, squares = (np.concatenate(list(p), axis=1) for p in zip(*pieces, strict=True))
    return WildDraws(numerator, squares, weights, exact)


def _refit_chunk(fit: TwoWayFit, signs: FloatArray) -> tuple[FloatArray, FloatArray]:
    within = fit.within
    treatment = fit.by_cluster((within.weights * fit.treatment**2).sum(axis=1))
    outcome = fit.by_cluster((within.weights * fit.treatment * fit.outcome).sum(axis=1))
    load = fit.by_cluster(within.loadings(fit.treatment))
    load_outcome = fit.by_cluster(within.loadings(fit.outcome))
    of_outcome, change_outcome = _refit(signs, outcome, load_outcome, load, treatment, fit)
    of_treatment, change_treatment = _refit(signs, treatment, load, load, treatment, fit)
    products = (of_outcome**2, of_outcome * of_treatment, of_treatment**2)
    squares = np.stack([p.sum(axis=1) for p in products])
    return np.stack([change_outcome, change_treatment]), squares


def _refit(
    signs: FloatArray,
    products: FloatArray,
    loadings: FloatArray,
    load: FloatArray,
    treatment: FloatArray,
    fit: TwoWayFit,
) -> tuple[FloatArray, FloatArray]:
    change = signs @ products / fit.variation
    projected = (signs @ (loadings @ fit.within.inverse)) @ load.T
    return signs * products - projected - np.outer(change, treatment), change * fit.variation


def _signs(clusters: int, draws: int, rng: np.random.Generator) -> tuple[FloatArray, str, bool]:
    if 2**clusters <= draws:
        return np.array(list(product([-1.0, 1.0], repeat=clusters))), "Rademacher", True
    signs = np.where(rng.integers(0, 2, size=(draws, clusters)) > 0, 1.0, -1.0)
    if clusters >= WEBB_BELOW:
        return signs, "Rademacher", False
    return np.asarray(signs * rng.choice(WEBB, size=signs.shape)), "Webb", False

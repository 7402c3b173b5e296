"""A regression of one series whose errors remember: an AR(1) whose memory is averaged over, not settled.

References: Cheang & Reinsel (2000), JASA 95(452), on the restricted likelihood of a trend's autocorrelation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimation.errors import NotEstimable
from analysis.estimation.inference.noise import rounding
from analysis.estimation.inference.permutation import invert
from analysis.estimation.panel.panel import FloatArray
from analysis.estimation.results import Term

# Memories looked at, and how much more a longer one counts: short series make it look shorter than it is.
MEMORIES = (*np.arange(-0.3, 0.9, 0.05).tolist(), 0.9, 0.93, 0.96, 0.98)


@dataclass(frozen=True)
class Remembering:
    """Least-squares pieces with a standard error under each memory: `estimates` (P,), `errors` (memories, P)."""

    estimates: FloatArray
    errors: FloatArray
    likelihood: FloatArray
    freedom: int

    @property
    def memory(self) -> float:
        """The mean memory."""
        return float(self.likelihood @ np.array(MEMORIES))

    def p_value(self, row: int, value: float = 0.0) -> float:
        """Average the two-sided p of a value over the memories."""
        from scipy.special import stdtr

        ratios = abs(self.estimates[row] - value) / self.errors[:, row]
        return float(self.likelihood @ (2 * stdtr(self.freedom, -ratios)))

    def term(self, row: int, conf_level: float) -> Term:
        """Give a piece with its error, interval and p."""
        estimate, error = (
            float(self.estimates[row]),
            float(np.sqrt(self.likelihood @ self.errors[:, row] ** 2)),
        )
        low, high = invert(lambda value: self.p_value(row, value), estimate, error, round(1 - conf_level, 12))
        return Term(estimate, error, low, high, self.p_value(row))


def fit_remembering(series: FloatArray, laid_out: FloatArray, pieces: FloatArray) -> Remembering:
    """Fit by least squares and weigh memories by (1 + memory) times their restricted likelihood.

    Raises:
        NotEstimable: the lines leave no error.
    """
    n_periods, n_terms = laid_out.shape
    back = np.linalg.pinv(laid_out)
    coefficients = back @ series
    left = series - laid_out @ coefficients
    if float(np.sqrt((left**2).mean())) <= rounding(series):
        raise NotEstimable("The series lies exactly on the two lines; no error is left to judge them by.")
    memories = np.array(MEMORIES)
    apart = np.abs(np.subtract.outer(np.arange(n_periods), np.arange(n_periods)))
    kept = memories[:, None, None] ** apart
    inverse = np.linalg.inv(kept)
    inner = laid_out.T @ inverse @ laid_out
    lines = np.linalg.solve(inner, (laid_out.T @ (inverse @ left)[:, :, None]))[:, :, 0] @ laid_out.T
    freedom = n_periods - n_terms
    square = np.einsum("mt,mts,ms->m", left - lines, inverse, left - lines) / freedom
    sizes = np.linalg.slogdet(kept)[1] + np.linalg.slogdet(inner)[1]
    likelihood = np.log1p(memories) - 0.5 * (freedom * np.log(square) + sizes)
    weights = np.exp(likelihood - likelihood.max())
    spread = pieces @ back
    errors = np.sqrt(square[:, None] * np.einsum("pt,mts,ps->mp", spread, kept, spread))
    return Remembering(np.asarray(pieces @ coefficients), errors, weights / weights.sum(), freedom)

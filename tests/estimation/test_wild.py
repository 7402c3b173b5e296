"""The wild cluster bootstrap against refits of the rebuilt outcomes."""

from __future__ import annotations

import numpy as np
import pytest
from long_way import cells, design_of, fit_of, refit

from analysis.estimation.inference.multiplier import redraw
from analysis.estimation.inference.wild import wild_draws


def test_wild_bootstrap_is_its_refits():
    """Each draw equals a regression on the outcome rebuilt under the null with the drawn signs."""
    frame = cells()
    fit = fit_of(frame)
    drawn = wild_draws(fit, 300, np.random.default_rng(6))
    assert not drawn.exact
    rng = np.random.default_rng(6)
    signs = np.where(rng.integers(0, 2, size=(300, 12)) > 0, 1.0, -1.0)
    X = design_of(frame, [])[:, 1:]
    for k in (0, 11, 299):
        for tau in (0.0, 0.4):
            net = (frame.y - tau * frame.d).to_numpy()
            fitted = X @ np.linalg.lstsq(X, net, rcond=None)[0]
            rebuilt = fitted + signs[k][frame.i] * (net - fitted)
            coefficient, error = refit(frame.assign(y=rebuilt))
            ours = drawn.numerator[0, k] - tau * drawn.numerator[1, k]
            squares = drawn.squares[0, k] - 2 * tau * drawn.squares[1, k] + tau**2 * drawn.squares[2, k]
            assert ours / fit.variation == pytest.approx(coefficient, rel=1e-8, abs=1e-12)
            assert np.sqrt(squares) / fit.variation == pytest.approx(error, rel=1e-8)


def test_influence_is_redrawn_with_mammens_two_points():
    """Weights of (1 ± √5)/2 with mean 0, variance 1 and third moment 1."""
    drawn = redraw(np.eye(2), 200_000, np.random.default_rng(1))
    assert np.unique(drawn) == pytest.approx([(1 - np.sqrt(5)) / 2, (1 + np.sqrt(5)) / 2], rel=1e-6)
    # Standard errors of the three moments: 0.0016, 0.0016, 0.0051 over 400,000 draws.
    assert [float((drawn**k).mean(dtype=float)) for k in (1, 2, 3)] == pytest.approx([0, 1, 1], abs=0.02)


def test_wild_bootstrap_lists_all_signs_or_takes_webbs():
    """Eight clusters have 256 sign patterns: listed when that is enough, Webb's six points otherwise."""
    fit = fit_of(cells(n_units=8, n_treated=3, missing=0))
    assert wild_draws(fit, 300, np.random.default_rng(0)).exact
    few = wild_draws(fit, 200, np.random.default_rng(0))
    assert (few.weights, few.exact) == ("Webb", False)

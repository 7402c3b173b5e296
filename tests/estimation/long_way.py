"""Regressions written out with every dummy, to hold the quick arithmetic against."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.estimation.inference.judge import Ask
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.frames import build_panel

COLUMNS = {"unit": "u", "time": "t", "outcome": "y", "treatment": "d"}
ASK = Ask(draws=199, seed=4, conf_level=0.95)


def cells(n_units=12, n_treated=4, missing=0.12, seed=8, scheduled=False):
    """An unbalanced panel with weights and a covariate; only arithmetic is tested on it."""
    rng = np.random.default_rng(seed)
    frame = pd.MultiIndex.from_product([range(n_units), range(5)], names=["i", "t"]).to_frame(index=False)
    frame["u"] = frame.i.map("{:02d}".format)
    first = np.where(scheduled & (frame.i % 2 == 1), 3, 2)
    frame["d"] = ((frame.i < n_treated) & (frame.t >= first)).astype(int)
    frame["x"], frame["w"] = rng.normal(size=len(frame)), rng.uniform(1, 4, len(frame))
    frame["y"] = rng.normal(size=len(frame)) * (1 + frame.i % 3) + frame.x + frame.t * 0.3
    return frame[rng.random(len(frame)) > missing].reset_index(drop=True)


def design_of(frame, covariates):
    """Write out treatment, covariates and all dummies."""
    dummies = [pd.get_dummies(frame[c].astype(str), drop_first=True, dtype=float) for c in ("i", "t")]
    return np.column_stack([frame["d"], frame[covariates], np.ones(len(frame)), *dummies]).astype(float)


def refit(frame, covariates=(), weights=False):
    """Fit by least squares on dummies; return the coefficient and its CR1 error up to the constant."""
    root = np.sqrt(frame["w"].to_numpy()) if weights else np.ones(len(frame))
    X, y = design_of(frame, list(covariates)) * root[:, None], frame["y"].to_numpy() * root
    bread = np.linalg.pinv(X.T @ X)
    beta = bread @ X.T @ y
    scores = pd.DataFrame((X * (y - X @ beta)[:, None]) @ bread[0]).groupby(frame["i"].to_numpy()).sum()[0]
    return beta[0], float(np.sqrt((scores**2).sum()))


def fit_of(frame, covariates=(), weights=False, **words):
    """Fit our way."""
    return fit_two_way(
        build_panel(frame, covariates=list(covariates), weights="w" if weights else None, **COLUMNS, **words)
    )

"""How shares in percent are taken to logits and back, and what stands for a share of exactly 0 or 100.

References: Haldane (1956), Annals of Human Genetics 20, and Anscombe (1956), Biometrika 43, on the half added to
both counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimation.errors import NotFinite, some
from analysis.estimation.panel.panel import BoolArray, FloatArray, Panel

SCALES = ("points", "logit")


@dataclass(frozen=True)
class Scale:
    """The scale on which outcomes are fitted; effects are in the outcome's own unit on either.

    On the logit scale a share stays at least `bound` percentage points (units × periods) away from 0 and 100.
    """

    name: str
    bound: FloatArray
    notes: tuple[str, ...] = ()

    def forward(self, outcome: FloatArray) -> FloatArray:
        """Take outcomes to the scale of the fit."""
        if self.name == "points":
            return outcome
        share = np.clip(outcome, self.bound, 100 - self.bound)
        return np.asarray(np.log(share / (100 - share)))

    def backward(self, values: FloatArray) -> FloatArray:
        """Take values of the fit back to the outcome's unit."""
        return values if self.name == "points" else np.asarray(100 / (1 + np.exp(-values)))

    def slope(self, predicted: FloatArray) -> FloatArray:
        """Give how much an outcome of this size changes per unit of the scale of the fit."""
        if self.name == "points":
            return np.ones_like(predicted)
        return np.asarray(predicted * (100 - predicted) / 100)

    def take_off(self, outcome: FloatArray, effect: float, treated: BoolArray) -> FloatArray:
        """Take a constant effect off the treated cells; a share does not leave the bounds by that."""
        untreated = outcome - effect * treated
        return untreated if self.name == "points" else np.clip(untreated, self.bound, 100 - self.bound)


def choose_scale(panel: Panel, name: str, counts: str | None) -> Scale:
    """Set up the scale of a panel's outcome.

    A share of exactly 0 or 100 has no logit. With `counts`, a column of the panel that holds what
    the shares are of, d, it is taken as the empirical
    share (n + 1/2) / (d + 1); without, as half of the smallest distance from 0 or 100 that the panel shows, which
    is what half a case would be if the smallest share seen were one case.

    Raises:
        NotFinite: logits were asked for and an outcome is no share in percent, or a denominator is not positive.
    """
    if name == "points":
        return Scale(name, np.zeros(panel.outcome.shape))
    _require_shares(panel)
    at_bound = panel.observed & ((panel.outcome == 0) | (panel.outcome == 100))
    if counts is None:
        inside = panel.outcome[panel.observed & ~at_bound]
        least = float(np.minimum(inside, 100 - inside).min()) / 2 if len(inside) else 0.5
        bound, told = np.full(panel.outcome.shape, least), f"{least:.3g} % and {100 - least:.5g} %"
    else:
        denominators = panel.column(counts)
        _require_denominators(panel, denominators)
        # The bound of the cells not seen is never used.
        bound = 50 / (np.where(panel.observed, denominators, 1.0) + 1)
        told = "(n + 1/2) / (d + 1)"
    count = int(at_bound.sum())
    notes = (
        (f"{count} share(s) of exactly 0 or 100 % have no logit and were taken as {told}.",) if count else ()
    )
    return Scale(name, bound, notes)


def _require_shares(panel: Panel) -> None:
    seen = panel.outcome[panel.observed]
    rows, columns = np.nonzero(panel.observed & ((panel.outcome < 0) | (panel.outcome > 100)))
    if len(rows):
        cells = [
            f"{panel.units[i]} in {panel.periods[t]}: {panel.outcome[i, t]:g}"
            for i, t in zip(rows, columns, strict=True)
        ]
        raise NotFinite(
            f"scale='logit' takes shares from 0 to 100 percent; {panel.outcome_name!r} has {some(cells)}. "
            "Correct these cells, or ask for scale='points'."
        )
    if seen.max() <= 1:
        raise NotFinite(
            f"scale='logit' takes shares from 0 to 100 percent, and {panel.outcome_name!r} goes from {seen.min():g} "
            f"to {seen.max():g}, as fractions do. Multiply it by 100."
        )


def _require_denominators(panel: Panel, denominators: FloatArray) -> None:
    rows, columns = np.nonzero(panel.observed & ~(denominators > 0))
    if len(rows):
        cells = [
            f"{panel.units[i]} in {panel.periods[t]}: {denominators[i, t]:g}"
            for i, t in zip(rows, columns, strict=True)
        ]
        raise NotFinite(
            f"Every share needs a denominator above 0; {some(cells)}. Correct the counts, or drop those rows."
        )

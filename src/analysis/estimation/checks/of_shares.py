"""Checks of what imputation takes for granted of shares: the scale of parallel trends, and quiet months before a start.

Both leave the treated periods out of what they compare, so that an effect does not make them fail.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.estimation.errors import NotEstimable, UnknownOption, require_option
from analysis.estimation.inference.assignments import Assignments, draw_assignments
from analysis.estimation.inference.of_averages import FLAT_ABOVE
from analysis.estimation.methods.imputed import Design, Fit, Paths, design_of, impute, lay_paths
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel
from analysis.estimation.panel.shares import SCALES, choose_scale
from analysis.estimation.results import Check

# Panels of draws fitted at once.
CHUNK_CELLS = 250_000


def check_scale(panel: Panel, *, denominators: str | None = None, draws: int = 499, seed: int = 1) -> Check:
    """Compare the imputed effect of a share in percent with trends parallel in points and in logits.

    Where treated and other units differ in level, trends that are parallel on one scale are not on the other. The
    difference of the two estimates is that of two predictions from untreated cells; it is ranked among the
    differences that moved treatment paths give once the effect is taken off. The check fails where that rank is
    among the first tenth: then both estimates are to be shown.

    Raises:
        NotFinite: the outcome is no share in percent.
    """
    designs = [design_of(panel, choose_scale(panel, name, denominators)) for name in SCALES]
    fits = [impute(panel, design) for design in designs]
    estimates = [_mean(fit.effects, fit.paths.treated * panel.cell_weights)[0] for fit in fits]
    untreated = designs[1].scale.take_off(panel.outcome, float(estimates[1]), panel.treatment)
    assignments = draw_assignments(panel, draws, np.random.default_rng([seed, 21]), 1 - FLAT_ABOVE)

    def difference(starts: IntArray) -> FloatArray:
        """Points less logits, NaN where a draw cannot be fitted."""
        laid = [lay_paths(design, starts) for design in designs]
        points, logits = (
            _mean(paths.fit(untreated).effects, paths.treated * panel.cell_weights) for paths in laid
        )
        return np.where(laid[0].fitted & laid[1].fitted, points - logits, np.nan)

    gap = float(estimates[0] - estimates[1])
    p_value = _rank(panel, assignments, difference, gap)
    levels = _levels_before(panel)
    rows = tuple(
        {"scale": name, "estimate": float(estimate), "treated_before": levels[0], "others_before": levels[1]}
        for name, estimate in zip(SCALES, estimates, strict=True)
    )
    passed = p_value >= FLAT_ABOVE
    text = (
        f"Trends parallel in points give {estimates[0]:.2f}, in logits {estimates[1]:.2f}; before the first start the "
        f"treated stood at {levels[0]:.1f} and the others at {levels[1]:.1f} %. A difference of {abs(gap):.2f} "
        f"has p = {p_value:.3f}: "
    )
    text += (
        "the scale makes no clear difference." if passed else "the scale decides, so both are to be shown."
    )
    return Check("scale", passed, text, rows)


def check_anticipation(
    panel: Panel,
    *,
    periods: int,
    scale: str = "points",
    denominators: str | None = None,
    draws: int = 499,
    seed: int = 1,
) -> Check:
    """Look whether the treated left their course in the last `periods` before their start, as in a dip.

    These cells are predicted from what came before them, as treated cells are, and the mean difference is ranked
    among those of moved treatment paths. It fails at p < 0.10; the rows then give the estimate with these periods
    left out of the fit beside the one without. Treated units without earlier periods are left out and counted.

    Raises:
        UnknownOption: `periods` is below 1, or the scale is not known.
    """
    require_option("scale", scale, SCALES)
    if periods < 1:
        raise UnknownOption(f"periods={periods}; allowed: 1 or more.")
    earlier = (panel.observed & (np.arange(panel.n_periods) < panel.treated_from[:, None] - periods)).any(
        axis=1
    )
    kept = ~panel.treated | earlier
    if not (kept & panel.treated).any():
        return Check(
            "anticipation",
            None,
            f"No treated unit is observed more than {periods} period(s) before its start.",
        )
    narrowed = panel.keep(units=kept)
    design = design_of(narrowed, choose_scale(narrowed, scale, denominators), anticipation=periods)
    try:
        fit = impute(narrowed, design)
    except NotEstimable as error:
        return Check("anticipation", None, f"Not possible: {error}")
    lead = float(_on_leads(narrowed, fit)[0])
    without = float(_mean(fit.effects, fit.paths.treated * narrowed.cell_weights)[0])
    untreated = design.scale.take_off(narrowed.outcome, without, narrowed.treatment)
    assignments = draw_assignments(narrowed, draws, np.random.default_rng([seed, 22]), 1 - FLAT_ABOVE)

    def of_draws(starts: IntArray) -> FloatArray:
        paths = lay_paths(design, starts)
        return np.where(_leads_fitted(paths), _on_leads(narrowed, paths.fit(untreated)), np.nan)

    p_value = _rank(narrowed, assignments, of_draws, lead)
    with_all = _estimate_all(narrowed, design)
    return _anticipation(periods, lead, p_value, with_all, without, int((~kept).sum()))


def _anticipation(
    periods: int, lead: float, p_value: float, with_all: float, without: float, left_out: int
) -> Check:
    passed = p_value >= FLAT_ABOVE
    rows = (
        {"periods": f"the {periods} before the start", "estimate": lead, "p_value": p_value},
        {"periods": "from the start on, all periods before fitted", "estimate": with_all, "p_value": None},
        {
            "periods": f"from the start on, the {periods} before left out",
            "estimate": without,
            "p_value": None,
        },
    )
    text = (
        f"In the {periods} period(s) before their start the treated were {lead:+.2f} from their earlier course "
        f"(p = {p_value:.3f}); fitted with these periods the effect is {with_all:.2f}, without {without:.2f}."
    )
    if left_out:
        text += f" {left_out} treated unit(s) without earlier periods are left out."
    return Check("anticipation", passed, text, rows)


def _estimate_all(panel: Panel, design: Design) -> float:
    fit = impute(panel, design_of(panel, design.scale))
    return float(_mean(fit.effects, fit.paths.treated * panel.cell_weights)[0])


def _on_leads(panel: Panel, fit: Fit) -> FloatArray:
    return _mean(np.where(fit.paths.leads, fit.differences, 0.0), fit.paths.leads * panel.cell_weights)


def _leads_fitted(paths: Paths) -> BoolArray:
    before = (paths.untreated.sum(axis=2) > 0) | ~paths.leads.any(axis=2)
    return np.asarray(paths.fitted & before.all(axis=1))


def _mean(effects: FloatArray, weights: FloatArray) -> FloatArray:
    """Average cells of each draw (D, N, T) by weight: (D,)."""
    totals = weights.sum(axis=(1, 2))
    return np.asarray((weights * effects).sum(axis=(1, 2)) / np.where(totals > 0, totals, np.nan))


def _rank(
    panel: Panel, assignments: Assignments, statistic: Callable[[IntArray], FloatArray], observed: float
) -> float:
    starts, size = np.append(panel.starts, panel.n_periods), max(1, CHUNK_CELLS // panel.outcome.size)
    found = [
        statistic(starts[assignments.paths[first : first + size]])
        for first in range(0, len(assignments.paths), size)
    ]
    joined = np.concatenate(found)
    kept = np.isfinite(joined)
    return assignments.only(kept).p_value(joined[kept], observed)


def _levels_before(panel: Panel) -> tuple[float, float]:
    before = np.arange(panel.n_periods) < int(panel.starts[0])
    weights = panel.cell_weights * before
    outcome = np.where(panel.observed, panel.outcome, 0.0)
    treated, others = (
        float((weights[group] * outcome[group]).sum() / weights[group].sum())
        for group in (panel.treated, ~panel.treated)
    )
    return treated, others

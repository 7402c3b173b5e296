"""Take the two-way fixed-effects coefficient apart into the two-by-two comparisons it averages.

References: Goodman-Bacon (2021), Journal of Econometrics 225.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from analysis.estimation.errors import NotEstimable, Unbalanced
from analysis.estimation.inference.judge import Ask
from analysis.estimation.methods.doors import door
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.results import Check, Estimate

EARLIER_LATER = "earlier against later treated"
LATER_EARLIER = "later against earlier treated"
NEVER = "treated against never treated"
ALWAYS = "later against always treated"
KINDS = (EARLIER_LATER, LATER_EARLIER, NEVER, ALWAYS)
ESTIMAND = (
    "the two-way fixed-effects coefficient: an average of two-by-two comparisons, weighted by size and timing"
)
# Above this share of weight on comparisons with units already treated the coefficient is not to be trusted.
TOLERATED_SHARE = 0.1


@dataclass(frozen=True)
class Comparison:
    """One two-by-two comparison: `group` is treated from a period, `control` from another, or never (None)."""

    kind: str
    group: str
    control: str | None
    estimate: float
    weight: float


@door(("default", "none"), arranging={"keeps_always_treated": True})
def bacon(panel: Panel, _ask: Ask) -> Estimate:
    """Decompose the two-way fixed-effects coefficient of a staggered panel.

    The rows are in the check "decomposition", their weights by kind in `weights`. A decomposition has no error
    of its own, so `inference`, `draws`, `seed` and `conf_level` change nothing.

    References:
        Goodman-Bacon (2021), Journal of Econometrics 225.
    """
    found = decompose(panel)
    return Estimate(
        method="bacon",
        estimand=ESTIMAND,
        estimate=sum(c.weight * c.estimate for c in found),
        unit=panel.outcome_name,
        n_obs=panel.n_obs,
        n_units=panel.n_units,
        n_treated=panel.n_treated,
        inference="none",
        weights={kind: sum(c.weight for c in found if c.kind == kind) for kind in KINDS},
        checks=(_check(found),),
        notes=panel.notes,
    )


def _check(found: tuple[Comparison, ...]) -> Check:
    """Pass when little weight lies on comparisons with units already treated."""
    parts = []
    for kind in KINDS:
        share = sum(c.weight for c in found if c.kind == kind)
        if share > 0:
            mean = sum(c.weight * c.estimate for c in found if c.kind == kind) / share
            parts.append(f"{kind} {share:.4f} × {mean:.4g}")
    wrong = sum(c.weight for c in found if c.kind in (LATER_EARLIER, ALWAYS))
    text = f"{'; '.join(parts)}. Units already treated serve as controls with {wrong:.1%} of the weight."
    return Check("decomposition", wrong <= TOLERATED_SHARE, text, tuple(asdict(c) for c in found))


def decompose(panel: Panel) -> tuple[Comparison, ...]:
    """List every two-by-two comparison with its weight; the weights sum to one.

    Raises:
        Unbalanced: when a cell is missing; the weights hold for complete panels only.
        NotEstimable: when weights or covariates are given, for which the theorem does not hold.
    """
    _require_plain(panel)
    starts = np.unique(panel.treated_from)
    means = {int(s): panel.outcome[panel.treated_from == s].mean(axis=0) for s in starts}
    sizes = {int(s): float((panel.treated_from == s).mean()) for s in starts}
    found = []
    for early in panel.starts.tolist():
        if early and panel.n_periods in means:
            found.append(_against_never(panel, early, means, sizes))
        for late in panel.starts[panel.starts > early].tolist():
            if early:
                found.append(_before_the_later(panel, early, late, means, sizes))
            found.append(_after_the_earlier(panel, early, late, means, sizes))
    total = sum(comparison.weight for comparison in found)
    return tuple(Comparison(c.kind, c.group, c.control, c.estimate, c.weight / total) for c in found)


def _against_never(
    panel: Panel, group: int, means: dict[int, FloatArray], sizes: dict[int, float]
) -> Comparison:
    never, span = panel.n_periods, slice(0, panel.n_periods)
    share = 1 - group / panel.n_periods
    pair = sizes[group] * sizes[never]
    estimate = _two_by_two(means[group], means[never], group, span)
    return Comparison(NEVER, panel.periods[group], None, estimate, pair * share * (1 - share))


def _before_the_later(
    panel: Panel, early: int, late: int, means: dict[int, FloatArray], sizes: dict[int, float]
) -> Comparison:
    """Compare the earlier group with the later one over the periods in which the later is untreated."""
    share_early, share_late = 1 - early / panel.n_periods, 1 - late / panel.n_periods
    weight = sizes[early] * sizes[late] * (share_early - share_late) * (1 - share_early)
    estimate = _two_by_two(means[early], means[late], early, slice(0, late))
    return Comparison(EARLIER_LATER, panel.periods[early], panel.periods[late], estimate, weight)


def _after_the_earlier(
    panel: Panel, early: int, late: int, means: dict[int, FloatArray], sizes: dict[int, float]
) -> Comparison:
    """Compare the later group with the earlier one over the periods in which the earlier is treated."""
    share_early, share_late = 1 - early / panel.n_periods, 1 - late / panel.n_periods
    weight = sizes[early] * sizes[late] * share_late * (share_early - share_late)
    estimate = _two_by_two(means[late], means[early], late, slice(early, panel.n_periods))
    return Comparison(
        LATER_EARLIER if early else ALWAYS, panel.periods[late], panel.periods[early], estimate, weight
    )


def _two_by_two(treated: FloatArray, control: FloatArray, start: int, span: slice) -> float:
    gap = treated - control
    return float(gap[start : span.stop].mean() - gap[span.start : start].mean())


def _require_plain(panel: Panel) -> None:
    if not panel.is_balanced:
        unit, period = np.argwhere(~panel.observed)[0]
        raise Unbalanced(
            f"bacon needs every cell, and {int((~panel.observed).sum())} are missing, the first {panel.units[unit]} in "
            f"{panel.periods[period]}. Leave out these units or periods."
        )
    if panel.weights is not None or panel.covariates:
        raise NotEstimable(
            "bacon decomposes the plain two-way regression: give neither weights nor covariates."
        )

"""Do the treated lie together? Shocks that a region shares then look like an effect, unless units of it are compared.

Under a shock to each region, treatment dealt out anew over the whole map makes groups that lie less together than the
treated do and so differ less by chance: with the treated in one region such tests were measured to reject 12 to 42 true
nulls in 100 instead of 5, dealt out within regions 4 to 7 (benchmarks/design_study.csv).
"""

from __future__ import annotations

import numpy as np

from analysis.estimation.errors import NothingToMove
from analysis.estimation.inference.assignments import draw_assignments
from analysis.estimation.panel.panel import BoolArray, IntArray, Panel
from analysis.estimation.results import Check

# As for every check in which passing is not rejecting.
SPREAD_ABOVE = 0.10
DRAWS = 4_999
NAME = "where the treated lie"


def check_where_treated(panel: Panel, *, conf_level: float = 0.95) -> Check:
    """Look whether the treated lie together more than by chance; `panel.strata` are the regions.

    Counted are the pairs of treated units of one region, against treatment dealt out over all units alike. Where
    they lie together, estimates are to be judged within regions; the text says so, or that too few other units of
    their regions are left for that. The rows count treated and untreated units of each region.
    """
    assert panel.strata is not None
    regions, treated = panel.strata, panel.treated
    rows = tuple(
        {
            "region": int(code),
            "treated": int(treated[regions == code].sum()),
            "units": int((regions == code).sum()),
        }
        for code in np.unique(regions)
    )
    if panel.n_treated < 2:
        return Check(NAME, None, "With one treated unit there is nothing to lie together.", rows)
    p_value = _gathered(treated, regions)
    if p_value > SPREAD_ABOVE:
        text = f"The treated lie no more together than by chance (p = {p_value:.3f})."
        return Check(NAME, True, text, rows)
    text = (
        f"The treated lie together (p = {p_value:.3f}), so that what moves their regions looks like an effect"
    )
    if can_compare_within(panel, conf_level):
        return Check(NAME, False, f"{text}: estimates are to be judged within regions too.", rows)
    return Check(
        NAME,
        False,
        f"{text}, and their regions hold too few other units to judge estimates within them.",
        rows,
    )


def can_compare_within(panel: Panel, conf_level: float = 0.95) -> bool:
    """Say whether dealing treatment out within the strata can reject anything at the level."""
    try:
        found = draw_assignments(panel, DRAWS, np.random.default_rng(1), conf_level)
    except NothingToMove:
        return False
    return found.smallest_p <= (1 - conf_level) / 2


def _gathered(treated: BoolArray, regions: IntArray) -> float:
    """Give the share of ways to deal the treatment out in which as many pairs of treated units share a region."""
    codes = np.unique(regions, return_inverse=True)[1]
    sizes = np.bincount(codes)
    drawn = np.random.default_rng(1).multivariate_hypergeometric(sizes, int(treated.sum()), size=DRAWS)
    observed = np.bincount(codes[treated], minlength=len(sizes))
    pairs, own = (drawn * (drawn - 1)).sum(axis=1), int((observed * (observed - 1)).sum())
    return float((1 + (pairs >= own).sum()) / (1 + DRAWS))

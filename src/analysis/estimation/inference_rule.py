"""Which inference is right for how many treated units.

The rule: up to five treated clusters, permutation only, because clustered standard errors are then far too
small; six to twelve, the studentised permutation with the wild cluster bootstrap and CR3 beside it; more than
twelve, CR3. With one treated unit and five periods before, permutation of effects over each unit's own variation;
with fewer, plain permutation, or Ferman–Pinto where weights differ, because noise goes with size. What counts is
the smaller of the treated and the untreated clusters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimation.clustered import KINDS, spread
from analysis.estimation.few_treated import sizes_differ
from analysis.estimation.own_scale import has_own_scales, shows_own_scales
from analysis.estimation.panel import Panel
from analysis.estimation.twoway import TwoWayFit, cluster_codes

PERMUTATION_ONLY_UP_TO = 5
STUDENTISED_UP_TO = 12


@dataclass(frozen=True)
class Choice:
    """The inference to show, those beside it, and why."""

    shown: str
    beside: tuple[str, ...]
    why: str


def few_side(panel: Panel) -> int:
    """Count the treated clusters, or the untreated ones when they are fewer."""
    cluster = cluster_codes(panel)
    return min(len(np.unique(cluster[panel.treated])), len(np.unique(cluster[~panel.treated])))


def count_side(panel: Panel) -> str:
    """Say how many clusters are treated, or untreated when those are fewer."""
    cluster = cluster_codes(panel)
    total, treated = len(np.unique(cluster)), len(np.unique(cluster[panel.treated]))
    few = few_side(panel)
    side = "treated" if treated <= total - treated else "untreated"
    return f"{few} of {total} clusters {'is' if few == 1 else 'are'} {side}"


def choose(fit: TwoWayFit) -> Choice:
    """Choose the inference of a two-way regression by the rule."""
    few, side = few_side(fit.panel), count_side(fit.panel)
    if not fit.movable:
        return Choice(
            "CR2", (), "With group effects only clustered standard errors are offered; CR2 is shown."
        )
    if few == 1:
        return _choose_for_one(fit.panel, side)
    if few <= PERMUTATION_ONLY_UP_TO:
        why = "permutation only, because clustered standard errors are far too small here."
        beside = ("permutation", "ferman-pinto") if sizes_differ(fit.panel) else ("permutation",)
        return Choice("studentised-permutation", beside, f"{side}: {why}")
    if few <= STUDENTISED_UP_TO:
        why = "the studentised permutation first, with the wild cluster bootstrap and CR3 beside it."
        return Choice("studentised-permutation", ("permutation", "wild", "CR3"), f"{side}: {why}")
    if spread(fit, "CR3") is None:
        return Choice("wild", (), f"{side}: the wild cluster bootstrap, because CR3 is not defined here.")
    return Choice("CR3", ("wild",), f"{side}: CR3, with the wild cluster bootstrap beside it.")


def _choose_for_one(panel: Panel, side: str) -> Choice:
    uneven = sizes_differ(panel) and (~panel.treated).sum() > 1
    if shows_own_scales(panel):
        why = f"{side}: permutation only, because standard errors cannot be learnt from one cluster."
        return Choice("scaled-permutation", ("permutation", *(("ferman-pinto",) if uneven else ())), why)
    beside = ("scaled-permutation",) if has_own_scales(panel) else ()
    if uneven:
        why = "Ferman–Pinto, because the units' sizes (weights) differ, and noise goes with size; permutation beside."
        return Choice("ferman-pinto", ("permutation", *beside), f"{side}: {why}")
    why = "permutation only, because standard errors cannot be learnt from one cluster."
    if beside:
        why += " Beside it, effects over each unit's own variation before, which few periods tell roughly."
    return Choice("permutation", beside, f"{side}: {why}")


def against_rule(panel: Panel, inference: str) -> tuple[str, ...]:
    """Say what is wrong with an inference that was asked for against the rule."""
    few = few_side(panel)
    if inference in KINDS and few <= PERMUTATION_ONLY_UP_TO:
        return (
            f"{inference} was asked for with {few} treated cluster(s): it then rejects a true null far more often "
            "than it says (docs/methods.md has the rates). The rule here is permutation.",
        )
    if inference == "wild" and few <= PERMUTATION_ONLY_UP_TO:
        return (
            f"The wild cluster bootstrap was asked for with {few} treated cluster(s): it then hardly ever rejects.",
        )
    if inference in ("conley-taber", "ferman-pinto") and few > PERMUTATION_ONLY_UP_TO:
        return (
            f"{inference} was asked for with {few} treated cluster(s): it is made for fewer, and leaves out the "
            "controls' own uncertainty (8 to 12 false positives in 100 at 5 %).",
        )
    return ()

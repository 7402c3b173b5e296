"""Which inference is right for how many treated units: the one rule, for every method.

Up to five treated clusters, permutation only, because clustered standard errors are then far too small; from six on,
permutation first with standard errors beside it; and standard errors first from where they were measured to keep their
size: CR3 of a regression above `STUDENTISED_UP_TO`, those from influence functions above `PERMUTED_UP_TO` where every
start date holds `COHORT_AT_LEAST` units. Of the permutations it is the one over the units' own variation before where
that can be measured (one treated unit with five periods before; imputation), else the studentised one, and with one
treated unit the plain one, or Ferman–Pinto where weights differ, because noise goes with size. What counts is the
smaller of the treated and the untreated clusters. The rates are in docs/methods.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.estimation.inference.clustered import KINDS, spread
from analysis.estimation.inference.few_treated import sizes_differ
from analysis.estimation.inference.own_scale import has_own_scales, shows_own_scales
from analysis.estimation.methods.twoway import TwoWayFit, cluster_codes
from analysis.estimation.panel.panel import Panel

PERMUTATION_ONLY_UP_TO = 5
STUDENTISED_UP_TO = 12
PERMUTED_UP_TO = 40
# Standard errors take each unit's effects from its start date's mean; with fewer units a date that mean follows them
# too closely (benchmarks/staggered_shares.csv, "date means").
COHORT_AT_LEAST = 5


@dataclass(frozen=True)
class Choice:
    """The inference to show, those beside it, and why."""

    shown: str
    beside: tuple[str, ...]
    why: str


def choose_inference(
    panel: Panel,
    offered: tuple[str, ...],
    *,
    errors: str | None = None,
    above: int = 0,
    own_scales: bool = False,
) -> str:
    """Name the inference a method shows by default, of those it offers.

    `errors` are its standard errors, shown above so many clusters on the smaller side; `own_scales` says that it knows
    its treated units' own variation however many they are.
    """
    few = few_side(panel)
    if errors is not None and few > above:
        return errors
    if "scaled-permutation" in offered and (own_scales or (few == 1 and shows_own_scales(panel))):
        return "scaled-permutation"
    if few > 1:
        return "studentised-permutation" if "studentised-permutation" in offered else "permutation"
    uneven = sizes_differ(panel) and (~panel.treated).sum() > 1
    return "ferman-pinto" if uneven and "ferman-pinto" in offered else "permutation"


def smallest_cohort(panel: Panel) -> int:
    """Count the units of the start date that has the fewest."""
    return int(np.unique(panel.treated_from[panel.treated], return_counts=True)[1].min())


def few_side(panel: Panel) -> int:
    """Count the clusters with treated units, or those with untreated ones when they are fewer."""
    cluster = cluster_codes(panel)
    return min(len(np.unique(cluster[panel.treated])), len(np.unique(cluster[~panel.treated])))


def count_side(panel: Panel) -> str:
    """Say how many clusters are treated, or untreated when those are fewer, or hold units of both kinds."""
    cluster = cluster_codes(panel)
    sides = [len(np.unique(cluster[group])) for group in (panel.treated, ~panel.treated)]
    few, total = min(sides), len(np.unique(cluster))
    side = "treated" if sides[0] <= sides[1] else "untreated"
    if sum(sides) > total:
        return f"{few} of {total} clusters hold{'s' if few == 1 else ''} {side} units"
    return f"{few} of {total} clusters {'is' if few == 1 else 'are'} {side}"


OF_REGRESSIONS = ("permutation", "studentised-permutation", "scaled-permutation", "ferman-pinto")


def choose(fit: TwoWayFit) -> Choice:
    """Choose the inference of a two-way regression by the rule, with what stands beside it."""
    few, side = few_side(fit.panel), count_side(fit.panel)
    if not fit.movable:
        return Choice(
            "CR2", (), "With group effects only clustered standard errors are offered; CR2 is shown."
        )
    errors = None
    if few > STUDENTISED_UP_TO:
        errors = "wild" if spread(fit, "CR3") is None else "CR3"
    shown = choose_inference(fit.panel, OF_REGRESSIONS, errors=errors, above=STUDENTISED_UP_TO)
    if errors == "wild":
        return Choice(shown, (), f"{side}: the wild cluster bootstrap, because CR3 is not defined here.")
    if errors:
        return Choice(shown, ("wild",), f"{side}: CR3, with the wild cluster bootstrap beside it.")
    if few == 1:
        return _beside_one(fit.panel, shown, side)
    if few <= PERMUTATION_ONLY_UP_TO:
        why = "permutation only, because clustered standard errors are far too small here."
        beside = ("permutation", "ferman-pinto") if sizes_differ(fit.panel) else ("permutation",)
        return Choice(shown, beside, f"{side}: {why}")
    why = "the studentised permutation first, with the wild cluster bootstrap and CR3 beside it."
    return Choice(shown, ("permutation", "wild", "CR3"), f"{side}: {why}")


def _beside_one(panel: Panel, shown: str, side: str) -> Choice:
    uneven = sizes_differ(panel) and (~panel.treated).sum() > 1
    why = "permutation only, because standard errors cannot be learnt from one cluster."
    if shown == "scaled-permutation":
        return Choice(shown, ("permutation", *(("ferman-pinto",) if uneven else ())), f"{side}: {why}")
    beside = ("scaled-permutation",) if has_own_scales(panel) else ()
    if shown == "ferman-pinto":
        why = "Ferman–Pinto, because the units' sizes (weights) differ, and noise goes with size; permutation beside."
        return Choice(shown, ("permutation", *beside), f"{side}: {why}")
    if beside:
        why += " Beside it, effects over each unit's own variation before, which few periods tell roughly."
    return Choice(shown, beside, f"{side}: {why}")


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

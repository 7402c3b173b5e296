"""Difference in differences: two-way fixed effects with one start date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import UnknownOption, require_option
from analysis.estimation.inference.judge import INFERENCES, Ask, infer
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.methods.within import Effects
from analysis.estimation.panel.panel import Panel
from analysis.estimation.results import Estimate

ESTIMAND = "mean effect on the treated units over their treated periods, were the others' trend theirs too"
STAGGERED_NOTE = (
    "Starts differ: this is the two-way coefficient, a weighted sum of comparisons some of which use units "
    "already treated as controls. Read it beside callaway-santanna or bacon."
)


def _arranging(words: Mapping[str, Any]) -> dict[str, Any]:
    grouped = words.get("effects") == "group"
    if grouped and words.get("treated_from") is None:
        raise UnknownOption(
            "effects='group' needs treated_from: a 0/1 column does not say which group a unit is in."
        )
    return {"repeated_samples": grouped, "keeps_always_treated": bool(words.get("allow_staggered"))}


@door(INFERENCES, arranging=_arranging)
def did(panel: Panel, ask: Ask, *, effects: Effects = "unit", allow_staggered: bool = False) -> Estimate:
    """Estimate the effect of a treatment with one start date by two-way fixed effects.

    Missing cells are handled exactly. `effects="group"` reads the panel as repeated samples of two groups,
    which `treated_from` has to tell apart, since a unit seen only before is untreated in all its rows.
    `allow_staggered` gives the two-way coefficient of a staggered panel, for comparison with published ones;
    units treated throughout then serve as controls.

    References:
        Angrist & Pischke (2009), Mostly Harmless Econometrics, chapter 5.
    """
    require_option("effects", effects, ("unit", "group"))
    if not allow_staggered:
        panel.require_one_start("did")
        panel.require_never_treated("did")
    fit = fit_two_way(panel, effects)
    verdict = infer(fit, ask)
    return verdict.of(
        panel,
        method="did",
        estimand=ESTIMAND,
        estimate=fit.estimate,
        conf_level=ask.conf_level,
        first=(STAGGERED_NOTE,) if len(panel.starts) > 1 else (),
        checks=check_design(panel),
    )

"""Difference in differences: two-way fixed effects with one start date."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import UnknownOption, require_option
from analysis.estimation.inference.judge import INFERENCES, check_ask, infer
from analysis.estimation.methods.doors import takes_panel
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.methods.within import Effects
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.panel.panel import Panel
from analysis.estimation.results import Estimate

ESTIMAND = "mean effect on the treated units over their treated periods, were the others' trend theirs too"
STAGGERED_NOTE = (
    "Starts differ: this is the two-way coefficient, a weighted sum of comparisons some of which use units "
    "already treated as controls. Read it beside callaway-santanna or bacon."
)


@takes_panel(lambda panel, **words: estimate_did(panel, **words))
def did(
    panel: pd.DataFrame,
    *,
    unit: str,
    time: str,
    outcome: str,
    treated_from: str | None = None,
    treatment: str | None = None,
    weights: str | None = None,
    covariates: Sequence[str] | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    inference: str = "default",
    draws: int = 9_999,
    seed: int = 1,
    conf_level: float = 0.95,
    effects: Effects = "unit",
    allow_staggered: bool = False,
) -> Estimate:
    """Estimate the effect of a treatment with one start date by two-way fixed effects.

    `panel` is a tidy frame, one row a unit and period; the other words name its columns. Missing cells are
    handled exactly. `effects="group"` reads the panel as repeated samples of two groups, which `treated_from`
    has to tell apart, since a unit seen only before is untreated in all its rows. `allow_staggered`
    gives the two-way coefficient of a staggered panel, for comparison with published ones; units treated throughout
    then serve as controls.

    Raises:
        PanelError: the panel cannot be used; each subclass says what was found and what is allowed.
        RequestError: a column or option does not exist.

    References:
        Angrist & Pischke (2009), Mostly Harmless Econometrics, chapter 5.
    """
    if effects == "group" and treated_from is None:
        raise UnknownOption(
            "effects='group' needs treated_from: a 0/1 column does not say which group a unit is in."
        )
    arranged = build_panel(
        panel,
        unit=unit,
        time=time,
        outcome=outcome,
        treated_from=treated_from,
        treatment=treatment,
        weights=weights,
        covariates=covariates,
        strata=strata,
        cluster=cluster,
        repeated_samples=effects == "group",
        keeps_always_treated=allow_staggered,
    )
    return estimate_did(
        arranged,
        inference=inference,
        draws=draws,
        seed=seed,
        conf_level=conf_level,
        effects=effects,
        allow_staggered=allow_staggered,
    )


def estimate_did(
    panel: Panel,
    *,
    inference: str = "default",
    draws: int = 9_999,
    seed: int = 1,
    conf_level: float = 0.95,
    effects: Effects = "unit",
    allow_staggered: bool = False,
) -> Estimate:
    """Estimate two-way fixed effects from a panel already arranged; see `did`."""
    ask = check_ask(inference, draws, seed, conf_level, INFERENCES)
    require_option("effects", effects, ("unit", "group"))
    if not allow_staggered:
        panel.require_one_start("did")
        panel.require_never_treated("did")
    fit = fit_two_way(panel, effects)
    verdict = infer(fit, inference, ask)
    return verdict.of(
        panel,
        method="did",
        estimand=ESTIMAND,
        estimate=fit.estimate,
        conf_level=conf_level,
        first=(STAGGERED_NOTE,) if len(panel.starts) > 1 else (),
        checks=check_design(panel),
    )

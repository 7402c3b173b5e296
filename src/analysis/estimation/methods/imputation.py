"""The imputation estimator: treated cells less what unit and period effects of untreated cells predict.

Shares may be fitted on the logit scale; effects come back in the outcome's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import NotEstimable, UnknownOption, require_option
from analysis.estimation.inference.assignments import Assignments
from analysis.estimation.inference.imputed_moves import Observed, move_imputation
from analysis.estimation.inference.judge import Ask
from analysis.estimation.inference.moved_paths import Moves, is_plain, move_linear, observed_variance
from analysis.estimation.inference.multiplier import sum_by_cluster
from analysis.estimation.inference.of_averages import INFERENCES, Several, judge_several
from analysis.estimation.inference.own_scale import unit_scales
from analysis.estimation.inference.rule import COHORT_AT_LEAST, smallest_cohort
from analysis.estimation.methods.cell_averages import AGGREGATES, choose_averages, observed_places
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.imputed import Design, Fit, design_of, impute
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.panel.shares import SCALES, Scale, choose_scale
from analysis.estimation.results import Estimate, Term

TRENDS = ("none", "unit")
ESTIMAND = "mean effect on the treated cells, each weighted alike or by the weights given"


@dataclass(frozen=True)
class Model:
    """How untreated outcomes are predicted, and which average of the effects is shown.

    `scale`: points, the outcome as it is, or logit, for shares in percent. `trends`: none, or a linear trend of
    each unit's own, on that scale. The `anticipation` periods before each start are neither fitted nor counted.
    """

    scale: str = "points"
    trends: str = "none"
    anticipation: int = 0
    aggregate: str = "simple"

    def __post_init__(self) -> None:
        """Refuse what is not offered."""
        require_option("scale", self.scale, SCALES)
        require_option("trends", self.trends, TRENDS)
        require_option("aggregate", self.aggregate, AGGREGATES)
        if self.anticipation < 0:
            raise UnknownOption(f"anticipation={self.anticipation}; allowed: 0 or more periods.")


@door(
    INFERENCES, draws=1_999, extra=lambda words: [words["denominators"]] if words.get("denominators") else []
)
def imputation(
    panel: Panel,
    ask: Ask,
    *,
    aggregate: str = "simple",
    scale: str = "points",
    denominators: str | None = None,
    trends: str = "none",
    anticipation: int = 0,
) -> Estimate:
    """Estimate the effect on every treated cell by imputation, and average the effects.

    Missing cells are left out of the fit. The estimate is the mean over treated cells; `aggregate` says which
    averages stand beside it: by event time (dynamic), group, calendar period or unit.

    `scale="logit"` is for shares in percent: unit and period effects are fitted to logits of the untreated
    shares, so that no prediction leaves 0 to 100, and effects are the observed less the predicted share, in
    percentage points. `denominators` names the counts the shares are of; they serve shares of exactly 0 or 100
    (see `choose_scale`). `trends="unit"` gives each unit a linear trend of its own, which removes the bias of
    trends that differ by a straight line and multiplies the variance, more so the longer the periods after the
    start are against those before. The `anticipation` periods before each start are neither fitted nor counted.

    References:
        Borusyak, Jaravel & Spiess (2024), Review of Economic Studies 91.
    """
    model = Model(scale, trends, anticipation, aggregate)
    if trends == "unit":
        panel.require_even("imputation with trends='unit'")
    fitted_on = choose_scale(panel, scale, denominators)
    several = gather_effects(panel, model, fitted_on)
    verdict = judge_several(panel, several, ask)
    estimate = float(several.effects[0])
    return verdict.of(
        panel,
        method="imputation",
        estimand=ESTIMAND,
        estimate=estimate,
        conf_level=ask.conf_level,
        first=(*_said_of(model), *fitted_on.notes),
        checks=check_design(panel),
    )


def gather_effects(panel: Panel, model: Model, scale: Scale) -> Several:
    """Gather the overall effect and its terms with what their inference needs."""
    design = design_of(panel, scale, trends=model.trends == "unit", anticipation=model.anticipation)
    fit = impute(panel, design)
    targets, labels = _targets(panel, fit, model)
    cohorts = panel.treated_from if smallest_cohort(panel) >= COHORT_AT_LEAST else None
    influence = [fit.influence(target[None], cohorts)[0] for target in targets]
    return Several(
        effects=np.asarray(np.tensordot(targets, fit.effects[0], axes=2)),
        influence=np.column_stack(influence) * panel.n_units,
        labels=labels,
        move=partial(_move, panel, design, model, fit, targets),
        scale_periods=0 if _own_scales(panel, design) is None else int(panel.starts[0]) - model.anticipation,
    )


def _own_scales(panel: Panel, design: Design) -> FloatArray | None:
    """Give the units' variation before the first start on the scale of the fit, where it can be measured."""
    values = design.scale.forward(np.where(panel.observed, panel.outcome, 50.0))
    return unit_scales(panel, values, int(panel.starts[0]) - design.anticipation)


def _targets(panel: Panel, fit: Fit, model: Model) -> tuple[FloatArray, tuple[Term, ...]]:
    """Weigh the treated cells for the overall mean and for each term (effects × units × periods)."""
    weights = panel.cell_weights * fit.paths.treated
    if weights.sum() == 0:
        raise NotEstimable("imputation: no treated cell has both an outcome and a weight above 0.")
    averages = choose_averages(panel, fit.paths, model.aggregate)
    return averages.targets(weights, fit.paths.starts, observed_places(panel)[None]), averages.labels


def _move(
    panel: Panel, design: Design, model: Model, fit: Fit, targets: FloatArray, assignments: Assignments
) -> Moves:
    """Move the paths: by one product where all units of a start date weigh alike, else by fitting every draw."""
    if _weigh_alike(panel, design, model):
        loadings, exposures = group_loadings(panel, fit, targets), (targets > 0).astype(float)
        moved = move_linear(panel, loadings, exposures, assignments)
        own = observed_variance(panel, loadings, exposures)
        return Moves(moved, moved, own, _group_ratios(panel, design, targets[0], assignments))
    if model.aggregate == "unit" and assignments.moved not in ("units", "units within strata"):
        raise UnknownOption(
            "aggregate='unit' needs paths that move between units, and clusters are named here. Leave out "
            "cluster, or ask for another aggregate."
        )
    averages = choose_averages(panel, fit.paths, model.aggregate)
    influence = sum_by_cluster(fit.influence(targets[:1])[0][:, None], panel.cluster)
    observed = Observed(
        effect=float((targets[0] * fit.effects[0]).sum()),
        squared_error=float((influence**2).sum()),
        scales=_own_scales(panel, design),
    )
    return move_imputation(panel, design, averages, observed, assignments)


def _group_ratios(
    panel: Panel, design: Design, target: FloatArray, assignments: Assignments
) -> FloatArray | None:
    """Give the treated units' own variation over that of the units a draw treats, in a plain panel."""
    scales = _own_scales(panel, design)
    if scales is None:
        return None
    shares = np.zeros(len(panel.starts) + 1)
    shares[:-1] = [target[panel.treated_from == start].sum(axis=1)[0] for start in panel.starts]
    own = np.searchsorted(panel.starts, panel.treated_from)
    spreads = [((shares[paths] * scales) ** 2).sum(axis=-1) for paths in (own, assignments.paths)]
    return np.asarray(np.sqrt(spreads[0] / spreads[1]))


def _weigh_alike(panel: Panel, design: Design, model: Model) -> bool:
    """Can one product serve all draws? Its standard errors need start dates of several units, or to be not needed."""
    plain = is_plain(panel) and model == Model(aggregate=model.aggregate) and model.aggregate != "unit"
    return plain and (smallest_cohort(panel) >= COHORT_AT_LEAST or _own_scales(panel, design) is not None)


def group_loadings(panel: Panel, fit: Fit, targets: FloatArray) -> FloatArray:
    """Read each group's weights off one of its units: in a plain panel they are the same for all."""
    kinds = np.append(panel.starts, panel.n_periods)
    first = [np.flatnonzero(panel.treated_from == kind) for kind in kinds]
    loadings = np.zeros((len(targets), len(kinds), panel.n_periods))
    for row, target in enumerate(targets):
        on_cells = fit.paths.weights_on_cells(target[None])[0]
        for group, members in enumerate(first):
            if len(members):
                loadings[row, group] = on_cells[members[0]]
    return loadings


def _said_of(model: Model) -> tuple[str, ...]:
    notes = []
    if model.scale == "logit":
        notes.append(
            "Untreated shares are predicted on the logit scale; effects are observed less predicted shares, in "
            "percentage points, and the interval holds constant effects in points."
        )
    if model.trends == "unit":
        notes.append(
            "Each unit has a linear trend of its own, fitted to its untreated periods and carried on."
        )
    if model.anticipation:
        notes.append(f"The {model.anticipation} period(s) before each start are neither fitted nor counted.")
    return tuple(notes)

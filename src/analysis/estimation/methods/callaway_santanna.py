"""Group-time effects of a staggered treatment and their averages."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.estimation.checks.design import check_design
from analysis.estimation.errors import require_option
from analysis.estimation.inference.judge import Ask
from analysis.estimation.inference.moved_paths import GroupMoves
from analysis.estimation.inference.of_averages import INFERENCES, Several, judge_several
from analysis.estimation.methods.doors import door
from analysis.estimation.methods.group_time import (
    AGGREGATES,
    Averages,
    GroupTimes,
    aggregate_effects,
    cell_loadings,
    group_times,
)
from analysis.estimation.methods.moved_groups import lay_cells, move_groups
from analysis.estimation.panel.panel import FloatArray, Panel
from analysis.estimation.results import Estimate, Term

ESTIMANDS = {
    "simple": "mean of all group-time effects from treatment on, weighted by group size",
    "dynamic": "mean over the event times from treatment on of the mean effect on the groups treated that long",
    "group": "mean over groups, weighted by size, of each group's mean effect from treatment on",
    "calendar": "mean over the periods of the mean effect on the groups treated by then",
}


@door(INFERENCES, draws=1_999)
def callaway_santanna(
    panel: Panel,
    ask: Ask,
    *,
    aggregate: str = "simple",
    controls: str = "never",
    method: str = "dr",
    base: str = "varying",
) -> Estimate:
    """Estimate each group's effect in each period against units not treated, and average them.

    `aggregate` is simple, dynamic, group or calendar; `controls` the units never treated or those not yet
    treated; `method` says how covariates are used: outcome regression (reg), inverse probability (ipw) or both
    (dr); `base` compares periods before treatment with the one before (varying) or all with the last
    (universal). With missing cells each comparison uses the units observed in both of its periods; weights and
    covariates are those of the earlier one.

    References:
        Callaway & Sant'Anna (2021), Journal of Econometrics 225.
    """
    require_option("aggregate", aggregate, AGGREGATES)
    require_option("controls", controls, ("never", "not-yet"))
    require_option("method", method, ("dr", "ipw", "reg"))
    require_option("base", base, ("varying", "universal"))
    if controls == "never":
        panel.require_never_treated("callaway-santanna with controls='never'")
    cells = group_times(panel, controls=controls, method=method, base=base)
    averages = aggregate_effects(cells, aggregate)
    several = gather_effects(panel, cells, averages, controls, method, base)
    verdict = judge_several(panel, several, ask)
    return verdict.of(
        panel,
        method="callaway-santanna",
        estimand=ESTIMANDS[aggregate],
        estimate=averages.overall,
        conf_level=ask.conf_level,
        first=_notes(panel, cells, controls, base),
        checks=check_design(panel),
    )


def gather_effects(
    panel: Panel, cells: GroupTimes, averages: Averages, controls: str, method: str, base: str
) -> Several:
    """Gather the overall effect and its terms with what their inference needs."""
    if averages.kind == "simple":
        effects, influence = cells.effects, cells.influence
    else:
        effects, influence = averages.effects, averages.influence
    return Several(
        effects=np.append(averages.overall, effects),
        influence=np.column_stack([averages.overall_influence, influence]),
        labels=_labels(panel, cells, averages, base),
        move=GroupMoves(
            panel,
            partial(
                _effects,
                keys=_keys(cells, averages),
                kind=averages.kind,
                controls=controls,
                method=method,
                base=base,
            ),
            lambda: _loadings(panel, cells, averages.kind, controls, base),
            lambda: _exposures(panel, cells, averages),
            lambda exposures, assignments: move_groups(
                lay_cells(panel, averages.kind, _keys(cells, averages), controls, base),
                exposures,
                assignments,
            ),
        ),
    )


Keys = tuple[tuple[int, int], ...] | tuple[int, ...]


def _keys(cells: GroupTimes, averages: Averages) -> Keys:
    """Name the terms: pairs of group and period, or event times, groups or periods."""
    if averages.kind != "simple":
        return averages.keys
    return tuple(zip(cells.groups.tolist(), cells.periods.tolist(), strict=True))


def _effects(
    panel: Panel, keys: Keys, kind: str, controls: str, method: str, base: str
) -> tuple[FloatArray, FloatArray]:
    """Run the estimator; a term of `keys` that missing cells leave without a comparison is NaN."""
    cells = group_times(panel, controls=controls, method=method, base=base)
    averages = aggregate_effects(cells, kind)
    terms = cells.effects if kind == "simple" else averages.effects
    found = dict(zip(_keys(cells, averages), terms.tolist(), strict=True))
    return np.array([averages.overall, *(found.get(key, np.nan) for key in keys)]), averages.overall_influence


def _labels(panel: Panel, cells: GroupTimes, averages: Averages, base: str) -> tuple[Term, ...]:
    """Name the terms: a group and period, an event time, a group or a period."""
    if averages.kind == "simple":
        pairs = zip(cells.groups.tolist(), cells.periods.tolist(), strict=True)
        return tuple(
            Term(0.0, event_time=t - g, group=panel.periods[g], period=panel.periods[t],
                 is_reference=base == "universal" and t == g - 1)
            for g, t in pairs
        )  # fmt: skip
    if averages.kind == "dynamic":
        reference = -1 if base == "universal" else None
        return tuple(Term(0.0, event_time=key, is_reference=key == reference) for key in averages.keys)
    if averages.kind == "group":
        return tuple(Term(0.0, group=panel.periods[key]) for key in averages.keys)
    return tuple(Term(0.0, period=panel.periods[key]) for key in averages.keys)


def _exposures(panel: Panel, cells: GroupTimes, averages: Averages) -> FloatArray:
    """Mark the cells of units and periods that the overall effect and each term average."""
    own, times = panel.treated_from[:, None], np.arange(panel.n_periods)[None, :]
    treated = panel.treatment.astype(float)
    if averages.kind == "simple":
        pairs = zip(cells.groups.tolist(), cells.periods.tolist(), strict=True)
        marks = [((own == g) & (times == t)).astype(float) for g, t in pairs]
    elif averages.kind == "dynamic":
        marks = [(panel.treated[:, None] & (times - own == key)).astype(float) for key in averages.keys]
    elif averages.kind == "group":
        marks = [treated * (own == key) for key in averages.keys]
    else:
        marks = [treated * (times == key) for key in averages.keys]
    return np.array([treated, *marks])


def _loadings(panel: Panel, cells: GroupTimes, kind: str, controls: str, base: str) -> FloatArray:
    """Turn the cells' loadings into those of the overall effect and its terms."""
    of_cells = cell_loadings(panel, cells, controls, base)
    flat = of_cells.reshape(len(of_cells), -1)
    each = []
    for column in range(flat.shape[1]):
        as_effects = GroupTimes(
            cells.groups,
            cells.periods,
            flat[:, column],
            cells.influence,
            cells.starts,
            cells.shares,
            cells.members,
        )
        found = aggregate_effects(as_effects, kind)
        each.append(np.append(found.overall, flat[:, column] if kind == "simple" else found.effects))
    return np.array(each).T.reshape(-1, *of_cells.shape[1:])


def _notes(panel: Panel, cells: GroupTimes, controls: str, base: str) -> tuple[str, ...]:
    who = "never treated" if controls == "never" else "not yet treated"
    against = "the period before" if base == "varying" else "the last untreated one"
    notes = [f"Controls are the units {who}; periods before treatment are compared with {against}."]
    if cells.skipped:
        pairs = ", ".join(f"{panel.periods[g]} in {panel.periods[t]}" for g, t in cells.skipped[:5])
        notes.append(
            f"{len(cells.skipped)} group-periods could not be compared and are left out: {pairs} ..."
        )
    return tuple(notes)

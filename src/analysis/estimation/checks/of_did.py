"""Checks of a difference in differences: each returns whether it passed, the rows that show it, and a sentence.

A check that finds nothing does not prove the design; one that finds something has to be told with the estimate.
Tests in which passing is not rejecting are held to 10 percent, since with few treated units they see little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from analysis.estimation.errors import PanelError, UnknownOption, some
from analysis.estimation.inference.of_averages import FLAT_ABOVE
from analysis.estimation.methods.did import did
from analysis.estimation.methods.event_study import event_study
from analysis.estimation.methods.twoway import fit_two_way
from analysis.estimation.panel.panel import BoolArray, FloatArray, IntArray, Panel, check_panel
from analysis.estimation.panel.units import label
from analysis.estimation.results import Check, Estimate

Row = dict[str, Any]


def check_pre_trend(panel: Panel, *, draws: int = 1_999, seed: int = 1) -> Check:
    """Test jointly that the event study's effects before treatment are zero."""
    made = event_study(panel, draws=draws, seed=seed).checks
    return next(check for check in made if check.name == "pre-trend")


def check_placebo_date(
    panel: Panel, *, earlier: int | None = None, draws: int = 1_999, seed: int = 1
) -> Check:
    """Pretend treatment began `earlier` periods before it did, on the periods before it did only.

    `earlier` is half the periods before the first start unless given.
    """
    first = int(panel.starts[0])
    moved = first // 2 if earlier is None else earlier
    if first < 2 or not 0 < moved < first:
        return Check(
            "placebo date",
            None,
            f"There are {first} period(s) before treatment; a placebo start {moved} period(s) earlier needs one "
            "before it and one from it on.",
        )
    before = np.arange(panel.n_periods) < first
    pretended = replace(
        panel, treated_from=np.where(panel.treated, first - moved, panel.n_periods).astype(np.int64)
    )
    try:
        found = did(pretended.keep(periods=before), draws=draws, seed=seed)
    except PanelError as error:
        return Check("placebo date", None, f"Not possible: {error}")
    start = panel.periods[first - moved]
    return _placebo("placebo date", found, f"Pretending that treatment began in {start}", {"start": start})


def check_placebo_outcome(panel: Panel, *, draws: int = 1_999, seed: int = 1) -> Check:
    """Estimate the effect on an outcome that the treatment cannot have moved; `panel` holds that outcome."""
    found = did(panel, draws=draws, seed=seed)
    return _placebo(
        "placebo outcome",
        found,
        f"On {panel.outcome_name}, which cannot be moved",
        {"outcome": panel.outcome_name},
    )


def _placebo(name: str, found: Estimate, opening: str, what: Row) -> Check:
    passed = found.p_value is not None and found.p_value >= FLAT_ABOVE
    verdict = "nothing is found, as it should be" if passed else "something is found where nothing should be"
    text = f"{opening}, the estimate is {found.estimate:.4g} (p = {found.p_value:.3f}): {verdict}."
    return Check(name, passed, text, ({**what, **_row(found)},))


def check_leave_one_out(panel: Panel) -> Check:
    """Leave out each unit in turn; passed when no single one turns the estimate's sign."""
    whole = fit_two_way(panel).estimate
    rows: list[Row] = []
    for i, name in enumerate(panel.units):
        kept = np.arange(panel.n_units) != i
        if panel.n_treated - int(panel.treated[i]) == 0 or not (~panel.treated & kept).any():
            continue
        left = fit_two_way(panel.keep(units=kept)).estimate
        rows.append(
            {"left_out": name, "treated": bool(panel.treated[i]), "estimate": left, "change": left - whole}
        )
    if not rows:
        return Check("leave one out", None, "Too few units: leaving one out leaves nothing to compare.")
    rows.sort(key=lambda row: -abs(row["change"]))
    values = [row["estimate"] for row in rows]
    held = all(np.sign(value) == np.sign(whole) for value in values)
    most = rows[0]
    text = (
        f"The estimate of {whole:.4g} lies between {min(values):.4g} and {max(values):.4g} with one unit left out; "
        f"{most['left_out']} moves it most (to {most['estimate']:.4g})."
    )
    alone = "" if panel.n_treated > 1 else " The only treated unit cannot be left out."
    return Check("leave one out", held, text + alone, tuple(rows))


def check_regression_to_mean(panel: Panel, *, matches: int = 3) -> Check:
    """Compare each treated unit with the controls that dipped as it did before treatment.

    The dip is the last outcome before treatment less the mean of the earlier ones. Passed when the estimate
    against the `matches` nearest controls keeps its sign and at least half its size.
    """
    name, first = "regression to the mean", int(panel.starts[0])
    if len(panel.starts) > 1 or first < 2:
        return Check(name, None, "Needs one start and at least two periods before it, to see a dip.")
    dips = _dips(panel, first)
    known = ~np.isnan(dips)
    controls = np.flatnonzero(known & ~panel.treated)
    treated = np.flatnonzero(known & panel.treated)
    if len(controls) < matches or not len(treated):
        return Check(
            name, None, f"Fewer than {matches} controls, or no treated unit, have outcomes to see a dip."
        )
    near = np.argsort(np.abs(dips[controls][None, :] - dips[treated][:, None]), axis=1, kind="stable")
    partners = controls[near[:, :matches]]
    changes = _changes(panel, first)
    own, against = changes[treated], changes[partners].mean(axis=1)
    plain, matched = float(own.mean() - changes[controls].mean()), float((own - against).mean())
    text = (
        f"Before treatment the treated moved by {dips[treated].mean() - dips[controls].mean():.4g} more than the "
        f"controls, against their earlier means. Against all controls the change is {plain:.4g}, against the {matches} "
        f"controls with the nearest dip {matched:.4g}."
    )
    held = bool(np.sign(plain) == np.sign(matched) and abs(matched) >= abs(plain) / 2)
    return Check(name, held, text, _matched_rows(panel, dips, changes, treated, partners))


def _matched_rows(
    panel: Panel, dips: FloatArray, changes: FloatArray, treated: IntArray, partners: IntArray
) -> tuple[Row, ...]:
    return tuple(
        {
            "treated": panel.units[int(i)],
            "dip": float(dips[i]),
            "matched": [panel.units[int(k)] for k in own],
            "matched_dip": float(dips[own].mean()),
            "difference": float(changes[i] - changes[own].mean()),
        }
        for i, own in zip(treated, partners, strict=True)
    )


def _dips(panel: Panel, first: int) -> FloatArray:
    net = _net_of_controls(panel)
    return net[:, first - 1] - _row_mean(net, np.arange(panel.n_periods) < first - 1)


def _changes(panel: Panel, first: int) -> FloatArray:
    net = _net_of_controls(panel)
    return _row_mean(net, np.arange(panel.n_periods) >= first) - net[:, first - 1]


def _net_of_controls(panel: Panel) -> FloatArray:
    """Take the controls' mean of each period off, so that a unit missing in a good year does not look bad."""
    controls = panel.observed & ~panel.treated[:, None]
    sums = np.where(controls, panel.outcome, 0.0).sum(axis=0)
    return np.asarray(panel.outcome - sums / np.maximum(controls.sum(axis=0), 1))


def _row_mean(net: FloatArray, periods: BoolArray) -> FloatArray:
    seen = ~np.isnan(net) & periods
    sums = np.where(seen, net, 0.0).sum(axis=1)
    return np.where(seen.any(axis=1), sums / np.maximum(seen.sum(axis=1), 1), np.nan)


def check_contaminated_controls(
    panel: Panel, *, doubtful: Sequence[str], draws: int = 1_999, seed: int = 1
) -> Check:
    """Recode controls that may have been treated: leave them out, then count them as treated from the start.

    Passed when neither changes the estimate's sign nor which side of 5 percent its p-value is on.

    Raises:
        UnknownOption: a doubtful unit is not among the untreated units.
    """
    panel.require_one_start("contaminated controls")
    untreated = [u for u, t in zip(panel.units, panel.treated, strict=True) if not t]
    named = [label(unit) for unit in doubtful]
    if strange := sorted(set(named) - set(untreated)):
        raise UnknownOption(
            f"doubtful names {some(strange)}; allowed are the untreated: {some(untreated, 70)}."
        )
    marked = np.isin(panel.units, named)
    recoded = replace(panel, treated_from=np.where(marked, panel.starts[0], panel.treated_from))
    rows = [{"coding": "as coded", **_row(did(panel, draws=draws, seed=seed))}]
    try:
        left_out = panel.keep(units=~marked)
        rows.append({"coding": "doubtful left out", **_row(did(left_out, draws=draws, seed=seed))})
        check_panel(recoded)
        rows.append({"coding": "doubtful as treated", **_row(did(recoded, draws=draws, seed=seed))})
    except PanelError as error:
        rows.append({"coding": "not possible", "reason": str(error)})
    made = [row for row in rows if "estimate" in row]
    held = len({(np.sign(row["estimate"]), row["p_value"] <= 0.05) for row in made}) == 1
    told = "; ".join(f"{row['coding']} {row['estimate']:.4g} (p = {row['p_value']:.3f})" for row in made)
    return Check(
        "contaminated controls", held, f"{len(set(doubtful))} control(s) in doubt: {told}.", tuple(rows)
    )


def check_definition_break(panel: Panel, *, breaks: Mapping[str, str]) -> Check:
    """Look for changes of the outcome's definition inside the window; `breaks` maps a first period to what changed.

    With a break inside, the estimate on the longest stretch without one that has both sides of the start is
    given in the rows.

    Raises:
        UnknownOption: a break names no period of the panel.
    """
    if strange := [period for period in breaks if period not in panel.periods]:
        raise UnknownOption(f"breaks name {some(strange)}; the panel has {some(panel.periods, 30)}.")
    inside = sorted(panel.periods.index(period) for period in breaks if period != panel.periods[0])
    if not inside:
        return Check("definition break", True, "No known change of definition falls inside the window.")
    rows: list[Row] = [{"period": panel.periods[t], "change": breaks[panel.periods[t]]} for t in inside]
    told = f"The definition changed inside the window, in {some(panel.periods[t] for t in inside)}."
    first = int(panel.starts[0])
    low = max((t for t in inside if t < first), default=0)
    high = min((t for t in inside if t >= first), default=panel.n_periods)
    stretch = (np.arange(panel.n_periods) >= low) & (np.arange(panel.n_periods) < high)
    try:
        narrowed = panel.keep(periods=stretch)
        found = fit_two_way(narrowed).estimate
    except PanelError as error:
        return Check(
            "definition break", False, f"{told} No stretch without one has both sides: {error}", tuple(rows)
        )
    rows.append({"window": f"{narrowed.periods[0]} to {narrowed.periods[-1]}", "estimate": found})
    return Check(
        "definition break",
        False,
        f"{told} From {rows[-1]['window']}, without one, it is {found:.4g}.",
        tuple(rows),
    )


def _row(found: Estimate) -> Row:
    return {
        "estimate": found.estimate,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "p_value": found.p_value,
        "inference": found.inference,
        "n_obs": found.n_obs,
        "n_treated": found.n_treated,
    }

"""What other choices could have been made on a study's panel: windows, methods, provinces left out, two-way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.estimation.checks.specification import KEPT
from analysis.estimation.results import Check, SpecificationCurve

if TYPE_CHECKING:
    import pandas as pd

    from analysis.panels.study_panel import StudyPanel

CUT = 6  # a window of the curve leaves out one period in so many, at one end
FLAT_ABOVE = 0.10  # passing is not rejecting, so it is held to 10 per cent
FEW_DRAWS = 39  # of an estimate whose inference is not read


def curve_of(panel: StudyPanel, *, draws: int, seed: int) -> SpecificationCurve:
    """Estimate the effect by every method, in every window and with every control set; one row each.

    A combination that cannot be estimated keeps its row with the reason. Estimates are in the panel's level unit.
    """
    return SpecificationCurve(
        tuple(
            _specification(panel, window, name, left_out, method, {"draws": draws, "seed": seed})
            for window in windows_of(panel)
            for name, left_out in control_sets(panel).items()
            for method in all_methods(panel)
        )
    )


def windows_of(panel: StudyPanel) -> list[tuple[Any, Any] | None]:
    """Return all periods (None), those without the last sixth and those without the first.

    A window that would leave nothing before the first start or after the last is not among them.
    """
    periods = panel.periods
    step = max(1, len(periods) // CUT)
    starts = sorted(set(panel.rows["treated_from"].dropna()))
    windows: list[tuple[Any, Any] | None] = [None]
    if starts and periods[-1 - step] >= starts[-1]:
        windows.append((periods[0], periods[-1 - step]))
    if starts and periods[step] < starts[0]:
        windows.append((periods[step], periods[-1]))
    return windows


def control_sets(panel: StudyPanel) -> dict[str, list[str]]:
    """Return the provinces that each set of controls leaves out, by the set's name."""
    doubtful = names_of_doubtful(panel)
    return {"all others": []} | ({"without doubtful": doubtful} if doubtful else {})


def all_methods(panel: StudyPanel) -> dict[str, Callable[..., Any]]:
    """Return the methods of the study's design and those that other analysts might take, by name."""
    from analysis.answers.study_answer import methods_of
    from analysis.estimation.methods.callaway_santanna import callaway_santanna
    from analysis.estimation.methods.imputation import imputation
    from analysis.estimation.methods.lagged_outcome import lagged_outcome
    from analysis.estimation.methods.synthetic_did import synthetic_did

    found = methods_of(panel) | {"synthetic-did": synthetic_did}
    if panel.is_staggered:
        return found
    # The event study and Callaway and Sant'Anna's method measure from the last period before alone: they may disagree.
    others = {
        "callaway-santanna": callaway_santanna,
        "lagged-outcome": lagged_outcome,
        "imputation": imputation,
    }
    return found | others


def _specification(
    panel: StudyPanel,
    window: tuple[Any, Any] | None,
    controls: str,
    left_out: list[str],
    method: str,
    words: dict[str, int],
) -> dict[str, Any]:
    rows = panel.levels[~panel.levels["province"].isin(left_out)]
    if window is not None:
        rows = rows[rows["period"].between(*window)]
    span = "all" if window is None else f"{window[0]} to {window[1]}"
    what = {"outcome": panel.level_name, "window": span, "controls": controls, "method": method}
    try:
        found = all_methods(panel)[method](rows, **panel.level_columns, **words)
    except AnalysisError as error:
        return {**what, "reason": str(error)}
    return {**what, **{name: getattr(found, name) for name in KEPT}, "unit": found.unit}


def names_of_doubtful(panel: StudyPanel) -> list[str]:
    """Return the names of the doubtful provinces that are in the panel and not treated in it."""
    rows = panel.rows[panel.rows["province_code"].isin(panel.doubtful) & panel.rows["treated_from"].isna()]
    return sorted(set(rows["province"]))


def check_two_way(panel: StudyPanel) -> Check:
    """Say what the two-way regression finds: the answer with one start, biased with several.

    With several starts it takes provinces already treated as controls of later ones: where effects grow with time,
    what it finds is too small, and may have the wrong sign (Goodman-Bacon 2021).
    """
    from analysis.estimation.methods.twoway import fit_two_way
    from analysis.estimation.panel.frames import build_panel

    columns: dict[str, Any] = panel.level_columns
    found = fit_two_way(build_panel(panel.levels, **columns)).estimate
    text = f"The two-way regression gives {found:.2f} {panel.level_name}."
    if not panel.is_staggered:
        return Check("two-way regression", True, f"{text} With one start nothing speaks against it.")
    warning = (
        "It is biased here: with several starts it compares provinces with others that are treated already."
    )
    return Check("two-way regression", False, f"{text} {warning}", ({"estimate": found},))


def check_leave_one_out(panel: StudyPanel) -> Check:
    """Leave out each treated province in turn, by the method that answers; passed when none turns the sign."""
    from analysis.answers.study_answer import methods_of

    name, method = next(iter(methods_of(panel).items()))
    words = panel.level_columns | {"draws": FEW_DRAWS, "seed": panel.study.seed}
    try:
        whole = method(panel.levels, **words).estimate
        rows = [
            {"left out": province, "estimate": method(_without(panel, province), **words).estimate}
            for province in sorted(set(panel.rows.loc[panel.rows["treated_from"].notna(), "province"]))
        ]
    except AnalysisError as error:
        return Check("leave one treated province out", None, str(error))
    values = [row["estimate"] for row in rows]
    most = max(rows, key=lambda row: abs(row["estimate"] - whole))
    return Check(
        "leave one treated province out",
        all((value > 0) == (whole > 0) for value in values),
        f"By {name}, {whole:.2f} {panel.level_name} lies between {min(values):.2f} and {max(values):.2f} with "
        f"one treated "
        f"province left out; {most['left out']} moves it most (to {most['estimate']:.2f}).",
        tuple(rows),
    )


def _without(panel: StudyPanel, province: str) -> Any:
    return panel.levels[panel.levels["province"] != province]


def check_all(panel: StudyPanel, placebo: StudyPanel | None, *, draws: int, seed: int) -> list[Check]:
    """Make every check that the design allows; one that it does not allow says why."""
    from analysis.estimation.checks import of_did as checks
    from analysis.estimation.panel.frames import build_panel

    columns: dict[str, Any] = panel.level_columns
    arranged = build_panel(panel.levels, **columns)
    words = {"draws": draws, "seed": seed}
    made = [check_two_way(panel), check_leave_one_out(panel), checks.check_placebo_date(arranged, **words)]
    doubtful = names_of_doubtful(panel)
    if panel.is_staggered:
        return [*made, *_placebo_outcome(placebo, words)]
    made.append(checks.check_regression_to_mean(arranged))
    if doubtful:
        made.append(checks.check_contaminated_controls(arranged, doubtful=doubtful, **words))
    return [*made, *_placebo_outcome(placebo, words)]


def _placebo_outcome(placebo: StudyPanel | None, words: dict[str, int]) -> list[Check]:
    """Estimate the effect on the outcome that targets cannot move, by the method that answers."""
    from analysis.answers.study_answer import methods_of
    from analysis.reference.indicators import find_indicator

    if placebo is None:
        return [Check("placebo outcome", None, "The study names no outcome that targets cannot move.")]
    name, method = next(iter(methods_of(placebo).items()))
    try:
        found = method(placebo.levels, **placebo.level_columns, **words)
    except AnalysisError as error:
        return [Check("placebo outcome", None, str(error))]
    passed = found.p_value is not None and found.p_value >= FLAT_ABOVE
    verdict = "nothing is found, as it should be" if passed else "something is found where nothing should be"
    what = find_indicator(placebo.study.outcome).name_en
    size = f"{found.estimate:.3g} {placebo.level_name} (p = {found.p_value:.3f})"
    text = f"On {what}, by {name}, the estimate is {size}: {verdict}."
    return [Check("placebo outcome", passed, text)]


def complete_rows(panel: StudyPanel) -> pd.DataFrame:
    """Return the levels of the provinces that have a figure in every period."""
    rows = panel.levels
    return rows[rows.groupby("province")["period"].transform("nunique") == len(panel.periods)]

"""Estimate what targets for online public services did in Viet Nam's provinces, and how sure that is."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

# Where each public name lives: importing `analysis` loads none of them until it is asked for.
_HOMES = {
    "Predictor": "analysis.estimation.predictors",
    "Scenario": "analysis.estimation.simulate",
    "Window": "analysis.estimation.predictors",
    "bacon": "analysis.estimation.bacon",
    "build_panel": "analysis.estimation.frames",
    "callaway_santanna": "analysis.estimation.callaway_santanna",
    "check_anticipation": "analysis.estimation.share_checks",
    "check_contaminated_controls": "analysis.estimation.checks",
    "check_definition_break": "analysis.estimation.checks",
    "check_detectable_effect": "analysis.estimation.power",
    "check_leave_one_out": "analysis.estimation.checks",
    "check_placebo_date": "analysis.estimation.checks",
    "check_placebo_outcome": "analysis.estimation.checks",
    "check_pre_trend": "analysis.estimation.checks",
    "check_regression_to_mean": "analysis.estimation.checks",
    "check_scale": "analysis.estimation.share_checks",
    "did": "analysis.estimation.did",
    "dose_response": "analysis.estimation.dose",
    "event_study": "analysis.estimation.event_study",
    "fractional": "analysis.estimation.fractional",
    "imputation": "analysis.estimation.imputation",
    "its": "analysis.estimation.segmented",
    "lagged_outcome": "analysis.estimation.lagged_outcome",
    "rambachan_roth": "analysis.estimation.rambachan_roth",
    "rambachan_roth_from_moments": "analysis.estimation.rambachan_roth",
    "randomization_inference": "analysis.estimation.randomization",
    "regress_with_dummies": "analysis.estimation.regression",
    "regression_table": "analysis.estimation.regression",
    "simulate_frame": "analysis.estimation.simulate",
    "simulate_panel": "analysis.estimation.simulate",
    "simulate_power": "analysis.estimation.power",
    "simulate_rollout_power": "analysis.estimation.rollout_power",
    "specification_curve": "analysis.estimation.specification",
    "synthetic_control": "analysis.estimation.synthetic_control",
    "synthetic_did": "analysis.estimation.synthetic_did",
    "two_dates": "analysis.estimation.two_dates",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its home the first time it is used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(
            f"module 'analysis' has no attribute {name!r}; it offers {', '.join(sorted(_HOMES))}"
        )
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted([*globals(), *_HOMES])

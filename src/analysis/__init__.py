"""Estimate what targets for online public services did in Viet Nam's provinces, and how sure that is."""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"

# Where each public name lives: importing `analysis` loads none of them until it is asked for.
_HOMES = {
    "Panel": "analysis.estimation.panel.panel",
    "Predictor": "analysis.estimation.methods.predictors",
    "Scenario": "analysis.estimation.panel.simulate",
    "Window": "analysis.estimation.methods.predictors",
    "bacon": "analysis.estimation.methods.bacon",
    "build_panel": "analysis.estimation.panel.frames",
    "callaway_santanna": "analysis.estimation.methods.callaway_santanna",
    "check_anticipation": "analysis.estimation.checks.of_shares",
    "check_contaminated_controls": "analysis.estimation.checks.of_did",
    "check_definition_break": "analysis.estimation.checks.of_did",
    "check_detectable_effect": "analysis.estimation.checks.power",
    "check_leave_one_out": "analysis.estimation.checks.of_did",
    "check_placebo_date": "analysis.estimation.checks.of_did",
    "check_placebo_outcome": "analysis.estimation.checks.of_did",
    "check_pre_trend": "analysis.estimation.checks.of_did",
    "check_regression_to_mean": "analysis.estimation.checks.of_did",
    "check_scale": "analysis.estimation.checks.of_shares",
    "collapsed": "analysis.estimation.methods.collapsed",
    "did": "analysis.estimation.methods.did",
    "dose_response": "analysis.estimation.methods.dose",
    "etable": "analysis.estimation.results.etable",
    "event_study": "analysis.estimation.methods.event_study",
    "fractional": "analysis.estimation.methods.fractional",
    "imputation": "analysis.estimation.methods.imputation",
    "its": "analysis.estimation.methods.segmented",
    "lagged_outcome": "analysis.estimation.methods.lagged_outcome",
    "rambachan_roth": "analysis.estimation.checks.rambachan_roth",
    "rambachan_roth_from_moments": "analysis.estimation.checks.rambachan_roth",
    "randomization_inference": "analysis.estimation.methods.randomization",
    "regress_with_dummies": "analysis.estimation.methods.regression",
    "regression_table": "analysis.estimation.methods.regression",
    "simulate_frame": "analysis.estimation.panel.simulate",
    "simulate_panel": "analysis.estimation.panel.simulate",
    "simulate_power": "analysis.estimation.checks.power",
    "simulate_rollout_power": "analysis.estimation.checks.rollout_power",
    "specification_curve": "analysis.estimation.checks.specification",
    "synthetic_control": "analysis.estimation.methods.synthetic_control",
    "synthetic_did": "analysis.estimation.methods.synthetic_did",
    "two_dates": "analysis.estimation.methods.two_dates",
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

"""Write down what other packages answer on our unbalanced simulated panel.

Run with the packages of the dependency group `bench`, from the project's folder, with PYTHONHASHSEED=0, because
pyfixest's clustered errors were seen to vary with it:
    PYTHONHASHSEED=0 python tests/estimation/oracles/make_two_way.py
Their answers go to two_way.json beside this file, with their versions.
"""

from __future__ import annotations

import json
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
warnings.simplefilter("ignore")

import pandas as pd  # noqa: E402
import pyfixest  # noqa: E402
import statsmodels.api as sm  # noqa: E402
from linearmodels.panel import PanelOLS  # noqa: E402
from made_panels import staggered_frame, unbalanced_frame  # noqa: E402
from wildboottest.wildboottest import wildboottest  # noqa: E402


def pyfixest_answers() -> dict[str, float]:
    """Two-way coefficients and their CRV1 and CRV3 errors, unit effects nested in the clusters not counted."""
    frame, answers = unbalanced_frame(), {}
    for name, formula, weights in (
        ("plain", "y ~ d | unit + time", None),
        ("covariate", "y ~ d + x | unit + time", None),
        ("weights", "y ~ d + x | unit + time", "w"),
    ):
        for kind in ("CRV1", "CRV3"):
            fitted = pyfixest.feols(
                formula, frame, vcov={kind: "unit"}, weights=weights, ssc=pyfixest.ssc(k_fixef="nonnested"),
                fixef_tol=1e-12, fixef_rm="none",
            )  # fmt: skip
            answers[f"{name} estimate"] = float(fitted.coef()["d"])
            answers[f"{name} {kind}"] = float(fitted.se()["d"])
    return answers


def sun_abraham_answers() -> dict[str, float]:
    """Interaction-weighted event-time effects of pyfixest's saturated event study."""
    frame = staggered_frame()
    fitted = pyfixest.event_study(
        frame, yname="y", idname="unit", tname="time", gname="start", estimator="saturated", cluster="unit"
    )
    table = fitted.aggregate(agg="period", weighting="shares")
    return {str(int(float(time))): float(value) for time, value in table["Estimate"].items()}


def linearmodels_answers() -> dict[str, float]:
    """The two-way coefficient of PanelOLS with weights and a covariate."""
    frame = unbalanced_frame().set_index(["unit", "time"])
    model = PanelOLS(
        frame["y"], frame[["d", "x"]], weights=frame["w"], entity_effects=True, time_effects=True
    )
    return {"weights estimate": float(model.fit().params["d"])}


def wildboottest_answers() -> dict[str, float]:
    """The p-value of the restricted bootstrap over all 2**12 sign patterns of twelve clusters."""
    frame = unbalanced_frame()
    dummies = [
        pd.get_dummies(frame[c].astype(str), prefix=c, drop_first=True, dtype=float) for c in ("unit", "time")
    ]
    design = sm.add_constant(pd.concat([frame[["d"]].astype(float), *dummies], axis=1))
    found = wildboottest(
        sm.OLS(frame["y"], design), param="d", cluster=frame["unit"], B=9_999, weights_type="rademacher",
        impose_null=True, bootstrap_type="11", seed=1, show=False,
    )  # fmt: skip
    return {"p_value": float(found["p-value"].iloc[0])}


if __name__ == "__main__":
    answers = {
        "versions": {name: version(name) for name in ("pyfixest", "linearmodels", "wildboottest")},
        "pyfixest": pyfixest_answers(),
        "sun-abraham": sun_abraham_answers(),
        "linearmodels": linearmodels_answers(),
        "wildboottest": wildboottest_answers(),
    }
    (HERE / "two_way.json").write_text(json.dumps(answers, indent=1) + "\n")

"""Write down what other packages answer on our simulated panels.

Run with the packages of the dependency group `bench`, from the project's folder:
    python tests/estimation/oracles/make_staggered_and_synthetic.py
Their answers go to staggered_and_synthetic.json beside this file, with their versions.
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

from csdid.att_gt import ATTgt  # noqa: E402
from diff_diff import BaconDecomposition, ImputationDiD, SyntheticDiD  # noqa: E402
from made_panels import factor_frame, staggered_frame  # noqa: E402
from pysyncon import Synth  # noqa: E402


def csdid_answers() -> dict[str, dict[str, float]]:
    """Aggregates of csdid by estimation method, controls and aggregation."""
    frame, answers = staggered_frame(), {}
    for method in ("dr", "ipw", "reg"):
        for controls, theirs in (("never", "nevertreated"), ("not-yet", "notyettreated")):
            for formula in ("y~1", "y~x"):
                fitted = ATTgt(
                    yname="y", gname="start", idname="unit", tname="time", xformla=formula, data=frame.copy(),
                    control_group=theirs,
                ).fit(est_method=method, bstrap=False)  # fmt: skip
                for kind in ("simple", "dynamic", "group", "calendar"):
                    found = fitted.aggte(kind, bstrap=False).atte
                    answers[f"{method} {controls} {formula} {kind}"] = {
                        "estimate": float(found["overall_att"]),
                        "std_error": float(found["overall_se"]),
                    }
    return answers


def diff_diff_answers() -> dict[str, dict[str, float]]:
    """Imputation, Bacon decomposition and synthetic difference in differences of diff-diff."""
    frame = staggered_frame()
    words = {"outcome": "y", "unit": "unit", "time": "time", "first_treat": "start"}
    imputed = ImputationDiD().fit(frame, **words)
    decomposed = BaconDecomposition().fit(frame, **words)
    factors = factor_frame()
    synthetic = SyntheticDiD(seed=1, n_bootstrap=2).fit(
        factors.assign(treated=factors.groupby("unit")["treated"].transform("max")),
        outcome="y", treatment="treated", unit="unit", time="time", post_periods=list(range(2011, 2016)),
    )  # fmt: skip
    return {
        "imputation": {"estimate": float(imputed.overall_att), "std_error": float(imputed.overall_se)},
        "bacon": {
            "estimate": float(decomposed.twfe_estimate),
            "never": float(decomposed.total_weight_treated_vs_never),
            "earlier_later": float(decomposed.total_weight_earlier_vs_later),
            "later_earlier": float(decomposed.total_weight_later_vs_earlier),
        },
        "synthetic_did": {"estimate": float(synthetic.att)},
    }


def pysyncon_answers() -> dict[str, float]:
    """Weights of pysyncon when every period before the start counts alike."""
    outcome = factor_frame().pivot(index="time", columns="unit", values="y").loc[:2010]
    # Predictors are divided by their standard deviation over units: undo that in the weights on predictors.
    scale = outcome.var(axis=1, ddof=1).to_numpy()
    donors, treated = outcome.drop(columns="u00"), outcome["u00"]
    synth = Synth()
    synth.fit(X0=donors, X1=treated, Z0=donors, Z1=treated, custom_V=scale / scale.sum())
    return {name: float(weight) for name, weight in zip(donors.columns, synth.W, strict=True)}


if __name__ == "__main__":
    answers = {
        "versions": {name: version(name) for name in ("csdid", "diff-diff", "pysyncon")},
        "csdid": csdid_answers(),
        "diff_diff": diff_diff_answers(),
        "pysyncon": pysyncon_answers(),
    }
    (HERE / "staggered_and_synthetic.json").write_text(json.dumps(answers, indent=1) + "\n", encoding="utf-8")

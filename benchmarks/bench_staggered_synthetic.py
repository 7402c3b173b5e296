"""Benchmarks of staggered and synthetic estimators on 63 units by 60 periods, against peers in the same run.

Each job starts from a tidy frame and ends with a result object. The peers are the dependency group `bench`:

    uv pip install --group bench   (in an environment of its own, with this project)
    python -m benchmarks.bench_staggered_synthetic
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from analysis import (
    callaway_santanna,
    event_study,
    imputation,
    rambachan_roth,
    synthetic_control,
    synthetic_did,
)
from analysis.estimation.panel.simulate import Scenario, simulate_frame
from benchmarks.side_by_side import Row, best_of, compare, show

SEED = 7
NAMES = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}
THEIRS = {"unit": "unit", "time": "period", "outcome": "outcome", "first_treat": "treated_from"}
START = 40


def staggered() -> pd.DataFrame:
    """Simulate ten treated units with five start dates."""
    return simulate_frame(Scenario(n_periods=60, n_treated=10, n_starts=5, effect=0.5), SEED)


def one_treated() -> pd.DataFrame:
    """Simulate one treated unit, from period 41 on."""
    frame = simulate_frame(Scenario(n_periods=60, n_treated=1, first_start=START, effect=0.5), SEED)
    return frame.assign(ever=(frame["treated_from"] > 0).astype(int))


def with_gaps() -> pd.DataFrame:
    """Simulate 36 periods, ten treated units with a start date each, three of a hundred cells missing."""
    frame = simulate_frame(
        Scenario(n_periods=36, n_treated=10, n_starts=10, first_start=14, effect=0.5), SEED
    )
    return frame[np.random.default_rng(SEED).random(len(frame)) > 0.03]


def bench_gaps_event_study(frame: pd.DataFrame) -> Row:
    """The default on a staggered panel with missing cells, against pyfixest's saturated regression."""

    def theirs() -> object:
        import pyfixest

        return pyfixest.event_study(
            frame, yname="outcome", idname="unit", tname="period", gname="treated_from", estimator="saturated"
        ).aggregate()

    return compare(
        "63 × 36 with gaps: event study, default",
        lambda: event_study(frame, **NAMES),
        "pyfixest",
        theirs,
        repeat=2,
        note="1,999 permutations; the peer has clustered errors",
    )


def bench_gaps_callaway_santanna(frame: pd.DataFrame) -> Row:
    """The same by group-time effects, against csdid with its bootstrap."""

    def theirs() -> object:
        from csdid.att_gt import ATTgt

        fitted = ATTgt(
            yname="outcome", tname="period", idname="unit", gname="treated_from", data=frame,
            control_group="nevertreated", allow_unbalanced_panel=True, biters=1_000,
        ).fit(est_method="reg")  # fmt: skip
        return fitted.aggte("simple")

    return compare(
        "63 × 36 with gaps: Callaway-Sant'Anna, default",
        lambda: callaway_santanna(frame, **NAMES),
        "csdid",
        theirs,
        repeat=2,
        note="1,999 permutations; the peer has 1,000 multiplier draws",
    )


def bench_gaps_imputation(frame: pd.DataFrame) -> Row:
    """The same by imputation, against diff-diff with its clustered error."""

    def theirs() -> object:
        from diff_diff import ImputationDiD

        return ImputationDiD().fit(frame, **THEIRS)

    return compare(
        "63 × 36 with gaps: imputation, default",
        lambda: imputation(frame, **NAMES),
        "diff-diff",
        theirs,
        repeat=2,
        note="1,999 permutations, each fitted; the peer has one clustered error",
    )


def bench_callaway_santanna(frame: pd.DataFrame, aggregate: str) -> Row:
    """Group-time effects, their average and 1,000 multiplier draws, against diff-diff."""

    def ours() -> object:
        words = {"inference": "multiplier", "draws": 1_000, "aggregate": aggregate}
        return callaway_santanna(frame, **NAMES, **words)

    def theirs() -> object:
        from diff_diff import CallawaySantAnna

        wanted = {"aggregate": "event_study"} if aggregate == "dynamic" else {}
        return CallawaySantAnna(n_bootstrap=1_000, seed=1).fit(frame, **THEIRS, **wanted)

    name = f"Callaway-Sant'Anna, 1,000 draws, {aggregate}"
    return compare(name, ours, "diff-diff", theirs, repeat=10, note="ten treated, five start dates")


def bench_imputation(frame: pd.DataFrame) -> Row:
    """Imputation with its permutation test and interval, against diff-diff's estimate without."""

    def theirs() -> object:
        from diff_diff import ImputationDiD

        return ImputationDiD().fit(frame, **THEIRS)

    return compare(
        "imputation, with 1,999 permutations",
        lambda: imputation(frame, **NAMES),
        "diff-diff",
        theirs,
        note="the peer makes none",
    )


def _columns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.pivot(index="period", columns="unit", values="outcome").loc[:START]


def bench_placebos(frame: pd.DataFrame) -> Row:
    """All 63 synthetic controls with interval, checks and terms, against pysyncon's search over predictor weights."""

    def theirs() -> object:
        from pysyncon import Synth

        wide = _columns(frame)
        donors = wide.drop(columns=1)
        synth = Synth()
        synth.fit(X0=donors, X1=wide[1], Z0=donors, Z1=wide[1], optim_options={"maxiter": 5})
        return synth.W

    return compare(
        "all 63 synthetic controls, pysyncon's default",
        lambda: synthetic_control(frame, **NAMES),
        "pysyncon",
        theirs,
        scale=63 * 1000 / 5,
        repeat=1,
        note="the peer made 1 unit and 5 of its 1,000 default steps over predictor weights, its time is scaled",
    )


def bench_placebos_same_problem(frame: pd.DataFrame) -> Row:
    """The same, the peer being told to count every period alike as we do."""

    def theirs() -> object:
        from pysyncon import Synth

        wide = _columns(frame)
        spread = wide.var(axis=1).to_numpy()
        for unit in range(1, 64):
            donors = wide.drop(columns=unit)
            synth = Synth()
            synth.fit(X0=donors, X1=wide[unit], Z0=donors, Z1=wide[unit], custom_V=spread / spread.sum())
        return synth.W

    return compare(
        "all 63 synthetic controls, the same problem",
        lambda: synthetic_control(frame, **NAMES),
        "pysyncon",
        theirs,
        note="the peer gives weights only",
    )


def bench_synthetic_did(frame: pd.DataFrame) -> Row:
    """Synthetic difference in differences with 62 placebos, against diff-diff."""

    def theirs() -> object:
        from diff_diff import SyntheticDiD

        words = {"outcome": "outcome", "treatment": "ever", "unit": "unit", "time": "period"}
        after = list(range(START + 1, 61))
        return SyntheticDiD(seed=1, n_bootstrap=62).fit(frame, post_periods=after, **words)

    ours = lambda: synthetic_did(frame, **NAMES)  # noqa: E731
    return compare("synthetic DiD with 62 placebos", ours, "diff-diff", theirs)


def bench_sensitivity(frame: pd.DataFrame) -> Row:
    """Relative magnitudes and smoothness, five and four bounds; the peer's figures are wrong, so none is timed."""
    kept = frame[frame["period"].between(25, 42) & (frame["treated_from"] <= 35)]
    took = best_of(lambda: rambachan_roth(kept, **NAMES), 2)
    return Row("relative magnitudes and smoothness, 9 bounds", took, "none", "", None, None)


def run() -> list[Row]:
    """Run every benchmark of this module."""
    warnings.simplefilter("ignore")
    several, one, gaps = staggered(), one_treated(), with_gaps()
    return [
        bench_gaps_event_study(gaps),
        bench_gaps_callaway_santanna(gaps),
        bench_gaps_imputation(gaps),
        bench_callaway_santanna(several, "simple"),
        bench_callaway_santanna(several, "dynamic"),
        bench_imputation(several),
        bench_placebos(one),
        bench_placebos_same_problem(one),
        bench_synthetic_did(one),
        bench_sensitivity(several),
    ]


if __name__ == "__main__":
    show(run())

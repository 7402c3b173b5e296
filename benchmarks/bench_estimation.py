"""Benchmarks of the two-way estimator on 63 units by 60 periods, against peers in the same run.

Each job starts from a tidy frame and ends with a result object. The peers are the dependency group `bench`:

    uv pip install --group bench   (in an environment of its own, with this project)
    python -m benchmarks.bench_estimation
"""

from __future__ import annotations

import subprocess
import sys
import warnings

import pandas as pd

from analysis import did, event_study
from analysis.estimation.panel.simulate import Scenario, simulate_frame
from benchmarks.side_by_side import Row, best_of, compare, show

SEED = 7
WORDS = {"unit": "unit", "time": "period", "outcome": "outcome", "treated_from": "treated_from"}


def made_frame() -> pd.DataFrame:
    """Simulate the panel all jobs share, with the columns the peers ask for."""
    frame = simulate_frame(Scenario(n_periods=60, effect=0.5), SEED)
    treated = (frame["treated_from"] > 0).astype(int)
    after = (frame["period"] > 30).astype(int)
    return frame.assign(treated=treated, post=after, d=treated * after)


def bench_did_fit(frame: pd.DataFrame) -> Row:
    """Two-way coefficient with clustered errors, against pyfixest."""

    def theirs() -> object:
        import pyfixest

        return pyfixest.feols("outcome ~ d | unit + period", frame, vcov={"CRV1": "unit"}).se()

    return compare(
        "DiD fit with CR1", lambda: did(frame, inference="CR1", **WORDS), "pyfixest", theirs, repeat=20
    )


def bench_permutations(frame: pd.DataFrame) -> Row:
    """Ten thousand permutations, with the interval by inversion, against diff-diff's permutation test."""
    return _permutations(frame, "permutation", "10,000 permutations and interval", "permutations")


def bench_studentised(frame: pd.DataFrame) -> Row:
    """Ten thousand studentised permutations with the interval; the peer has the plain ones only."""
    name = "10,000 studentised permutations and interval"
    return _permutations(frame, "studentised-permutation", name, "plain permutations")


def _permutations(frame: pd.DataFrame, inference: str, name: str, made: str) -> Row:
    share = 100

    def theirs() -> object:
        from diff_diff import permutation_test

        return permutation_test(
            frame,
            outcome="outcome",
            treatment="treated",
            post="post",
            unit="unit",
            n_permutations=share,
            seed=1,
        )

    return compare(
        name,
        lambda: did(frame, inference=inference, draws=10_000, **WORDS),
        "diff-diff",
        theirs,
        scale=10_000 / share,
        note=f"the peer made {share} {made}, its time is scaled",
    )


def bench_wild(frame: pd.DataFrame) -> Row:
    """The restricted wild cluster bootstrap of 9,999 draws with its interval, against wildboottest's p-value."""

    def theirs() -> object:
        import statsmodels.api as sm
        from wildboottest.wildboottest import wildboottest

        dummies = [
            pd.get_dummies(frame[c], prefix=c, drop_first=True, dtype=float) for c in ("unit", "period")
        ]
        design = sm.add_constant(pd.concat([frame[["d"]].astype(float), *dummies], axis=1))
        return wildboottest(
            sm.OLS(frame["outcome"], design), param="d", cluster=frame["unit"], B=9_999, seed=1, show=False
        )

    return compare(
        "wild cluster bootstrap, 9,999, and interval",
        lambda: did(frame, inference="wild", draws=9_999, **WORDS),
        "wildboottest",
        theirs,
        repeat=3,
        note="the peer gives no interval",
    )


def bench_default(frame: pd.DataFrame) -> Row:
    """The default for ten treated: two permutations, wild bootstrap, CR3 and an interval; no peer does this."""
    return Row(
        "default inference, ten treated", best_of(lambda: did(frame, **WORDS), 3), "none", "", None, None
    )


def bench_event_study(frame: pd.DataFrame) -> Row:
    """An event study of 59 terms with permutation intervals; no peer does this."""
    took = best_of(lambda: event_study(frame, draws=999, **WORDS), 2)
    return Row("event study, 59 terms, 999 permutations", took, "none", "", None, None)


def bench_import() -> Row:
    """What `import analysis` and its first name cost once pandas is there, in a fresh interpreter."""

    code = (
        "import pandas, time; begun = time.process_time(); import analysis; analysis.did; "
        "print(time.process_time() - begun)"
    )
    told = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True) for _ in range(7)]
    return Row(
        "import analysis and did, over pandas", min(float(one.stdout) for one in told), "none", "", None, None
    )


def run() -> list[Row]:
    """Run every benchmark of this module."""
    warnings.simplefilter("ignore")
    frame = made_frame()
    jobs = (
        bench_did_fit,
        bench_permutations,
        bench_studentised,
        bench_wild,
        bench_default,
        bench_event_study,
    )
    return [*(job(frame) for job in jobs), bench_import()]


if __name__ == "__main__":
    show(run())

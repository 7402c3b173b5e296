"""The Medicaid tables Rambachan and Roth's own packages print: first as they made them, then as we do.

Their intervals rest on draws and a grid. The draws are R's, from seed 0, and its stream is written out here from
its documentation (`?RNGkind`), so that our test, fed with their draws on their grid, has to print their table.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri

from analysis.estimation.checks.rambachan_roth import event_moments, rambachan_roth
from analysis.estimation.checks.relative_magnitudes import (
    FIRST_STAGE_SHARE,
    HybridTest,
    Moments,
    accepted_effects,
    dual_vertices,
)
from analysis.estimation.checks.smoothness import folded_quantile, shortest_estimator
from analysis.estimation.panel.frames import build_panel
from analysis.estimation.results import Estimate

MEDICAID = {"unit": "stfips", "time": "year", "outcome": "dins", "treated_from": "since"}
SIZE = 0.05
THEIR_DRAWS, THEIR_POINTS, THEIR_REACH = 1_000, 1_000, 20.0
BOUNDS = (0.5, 1.0, 1.5, 2.0)

Grid = Callable[[Moments, float], np.ndarray]


@pytest.fixture(scope="module")
def medicaid(refdata: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    frame = refdata("medicaid_ehec")
    kept = frame[(frame["year"] < 2016) & (frame["yexp2"] != 2015)]
    return kept.assign(since=kept["yexp2"].where(kept["yexp2"] == 2014))


@pytest.fixture(scope="module")
def moments(medicaid: pd.DataFrame) -> Moments:
    return event_moments(build_panel(medicaid, **MEDICAID), 0)[1]


def judge(frame: pd.DataFrame, **words: object) -> Estimate:
    return rambachan_roth(frame, **MEDICAID, **words)


def r_normals(seed: int, count: int) -> np.ndarray:
    """Draw as R does after set.seed: a congruential scramble, the Mersenne twister, inversion of two uniforms."""
    word = seed
    for _ in range(50):
        word = (69069 * word + 1) % 2**32
    words = []
    for _ in range(625):
        word = (69069 * word + 1) % 2**32
        words.append(word)
    twister = np.random.MT19937()
    twister.state = {
        "bit_generator": "MT19937",
        "state": {"key": np.array(words[1:], dtype=np.uint32), "pos": 624},
    }
    uniform = twister.random_raw(2 * count) * 2.3283064365386963e-10
    return np.asarray(ndtri((np.floor(2**27 * uniform[::2]) + uniform[1::2]) / 2**27))


def test_the_stream_is_that_of_r() -> None:
    # set.seed(0); rnorm(5), as countless pages print it.
    assert r_normals(0, 5) == pytest.approx(
        [1.2629543, -0.3262334, 1.3297993, 1.2724293, 0.4146414], abs=5e-8
    )


def their_tests(moments: Moments, bound: float) -> list[HybridTest]:
    """Set up our tests with first-stage values from their draws: of the moments, by a symmetric root, row by row."""
    n_pre, n_post = moments.n_pre, len(moments.target)
    steps = np.diff(np.insert(np.eye(n_pre + n_post), n_pre, 0.0, axis=0), axis=0)
    normal = r_normals(0, THEIR_DRAWS * 2 * n_post).reshape(THEIR_DRAWS, 2 * n_post)
    tests = []
    for period, sign in product(range(n_pre), (1.0, -1.0)):
        worst = bound * sign * steps[period]
        inequalities = np.vstack([steps[n_pre:] - worst, -steps[n_pre:] - worst])
        values, vectors = np.linalg.eigh(inequalities @ moments.covariance @ inequalities.T)
        noise = normal @ (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
        rows, slopes = dual_vertices(moments, bound, period, sign)
        # Noise in the moments is noise in the estimates: the largest vertex is their linear program's value.
        largest = (noise @ np.linalg.pinv(inequalities).T @ rows.T).max(axis=1)
        tests.append(HybridTest(rows, slopes, float(np.quantile(largest, 1 - FIRST_STAGE_SHARE * SIZE))))
    return tests


def around_zero(moments: Moments, bound: float) -> np.ndarray:
    """The grid of their earlier table: twenty standard errors either side of no effect."""
    return np.linspace(-THEIR_REACH, THEIR_REACH, THEIR_POINTS) * moments.std_error


def around_estimate(moments: Moments, bound: float) -> np.ndarray:
    """The grid of the later one: around the estimate, wider by the bound times the largest step before treatment."""
    before = np.diff(np.append(moments.estimates[: moments.n_pre], 0.0))
    periods = np.arange(1, len(moments.target) + 1)
    reach = (
        bound * (periods @ np.abs(moments.target)) * np.abs(before).max() + THEIR_REACH * moments.std_error
    )
    return moments.point + np.linspace(-reach, reach, THEIR_POINTS)


@pytest.mark.parametrize(
    ("grid", "printed"),
    [
        (around_zero, ("0.0240 0.0672", "0.0170 0.0720", "0.00824 0.0797", "-0.000916 0.0881")),
        (around_estimate, ("0.0241 0.0673", "0.0171 0.0720", "0.00859 0.0796", "-0.00107 0.0883")),
    ],
)
def test_relative_magnitudes_as_printed(moments: Moments, grid: Grid, printed: tuple[str, ...]) -> None:
    for bound, ends in zip(BOUNDS, printed, strict=True):
        effects = grid(moments, bound)
        accepted = effects[accepted_effects(their_tests(moments, bound), moments, effects, SIZE)]
        assert " ".join(three_digits(end) for end in (accepted.min(), accepted.max())) == ends


def three_digits(value: float) -> str:
    """Write a number as their tables do: three digits that count, the last kept when it is zero."""
    return f"{value:#.3g}"


def test_relative_magnitudes_off_the_grid(medicaid: pd.DataFrame) -> None:
    found = judge(medicaid, restriction="relative-magnitudes")
    printed = [(0.0241, 0.0673), (0.0171, 0.0720), (0.0086, 0.0796), (-0.0011, 0.0883)]
    for row, ends in zip(found.checks[0].table, printed, strict=True):
        # Ours are off the grid, whose step is 0.00037, and from 50,000 draws; theirs, from 1,000, are above.
        assert (row["conf_low"], row["conf_high"]) == pytest.approx(ends, abs=5e-4)
    assert "zero is excluded up to a bound of 1.5" in found.checks[0].text


def test_relative_magnitudes_of_the_average(medicaid: pd.DataFrame) -> None:
    words = {"restriction": "relative-magnitudes", "magnitudes": (0, 0.5, 1, 1.5, 2), "target": "average"}
    found = judge(medicaid, **words)
    printed = [(0.041, 0.075), (0.033, 0.080), (0.020, 0.090), (0.006, 0.103), (-0.008, 0.117)]
    for row, ends in zip(found.checks[0].table, printed, strict=True):
        # The Stata package prints three digits, from draws of its own.
        assert (row["conf_low"], row["conf_high"]) == pytest.approx(ends, abs=1.1e-3)


def test_event_study_interval(medicaid: pd.DataFrame) -> None:
    found = judge(medicaid, restriction="smoothness", slope_changes=[0])
    assert (round(found.conf_low, 4), round(found.conf_high, 4)) == (0.0285, 0.0644)


def their_smoothness(moments: Moments, bound: float) -> tuple[float, float]:
    """Take our weights and their critical value, a quantile of a million absolute normals."""
    best = shortest_estimator(moments, bound, 1 - SIZE)
    noise = np.abs(r_normals(0, 1_000_000) + best.bias / best.deviation)
    half = float(np.quantile(noise, 1 - SIZE)) * best.deviation
    return best.centre - half, best.centre + half


@pytest.mark.parametrize(
    ("bound", "printed"),
    [
        (0.01, "0.0132 0.0787"),
        (0.02, "0.00286 0.0907"),
        (0.03, "-0.00714 0.101"),
        (0.04, "-0.0171 0.111"),
        (0.05, "-0.0271 0.121"),
    ],
)
def test_smoothness_as_printed(moments: Moments, bound: float, printed: str) -> None:
    assert " ".join(map(three_digits, their_smoothness(moments, bound))) == printed


def test_smoothness_of_a_straight_line(moments: Moments) -> None:
    low, high = their_smoothness(moments, 0.0)
    # They print 0.0259: the end lies a millionth above where that begins. Their weights come from a search for the
    # least bias at the least standard deviation; where its tolerance lets that be 1e-6 to 3e-4 larger, it prints so.
    assert low == pytest.approx(0.02595, abs=1.5e-6)
    assert three_digits(high) == "0.0607"


def test_smoothness_with_the_exact_critical_value(medicaid: pd.DataFrame, moments: Moments) -> None:
    found = judge(medicaid, restriction="smoothness", slope_changes=(0, 0.01, 0.02, 0.05))
    printed = [(0.0259, 0.0607), (0.0132, 0.0787), (0.00286, 0.0907), (-0.0271, 0.121)]
    for row, ends in zip(found.checks[0].table, printed, strict=True):
        best = shortest_estimator(moments, row["bound"], 1 - SIZE)
        half = folded_quantile(best.bias / best.deviation, 1 - SIZE) * best.deviation
        assert (row["conf_low"], row["conf_high"]) == pytest.approx((best.centre - half, best.centre + half))
        # Half a digit printed, and the 0.00002 by which their simulated critical value is off.
        assert row["conf_low"] == pytest.approx(ends[0], abs=7.5e-5)
        assert row["conf_high"] == pytest.approx(ends[1], abs=7.5e-5 if ends[1] < 0.1 else 5.2e-4)

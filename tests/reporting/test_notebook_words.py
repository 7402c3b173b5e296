"""Sentences of notebooks say what was used, from when, by which method, and why two numbers differ."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import pytest

from analysis import synthetic_control
from analysis.estimation.results import Power
from analysis.panels.before_after import before_after
from analysis.panels.own_pair import choose_pair
from analysis.panels.own_panel import own_panel
from analysis.panels.published_results import Point
from analysis.panels.study_panel import assemble_panel
from analysis.reference.provinces import find_province
from analysis.reporting.design_words import answer_power, answer_rollout
from analysis.reporting.display import answer_before_after
from analysis.reporting.own_words import answer_own, introduce_own, introduce_pair
from analysis.reporting.study_words import limits
from analysis.reporting.target_distance import answer_targets, measure_distance, table_of_distances
from analysis.study import Study
from frames import SERVICES, months, observations, sources, target, targets

STUDY = Study(name="made", outcome=SERVICES)
SOURCES = sources(("s", "a table", "2022"))
DECIDED = [
    target("19", "2021-06-05"),
    target("15", "2021-07-05"),
    target("02", "2021-05-01", scope="toàn tỉnh"),
]
THAI_NGUYEN = find_province("Thái Nguyên")


@pytest.fixture(scope="module")
def panel():
    study = replace(STUDY, doubtful_from="2021-01-01", doubtful_until="2021-12-31")
    return assemble_panel(study, observations(months()), targets(DECIDED), SOURCES)


def test_a_twin_says_which_of_the_panels_figures_it_uses_and_calls_no_donor_doubtful(panel):
    own = own_panel(panel, "Thái Nguyên")
    donors = own.rows["province_code"].nunique() - 1
    assert panel.doubtful and donors == 63 - len(panel.treated) - len(panel.doubtful)
    said = repr(introduce_own(own, panel))
    assert f"Used here are {len(own.rows):,} of them, of {donors + 1} provinces" in said
    assert len(own.rows) < len(panel.rows)
    assert "of the others had some target" in repr(limits(panel))
    left = repr(limits(panel, doubtful_out=True))
    assert "of the others had some target" not in left and "are no donors" in left


def test_a_conformal_test_that_does_not_find_a_clear_gap_is_explained(panel):
    own = own_panel(panel, "Thái Nguyên")
    found = synthetic_control(own.rows, **own.columns)
    clear = replace(found, p_value=0.02, p_values={"placebo": 0.02, "conformal": 0.714})
    assert "does not find that (p = 0.714)" in answer_own(clear, own).text
    for p_value, conformal in ((0.02, 0.01), (0.4, 0.714)):
        same = replace(found, p_value=p_value, p_values={"placebo": p_value, "conformal": conformal})
        assert "conformal" not in answer_own(same, own).text


def test_a_figure_held_back_is_named_only_where_it_changes_the_answer():
    rows = observations(months(count=1000))
    asked = {"province": "Thái Nguyên", "before": "2021-05-31", "after": "2021-12-31"}
    pair = choose_pair(rows, SOURCES, targets(DECIDED), STUDY, **asked)
    words = {
        "province": "19",
        "indicator": SERVICES,
        "before": pair.before,
        "after": pair.after,
        "sources": SOURCES,
    }
    result = before_after(pair.rows, **words)
    held_back = Point("2021-06-30", 45.78, "exact", "s", "t.csv:1")
    assert "Held back" not in answer_before_after(result, THAI_NGUYEN, result, held_back).text
    other = replace(result, tide_high_pp=result.tide_high_pp + 3, rest_low_pp=result.rest_low_pp - 3)
    assert "Held back" in answer_before_after(result, THAI_NGUYEN, other, held_back).text


@pytest.mark.parametrize(
    ("announced", "precision", "said"),
    [
        ("2021-06-05", "day", "own decision: of 5 June 2021."),
        ("2021-06", "month", "own decision: of 2021-06."),
        ("2021-06-05", "before", "own decision: by 5 June 2021 at the latest."),
    ],
)
def test_a_pair_says_how_precisely_the_day_is_known(announced, precision, said):
    decided = targets([target("19", announced, date_precision=precision)])
    pair = choose_pair(observations(months()), SOURCES, decided, STUDY, "Thái Nguyên")
    assert said in repr(introduce_pair(pair))


def test_a_pair_that_stops_at_a_change_of_definition_says_that_a_brief_does_not():
    rows = observations(months("2022-01", "2022-12"))
    decided = targets([target("19", "2022-05-05")])
    pair = choose_pair(rows, SOURCES, decided, STUDY, "Thái Nguyên")
    assert pair.after < "2022-08-15"
    assert "across the change" in repr(introduce_pair(pair))


def test_a_pace_so_far_says_since_when():
    points = [
        Point(day, value, "exact", "s", "f.csv:1")
        for day, value in (("2022-08-31", 50.0), ("2022-12-31", 51.2))
    ]
    line = {"province_code": "19", "target_value": 80.0, "deadline": "2023-12-31", "scope": "", "source_id": "s",
            "raw_location": "t.csv:2"}  # fmt: skip
    found = measure_distance(line, points, breaks=["2022-08-15"], today="2023-02-01")
    assert "0.3 a month since 31 August 2022" in answer_targets([found], THAI_NGUYEN).text
    assert "0.3 (since 2022-08-31)" in table_of_distances([found], THAI_NGUYEN)._repr_html_()


def _power(detectable: float) -> Power:
    return Power("points", (), {"wild": detectable}, 0.8, 0.95, 300, "")


def test_power_says_how_it_was_found_and_that_draws_move_it(panel):
    texts = {answer_power(_power(value), panel).text for value in (3.48, 3.52)}
    assert len(texts) == 1
    (text,) = texts
    assert "from about 3.5" in text and "300 simulations" in text
    assert "two-way regression" in text and "it is biased" in text
    common = assemble_panel(
        replace(STUDY, first_treated="2021-06"), observations(months()), targets(DECIDED), SOURCES
    )
    assert "two-way" not in answer_power(_power(3.5), common).text


@dataclass(frozen=True)
class Rollout:
    """A roll-out's power by periods observed, made up."""

    effects: tuple[float, ...]
    starts: tuple[int, ...] = (6, 8)
    per_step: int = 5
    n_units: int = 40
    power: float = 0.8
    conf_level: float = 0.95

    @property
    def detectable(self) -> tuple[dict[str, Any], ...]:
        return tuple({"periods": 18 + 3 * n, "effect": value} for n, value in enumerate(self.effects))

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.detectable)


def test_a_roll_out_that_shows_less_with_more_periods_says_so_and_why(panel):
    grows = answer_rollout(Rollout((1.4, 1.6, 1.8)), panel).text
    assert "after 24 periods a full effect of 1.8" in grows and "After 18 periods it is 1.4 already" in grows
    assert "already" not in answer_rollout(Rollout((1.8, 1.6, 1.4)), panel).text

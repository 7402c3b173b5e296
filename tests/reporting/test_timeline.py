"""The time line of definitions draws what the observations and the codebook say, and says it in words."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.cleaning.maps import MERGER
from analysis.reference.breaks import BREAKS, NEW_MAP, reason_of
from analysis.reference.indicators import by_code, package_codebook
from analysis.reporting.audit import table_of_breaks, table_of_coverage, table_of_targets
from analysis.reporting.coverage import table_of_holes
from analysis.reporting.style import VERMILLION
from analysis.reporting.timeline import chart_definitions, lanes_of, plot_definitions

SERVICES = "share_services_with_online_dossiers"


@pytest.fixture(scope="module")
def observations():
    return processed.observations()


def test_every_break_of_the_codebook_has_a_reason():
    days = {day for line in package_codebook().lines for day in (*line.breaks, *line.flags)}
    assert days | {NEW_MAP} == {line.day for line in BREAKS}
    assert MERGER == NEW_MAP
    assert reason_of(dt.date(1999, 1, 1)) == "the project's codebook says so"


def test_lane_is_cut_where_its_definition_broke(observations):
    lane = next(lane for lane in lanes_of(observations) if lane.code == SERVICES)
    assert lane.breaks == (dt.date(2022, 8, 15),)
    (first, last), (second, _) = lane.stretches()
    assert first == dt.date(2019, 12, 31) and last == dt.date(2022, 6, 30) and second == dt.date(2022, 8, 20)


def test_a_break_outside_the_figures_cuts_nothing():
    rows = pd.DataFrame({"indicator": SERVICES, "period_end": ["2022-09-01", "2023-09-01"]})
    (lane,) = lanes_of(rows)
    assert lane.breaks == () and lane.stretches() == [(dt.date(2022, 9, 1), dt.date(2023, 9, 1))]


def test_picture_has_a_row_an_indicator_and_a_mark_a_break(observations):
    lanes = lanes_of(observations)
    axes = plot_definitions(lanes)
    assert len(axes.get_yticks()) == len(lanes)
    assert sum(line.get_marker() == "X" and len(line.get_xdata()) for line in axes.lines) == sum(
        len(lane.breaks) for lane in lanes
    )
    assert {line.get_color() for line in axes.lines if line.get_marker() == "X"} == {VERMILLION}
    said = " ".join(text.get_text() for text in axes.texts)
    assert "Decree 42/2022/NĐ-CP" in said and "63 provinces become 34" in said


def test_all_glyphs_exist_and_words_say_what_is_seen(observations):
    chart = chart_definitions(observations)  # a missing glyph would be a warning, and warnings are errors
    assert "15 August 2022: Decree 42/2022/NĐ-CP ends levels 1–4" in chart.alt
    assert by_code()[SERVICES].name_en in chart.alt and "57 more indicators" in chart.alt
    assert "nan" not in chart.alt and chart.svg.startswith("<svg")
    assert len(lanes_of(observations, days=1)) == observations["indicator"].nunique()


def test_tables_of_the_audit_name_places_and_reasons(observations):
    breaks = table_of_breaks(observations).set_index("indicator").loc[SERVICES]
    assert breaks["figures before"] + breaks["figures from then on"] == 7
    assert "Decree 42" in breaks["why"]
    coverage = table_of_coverage(observations).loc[SERVICES]
    assert (coverage["figures"], coverage["days"], coverage["first"], coverage["last"]) == (
        7,
        7,
        "2019-12",
        "2024-12",
    )
    holes = table_of_holes(observations, "papi_d81_portal_access").frame.set_index("period")
    assert holes.loc["2021", "which"] == "Bắc Giang, Bắc Ninh, Quảng Ninh"
    assert holes["missing"].to_dict() == {"2021": 3, "2022": 1, "2023": 2, "2024": 2}
    assert {"Thái Nguyên", "Bà Rịa – Vũng Tàu"} <= set(table_of_targets(processed.targets())["province"])

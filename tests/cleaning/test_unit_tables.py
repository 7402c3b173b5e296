"""Figures and targets of the units of a province: kept apart from its own, checked, and read by province."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.cleaning.current_targets import current_targets, hold_contradictions
from analysis.cleaning.parts import write_parts
from analysis.cleaning.shapes import (
    UNIT_OBSERVATION_COLUMNS,
    UNIT_TARGET_COLUMNS,
    Intake,
    join,
    shape,
)
from analysis.cleaning.validation import ShapeBroken, check_shapes

FIGURE = {
    "province_code": "19", "province_frame": "63", "indicator": "n_dossiers_total", "period_start": "2022-05-01",
    "period_end": "2022-05-31", "frequency": "M", "value": 120.0, "unit": "count", "qualifier": "exact",
    "source_id": "S1", "raw_location": "data/raw/x/dossiers.csv:2-301",
    "unit_code": "STP", "unit_level": "department", "unit_name": "Sở Tư pháp",
}  # fmt: skip
TARGET = {
    "province_code": "19", "province_frame": "63", "indicator": "share_dossiers_processed_online",
    "announced": "2022-06-08", "date_precision": "day", "target_value": 60.0, "unit": "percent",
    "document": "12/QĐ-UBND", "stated_by": "official", "source_id": "S1", "raw_location": "data/raw/x/t.csv:2",
    "unit_code": "STP", "unit_level": "department", "unit_name": "Sở Tư pháp",
}  # fmt: skip


def _cleaned(figures=(), targets=()):
    empty = Intake(sources={"S1": {"source_id": "S1", "published": "2022-07-01"}}).finish()
    return replace(
        empty,
        unit_observations=shape(list(figures), UNIT_OBSERVATION_COLUMNS),
        unit_targets=shape(list(targets), UNIT_TARGET_COLUMNS),
    )


def test_a_units_figure_is_in_no_table_of_provinces(tmp_path):
    written = write_parts(tmp_path, join([_cleaned([FIGURE], [TARGET]), _cleaned()]))
    told = [place for place in written if "STP" in (tmp_path / place).read_text("utf-8")]
    assert sorted(told) == ["parts/unit_observations.units-63-19.csv", "parts/unit_targets.units-63-19.csv"]
    assert "S1" in (tmp_path / "parts/sources.units-63-19.csv").read_text("utf-8")


@pytest.mark.parametrize(
    "wrong", [{"unit_code": ""}, {"unit_level": "ward"}, {"unit_name": ""}, {"province_code": "VN"}]
)
def test_a_unit_without_code_level_name_or_province_is_refused(wrong):
    check_shapes(_cleaned([FIGURE], [TARGET]))
    with pytest.raises(ShapeBroken, match="unit_observations"):
        check_shapes(_cleaned([FIGURE | wrong]))
    with pytest.raises(ShapeBroken, match="unit_targets"):
        check_shapes(_cleaned(targets=[TARGET | wrong]))


def test_one_decision_gives_two_units_levels_of_their_own():
    other = TARGET | {
        "unit_code": "H1",
        "unit_level": "district",
        "unit_name": "Huyện A",
        "target_value": 50.0,
    }
    cleaned = _cleaned(targets=[TARGET, other | {"raw_location": "data/raw/x/t.csv:3"}])
    rows = current_targets(cleaned.unit_targets, cleaned.sources).rows
    assert dict(zip(rows["unit_code"], rows["target_value"], strict=True)) == {"STP": 60.0, "H1": 50.0}


def test_two_levels_for_one_unit_in_one_decision_are_held_by_name():
    again = TARGET | {"target_value": 70.0, "raw_location": "data/raw/x/t.csv:9"}
    [held] = hold_contradictions([_cleaned(targets=[TARGET, again])])
    assert held.unit_targets.empty
    assert held.quarantine["rule"].tolist() == ["decision_contradicted"] * 2

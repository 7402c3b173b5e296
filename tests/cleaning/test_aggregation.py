"""The 63 provinces add up to the 34, with weights said, and never the other way."""

import math

import pandas as pd
import pytest

from analysis.cleaning.aggregation import AggregationRefused, aggregate_to_34, parts_of
from analysis.cleaning.shapes import OBSERVATION_COLUMNS, shape


def row(
    code: str, value: float, unit: str = "percent", frame: str = "63", **more: object
) -> dict[str, object]:
    indicator = "share_dossiers_submitted_online" if unit == "percent" else "n_dossiers_total"
    return {
        "province_code": code, "province_frame": frame, "indicator": indicator, "period_start": "2022-01-01",
        "period_end": "2022-12-31", "frequency": "A", "value": value, "unit": unit, "qualifier": "exact",
        "source_id": "s", "raw_location": f"f.csv:{code}",
    } | more  # fmt: skip


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return shape(list(rows), OBSERVATION_COLUMNS)


def test_thai_nguyen_is_thai_nguyen_and_bac_kan() -> None:
    assert sorted(parts_of("19")) == ["06", "19"]
    whole, left = aggregate_to_34(frame(row("19", 300, "count"), row("06", 100, "count")))
    assert whole[["province_code", "province_frame", "value"]].values.tolist() == [["19", "34", 400.0]]
    assert left.empty
    assert whole["note"].item() == "sum of Bắc Kạn, Thái Nguyên (map of 63)"
    assert whole["raw_location"].item() == "f.csv:19 + f.csv:06"


def test_shares_are_weighted_by_their_denominators() -> None:
    parts = frame(row("19", 50, numerator=150, denominator=300), row("06", 10, numerator=10, denominator=100))
    whole, _ = aggregate_to_34(parts)
    assert whole["value"].item() == pytest.approx(40.0)  # 160 of 400
    assert (whole["numerator"].item(), whole["denominator"].item()) == (160, 400)
    assert "denominators" in whole["note"].item()


def test_without_denominators_population_or_nothing() -> None:
    parts = frame(row("19", 50), row("06", 10))
    whole, left = aggregate_to_34(parts)
    assert whole.empty and len(left) == 2
    whole, left = aggregate_to_34(parts, {"19": 3, "06": 1})
    assert whole["value"].item() == pytest.approx(40.0)
    assert "population" in whole["note"].item() and math.isnan(whole["denominator"].item())


def test_a_missing_part_is_never_estimated() -> None:
    whole, left = aggregate_to_34(frame(row("19", 300, "count"), row("01", 5, "count")))
    assert whole["province_code"].tolist() == ["01"]
    assert left["province_code"].tolist() == ["19"]


def test_the_34_and_the_nation_pass_and_doubles_are_refused() -> None:
    whole, left = aggregate_to_34(frame(row("24", 7, frame="34"), row("VN", 9)))
    assert len(whole) == 2 and left.empty
    with pytest.raises(AggregationRefused, match=r"f.csv:19, f.csv:19"):
        aggregate_to_34(frame(row("19", 1), row("19", 2)))

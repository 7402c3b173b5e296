"""Observations, targets and sources in the shapes that cleaning hands on, for tests that need a handful of rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.cleaning.shapes import OBSERVATION_COLUMNS, SOURCE_COLUMNS, TARGET_COLUMNS, shape
from analysis.periods import MONTHS, frequency_of, last_day_of, periods_between, shift
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import provinces

SERVICES, DOSSIERS = "share_services_with_online_dossiers", "share_dossiers_processed_online"


def figure(code: str, period: str, value: float, **other: Any) -> dict[str, Any]:
    """Return one observation of a whole period; `count` gives numerator and denominator."""
    frequency, end = frequency_of(period), last_day_of(period)
    start = f"{shift(end[:7], 1 - MONTHS[frequency])}-01"
    count = other.pop("count", 0)
    counts = {"numerator": value * count / 100, "denominator": float(count)} if count else {}
    row = {
        "province_code": code, "province_frame": "63", "indicator": SERVICES, "period_start": start,
        "period_end": end, "frequency": frequency, "value": float(value), "qualifier": "exact", "source_id": "s",
        "raw_location": f"data/raw/a/table.csv:{code}-{period}",
    }  # fmt: skip
    row |= counts | other
    return row | {"unit": other.get("unit", find_indicator(row["indicator"]).unit)}


def target(code: str, announced: str, **other: Any) -> dict[str, Any]:
    """Return one target that binds agencies, of 60 percent of services."""
    precision = {4: "year", 7: "month", 10: "day"}[len(announced)]
    row = {
        "province_code": code, "province_frame": "63", "indicator": SERVICES, "announced": announced,
        "date_precision": precision, "target_value": 60.0, "unit": "percent", "qualifier": "at_least",
        "scope": "các sở, ban, ngành; UBND cấp huyện", "source_id": "d", "raw_location": f"data/raw/d.csv:{code}",
    }  # fmt: skip
    return row | other


def observations(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return shape(rows, OBSERVATION_COLUMNS)


def targets(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return shape(rows, TARGET_COLUMNS)


def sources(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Return publications from (source_id, title, published)."""
    return shape([{"source_id": i, "title": t, "published": p} for i, t, p in rows], SOURCE_COLUMNS)


def months(first: str = "2021-01", last: str = "2021-12", **other: Any) -> list[dict[str, Any]]:
    """Return a figure of every one of the 63 provinces in every month, rising by a point a month."""
    labels = periods_between(first, last)
    return [
        figure(place.code, label, 20 + number + int(place.code) / 10, **other)
        for place in provinces()
        for number, label in enumerate(labels)
    ]

"""Figures of the 63 provinces brought to the 34 of July 2025; never the other way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.cleaning.shapes import OBSERVATION_COLUMNS, shape, stack
from analysis.errors import AnalysisError
from analysis.reference.provinces import NATION, by_code

_KEYS = ["indicator", "period_start", "period_end", "frequency", "unit", "source_id"]
_ADDED = ("count", "VND")


class AggregationRefused(AnalysisError):
    """The figures cannot be brought to the other map."""


def aggregate_to_34(
    observations: pd.DataFrame, population: Mapping[str, float] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the observations of the 63-unit map on the map of 34, and those that could not be brought there.

    Counts are added. Shares are weighted by their denominators where every part has one, else by
    `population` (persons by GSO code of the 63). A new unit needs every one of its parts for the same source
    and period: a unit with a part missing is returned in the second frame, not estimated. The note says the
    weights and the parts; figures of the nation and of the 34 pass through unchanged.

    Raises:
        AggregationRefused: one part has two figures for the same source and period.
    """
    through = observations[
        (observations["province_frame"] == "34") | (observations["province_code"] == NATION)
    ]
    old = observations.drop(index=through.index)
    _refuse_twice(old)
    made: list[dict[str, object]] = []
    left: list[pd.DataFrame] = []
    for _, parts in _by_successor(old):
        row = _merge(parts, population)
        if row is None:
            left.append(parts[list(OBSERVATION_COLUMNS)])
        else:
            made.append(row)
    whole = stack([through, shape(made, OBSERVATION_COLUMNS)], OBSERVATION_COLUMNS)
    return whole, stack(left, OBSERVATION_COLUMNS)


def _refuse_twice(old: pd.DataFrame) -> None:
    twice = old[old.duplicated([*_KEYS, "province_code"], keep=False)]
    if len(twice):
        where = ", ".join(twice["raw_location"].head(3))
        raise AggregationRefused(f"{where}: one province has two figures for one period. Choose one first.")


def _by_successor(old: pd.DataFrame) -> Iterable[tuple[object, pd.DataFrame]]:
    """Return the figures of one source and period that belong to the same unit of the 34."""
    successors = {code: province.successor_code for code, province in by_code().items()}
    merged = old.assign(successor=old["province_code"].map(successors))
    return merged.groupby([*_KEYS, "successor"], sort=False)


def parts_of(successor_code: str) -> list[str]:
    """Return the codes of the 63 that make up a unit of the 34."""
    return [code for code, province in by_code().items() if province.successor_code == successor_code]


def _merge(parts: pd.DataFrame, population: Mapping[str, float] | None) -> dict[str, object] | None:
    """Return the figure of a new unit, or None when a part or every kind of weight is missing."""
    successor = str(parts["successor"].iloc[0])
    wanted = parts_of(successor)
    if set(parts["province_code"]) != set(wanted) or set(parts["qualifier"]) - {"exact", "about"}:
        return None
    weighed = _weigh(parts, population)
    if weighed is None:
        return None
    value, words, numerator, denominator = weighed
    first = parts.iloc[0].to_dict()
    names = ", ".join(by_code()[code].name_vi for code in wanted)
    return {name: first[name] for name in OBSERVATION_COLUMNS} | {
        "province_code": successor,
        "province_frame": "34",
        "value": value,
        "numerator": numerator,
        "denominator": denominator,
        "qualifier": "about" if "about" in set(parts["qualifier"]) else "exact",
        "raw_location": " + ".join(parts["raw_location"]),
        "note": f"{words} of {names} (map of 63)" if len(wanted) > 1 else str(first["note"]),
    }


def _weigh(
    parts: pd.DataFrame, population: Mapping[str, float] | None
) -> tuple[float, str, float, float] | None:
    """Return value, words, numerator and denominator of the whole."""
    values, denominators = parts["value"], parts["denominator"]
    if len(parts) == 1:
        return float(values.iloc[0]), "", float(parts["numerator"].iloc[0]), float(denominators.iloc[0])
    if parts["unit"].iloc[0] in _ADDED:
        return float(values.sum()), "sum", math.nan, math.nan
    if denominators.notna().all() and denominators.sum() > 0:
        value = float((values * denominators).sum() / denominators.sum())
        return (
            value,
            "average weighted by denominators",
            float(parts["numerator"].sum()),
            float(denominators.sum()),
        )
    if population is None or any(code not in population for code in parts["province_code"]):
        return None
    weights = parts["province_code"].map(dict(population)).astype("float64")
    return (
        float((values * weights).sum() / weights.sum()),
        "average weighted by population",
        math.nan,
        math.nan,
    )

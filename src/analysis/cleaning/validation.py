"""The last look before anything is handed on: codes, units, ranges and dates, checked by pandera."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd

from analysis.cleaning.shapes import PRECISIONS, SAYERS, Cleaned
from analysis.errors import AnalysisError
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import FRAMES, NATION, successors
from analysis.reference.provinces import by_code as provinces
from analysis.reference.unit_levels import UNIT_LEVELS

if TYPE_CHECKING:
    import pandera.pandas as pa

FREQUENCIES = ("A", "S", "Q", "M", "D", "X")
QUALIFIERS = ("exact", "about", "at_least", "at_most", "over")
_DAY = r"\d{4}-\d\d-\d\d"
_DATE = r"\d{4}(-\d\d){0,2}"


class ShapeBroken(AnalysisError):
    """Rows that are not what design and codebook allow; a fault of the cleaning, not of the user."""


def check_shapes(cleaned: Cleaned) -> None:
    """Check every frame against its schema.

    Raises:
        ShapeBroken: lists the columns, the checks and the first values that fail.
    """
    import pandera.errors

    observation, target, *of_units = _schemas()
    for name, schema, frame in (
        ("observations", observation, cleaned.observations),
        ("targets", target, cleaned.targets),
        ("unit_observations", of_units[0], cleaned.unit_observations),
        ("unit_targets", of_units[1], cleaned.unit_targets),
    ):
        if frame.empty and name.startswith("unit"):
            continue  # as in most projects, whose every `dvctt clean` would pay for the look
        try:
            schema.validate(frame, lazy=True)
        except pandera.errors.SchemaErrors as error:
            failing = error.failure_cases[["column", "check", "failure_case", "index"]].head(5)
            raise ShapeBroken(f"{name}: {failing.to_dict('records')}") from error


@cache
def _schemas() -> tuple[pa.DataFrameSchema, ...]:
    """Return the schemas of observations and targets of provinces, then of units."""
    import pandera.pandas as pa

    def written(pattern: str) -> pa.Column:
        return pa.Column(str, pa.Check.str_matches(f"^{pattern}$"))

    def one_of(words: Sequence[str]) -> pa.Column:
        return pa.Column(str, pa.Check.isin(words))

    common = {
        "province_code": pa.Column(str),
        "province_frame": one_of(FRAMES),
        "indicator": pa.Column(str, pa.Check(_is_known, name="code of the codebook")),
        "unit": pa.Column(str),
        "source_id": pa.Column(str, pa.Check.str_length(min_value=1)),
        "raw_location": pa.Column(str, pa.Check.str_length(min_value=1)),
        "note": pa.Column(str),
    }
    on_map = [
        pa.Check(_code_on_map, name="code on its map"),
        pa.Check(_unit_of_codebook, name="unit of the codebook"),
    ]
    observation = common | {
        "period_start": written(_DAY),
        "period_end": written(_DAY),
        "frequency": one_of(FREQUENCIES),
        "value": pa.Column(float, nullable=False),
        "numerator": pa.Column(float, nullable=True),
        "denominator": pa.Column(float, nullable=True),
        "qualifier": one_of(QUALIFIERS),
    }
    target = common | {
        "announced": written(_DATE),
        "date_precision": one_of(PRECISIONS),
        "effective_from": written(f"({_DATE})?"),
        "target_value": pa.Column(float, nullable=True),
        "qualifier": one_of(("", *QUALIFIERS)),
        "deadline": written(f"({_DAY})?"),
        "scope": pa.Column(str),
        "document": pa.Column(str),
        "stated_by": one_of(SAYERS),
    }
    in_range = pa.Check(_in_range, name="range of the codebook")
    in_order = pa.Check(lambda rows: rows["period_start"] <= rows["period_end"], name="first day before last")
    unit = {
        "unit_code": pa.Column(str, pa.Check.str_length(min_value=1)),
        "unit_level": one_of(UNIT_LEVELS),
        "unit_name": pa.Column(str, pa.Check.str_length(min_value=1)),
    }
    schemas = []
    for further in ({}, unit):
        own = [*on_map, pa.Check(_not_the_nation, name="a province")] if further else on_map
        schemas += [
            pa.DataFrameSchema(observation | further, checks=[*own, in_range, in_order], strict=True),
            pa.DataFrameSchema(target | further, checks=own, strict=True),
        ]
    return tuple(schemas)


def _not_the_nation(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["province_code"] != NATION


def _code_on_map(rows: pd.DataFrame) -> pd.Series[bool]:
    old = rows["province_code"].isin([NATION, *provinces()]) & (rows["province_frame"] == "63")
    new = rows["province_code"].isin([NATION, *successors()]) & (rows["province_frame"] == "34")
    return old | new


def _is_known(codes: pd.Series[str]) -> pd.Series[bool]:
    return codes.isin(list(codebook()))


def _unit_of_codebook(rows: pd.DataFrame) -> pd.Series[bool]:
    return rows["unit"] == rows["indicator"].map({code: line.unit for code, line in codebook().items()})


def _in_range(rows: pd.DataFrame) -> pd.Series[bool]:
    lower = rows["indicator"].map({code: line.lower for code, line in codebook().items()}).astype("float64")
    upper = rows["indicator"].map({code: line.upper for code, line in codebook().items()}).astype("float64")
    return ~((rows["value"] < lower) | (rows["value"] > upper))

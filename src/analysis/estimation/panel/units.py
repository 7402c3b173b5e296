"""Which row of a panel a unit is: the one coding of units, by their label, whatever type a column has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.estimation.panel.panel import IntArray


def label(value: object) -> str:
    """Write a unit's name, so that 17, 17.0 and "17 " are one unit, and so are two codings of the same letters."""
    whole = isinstance(value, float | np.floating) and float(value).is_integer()
    return str(int(value)) if whole else unicodedata.normalize("NFC", str(value).strip())  # type: ignore[call-overload]


def code_units(values: pd.Series) -> tuple[IntArray, tuple[str, ...]]:
    """Number each row's unit in the order of their labels; return the numbers (rows,) and the labels."""
    found, distinct = pd.factorize(values)
    labels, places = np.unique([label(value) for value in distinct], return_inverse=True)
    return places[found].astype(np.int64), tuple(labels.tolist())


def rows_of(values: pd.Series, units: Sequence[str]) -> IntArray:
    """Give the place among `units` of the unit in each row (rows,); -1 for a unit that is not among them."""
    codes, labels = code_units(values)
    places = {name: place for place, name in enumerate(units)}
    return np.array([places.get(name, -1) for name in labels], dtype=np.int64)[codes]

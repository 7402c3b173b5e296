"""Periods of any kind become ordered whole numbers with a label: years, quarters, months, dates."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimation.errors import BadTime, some
from analysis.estimation.panel.panel import IntArray

_KINDS = (
    ("whole number", re.compile(r"[+-]?\d+(\.0+)?")),
    ("half-year", re.compile(r"\d{4}-?[Ss][12]")),
    ("quarter", re.compile(r"\d{4}-?[Qq][1-4]")),
    ("month", re.compile(r"\d{4}-\d{2}")),
    ("date", re.compile(r"\d{4}-\d{2}-\d{2}([ T].*)?")),
)
# Quarters and months as Vietnamese tables head their columns: Quý 1/2022, Q.I/2022, quý 1 năm 2022, T3/2023.
_WRITTEN = (
    (
        re.compile(r"(?:qu[ýy]|q)[ .]*(\d|iv|i{1,3})[ ]*(?:[/-]|năm)[ ]*(\d{4})", re.IGNORECASE),
        "{year}Q{part}",
    ),
    (
        re.compile(r"(?:th[áa]ng|t)[ .]*(\d{1,2})[ ]*(?:[/-]|năm)[ ]*(\d{4})", re.IGNORECASE),
        "{year}-{part:02d}",
    ),
)
_NUMBERED = re.compile(r"(\d{1,2})/(\d{4})")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_FREQUENCY = {"quarter": "Q", "month": "M", "date": "D"}


@dataclass(frozen=True)
class Periods:
    """Ordinals (one a row) that sort as time does, and the kind of period they count."""

    ordinals: IntArray
    kind: str

    def label(self, ordinal: int) -> str:
        """Write an ordinal as its period is usually written."""
        if self.kind == "whole number":
            return str(ordinal)
        if self.kind == "half-year":
            return f"{ordinal // 2}S{ordinal % 2 + 1}"
        if self.kind in _FREQUENCY:
            return str(pd.Period(ordinal=ordinal, freq=_FREQUENCY[self.kind]))
        return str(pd.Period(ordinal=ordinal, freq=self.kind))

    def steps(self, ordinals: IntArray) -> tuple[IntArray, Callable[[int], str]]:
        """Count distinct ordinals in steps of the panel's frequency, the first being 0; and how to label a count.

        The step is the shortest there is, for dates in whole months where all lie on one day of the month, or all on
        the last: monthly figures are told apart by 28 to 31 days.
        """
        days = pd.to_datetime(ordinals.astype("datetime64[D]")) if self.kind == "date" else None
        monthly = days is not None and (len(set(days.day)) == 1 or bool(days.is_month_end.all()))
        if monthly and days is not None:
            counted = np.asarray(days.year * 12 + days.month - 1, dtype=np.int64)
        else:
            counted = ordinals
        gaps = np.diff(counted)
        step = int(gaps.min()) if len(gaps) else 1
        first = int(counted[0])

        def label(count: int) -> str:
            at = first + count * step
            return f"{at // 12}-{at % 12 + 1:02d}" if monthly else self.label(at)

        return np.asarray(np.round((counted - first) / step), dtype=np.int64), label


def parse_periods(values: pd.Series, column: str, expected: str = "") -> Periods:
    """Read a column of periods: years, half-years, quarters, months, dates, pandas periods.

    Written as 2022, 2022S1, 2022Q1 or Quý 1/2022, 2022-05 or T5/2022, 2022-05-16. `05/2022` is a month; `1/2022` to
    `4/2022` alone may be quarters too, and are months only where that kind is `expected`.

    Raises:
        BadTime: a value is of no known kind, or the column mixes kinds.
    """
    if isinstance(values.dtype, pd.PeriodDtype):
        frequency = str(values.dtype).removeprefix("period[").removesuffix("]")
        return Periods(np.array([p.ordinal for p in values], dtype=np.int64), frequency)
    if pd.api.types.is_datetime64_any_dtype(values):
        days = values.dt.tz_localize(None) if values.dt.tz is not None else values
        return Periods(days.to_numpy().astype("datetime64[D]").astype(np.int64), "date")
    if pd.api.types.is_integer_dtype(values):
        return Periods(values.to_numpy(dtype=np.int64), "whole number")
    texts = values.map(lambda value: _written_out(str(value).strip()))
    return _parse_texts(_months_by_number(texts, column, expected), column)


def _written_out(text: str) -> str:
    """Write Quý 1/2022 as 2022Q1 and T3/2023 as 2023-03; other texts stay."""
    text = unicodedata.normalize("NFC", text)
    for pattern, form in _WRITTEN:
        if found := pattern.fullmatch(text):
            part, year = found[1].lower(), found[2]
            return form.format(year=year, part=_ROMAN.get(part) or int(part))
    return text


def _months_by_number(texts: pd.Series, column: str, expected: str) -> pd.Series:
    """Write 05/2022 as 2022-05 where a column is made of such texts and they cannot be quarters."""
    parts = {text: _NUMBERED.fullmatch(text) for text in texts.unique()}
    numbers = [found[1] for found in parts.values() if found]
    if not numbers or len(numbers) < len(parts):
        return texts
    if expected != "month" and not any(n.startswith("0") or int(n) > 4 for n in numbers):
        raise BadTime(
            f"Column {column!r} holds {some(map(repr, parts))}, which may be quarters or months. Write Q1/2022 for a "
            "quarter, T1/2022 or 01/2022 for a month."
        )
    return texts.map({text: f"{found[2]}-{int(found[1]):02d}" for text, found in parts.items() if found})


def _parse_texts(texts: pd.Series, column: str) -> Periods:
    distinct = sorted(set(texts))
    kinds = {text: _kind_of(text) for text in distinct}
    strange = [text for text in distinct if not kinds[text]]
    if strange:
        raise BadTime(
            f"Column {column!r} holds {some(map(repr, strange))}, which is no period. Allowed: whole numbers "
            "(2022), half-years (2022S1), quarters (2022Q1 or Quý 1/2022), months (2022-05, 05/2022 or T5/2022), "
            "dates (2022-05-16)."
        )
    if len(found := sorted(set(kinds.values()))) > 1:
        raise BadTime(f"Column {column!r} mixes {' and '.join(found)}. Write all its periods the same way.")
    ordinal = {text: _ordinal(text, found[0], column) for text in distinct}
    return Periods(texts.map(ordinal).to_numpy(dtype=np.int64), found[0])


def _kind_of(text: str) -> str:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(text)), "")


def _ordinal(text: str, kind: str, column: str) -> int:
    if kind == "whole number":
        return int(float(text))
    if kind == "half-year":
        return int(text[:4]) * 2 + int(text[-1]) - 1
    try:
        return int(pd.Period(text[:10] if kind == "date" else text, freq=_FREQUENCY[kind]).ordinal)
    except ValueError as error:
        raise BadTime(f"Column {column!r} holds {text!r}, which is no {kind}: {error}.") from error

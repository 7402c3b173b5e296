"""The codebook: what each indicator measures, in which unit and range, and when its definition broke."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from analysis.reference.papi import SUFFIXES
from analysis.reference.spelling import fold_text
from analysis.reference.unknown import UnknownName, nearest_meanings

_PAPI_SCORE = re.compile(r"papi_d[1-8]")


@dataclass(frozen=True)
class Indicator:
    """One line of the codebook.

    `unit` is percent (0-100), count, score, ratio, VND or event. `lower` and `upper` bound its values.
    `breaks` are days from which values no longer compare with earlier ones; `flags` are days of a jump
    nobody explained, to be mentioned beside the values. The two codes name the counts behind a share, where
    the codebook has them. `synonyms` are other names found in tables.
    """

    code: str
    name_vi: str
    name_en: str
    unit: str
    lower: float | None
    upper: float | None
    numerator_vi: str
    numerator_en: str
    denominator_vi: str
    denominator_en: str
    numerator_code: str
    denominator_code: str
    breaks: tuple[dt.date, ...]
    flags: tuple[dt.date, ...]
    synonyms: tuple[str, ...]


class UnknownIndicator(UnknownName):
    """A name that is no indicator's; its suggestions are codes."""

    verdict = "is not an indicator of the codebook"


@cache
def indicators() -> tuple[Indicator, ...]:
    """Return the codebook in its own order; PAPI's scores are followed by their statistics."""
    text = resources.files("analysis.reference").joinpath("indicators.csv").read_text(encoding="utf-8")
    lines = [_read_line(row) for row in csv.DictReader(text.splitlines())]
    scores = [line for line in lines if _PAPI_SCORE.match(line.code)]
    return tuple(lines + [_statistic(line, suffix) for line in scores for suffix in SUFFIXES])


def _statistic(line: Indicator, suffix: str) -> Indicator:
    """Return the line of a score's weighted version, interval end or standard error."""
    vi, en = SUFFIXES[suffix]
    bounded = suffix == "_weighted"
    return replace(
        line,
        code=line.code + suffix,
        name_vi=f"{line.name_vi}, {vi}",
        name_en=f"{line.name_en}, {en}",
        lower=line.lower if bounded else 0.0 if suffix == "_std_error" else None,
        upper=line.upper if bounded else None,
        synonyms=(),
    )


@cache
def by_code() -> dict[str, Indicator]:
    """Return the codebook by code."""
    return {indicator.code: indicator for indicator in indicators()}


@cache
def names() -> dict[str, str]:
    """Return every folded code, name and synonym with the code it means."""
    table: dict[str, str] = {}
    for line in indicators():
        for name in (line.code, line.name_vi, line.name_en, *line.synonyms):
            table.setdefault(fold_text(name), line.code)
    return table


def find_indicator(name: str) -> Indicator:
    """Return the indicator that a code, a name or a synonym means, whatever its spelling.

    Raises:
        UnknownIndicator: no exact match after folding; carries the nearest codes as a hint.
    """
    code = names().get(fold_text(name))
    if code is not None:
        return by_code()[code]
    raise UnknownIndicator(name, nearest_meanings(fold_text(name), names(), cutoff=0.6))


def fill_caches() -> None:
    """Read the codebook before it is asked for, where many processes are forked from one."""
    by_code()
    names()


def _read_line(row: dict[str, str]) -> Indicator:
    return Indicator(
        **{key: row[key] for key in _TEXTS},
        lower=float(row["lower"]) if row["lower"] else None,
        upper=float(row["upper"]) if row["upper"] else None,
        breaks=tuple(dt.date.fromisoformat(day) for day in row["breaks"].split("|") if day),
        flags=tuple(dt.date.fromisoformat(day) for day in row["flags"].split("|") if day),
        synonyms=tuple(name for name in row["synonyms"].split("|") if name),
    )


_TEXTS = (
    "code",
    "name_vi",
    "name_en",
    "unit",
    "numerator_vi",
    "numerator_en",
    "denominator_vi",
    "denominator_en",
    "numerator_code",
    "denominator_code",
)

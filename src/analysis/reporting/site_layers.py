"""What the map can show: one layer an indicator, with its classes, the distance that may be chance, its source."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.panels.layer_rows import LayerRows
from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import by_code, successors
from analysis.reporting.evidence import share_pct
from analysis.reporting.numbers import format_date, format_number, format_period
from analysis.reporting.place_names import shown_name

PORTAL_USE = "papi_d81_portal_access"  # a score that is shown as the share of respondents behind it
SURVEY = "papi_"
STATUSES = ("set", "doubtful", "not_known")
STEPS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 25.0)
CLASSES = 5
NORMAL_95 = 1.96
COLUMNS = ("layer", "province_frame", "province_code", "province", "period", "value", "unit", "raw_location")


class Words:
    """The texts of the index in one language."""

    def __init__(self, texts: Mapping[str, Any], language: str) -> None:
        self.texts, self.language = texts, language

    def say(self, section: str, key: str, **parts: object) -> str:
        """Return the sentence `section.key` with its parts put in."""
        return str(self.texts[section][key]).format(**parts)

    def number(self, value: float, digits: int, *, signed: bool = False) -> str:
        """Write a number as the language does; `signed` puts a plus before what rounds above zero."""
        text = format_number(value, digits, self.language)
        return f"+{text}" if signed and round(value, digits) > 0 else text

    def period(self, label: str) -> str:
        """Write a panel's period, such as 2022-06, as the language does."""
        return format_period(label, self.language)

    def date(self, iso: str) -> str:
        """Write an ISO date as the language does."""
        return format_date(iso, self.language)


@dataclass(frozen=True)
class Layer:
    """One layer in one language.

    `values` hold by province code one figure a period, None where there is none. A figure belongs to the class of the
    number of `bounds` it has reached; `classes` name the classes. Two figures of one period less than `chance` apart
    may differ by chance, None where that cannot be judged. Of statuses `values` are the classes themselves.
    """

    id: str
    frame: str
    name: str
    unit: str
    mark: str
    digits: int
    periods: tuple[str, ...]
    values: Mapping[str, Sequence[float | None]]
    classes: Sequence[str]
    notes: Sequence[str]
    bounds: Sequence[float] = ()
    chance: float | None = None
    symbols: Sequence[str] = field(default=())

    def to_dict(self) -> dict[str, Any]:
        """Return the layer as plain data."""
        return dict(vars(self))


def list_layers(found: Sequence[LayerRows], sources: pd.DataFrame, words: Words) -> list[Layer]:
    """Return the layers of figures, in the order given."""
    known = sources.drop_duplicates("source_id")
    publishers = dict(zip(known["source_id"].astype(str), known["publisher"].astype(str), strict=True))
    return [_layer(one, publishers, words) for one in found]


def value_of(indicator: str, value: float) -> float:
    """Return a figure as it is shown: of the survey's portal use the percent of respondents behind the score."""
    return share_pct(value) if indicator == PORTAL_USE else value


def _layer(found: LayerRows, publishers: Mapping[str, str], words: Words) -> Layer:
    line, percent = find_indicator(found.indicator), found.rows["unit"].iloc[0] == "percent"
    percent = percent or found.indicator == PORTAL_USE
    shown = found.rows.assign(
        value=[value_of(found.indicator, float(value)) for value in found.rows["value"]]
    )
    table = shown.pivot(index="province_code", columns="period", values="value").sort_index(axis=1)
    chance = chance_distance(table)
    bounds = round_bounds(table.to_numpy().ravel().tolist(), table.iloc[:, -1].tolist(), chance or 0.0)
    mark, digits = ("%", 1) if percent else ("", 2)
    survey = found.indicator.startswith(SURVEY)
    used = found.indicator == PORTAL_USE
    name = words.say("layer", "portal_use") if used else getattr(line, f"name_{words.language}")
    return Layer(
        id=found.indicator,
        frame=found.frame,
        name=str(name),
        unit=words.say("layer", "respondents" if used else "percent" if percent else "score"),
        mark=mark,
        digits=digits,
        periods=tuple(words.period(period) for period in table.columns),
        values={
            str(code): [None if math.isnan(value) else round(value, digits + 2) for value in row]
            for code, row in zip(table.index, table.to_numpy().tolist(), strict=True)
        },
        classes=_ranges(bounds, mark, digits, words),
        notes=_notes(found, chance, survey, publishers, words, digits),
        bounds=bounds,
        chance=None if chance is None else round(chance, digits + 1),
    )


def chance_distance(table: pd.DataFrame) -> float | None:
    """Return how far two figures of one period may lie apart by chance alone; None with fewer than three periods.

    All movement between two periods that is not common to the provinces is taken for noise of the two figures, so the
    difference of two provinces' figures varies as a change does: 1.96 standard deviations of it.

    Args:
        table: figures, a row a province and a column a period, in order of time.
    """
    if table.shape[1] < 3:
        return None
    changes = table.diff(axis=1).iloc[:, 1:]
    spread = float(np.nanstd((changes - changes.mean()).to_numpy(dtype=float), ddof=1))
    return NORMAL_95 * spread if spread == spread else None


def round_bounds(values: Iterable[float], newest: Iterable[float], least: float) -> tuple[float, ...]:
    """Return four round bounds between five classes, no class narrower than `least`.

    They leave at most a fifth of the newest figures above the last.
    """
    known = [value for value in values if value == value]
    now = [value for value in newest if value == value]
    for step in (step for step in STEPS if step >= least or step == STEPS[-1]):
        start = min(now, default=min(known, default=0.0)) // step * step
        bounds = tuple(round(start + step * number, 4) for number in range(1, CLASSES))
        if sum(value >= bounds[-1] for value in now) <= len(now) / CLASSES:
            break
    return bounds


def status_layer(
    statuses: Mapping[str, str], stated_by: Mapping[str, str], frame: str, words: Words, **known: str
) -> Layer:
    """Return the layer that shows which provinces are known to have set targets of their own."""
    listed = "listed_press" if "press" in stated_by.values() else "listed"
    said = words.say("status", f"about_{frame}", listed=words.say("status", listed), **known)
    notes = (said, words.say("status", "source"))
    return Layer(
        id="status",
        frame=frame,
        name=words.say("status", "name", **known),
        unit=words.say("status", "unit"),
        mark="",
        digits=0,
        periods=("",),
        values={code: [float(STATUSES.index(status))] for code, status in statuses.items()},
        classes=[words.say("status", status) for status in STATUSES],
        notes=notes,
        symbols=("●", "◐", "○"),
    )


def table_of_layers(found: Sequence[LayerRows]) -> str:
    """Return every figure of the layers as CSV text, each with its raw row."""
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in found:
        names = (
            {code: shown_name(place, "vi") for code, place in by_code().items()}
            if one.frame == "63"
            else successors()
        )
        for row in one.rows.sort_values(["province_code", "period"]).to_dict("records"):
            code, unit = str(row["province_code"]), "percent" if one.indicator == PORTAL_USE else row["unit"]
            value = round(value_of(one.indicator, float(row["value"])), 4)
            place = (
                one.indicator,
                one.frame,
                code,
                names[code],
                row["period"],
                value,
                unit,
                row["raw_location"],
            )
            table.writerow(place)
    return stream.getvalue()


def _ranges(bounds: Sequence[float], mark: str, digits: int, words: Words) -> list[str]:
    whole = all(bound == round(bound) for bound in bounds)
    texts = [f"{words.number(bound, 0 if whole else digits)}{mark}" for bound in bounds]
    middle = [words.say("layer", "between", low=low, high=high) for low, high in pairwise(texts)]
    return [
        words.say("layer", "below", bound=texts[0]),
        *middle,
        words.say("layer", "above", bound=texts[-1]),
    ]


def _notes(
    found: LayerRows,
    chance: float | None,
    survey: bool,
    publishers: Mapping[str, str],
    words: Words,
    digits: int,
) -> list[str]:
    line = find_indicator(found.indicator)
    names = dict.fromkeys(str(publishers.get(source, "")) for source in found.rows["source_id"])
    base = getattr(line, f"denominator_{words.language}")
    notes = [words.say("layer", "of", base=base)] if base else []
    if chance is not None:
        distance = words.number(chance, digits)
        notes.append(words.say("layer", "chance_survey" if survey else "chance_counts", distance=distance))
    notes.append(
        words.say(
            "layer", "source_survey" if survey else "source_counts", publishers="; ".join(filter(None, names))
        )
    )
    if found.indicator == PORTAL_USE:
        notes.append(words.say("layer", "converted"))
    notes += [words.say("layer", "jump", year=day.year, before=day.year - 1) for day in line.flags]
    if found.set_aside:
        periods = ", ".join(words.period(period) for period in found.set_aside)
        notes.append(words.say("layer", "set_aside", periods=periods))
    return notes

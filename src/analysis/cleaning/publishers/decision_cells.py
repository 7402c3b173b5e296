"""What a cell of a table of decisions says: a day of any precision, a deadline, a target with its bound, a province."""

from __future__ import annotations

import datetime as dt
import re

from analysis.cleaning.maps import MERGER, frame_of
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.decision_words import bounds
from analysis.cleaning.readers.cells import even_out
from analysis.cleaning.readers.grid import DATE, ERROR, NUMBER, PERCENT, UNCACHED
from analysis.cleaning.words.periods import bounds_of
from analysis.cleaning.words.places import PLACE, Place, read_code, read_place
from analysis.reference.indicators import Indicator
from analysis.reference.provinces import NATION, by_code
from analysis.reference.spelling import plain_text

# No target or number of a document is longer.
_LONGEST = 100
_BODY = r"(?P<number>\d+(?:[.,]\d{1,2})?|\d{1,3}(?:[., ]\d{3})+)\s*(?P<percent>%|phan tram|percent)?"


def read_target(text: str, kind: str, line: Indicator) -> tuple[float, str] | Message:
    """Return a target in the unit of its indicator and its qualifier, or what is the matter with the cell.

    `kind` is how the workbook stores the cell: 0.6 shown as 60 % is 60.
    """
    if kind in (ERROR, UNCACHED, DATE):
        return unreadable_kind(kind, text) or message("number_unreadable.date", text=text)
    plain = plain_text(even_out(text[:_LONGEST]))
    qualifier, body = _take_bound(plain)
    found = re.fullmatch(_BODY, body.strip())
    if found is None or (found["percent"] and line.unit != "percent"):
        return message("number_unreadable.decision", text=text[:_LONGEST])
    thousands = re.fullmatch(r"\d{1,3}([., ]\d{3})+", found["number"])
    if thousands and line.unit == "percent":
        return message("number_unreadable.decision", text=text[:_LONGEST])
    number = re.sub(r"[., ]", "", found["number"]) if thousands else found["number"].replace(",", ".")
    value = float(number) * 100 if kind == PERCENT else float(number)
    if line.unit == "percent" and kind in (NUMBER, "t") and not found["percent"] and 0 < value <= 1:
        return message("scale_ambiguous.decision", text=text, low=value, high=100 * value)
    return _in_range(round(value, 10), qualifier, line)


def _take_bound(plain: str) -> tuple[str, str]:
    """Return the qualifier that words before or after a target mean, and the text without them."""
    qualifier = "exact"
    for word, meant in bounds("before").items():
        if plain.startswith(word) and not (word[-1].isalpha() and plain[len(word) :][:1].isalpha()):
            qualifier, plain = meant, plain[len(word) :].strip()
            break
    for word, meant in bounds("after").items():
        if plain.endswith(" " + word):
            return meant, plain.removesuffix(word)
    return qualifier, plain


def _in_range(value: float, qualifier: str, line: Indicator) -> tuple[float, str] | Message:
    if (line.lower is not None and value < line.lower) or (line.upper is not None and value > line.upper):
        return message("out_of_range.decision", value=value, lower=line.lower, upper=line.upper)
    return value, qualifier


def unreadable_kind(kind: str, text: str) -> Message | None:
    """Return what is said of a cell whose formula has failed or was saved without its value, else None."""
    if kind == ERROR:
        return message("formula_error", text=text)
    return message("formula_without_value") if kind == UNCACHED else None


def read_place_or_code(text: str) -> Place:
    """Return what the name or the code of a province stands for."""
    coded = read_code(text)
    return coded if coded.kind == PLACE else read_place(text)


def place_on_day(label: str, place: Place, announced: str, precision: str) -> tuple[str, str] | Message:
    """Return the code of a province on the map of the day of its decision, and that map.

    From 1 July 2025 on a name means the merged province that bears it.
    """
    first, last = bounds_of(announced)
    if place.code_63 == NATION:
        return NATION, frame_of(first)
    frames = {frame_of(dt.date.min if precision == "before" else first), frame_of(last)}
    if len(frames) == 2 and not (place.only_old or place.only_new):
        return message("map_unclear", label=label, text=announced)
    frame = (
        "63"
        if place.only_old and "63" in frames
        else "34"
        if place.only_new and "34" in frames
        else frames.pop()
    )
    code = place.code_63 if frame == "63" else place.code_34
    if code:
        return code, frame
    if frame == "63":
        return message("name_not_on_map.later", label=label, text=announced, day=f"{MERGER:%d/%m/%Y}")
    heir = by_code()[place.code_63].successor_vi
    return message("name_not_on_map.merged", label=label, text=announced, heir=heir, day=f"{MERGER:%d/%m/%Y}")

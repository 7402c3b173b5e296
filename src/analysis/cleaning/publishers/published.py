"""Figures that newspapers, ministries and provinces printed, one row each with its own source."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from analysis.cleaning.maps import place_on_map
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.stated_by import who_states
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.sources import describe_source
from analysis.cleaning.words.periods import bounds_of, frequency_of, is_date
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import NATION
from analysis.reference.provinces import by_code as provinces

_UNITS = {"points_of_100": "score"}
_QUALIFIERS = ("exact", "about", "at_least", "at_most", "over", "target")
_KINDS = ("observed", "target")
NEEDED = (
    "figure_id", "province_code", "indicator", "value", "unit", "qualifier", "period_start", "period_end", "kind",
    "publisher", "title", "published", "url",
)  # fmt: skip
_NOT_A_TARGET = {"n_departments_assigned_payment_target", "n_districts_assigned_payment_target"}


def clean_published_figures(figures: pd.DataFrame, file: str) -> Cleaned:
    """Turn printed figures into observations and targets; rows that mean nothing certain go to quarantine.

    `figures` holds text; its index is the line of each row in `file`.
    """
    intake = Intake()
    for line, row in figures.iterrows():
        figure = _ended({str(key): str(value) for key, value in row.items()})
        source = describe_source(
            figure["publisher"], figure["title"], figure["published"], figure["url"], file
        )
        refusal = _refusal(figure)
        if refusal:
            intake.refuse(file, f"E{line}", figure["value"], refusal)
            continue
        intake.sources[source["source_id"]] = source
        placed = {"source_id": source["source_id"], "raw_location": f"{file}:{line}"}
        if figure["kind"] == "target":
            said = who_states(source["publisher"], source["title"], source["url"], "")
            intake.targets.append(_target(figure) | placed | {"stated_by": said})
        else:
            intake.observations.append(_observation(figure) | placed)
    return intake.finish()


def _ended(figure: dict[str, str]) -> dict[str, str]:
    """Take the moment that the source says an observed figure stood at for its last day, where it gives no other.

    A month ends a stretch that has a first day; a state at a point in time needs its day.
    """
    as_of = figure.get("as_of", "")
    if figure["kind"] != "observed" or figure["period_end"] or not is_date(as_of):
        return figure
    day = len(as_of) == len("2022-08-20")
    if not day and not (len(as_of) == len("2022-08") and figure["period_start"]):
        return figure
    return figure | {"period_end": bounds_of(as_of)[1].isoformat(), "ended_by": "" if day else as_of}


def _refusal(figure: dict[str, str]) -> Message | None:
    """Return what is said of a row that cannot be used, else None."""
    indicator, name = figure["indicator"], f"{figure['figure_id']} ({figure['indicator']})"
    if figure["province_code"] != NATION and figure["province_code"] not in provinces():
        return message("province_unknown.figure", name=name, code=figure["province_code"])
    if indicator.startswith(("ward_", "district_")):
        return message("below_province.figure", name=name)
    if indicator.endswith("_unit_missing"):
        return message("unit_missing", name=name)
    if "_window_unclear" in indicator:
        return message("period_unclear", name=name)
    if indicator in _NOT_A_TARGET:
        return message("scope_of_target", name=name)
    if indicator not in codebook():
        return message("indicator_undefined", name=name)
    return _undated(figure, name) or _unreadable(figure, name)


def _undated(figure: dict[str, str], name: str) -> Message | None:
    start, end, published = figure["period_start"], figure["period_end"], figure["published"]
    if figure["kind"] == "target":
        if start or end or published:
            return None
        return message("no_date", name=name)
    if end:
        return None
    if start:
        code = "period_open.published" if published else "period_open"
        return message(code, name=name, start=start, published=published)
    return message("no_period.published" if published else "no_period", name=name, published=published)


def _unreadable(figure: dict[str, str], name: str) -> Message | None:
    """Return what is said of a row with a cell that is not written as it must be, else None."""
    for column in ("period_start", "period_end", "published"):
        text = figure[column]
        shown = r"\d{4}(-\d\d){0,2}" if column == "published" else r"\d{4}-\d\d-\d\d"
        if text and not (re.fullmatch(shown, text) and is_date(text)):
            return message("date_unreadable", name=name, column=column, text=text)
    if figure["period_start"] and figure["period_end"] and figure["period_start"] > figure["period_end"]:
        ends = {"start": figure["period_start"], "end": figure["period_end"]}
        return message("date_unreadable.order", name=name, **ends)
    if not re.fullmatch(r"-?\d+(\.\d+)?", figure["value"]):
        return message("number_unreadable.figure", name=name, text=figure["value"])
    return _unlike_codebook(figure, name)


def _unlike_codebook(figure: dict[str, str], name: str) -> Message | None:
    line, unit = codebook()[figure["indicator"]], _UNITS.get(figure["unit"], figure["unit"])
    if unit != line.unit:
        return message("unit_unlike", name=name, unit=figure["unit"], expected=line.unit)
    for column, known in (("qualifier", _QUALIFIERS), ("kind", _KINDS)):
        if figure[column] not in known:
            return message("word_unknown", name=name, column=column, word=figure[column], known=known)
    value = float(figure["value"])
    below, above = (
        line.lower is not None and value < line.lower,
        line.upper is not None and value > line.upper,
    )
    if figure["kind"] == "observed" and (below or above):
        return message("out_of_range.figure", name=name, value=value, lower=line.lower, upper=line.upper)
    return None


def mark_repeated(figures: pd.DataFrame, file: str) -> list[Message]:
    """Return a notice for each figure_id that stands on several lines with several values: all of them are kept."""
    notices = []
    for name, rows in figures[figures.duplicated("figure_id", keep=False)].groupby("figure_id", sort=False):
        if rows["value"].nunique() > 1:
            values = [
                message("value_at_line", value=value, line=str(line)) for line, value in rows["value"].items()
            ]
            notices.append(message("figure_repeated", file=file, name=name, values=values))
    return notices


def _observation(figure: dict[str, str]) -> dict[str, object]:
    end = dt.date.fromisoformat(figure["period_end"])
    start = dt.date.fromisoformat(figure["period_start"]) if figure["period_start"] else end
    code, frame, moved = place_on_map(figure["province_code"], end)
    month = figure.get("ended_by")
    ended = f"the source dates its end by the month only ({month})" if month else ""
    notes = [figure["figure_id"], moved, ended, _readings(figure)]
    return {
        "province_code": code,
        "province_frame": frame,
        "indicator": figure["indicator"],
        "period_start": start.isoformat(),
        "period_end": end.isoformat(),
        "frequency": frequency_of(start, end) if figure["period_start"] else "X",
        "value": float(figure["value"]),
        "unit": _UNITS.get(figure["unit"], figure["unit"]),
        "qualifier": figure["qualifier"],
        "note": "; ".join(note for note in notes if note),
    }


def _readings(figure: dict[str, str]) -> str:
    """Say both readings of a printed change, which may be in points or relative."""
    if "_change_vs_" not in figure["indicator"]:
        return ""
    return (
        f"printed change of {figure['value']} %: percentage points or relative, the source does not say which"
    )


def _target(figure: dict[str, str]) -> dict[str, object]:
    announced, precision = _announcement(figure)
    only_deadline = announced == figure["period_end"]
    # The file uses the codes of the 63; a deadline says nothing about the map on the day of announcement.
    known = bounds_of(announced)[0] if not only_deadline else dt.date.min
    code, frame, moved = place_on_map(figure["province_code"], known)
    notes = [figure["figure_id"], moved]
    if only_deadline:
        notes.append("only known to be older than its deadline")
    return {
        "province_code": code,
        "province_frame": frame,
        "indicator": figure["indicator"],
        "announced": announced,
        "date_precision": precision,
        "target_value": float(figure["value"]),
        "unit": _UNITS.get(figure["unit"], figure["unit"]),
        "qualifier": "exact" if figure["qualifier"] == "target" else figure["qualifier"],
        "deadline": figure["period_end"],
        "scope": "",
        "note": "; ".join(note for note in notes if note),
    }


def _announcement(figure: dict[str, str]) -> tuple[str, str]:
    """Return when a target was announced, as precisely as the row allows.

    A first day other than 1 January is the day of the announcement (the first of a month: the month); else
    the target is older than its publication, or at least than its deadline.
    """
    start = figure["period_start"]
    if start and not start.endswith("-01-01"):
        return (start[:7], "month") if start.endswith("-01") else (start, "day")
    return figure["published"] or figure["period_end"], "before"

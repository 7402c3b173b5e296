"""The table of who set which target when, with the campaigns and fee cuts that happened beside it."""

from __future__ import annotations

import re

import pandas as pd

from analysis.cleaning.maps import place_on_map
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.stated_by import find_document, who_states
from analysis.cleaning.shapes import PRECISIONS, Cleaned, Intake
from analysis.cleaning.sources import parse_citation
from analysis.cleaning.words.periods import bounds_of, is_date
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import NATION
from analysis.reference.provinces import by_code as provinces

_VALUE = re.compile(r"(?P<bound>>=|<=|up to )?\s*(?P<number>\d+(\.\d+)?)")
NEEDED = (
    "province_code", "province", "decision_or_announcement", "date_known", "date_precision", "indicator",
    "target_value", "deadline", "scope", "source",
)  # fmt: skip
_BOUNDS = {">=": "at_least", "<=": "at_most", "up to ": "at_most", None: "exact"}


def clean_target_setting(
    decisions: pd.DataFrame, file: str, known_sources: pd.DataFrame | None = None
) -> Cleaned:
    """Turn decisions into targets; an address in `known_sources` keeps the identifier it has there.

    `decisions` holds text; its index is the line of each row in `file`.
    """
    known = (
        {} if known_sources is None else {r["url"]: r for r in known_sources.to_dict("records") if r["url"]}
    )
    intake = Intake()
    for line, row in decisions.iterrows():
        decision = {str(key): str(value) for key, value in row.items()}
        refusal = _refusal(decision)
        if refusal:
            intake.refuse(file, f"G{line}", decision["target_value"], refusal)
            continue
        source = known.get(decision["source"]) or parse_citation(decision["source"], file)
        cited = {str(key): str(value) for key, value in source.items()}
        intake.sources[cited["source_id"]] = cited
        document = find_document(decision["decision_or_announcement"])
        said = who_states(cited["publisher"], cited["title"], cited["url"], document)
        placed = {"source_id": cited["source_id"], "raw_location": f"{file}:{line}"}
        intake.targets.append(_target(decision) | placed | {"document": document, "stated_by": said})
    return intake.finish()


def _refusal(decision: dict[str, str]) -> Message | None:
    """Return what is said of a row that cannot be used, else None."""
    name = f"{decision['province']}, {decision['indicator']}"
    if decision["province_code"] != NATION and decision["province_code"] not in provinces():
        return message("province_unknown.target", name=name)
    if decision["indicator"] not in codebook():
        return message("indicator_undefined.target", name=name)
    if decision["target_value"] and not _VALUE.fullmatch(decision["target_value"]):
        return message("number_unreadable.target", name=name, text=decision["target_value"])
    return _undated(decision, name)


def _undated(decision: dict[str, str], name: str) -> Message | None:
    """Return what is said of a decision whose dates cannot be read, else None."""
    known = ("date_known", r"\d{4}(-\d\d){0,2}"), ("deadline", r"(\d{4}-\d\d-\d\d)?")
    for column, pattern in known:
        text = decision[column]
        if not re.fullmatch(pattern, text) or (text and not is_date(text)):
            return message("date_unreadable", name=name, column=column, text=text)
    if decision["date_precision"] not in PRECISIONS:
        found = {"column": "date_precision", "word": decision["date_precision"]}
        return message("word_unknown", name=name, **found, known=PRECISIONS)
    return None


def _target(decision: dict[str, str]) -> dict[str, object]:
    code, frame, moved = place_on_map(decision["province_code"], bounds_of(decision["date_known"])[0])
    value = _VALUE.fullmatch(decision["target_value"])
    notes = [decision["decision_or_announcement"], moved]
    return {
        "province_code": code,
        "province_frame": frame,
        "indicator": decision["indicator"],
        "announced": decision["date_known"],
        "date_precision": decision["date_precision"],
        "target_value": float(value["number"]) if value else float("nan"),
        "unit": codebook()[decision["indicator"]].unit,
        "qualifier": _BOUNDS[value["bound"]] if value else "",
        "deadline": decision["deadline"],
        "scope": decision["scope"],
        "note": "; ".join(note for note in notes if note),
    }

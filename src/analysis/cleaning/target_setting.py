"""The table of who set which target when, with the campaigns and fee cuts that happened beside it."""

from __future__ import annotations

import re

import pandas as pd

from analysis.cleaning.maps import place_on_map
from analysis.cleaning.periods import bounds_of
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.sources import parse_citation
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import NATION
from analysis.reference.provinces import by_code as provinces

_VALUE = re.compile(r"(?P<bound>>=|<=|up to )?\s*(?P<number>\d+(\.\d+)?)")
NEEDED = (
    "province_code", "province", "decision_or_announcement", "date_known", "date_precision", "indicator",
    "target_value", "deadline", "scope", "source",
)  # fmt: skip
_PRECISIONS = ("day", "month", "before", "year")
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
            intake.refuse(file, f"G{line}", decision["target_value"], *refusal)
            continue
        source = known.get(decision["source"]) or parse_citation(decision["source"], file)
        intake.sources[str(source["source_id"])] = {str(key): str(value) for key, value in source.items()}
        placed = {"source_id": source["source_id"], "raw_location": f"{file}:{line}"}
        intake.targets.append(_target(decision) | placed)
    return intake.finish()


def _refusal(decision: dict[str, str]) -> tuple[str, str, str] | None:
    """Return rule, reason and mend for a row that cannot be used, else None."""
    name = f"{decision['province']}, {decision['indicator']}"
    if decision["province_code"] != NATION and decision["province_code"] not in provinces():
        return "province_unknown", f"{name}: no such GSO code.", "Correct the code."
    if decision["indicator"] not in codebook():
        return "indicator_undefined", f"{name}: not in the codebook.", "Use or add a code of the codebook."
    if decision["target_value"] and not _VALUE.fullmatch(decision["target_value"]):
        return (
            "number_unreadable",
            f"{name}: {decision['target_value']!r} is no number.",
            "Write 80, >=80 or <=80.",
        )
    return _undated(decision, name)


def _undated(decision: dict[str, str], name: str) -> tuple[str, str, str] | None:
    """Return rule, reason and mend for a decision whose dates cannot be read, else None."""
    known = ("date_known", r"\d{4}(-\d\d){0,2}"), ("deadline", r"(\d{4}-\d\d-\d\d)?")
    for column, pattern in known:
        text = decision[column]
        if not re.fullmatch(pattern, text) or (text and not _is_date(text)):
            return "date_unreadable", f"{name}: {column} {text!r} is no date.", "Write it as 2022-09-30."
    if decision["date_precision"] not in _PRECISIONS:
        reason = f"{name}: date_precision {decision['date_precision']!r} is none of {', '.join(_PRECISIONS)}."
        return "word_unknown", reason, "Use one of these words."
    return None


def _is_date(text: str) -> bool:
    try:
        bounds_of(text)
    except ValueError:
        return False
    return True


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

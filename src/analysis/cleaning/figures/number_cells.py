"""One cell taken apart: a number and what stands around it, a mark that there is none, or what it is instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.cleaning.figures.readings import Reading, held
from analysis.cleaning.readers.cells import LONGEST, even_out, is_missing
from analysis.cleaning.readers.grid import DATE, ERROR, NUMBER, PERCENT, POINTS, UNCACHED
from analysis.reference.spelling import plain_text

# A mark that points to a footnote: 50,0%* or 71,12 (1).
_FOOTNOTE = re.compile(r"(?<=[\d%])\s*(?:\*{1,3}|\((?:\d|\*{1,3}|[a-z])\))$")
# The unit written out behind a figure.
_UNIT = re.compile(
    r"(?<=\d)\s*(?:hồ sơ|lượt|dịch vụ|dvc(?:tt)?|tthc|thủ tục|điểm|giao dịch)\.?$", re.IGNORECASE
)
_QUALIFIERS = (
    (re.compile(r"(>=|≥|tu|it nhat|toi thieu|at least|dat tren)\s*"), "at_least"),
    (re.compile(r"(<=|≤|toi da|khong qua|at most|<|duoi|under|below)\s*"), "at_most"),
    (re.compile(r"(>|tren|hon|over|above)\s*"), "over"),
    (re.compile(r"(~|≈|khoang|gan|xap xi|about|around|approx\.?|ca\.)\s*"), "about"),
)


@dataclass(frozen=True)
class NumberCell:
    """A cell that may hold a number: its text without sign words, per cent sign and footnote mark.

    `stored` says that a workbook holds it as a number, so that its decimal mark is the dot; `points` that it is
    stored as it is shown, with a per cent sign added.
    """

    body: str
    percent: bool
    stored: bool
    qualifier: str = "exact"
    points: bool = False


def take_apart(text: str, kind: str) -> NumberCell | Reading:
    """Return a cell that holds a number, or the reading of one that does not."""
    if kind == ERROR or text.startswith("#"):
        return held("formula_error", text=text)
    if kind == UNCACHED or text.startswith("="):
        return held("formula_without_value")
    if kind == DATE:
        return held("number_unreadable.date", text=text)
    if kind in (NUMBER, PERCENT, POINTS):
        return NumberCell(text, kind != NUMBER, True, points=kind == POINTS)
    if len(text) > LONGEST:
        text = " ".join(text.split())[:LONGEST]
    if is_missing(text):
        return held("missing.mark", text=text.strip()) if text.strip() else held("missing")
    body = even_out(text)
    if body.startswith("'"):
        body = body[1:]
    if body.startswith("+"):
        body = body[1:]
    body = _FOOTNOTE.sub("", body)
    body, qualifier = _qualified(body)
    body = _UNIT.sub("", body)
    percent = body.endswith("%")
    body = re.sub(r"\s*%$", "", body)
    return NumberCell(body, percent, False, qualifier)


def _qualified(body: str) -> tuple[str, str]:
    """Split “trên 50%” into the number and how exact it is."""
    if body[:1].isdigit() or body[:1] == "-":
        return body, "exact"
    plain = plain_text(body)
    for pattern, qualifier in _QUALIFIERS:
        found = pattern.match(plain)
        if found and re.match(r"\d", plain[found.end() :]):
            return plain[found.end() :], qualifier
    return body, "exact"

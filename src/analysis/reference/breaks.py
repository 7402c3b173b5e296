"""Why figures of one name stop comparing: the reason behind each day of the codebook, and the day of the new map."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

NEW_MAP = dt.date(2025, 7, 1)


@dataclass(frozen=True)
class Break:
    """A day from which figures compare no longer, or only with care.

    `kind` is `definition` (another thing is counted), `jump` (values jump, nobody said why) or `map` (the same
    names are other territories).
    """

    day: dt.date
    kind: str
    reason: str


BREAKS = (
    Break(dt.date(2016, 1, 1), "definition", "PAPI dimension 3 is made up anew"),
    Break(dt.date(2018, 1, 1), "definition", "PAPI dimensions 2 and 3 are made up anew"),
    Break(dt.date(2020, 1, 1), "definition", "PAPI 8.3 of 2019 does not compare"),
    Break(dt.date(2022, 8, 15), "definition", "Decree 42/2022/NĐ-CP ends levels 1–4"),
    Break(dt.date(2023, 1, 1), "jump", "PAPI 8.1 jumps, unexplained"),
    Break(NEW_MAP, "map", "63 provinces become 34"),
)


_OWN = "the project's codebook says so"


def reason_of(day: dt.date) -> str:
    """Return the short reason of a day on which figures stop comparing; one of a project's own has its line."""
    return {line.day: line.reason for line in BREAKS}.get(day, _OWN)

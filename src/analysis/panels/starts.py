"""Which decisions count as treatment, from which period, with which dose; and which other provinces are doubtful."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.periods import label_of_day
from analysis.reference.provinces import NATION, name_of
from analysis.reference.scopes import BINDING, whom_it_binds

if TYPE_CHECKING:
    import pandas as pd

    from analysis.study import Study

EXACT = ("day", "month")
Row = dict[Hashable, Any]


@dataclass(frozen=True)
class Start:
    """When a province's treatment starts: `day` is ISO, the last possible one where the date is not known exactly.

    `period` is the first treated period, as panels write it; `precision` is day, month, year or before; `dose` is the
    target in percent, None where none is known; `stated_by` says who states the decision (press, official, user).
    """

    province_code: str
    period: str
    day: str
    precision: str
    dose: float | None
    document: str
    stated_by: str
    source_id: str
    raw_location: str


def find_starts(targets: pd.DataFrame, study: Study, frequency: str) -> tuple[Start, ...]:
    """Return the start of each treated province, by code.

    A decision counts when it sets a target on one of the study's treating indicators, binds agencies or localities
    (see `reference.scopes`), and was taken, at the latest, between the study's two days. A day or a month known
    exactly goes before "before" and a year; of several the first counts. With `study.first_treated` all start in
    that period.
    """
    rows = _binding(targets, study)
    exact = rows["date_precision"].isin(EXACT)
    rows = rows.assign(_vague=~exact).sort_values(
        ["province_code", "_vague", "_day", "raw_location"], kind="stable"
    )
    rows_of: dict[str, list[Row]] = {}
    for row in rows.to_dict("records"):
        rows_of.setdefault(str(row["province_code"]), []).append(row)
    starts = []
    for code, own in rows_of.items():
        period = study.first_treated or label_of_day(own[0]["_day"], frequency)
        starts.append(_start(code, period, own[0], _dose(own, study)))
    wanted = set(study.provinces)
    found = {start.province_code for start in starts}
    chosen = [start for start in starts if not wanted or start.province_code in wanted]
    if study.first_treated:
        # Provinces named by a person need no decision in the data where the study gives their start.
        chosen += [_named(code, study.first_treated) for code in sorted(wanted - found)]
    return tuple(sorted(chosen, key=lambda start: start.province_code))


def doubtful_provinces(targets: pd.DataFrame, study: Study, treated: set[str]) -> tuple[str, ...]:
    """Return untreated provinces with any target, campaign or fee cut between the study's two days of doubt.

    A deadline inside the window counts as well, where the day of announcement is known only to precede it.
    """
    own = targets[(targets["province_code"] != NATION) & (targets["province_frame"] == study.frame)]
    days, deadlines = _last_days(own["announced"]), own["deadline"].astype(str)
    inside = _between(days, study.doubtful_from, study.doubtful_until) | (
        (deadlines != "") & _between(deadlines, study.doubtful_from, study.doubtful_until)
    )
    return tuple(sorted(set(own.loc[inside, "province_code"]) - treated))


def _binding(targets: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the decisions that count, with `_day`: in force from, else announced; the last possible one."""
    import pandas as pd

    own = targets[
        (targets["province_code"] != NATION)
        & (targets["province_frame"] == study.frame)
        & targets["indicator"].isin(list(study.treating))
    ]
    said = [own[name] if name in own else [""] * len(own) for name in ("scope", "document", "stated_by")]
    # What is given to a unit by name binds it, whatever the scope of the decision.
    binds = [bool(study.units) or whom_it_binds(*map(str, row)) == BINDING for row in zip(*said, strict=True)]
    own = own[pd.Series(binds, index=own.index, dtype=bool)]
    since = own["effective_from"] if "effective_from" in own else own["announced"]
    days = _last_days(since.where(since != "", own["announced"]))
    own = own.assign(_day=days)
    return own[_between(_last_days(own["announced"]), study.decided_from, study.decided_until)]


def _between(days: pd.Series[str], first: str, last: str) -> pd.Series[bool]:
    return days.between(first or "0000", last or "9999")


def _last_days(texts: pd.Series[str]) -> pd.Series[str]:
    """Return the last day that a text such as 2022, 2022-08 or 2022-08-20 allows."""
    from analysis.periods import last_day_of

    return texts.map(last_day_of)


def _dose(own: list[Row], study: Study) -> float | None:
    """Return the highest target on the outcome among the decisions of the day that counts, the first row's."""
    levels = [
        float(row["target_value"])
        for row in own
        if row["_day"] == own[0]["_day"] and row["indicator"] == study.outcome
    ]
    return max((level for level in levels if level == level), default=None)


def _start(code: str, period: str, row: Row, dose: float | None) -> Start:
    return Start(
        province_code=code,
        period=period,
        day=str(row["_day"]),
        precision=str(row["date_precision"]),
        dose=dose,
        document=str(row.get("document", "") or ""),
        stated_by=str(row.get("stated_by", "") or ""),
        source_id=str(row["source_id"]),
        raw_location=str(row["raw_location"]),
    )


def _named(code: str, period: str) -> Start:
    return Start(code, period, "", "", None, "", "user", "", "")


def place_name(code: str, study: Study) -> str:
    """Return the name of a province, or the code of a unit of one."""
    return code if study.units else name_of(code, study.frame)


def name_starts(starts: tuple[Start, ...], study: Study) -> str:
    """Return the first few provinces with their first treated period, for messages."""
    names = [f"{place_name(start.province_code, study)} ({start.period})" for start in starts[:4]]
    return ", ".join([*names, *(["…"] if len(starts) > 4 else [])]) or "none"

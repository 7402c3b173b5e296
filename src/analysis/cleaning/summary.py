"""What a new file gave, in lines for the screen: figures and decisions, of whom, of when, and what was held."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

from analysis.cleaning.shapes import Cleaned
from analysis.cleaning.words.periods import bounds_of, frequency_of
from analysis.reference.provinces import NATION
from analysis.reference.scopes import BINDING, HEARSAY, WHOLE_AREA, whom_it_binds

_HELD_SHOWN = 3
_NOT_BINDING = {
    WHOLE_AREA: "“{scope}” names a whole area and binds no agency. If agencies got the target, name them there.",
    HEARSAY: "only the press tells of it, without number or addressee. Add the decision's number, or whom it binds.",
}
_LISTED = " (each with its reason in data/processed/report.html after the next `dvctt clean`)"


def describe_reading(cleaned: Cleaned) -> list[str]:
    """Say what was read of a file and what was held: “read: 504 figures of 63 provinces, August 2022”."""
    lines = []
    figures, targets = cleaned.observations, cleaned.targets
    if len(figures):
        spans = zip(figures["period_start"], figures["period_end"], strict=True)
        lines.append(f"read: {_count(len(figures), 'figure')} of {_places(figures)}, {_periods(spans)}")
    if len(cleaned.unit_observations):
        own = cleaned.unit_observations
        units = own.drop_duplicates(["province_frame", "province_code", "unit_code"])
        spans = zip(own["period_start"], own["period_end"], strict=True)
        said = f"{_count(len(own), 'figure')} of {_count(len(units), 'unit')} of {_places(own)}"
        lines.append(f"read: {said}, {_periods(spans)}")
    if len(cleaned.unit_targets):
        own = cleaned.unit_targets
        units = own.drop_duplicates(["province_frame", "province_code", "unit_code"])
        lines.append(f"read: {_count(len(own), 'target')} of {_count(len(units), 'unit')} of {_places(own)}")
    if len(targets):
        made = targets[["province_frame", "province_code", "document", "announced"]].drop_duplicates()
        said = f"{_count(len(made), 'decision')} with {_count(len(targets), 'target')}"
        days = [bounds_of(day) for day in targets["announced"]]
        when = _periods((first.isoformat(), last.isoformat()) for first, last in days)
        lines.append(f"read: {said} of {_places(targets)}, announced {when}")
        lines += _counting(targets)
    return [*lines, *describe_held(cleaned.quarantine, _LISTED)]


def _counting(targets: pd.DataFrame) -> list[str]:
    """Say how many targets count as decisions that bind agencies, and which do not and why."""
    said = zip(targets["scope"], targets["document"], targets["stated_by"], strict=True)
    reasons = [whom_it_binds(*row) for row in said]
    apart = targets.assign(reason=reasons)[[reason != BINDING for reason in reasons]]
    lines = [f"count as decisions that bind agencies: {len(targets) - len(apart)} of {len(targets)}"]
    for (reason, scope), own in apart.groupby(["reason", "scope"], sort=True):
        places = own["raw_location"].str.rpartition("/")[2].tolist()
        more = f" and {len(places) - _HELD_SHOWN} more" if len(places) > _HELD_SHOWN else ""
        lines.append(
            f"  not {', '.join(places[:_HELD_SHOWN])}{more}: {_NOT_BINDING[str(reason)].format(scope=scope)}"
        )
    return lines


def describe_held(quarantine: pd.DataFrame, where: str = "") -> list[str]:
    """Say how much was held, `where` all of it will be listed, and of the first few why and how to put it right."""
    if quarantine.empty:
        return ["held: nothing"]
    shown = [
        f"  {' '.join(filter(None, (line['sheet'], line['cell'])))}: {line['reason']} {line['mend']}"
        for line in quarantine.head(_HELD_SHOWN).to_dict("records")
    ]
    rest = len(quarantine) - len(shown)
    more = [f"  … and {rest} more"] if rest else []
    return [f"held: {_count(len(quarantine), 'row or cell', 'rows or cells')}{where}", *shown, *more]


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _places(rows: pd.DataFrame) -> str:
    """Say of how many provinces rows are, by map where both maps occur, and whether the country is among them."""
    own = rows[rows["province_code"] != NATION].drop_duplicates(["province_frame", "province_code"])
    named = [
        f"{_count(len(part), 'province')} (map of {frame})"
        for frame, part in own.groupby("province_frame", sort=False)
    ]
    if len(named) == 1:
        named = [_count(len(own), "province")]
    nation = ["the country"] if len(own) < len(rows) and (rows["province_code"] == NATION).any() else []
    return " and ".join([*named, *nation])


def _periods(spans: Iterable[tuple[str, str]]) -> str:
    """Say the first and the last of several periods, given as ISO first and last days."""
    ordered = sorted(set(spans), key=lambda span: (span[1], span[0]))
    first, last = _period(*ordered[0]), _period(*ordered[-1])
    return first if len(ordered) == 1 else f"{first} to {last}"


def _period(start: str, end: str) -> str:
    """Return a period in words: August 2022, Q3 2022, 2022, 20 August 2022."""
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    kind = frequency_of(first, last)
    if kind == "D":
        return f"{last.day} {last:%B %Y}"
    if kind == "M":
        return f"{last:%B %Y}"
    if kind == "Q":
        return f"Q{(last.month + 2) // 3} {last.year}"
    if kind == "A":
        return str(last.year)
    if kind == "S":
        return f"{'first' if last.month == 6 else 'second'} half of {last.year}"
    return f"{first.day} {first:%B %Y} – {last.day} {last:%B %Y}"

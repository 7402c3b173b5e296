"""How a fault of a file is told: which file, period and indicators, what was expected in numbers, how to mend it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.cleaning.doubts import period_at
from analysis.cleaning.faults import Fault, Rows, columns_in_order
from analysis.cleaning.messages import Message, message
from analysis.cleaning.series import PROVINCES, Floats, Positions, Sending, Series
from analysis.reference.indicators import by_code as codebook
from analysis.reference.provinces import NATION, successors
from analysis.reference.provinces import by_code as provinces

# Grave findings keep figures out of what follows; the others are only said.
GRAVE = {
    "moved": "over_time_moved",
    "swapped": "over_time_swapped",
    "scaled": "over_time_scaled",
    "copied": "over_time_copied",
    "misdated": "over_time_misdated",
    "unlike": "over_time_unlike",
    "counts": "over_time_counts",
    "pattern": "over_time_pattern",
    "named": "over_time_named",
}
DOUBTFUL = {"twice": "over_time_twice", "jump": "over_time_jump"}
A_FEW = (
    5  # so many rows may be slips of the pen; more are a fault of the file, whose other rows nobody can trust
)
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True)
class Finding:
    """One thing found in a file; `held` are the positions of the observations that a grave one keeps out.

    A `whole` finding keeps out every row and total of its file and period, which began on `start`: of the indicators
    `codes`, of all where none is named. `accepts` is the rule of a grave finding that was accepted.
    """

    file: str
    end: str
    said: Message
    grave: bool
    held: tuple[int, ...] = ()
    accepts: str = ""
    start: str = ""
    whole: bool = False
    codes: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The name by which it is listed in the quarantine and accepted in corrections.toml."""
        return self.said.rule


@dataclass(frozen=True)
class IndicatorName(Message):
    """The name of an indicator, whose code is `code`, in each language."""

    @cached_property
    def said(self) -> dict[str, str]:
        """The name in each language."""
        line = codebook()[self.code]
        return {"vi": line.name_vi, "en": line.name_en}


@dataclass(frozen=True)
class PeriodName(Message):
    """A period from its frequency (`code`), first and last day (`values`), as each language writes it."""

    @cached_property
    def said(self) -> dict[str, str]:
        """The period in each language."""
        start, end = (dt.date.fromisoformat(str(self.values[name])) for name in ("start", "end"))
        quarter, half = (end.month - 1) // 3, (end.month - 1) // 6
        written = {
            "M": (f"tháng {end.month}/{end.year}", f"{end:%Y-%m}"),
            "Q": (f"quý {_ROMAN[quarter]}/{end.year}", f"Q{quarter + 1} {end.year}"),
            "S": (f"6 tháng {('đầu', 'cuối')[half]} năm {end.year}", f"half {half + 1} of {end.year}"),
            "A": (f"năm {end.year}", f"{end.year}"),
        }
        days = (f"{start:%d/%m/%Y} – {end:%d/%m/%Y}", f"{start} to {end}")
        return dict(zip(("vi", "en"), written.get(self.code, days), strict=True))


def name_period(one: Sending) -> PeriodName:
    """Return the name of a sending's period."""
    return PeriodName(one.frequency, {"start": one.start, "end": one.end})


def name_place(column: int, frame: str) -> str:
    """Return the name of a province from its column in a series."""
    return province_name_of(PROVINCES[column], frame)


def province_name_of(code: str, frame: str) -> str:
    """Return the name of a province on its map, or of the country."""
    if code == NATION:
        return "Việt Nam"
    return successors()[code] if frame == "34" else provinces()[code].name_vi


def name_indicators(codes: Sequence[str]) -> list[Message]:
    """Return names of indicators, each once."""
    return [IndicatorName(code) for code in dict.fromkeys(codes)]


def advise_acceptance(file: str, end: str, rule: str) -> Message:
    """Return how to say in corrections.toml that a finding is right."""
    return message("over_time_accept", name=file, end=end, finding=rule)


def say_aside(rows: int) -> Message:
    """Return what is set aside: these figures, or where more than a few rows are wrong the file's whole period."""
    return message("over_time_aside.whole" if rows > A_FEW else "over_time_aside")


def tell_fault(fault: Fault, sendings: dict[Sending, Rows]) -> Finding:
    """Return a fault as a finding."""
    one = fault.sending
    rule = (GRAVE | DOUBTFUL)[fault.kind]
    values = {
        "file": one.file,
        "period": name_period(one),
        "provinces": len(fault.columns),
        "indicators": name_indicators([series.indicator for series in fault.series]),
        "factor": fault.factor,
        "accept": advise_acceptance(one.file, one.end, rule),
        "aside": say_aside(len(fault.columns)),
        **_other(fault),
        **_example(fault, sendings),
    }
    said = Message(_case(fault, rule), values)
    if fault.kind not in GRAVE:
        return Finding(one.file, one.end, said, grave=False)
    column = fault.kind == "pattern" and len({id(series) for series in fault.series}) == 1
    codes = (
        (fault.series[0].indicator,) if column else ()
    )  # one column of another indicator; the others are right
    many = len(fault.columns) > A_FEW
    return Finding(one.file, one.end, said, True, _held(fault), start=one.start, whole=many, codes=codes)


def _case(fault: Fault, rule: str) -> str:
    """Return the code that says a fault: rows may have slipped down, up, or been exchanged."""
    if fault.kind != "moved":
        return rule
    return {1: "over_time_moved", -1: "over_time_moved.up", 0: "over_time_moved.exchanged"}[fault.step]


def _other(fault: Fault) -> dict[str, object]:
    """Return the other period or file that a fault speaks of."""
    if fault.kind == "misdated":
        return {"other": PeriodName(fault.sending.frequency, period_at(fault.step, fault.sending.frequency))}
    if fault.other is None:
        return {}
    return {"other": name_period(fault.other), "other_file": fault.other.file}


def _example(fault: Fault, sendings: dict[Sending, Rows]) -> dict[str, object]:
    """Return the province that shows a fault best: what the file says of it, and what was expected."""
    one = max(fault.series, key=lambda series: (series.is_share, series.part == ""))
    t = one.index[fault.sending]
    found, due = one.values[t], _due(one, t, fault)
    with np.errstate(divide="ignore", invalid="ignore"):  # a count may be expected to be none
        apart = np.abs(np.log(np.where((found > 0) & (due > 0), found / due, np.nan)))
    apart = np.where(np.isfinite(apart), apart, -1.0)[fault.columns]
    column = int(fault.columns[int(apart.argmin() if fault.kind == "copied" else apart.argmax())])
    order = columns_in_order(sendings[fault.sending])
    return {
        "place": name_place(column, fault.sending.frame),
        "found": float(found[column]),
        "due": float(due[column]),
        "neighbour": _neighbour(fault, order, column),
    }


def _due(one: Series, t: int, fault: Fault) -> Floats:
    """Return the figures that were expected: those of the other file, or of the periods before and after."""
    if (
        fault.other is not None
        and fault.kind in ("twice", "unlike", "jump", "copied")
        and fault.other in one.index
    ):
        others: Floats = one.values[one.index[fault.other]]
        return others
    reference = one.reference(t, frozenset({fault.sending}))
    return one.figures(reference) if reference is not None else np.full(one.values.shape[1], np.nan)


def _neighbour(fault: Fault, order: Positions, column: int) -> str:
    """Return the name of the province whose figures stand in the row of another."""
    at = int(np.flatnonzero(order == column)[0])
    first = int(np.flatnonzero(order == fault.columns[0])[0]) if len(fault.columns) else at
    step = (-1 if at > first else 1) if fault.step == 0 else -fault.step
    return name_place(int(order[min(max(at + step, 0), len(order) - 1)]), fault.sending.frame)


def _held(fault: Fault) -> tuple[int, ...]:
    """Return the positions of the observations concerned."""
    rows = [one.rows[one.index[fault.sending], fault.columns] for one in fault.series]
    return tuple(sorted({int(row) for row in np.concatenate(rows) if row >= 0}))

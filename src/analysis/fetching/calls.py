"""Which calls a request means: one a group, period and province (or one for all provinces), in the order made."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.errors import RequestError
from analysis.periods import PeriodUnknown, first_day_of, frequency_of, last_day_of, periods_between
from analysis.reference.portal import (
    GROUPS,
    LEGACY,
    LEGACY_GROUPS,
    NATION,
    Department,
    Group,
    departments,
    load_answer,
)
from analysis.reference.provinces import find_province

PAGE_SIZE = 200
TIME_TYPES = {"M": "month", "Q": "quarter", "A": "year"}
LEGACY_PATH, API = "/jsp/rest.jsp", "/api/v1/reporting/evaluation/"


class FetchRequestWrong(RequestError):
    """`dvctt fetch` was asked for something it cannot mean."""


@dataclass(frozen=True)
class Call:
    """One call: what it asks of whom (a department's code, or VN), and what is sent where."""

    group: str
    period: str
    department: str
    path: str
    content: dict[str, Any] = field(hash=False, compare=False)
    form: bool = False

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return f"{self.group} {self.period} {self.department}"


def choose_periods(first: str, last: str) -> list[str]:
    """Return the periods from the first to the last: months 2026-06, quarters 2026Q2 or years 2026.

    Raises:
        FetchRequestWrong: they are none, of two kinds, or in the wrong order.
    """
    try:
        kinds = {frequency_of(first), frequency_of(last)}
    except PeriodUnknown as error:
        raise FetchRequestWrong(f"--from, --to: {error}") from error
    month = {int(text[5:7]) for text in (first, last) if frequency_of(text) == "M"}
    if len(kinds) > 1 or not kinds <= set(TIME_TYPES) or not month <= set(range(1, 13)):
        raise FetchRequestWrong(
            f"--from {first} --to {last}: both must be months (2026-06), quarters (2026Q2) or years (2026)."
        )
    if first > last:
        raise FetchRequestWrong(f"--from {first} is after --to {last}.")
    return periods_between(first, last)


def refuse_future(periods: Sequence[str], today: dt.date) -> None:
    """Refuse periods that have not begun.

    Raises:
        FetchRequestWrong: names the first of them.
    """
    for period in periods:
        if first_day_of(period) > today.isoformat():
            raise FetchRequestWrong(f"{period} has not begun yet (today is {today}).")


def choose_groups(text: str, *, legacy: bool = False) -> list[Group]:
    """Return the groups of a list with commas.

    Raises:
        FetchRequestWrong: one of them is not known.
    """
    if legacy:
        return list(LEGACY_GROUPS.values())
    asked = list(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
    unknown = [name for name in asked if name not in GROUPS]
    if unknown or not asked:
        raise FetchRequestWrong(
            f"--groups: {', '.join(unknown) or 'none'} is not known. Groups: {', '.join(GROUPS)}."
        )
    return [GROUPS[name] for name in asked]


def choose_departments(names: Iterable[str]) -> list[Department]:
    """Return the provinces by name, or by the portal's code (H44); all 34 without any.

    Raises:
        UnknownProvince: a name is no province's.
    """
    known = departments()
    by_province = {one.province_code: one for one in known.values()}
    chosen = [
        known.get(name.strip().upper()) or by_province[find_province(name).successor_code] for name in names
    ]
    return list(dict.fromkeys(chosen)) or list(known.values())


def list_calls(
    groups: Sequence[Group], periods: Sequence[str], provinces: Sequence[Department], *, legacy: bool = False
) -> list[Call]:
    """Return the calls of a request: period by period, group by group.

    Those of the legacy interface for a province lack its number there, which the answer on the scores names.
    """
    if legacy:
        return [
            call
            for period in periods
            for call in (
                legacy_scores(period),
                *(legacy_dossiers(period, place.code, "") for place in provinces),
            )
        ]
    return [
        call_of(group, period, None if group.national else place)
        for period in periods
        for group in groups
        for place in ([None] if group.national else provinces)
    ]


def call_of(group: Group, period: str, place: Department | None) -> Call:
    """Return a call of the current interface; without a province it is the country's."""
    content: dict[str, Any] = _when(group, period)
    if place is None:
        content["departmentType"] = "ADMINISTRATIVE_UNIT"
    else:
        content["rootDepartmentId"] = place.department_id
    content |= {"currentPage": 1, "pageSize": PAGE_SIZE}
    return Call(group.name, period, place.code if place else NATION, API + group.path, content)


def _when(group: Group, period: str) -> dict[str, Any]:
    """Return the period as a call states it; one group takes its first and last day."""
    if group.name == "satisfaction":
        return {"fromDate": first_day_of(period), "toDate": last_day_of(period)}
    frequency, parts = frequency_of(period), period.replace("Q", "-").split("-")
    when: dict[str, Any] = {"timeType": TIME_TYPES[frequency], "year": int(parts[0])}
    return when | ({TIME_TYPES[frequency]: int(parts[1])} if len(parts) > 1 else {})


def legacy_scores(period: str) -> Call:
    """Return the legacy call for the scores of all provinces, which also names the provinces' ids there."""
    frequency, parts = frequency_of(period), period.replace("Q", "-").split("-")
    number = int(parts[1]) if len(parts) > 1 else 0
    params = {
        "type": "ref", "service": LEGACY_GROUPS[f"{LEGACY}-scores"].path, "p_nam": parts[0], "p_6thang": 0,
        "p_quy": number if frequency == "Q" else 0, "p_thang": number if frequency == "M" else 0, "p_tinh_id": "0",
        "pageIndex": 1, "pageSize": PAGE_SIZE, "p_loaidonvi": 1, "loaichitieu": 0,
    }  # fmt: skip
    return _legacy(f"{LEGACY}-scores", period, NATION, params)


def legacy_dossiers(period: str, department: str, legacy_id: str) -> Call:
    """Return the legacy call for a province's dossiers of a month or a year; `legacy_id` is its number there.

    Raises:
        FetchRequestWrong: the period is a quarter, which this call does not know.
    """
    frequency = frequency_of(period)
    if frequency == "Q":
        raise FetchRequestWrong("--legacy gives dossiers by month (2025-06) or year (2025), not by quarter.")
    params = {
        "type": "ref", "service": LEGACY_GROUPS[f"{LEGACY}-dossiers"].path, "p_nam": period[:4],
        "p_tinh_id": legacy_id, "p_huyen_id": "", "p_thang": str(int(period[5:])) if frequency == "M" else "0",
        "p_linhvuc": 0,
    }  # fmt: skip
    return _legacy(f"{LEGACY}-dossiers", period, department, params)


def _legacy(group: str, period: str, department: str, params: dict[str, Any]) -> Call:
    text = json.dumps(params, ensure_ascii=False)
    return Call(group, period, department, LEGACY_PATH, {"params": text}, form=True)


def legacy_ids(body: bytes) -> dict[str, str]:
    """Return each department's number in the legacy interface, from its answer on the scores: by code, never by name.

    Codes end in the department's, such as H44 or 000.00.00.H44. Empty where the answer has another shape.
    """
    try:
        rows = load_answer(body)
        return {
            code: str(row["ID"])
            for row in rows
            if (code := str(row["MA_COQUAN"]).split(".")[-1]) in departments()
        }
    except (ValueError, TypeError, KeyError):
        return {}

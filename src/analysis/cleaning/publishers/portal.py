"""Answers of the National Public Service Portal: figures with their counts, on the map of 34, by month, quarter, year.

A null is no figure and a zero of a chart neither; what an answer contradicts in itself is told. docs/portal.md says
which fields mean what, and how sure that is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.cleaning.maps import MERGER
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.portal_identities import Fields, contradictions
from analysis.cleaning.raw import PackageUnreadable, RawFile
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.sources import describe_source
from analysis.periods import MONTHS, frequency_of, last_day_of
from analysis.reference.indicators import by_code as codebook
from analysis.reference.portal import ADDRESS, PUBLISHER, USABLE_FROM, departments
from analysis.reference.test_data import PUBLISHER as TEST_PUBLISHER
from analysis.reference.test_data import holds_test_data

READER, INDEX = "portal", "captures.json"
# By group: an indicator, the fields of its numerator and its denominator.
SHARES = {
    "online": (
        ("share_services_with_online_dossiers", "onlineDossierCount", "onlineServiceTotal"),
        ("share_dossiers_processed_online", "channelOnlineSum", "channelTotalSum"),
    ),
    "payment": (
        (
            "share_online_payment_dossiers",
            "totalDossierOnlinePaymentSuccess",
            "totalDossierFinancialObligation",
        ),
    ),
    "progress": (("share_dossiers_on_time_portal", "totalOnTime", "totalReceived"),),
}
SCORE, LEGACY_SHARE = "index766_score", "share_dossiers_submitted_online"
# Filed by these ways; that the first is what the current interface calls online is a guess.
_MOST_COUNTED, _MOST_POINTS = 1e12, 100.0
_LEGACY_WAYS = (
    "HTN_TRUCTUYEN_TOTAL",
    "HTN_TRUCTIEP_TOTAL",
    "HTN_BUUCHINH_TOTAL",
    "HTN_TRUCTUYEN_KHONGCHUAN_TOTAL",
)


def read_index(path: Path) -> list[Fields]:
    """Return what was asked in an archive, when, and the sha256 of what came back."""
    with zipfile.ZipFile(path) as archive:
        return list(json.loads(archive.read(INDEX)))


@dataclass
class PortalFile:
    """What one archive gave: figures, problems, notices, and how many answers were read."""

    raw: RawFile
    source_id: str
    intake: Intake
    problems: list[Message] = field(default_factory=list)
    notices: list[Message] = field(default_factory=list)
    answers: int = 0
    # What concerns many answers alike is said once: fields that are gone, and what does not fit together.
    gone: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    apart: dict[str, list[tuple[str, float, float]]] = field(default_factory=dict)

    def refuse(self, capture: Fields, value: object, said: Message) -> None:
        """Put one figure of an answer into the quarantine."""
        self.intake.refuse(self.raw.path, capture["department"], str(value)[:200], said)

    def fault(self, code: str, **values: object) -> None:
        """Note what keeps an answer, or a field of many, from being used."""
        self.problems.append(message(code, file=self.raw.path, **values))


def clean_portal(root: Path, raw: RawFile) -> tuple[Cleaned, PortalFile]:
    """Read an archive of answers.

    Raises:
        PackageUnreadable: it is no archive of a fetch, or test data lie where the portal's figures belong.
    """
    try:
        captures = read_index(root / raw.path)
        _refuse_disguise(raw, captures)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise PackageUnreadable(
            f"{raw.path} is no archive that `dvctt fetch portal` wrote ({error!r})."
        ) from error
    publisher = TEST_PUBLISHER if holds_test_data([raw.path]) else PUBLISHER
    source = describe_source(publisher, raw.title, raw.published, raw.url, raw.path)
    found = PortalFile(raw, source["source_id"], Intake(sources={source["source_id"]: source}))
    with zipfile.ZipFile(root / raw.path) as archive:
        for capture in captures:
            _read_capture(found, capture, archive.read(f"{capture['department']}.json"))
    _tell(found, captures)
    return found.intake.finish(), found


def _refuse_disguise(raw: RawFile, captures: list[Fields]) -> None:
    """Refuse answers of another address in the portal's place, and the portal's among test data.

    Raises:
        PackageUnreadable: names the address and the place.
    """
    for capture in captures:
        is_test = capture["address"] != ADDRESS
        if is_test != holds_test_data([raw.path]) or capture["address"] != raw.url:
            raise PackageUnreadable(
                f"{raw.path}: its answers were given by {capture['address']}, described is {raw.url}; only those of "
                f"{ADDRESS} are the portal's, and all others lie in data/raw/test-data. Take its description out of "
                "datapackage.json, or put file and description back as the fetch wrote them."
            )


def _read_capture(found: PortalFile, capture: Fields, body: bytes) -> None:
    """Read one answer: of the country's scores all provinces, else one province."""
    found.answers += 1
    if hashlib.sha256(body).hexdigest() != capture["sha256"]:
        found.fault("portal_changed", department=capture["department"])
        return
    try:
        content = json.loads(body, parse_constant=str)
    except (ValueError, RecursionError) as error:
        found.fault("portal_no_json", department=capture["department"], error=str(error))
        return
    if capture["captured"][:10] <= last_day_of(capture["period"]):
        found.refuse(capture, capture["period"], message("portal_running", captured=capture["captured"][:10]))
    elif capture["group"].endswith("scores"):
        _read_scores(found, capture, content)
    elif capture["group"] == "legacy-dossiers":
        _read_legacy(found, capture, content)
    elif capture["group"] in SHARES:
        _read_province(found, capture, content)


def _read_province(found: PortalFile, capture: Fields, content: Any) -> None:
    """Read the shares of one province, after a look at whether the answer is about it."""
    data = content.get("data") if isinstance(content, dict) else None
    parent = data.get("parent") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(parent, dict):
        _miss(found, capture, "data.parent", data if isinstance(data, dict) else content)
        return
    asked = departments()[capture["department"]]
    told = {parent.get("departmentCode") or asked.code, parent.get("departmentId") or asked.department_id}
    if told != {asked.code, asked.department_id}:
        found.fault("portal_other_province", asked=asked.code, told=str(parent.get("departmentCode")))
        return
    notes = []
    for kind, printed, due in contradictions(capture["group"], capture["period"], data):
        found.apart.setdefault(kind, []).append((asked.code, printed, due))
        notes.append(f"{kind}: {printed:g} printed, {due:g} by the counts")
    for indicator, *names in SHARES[capture["group"]]:
        absent = [name for name in names if name not in parent]
        for name in absent:
            _miss(found, capture, name, parent)
        if not absent:
            _add_share(found, capture, indicator, [parent[name] for name in names], names, notes)


def _read_legacy(found: PortalFile, capture: Fields, content: Any) -> None:
    """Read the share of dossiers by way of filing; its counts are texts."""
    row = content[0] if isinstance(content, list) and content else content
    absent = [key for key in _LEGACY_WAYS if not (isinstance(row, dict) and key in row)]
    for key in absent:
        _miss(found, capture, key, row)
    if not absent:
        counts = [_from_text(row[key]) for key in _LEGACY_WAYS]
        whole = all(isinstance(count, float) for count in counts)
        total = sum(counts) if whole else next(c for c in counts if not isinstance(c, float))
        names = [_LEGACY_WAYS[0], "+".join(_LEGACY_WAYS)]
        notes = ["legacy interface, fields not confirmed"]
        _add_share(found, capture, LEGACY_SHARE, [counts[0], total], names, notes)


def _read_scores(found: PortalFile, capture: Fields, content: Any) -> None:
    """Read the total scores of all provinces, by code or id; other units of the list are none of the 34."""
    data = content.get("data") if isinstance(content, dict) else None
    legacy = capture["group"].startswith("legacy")
    rows = content if legacy else data.get("evaluation") if isinstance(data, dict) else None
    code_key, id_key, key = (
        ("MA_COQUAN", "ID", "TONG_SCORE") if legacy else ("departmentCode", "departmentId", "totalScore")
    )
    if not isinstance(rows, list):
        _miss(found, capture, "data.evaluation", data if isinstance(data, dict) else content)
        return
    known = {**departments(), **{one.department_id: one for one in departments().values()}}
    for row in filter(lambda row: isinstance(row, dict), rows):
        codes = (str(row.get(code_key)).split(".")[-1], row.get(id_key))
        place = next((known[code] for code in codes if code in known), None)
        if place is not None:
            _add_score(found, capture | {"department": place.code}, row, key)


def _add_score(found: PortalFile, capture: Fields, row: Fields, key: str) -> None:
    """Add the total score of one province, or say why there is none."""
    if key not in row:
        _miss(found, capture, key, row)
        return
    score = _from_text(row[key])
    if refusal := _unusable(score, key, _MOST_POINTS) or _of_old_map(capture):
        found.refuse(capture, row[key], refusal)
    else:
        _add(found, capture, SCORE, {"value": float(score)}, [])


def _add_share(
    found: PortalFile,
    capture: Fields,
    indicator: str,
    counts: list[Any],
    names: list[str],
    notes: list[str],
) -> None:
    """Add a share in percent with its counts, or say why there is none."""
    top, bottom = counts
    refusal = _unusable(top, names[0]) or _unusable(bottom, names[1]) or _of_old_map(capture)
    if refusal is None and bottom == 0:
        refusal = message("portal_no_base", field=names[1])
    elif refusal is None and top > bottom:
        refusal = message("portal_above", top=float(top), bottom=float(bottom))
    if refusal is not None:
        found.refuse(capture, f"{names[0]} {top}, {names[1]} {bottom}", refusal)
        return
    share = {"value": round(100 * top / bottom, 2), "numerator": float(top), "denominator": float(bottom)}
    _add(found, capture, indicator, share, notes)


def _add(found: PortalFile, capture: Fields, indicator: str, numbers: Fields, notes: list[str]) -> None:
    period, frequency = capture["period"], frequency_of(capture["period"])
    end = dt.date.fromisoformat(last_day_of(period))
    start = end.replace(month=end.month - MONTHS[frequency] + 1, day=1).isoformat()
    early = [f"before {USABLE_FROM}: dossiers may be missing"] if start < USABLE_FROM else []
    said = [f"captured {capture['captured'][:16].replace('T', ' ')}", *early, *notes]
    found.intake.observations.append(
        numbers
        | {
            "province_code": departments()[capture["department"]].province_code,
            "province_frame": "34",
            "indicator": indicator,
            "period_start": start,
            "period_end": end.isoformat(),
            "frequency": frequency,
            "unit": codebook()[indicator].unit,
            "qualifier": "exact",
            "source_id": found.source_id,
            "raw_location": f"{found.raw.path}!{capture['department']}",
            "note": "; ".join(said),
        }
    )


def _unusable(value: Any, name: str, most: float = _MOST_COUNTED) -> Message | None:
    """Return what is said of a field that holds no number from zero to the most there may be; null is no figure."""
    if value is None:
        return message("missing.portal", field=name)
    number = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most
    if not number or (most == _MOST_COUNTED and value != int(value)):
        return message("number_unreadable.portal", field=name, text=str(value)[:60], most=most)
    return None


def _of_old_map(capture: Fields) -> Message | None:
    """Return what is said of a period before the merger: the portal does not say of which map its provinces are."""
    return message("portal_old_map") if last_day_of(capture["period"]) < MERGER.isoformat() else None


def _from_text(value: Any) -> Any:
    """Return a number that the legacy interface writes as text; anything else as it is."""
    try:
        return float(value) if isinstance(value, str) and value.strip() else value
    except ValueError:
        return value


def _miss(found: PortalFile, capture: Fields, name: str, seen: Any) -> None:
    """Note that a field is not in an answer, and which are."""
    shape = ", ".join(seen) if isinstance(seen, dict) else f"{type(seen).__name__} {str(seen)[:60]}"
    found.gone.setdefault(name, []).append((capture["department"], shape[:400]))


def _tell(found: PortalFile, captures: list[Fields]) -> None:
    """Say once what concerns many answers alike, and what is kept without being read."""
    for name, answers in found.gone.items():
        first, seen = answers[0]
        found.fault("portal_field_gone", field=name, answers=len(answers), first=first, seen=seen)
    for kind, differing in found.apart.items():
        first, told, due = differing[0]
        values = {"answers": len(differing), "first": first, "told": told, "due": round(due, 4)}
        found.notices.append(message(f"portal_differs.{kind}", file=found.raw.path, **values))
    group, period = captures[0]["group"], captures[0]["period"]
    if group not in (*SHARES, "legacy-dossiers") and not group.endswith("scores"):
        found.notices.append(message("portal_not_read", file=found.raw.path, group=group))
    if any(str(row["period_start"]) < USABLE_FROM for row in found.intake.observations):
        found.notices.append(message("portal_early", file=found.raw.path, period=period, first=USABLE_FROM))

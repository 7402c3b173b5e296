"""One answer of the portal: figures with their counts, on the map of 34, by month, quarter or year.

A null is no figure and a zero of a chart neither. docs/portal.md says which fields mean what, and how sure that is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from analysis.cleaning.maps import MERGER
from analysis.cleaning.messages import Message, message
from analysis.cleaning.publishers.portal_identities import (
    Fields,
    contradictions,
    tells_of_other_period,
)
from analysis.cleaning.raw import RawFile
from analysis.cleaning.shapes import Intake
from analysis.periods import first_day_of, frequency_of, last_day_of
from analysis.reference.indicators import by_code as codebook
from analysis.reference.portal import USABLE_FROM, departments

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
SCORE, LEGACY_SHARE, LEGACY_DOSSIERS = "index766_score", "share_dossiers_submitted_online", "legacy-dossiers"
_MOST_COUNTED, _MOST_POINTS = 1e12, 100.0
# Filed by these ways; that the first is what the current interface calls online is a guess.
_LEGACY_WAYS = (
    "HTN_TRUCTUYEN_TOTAL",
    "HTN_TRUCTIEP_TOTAL",
    "HTN_BUUCHINH_TOTAL",
    "HTN_TRUCTUYEN_KHONGCHUAN_TOTAL",
)


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

    def has(self, capture: Fields, fields: Any, *names: str) -> bool:
        """Tell whether fields are in an answer; note those that are not, and which are seen instead."""
        absent = [name for name in names if not (isinstance(fields, dict) and name in fields)]
        seen = (
            ", ".join(fields) if isinstance(fields, dict) else f"{type(fields).__name__} {str(fields)[:60]}"
        )
        for name in absent:
            self.gone.setdefault(name, []).append((capture["department"], seen[:400]))
        return not absent


def read_province(found: PortalFile, capture: Fields, content: Any) -> None:
    """Read the shares of one province, after a look at whether the answer is about it."""
    data = content.get("data") if isinstance(content, dict) else None
    parent = data.get("parent") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(parent, dict):
        found.has(capture, data.get("parent", data) if isinstance(data, dict) else content, "data.parent")
        return
    asked = departments()[capture["department"]]
    own = {"departmentCode": asked.code, "departmentId": asked.department_id}
    if any(parent.get(key) not in (None, "", due) for key, due in own.items()):
        found.fault("portal_other_province", asked=asked.code, told=str(parent.get("departmentCode"))[:60])
        return
    if told := tells_of_other_period(capture, data):
        found.refuse(capture, told, message("portal_other_period", period=capture["period"], told=told))
        return
    notes = []
    for kind, printed, due in contradictions(capture["group"], capture["period"], data):
        found.apart.setdefault(kind, []).append((asked.code, printed, due))
        notes.append(f"{kind}: {printed:g} printed, {due:g} by the counts")
    for indicator, *names in SHARES[capture["group"]]:
        if found.has(capture, parent, *names):
            _add_share(found, capture, indicator, {name: parent[name] for name in names}, notes)


def read_legacy(found: PortalFile, capture: Fields, content: Any) -> None:
    """Read the share of dossiers by way of filing; its counts are texts."""
    row = content[0] if isinstance(content, list) and content else content
    if not found.has(capture, row, *_LEGACY_WAYS):
        return
    counts = {name: _from_text(row[name]) for name in _LEGACY_WAYS}
    bad = next((name for name in counts if _unusable(counts[name], name)), None)
    total = {bad: counts[bad]} if bad else {"+".join(counts): sum(counts.values())}
    notes = ["legacy interface, fields not confirmed"]
    _add_share(found, capture, LEGACY_SHARE, {_LEGACY_WAYS[0]: counts[_LEGACY_WAYS[0]]} | total, notes)


def read_scores(found: PortalFile, capture: Fields, content: Any) -> None:
    """Read the total scores of all provinces, by code or id; other units of the list are none of the 34."""
    legacy = capture["group"].startswith("legacy")
    data = content.get("data") if isinstance(content, dict) else content
    rows = data if legacy else data.get("evaluation") if isinstance(data, dict) else None
    code_key, id_key, key = (
        ("MA_COQUAN", "ID", "TONG_SCORE") if legacy else ("departmentCode", "departmentId", "totalScore")
    )
    if not isinstance(rows, list):
        found.has(capture, data if isinstance(data, dict) else content, "data.evaluation")
        return
    known = {**departments(), **{one.department_id: one for one in departments().values()}}
    told: dict[str, list[Fields]] = {}
    for row in filter(lambda row: isinstance(row, dict), rows):
        codes = (str(row.get(code_key)).split(".")[-1], str(row.get(id_key)))
        place = next((known[code] for code in codes if code in known), None)
        if place is not None:
            told.setdefault(place.code, []).append(row)
    if not told:
        found.has(capture, {}, code_key)
    for code, own in told.items():
        at = capture | {"department": code}
        if len(own) > 1:
            found.refuse(at, [row.get(key) for row in own], message("portal_repeated", number=len(own)))
        elif found.has(at, own[0], key):
            _add_score(found, at, _from_text(own[0][key]), key)


def _add_score(found: PortalFile, capture: Fields, score: Any, key: str) -> None:
    """Add the total score of one province, or say why there is none."""
    if refusal := _unusable(score, key, _MOST_POINTS) or _of_old_map(capture):
        found.refuse(capture, score, refusal)
    else:
        _add(found, capture, SCORE, {"value": float(score)}, [])


def _add_share(
    found: PortalFile, capture: Fields, indicator: str, counts: dict[str, Any], notes: list[str]
) -> None:
    """Add a share in percent with its counts, numerator first, or say why there is none."""
    refusals = (_unusable(value, name) for name, value in counts.items())
    refusal = next(filter(None, refusals), None) or _of_old_map(capture)
    top, bottom = next(iter(counts.values())), list(counts.values())[-1]
    if refusal is None and bottom == 0:
        refusal = message("portal_no_base", field=list(counts)[-1])
    elif refusal is None and top > bottom:
        refusal = message("portal_above", top=float(top), bottom=float(bottom))
    if refusal is not None:
        found.refuse(capture, ", ".join(f"{name} {value}" for name, value in counts.items()), refusal)
        return
    share = {"value": round(100 * top / bottom, 2), "numerator": float(top), "denominator": float(bottom)}
    _add(found, capture, indicator, share, notes)


def _add(found: PortalFile, capture: Fields, indicator: str, numbers: Fields, notes: list[str]) -> None:
    period = capture["period"]
    start = first_day_of(period)
    early = [f"before {USABLE_FROM}: dossiers may be missing"] if start < USABLE_FROM else []
    said = [f"captured {capture['captured'][:16].replace('T', ' ')}", *early, *notes]
    found.intake.observations.append(
        numbers
        | {
            "province_code": departments()[capture["department"]].province_code,
            "province_frame": "34",
            "indicator": indicator,
            "period_start": start,
            "period_end": last_day_of(period),
            "frequency": frequency_of(period),
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
    """Return a number that the legacy interface writes as text, in digits; anything else as it is."""
    try:
        return float(value) if isinstance(value, str) and value.isascii() and value[:1].isdigit() else value
    except ValueError:
        return value

"""An archive of answers of the National Public Service Portal: what in it may be read, as what, and what is told of it.

Answers of another address than the portal's are test data, and refused where they pass for the portal's.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from analysis.cleaning.messages import message
from analysis.cleaning.publishers.portal_answers import (
    LEGACY_DOSSIERS,
    SHARES,
    PortalFile,
    read_legacy,
    read_province,
    read_scores,
)
from analysis.cleaning.publishers.portal_identities import Fields
from analysis.cleaning.raw import PackageUnreadable, RawFile
from analysis.cleaning.shapes import Cleaned, Intake
from analysis.cleaning.sources import describe_source
from analysis.periods import last_day_of
from analysis.reference.portal import ADDRESS, PUBLISHER, USABLE_FROM, load_answer
from analysis.reference.test_data import PUBLISHER as TEST_PUBLISHER
from analysis.reference.test_data import STAMP, holds_test_data

READER, INDEX = "portal", "captures.json"


def read_index(path: Path) -> list[Fields]:
    """Return what was asked in an archive, when, and the sha256 of what came back."""
    with zipfile.ZipFile(path) as archive:
        return list(json.loads(archive.read(INDEX)))


def is_read(group: str) -> bool:
    """Tell whether answers of a group are read into figures, or kept as they came."""
    return group in SHARES or group == LEGACY_DOSSIERS or group.endswith("scores")


def clean_portal(root: Path, raw: RawFile) -> tuple[Cleaned, PortalFile]:
    """Read an archive of answers.

    Raises:
        PackageUnreadable: it is no archive of a fetch, or test data lie where the portal's figures belong.
    """
    is_test = holds_test_data([raw.path])
    publisher = TEST_PUBLISHER if is_test else PUBLISHER
    source = describe_source(publisher, raw.title, raw.published, raw.url, raw.path)
    found = PortalFile(raw, source["source_id"], Intake(sources={source["source_id"]: source}))
    try:
        captures = read_index(root / raw.path)
        with zipfile.ZipFile(root / raw.path) as archive:
            bodies = [archive.read(f"{capture['department']}.json") for capture in captures]
        for capture, body in zip(captures, bodies, strict=True):
            _refuse_disguise(raw, capture, body, is_test)
            _read_capture(found, capture, body)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise PackageUnreadable(
            f"{raw.path} is no archive that `dvctt fetch portal` wrote ({error!r})."
        ) from error
    _tell(found, captures)
    return found.intake.finish(), found


def _refuse_disguise(raw: RawFile, capture: Fields, body: bytes, is_test: bool) -> None:
    """Refuse answers of another address in the portal's place, and the portal's among test data.

    Raises:
        PackageUnreadable: names the address and the place.
    """
    address, stood_in = capture["address"], STAMP in body
    if (address != ADDRESS) != is_test or (stood_in and not is_test) or address != raw.url:
        raise PackageUnreadable(
            f"{raw.path}: its answers were given by {address}{' (a stand-in)' if stood_in else ''}, described is "
            f"{raw.url}; only those of {ADDRESS} are the portal's, and all others lie in data/raw/test-data. Take its "
            "description out of datapackage.json, or put file and description back as the fetch wrote them."
        )


def _read_capture(found: PortalFile, capture: Fields, body: bytes) -> None:
    """Read one answer: of the country's scores all provinces, else one province."""
    found.answers += 1
    if hashlib.sha256(body).hexdigest() != capture["sha256"]:
        found.fault("portal_changed", department=capture["department"])
        return
    try:
        content = load_answer(body)
    except ValueError as error:
        found.fault("portal_no_json", department=capture["department"], error=str(error))
        return
    if capture["captured"][:10] <= last_day_of(capture["period"]):
        found.refuse(capture, capture["period"], message("portal_running", captured=capture["captured"][:10]))
    elif capture["group"].endswith("scores"):
        read_scores(found, capture, content)
    elif capture["group"] == LEGACY_DOSSIERS:
        read_legacy(found, capture, content)
    elif capture["group"] in SHARES:
        read_province(found, capture, content)


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
    if not is_read(group):
        found.notices.append(message("portal_not_read", file=found.raw.path, group=group))
    if any(str(row["period_start"]) < USABLE_FROM for row in found.intake.observations):
        found.notices.append(message("portal_early", file=found.raw.path, period=period, first=USABLE_FROM))

"""The National Public Service Portal's statistics: where they are, their groups, the ids of its 34 provinces.

The interface is not documented by its publisher; docs/portal.md says what is known of it and how sure that is.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

ADDRESS = "https://dichvucong.gov.vn"
PUBLISHER = "Cổng Dịch vụ công quốc gia"
# What this interface gave of earlier months was almost zero where it was seen: dossiers had not been carried over yet.
USABLE_FROM = "2026-06"
LEGACY = "legacy"  # before a group's name: the interface of 2022-2025
NATION = "VN"


@dataclass(frozen=True)
class Group:
    """A group of Decision 766: its name here, its place in the interface, the points it is worth, its name in words.

    A `national` group answers for all provinces at once.
    """

    name: str
    path: str
    points: int
    title: str
    national: bool = False


GROUPS = {
    group.name: group
    for group in (
        Group("online", "provide-online-tree", 12, "dịch vụ công trực tuyến"),
        Group("payment", "formality-online-payment-tree", 10, "thanh toán trực tuyến"),
        Group("progress", "dvc-progress-tree", 20, "tiến độ giải quyết"),
        Group("scores", "service-results", 100, "điểm tổng hợp", national=True),
        Group("transparency", "transparency", 18, "công khai, minh bạch"),
        Group("satisfaction", "handling-satisfaction", 18, "mức độ hài lòng"),
        Group("digitised", "dossier-digitized", 22, "số hóa hồ sơ"),
    )
}
LEGACY_GROUPS = {
    group.name: group
    for group in (
        Group(
            f"{LEGACY}-scores", "report_tinh_766_service", 100, "điểm tổng hợp (giao diện cũ)", national=True
        ),
        Group(
            f"{LEGACY}-dossiers", "report_by_month_sum_service", 0, "hồ sơ theo hình thức nộp (giao diện cũ)"
        ),
    )
}


@dataclass(frozen=True)
class Department:
    """A province as the portal knows it: its code (H44), its id, and its code on the map of 34."""

    code: str
    department_id: str
    province_code: str


@cache
def departments() -> dict[str, Department]:
    """Return the 34 provinces by the portal's code; ids as others recorded them in October 2026."""
    text = resources.files("analysis.reference").joinpath("portal_departments.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["code"]: Department(row["code"], row["department_id"], row["province_code"]) for row in rows}


def load_answer(body: bytes) -> Any:
    """Return the JSON of an answer; NaN and its like come back as their names, which are no numbers.

    Raises:
        ValueError: it is no JSON, a field stands in it twice, or it is nested too deeply.
    """
    try:
        return json.loads(body, parse_constant=str, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"“{next(name for name in names if names.count(name) > 1)}” stands in it twice")
    return fields

"""What an exhibit is: a file, and what must come of it; with the words and figures that many of them share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SVC = "share_services_with_online_dossiers"
PRO = "share_dossiers_processed_online"
SUB = "share_dossiers_submitted_online"
ALL = "n_dossiers_total"
ONL = "n_dossiers_online"
Q1, Q2, AUG, Y22 = ("2022-03-31", "Q"), ("2022-06-30", "Q"), ("2022-08-31", "M"), ("2022-12-31", "A")
AT20 = ("2022-08-20", "X")

SVC_VI = "Tỷ lệ DVCTT phát sinh hồ sơ trực tuyến"
PRO_VI = "Tỷ lệ hồ sơ xử lý trực tuyến"
SUB_VI = "Tỷ lệ hồ sơ nộp trực tuyến"

Figure = tuple[str, str, str, str, str, float]


@dataclass(frozen=True)
class Exhibit:
    """One file: its observations (code, map, indicator, last day, frequency, value) and quarantined cells.

    Where a `layout` of at most ten lines reads more than the file alone, `laid` are the observations with it.
    """

    file: str
    content: bytes
    figures: list[Figure]
    quarantine: list[tuple[str, str]] = field(default_factory=list)
    refused: str = ""
    notes: str = ""
    disagreements: int = 0
    layout: str = ""
    laid: list[Figure] = field(default_factory=list)


def beside(first_row: int, *sides: tuple[str, str]) -> str:
    """Return a layout of tables beside each other, each by its column of names and that of its figures."""
    said = '[[tables]]\nfirst_row = {}\nname_column = "{}"\ncolumns = [{{ column = "{}" }}]\n'
    return "".join(said.format(first_row, *side) for side in sides)


def fig(code: str, indicator: str, period: tuple[str, str], value: float, frame: str = "63") -> Figure:
    """Return one expected figure."""
    return (code, frame, indicator, *period, value)


def simple(
    value: Any = 28, other: Any = 30, head: str = f"{PRO_VI} (%)", title: str = "Quý I/2022"
) -> list[list[Any]]:
    """Return the plainest table: a title, a header, two provinces."""
    return [[title], ["Tỉnh", head], ["Thái Nguyên", value], ["Yên Bái", other]]


def pair(
    value: float = 28, other: float = 30, period: tuple[str, str] = Q1, indicator: str = PRO
) -> list[Figure]:
    """Return what `simple` must give."""
    return [fig("19", indicator, period, value), fig("15", indicator, period, other)]

"""Yearly tables that a person downloads: which page, which file, and what is said of it when it is added."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass

from analysis.cleaning.describing import Description


@dataclass(frozen=True)
class Publication:
    """A publisher's page and the file to save from it."""

    publisher: str
    title: str
    url: str
    file: str


PUBLICATIONS = {
    "papi": Publication(
        "CECODES, VFF-CRT, RTA, UNDP",
        "PAPI: Provincial Governance and Public Administration Performance Index",
        "https://papi.org.vn/eng/papi-data/",
        "the year's workbook of provincial indicators, such as "
        "2024PAPI_ProvincialIndicators_….xlsx (not the report in PDF)",
    ),
    "dti": Publication(
        "Bộ Khoa học và Công nghệ",
        "DTI: Chỉ số đánh giá chuyển đổi số cấp tỉnh",
        "https://dti.gov.vn",
        "the year's table of provinces with their values, as a spreadsheet; where there is only a report, ask for the "
        "spreadsheet",
    ),
    "par": Publication(
        "Bộ Nội vụ",
        "PAR INDEX: Chỉ số cải cách hành chính các tỉnh, thành phố",
        "https://caicachhanhchinh.gov.vn",
        "the year's table of provinces with their points by criterion, as a spreadsheet; where there is only a report, "
        "ask for the spreadsheet",
    ),
}


def open_page(name: str) -> list[str]:
    """Open a publisher's page for a person, where there is a browser; return what to do there, in lines."""
    one = PUBLICATIONS[name]
    try:
        opened = webbrowser.open(one.url)
    except webbrowser.Error:
        opened = False
    return [
        f"{one.title}: {one.url} {'was opened' if opened else 'could not be opened here; open it in a browser'}.",
        f"Save {one.file}. Nothing is downloaded for you: the page is made for people.",
        f"Then: dvctt fetch {name} FILE",
    ]


def describe_saved(name: str) -> Description:
    """Return what the data package says of a saved file."""
    one = PUBLICATIONS[name]
    return Description(one.publisher, one.title, one.url)

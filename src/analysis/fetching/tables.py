"""Yearly tables that a person downloads: which page, which file, whether it is that, and what is said of it."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass
from pathlib import Path

from analysis.cleaning.describing import Description
from analysis.cleaning.files import clean_file
from analysis.fetching.calls import FetchRequestWrong


@dataclass(frozen=True)
class Publication:
    """A publisher's page and the file to save from it; `codes` begin the codes of its indicators."""

    publisher: str
    title: str
    url: str
    file: str
    codes: str


PUBLICATIONS = {
    "papi": Publication(
        "CECODES, VFF-CRT, RTA, UNDP",
        "PAPI: Provincial Governance and Public Administration Performance Index",
        "https://papi.org.vn/eng/papi-data/",
        "the year's workbook of provincial indicators, such as "
        "2024PAPI_ProvincialIndicators_….xlsx (not the report in PDF)",
        "papi_",
    ),
    "dti": Publication(
        "Bộ Khoa học và Công nghệ",
        "DTI: Chỉ số đánh giá chuyển đổi số cấp tỉnh",
        "https://dti.gov.vn",
        "the year's table of provinces with their values, as a spreadsheet; where there is only a report, ask for the "
        "spreadsheet",
        "dti",
    ),
    "par": Publication(
        "Bộ Nội vụ",
        "PAR INDEX: Chỉ số cải cách hành chính các tỉnh, thành phố",
        "https://caicachhanhchinh.gov.vn",
        "the year's table of provinces with their points by criterion, as a spreadsheet; where there is only a report, "
        "ask for the spreadsheet",
        "par_index",
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


def describe_saved(name: str, file: Path) -> Description:
    """Return what the data package says of a saved file.

    Raises:
        FetchRequestWrong: what can be read of the file holds no indicator of this publisher's.
    """
    one, cleaned = PUBLICATIONS[name], clean_file(file).cleaned
    codes = sorted({*cleaned.observations["indicator"], *cleaned.targets["indicator"]})
    if codes and not any(code.startswith(one.codes) for code in codes):
        raise FetchRequestWrong(
            f"{file.name}: no indicator of {one.title.partition(':')[0]} in it; it has {', '.join(codes[:3])}. Give "
            f"{one.file}; another publisher's file is added with: dvctt add {file.name}"
        )
    return Description(one.publisher, one.title, one.url)

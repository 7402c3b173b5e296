"""The form that a brief asks a province to fill: one line a month, the counts behind the two headline indicators."""

from __future__ import annotations

import csv
import io

import pandas as pd

from analysis.reference.indicators import find_indicator
from analysis.reference.provinces import Province

FILES = {"vi": "so-lieu-can-gui.csv", "en": "figures-to-send.csv"}
# Each headline share after the counts it is computed from.
ASKED = (
    "n_services_total", "n_services_with_online_dossiers", "share_services_with_online_dossiers",
    "n_dossiers_total", "n_dossiers_online", "share_dossiers_processed_online",
)  # fmt: skip
_HEADS = {"vi": ("Tỉnh", "Kỳ báo cáo"), "en": ("Province", "Month")}
# The count that online services are a share of, by the codebook's narrower name for it where it has one.
_NAMES = {"n_services_total": {"vi": "Tổng số dịch vụ công trực tuyến", "en": "Public services"}}
# Whether a figure is of its month or of the year so far decides whether months compare: the office says so in a note.
_NOTE = {"vi": ("Ghi chú", "số trong tháng"), "en": ("Note", "of the month alone")}


def write_form(province: Province, first: str, last: str, language: str) -> bytes:
    """Return the form as CSV that a spreadsheet opens with its accents and that `dvctt add` reads when filled.

    Args:
        province: whose office fills it.
        first, last: the first and the last month asked for, as ISO days in them.
        language: "vi" or "en".
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*_HEADS[language], *(_head(code, language) for code in ASKED), _NOTE[language][0]])
    for month in pd.period_range(first[:7], last[:7], freq="M"):
        writer.writerow(
            [province.name_vi, f"{month.month:02d}/{month.year}", *("" for _ in ASKED), _NOTE[language][1]]
        )
    return stream.getvalue().encode("utf-8-sig")


def _head(code: str, language: str) -> str:
    indicator = find_indicator(code)
    name = _NAMES.get(code, {}).get(language) or str(getattr(indicator, f"name_{language}"))
    return f"{name} (%)" if indicator.unit == "percent" else name

"""The cleaning report as one HTML page, Vietnamese and English, without any outside file or script."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from typing import Any
from urllib.parse import quote

_WORDS = {
    "value": ("số liệu", "figures"),
    "period": ("kỳ báo cáo", "period"),
    "indicator": ("chỉ tiêu", "indicator"),
    "year": ("năm", "year"),
    "month": ("tháng", "month"),
    "quarter": ("quý", "quarter"),
    "unit": ("đơn vị tính", "unit"),
    "units": ("đơn vị dưới cấp tỉnh", "units below the province"),
    "flag": ("dấu đã xóa", "mark of deleted rows"),
    "remark": ("ghi chú", "remark"),
    "skipped": ("không đọc (xếp hạng…)", "not read (ranks …)"),
    "unknown": ("chưa hiểu", "not understood"),
    "start": ("ngày đầu", "first day"),
    "end": ("ngày cuối", "last day"),
    "numerator": ("tử số", "numerator"),
    "denominator": ("mẫu số", "denominator"),
    "exact": ("chính xác", "exact"),
    "about": ("khoảng", "about"),
    "at_least": ("ít nhất", "at least"),
    "at_most": ("nhiều nhất", "at most"),
    "over": ("hơn", "over"),
}


def render_report(report: dict[str, Any]) -> str:
    """Return the page; every text from a file is escaped and marked as not to be translated."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    links = {file["file"]: file["link"] for file in report["files"]}
    environment.filters["cell_link"] = lambda line: cell_link(line, links)
    environment.filters["short_name"] = lambda file: _short_name(file, links)
    environment.filters["word"] = lambda word, language: _WORDS[word][language == "en"]
    environment.filters["moment"] = lambda text: f"{dt.datetime.fromisoformat(text):%d/%m/%Y %H:%M} UTC"
    environment.filters["day"] = lambda text: f"{dt.date.fromisoformat(text):%d/%m/%Y}"
    environment.filters["number"] = show_number
    template = resources.files("analysis.cleaning").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(template).render(report=report)


def show_number(number: float, language: str) -> str:
    """Return a number with the marks of the language: 1.926,5 in Vietnamese, 1,926.5 in English."""
    text = f"{number:,.10g}"
    return text if language == "en" else text.translate(str.maketrans(",.", ".,"))


def _short_name(file: str, links: dict[str, str]) -> str:
    """Return the last part of a file's name where that tells it from the others."""
    last = file.rsplit("/", 1)[-1]
    return last if sum(name.rsplit("/", 1)[-1] == last for name in links) <= 1 else file


def cell_link(line: dict[str, str], links: dict[str, str]) -> str:
    """Return a link to a cell: the way from the report to the file, with sheet and address as fragment."""
    sheet = line.get("sheet", "")
    fragment = f"'{sheet}'!{line['cell']}" if sheet else line["cell"]
    return f"{quote(links.get(line['file'], line['file']))}#{quote(fragment)}"

"""The cleaning report as one HTML page, Vietnamese and English, without any outside file or script."""

from __future__ import annotations

import datetime as dt
from importlib import resources
from typing import Any
from urllib.parse import quote

from analysis.cleaning.mending import reason_vi

_ROLES = {
    "value": ("số liệu", "figures"),
    "period": ("kỳ báo cáo", "period"),
    "indicator": ("chỉ tiêu", "indicator"),
    "year": ("năm", "year"),
    "month": ("tháng", "month"),
    "quarter": ("quý", "quarter"),
    "unit": ("đơn vị tính", "unit"),
    "skipped": ("không đọc (xếp hạng, ghi chú…)", "not read (ranks, notes …)"),
    "unknown": ("chưa hiểu", "not understood"),
    "start": ("ngày đầu", "first day"),
    "end": ("ngày cuối", "last day"),
    "numerator": ("tử số", "numerator"),
    "denominator": ("mẫu số", "denominator"),
}


def render_report(report: dict[str, Any]) -> str:
    """Return the page; every text from a file is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    links = {file["file"]: file["link"] for file in report["files"]}
    environment.filters["cell_link"] = lambda line: cell_link(line, links)
    environment.filters["role"] = lambda role, language: _ROLES.get(role, (role, role))[language == "en"]
    environment.filters["reason_vi"] = lambda line: reason_vi(line["rule"], line["reason"]) or line["reason"]
    environment.filters["moment"] = lambda text: f"{dt.datetime.fromisoformat(text):%d/%m/%Y %H:%M} UTC"
    template = resources.files("analysis.cleaning").joinpath("report.html.jinja").read_text(encoding="utf-8")
    return environment.from_string(template).render(report=report)


def cell_link(line: dict[str, str], links: dict[str, str]) -> str:
    """Return a link to a cell: the way from the report to the file, with sheet and address as fragment."""
    sheet = line.get("sheet", "")
    fragment = f"'{sheet}'!{line['cell']}" if sheet else line["cell"]
    return f"{quote(links.get(line['file'], line['file']))}#{quote(fragment)}"

"""Panels drawn at random and written in any layout, container, number and period style, with the figures they hold."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import workbooks
from gallery.exhibit import PRO, PRO_VI, SUB, SUB_VI, SVC, SVC_VI
from gallery.old_letters import tcvn3
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from analysis.cleaning.readers.addresses import column_letters
from analysis.reference.provinces import provinces

RELAXED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NAMES = {PRO: PRO_VI, SUB: SUB_VI, SVC: SVC_VI}


@dataclass(frozen=True)
class Style:
    """How a panel is written."""

    layout: str
    container: str
    number: str
    period: str
    name: str


def month_end(month: int) -> str:
    following = dt.date(2022 + month // 12, month % 12 + 1, 1)
    return (following - dt.timedelta(days=1)).isoformat()


PERIODS = {
    "T{m}/2022": lambda m: (month_end(m), "M"),
    "Tháng {m} năm 2022": lambda m: (month_end(m), "M"),
    "tháng {m:02d}/2022": lambda m: (month_end(m), "M"),
    "{m:02d}/2022": lambda m: (month_end(m), "M"),
    "2022-{m:02d}": lambda m: (month_end(m), "M"),
    "đến 20/{m}/2022": lambda m: (f"2022-{m:02d}-20", "X"),
    "05/{m:02d}/2022": lambda m: (f"2022-{m:02d}-05", "X"),
}
SPELLINGS = {
    "official": lambda p: p.name_vi,
    "prefixed": lambda p: f"Tỉnh {p.name_vi}" if p.kind == "province" else f"TP. {p.name_vi}",
    "upper": lambda p: p.name_vi.upper(),
    "ascii": lambda p: p.name_en,
    "decomposed": lambda p: unicodedata.normalize("NFD", p.name_vi),
    "numbered": lambda p: f"{int(p.code)}. {p.name_vi}",
    "iso": lambda p: p.iso_code,
}
NUMBERS = {
    "comma": lambda v: f"{v:.2f}".replace(".", ","),
    "dot": lambda v: f"{v:.2f}",
    "sign": lambda v: f"{v:.2f}%".replace(".", ","),
    "stored": lambda v: v,
    "formatted": lambda v: round(v / 100, 6),
}
CONTAINERS = ["csv", "semicolon", "tab", "bar", "utf-16", "tcvn3", "xlsx", "ods", "xls", "html"]
styles = st.builds(
    Style,
    st.sampled_from(["periods", "indicators", "long", "across"]),
    st.sampled_from(CONTAINERS),
    st.sampled_from(sorted(NUMBERS)),
    st.sampled_from(sorted(PERIODS)),
    st.sampled_from(sorted(SPELLINGS)),
)
values = st.integers(101, 9999).map(lambda n: n / 100)


@dataclass(frozen=True)
class Panel:
    """The rows of a written panel, what it is about, and the figures it holds."""

    style: Style
    places: list[Any]
    codes: list[str]
    rows: list[list[Any]]
    figures: Counter[Any]


@st.composite
def panels(draw: Any) -> Panel:
    """Draw a panel of a few provinces, months and indicators, written in one style."""
    style = draw(styles)
    if style.number == "formatted" and style.container not in ("xlsx", "ods", "xls"):
        style = Style(style.layout, "xlsx", style.number, style.period, style.name)
    if style.container == "tcvn3" and style.name == "upper":
        style = Style(style.layout, "utf-16", style.number, style.period, style.name)
    places = draw(st.lists(st.sampled_from(provinces()), min_size=3, max_size=9, unique=True))
    months = sorted(draw(st.lists(st.integers(1, 12), min_size=2, max_size=4, unique=True)))
    codes = draw(st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3, unique=True))
    rows, figures = lay_out(style, places, months, codes, draw)
    return Panel(style, places, codes, rows, figures)


def lay_out(
    style: Style, places: list[Any], months: list[int], codes: list[str], draw: Any
) -> tuple[Any, Counter[Any]]:
    """Return the rows of a table and the figures it holds."""
    figures: Counter[Any] = Counter()
    said = {m: style.period.format(m=m) for m in months}
    when = {m: PERIODS[style.period](m) for m in months}
    name = {p.code: SPELLINGS[style.name](p) for p in places}
    marks = " (%)" if style.number in ("comma", "dot", "stored") else ""

    def cell(p: Any, m: int, code: str) -> Any:
        value = draw(values)
        figures[p.code, code, *when[m], value] += 1
        return NUMBERS[style.number](value)

    if style.layout == "long":
        rows = [["Tỉnh", "Kỳ", "Chỉ tiêu", "Giá trị" + marks]]
        rows += [
            [name[p.code], said[m], NAMES[c], cell(p, m, c)] for p in places for m in months for c in codes
        ]
    elif style.layout == "periods":
        rows = [[NAMES[codes[0]] + marks], ["STT", "Địa phương", *said.values()]]
        rows += [[n + 1, name[p.code], *[cell(p, m, codes[0]) for m in months]] for n, p in enumerate(places)]
    elif style.layout == "indicators":
        rows = [[said[months[0]]], ["Tỉnh", *[NAMES[c] + marks for c in codes]]]
        rows += [[name[p.code], *[cell(p, months[0], c) for c in codes]] for p in places]
    else:
        rows = [["Chỉ tiêu", "Kỳ", *[name[p.code] for p in places]]]
        rows += [[NAMES[c] + marks, said[m], *[cell(p, m, c) for p in places]] for m in months for c in codes]
    return rows, figures


def put(style: Style, rows: list[list[Any]], folder: Path) -> Path:
    """Write rows into a file of the container."""
    formatted = style.number == "formatted"
    spots = (
        [(r, c) for r, row in enumerate(rows) for c, v in enumerate(row) if isinstance(v, float)]
        if formatted
        else []
    )
    if style.container in ("xlsx", "ods", "xls"):
        if style.container == "xlsx":
            content = workbooks.xlsx(rows, percent=[f"{column_letters(c)}{r + 1}" for r, c in spots])
        else:
            content = getattr(workbooks, style.container)(rows, percent=spots)
        suffix = style.container
    elif style.container == "html":
        content, suffix = workbooks.html(rows), "xls"
    else:
        separator = {"semicolon": ";", "tab": "\t", "bar": "|"}.get(style.container, ",")
        if style.container == "tcvn3":
            composed = [[unicodedata.normalize("NFC", str(v)).replace("–", "-") for v in row] for row in rows]
            content = workbooks.csv([[tcvn3(v) for v in row] for row in composed], ";", "latin-1")
        else:
            content = workbooks.csv(rows, separator, "utf-16" if style.container == "utf-16" else "utf-8")
        suffix = "csv"
    path = folder / f"table.{suffix}"
    path.write_bytes(content)
    return path

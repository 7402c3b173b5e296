"""Random tables as provinces write them, each with its truth.

A table is drawn from a seed: its shape, its period, how its numbers are written, and what stands between its rows.
Figures are made up and agree with each other: a share is the one of the counts beside it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from workbooks import csv, xlsx

from analysis.reference.provinces import provinces, successors

ALL, ONLINE, SHARE = "n_dossiers_total", "n_dossiers_online", "share_dossiers_processed_online"
SERVICES, WITH, USED = (
    "n_services_total",
    "n_services_with_online_dossiers",
    "share_services_with_online_dossiers",
)
HEADS = {
    ALL: ("Tổng số hồ sơ tiếp nhận", "Số hồ sơ tiếp nhận", "Tổng số hồ sơ"),
    ONLINE: ("Số hồ sơ trực tuyến", "Số hồ sơ nộp trực tuyến", "Hồ sơ tiếp nhận trực tuyến"),
    SHARE: ("Tỷ lệ hồ sơ xử lý trực tuyến", "Tỷ lệ hồ sơ được xử lý trực tuyến", "Tỷ lệ hồ sơ giải quyết trực tuyến"),
    SERVICES: ("Tổng số dịch vụ công trực tuyến", "Tổng số DVCTT"),
    WITH: ("Số dịch vụ công trực tuyến phát sinh hồ sơ", "Số DVCTT phát sinh hồ sơ"),
    USED: ("Tỷ lệ DVCTT phát sinh hồ sơ trực tuyến", "Tỷ lệ dịch vụ công trực tuyến có phát sinh hồ sơ"),
}  # fmt: skip
SHARES = {SHARE: (ONLINE, ALL), USED: (WITH, SERVICES)}
SHAPES = ("wide", "long", "names and values", "periods", "across", "one")
MISSING = ("..", "…", "-", "", "x", "chưa có số liệu")
NATION = ("Cả nước", "Tổng cộng", "Toàn quốc")
AGENCIES = (
    "Sở Tư pháp",
    "Sở Y tế",
    "Sở Xây dựng",
    "Sở Nội vụ",
    "Công an tỉnh",
    "Sở Tài chính",
    "Sở Công Thương",
)
REMARKS = (
    "Ghi chú: {name} tính đến ngày 20, còn thiếu {n} hồ sơ",
    "Ghi chú: {name} chưa gồm 1,{n} hồ sơ của cấp xã",
    "{name} báo cáo bổ sung sau",
)

Place = tuple[str, str]  # code and map
Key = tuple[str, str, str, str]  # code, map, indicator, first and last day with a slash between
Cell = tuple[int, int]


@dataclass
class RandomTable:
    """One file; `figures` gives for each cell with a figure whose it is and its value, None where it is in words.

    `counted` are rows that must be told of although no figure of theirs need be read: units, regions, sums.
    """

    seed: int
    shape: str
    file: str
    content: bytes
    figures: dict[Cell, tuple[Key, float | None]]
    counted: dict[Cell, float]
    remarks: dict[int, str]
    also: dict[Key, float] = field(default_factory=dict)


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.seed = seed
        self.csv = self.rng.random() < 0.45
        self.comma = self.rng.random() < 0.6  # the decimal mark of numbers in text
        self.frame = "34" if self.rng.random() < 0.2 else "63"
        self.rows: list[list[Any]] = []
        self.figures: dict[Cell, tuple[Key, float | None]] = {}
        self.counted: dict[Cell, float] = {}
        self.remarks: dict[int, str] = {}
        self.also: dict[Key, float] = {}
        self.percent: list[str] = []
        self.merge: list[str] = []
        self.styles: dict[str, str] = {}
        self.words = self.rng.random() < 0.5
        self.gaps = self.rng.random() < 0.6
        self.least = self.rng.choice((0.06, 0.06, 0.002))  # the smallest share
        self.thousands = self.rng.random() < 0.1  # said once for the table, not in a head

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # Places and periods

    def places(self, least: int = 4) -> list[tuple[str, str]]:
        """Return codes and names in the order of a list, all of them or a part."""
        old = [(p.code, p.name_vi) for p in provinces()]
        all_ = [*successors().items()] if self.frame == "34" else old
        count = len(all_) if self.chance(0.3) else self.rng.randint(least, 15)
        chosen = sorted(self.rng.sample(range(len(all_)), count))
        prefix = self.rng.choice(("", "", "Tỉnh ", "UBND tỉnh "))
        cities = {"Hà Nội", "Hải Phòng", "Đà Nẵng", "Cần Thơ", "Thành phố Hồ Chí Minh", "Hồ Chí Minh", "Huế"}
        return [(c, n if n in cities or "TP" in n else prefix + n) for c, n in (all_[k] for k in chosen)]

    def period(self) -> tuple[str, str]:
        """Return the days of a month, a quarter or a year, and a way to write it."""
        year = 2026 if self.frame == "34" else self.rng.randint(2021, 2024)
        return self.rng.choice((self.month, self.quarter, self.year))(year, self.rng.randint(1, 12))

    def month(self, year: int, n: int) -> tuple[str, str]:
        ways = (f"Tháng {n}/{year}", f"tháng {n} năm {year}", f"T{n}/{year}", f"Tháng {n:02d}/{year}")
        return f"{year}-{n:02d}-01/{year}-{n:02d}-{_last(year, n)}", self.rng.choice(ways)

    def quarter(self, year: int, n: int) -> tuple[str, str]:
        q = (n + 2) // 3
        roman = ("I", "II", "III", "IV")[q - 1]
        ways = (f"Quý {roman}/{year}", f"Quý {q} năm {year}", f"quý {roman} năm {year}", f"Q{q}/{year}")
        first, last = f"{year}-{3 * q - 2:02d}-01", f"{year}-{3 * q:02d}-{_last(year, 3 * q)}"
        return f"{first}/{last}", self.rng.choice(ways)

    def year(self, year: int, n: int) -> tuple[str, str]:
        return f"{year}-01-01/{year}-12-31", self.rng.choice((f"Năm {year}", f"năm {year}", str(year)))

    # Indicators and their figures

    def indicators(self) -> list[str]:
        """Return one to four indicators, shares often with their counts."""
        group = self.rng.choice(((ALL, ONLINE, SHARE), (SERVICES, WITH, USED)))
        ways = [*group], [group[2]], [*group[:2]], [group[2], group[0]], [ALL, ONLINE, SHARE, USED]
        return self.rng.choice(ways)

    def values(self, codes: Sequence[str]) -> dict[str, float]:
        """Return a figure for each indicator; shares are those of the counts, with two decimals."""
        counts = {ALL: self.rng.randint(1100, 99_000), SERVICES: self.rng.randint(700, 2500)}
        for share, (part, whole) in SHARES.items():
            counts[part] = int(counts[whole] * self.rng.uniform(self.least, 0.97))
            counts[share] = round(100 * counts[part] / counts[whole], 2)  # type: ignore[assignment]
        return {code: counts[code] for code in codes}

    def style(self, code: str) -> str:
        """Return how a column is written: as a number, as text, as a fraction in percent format, in thousands."""
        if code not in self.styles:
            if code in SHARES:
                ways = ["number", "number", "text", "text", "percent text", "mixed", "fraction"]
                ways += [] if self.csv else ["format", "format", "format"]
            elif self.thousands and code in (ALL, ONLINE):
                ways = ["thousands"]
            else:
                ways = ["number", "number", "grouped", "grouped", "plain text", "mixed"]
                ways += ["thousands"] if code == ALL and self.chance(0.3) else []
            self.styles[code] = self.rng.choice(ways)
        return self.styles[code]

    def head(self, code: str) -> str:
        """Return a head; that of fractions in percent format bears no sign, that of others does or the cells do."""
        text = self.rng.choice(HEADS[code])
        style = self.style(code)
        if style in ("number", "text"):
            return f"{text} (%)" if code in SHARES else text
        return f"{text} (nghìn hồ sơ)" if style == "thousands" and not self.thousands else text

    def shown(self, code: str, value: float) -> tuple[Any, float]:
        """Return a cell, and the value that it stands for: thousands are printed with one decimal."""
        style, point = self.style(code), "," if self.comma else "."
        if style == "mixed":  # one person's cells beside another's
            ways = (
                ("number", "text", "percent text") if code in SHARES else ("number", "grouped", "plain text")
            )
            style = self.rng.choice(ways)
        if style == "format":
            return value / 100, value
        if style == "fraction":
            return self._number(round(value / 100, 4), point), value
        if style == "thousands":
            short = round(value / 1000, 1)
            return self._number(short, point), short * 1000
        if style == "grouped":
            return f"{int(value):,}".replace(",", "." if self.comma else ","), value
        if code in SHARES:
            text = f"{value:.2f}".replace(".", point)
            sign = "%" if style == "percent text" else ""
            return (self._number(value, point) if style == "number" else text + sign), value
        return (str(int(value)) if style == "plain text" else int(value)), value

    def _number(self, value: float, point: str) -> Any:
        return str(value).replace(".", point) if self.csv else value

    def put(
        self, i: int, j: int, code: str, place: Place, end: str, value: float, *, plain: bool = False
    ) -> None:
        """Write a figure into a cell of the grid, now and then as words or as a mark that there is none."""
        key = (*place, code, end)
        cell, meant = self.shown(code, value)
        if not plain and self.gaps and self.chance(0.06):
            self.rows[i][j] = self.rng.choice(MISSING)
            return
        if not plain and self.words and self.chance(0.06 if self.figures else 0.4):
            ways = [f"trên {int(value)}" + ("%" if code in SHARES else ""), f"khoảng {int(value)}"]
            ways += [f"{int(value) // 2}/{int(value)}"] if code in SHARES else []
            self.rows[i][j] = self.rng.choice(ways)
            self.figures[i, j] = (key, None)
            return
        self.rows[i][j] = cell
        if self.styles[code] == "format":
            self.percent.append(f"{get_column_letter(j + 1)}{i + 1}")
        self.figures[i, j] = (key, meant)

    def put_any(self, j: int, code: str, place: Place, end: str, value: float) -> None:
        """Write a figure into the last row; one of no single province must only be told of."""
        i = len(self.rows) - 1
        self.put(i, j, code, place, end, value)
        if not place[0] and self.figures.pop((i, j), None):
            self.counted[i, j] = value

    # What stands around a table

    def top(self, title: str) -> None:
        if self.chance(0.4):
            self.rows += [["BỘ THÔNG TIN VÀ TRUYỀN THÔNG"], ["Biểu số 0" + str(self.rng.randint(1, 9))]]
        self.rows += [[title]] + ([[]] if self.chance(0.4) and not self.csv else [])
        if self.thousands:
            self.rows.append(["Đơn vị tính: nghìn hồ sơ"])

    def bottom(self) -> None:
        if self.chance(0.4):
            self.rows.append(
                [self.rng.choice(("Nguồn: Bộ Thông tin và Truyền thông.", "Ghi chú: số liệu sơ bộ."))]
            )
        if self.chance(0.2):
            self.rows += [["", "NGƯỜI LẬP BIỂU", "", "THỦ TRƯỞNG ĐƠN VỊ"]]

    def remark(self, name: str, width: int) -> None:
        """Write a remark between two rows, one cell of text with a number in it."""
        self.remarks[len(self.rows)] = text = self.rng.choice(REMARKS).format(
            name=name, n=self.rng.randint(2, 9)
        )
        alone = self.chance(0.5) or width < 2
        self.rows.append([text] if alone else ["", text])

    def file(self, shape: str) -> RandomTable:
        width = max(map(len, self.rows))
        rows = [[*row, *[""] * (width - len(row))] for row in self.rows]
        if self.csv:
            separator = ";" if self.comma else self.rng.choice(",\t")
            content = csv(rows, separator, self.rng.choice(("utf-8", "utf-8-sig", "utf-16")))
        else:
            filled = [[None if cell == "" else cell for cell in row] for row in rows]
            content = xlsx(filled, percent=self.percent, merge=self.merge)
        name = f"t{self.seed}.{'csv' if self.csv else 'xlsx'}"
        return RandomTable(
            self.seed, shape, name, content, self.figures, self.counted, self.remarks, self.also
        )


def _last(year: int, month: int) -> int:
    return 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30 if month != 2 else 29 if year % 4 == 0 else 28


def make_table(seed: int) -> RandomTable:
    """Return the table of a seed."""
    maker = _Maker(seed)
    shape = maker.rng.choice(SHAPES)
    drawn = {
        "wide": _wide, "long": _long, "names and values": _names_and_values, "periods": _periods,
        "across": _across, "one": _one,
    }  # fmt: skip
    drawn[shape](maker)
    return maker.file(shape)


def _body(m: _Maker, columns: Sequence[tuple[str, str]], first: int, ordinal: bool) -> None:
    """Write a row for each province below heads that are there, with regions, sums and remarks between them.

    `columns` gives the indicator and the last day of each column of figures.
    """
    places, width = m.places(), first + len(columns)
    sums = all(code not in SHARES for code, _ in columns) and m.chance(0.4)
    above = sums and m.chance(0.4)
    codes = list(dict.fromkeys(code for code, _ in columns))
    rows = []
    for code, name in places:
        by_day = {end: m.values(codes) for end in dict.fromkeys(end for _, end in columns)}
        rows.append((code, name, [by_day[end][indicator] for indicator, end in columns]))
    nation = [("VN", m.rng.choice(NATION), [sum(v[k] for *_, v in rows) for k in range(len(columns))])]
    plan = (nation if above else []) + rows + (nation if sums and not above else [])
    regions = m.frame == "63" and m.chance(0.3)
    between = m.chance(0.35)
    region = ""
    by_code = {p.code: p.region_vi for p in provinces()}
    for n, (code, name, values) in enumerate(plan):
        if regions and code in by_code and by_code[code] != region:
            region = by_code[code]
            _region(m, region, columns, first, [v for c, _, v in rows if by_code[c] == region])
        m.rows.append(["", *[""] * (width - 1)])
        i = len(m.rows) - 1
        m.rows[i][first - 1] = name
        if ordinal and code != "VN":
            m.rows[i][0] = n + 1
        for k, (indicator, end) in enumerate(columns):
            if code == "VN":
                cell, _ = m.shown(indicator, values[k])
                m.rows[i][first + k] = cell
                m.counted[i, first + k] = values[k]
                m.also[("VN", m.frame, indicator, end)] = m.shown(indicator, values[k])[1]
            else:
                m.put(i, first + k, indicator, (code, m.frame), end, values[k])
        if between and n < len(plan) - 1 and m.chance(0.15):
            m.remark(name, first)


def _region(
    m: _Maker, name: str, columns: Sequence[tuple[str, str]], first: int, parts: list[list[float]]
) -> None:
    """Write the row of a region: bare, with marks for no figure, or with the sums of its provinces."""
    m.rows.append(["", *[""] * (first + len(columns) - 1)])
    i = len(m.rows) - 1
    m.rows[i][first - 1] = name
    way = m.rng.choice(("bare", "marks", "sums"))
    for k, (code, _) in enumerate(columns):
        if way == "marks":
            m.rows[i][first + k] = ".."
        elif way == "sums":
            values = [part[k] for part in parts]
            value = sum(values) if code not in SHARES else round(sum(values) / len(values), 2)
            m.rows[i][first + k] = m.shown(code, value)[0]
            if m.styles[code] == "format":
                m.percent.append(f"{get_column_letter(first + k + 1)}{i + 1}")
            m.counted[i, first + k] = value


def _wide(m: _Maker) -> None:
    end, words = m.period()
    codes = m.indicators()
    m.thousands &= SERVICES not in codes and USED not in codes
    m.top(f"Kết quả cung cấp dịch vụ công trực tuyến {words}")
    ordinal = m.chance(0.6)
    first = 2 if ordinal else 1
    names = (["STT"] if ordinal else []) + [m.rng.choice(("Tỉnh, thành phố", "Tỉnh/TP", "Địa phương"))]
    heads = [*names, *(m.head(code) for code in codes)]
    if m.chance(0.3) and len(codes) > 1:
        i = len(m.rows) + 1
        group = m.rng.choice(("Kết quả thực hiện", "Kết quả cung cấp dịch vụ công trực tuyến", words))
        m.rows.append([*names, group, *[""] * (len(codes) - 1)])
        heads[:first] = [""] * first
        m.merge += [f"{get_column_letter(k + 1)}{i}:{get_column_letter(k + 1)}{i + 1}" for k in range(first)]
        m.merge.append(f"{get_column_letter(first + 1)}{i}:{get_column_letter(first + len(codes))}{i}")
    m.rows.append(heads)
    if m.chance(0.2):
        m.rows.append([f"({k + 1})" for k in range(first + len(codes))])
    _body(m, [(code, end) for code in codes], first, ordinal)
    if not m.merge and m.chance(0.15):  # a second table below, of another period
        end, words = m.quarter(int(end[:4]) - 1, 11)
        m.rows += [[], [f"Kết quả cung cấp dịch vụ công trực tuyến {words}"], heads]
        _body(m, [(code, end) for code in codes], first, ordinal)
    m.bottom()


def _periods(m: _Maker) -> None:
    code = m.rng.choice((SHARE, ALL, USED, ONLINE))
    m.thousands &= code in (ALL, ONLINE)
    head = m.head(code)
    year = 2026 if m.frame == "34" else m.rng.randint(2021, 2024)
    months = m.chance(0.5)
    numbers = range(1, m.rng.randint(3, 12) + 1) if months else range(3, 13, 3)
    columns = [(m.month if months else m.quarter)(year, n) for n in numbers]
    short = m.chance(0.4)
    m.top(f"{head} năm {year}" if short else head)
    ordinal = m.chance(0.5)
    names = (["STT"] if ordinal else []) + ["Tỉnh"]
    said = [(f"Tháng {n}" if months else f"Quý {'I' * (n // 3) if n < 12 else 'IV'}") for n in numbers]
    m.rows.append([*names, *(said if short else (words for _, words in columns))])
    _body(m, [(code, end) for end, _ in columns], len(names), ordinal)
    m.bottom()


def _long(m: _Maker) -> None:
    """One row a province and period, a column for each indicator; the period in a column, or year and month in two."""
    codes = m.indicators()
    m.thousands = False
    year = 2026 if m.frame == "34" else m.rng.randint(2021, 2024)
    way = m.rng.choice(("month", "quarter", "day", "two columns"))
    groups = m.chance(0.3)
    ends = [(m.quarter if way == "quarter" else m.month)(year, n) for n in (3, 6, 9)]
    heads = {"day": ["Đến ngày"], "two columns": ["Năm", "Tháng"]}.get(way, ["Kỳ"])
    m.rows.append(["Tỉnh", *heads, *(m.head(code) for code in codes)])
    places = m.places()
    if groups:  # a row of several provinces together, first or last
        places.insert(
            m.rng.choice((0, len(places))), ("", m.rng.choice(("Cả ba tỉnh", "Các tỉnh còn lại", "Vùng")))
        )
    for code, name in places:
        for end, words in ends:
            values = m.values(codes)
            last = end[-10:]
            day = f"{last[8:]}/{last[5:7]}/{last[:4]}"
            said = {"day": [day], "two columns": [year, int(last[5:7])]}.get(way, [words])
            m.rows.append([name, *said, *[""] * len(codes)])
            for k, indicator in enumerate(codes):
                period = f"{last}/{last}" if way == "day" else end
                m.put_any(1 + len(heads) + k, indicator, (code, m.frame), period, values[indicator])


def _names_and_values(m: _Maker) -> None:
    """The README's long layout: one row a figure, with the name of its indicator."""
    m.thousands = False
    code = m.rng.choice((ALL, ONLINE, SHARE))
    name = m.head(code)
    others = [c for c in m.indicators() if (c in SHARES) == (code in SHARES) and c != code]
    names = {code: name} | {c: m.rng.choice(HEADS[c]) for c in others}
    for c in others:
        m.styles[c] = "number" if m.styles[code] == "thousands" else m.styles[code]
    end, words = m.period()
    m.rows.append(["Tỉnh", "Chỉ tiêu", "Kỳ", "Giá trị"])
    places = m.places()
    if m.chance(0.3):
        places.insert(
            m.rng.choice((0, len(places))), ("", m.rng.choice(("Cả ba tỉnh", "Các tỉnh còn lại", "Vùng")))
        )
    for place, label in places:
        values = m.values([*names])
        for c, text in names.items():
            m.rows.append([label, text, words, ""])
            m.put_any(3, c, (place, m.frame), end, values[c])


def _across(m: _Maker) -> None:
    """Provinces as columns, indicators in rows."""
    end, words = m.period()
    codes = m.indicators()
    m.thousands &= SERVICES not in codes and USED not in codes
    m.top(f"Kết quả xử lý hồ sơ {words}")
    places = m.places(least=3)[:12]
    m.rows.append(["Chỉ tiêu", *(name for _, name in places)])
    values = [m.values(codes) for _ in places]
    for code in codes:
        m.rows.append([m.head(code), *[""] * len(places)])
        for k, (place, _) in enumerate(places):
            m.put(len(m.rows) - 1, 1 + k, code, (place, m.frame), end, values[k][code])
    m.bottom()


def _one(m: _Maker) -> None:
    """One province by its agencies, the province's own row above or below them or absent."""
    end, words = m.period()
    place, name = m.rng.choice(m.places())
    name = re.sub("^(Tỉnh|UBND tỉnh) ", "", name)
    m.thousands = False
    m.rows += [[f"ỦY BAN NHÂN DÂN TỈNH {name.upper()}"], [f"KẾT QUẢ GIẢI QUYẾT HỒ SƠ {words.upper()}"]]
    codes = [ALL, ONLINE, *([SHARE] if m.chance(0.5) else [])]
    m.rows.append(["STT", "Đơn vị", *(m.head(code) for code in codes)])
    agencies = m.rng.sample(AGENCIES, m.rng.randint(3, len(AGENCIES)))
    parts = [m.values(codes) for _ in agencies]
    total = {c: sum(part[c] for part in parts) for c in (ALL, ONLINE)}
    total[SHARE] = round(100 * total[ONLINE] / total[ALL], 2)
    where = m.rng.choice(("above", "below", "absent"))
    if where == "above":
        _own(m, codes, total, (place, m.frame), end)
    between = m.chance(0.35)
    for n, (agency, values) in enumerate(zip(agencies, parts, strict=True)):
        m.rows.append([n + 1, agency, *[""] * len(codes)])
        i = len(m.rows) - 1
        for k, code in enumerate(codes):
            m.put(i, 2 + k, code, (place, m.frame), end, values[code])
            if (i, 2 + k) in m.figures:
                del m.figures[i, 2 + k]
                m.counted[i, 2 + k] = values[code]
        if between and m.chance(0.2):
            m.remark(agency, 2)
    if where == "below":
        _own(m, codes, total, (place, m.frame), end)
    m.bottom()


def _own(m: _Maker, codes: list[str], total: dict[str, float], place: Place, end: str) -> None:
    m.rows.append(["", m.rng.choice(("Tổng cộng", "Toàn tỉnh", "TỔNG SỐ")), *[""] * len(codes)])
    for k, code in enumerate(codes):
        m.put(len(m.rows) - 1, 2 + k, code, place, end, total[code], plain=True)


def write_table(table: RandomTable, folder: Path) -> Path:
    """Write a table into a folder and return its path."""
    path = folder / table.file
    path.write_bytes(table.content)
    return path

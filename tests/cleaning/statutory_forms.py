"""Makers of the forms that every province files, in the layouts of Circular 01/2020/TT-VPCP, each with its truth.

06 as the one-stop system prints it, 06a as the one-stop centres file it, 06b as the Circular has it, II.07b, and the
system's export by level of service. Figures are made up and seeded; a form is an .xlsx or a page of HTML called .xls.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter
from workbooks import html, xlsx

from analysis.reference.provinces import provinces, successors

Span = tuple[str, int, int]  # a text over so many columns and rows
Row = list[Any]
Figure = tuple[str, str, str, str, float]  # code, map, indicator, last day, value

ALL, ONLINE = "n_dossiers_total", "n_dossiers_online"
# Of each level what the codebook may have a line for; the share leaves out what was sent by post.
BY_LEVEL = (
    "n_dossiers_partial_online",
    "n_dossiers_full_process_services",
    "n_dossiers_partial_services",
    "share_dossiers_online_of_online_services",
)
FULL, PROCEDURES = "n_dossiers_full_process_online", "n_procedures_total"
PERIODS = {
    "quarter": ("Từ ngày 01/01/2025 đến ngày 31/03/2025 ", "2025-03-31", "63"),
    "merged map": ("Từ ngày 01/07/2025 đến ngày 30/09/2025 ", "2025-09-30", "34"),
    "reporting days": ("Từ ngày 15/12/2024 đến ngày 14/03/2025", "2025-03-14", "63"),
    "month": ("Từ ngày 01/10/2024 đến ngày 31/10/2024", "2024-10-31", "63"),
}


@dataclass(frozen=True)
class Form:
    """A form: its file, the figures that must come of it, those that may, and how many rows name a unit."""

    file: str
    content: bytes
    figures: set[Figure]
    allowed: set[Figure] = field(default_factory=set)
    units: int = 0


@dataclass(frozen=True)
class Head:
    """The words of one edition of form 06."""

    number: str
    unit: str
    received: str
    within: str
    before: str
    settled: str
    pending: str
    in_time: str
    numbering: bool = False


HEADS = {
    "06": Head(
        "Biểu số 06 /VPCP/KSTT", "Lĩnh vực, công việc giải quyết theo cấp", "Số hồ sơ nhận giải quyết",
        "Trong đó", "Từ kỳ trước", "Số hồ sơ đã giải quyết", "Số lượng hồ sơ đang giải quyết", "Trong hạn",
    ),
    "06a": Head(
        "Biểu số II.06a/VPCP/KSTT", "Đơn vị", "Tiếp nhận", "Trong kỳ", "Kỳ trước",
        "Số lượng hồ sơ đã giải quyết", "Hồ sơ đang xử lý", "Đúng hạn",
    ),
    "06b": Head(
        "Biểu số II.06b/VPCP/KSTT", "Lĩnh vực giải quyết", "Số lượng hồ sơ tiếp nhận", "Trong kỳ",
        "Từ kỳ trước", "Số lượng hồ sơ đã giải quyết", "Số lượng hồ sơ đang giải quyết", "Trong hạn", True,
    ),
}  # fmt: skip
DEPARTMENTS = ("Sở Tư pháp", "Sở Nông nghiệp và Môi trường", "Sở Nội vụ", "Công an tỉnh", "Sở Xây dựng")
DISTRICTS = ("Huyện Đông Sơn", "Thành phố Sầm Sơn", "Thị xã Nghi Sơn", "Huyện Hoằng Hóa")
COMMUNES = ("Phường Hạc Thành", "Xã Hoằng Lộc", "Thị trấn Rừng Thông")
FIELDS = ("Đất đai", "Hộ tịch", "Đăng ký kinh doanh", "Chứng thực")
FOOTER = "Ghi chú: số liệu trích xuất từ Hệ thống thông tin giải quyết thủ tục hành chính."
SIGNATURE: list[Row] = [
    [*[""] * 7, "Thanh Hóa, ngày 15 tháng 3 năm 2025"],
    ["", "Người làm báo cáo", *[""] * 5, "Chánh Văn phòng"],
    [*[""] * 7, "(Ký, ghi rõ họ tên)"],
]


def units_of(frame: str, seed: int, *, shuffled: bool = False) -> list[tuple[str, str]]:
    """Return the code and the name of each province of a map, in the order of the codes or another."""
    rows = [(p.code, p.name_vi) for p in provinces()] if frame == "63" else [*successors().items()]
    if shuffled:
        random.Random(seed).shuffle(rows)
    return rows


def form_06(
    edition: str = "06",
    period: str = "quarter",
    *,
    as_html: bool = False,
    rows: str = "provinces",
    seed: int = 1,
    shuffled: bool = False,
    empty: int = 0,
    total: str = "below",
    signed: bool = False,
) -> Form:
    """Make form 06, 06a or 06b for all provinces, or for Thanh Hóa by agencies or by fields.

    `empty` units have no dossiers; “Tổng số” holds what was carried over from the period before, so that what was
    received in the period is online and in person together.
    """
    head, (days, end, frame) = HEADS[edition], PERIODS[period]
    rng = random.Random(seed)
    groups = _groups(rows, frame, seed, shuffled)
    body: list[Row] = []
    figures: set[Figure] = set()
    sums = [0] * 11
    blank = set(rng.sample(range(sum(len(units) for _, units in groups)), empty))
    n = 0
    for band, units in groups:
        body += [[(band, 13, 1)]] if band else []
        for k, (code, name) in enumerate(units):
            counts = [0] * 11 if n in blank else _counts(rng)
            n += 1
            sums = [a + b for a, b in zip(sums, counts, strict=True)]
            body.append([k + 1, name, *(_shown(c, as_html, n - 1 in blank) for c in counts)])
            if code and any(counts):
                figures |= _received(code, frame, end, counts)
    last = [["", "Tổng cộng", *(_shown(c, as_html, False) for c in sums)]]
    if rows != "provinces" and total:
        figures = _received("38", frame, end, sums)
    body = last + body if total == "above" else body + last if total else body
    allowed = {
        (c, f, i, e, v)
        for c, f, i, e, v in _received("VN" if rows == "provinces" else "38", frame, end, sums)
    }
    office = "VĂN PHÒNG CHÍNH PHỦ" if rows == "provinces" else "UBND TỈNH THANH HÓA"
    top = _top_06(head, days, office, edition)
    tail = [[(FOOTER, 13, 1)], *SIGNATURE] if signed else []
    content = _write(top, [*_heads_06(head), *body], tail, as_html)
    name = f"bieu-{edition}-{rows}.{'xls' if as_html else 'xlsx'}"
    return Form(name, content, figures, allowed, n)


def _groups(rows: str, frame: str, seed: int, shuffled: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    if rows == "provinces":
        return [("Địa phương", units_of(frame, seed, shuffled=shuffled))]
    if rows == "fields":
        return [("", [("", name) for name in FIELDS])]
    parts = [
        ("Sở ban ngành", DEPARTMENTS),
        ("Huyện, thị xã, thành phố", DISTRICTS),
        ("Xã, phường, thị trấn", COMMUNES),
    ]
    return [(band, [("", name) for name in names]) for band, names in (parts[::-1] if shuffled else parts)]


def _counts(rng: random.Random) -> list[int]:
    """Return the eleven counts of a row, as the form's own sums have them."""
    online, direct, before = rng.randint(900, 90_000), rng.randint(300, 30_000), rng.randint(2, 4000)
    received = online + direct + before
    settled = int(received * rng.uniform(0.8, 0.98))
    early, late = settled // 2, settled // 90
    pending, overdue = received - settled, (received - settled) // 40
    taken = [received, online, direct, before, settled, early, settled - early - late, late]
    return [*taken, pending, pending - overdue, overdue]


def _received(code: str, frame: str, end: str, counts: Sequence[int]) -> set[Figure]:
    online, direct = counts[1], counts[2]
    return {(code, frame, ONLINE, end, online), (code, frame, ALL, end, online + direct)}


def _shown(count: int, as_html: bool, blank: bool) -> Any:
    """Return a count as the system prints it: dots between thousands, nothing for nothing."""
    if blank:
        return "" if as_html else None
    return f"{count:,}".replace(",", ".") if as_html else count


def _top_06(head: Head, days: str, office: str, edition: str) -> list[Row]:
    """Return the table, or the rows, above the heads: number, title with the period, and the unit of measure."""
    title = "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC TẠI CƠ QUAN, ĐƠN VỊ TRỰC TIẾP GIẢI QUYẾT TTHC"
    issued = f"{head.number}\nBan hành theo Thông tư số\n01/2020/TT-VPCP ngày 21/10/2020"
    if edition == "06":
        first: list[Row] = [[(issued, 2, 1), (f"{title}\n({days})", 6, 1), (office, 5, 1)]]
    else:
        to = f"- Đơn vị báo cáo: {office}\n- Đơn vị nhận báo cáo: Văn phòng Chính phủ"
        first = [[(issued, 2, 1), (title, 6, 1), (to, 5, 1)], [(f"({days.strip()})", 13, 1)]]
    return [*first, [("Đơn vị tính: Số hồ sơ TTHC", 13, 1)]]


def _heads_06(head: Head) -> list[Row]:
    rows: list[Row] = [
        [("STT", 1, 3), (head.unit, 1, 3), (head.received, 4, 1), (head.settled, 4, 1), (head.pending, 3, 1)],
        [
            ("Tổng số", 1, 2), (head.within, 2, 1), (head.before, 1, 2), ("Tổng số", 1, 2), ("Trước hạn", 1, 2),
            ("Đúng hạn", 1, 2), ("Quá hạn", 1, 2), ("Tổng số", 1, 2), (head.in_time, 1, 2), ("Quá hạn", 1, 2),
        ],
        ["Trực tuyến", "Trực tiếp, dịch vụ bưu chính"],
    ]  # fmt: skip
    sums = {3: "(3)=(4)+(5)+(6)", 7: "(7)=(8)+(9)+(10)", 11: "(11)=(12)+(13)"}
    return [*rows, [sums.get(k, f"({k})") for k in range(1, 14)]] if head.numbering else rows


def form_07b(
    period: str = "quarter", *, as_html: bool = False, rows: str = "provinces", seed: int = 1
) -> Form:
    """Make form II.07b, the numbers of procedures by level, for all provinces or for Thanh Hóa by agencies."""
    days, end, frame = PERIODS[period]
    rng = random.Random(seed)
    figures: set[Figure] = set()
    groups = _groups(rows, frame, seed, False)
    units = [unit for _, names in groups for unit in names]
    body: list[Row] = []
    for k, (code, name) in enumerate(units):
        parts = [rng.randint(900, 1500), rng.randint(200, 400), rng.randint(100, 190)]
        counts = [sum(parts), *parts] * 2 + [sum(parts) - 7, parts[0] - 7, *parts[1:]]
        body.append([k + 1, name, *(_shown(c, as_html, False) for c in counts)])
        if code:
            figures.add((code, frame, PROCEDURES, end, sum(parts)))
    levels = ["Cấp tỉnh", "Cấp huyện", "Cấp xã"]
    heads: list[Row] = [
        [
            ("STT", 1, 2), ("Đơn vị", 1, 2), ("Tổng số TTHC thuộc thẩm quyền giải quyết của địa phương", 4, 1),
            ("TTHC được thực hiện theo CCMC, MCLT", 4, 1),
            ("Quy trình nội bộ giải quyết TTHC theo CCMC, MCLT được ban hành", 4, 1),
        ],
        ["Tổng số TTHC", *levels, "Tổng số TTHC", *(f"Tại BPMC {level.lower()}" for level in levels),
         "Tổng số quy trình", *levels],
    ]  # fmt: skip
    office = "VĂN PHÒNG CHÍNH PHỦ" if rows == "provinces" else "UBND TỈNH THANH HÓA"
    top: list[Row] = [
        [
            ("Biểu số II.07b/VPCP/KSTT", 2, 1),
            (f"TỔNG HỢP SỐ LƯỢNG THỦ TỤC HÀNH CHÍNH\n({days})", 7, 1),
            (office, 5, 1),
        ]
    ]
    content = _write(top, [*heads, *body], [], as_html)
    return Form(f"bieu-07b-{rows}.{'xls' if as_html else 'xlsx'}", content, figures, set(), len(units))


def export_by_level(
    period: str = "quarter", *, as_html: bool = True, rows: str = "provinces", seed: int = 1
) -> Form:
    """Make the export by level of service: below the name of a unit a row for each level, the share over all three.

    A unit's own dossiers are never those of one level.
    """
    days, end, frame = PERIODS[period]
    rng = random.Random(seed)
    figures: set[Figure] = set()
    allowed: set[Figure] = set()
    body: list[Row] = []
    units = [unit for _, names in _groups(rows, frame, seed, False) for unit in names]
    for k, (code, name) in enumerate(units):
        levels = [[rng.randint(500, 9000), rng.randint(100, 900), rng.randint(0, 90)] for _ in range(2)]
        online, direct = levels[0][0] + levels[1][0], levels[0][1] + levels[1][1]
        share = f"{100 * online / (online + direct):.2f}%"
        marks = [(text, 1, 3) for text in (share, *map(str, rng.sample(range(20, 90), 3)), "")]
        body.append([k + 1, name, "", "", "", "", *marks])
        for label, level in zip(("một phần", "toàn trình"), levels, strict=True):
            counts = [_shown(c, as_html, False) for c in (sum(level), *level)]
            body.append(["", f"DVC trực tuyến {label}", *counts])
        if code:
            figures.add((code, frame, FULL, end, levels[1][0]))
            own = zip(
                BY_LEVEL, (levels[0][0], sum(levels[1]), sum(levels[0]), float(share[:-1])), strict=True
            )
            allowed |= {(code, frame, indicator, end, value) for indicator, value in own}
    heads: list[Row] = [
        [
            ("STT", 1, 3), ("Tên Đơn vị", 1, 3), ("Số lượng hồ sơ tiếp nhận và giải quyết", 4, 1),
            (" Tỷ lệ Hồ sơ trực tuyến/hồ sơ (Trực tuyến + Trực tiếp) của TTHC đăng ký trực tuyến ", 1, 3),
            (" Đánh giá \n(Theo đánh giá theo Quyết định số 01/QĐ-UBND ngày 01/01/2025 của UBND tỉnh)", 3, 2),
            ("Ghi chú", 1, 3),
        ],
        [("Tổng số hồ sơ", 1, 2), ("Trong đó", 3, 1)],
        ["Trực tuyến", "Trực tiếp", "BCCI", "Số TTHC đạt chỉ tiêu", "Số TTHC không đạt chỉ tiêu",
         "Số TTHC không xuất hiện hồ sơ"],
    ]  # fmt: skip
    office = "Văn phòng Chính phủ" if rows == "provinces" else "UBND tỉnh Thanh Hóa"
    title = f"TÌNH HÌNH TIẾP NHẬN HỒ SƠ TRỰC TUYẾN MỨC TOÀN TRÌNH, MỘT PHẦN\n({days.strip()})"
    heads.insert(0, [(f"Đơn vị giải quyết: {office}", 11, 1)])
    # The system writes the row of the title before the table, where no row belongs.
    above = f'<tr><td colspan="11">{title}</td></tr>'
    table = [*heads, *body]
    content = html(table, before=above) if as_html else _write([[(title, 11, 1)]], table, [], False)
    name = f"muc-do-{rows}.{'xls' if as_html else 'xlsx'}"
    return Form(name, content, figures, allowed, 2 * len(units))


def _write(top: list[Row], table: list[Row], tail: list[Row], as_html: bool) -> bytes:
    """Return a page with the top in a table of its own, or a workbook with all of it on one sheet."""
    if as_html:
        above = html(top).decode().split("<body>")[1].removesuffix("</body></html>")
        return html([*table, *tail], before=above)
    values, merge = _laid_out([*top, *table, *tail])
    return xlsx(values, merge=merge, title="Sheet1")


def _laid_out(rows: list[Row]) -> tuple[list[Row], list[str]]:
    """Return rows with a cell for each place, and the ranges that cells over several of them take."""
    taken: set[tuple[int, int]] = set()
    values: list[Row] = []
    merge: list[str] = []
    for i, row in enumerate(rows):
        values.append([])
        j = 0
        for cell in row:
            text, across, down = cell if isinstance(cell, tuple) else (cell, 1, 1)
            while (i, j) in taken:
                j += 1
            taken |= {(i + a, j + b) for a in range(down) for b in range(across)}
            values[i] += [None] * (j - len(values[i])) + [text if text != "" else None]
            if across * down > 1:
                merge.append(f"{get_column_letter(j + 1)}{i + 1}:{get_column_letter(j + across)}{i + down}")
    return values, merge


Maker = Callable[[], Form]
MAKERS: dict[str, Maker] = {
    "06": form_06,
    "06 html": lambda: form_06(as_html=True, seed=2),
    "06 merged map": lambda: form_06(period="merged map", shuffled=True, seed=3),
    "06 merged map html": lambda: form_06(period="merged map", as_html=True, empty=3, seed=4),
    "06 total above": lambda: form_06(total="above", shuffled=True, seed=5),
    "06 signed": lambda: form_06(signed=True, empty=2, seed=6),
    "06 no total html": lambda: form_06(as_html=True, total="", signed=True, seed=7),
    "06a": lambda: form_06("06a", "reporting days", signed=True, seed=8),
    "06a html": lambda: form_06("06a", "month", as_html=True, seed=9),
    "06b": lambda: form_06("06b", "month", signed=True, seed=10),
    "06b html": lambda: form_06("06b", "reporting days", as_html=True, empty=4, seed=11),
    "06 agencies": lambda: form_06(rows="agencies", seed=12),
    "06 agencies html": lambda: form_06(rows="agencies", as_html=True, empty=3, shuffled=True, seed=13),
    "06a agencies": lambda: form_06("06a", "reporting days", rows="agencies", signed=True, seed=14),
    "06b fields": lambda: form_06("06b", "month", rows="fields", signed=True, seed=15),
    "06b fields html": lambda: form_06("06b", "month", rows="fields", as_html=True, total="above", seed=16),
    "06 agencies, no total": lambda: form_06(rows="agencies", total="", seed=17),
    "07b": lambda: form_07b(seed=18),
    "07b html": lambda: form_07b("merged map", as_html=True, seed=19),
    "07b agencies": lambda: form_07b(rows="agencies", seed=20),
    "by level": lambda: export_by_level(seed=21),
    "by level merged map": lambda: export_by_level("merged map", seed=22),
    "by level xlsx": lambda: export_by_level(as_html=False, seed=23),
    "by level agencies": lambda: export_by_level(rows="agencies", seed=24),
}

"""Forms of Circular 01/2020/TT-VPCP and the one-stop system's export are read alone, of provinces and of one."""

from pathlib import Path

import pytest
from gallery.exhibit import ALL, ONL
from read_tables import Rows, figures, held, read

SPAN = "(Từ ngày 01/01/2025 đến ngày 31/03/2025)"
PROVINCES = {"01": "Hà Nội", "19": "Thái Nguyên", "20": "Lạng Sơn"}
UNITS = {"a": "Sở Tư pháp", "b": "Sở Xây dựng", "c": "UBND huyện Hòa Bình"}
# Online, direct, carried over.
COUNTS = {0: (500, 300, 40), 1: (700, 200, 30), 2: (90, 10, 5)}
GROUPS = {
    "as issued": ("Số hồ sơ nhận giải quyết", "Trong đó", "Từ kỳ trước", "Số hồ sơ đã giải quyết"),
    "II.06a": ("Số lượng hồ sơ tiếp nhận", "Trong kỳ", "Kỳ trước", "Số lượng hồ sơ đã giải quyết"),
    "short": ("Tiếp nhận", "Trong kỳ", "Kỳ trước", "Hồ sơ đã giải quyết"),
}


def merged(text: object, across: int = 1, down: int = 1) -> object:
    return (text, across, down)


def form_06(names: list[str], groups: str, band: bool, total: str = "Tổng cộng") -> Rows:
    """Return form 06 as a web page holds it, spans and all, with three rows of heads."""
    group, within, before, settled = GROUPS[groups]
    rows: Rows = [
        [merged("STT", 1, 3), merged("Đơn vị", 1, 3), merged(group, 4), merged(settled, 2)],
        [
            merged("Tổng số", 1, 2),
            merged(within, 2),
            merged(before, 1, 2),
            merged("Tổng số", 1, 2),
            merged("Quá hạn", 1, 2),
        ],
        ["Trực tuyến", "Trực tiếp, dịch vụ bưu chính"],
    ]
    rows += [[merged("Địa phương", 8)]] if band else []
    sums = [0, 0, 0]
    for n, name in enumerate(names):
        online, direct, carried = COUNTS[n]
        sums = [a + b for a, b in zip(sums, COUNTS[n], strict=True)]
        rows.append([n + 1, name, online + direct + carried, online, direct, carried, online, 3])
    return [*rows, ["", total, sum(sums), *sums, sums[0], 9]]


def titled(title: str, rows: Rows) -> Rows:
    return [
        [merged(f"Biểu số II.06a/VPCP/KSTT {title} {SPAN}", 8)],
        [merged("Đơn vị tính: Số hồ sơ TTHC", 8)],
        *rows,
    ]


@pytest.mark.parametrize("groups", GROUPS)
@pytest.mark.parametrize("band", [False, True])
def test_form_06_of_provinces(groups: str, band: bool, tmp_path: Path) -> None:
    rows = titled("TÌNH HÌNH GIẢI QUYẾT TTHC", form_06([*PROVINCES.values()], groups, band))
    outcome = read(tmp_path, rows, "06.xls")
    wanted = [
        (code, ALL, "2025-03-31", a + b) for code, (a, b, _) in zip(PROVINCES, COUNTS.values(), strict=True)
    ]
    wanted += [
        (code, ONL, "2025-03-31", a) for code, (a, _, _) in zip(PROVINCES, COUNTS.values(), strict=True)
    ]
    assert figures(outcome) == sorted(wanted) and not outcome.problems
    assert {check.agrees for check in outcome.checks} == {True} and len(outcome.checks) == 2
    places = outcome.cleaned.observations.query("indicator == @ALL")["raw_location"]
    first = 7 if band else 6
    assert places.iloc[0] == f"06.xls!D{first}:E{first}"


def test_a_total_that_the_parts_do_not_give_leaves_what_was_received_open(tmp_path: Path) -> None:
    rows = titled("", form_06([*PROVINCES.values()], "as issued", band=True))
    for row in rows[6:9]:
        row[2] += 100
    assert {code for _, code, _, _ in figures(read(tmp_path, rows, "06.xls"))} == {ONL}


def test_the_period_may_stand_in_a_table_of_its_own(tmp_path: Path) -> None:
    body = read(tmp_path, form_06([*PROVINCES.values()], "as issued", band=True), "b.xls").path.read_text(
        "utf-8"
    )
    page = (
        f"<table><tr><td>Biểu 06</td><td>KẾT QUẢ {SPAN}</td></tr><tr><td>Đơn vị tính: hồ sơ</td></tr></table>"
    )
    (tmp_path / "c.xls").write_text(body.replace("<table>", f"{page}<table>", 1), encoding="utf-8")
    from analysis.cleaning.files import clean_file

    outcome = clean_file(tmp_path / "c.xls")
    assert len(figures(outcome)) == 6 and not outcome.problems
    assert {end for _, _, end, _ in figures(outcome)} == {"2025-03-31"}


@pytest.mark.parametrize("kind", ["departments", "fields"])
def test_form_06_of_one_province_is_its_total(kind: str, tmp_path: Path) -> None:
    names = [*UNITS.values()] if kind == "departments" else ["Đất đai", "Hộ tịch", "Xây dựng"]
    rows = [[merged("UBND TỈNH BẠC LIÊU", 8)], *titled("KẾT QUẢ", form_06(names, "II.06a", band=False))]
    outcome = read(tmp_path, rows, "06.xls")
    assert figures(outcome) == [("95", ONL, "2025-03-31", 1290), ("95", ALL, "2025-03-31", 1800)]
    assert [rule for rule in held(outcome).values() if rule != "column_unknown"] == ["below_province"] * 3


def test_a_total_that_is_not_the_sum_of_a_province_s_units_is_not_the_province_s(tmp_path: Path) -> None:
    rows = [
        [merged("UBND TỈNH BẠC LIÊU", 8)],
        *titled("KẾT QUẢ", form_06([*UNITS.values()], "II.06a", band=False)),
    ]
    rows[-1][3] += 7
    assert [code for _, code, _, _ in figures(read(tmp_path, rows, "06.xls"))] == []


def test_form_07b_gives_the_number_of_procedures(tmp_path: Path) -> None:
    groups = [
        "Tổng số TTHC thuộc thẩm quyền giải quyết của địa phương",
        "TTHC được thực hiện theo CCMC, MCLT",
    ]
    rows: Rows = [
        [merged(f"Biểu số II.07b/VPCP/KSTT TỔNG HỢP {SPAN}", 8)],
        [merged("STT", 1, 2), merged("Đơn vị", 1, 2), *(merged(group, 3) for group in groups)],
        ["Tổng số TTHC", "Cấp tỉnh", "Cấp xã", "Tổng số TTHC", "Tại BPMC cấp tỉnh", "Tại BPMC cấp xã"],
        [1, "Hà Nội", 1800, 1500, 300, 1700, 1450, 250],
        [2, "Thái Nguyên", 1900, 1600, 300, 1800, 1550, 250],
    ]
    outcome = read(tmp_path, rows, "07b.xls")
    code = "n_procedures_total"
    assert figures(outcome) == [("01", code, "2025-03-31", 1800), ("19", code, "2025-03-31", 1900)]
    assert list(held(outcome).values()) == ["column_unknown"] * 5


LEVELS = {"DVC trực tuyến một phần": (150, 100, 50), "DVC trực tuyến toàn trình": (800, 700, 100)}
LEVEL_GROUP = "Số lượng hồ sơ tiếp nhận và giải quyết"
MADE = {
    "n_dossiers_partial_services": 150, "n_dossiers_partial_online": 100,
    "n_dossiers_full_process_services": 800, "n_dossiers_full_process_online": 700,
}  # fmt: skip


@pytest.mark.parametrize("names", [["Hà Nội", "Thái Nguyên"], ["Thái Nguyên"]])
def test_the_export_by_level(names: list[str], tmp_path: Path) -> None:
    head = "Tỷ lệ Hồ sơ trực tuyến/hồ sơ (Trực tuyến + Trực tiếp) của TTHC đăng ký trực tuyến"
    rows: Rows = [
        [merged(f"Đơn vị giải quyết: Văn phòng Chính phủ {SPAN}", 6)],
        [merged("STT", 1, 3), merged("Tên đơn vị", 1, 3), merged(LEVEL_GROUP, 3), merged(head, 1, 3)],
        [merged("Tổng số hồ sơ", 1, 2), merged("Trong đó", 2)],
        ["Trực tuyến", "Trực tiếp"],
    ]  # fmt: skip
    for n, name in enumerate(names, 1):
        rows.append([n, name, "", "", "", merged("84,21%", 1, 3)])
        rows += [["", level, *counts] for level, counts in LEVELS.items()]
    outcome = read(tmp_path, rows, "levels.xls")
    codes = {"Hà Nội": "01", "Thái Nguyên": "19"}
    wanted = [(codes[name], code, "2025-03-31", value) for name in names for code, value in MADE.items()]
    wanted += [
        (codes[name], "share_dossiers_online_of_online_services", "2025-03-31", 84.21) for name in names
    ]
    assert figures(outcome) == sorted(wanted) and not outcome.problems
    assert set(held(outcome).values()) == {"column_unknown"}

"""A total row is the nation's where all provinces are listed and come to it; otherwise it is only compared."""

from pathlib import Path

import pytest
from workbooks import xlsx

from analysis.cleaning.files import FileOutcome, clean_file
from analysis.reference.provinces import provinces, successors

HEADS = ["Tổng số hồ sơ tiếp nhận", "Số hồ sơ trực tuyến", "Tỷ lệ hồ sơ xử lý trực tuyến (%)"]
MAPS = {"63": [p.name_vi for p in provinces()], "34": [*successors().values()]}
DATES = {"63": "Tháng 4 năm 2022", "34": "Tháng 9 năm 2025"}


def share(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)


def figures(names: list[str]) -> list[tuple[int, int, float]]:
    pairs = [(1000 + 37 * n, 200 + 29 * n) for n in range(len(names))]
    return [(whole, part, share(part, whole)) for whole, part in pairs]


def total_of(rows: list[tuple[int, int, float]]) -> tuple[int, int, float]:
    whole, part = sum(row[0] for row in rows), sum(row[1] for row in rows)
    return whole, part, share(part, whole)


def cleaned(folder: Path, frame: str, names: list[str], rows, label: str, total) -> FileOutcome:
    table: list[list[object]] = [[DATES[frame]], ["STT", "Tỉnh, thành phố", *HEADS[: len(total)]]]
    table += [
        [n, name, *row[: len(total)]] for n, (name, row) in enumerate(zip(names, rows, strict=True), start=1)
    ]
    table.append([None, label, *total])
    (folder / "t.xlsx").write_bytes(xlsx(table, title="Biểu"))
    return clean_file(folder / "t.xlsx")


def nation(outcome: FileOutcome) -> dict[str, tuple[float, float, float]]:
    rows = outcome.cleaned.observations.query("province_code == 'VN'")
    columns = rows[["value", "numerator", "denominator"]].fillna(-1).itertuples(index=False, name=None)
    return dict(zip(rows["indicator"], columns, strict=True))


@pytest.mark.parametrize("frame", MAPS)
@pytest.mark.parametrize("label", ["Tổng cộng", "Tổng số", "TỔNG CỘNG:", "Cộng"])
def test_a_total_of_all_provinces_is_the_nation_s(tmp_path: Path, frame: str, label: str) -> None:
    names = MAPS[frame]
    rows = figures(names)
    whole, part, ratio = total_of(rows)
    outcome = cleaned(tmp_path, frame, names, rows, label, (whole, part, ratio))
    assert nation(outcome) == {
        "n_dossiers_total": (whole, -1, -1),
        "n_dossiers_online": (part, -1, -1),
        "share_dossiers_processed_online": (ratio, part, whole),
    }
    own = outcome.cleaned.observations.query("province_code == 'VN'")
    assert set(own["province_frame"]) == {frame} and outcome.cleaned.quarantine.empty
    assert set(own["note"]) == {f"total row, equal to the {frame} provinces together"}
    assert own["raw_location"].tolist()[0] == f"t.xlsx!Biểu!C{len(names) + 3}"


def test_cả_nước_and_toàn_quốc_are_the_nation_s_as_before(tmp_path: Path) -> None:
    for label in ("Cả nước", "Toàn quốc"):
        rows = figures(MAPS["63"])
        assert len(nation(cleaned(tmp_path, "63", MAPS["63"], rows, label, total_of(rows)))) == 3


def test_a_table_that_lacks_a_province_has_a_verified_total_and_no_nation(tmp_path: Path) -> None:
    names = MAPS["63"][:-1]
    rows = figures(names)
    outcome = cleaned(tmp_path, "63", names, rows, "Tổng cộng", total_of(rows))
    assert nation(outcome) == {}
    assert [(check.kind, check.agrees) for check in outcome.checks if check.kind == "total"] == [
        ("total", True)
    ] * 3
    assert outcome.cleaned.quarantine["rule"].tolist() == ["total_row"]


def test_a_province_without_a_figure_lacks_too(tmp_path: Path) -> None:
    names, rows = MAPS["63"], figures(MAPS["63"])
    gap = [("-", "-", "-"), *rows[1:]]
    assert nation(cleaned(tmp_path, "63", names, gap, "Tổng cộng", total_of(rows[1:]))) == {}


def test_a_count_that_provinces_do_not_come_to_is_not_the_nation_s(tmp_path: Path) -> None:
    rows = figures(MAPS["63"])
    whole, part, _ = total_of(rows)
    printed = (whole + 500, part, share(part, whole + 500))
    outcome = cleaned(tmp_path, "63", MAPS["63"], rows, "Tổng cộng", printed)
    assert [*nation(outcome)] == ["n_dossiers_online"]
    held = outcome.cleaned.quarantine
    assert held[["cell", "rule"]].values.tolist() == [["C66", "total_row"], ["E66", "total_row"]]
    assert "not what the provinces come to" in held["reason"].iloc[0]


def test_an_average_printed_as_a_total_is_not_the_nation_s(tmp_path: Path) -> None:
    rows = figures(MAPS["63"])
    whole, part, ratio = total_of(rows)
    mean = round(sum(row[2] for row in rows) / 63, 2)
    assert mean != ratio
    outcome = cleaned(tmp_path, "63", MAPS["63"], rows, "Tổng cộng", (whole, part, mean))
    assert [*nation(outcome)] == ["n_dossiers_total", "n_dossiers_online"]
    assert outcome.cleaned.quarantine["cell"].tolist() == ["E66"]


def test_a_share_without_its_counts_is_not_the_nation_s(tmp_path: Path) -> None:
    names = MAPS["63"]
    table: list[list[object]] = [["Tháng 4 năm 2022"], ["Tỉnh", HEADS[2]]]
    table += [[name, 40 + n % 7] for n, name in enumerate(names)] + [["Tổng cộng", 43]]
    (tmp_path / "t.xlsx").write_bytes(xlsx(table))
    assert nation(clean_file(tmp_path / "t.xlsx")) == {}


def test_a_row_of_the_nation_leaves_the_total_a_total(tmp_path: Path) -> None:
    rows = figures(MAPS["63"])
    total = total_of(rows)
    table: list[list[object]] = [["Tháng 4 năm 2022"], ["Tỉnh", *HEADS], ["Cả nước", *total]]
    table += [[name, *row] for name, row in zip(MAPS["63"], rows, strict=True)] + [["Tổng cộng", *total]]
    (tmp_path / "t.xlsx").write_bytes(xlsx(table))
    outcome = clean_file(tmp_path / "t.xlsx")
    assert len(nation(outcome)) == 3 and outcome.cleaned.quarantine["rule"].tolist() == ["total_row"]


def test_two_months_side_by_side_are_judged_each_by_itself(tmp_path: Path) -> None:
    names, rows = MAPS["63"], figures(MAPS["63"])
    heads = [["Tỉnh", "Tháng 4/2022", None, None, "Tháng 5/2022", None, None], [None, *HEADS, *HEADS]]
    body = [[name, *row, *row] for name, row in zip(names, rows, strict=True)]
    body[5][4:7] = ["-", "-", "-"]
    less = total_of([row for n, row in enumerate(rows) if n != 5])
    table = [["Năm 2022"], *heads, *body, ["Tổng cộng", *total_of(rows), *less]]
    (tmp_path / "t.xlsx").write_bytes(xlsx(table, merge=["A2:A3", "B2:D2", "E2:G2"]))
    outcome = clean_file(tmp_path / "t.xlsx")
    own = outcome.cleaned.observations.query("province_code == 'VN'")
    assert set(own["period_end"]) == {"2022-04-30"} and len(own) == 3
    held = outcome.cleaned.quarantine.query("rule == 'total_row'")
    assert held["cell"].tolist() == ["E67", "F67", "G67"]


def test_a_long_table_has_a_total_for_each_month(tmp_path: Path) -> None:
    lines = ["Tháng,Tỉnh,Tổng số hồ sơ tiếp nhận"]
    for month, more in (("04/2022", 0), ("05/2022", 3)):
        values = [100 + n + more for n in range(63)]
        lines += [f"{month},{name},{value}" for name, value in zip(MAPS["63"], values, strict=True)]
        lines.append(f"{month},Tổng cộng,{sum(values)}")
    (tmp_path / "t.csv").write_text("\n".join(lines) + "\n", "utf-8")
    own = clean_file(tmp_path / "t.csv").cleaned.observations.query("province_code == 'VN'")
    assert own[["period_end", "value"]].values.tolist() == [["2022-04-30", 8253.0], ["2022-05-31", 8442.0]]

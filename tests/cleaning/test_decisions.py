"""Tables of decisions that set targets, in both forms: what arrives, what is held, and what the screen says of them."""

import csv
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from workbooks import csv as text_table
from workbooks import xlsx

from analysis.cleaning import processed
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.publishers.decision_cells import read_target
from analysis.cleaning.publishers.decision_dates import read_announced, read_deadline
from analysis.cleaning.publishers.decision_words import words
from analysis.cleaning.raw import PACKAGE, read_package
from analysis.cleaning.validation import check_shapes
from analysis.cli import main
from analysis.reference.indicators import by_code
from analysis.reference.spelling import fold_text

SERVICES, DOSSIERS = "share_services_with_online_dossiers", "share_dossiers_processed_online"
SERVICES_VI, DOSSIERS_VI = "Tỷ lệ DVCTT phát sinh hồ sơ", "Tỷ lệ hồ sơ xử lý trực tuyến"
HEADS = ["Tỉnh", "Chỉ tiêu", "Ngày ban hành", "Chỉ tiêu giao", "Thời hạn", "Số, ký hiệu"]
GOOD = ["Yên Bái", DOSSIERS_VI, "7/7/2022", "50%", "31/12/2022", "811/QĐ-UBND"]
OTHER = ["Sơn La", *GOOD[1:5], "5/QĐ-UBND"]
SOURCE = {"publisher": "Cục A", "title": "b", "published": "", "url": "", "resource": "a"}


def ministry(*decisions: list[Any], signed: str = "Hà Nội, ngày 05 tháng 07 năm 2023", **more: Any) -> bytes:
    """Return the ministry's list: letterhead, two rows of heads, a column an indicator, and a block of signatures."""
    rows: list[list[Any]] = [
        ["BỘ THÔNG TIN VÀ TRUYỀN THÔNG", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["CỤC CHUYỂN ĐỔI SỐ QUỐC GIA", None, None, None, "Độc lập - Tự do - Hạnh phúc"],
        [None],
        ["DANH SÁCH CÁC TỈNH, THÀNH PHỐ BAN HÀNH QUYẾT ĐỊNH GIAO CHỈ TIÊU DỊCH VỤ CÔNG TRỰC TUYẾN"],
        [None],
        [None],
        ["STT", "Tỉnh, thành phố", "Số, ký hiệu quyết định", "Ngày ban hành", "Chỉ tiêu giao (%)", None,
         "Thời hạn hoàn thành", "Đối tượng được giao"],
        [None, None, None, None, SERVICES_VI, DOSSIERS_VI],
        *([n, *decision] for n, decision in enumerate(decisions, start=1)),
        [None], [None, None, None, None, None, signed],
        [None, "NGƯỜI LẬP BIỂU", None, None, None, "KT. CỤC TRƯỞNG"],
        [None, None, None, None, None, "PHÓ CỤC TRƯỞNG"],
        [None, "Nguyễn Văn An", None, None, None, "Trần Thị Bình"],
    ]  # fmt: skip
    return xlsx(rows, title="QĐ giao chỉ tiêu", merge=["E7:F7", "A4:H4"], **more)


def of_ministry(
    name: str,
    day: object,
    first: object,
    second: object,
    number: str = "811/QĐ-UBND",
    due: object = "31/12/2022",
) -> list[Any]:
    return [name, number, day, first, second, due, "Các sở, ban, ngành"]


def read(tmp_path: Path, content: bytes, name: str = "a.xlsx", **source: str) -> FileOutcome:
    (tmp_path / name).write_bytes(content)
    outcome = clean_file(tmp_path / name, source={"source_id": "s", **SOURCE, **source})
    check_shapes(outcome.cleaned)
    return outcome


def said(outcome: FileOutcome) -> list[list[Any]]:
    names = ["province_code", "province_frame", "indicator", "announced", "date_precision", "target_value"]
    return outcome.cleaned.targets[names].values.tolist()


def run(*given: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in given])


def test_the_ministrys_list_arrives_whole_with_each_indicator(tmp_path: Path) -> None:
    outcome = read(
        tmp_path,
        ministry(
            of_ministry("Lạng Sơn", "04/03/2022", "≥ 60%", "≥ 50%"),
            of_ministry("Bà Rịa - Vũng Tàu", "02/08/2022", "≥ 80%", "≥ 60%"),
        ),
    )
    assert said(outcome) == [
        ["20", "63", SERVICES, "2022-03-04", "day", 60],
        ["20", "63", DOSSIERS, "2022-03-04", "day", 50],
        ["77", "63", SERVICES, "2022-08-02", "day", 80],
        ["77", "63", DOSSIERS, "2022-08-02", "day", 60],
    ]
    first = outcome.cleaned.targets.iloc[1]
    assert (first["qualifier"], first["deadline"], first["document"]) == (
        "at_least",
        "2022-12-31",
        "811/QĐ-UBND",
    )
    assert (first["scope"], first["stated_by"]) == ("Các sở, ban, ngành", "official")
    assert first["raw_location"] == "a.xlsx!QĐ giao chỉ tiêu!F9"
    assert outcome.cleaned.sources["published"].tolist() == ["2023-07-05"]  # the day of its own dateline
    assert outcome.cleaned.quarantine.empty and not outcome.problems


def test_from_the_merger_on_a_name_means_the_merged_province(tmp_path: Path) -> None:
    signed = "Hà Nội, ngày 05 tháng 07 năm 2026"
    rows = [
        of_ministry("Tuyên Quang", "30/06/2025", 60, 50, due="31/12/2025"),
        of_ministry("Tuyên Quang", "01/07/2025", 60, 50, number="9/QĐ-UBND", due="31/12/2025"),
        of_ministry("TP. Huế", "03/10/2025", 60, None, due="31/12/2025"),
        of_ministry("Bắc Kạn", "03/10/2025", 60, 50, due="31/12/2025"),
        of_ministry("Tây Ninh", "2025", 60, 50, due="31/12/2025"),
        of_ministry("Tây Ninh", "tháng 8/2025", 60, None, due="31/12/2025"),
        of_ministry("Hà Giang", "trước 31/12/2025", 60, None, due=None),
    ]
    outcome = read(tmp_path, ministry(*rows, signed=signed))
    codes = [[row[0], row[1], row[3]] for row in said(outcome) if row[2] == SERVICES]
    assert codes == [
        ["08", "63", "2025-06-30"],
        ["08", "34", "2025-07-01"],
        ["46", "34", "2025-10-03"],
        ["80", "34", "2025-08"],
        ["02", "63", "2025-12-31"],  # since July 2025 there is no Hà Giang
    ]
    held = outcome.cleaned.quarantine
    assert held[["cell", "rule"]].values.tolist() == [["B12", "name_not_on_map"], ["B13", "map_unclear"]]
    assert "since 01/07/2025 it belongs to Thái Nguyên" in held["reason"].iloc[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2022", ("2022", "year")),
        ("năm 2022", ("2022", "year")),
        ("2022-06", ("2022-06", "month")),
        ("tháng 6/2022", ("2022-06", "month")),
        ("2022-06-08", ("2022-06-08", "day")),
        ("8/6/2022", ("2022-06-08", "day")),
        ("ngày 8 tháng 6 năm 2022", ("2022-06-08", "day")),
        ("trước 30/6/2022", ("2022-06-30", "before")),
        ("Trước ngày 30/6/2022", ("2022-06-30", "before")),
        ("trước tháng 8/2022", ("2022-08", "before")),
        ("before 2022-06-30", ("2022-06-30", "before")),
        ("31/6/2022", None),
        ("quý II/2022", None),
        ("44720", None),
        ("sắp tới", None),
    ],
)
def test_the_precision_of_a_date_is_how_it_is_written(text: str, found: tuple[str, str] | None) -> None:
    assert read_announced(text) == found


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31/12/2022", "2022-12-31"),
        ("2022", "2022-12-31"),
        ("hết năm 2022", "2022-12-31"),
        ("đến hết quý IV/2022", "2022-12-31"),
        ("trong tháng 11/2022", "2022-11-30"),
        ("trước ngày 31/12/2022", "2022-12-31"),
        ("trước tháng 12/2022", "2022-11-30"),
        ("mai", ""),
    ],
)
def test_a_deadline_is_the_last_day_of_what_is_written(text: str, day: str) -> None:
    assert read_deadline(text) == day


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("60", "n", (60, "exact")),
        ("≥ 60%", "t", (60, "at_least")),
        (">=62,5", "t", (62.5, "at_least")),
        ("tối thiểu 60%", "t", (60, "at_least")),
        ("từ 60 % trở lên", "t", (60, "at_least")),
        ("trên 60%", "t", (60, "over")),
        ("at least 60%", "t", (60, "at_least")),
        ("up to 40", "t", (40, "at_most")),
        ("khoảng 60%", "t", (60, "about")),
        ("0.6", "p", (60, "exact")),
        ("0.6%", "t", (0.6, "exact")),
        ("0.6", "n", "scale_ambiguous"),
        ("800%", "t", "out_of_range"),
        ("1.200", "t", "number_unreadable"),
        ("60-70%", "t", "number_unreadable"),
        ("#REF!", "e", "formula_error"),
        ("=", "f", "formula_without_value"),
        ("2022-06-08", "d", "number_unreadable"),
    ],
)
def test_a_target_is_read_with_its_bound_or_held(text: str, kind: str, found: object) -> None:
    read_as = read_target(text, kind, by_code()[DOSSIERS])
    assert (read_as if isinstance(read_as, tuple) else read_as.rule) == found


def test_the_plain_long_form_in_vietnamese_and_english(tmp_path: Path) -> None:
    vietnamese = [
        ["Tỉnh", "Chỉ tiêu", "Ngày ban hành", "Độ chính xác", "Hiệu lực từ", "Chỉ tiêu giao", "Thời hạn", "Đối tượng",
         "Số ký hiệu", "Ai nói", "Ghi chú"],
        ["Thái Nguyên", SERVICES_VI, "8/6/2022", "", "kể từ ngày ký", "≥ 60%", "hết năm 2022", "Các sở", "737/QĐ-UBND",
         "", "đã rà soát"],
        ["Sơn La", DOSSIERS_VI, "2022-08-01", "trước", "", "", "", "", "", "báo chí", ""],
    ]  # fmt: skip
    english = [
        ["Province", "Indicator", "announced", "date_precision", "effective_from", "target_value", "deadline", "scope",
         "document", "stated_by", "note"],
        ["19", SERVICES, "2022-06-08", "day", "2022-06-08", ">=60", "2022-12-31", "Các sở", "737/QĐ-UBND", "official",
         "đã rà soát"],
        ["VN-05", DOSSIERS, "before 2022-08-01", "", "", "", "", "", "", "press", ""],
    ]  # fmt: skip
    first = read(tmp_path, text_table(vietnamese, ";"), "a.csv").cleaned
    second = read(tmp_path, xlsx(english), "b.xlsx").cleaned
    assert first.quarantine.empty and second.quarantine.empty
    shared = [name for name in first.targets if name not in ("source_id", "raw_location")]
    pd.testing.assert_frame_equal(first.targets[shared], second.targets[shared])
    full, bare = first.targets.to_dict("records")
    assert (full["effective_from"], full["stated_by"], full["note"]) == (
        "2022-06-08",
        "official",
        "đã rà soát",
    )
    assert (bare["date_precision"], bare["stated_by"], bare["qualifier"]) == ("before", "press", "")
    assert pd.isna(bare["target_value"]) and full["raw_location"] == "a.csv:2"


@pytest.mark.parametrize(
    ("change", "cell", "rule", "reason", "reason_vi", "mend"),
    [
        (
            {0: "Thai Nguyn"},
            "A2",
            "name_unknown",
            "Did you mean Thái Nguyên",
            "Có phải là Thái Nguyên",
            "Correct the",
        ),
        ({0: ""}, "A2", "name_unknown", "names no province", "không ghi tỉnh", "in each row"),
        ({0: "Sở Y tế"}, "A2", "below_province", "other than a province", "không phải cấp tỉnh", "Nothing"),
        (
            {1: "Tỷ lệ hồ sơ xử lý"},
            "B2",
            "indicator_unknown",
            "Did you mean share_d",
            "có phải là share_d",
            "codebook",
        ),
        ({1: ""}, "B2", "missing", "for which indicator", "không ghi chỉ tiêu", "name or the code"),
        (
            {2: "31/6/2022"},
            "C2",
            "date_unreadable",
            "'31/6/2022' is no date",
            "“31/6/2022” không",
            "the day first",
        ),
        ({2: ""}, "C2", "missing", "has no date", "không ghi ngày", "before 30/6/2022"),
        (
            {2: "1/2/2023"},
            "C2",
            "date_order",
            "after its own deadline of 2022-12-31",
            "sau thời hạn",
            "Check both",
        ),
        (
            {3: "800%"},
            "D2",
            "out_of_range",
            "The target 800 lies outside 0 to 100",
            "ngoài khoảng",
            "the decision",
        ),
        ({3: "cao"}, "D2", "number_unreadable", "'cao' is no target", "“cao” không phải", "at least 60%"),
        ({3: "0.6"}, "D2", "scale_ambiguous", "0.6 % or 60 %", "0,6 % hoặc 60 %", "Add %"),
        ({4: "mai"}, "E2", "date_unreadable", "'mai' is no deadline", "“mai” không phải", "31/12/2022"),
    ],
)
def test_one_bad_row_is_held_with_its_cell_and_mend_and_the_others_stay(
    tmp_path: Path, change: dict[int, str], cell: str, rule: str, reason: str, reason_vi: str, mend: str
) -> None:
    bad = [change.get(j, text) for j, text in enumerate(GOOD)]
    outcome = read(tmp_path, text_table([HEADS, bad, [""] * 6, OTHER]), "a.csv")
    # Where only the level cannot be used, the decision itself is known.
    known = (
        [["15", "63", DOSSIERS, "2022-07-07", "day"]] if rule in ("out_of_range", "scale_ambiguous") else []
    )
    assert [row[:5] for row in said(outcome)] == [*known, ["14", "63", DOSSIERS, "2022-07-07", "day"]]
    assert outcome.cleaned.targets["target_value"].isna().sum() == len(known)
    (line,) = outcome.cleaned.quarantine.to_dict("records")
    assert (line["file"], line["cell"], line["rule"]) == ("a.csv", cell, rule)
    assert (
        reason in line["reason"] and reason_vi.lower() in line["reason_vi"].lower() and mend in line["mend"]
    )
    assert line["mend_vi"]
    cleaned = run("clean", tmp_path / "a.csv", "--out", tmp_path / "out")
    is_decision = rule != "below_province"
    assert cleaned.exit_code == is_decision
    assert (f"rows of decisions with held cells: 1 ({bad[0]})" in cleaned.output) is is_decision
    kept = list(csv.DictReader((tmp_path / "out" / "targets.csv").read_text("utf-8").splitlines()))
    levels = [(row["province_code"], row["target_value"]) for row in kept]
    assert levels == [*(("15", "") for _ in known), ("14", "50.0")]
    # The same decision in a second file is enough, where it can be seen to be the same: an empty name is nobody's.
    mended = ["Thái Nguyên" if bad[0] == "Thai Nguyn" else GOOD[0], *GOOD[1:]]
    (tmp_path / "b.csv").write_bytes(text_table([HEADS, mended]))
    again = run("clean", tmp_path / "a.csv", tmp_path / "b.csv", "--out", tmp_path / "out")
    assert again.exit_code == (bad[0] == "")
    assert ("told anew by another" in again.output) is (is_decision and bad[0] != "")


def test_words_of_closed_lists_and_a_precision_that_the_date_has_not(tmp_path: Path) -> None:
    heads = [*HEADS, "Độ chính xác", "Ai nói", "Hiệu lực từ"]
    rows = [
        [*GOOD, "tháng", "", ""],
        [*GOOD, "gần đúng", "trời", "1/1/2023"],
        [*GOOD, "", "", "1/1/2023"],
        [*GOOD, "", "", "bao giờ"],
        [*GOOD, "ngày", "official", ""],
    ]
    held = read(tmp_path, text_table([heads, *rows]), "a.csv").cleaned.quarantine
    assert held[["cell", "rule"]].values.tolist() == [
        ["G2", "date_unreadable"], ["G3", "word_unknown"], ["H3", "word_unknown"], ["I4", "date_order"],
        ["I5", "date_unreadable"],
    ]  # fmt: skip
    assert "báo chí (press), chính thức (official), người dùng (user)" in held["reason"].iloc[2]


def test_a_decision_cannot_be_younger_than_the_file_that_tells_of_it(tmp_path: Path) -> None:
    late = of_ministry("Yên Bái", "06/07/2023", 60, 50, due="31/12/2023")
    held = read(tmp_path, ministry(late)).cleaned.quarantine
    assert (
        held["cell"].tolist() == ["D9"]
        and "after the date of this file itself (2023-07-05)" in held["reason"][0]
    )
    assert len(read(tmp_path, ministry(late), published="2023-08").cleaned.targets) == 2


def test_the_same_row_twice_is_one_target_and_the_second_names_the_first(tmp_path: Path) -> None:
    outcome = read(tmp_path, text_table([HEADS, GOOD, GOOD]), "a.csv")
    assert len(outcome.cleaned.targets) == 1
    (line,) = outcome.cleaned.quarantine.to_dict("records")
    assert (line["cell"], line["rule"]) == ("D3", "decision_repeated") and "D2" in line["reason"]


def test_the_ministrys_form_with_a_head_nobody_knows_and_a_row_without_targets(tmp_path: Path) -> None:
    content = ministry(
        of_ministry("Yên Bái", "07/07/2022", "60%", "x"),
        of_ministry("Sơn La", "07/07/2022", "", "-"),
        touch=lambda book, sheet: sheet.__setitem__("E8", "Tỷ lệ gì đó chưa có"),
    )
    outcome = read(tmp_path, content)
    assert said(outcome) == []
    held = outcome.cleaned.quarantine[["cell", "rule"]].values.tolist()
    assert held == [["E8", "column_unknown"], ["A9", "missing"], ["A10", "missing"]]


def test_cells_shown_as_per_cent_dates_and_formulas_of_a_workbook(tmp_path: Path) -> None:
    def touch(book: openpyxl.Workbook, sheet: Any) -> None:
        sheet["F10"] = "=30+20"

    content = ministry(
        of_ministry("Yên Bái", dt.date(2022, 7, 7), 0.6, 0.5, due=dt.date(2022, 12, 31)),
        of_ministry("Sơn La", dt.date(2022, 7, 8), "60%", None),
        percent=["E9", "F9"],
        touch=touch,
    )
    outcome = read(tmp_path, content)
    assert [row[3:] for row in said(outcome)] == [
        ["2022-07-07", "day", 60],
        ["2022-07-07", "day", 50],
        ["2022-07-08", "day", 60],
    ]
    assert outcome.cleaned.quarantine[["cell", "rule"]].values.tolist() == [["F10", "formula_without_value"]]


def test_a_merged_name_stands_for_each_of_its_rows(tmp_path: Path) -> None:
    rows = [HEADS, GOOD, [None, SERVICES_VI, None, "70%", None, None]]
    outcome = read(tmp_path, xlsx(rows, merge=["A2:A3", "C2:C3", "E2:E3", "F2:F3"]))
    assert [[row[0], row[2], row[5]] for row in said(outcome)] == [["15", DOSSIERS, 50], ["15", SERVICES, 70]]
    assert set(outcome.cleaned.targets["document"]) == {"811/QĐ-UBND"}


def test_both_forms_below_each_other_and_figures_on_another_sheet(tmp_path: Path) -> None:
    def touch(book: openpyxl.Workbook, sheet: Any) -> None:
        for row in ([], HEADS, ["Sơn La", *GOOD[1:]]):
            sheet.append(row)
        other = book.create_sheet("Tháng 8-2022")
        for row in (["Tỉnh", f"{DOSSIERS_VI} (%)"], ["Yên Bái", 41.5], ["Sơn La", 39.25]):
            other.append(row)
        draft = book.create_sheet("nháp")
        for row in (HEADS, ["Hà Giang", *GOOD[1:]]):
            draft.append(row)

    outcome = read(tmp_path, ministry(of_ministry("Yên Bái", "07/07/2022", 60, 50), touch=touch))
    assert [row[0] for row in said(outcome)] == ["15", "15", "14"]
    assert outcome.cleaned.observations["value"].tolist() == [41.5, 39.25]
    assert "sheet_disused" in set(outcome.cleaned.quarantine["rule"]) and not outcome.problems


def test_a_table_of_mixed_forms_is_held_whole_and_says_why(tmp_path: Path) -> None:
    content = ministry(
        of_ministry("Yên Bái", "07/07/2022", 60, 50),
        touch=lambda book, sheet: sheet.__setitem__("C7", "Chỉ tiêu"),
    )
    outcome = read(tmp_path, content)
    assert outcome.cleaned.targets.empty and outcome.refused
    assert "has a column “chỉ tiêu” (indicator) and also a column for each indicator" in str(
        outcome.problems[0]
    )
    assert outcome.cleaned.quarantine["rule"].tolist() == ["decisions_heads"]


def test_a_table_without_its_columns_names_them(tmp_path: Path) -> None:
    heads = ["Nơi", *HEADS[1:]]
    outcome = read(tmp_path, text_table([heads, GOOD]), "a.csv")
    assert "has no column “tỉnh” (province)" in str(outcome.problems[0]) and outcome.cleaned.targets.empty
    assert set(outcome.cleaned.quarantine["rule"]) == {"column_unknown", "decisions_heads"}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh project without any raw file."""
    root = tmp_path / "project"
    (root / PACKAGE).parent.mkdir(parents=True)
    (root / PACKAGE).write_text(json.dumps({"name": "raw", "resources": []}), "utf-8")
    monkeypatch.setenv("DVCTT_ROOT", str(root))
    return root


def add(file: Path, *more: str, publisher: str = "Cục A") -> Result:
    return run("add", file, "--publisher", publisher, "--title", "Danh sách", "--url", "", *more)


def test_add_says_what_was_read_and_clean_reads_it_the_same_way_again(project: Path, tmp_path: Path) -> None:
    rows = [of_ministry("Yên Bái", "07/07/2022", 60, 50), of_ministry("Sơn La", "8/8/2022", 60, 500)]
    (tmp_path / "qd.xlsx").write_bytes(ministry(*rows))
    added = add(tmp_path / "qd.xlsx")
    assert added.exit_code == 1, added.output
    assert (
        "read: 2 decisions with 4 targets of 2 provinces, announced 7 July 2022 to 8 August 2022"
        in added.output
    )
    assert (
        "held: 1 row or cell" in added.output and "F10: The target 500 lies outside 0 to 100" in added.output
    )
    package = json.loads((project / PACKAGE).read_text("utf-8"))
    (resource,) = package["resources"]
    assert (resource["reader"], resource["indicators"]) == ("decisions", [DOSSIERS, SERVICES])
    assert resource["period"] == ["2022-07-07", "2022-08-08"]
    cleaned = run("clean")
    assert cleaned.exit_code == 1 and "0 observations, 4 targets, 1 in quarantine" in cleaned.output
    assert "rows of decisions with held cells: 1 (Sơn La)" in cleaned.output
    known = processed.targets(project)
    assert sorted(known["target_value"].dropna()) == [50, 60, 60] and known["target_value"].isna().sum() == 1
    mended = [of_ministry("Sơn La", "8/8/2022", 60, 50)]
    (tmp_path / "mended.xlsx").write_bytes(ministry(*mended))
    assert add(tmp_path / "mended.xlsx").exit_code == 0
    cleaned = run("clean")
    assert cleaned.exit_code == 0 and "told anew by another" in cleaned.output
    assert sorted(processed.targets(project)["target_value"]) == [50, 50, 60, 60]


def test_add_says_what_was_read_of_figures(project: Path, tmp_path: Path) -> None:
    table = f"Kết quả tháng 8/2022\nTỉnh,{DOSSIERS_VI} (%)\nYên Bái,41.5\nCả nước,40\nSơn La,158\n"
    (tmp_path / "a.csv").write_text(table, "utf-8")
    told = add(tmp_path / "a.csv").output
    assert "read: 2 figures of 1 province and the country, August 2022" in told
    assert "B5: 158" in told and "next: dvctt clean" in told


def test_add_refuses_a_file_of_which_nothing_was_read(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(text_table([HEADS, ["Thai Nguyn", *GOOD[1:]]]))
    refused = add(tmp_path / "a.csv")
    assert refused.exit_code == 2 and "Nothing was added" in refused.output
    assert "A2: “Thai Nguyn” is no province. Did you mean Thái Nguyên" in refused.output
    (tmp_path / "b.csv").write_bytes(text_table([HEADS, GOOD]))
    wrong = add(tmp_path / "b.csv", "--published", "20/8/2022")
    assert wrong.exit_code == 2 and "Write 2022, 2022-08 or 2022-08-20" in wrong.output
    assert read_package(project) == []


def test_a_resource_of_decisions_without_any_is_named(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        f"Tỉnh,{DOSSIERS_VI} tháng 8/2022 (%)\nYên Bái,41.5\nSơn La,39\n", "utf-8"
    )
    assert add(tmp_path / "a.csv").exit_code == 0
    package = json.loads((project / PACKAGE).read_text("utf-8"))
    package["resources"][0]["reader"] = "decisions"
    (project / PACKAGE).write_text(json.dumps(package), "utf-8")
    cleaned = run("clean")
    assert cleaned.exit_code == 1 and "has no table of decisions" in cleaned.output


def test_who_added_a_decision_by_hand_is_not_the_press(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(text_table([HEADS, GOOD, ["Sơn La", *GOOD[1:5], ""]]))
    assert add(tmp_path / "a.csv", publisher="Trần Văn B").exit_code == 0
    rows = processed.targets(project)
    assert dict(zip(rows["province_code"], rows["stated_by"], strict=True)) == {
        "15": "official",
        "14": "user",
    }


def test_a_formula_in_a_text_stays_a_text(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(text_table([[*HEADS, "Đối tượng"], [*GOOD, "=1+1"]]))
    assert add(tmp_path / "a.csv").exit_code == 0
    assert processed.targets(project)["scope"].tolist() == ["=1+1"]
    assert ",'=1+1," in (project / "data/processed/targets.csv").read_text("utf-8")


def test_the_example_of_the_page_is_read_as_the_page_says(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "decisions.md").read_text("utf-8")
    (example,) = re.findall(r"```csv\n(.*?)```", page, flags=re.DOTALL)
    outcome = read(tmp_path, example.encode(), "a.csv")
    assert [row[3:5] for row in said(outcome)] == [["2022-06-08", "day"]] * 2 + [["2022-08-01", "before"]]
    assert outcome.cleaned.targets["effective_from"].tolist() == ["2022-06-08", "2022-06-08", ""]
    assert outcome.cleaned.quarantine.empty
    for role, (vietnamese, *others) in words()["heads"].items():
        shown = role == "ordinal" or (f"{vietnamese} / {role}" in page or f"số ký hiệu / {role}" in page)
        assert shown and (role == "ordinal" or fold_text(role) in map(fold_text, others)), role


def test_no_word_has_two_meanings() -> None:
    for table in ("heads", "precisions", "sayers"):
        folded = [word for listed in words()[table].values() for word in {fold_text(word) for word in listed}]
        assert len(folded) == len(set(folded)), table

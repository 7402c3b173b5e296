"""Which of the dates above a table is that of its figures: never that of a letter, of a decision or of a signature."""

from pathlib import Path
from typing import Any

import pytest
from gallery.exhibit import PRO, PRO_VI
from workbooks import xlsx

from analysis.cleaning.files import clean_file

Q4 = ["2022-10-01", "2022-12-31", "Q"]
AUGUST = ["2022-08-20", "2022-08-20", "X"]


@pytest.mark.parametrize(
    ("titles", "period"),
    [
        (["Tính đến ngày 20 tháng 8 năm 2022"], AUGUST),
        (["Số liệu đến hết ngày 20/8/2022"], AUGUST),
        (["Theo báo cáo của các địa phương đến ngày 20/8/2022"], AUGUST),
        (["Thời điểm báo cáo: ngày 20 tháng 8 năm 2022"], AUGUST),
        (["Thái Nguyên, ngày 05 tháng 01 năm 2023", "Quý IV/2022"], Q4),
        (["Quý IV/2022", "Hà Nội, ngày 05 tháng 01 năm 2023"], Q4),
        (["Quý IV/2022", "(Kèm theo Công văn số 12/STTTT-CNTT ngày 5/1/2023)"], Q4),
        (["Báo cáo theo Quyết định số 468/QĐ-TTg ngày 27/3/2021, quý IV năm 2022"], Q4),
        (["Ngày kết xuất: 05/01/2023 08:31", "Quý IV/2022"], Q4),
        (["Từ ngày: 01/10/2022", "Đến ngày: 31/12/2022", "Thời điểm xuất: 02/01/2023 08:12:33"], Q4),
        (["Từ ngày 2022-10-01", "Đến ngày 2022-12-31"], Q4),
        (["Đến tháng: 12/2022", "Từ tháng: 10/2022"], Q4),
        (["Từ ngày 01/10/2022 00:00:00", "Đến ngày 31/12/2022 23:59:59", "05/01/2023 08:12"], Q4),
        (["Quý: IV", "Năm: 2022", "In ngày 05/01/2023"], Q4),
        (["Quý Quý IV", "Năm Năm 2022"], Q4),
        (["Quý IV/2022 (in lúc 08:00 ngày 05/01/2023)"], Q4),
        (["Họp giao ban tháng 1", "Kết quả năm 2022"], ["2022-01-01", "2022-12-31", "A"]),
        (["Kỳ báo cáo: Quý IV", "Năm 2022"], Q4),
        (["BÁO CÁO KẾT QUẢ QUÝ IV", "Năm 2022"], Q4),
        (["3 tháng cuối năm 2022", "Cập nhật lúc 08:12 ngày 05/01/2023"], Q4),
        (["Quý IV/2022", "Giai đoạn 2021-2025"], Q4),
    ],
)
def test_period_is_that_of_the_figures(titles: list[str], period: list[str], tmp_path: Path) -> None:
    rows = [*([title] for title in titles), ["Tỉnh", f"{PRO_VI} (%)"], ["Thái Nguyên", 28], ["Yên Bái", 30]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows, title="B1"))
    observations = clean_file(tmp_path / "a.xlsx").cleaned.observations
    assert observations[["period_start", "period_end", "frequency"]].values.tolist() == [period] * 2


@pytest.mark.parametrize(
    "title",
    [
        "Hà Nội, ngày 05 tháng 01 năm 2023",
        "(Kèm theo Công văn số 1 ngày 5/1/2023)",
        "Export time: 2023-01-05 08:12",
        "Cập nhật lần cuối: 05/01/2023 16:42:10",
        "Nguồn: Cổng DVCQG, trích xuất ngày 05/01/2023",
        "Năm 2021 và 2022",
        "08:12:33 ngày 05/01/2023",
    ],
)
def test_the_date_of_a_letter_alone_is_no_period(title: str, tmp_path: Path) -> None:
    rows = [[title], ["Tỉnh", f"{PRO_VI} (%)"], ["Thái Nguyên", 28], ["Yên Bái", 30]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows, title="B1"))
    held = clean_file(tmp_path / "a.xlsx").cleaned.quarantine
    assert held["rule"].tolist() == ["period_unknown"] * 2


def test_a_unit_of_thousands_holds_for_counts_and_not_for_shares(tmp_path: Path) -> None:
    rows = [
        ["Quý IV/2022"],
        ["Đơn vị tính: 1.000 hồ sơ"],
        ["Tỉnh", "Tổng số hồ sơ", f"{PRO_VI} (%)"],
        ["Thái Nguyên", "412,5", 28],
        ["Yên Bái", 98, 30],
    ]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows, title="B1"))
    observations = clean_file(tmp_path / "a.xlsx").cleaned.observations
    assert observations["value"].tolist() == [412_500, 98_000, 28, 30]
    assert observations["note"].tolist() == ["printed in units of 1,000"] * 2 + [""] * 2


def test_the_caption_of_a_web_page_saved_as_a_workbook_names_the_period(tmp_path: Path) -> None:
    body = "".join(
        f"<tr><td>{name}</td><td>{share}</td></tr>" for name, share in (("Thái Nguyên", 28), ("Yên Bái", 30))
    )
    page = f"<table><caption>Quý IV/2022</caption><tr><th>Tỉnh</th><th>{PRO_VI} (%)</th></tr>{body}</table>"
    (tmp_path / "a.xls").write_text(page, encoding="utf-8")
    observations = clean_file(tmp_path / "a.xls").cleaned.observations
    assert observations[["period_start", "period_end", "frequency"]].values.tolist() == [Q4] * 2
    assert observations["raw_location"].str.endswith(("!B3", "!B4")).all(), (
        "as a spreadsheet program numbers the rows"
    )


PAGE_HEAD = f"<tr><th>Tỉnh</th><th>{PRO_VI} (%)</th></tr>"
PAGE = (
    f"<table>{PAGE_HEAD}<tr><td>Thái Nguyên</td><td>28</td></tr><tr><td>Yên Bái</td><td>30</td></tr></table>"
)
PERIODS = ["period_start", "period_end", "frequency"]


@pytest.mark.parametrize(
    "above",
    [
        "<h1>Kết quả</h1><h3>Quý IV/2022</h3>",
        "<p>Quý IV/2022</p>",
        "<center><b>QUÝ IV<br>NĂM 2022</b></center><p>Quý IV/2022</p>",
        "<p>SỞ THÔNG TIN VÀ TRUYỀN THÔNG<br>Quý IV/2022<br>Thái Nguyên, ngày 05/01/2023</p>",
        "<table><tr><td></td></tr></table><h2>Quý IV/2022</h2>",
        f"<h2>Quý IV/2022</h2><p>Ngày 20/8/2022, {'các tỉnh họp bàn. ' * 20}</p>",
    ],
)
def test_what_stands_above_a_table_of_a_web_page_is_its_title(above: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<title>Quý I/2021</title>{above}{PAGE}", encoding="utf-8")
    outcome = clean_file(tmp_path / "a.html")
    assert not outcome.problems
    assert outcome.cleaned.observations[PERIODS].values.tolist() == [Q4] * 2


def test_a_heading_holds_until_one_of_its_rank(tmp_path: Path) -> None:
    page = (
        f"<h1>Năm 2022</h1><h2>Quý IV</h2><p>Số liệu</p>{PAGE}<h2>Quý III</h2>{PAGE}<h1>Năm 2023</h1>{PAGE}"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    observations = clean_file(tmp_path / "a.html").cleaned.observations
    ends = observations["period_end"].tolist()
    assert ends == ["2022-12-31"] * 2 + ["2022-09-30"] * 2 + ["2023-12-31"] * 2
    assert observations["raw_location"].iloc[0] == "a.html!B5", "each line above the table is a row"


@pytest.mark.parametrize("head", ["Ngày chốt số liệu", "Ngày chốt", "Ngày số liệu"])
def test_the_day_the_figures_were_taken_is_their_period(head: str, tmp_path: Path) -> None:
    rows = [["Tỉnh", head, f"{PRO_VI} (%)"], ["Thái Nguyên", "20/8/2022", 28], ["Yên Bái", "20/8/2022", 30]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows, title="B1"))
    observations = clean_file(tmp_path / "a.xlsx").cleaned.observations
    assert observations[["period_start", "period_end", "frequency"]].values.tolist() == [AUGUST] * 2


def test_the_title_above_provinces_across_is_nearer_than_the_name_of_the_sheet(tmp_path: Path) -> None:
    rows = [[f"{PRO_VI.upper()} NĂM 2023"], ["Tháng", "Lào Cai", "Yên Bái"], ["Tháng 1", 31.2, 28.4]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows, title="HSTT"))
    observations = clean_file(tmp_path / "a.xlsx").cleaned.observations
    assert set(observations["indicator"]) == {PRO} and observations["value"].tolist() == [31.2, 28.4]


@pytest.mark.parametrize(
    "letter",
    [
        "(Kèm theo Công văn số       /BTTTT-THH ngày      /12/2021)",
        "(Kèm theo Công văn số       /BTTTT-THH ngày      /01/2022)",
        "(Kèm theo Quyết định số … ngày … tháng 01 năm 2022)",
        "Hà Nội, ngày      tháng 12 năm 2021",
        "Hà Nội, ngày ... tháng ... năm 2022",
        "Hà Nội, ngày 28 tháng      năm 2022",
        "(Kèm theo Công văn số 5/BTTTT-THH ngày 28/12/2021)",
    ],
)
def test_the_date_of_a_letter_still_to_be_signed_is_not_that_of_the_figures(
    letter: str, tmp_path: Path
) -> None:
    for titles in (
        [["(Số liệu tính đến ngày 20/12/2021)"], [letter]],
        [[letter], ["Tính đến ngày 20/12/2021"]],
    ):
        rows: list[list[Any]] = [*titles, ["Tỉnh", f"{PRO_VI} (%)"], ["Hà Nội", 10.5]]
        (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
        observations = clean_file(tmp_path / "a.xlsx").cleaned.observations
        assert observations["period_end"].tolist() == ["2021-12-20"], titles
    (tmp_path / "a.xlsx").write_bytes(xlsx([[letter], ["Tỉnh", f"{PRO_VI} (%)"], ["Hà Nội", 10.5]]))
    assert clean_file(tmp_path / "a.xlsx").cleaned.observations.empty


PASSING = [
    "(Tổng hợp cả ba cấp tỉnh, huyện, xã - trích xuất từ Hệ thống thông tin tỉnh Thái Nguyên ngày 03/01/2024)",
    "Báo cáo đã được Sở Thông tin và Truyền thông rà soát 05/01/2024",
    "Nguồn: Trung tâm Phục vụ hành chính công tỉnh cung cấp ngày 03/01/2024",
]


@pytest.mark.parametrize("passing", PASSING)
def test_a_day_mentioned_in_passing_is_not_the_year_of_months(passing: str, tmp_path: Path) -> None:
    rows: list[list[Any]] = [["THỐNG KÊ KẾT QUẢ NĂM 2023"], [passing], ["Tỉnh", "Thời gian", f"{PRO_VI} (%)"]]
    rows += [["Hà Nội", "Tháng 1", 10.5], ["Hà Nội", "Tháng 2", 11.5]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    observations = clean_file(tmp_path / "a.xlsx").cleaned.observations
    assert observations["period_end"].tolist() == ["2023-01-31", "2023-02-28"]


@pytest.mark.parametrize(
    ("between", "indicators"),
    [
        ("Bảng 2. Chỉ số kỳ lạ tháng 9/2022", [PRO]),
        ("Bảng 2. Tỷ lệ thanh toán trực tuyến", [PRO, "share_online_payment"]),
        ("Bảng 1 (tiếp theo)", [PRO, PRO]),
        ("Trang 2", [PRO, PRO]),
        ("Ghi chú: số liệu tổng hợp từ báo cáo", [PRO, PRO]),
        ("Tháng 10/2022", [PRO, PRO]),
    ],
)
def test_heads_that_come_again_below_another_title_are_another_table(
    between: str, indicators: list[str], tmp_path: Path
) -> None:
    rows: list[list[Any]] = [[f"Bảng 1. {PRO_VI} tháng 9/2022"], ["Tỉnh", "Tỷ lệ (%)"], ["Hà Nội", 10.5], []]
    rows += [[between], ["Tỉnh", "Tỷ lệ (%)"], ["Hà Giang", 20.5]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    outcome = clean_file(tmp_path / "a.xlsx")
    assert outcome.cleaned.observations["indicator"].tolist() == indicators
    assert bool(outcome.problems) == (len(indicators) == 1)

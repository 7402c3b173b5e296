"""PAPI's own workbooks, made anew in the publisher's layouts, compared with our table where it has values."""

import io
import random
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from workbooks import xlsx

from analysis.cleaning import processed
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.reference.codebook import codebook_text
from analysis.reference.indicators import OWN_LINES
from analysis.reference.papi import DIMENSIONS, SUBDIMENSIONS, papi_code
from analysis.reference.provinces import provinces

D81 = "papi_d81_portal_access"
NAMES = [province.name_vi for province in provinces()]
ASCII = [province.name_en for province in provinces()]
# The heads of the workbook of several years, from the fourth column on.
SEVERAL_YEARS = (
    ("Participation at Local Levels", "Tham gia của người dân ở cấp cơ sở", "papi_d1"),
    ("Civic Knowledge", "Tri thức công dân", "papi_d11"),
    ("Opportunities for Participation", "Cơ hội tham gia", "papi_d12"),
    ("Quality of Elections", "Chất lượng bầu cử", "papi_d13"),
    ("Voluntary Contributions", "Đóng góp tự nguyện", "papi_d14"),
    ("Transparency", "Công khai, minh bạch", "papi_d2"),
    ("Poverty Lists", "Danh sách hộ nghèo", "papi_d22"),
    ("Communal Budget and Expenditure", "Thu, chi ngân sách cấp xã/phường", "papi_d23"),
    ("Land-Use Plans/Price Frames", "Kế hoạch sử dụng đất, khung giá đền bù", "papi_d24"),
    ("Vertical Accountability", "Trách nhiệm giải trình với người dân", "papi_d3"),
    ("Interactions With Local Authorities", "Hiệu quả tương tác với các cấp chính quyền", "papi_d31"),
    ("People's Inspection Boards", "Ban thanh tra nhân dân", ""),
    ("Community Investment Boards", "Ban Giám sát đầu tư cộng đồng", ""),
    ("Control of Corruption", "Kiểm soát tham nhũng trong khu vực công", "papi_d4"),
    ("Limits on Public Sector Corruption", "Kiểm soát tham nhũng trong chính quyền", "papi_d41"),
    (
        "Limits on Corruption in Service Delivery",
        "Kiểm soát tham nhũng trong cung ứng dịch vụ công",
        "papi_d42",
    ),
    ("Equity in Employment", "Công bằng trong tuyển dụng vào nhà nước", "papi_d43"),
    ("Willingness to Fight Corruption", "Quyết tâm chống tham nhũng", "papi_d44"),
    ("Public Administrative Procedures", "Thủ tục hành chính công", "papi_d5"),
    ("Certification Procedures", "Chứng thực/xác nhận", "papi_d51"),
    ("Construction Permits", "Giấy phép xây dựng", "papi_d52"),
    ("Land-Use Rights Procedures", "Giấy chứng nhận quyền sử dụng đất", "papi_d53"),
    ("Personal Procedures", "Thủ tục hành chính cấp xã/phường", "papi_d54"),
    ("Public Service Delivery", "Cung ứng dịch vụ công", "papi_d6"),
    ("Public Health", "Y tế công lập", "papi_d61"),
    ("Public Primary Education", "Giáo dục tiểu học công lập", "papi_d62"),
    ("Basic Infrastructure", "Cơ sở hạ tầng căn bản", "papi_d63"),
    ("Law and Order", "An ninh, trật tự", "papi_d64"),
)
OF_2016 = {
    "People's Inspection Boards": ("Responsive to Citizen Actions", "Đáp ứng kiến nghị của người dân", "papi_d32"),
    "Community Investment Boards": ("People's Inspection Boards", "Hiệu quả của Ban Thanh tra Nhân dân", ""),
}  # fmt: skip
Truth = dict[tuple[str, str, int], float]


def several_years(gaps: dict[int, tuple[str, ...]]) -> tuple[bytes, Truth]:
    """Return the workbook of 2011–2016 with seeded scores; `gaps` are provinces without scores in a year."""
    book, rng = openpyxl.Workbook(), random.Random(11)
    book.remove(book.active)
    truth: Truth = {}
    for year in range(2011, 2017):
        columns = [OF_2016.get(c[0], c) if year == 2016 else c for c in SEVERAL_YEARS]
        sheet = book.create_sheet(f"{year}_PAPI")
        first = ["tinhid", "tentinh_eng", "tentinh_vie"]
        sheet.append([*first, *(en for en, _, _ in columns), "Un-weighted2015PAPI"])
        sheet.append([*first, *(vi for _, vi, _ in columns), "Chỉ số PAPI (không có trọng số)"])
        for n, province in enumerate(provinces()):
            scores = [round(rng.uniform(1.05, 2.45), 6) for _ in columns]
            if province.code in gaps.get(year, ()):
                scores = [None for _ in columns]
            truth |= {
                (province.code, c, year): v for (_, _, c), v in zip(columns, scores, strict=True) if c and v
            }
            row = n + 3
            total = f"=D{row}+I{row}+M{row}+Q{row}+V{row}+AA{row}"
            sheet.append([int(province.code), province.name_en, province.name_vi, *scores, total])
        sheet.append([999, "Highest", "Điểm cao nhất", *["=PERCENTILE(D3:D65, 1)"] * len(columns)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue(), truth


def found(outcome: FileOutcome) -> Truth:
    rows = outcome.cleaned.observations
    years = rows["period_end"].str[:4].astype(int)
    keys = zip(rows["province_code"], rows["indicator"], years, strict=True)
    return dict(zip(keys, rows["value"], strict=True))


def test_each_score_of_2011_to_2016_is_read_once_and_alone(tmp_path: Path) -> None:
    content, truth = several_years({2014: ("04", "70")})
    outcome = read(tmp_path, "PAPI 2011-2016.xlsx", content)
    assert found(outcome) == truth
    rows, held = outcome.cleaned.observations, outcome.cleaned.quarantine
    assert len(rows) == len(truth) == 63 * (26 * 5 + 27) - 2 * 26
    assert set(rows["province_frame"]) == {"63"} and set(rows["frequency"]) == {"A"}
    of_2 = rows[rows["indicator"] == "papi_d2"]
    assert set(of_2["note"]) == {"not comparable with years from 2018"}
    assert held["rule"].value_counts().to_dict() == {
        "indicator_unknown": 6 + 2 * 5 + 1,
        "not_published": 2 * 26,
        "row_outside": 6,
    }
    assert not outcome.problems


def test_a_line_of_one_s_own_takes_what_the_codebook_lacks(
    tmp_path: Path, project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {
        "code": "papi_inspection_boards",
        "name_vi": "Ban thanh tra nhân dân",
        "name_en": "People's Inspection Boards",
        "unit": "score",
        "lower": "0.33",
        "upper": "3.34",
    }
    (project_copy / OWN_LINES).write_text(codebook_text([line]), "utf-8")
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    content, _ = several_years({})
    rows = read(tmp_path, "PAPI 2011-2016.xlsx", content).cleaned.observations
    own = rows[rows["indicator"] == "papi_inspection_boards"]
    # In 2016 the Vietnamese head is another, the English one is the same.
    assert own.groupby("period_end").size().to_dict() == {f"{year}-12-31": 63 for year in range(2011, 2017)}


def known(year: int, indicator: str) -> dict[str, float]:
    """Return the scores of our own table by GSO code."""
    rows = processed.observations()
    rows = rows[(rows["indicator"] == indicator) & (rows["period_end"] == f"{year}-12-31")]
    return dict(zip(rows["province_code"], rows["value"], strict=True))


def wide(year: int, *, statistics: bool, merged: bool = False) -> bytes:
    """Return a workbook of 2018 and later: indicators in rows, provinces in columns, zero for missing."""
    dimension = "Chỉ số nội dung 8" if year < 2020 else "Dimension 8"
    scores = known(year, D81)
    head: list[Any] = ["Chỉ số/Indicator", "Thang điểm/Scale"] + (["Loại/Type"] if statistics else [])
    kinds = ["Unweighted", "Weighted", "95% CI", "Standard Error"] if statistics else [""]
    rows: list[list[Any]] = [[f"PAPI {year}"], []]
    if merged:
        rows += [["", "", ""] + [f"Tỉnh mới {n}" for n in range(63)] for n in range(2)]
    rows.append(head + NAMES)
    for label, scale in (
        (f"{dimension}: Quản trị điện tử", "1-10 điểm"),
        ("8.1: Tiếp cận cổng thông tin điện tử của chính quyền địa phương*", "0.33-3.33 điểm"),
    ):
        for kind in kinds:
            values = [_statistic(kind, scores.get(p.code, 0), scale) for p in provinces()]
            rows.append([label, scale] + ([kind] if statistics else []) + values)
    rows.append(["d805a: Đã dùng cổng (%)", "0-100"] + (["Unweighted"] if statistics else []) + [5.0] * 63)
    rows.append(["Quản trị điện tử", "0%-100%"] + ([""] if statistics else []) + [3.0] * 63)
    return xlsx(rows, title=f"{year}_VIE_ENG")


def _statistic(kind: str, score: float, scale: str) -> Any:
    whole = score * 3 if scale.startswith("1-10") else score
    if kind == "95% CI":
        return f"{whole - 0.1:.4f} - {whole + 0.1:.4f}" if score else 0
    return 0.05 if kind == "Standard Error" else whole


def read(tmp_path: Path, name: str, content: bytes) -> FileOutcome:
    (tmp_path / name).write_bytes(content)
    return clean_file(tmp_path / name)


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2022, 2023, 2024])
def test_known_scores_come_back(year: int, tmp_path: Path) -> None:
    name = f"{year}PAPI_ProvincialIndicators_VIE_ENG.xlsx"
    outcome = read(tmp_path, name, wide(year, statistics=year >= 2020, merged=year == 2024))
    rows = outcome.cleaned.observations
    own = rows[rows["indicator"] == D81]
    assert dict(zip(own["province_code"], own["value"], strict=True)) == known(year, D81)
    assert set(rows["period_end"]) == {f"{year}-12-31"} and set(rows["province_frame"]) == {"63"}
    held = outcome.cleaned.quarantine
    gaps = 63 - len(known(year, D81))
    statistics = 5 if year >= 2020 else 1
    # A finer indicator is none, though it bears the name of the dimension without its number.
    assert (held["rule"] == "indicator_unknown").sum() == 2
    assert (held["rule"] == "not_published").sum() >= gaps * min(statistics, 4)


def test_weighted_scores_intervals_and_errors_are_kept(tmp_path: Path) -> None:
    outcome = read(tmp_path, "2023PAPI_ProvincialIndicators.xlsx", wide(2023, statistics=True))
    rows = outcome.cleaned.observations.query("province_code == '19'").set_index("indicator")["value"]
    score = known(2023, D81)["19"]
    assert rows[f"{D81}_weighted"] == score
    assert rows[f"{D81}_ci_low"] == pytest.approx(score - 0.1, abs=1e-4)  # printed with four decimals
    assert rows[f"{D81}_ci_high"] == pytest.approx(score + 0.1, abs=1e-4)
    assert rows[f"{D81}_std_error"] == 0.05


def test_the_workbook_of_2018_has_its_own_mark_for_no_data_and_another_scale(tmp_path: Path) -> None:
    scores: list[Any] = [5.2, "KCDL", *[5.4] * 61]
    rows = [
        ["Tên tỉnh/thành phố", "Thang điểm", *ASCII],
        ["Chỉ số PAPI 2018 (không có trọng số)", "10-80 điểm", *[42.3] * 63],
        ["Chỉ số nội dung 1: Tham gia của người dân ở cấp cơ sở", "1-10 điểm", *scores],
        ["1.1: Tri thức công dân", "0.25-2.5 điểm", *[0.9] * 63],
        ["Hiểu biết về chính sách hiện hành (%)*", "0%-100%", *[0.53] * 63],
        ["Chỉ số nội dung 8: Quản trị điện tử*", "1-10 điểm", *[3.3] * 63],
        ["8.2: Tiếp cận và sử dụng Internet tại địa phương", "0.5-5.0 điểm", *[2.7] * 63],
        ["Copyrights: CECODES"],
    ]

    def extract(book: openpyxl.Workbook, _: Any) -> None:
        sheet = book.create_sheet("NamDinh")
        sheet.append(["Tên tỉnh/thành phố", "Thang điểm", "Nam Dinh"])
        sheet.append(["1.1: Tri thức công dân", "0.25-2.5 điểm", 1.07])

    outcome = read(tmp_path, "PAPI 2018.xlsx", xlsx(rows, title="ProvincialIndicators_VIE", touch=extract))
    counts = outcome.cleaned.observations.groupby("indicator").size().to_dict()
    assert counts == {"papi_d1": 62, "papi_d11": 63, "papi_d8_e_governance": 63}
    held = outcome.cleaned.quarantine
    assert held.loc[held["rule"] == "indicator_unknown", "cell"].tolist() == ["A2", "A5", "A7"]
    assert held.loc[held["rule"] == "not_published", "cell"].tolist() == ["D3"]
    assert held.loc[held["rule"] == "sheet_not_read", "cell"].tolist() == ["A1:C2"]


def tall(tab_year: int, language: int) -> bytes:
    """Return a workbook of one year to 2017, in Vietnamese (0) or English (1): a summary and sheets of parts."""

    def parts(book: openpyxl.Workbook, _: Any) -> None:
        sheet = book.create_sheet(("Điêm thành phần 1", "Dimension 1")[language])
        names = [f"{n}: {SUBDIMENSIONS[n][language]}" for n in ("1.1", "1.2")]
        sheet.append(["STT", "Tỉnh", *names])
        for n, name in enumerate((NAMES, ASCII)[language]):
            sheet.append([n + 1, name, 1.1, 1.9])

    heads = [f"{n}: {(DIMENSIONS | SUBDIMENSIONS)[n][language]} " for n in ("1", "2", "2.1", "3.2", "3.3")]
    rows = [["Tên tỉnh ", *heads], *[[name, 5.3, 5.7, 1.8, 1.7, 1.6] for name in (NAMES, ASCII)[language]]]
    title = (f"{tab_year}PAPI- Bảng tổng hợp kết quả", f"{tab_year}- PAPI ALL Dimensions ")[language]
    return xlsx(rows, title=title, touch=parts)


@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize(
    ("year", "renamed"), [(2011, ["D2", "E2", "F2"]), (2016, ["D2", "F2"]), (2017, ["D2", "F2"])]
)
def test_a_yearly_workbook_before_2018_bears_the_names_of_that_year(
    tmp_path: Path, year: int, renamed: list[str], language: int
) -> None:
    """Its 2.1 holds the scores of the poverty lists, which the workbook of several years names rightly."""
    outcome = read(tmp_path, f"PAPI-{year}-Dữ-liệu-1.xlsx", tall(2012, language))
    rows, held = outcome.cleaned.observations, outcome.cleaned.quarantine
    assert set(rows["period_end"]) == {f"{year}-12-31"}
    read_alone = {"papi_d1", "papi_d11", "papi_d12", "papi_d2"} | ({"papi_d32"} if year > 2015 else set())
    assert rows.groupby("indicator").size().to_dict() == dict.fromkeys(read_alone, 63)
    assert held["cell"].tolist() == renamed
    assert held["reason"].str.contains("2011–2016").all()


OWN = [f"8.{n}: {SUBDIMENSIONS[f'8.{n}'][0]}" for n in (1, 2)]


@pytest.mark.parametrize(
    "rows",
    [
        [["Tỉnh", "Năm", *OWN], *[[name, 2022, 1.1, 2.1] for name in NAMES]],
        [["Tỉnh", "Kỳ", *OWN], *[[name, y, 1.1, 2.1] for name in NAMES for y in (2021, 2022)]],
        [["Tỉnh", "Số liệu năm 2022", ""], ["", 1, 2], *[[name, 1.1, 2.1] for name in NAMES]],
    ],
)
def test_a_table_of_the_user_s_own_is_none_of_papi_s(tmp_path: Path, rows: list[list[Any]]) -> None:
    """The year of the file's name is not taken for that of its rows, nor a row of numbers for dimensions."""
    found = read(tmp_path, "PAPI tải năm 2023.xlsx", xlsx(rows, title="PAPI")).cleaned.observations
    assert "2023-12-31" not in set(found["period_end"])


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("8.1: Access to local e-government portals", D81),
        ("Chỉ số nội dung 8: Quản trị điện tử", "papi_d8_e_governance"),
        ("Dimension 4: Control of corruption", "papi_d4"),
        ("1.2 Cơ hội tham gia", "papi_d12"),
        ("2.1: Danh sách hộ nghèo", ""),
        ("d805a: Used the portal", ""),
        ("2022", ""),
        ("1", ""),
        ("85% of respondents", ""),
        ("Phương sai (Chỉ số nội dung 1)", ""),
    ],
)
def test_labels(label: str, code: str) -> None:
    assert papi_code(label) == code

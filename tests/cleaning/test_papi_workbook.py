"""PAPI's own workbooks, made in the layouts its readers describe, compared with our table where values are known."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from workbooks import xlsx

from analysis.cleaning import processed
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.reference.papi import papi_code
from analysis.reference.provinces import provinces

D81 = "papi_d81_portal_access"
NAMES = [province.name_vi for province in provinces()]


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
        (f"{dimension}: Quản trị điện tử", "1-10"),
        ("8.1: Tiếp cận cổng thông tin", "0.33-3.33"),
    ):
        for kind in kinds:
            values = [_statistic(kind, scores.get(p.code, 0), scale) for p in provinces()]
            rows.append([label, scale] + ([kind] if statistics else []) + values)
    rows.append(["d805a: Đã dùng cổng (%)", "0-100"] + (["Unweighted"] if statistics else []) + [5.0] * 63)
    return xlsx(rows, title=f"{year}_VIE_ENG")


def _statistic(kind: str, score: float, scale: str) -> Any:
    whole = score * 3 if scale == "1-10" else score
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
    scores = rows[rows["indicator"] == D81]
    assert dict(zip(scores["province_code"], scores["value"], strict=True)) == known(year, D81)
    assert set(rows["period_end"]) == {f"{year}-12-31"} and set(rows["province_frame"]) == {"63"}
    held = outcome.cleaned.quarantine
    gaps = 63 - len(known(year, D81))
    statistics = 5 if year >= 2020 else 1
    assert (held["rule"] == "indicator_unknown").sum() == 1
    assert (held["rule"] == "not_published").sum() >= gaps * min(statistics, 4)


def test_weighted_scores_intervals_and_errors_are_kept(tmp_path: Path) -> None:
    outcome = read(tmp_path, "2023PAPI_ProvincialIndicators.xlsx", wide(2023, statistics=True))
    rows = outcome.cleaned.observations.query("province_code == '19'").set_index("indicator")["value"]
    score = known(2023, D81)["19"]
    assert rows[f"{D81}_weighted"] == score
    assert rows[f"{D81}_ci_low"] == pytest.approx(score - 0.1, abs=1e-4)  # printed with four decimals
    assert rows[f"{D81}_ci_high"] == pytest.approx(score + 0.1, abs=1e-4)
    assert rows[f"{D81}_std_error"] == 0.05


def tall(tab_year: int) -> bytes:
    """Return a workbook of 2011 to 2017: a summary sheet and sheets of parts, one of them misspelt."""

    def parts(book: openpyxl.Workbook, _: Any) -> None:
        sheet = book.create_sheet("Điêm thành phần 1")
        sheet.append(["STT", "Tỉnh", "1.1 Tri thức công dân", "1.2 Cơ hội tham gia"])
        for n, name in enumerate(NAMES):
            sheet.append([n + 1, name, 1.1, 1.9])

    head = [
        "STT",
        "Tỉnh/Thành phố",
        "1. Tham gia của người dân ở cấp cơ sở",
        "2. Công khai, minh bạch",
        "Tổng điểm",
    ]
    rows = [["Chỉ số PAPI"], head, *[[n + 1, name, 5.3, 5.7, 36.1] for n, name in enumerate(NAMES)]]
    return xlsx(rows, title=f"{tab_year}PAPI- Bảng tổng hợp", touch=parts)


def test_the_years_before_2018_and_the_tab_that_is_wrong(tmp_path: Path) -> None:
    outcome = read(tmp_path, "PAPI-2011-Dữ-liệu-1.xlsx", tall(2012))
    rows = outcome.cleaned.observations
    assert set(rows["period_end"]) == {"2011-12-31"}
    assert rows.groupby("indicator").size().to_dict() == {
        "papi_d1": 63,
        "papi_d11": 63,
        "papi_d12": 63,
        "papi_d2": 63,
    }
    assert outcome.cleaned.quarantine["value"].tolist() == ["Tổng điểm"]


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("8.1: Access to local e-government portals", D81),
        ("Chỉ số nội dung 8: Quản trị điện tử", "papi_d8_e_governance"),
        ("Dimension 4: Control of corruption", "papi_d4"),
        ("1.2 Cơ hội tham gia", "papi_d12"),
        ("d805a: Used the portal", ""),
        ("2022", ""),
        ("85% of respondents", ""),
    ],
)
def test_labels(label: str, code: str) -> None:
    assert papi_code(label) == code

"""What docs/bang-tinh.md and docs/spreadsheets.md tell an analyst to write is what the reader takes."""

import re
from pathlib import Path
from typing import Any

import pytest
from workbooks import xlsx

from analysis.cleaning import layout_file as layouts
from analysis.cleaning.corrections import read_accepted, read_corrections
from analysis.cleaning.files import clean_file
from analysis.cleaning.findings import DOUBTFUL
from analysis.cleaning.over_time import GRAVE_RULES
from analysis.reference.codebook import COLUMNS, read_codebook
from analysis.reference.indicators import package_codebook

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ["bang-tinh.md", "spreadsheets.md"]


def examples(page: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def without_comments(text: str) -> str:
    return re.sub(r" *#.*", "", text)


def test_both_pages_show_the_same() -> None:
    vi, en = (examples(page) for page in PAGES)
    assert [without_comments(text) for text in vi[:1]] == [without_comments(text) for text in en[:1]]
    assert len(vi) == len(en) == 3


@pytest.mark.parametrize("page", PAGES)
def test_the_layout_shown_reads_a_sheet_like_it(page: str, tmp_path: Path) -> None:
    layout, correction, _ = examples(page)
    (tmp_path / "layout.toml").write_text(layout, encoding="utf-8")
    (tmp_path / "corrections.toml").write_text(correction, encoding="utf-8")
    rows: list[list[Any]] = [
        ["Tỉnh", "Tổng HS vào", "HS qua mạng", "Kế hoạch giao"],
        ["Tĩnh Thái Nguyn", 900, 450, 50],
        ["Khối thi đua số 1", 5000, 2000, 50],
        ["Sơn La", 800, 200, 50],
    ]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    outcome = clean_file(tmp_path / "a.xlsx", layout=layouts.read_layout(tmp_path / "layout.toml"))
    assert not outcome.problems and not outcome.unclear
    found = outcome.cleaned.observations[["province_code", "indicator", "period_end", "value"]]
    assert sorted(found.itertuples(index=False, name=None)) == [
        ("14", "n_dossiers_online", "2022-09-30", 200.0),
        ("14", "n_dossiers_total", "2022-09-30", 800.0),
        ("19", "n_dossiers_online", "2022-09-30", 450.0),
        ("19", "n_dossiers_total", "2022-09-30", 900.0),
    ]
    assert len(read_corrections(tmp_path / "corrections.toml")) == 1


@pytest.mark.parametrize("page", PAGES)
def test_the_indicators_shown_can_be_added(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    (shown,) = re.findall(r"```csv\n(.*?)```", text, flags=re.DOTALL)
    lines = read_codebook(shown.encode(), page, package_codebook().known)
    assert [line.code for line in lines] == ["n_adults", "n_signatures", "share_signatures"]
    described = [name for name in COLUMNS if not name.endswith(("_vi", "_en"))]
    assert all(f"`{name}`" in text for name in described)


@pytest.mark.parametrize("page", PAGES)
def test_the_acceptance_shown_is_read_and_every_finding_is_documented(page: str, tmp_path: Path) -> None:
    (tmp_path / "corrections.toml").write_text(examples(page)[2], encoding="utf-8")
    (accepted,) = read_accepted(tmp_path / "corrections.toml", GRAVE_RULES)
    assert accepted.fits("data/raw/bo/bao-cao-5-2022.xlsx", "2022-05-31", "over_time_moved")
    text = (DOCS / page).read_text(encoding="utf-8")
    assert not {rule for rule in (*GRAVE_RULES, *DOUBTFUL.values()) if f"`{rule}`" not in text}


@pytest.mark.parametrize("page", PAGES)
def test_every_key_of_a_layout_is_documented(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    known = {*layouts.FILE_KEYS, *layouts.TABLE_KEYS, *layouts.COLUMN_KEYS}
    assert not {key for key in known if not re.search(rf"\b{key}\b", text)}

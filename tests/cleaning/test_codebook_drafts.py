"""For a head that no indicator is called by a line of the codebook is offered, which can be filled in and added."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner
from workbooks import xlsx

from analysis.cleaning.codebook_drafts import draft_lines
from analysis.cleaning.describing import Description, add_file
from analysis.cleaning.files import clean_file
from analysis.cleaning.outputs import write_codebook
from analysis.cli import main
from analysis.reference.codebook import CodebookWrong, codebook_text

SIGNED = "Tỷ lệ người dân có chữ ký số (%)"
ROWS = [["Kết quả tháng 9/2022"], ["Tỉnh", SIGNED, "Số kiốt thông tin", "Mức độ sẵn sàng (điểm)"]]
ROWS += [["Hà Nội", 41.5, 12, 6], ["Sơn La", 38.2, 8, 7]]


@pytest.fixture
def month(tmp_path: Path) -> Path:
    (tmp_path / "a.xlsx").write_bytes(xlsx(ROWS))
    return tmp_path / "a.xlsx"


def test_a_line_has_a_code_the_head_and_the_unit_that_is_stated(month: Path) -> None:
    assert draft_lines(clean_file(month).unclear) == [
        {"code": "share_nguoi_dan_co_chu_ky_so", "name_vi": SIGNED, "unit": "percent"},
        {"code": "n_kiot_thong_tin", "name_vi": "Số kiốt thông tin", "unit": ""},
        {"code": "muc_do_san_sang", "name_vi": "Mức độ sẵn sàng (điểm)", "unit": "score"},
    ]


def test_known_heads_changes_and_ranks_are_not_offered(tmp_path: Path) -> None:
    heads = ["Tỉnh", "Tổng số hồ sơ tiếp nhận", "Tăng, giảm so với tháng trước", "Xếp hạng", "Số kiốt"]
    (tmp_path / "a.xlsx").write_bytes(
        xlsx([["Tháng 9/2022"], heads, ["Hà Nội", 9, 1, 1, 5], ["Huế", 8, 2, 2, 4]])
    )
    assert [line["name_vi"] for line in draft_lines(clean_file(tmp_path / "a.xlsx").unclear)] == ["Số kiốt"]


def test_provinces_in_a_column_of_indicators_are_not_offered(tmp_path: Path) -> None:
    rows = [["Tháng 9/2022"], ["Tỉnh", "Chỉ tiêu", "Giá trị"], ["Hà Nội", "Số kiốt", 9], ["Huế", "Sơn La", 8]]
    (tmp_path / "a.xlsx").write_bytes(xlsx(rows))
    assert [line["name_vi"] for line in draft_lines(clean_file(tmp_path / "a.xlsx").unclear)] == ["Số kiốt"]


def test_two_heads_never_get_one_code(tmp_path: Path) -> None:
    heads = ["Tỉnh", "Số kiốt thông tin", "Tổng số kiốt thông tin", "Số kiốt thông tin (người)"]
    (tmp_path / "a.xlsx").write_bytes(xlsx([["Tháng 9/2022"], heads, ["Hà Nội", 9, 1, 3], ["Huế", 8, 2, 4]]))
    lines = draft_lines(clean_file(tmp_path / "a.xlsx").unclear)
    assert [line["code"] for line in lines] == ["n_kiot_thong_tin", "n_kiot_thong_tin_2"]


def test_a_draft_is_kept_when_a_person_has_filled_it_in(month: Path, tmp_path: Path) -> None:
    outcomes = [clean_file(month)]
    _, first = write_codebook(outcomes, tmp_path)
    assert write_codebook(outcomes, tmp_path)[1] == first == tmp_path / "codebook.csv"
    first.write_text("filled in", "utf-8")
    assert write_codebook(outcomes, tmp_path)[1] == tmp_path / "codebook.2.csv"
    assert first.read_text("utf-8") == "filled in"


def test_the_command_tells_of_the_draft_and_a_filled_one_makes_the_file_readable(
    month: Path, tmp_path: Path, project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    out = tmp_path / "out"
    said = CliRunner().invoke(main, ["clean", str(month), "--out", str(out)]).output
    assert f"“{SIGNED}”: share_nguoi_dan_co_chu_ky_so, unit percent" in said
    assert "“Số kiốt thông tin”: n_kiot_thong_tin, unit not stated" in said
    assert f'add "{out / "codebook.csv"}" --publisher' in said
    who = Description("Sở", "Chỉ tiêu riêng")
    with pytest.raises(CodebookWrong, match=r"^codebook\.csv, line 2, column “name_en”: is empty"):
        add_file(project_copy, out / "codebook.csv", who)
    lines = [*csv.DictReader((out / "codebook.csv").read_text("utf-8").splitlines())]
    filled = [line | {"name_en": line["code"], "unit": line["unit"] or "count"} for line in lines]
    (out / "codebook.csv").write_text(codebook_text(filled), "utf-8")
    add_file(project_copy, out / "codebook.csv", who)
    outcome = clean_file(month)
    assert not outcome.problems and outcome.cleaned.quarantine.empty
    assert outcome.cleaned.observations.groupby("indicator")["value"].sum().to_dict() == {
        "share_nguoi_dan_co_chu_ky_so": 79.7, "n_kiot_thong_tin": 20, "muc_do_san_sang": 13,
    }  # fmt: skip

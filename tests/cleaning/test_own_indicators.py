"""A project's own indicators: added like any file, known everywhere, and gone with the project."""

import json
import os
from pathlib import Path

import pytest

from analysis.cleaning import processed
from analysis.cleaning.describing import AddRefused, Description, add_file
from analysis.cleaning.files import clean_file
from analysis.cleaning.raw import PACKAGE, RawFileChanged, find_undescribed
from analysis.reference.codebook import CodebookWrong, codebook_text
from analysis.reference.indicators import OWN_LINES, by_code, codebook, find_indicator, package_codebook

LINE = {
    "code": "share_digital_signatures",
    "name_vi": "Tỷ lệ người dân có chữ ký số",
    "name_en": "Share of adults with a digital signature",
    "unit": "percent",
    "lower": "0",
    "upper": "100",
}
WHO = Description(publisher="Sở Khoa học và Công nghệ", title="Chỉ tiêu riêng", accessed="2026-11-30")


@pytest.fixture
def project(project_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    return project_copy


@pytest.fixture
def month(tmp_path: Path) -> Path:
    file = tmp_path / "thang-4-2022.csv"
    file.write_text(
        'Tỉnh,Tháng,Tỷ lệ người dân có chữ ký số (%)\nThái Nguyên,04/2022,"12,5"\nCao Bằng,04/2022,"8,2"\n',
        "utf-8",
    )
    return file


def write(folder: Path, *lines: dict[str, str], name: str = "chi-tieu.csv") -> Path:
    file = folder / name
    file.write_text(codebook_text([LINE | line for line in lines]), "utf-8")
    return file


def test_an_added_indicator_is_read_kept_and_published(project: Path, month: Path, tmp_path: Path) -> None:
    assert clean_file(month).refused
    added = add_file(project, write(tmp_path, {}), WHO)
    assert added.path == "data/raw/codebook.csv"
    assert added.lines == ["indicators of the project's own (1): share_digital_signatures."]
    add_file(project, month, WHO)
    rows = processed.observations(project)
    own = rows[rows["indicator"] == "share_digital_signatures"]
    assert sorted(zip(own["province_code"], own["value"], strict=True)) == [("04", 8.2), ("19", 12.5)]
    assert find_undescribed(project) == []


def test_without_a_project_only_the_package_s_lines_hold(project: Path, tmp_path: Path, monkeypatch) -> None:
    add_file(project, write(tmp_path, {}), WHO)
    assert "share_digital_signatures" in by_code()
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path / "nowhere"))
    assert codebook() is package_codebook()
    monkeypatch.setenv("DVCTT_ROOT", str(project))
    assert find_indicator("TỶ LỆ NGƯỜI DÂN CÓ CHỮ KÝ SỐ").code == "share_digital_signatures"


def test_a_changed_line_holds_at_once_and_makes_the_tables_stale(
    project: Path, month: Path, tmp_path: Path
) -> None:
    add_file(project, write(tmp_path, {}), WHO)
    add_file(project, month, WHO)
    processed.rebuild(project)
    assert processed.is_fresh(project)
    add_file(project, write(tmp_path, {"name_vi": "Tỷ lệ người lớn có chữ ký số"}), WHO)
    assert not processed.is_fresh(project)
    assert by_code()["share_digital_signatures"].name_vi == "Tỷ lệ người lớn có chữ ký số"
    assert clean_file(month).refused


def test_lines_are_added_to_those_there_and_a_code_takes_the_place_of_its_own(
    project: Path, tmp_path: Path
) -> None:
    add_file(project, write(tmp_path, {}), WHO)
    count = {
        "code": "n_signatures",
        "name_vi": "Số chữ ký số",
        "name_en": "Signatures",
        "unit": "count",
        "upper": "",
    }
    add_file(project, write(tmp_path, count, {"upper": "90", "numerator_code": "n_signatures"}), WHO)
    assert by_code()["share_digital_signatures"].upper == 90
    assert by_code()["n_signatures"].upper is None
    resources = json.loads((project / PACKAGE).read_text("utf-8"))["resources"]
    assert [r["path"] for r in resources if r["reader"] == "codebook"] == ["codebook.csv"]


def test_a_wrong_line_is_refused_and_nothing_is_written(project: Path, tmp_path: Path) -> None:
    before = (project / PACKAGE).read_bytes()
    with pytest.raises(CodebookWrong, match=r"^chi-tieu\.csv, line 2, column “unit”: “%” is no unit"):
        add_file(project, write(tmp_path, {"unit": "%"}), WHO)
    assert (project / PACKAGE).read_bytes() == before
    assert not (project / OWN_LINES).exists()
    add_file(project, write(tmp_path, {}), WHO)
    with pytest.raises(
        CodebookWrong, match=r"line 2, column “name_vi”: .* means share_digital_signatures already"
    ):
        add_file(project, write(tmp_path, {"code": "share_b"}), WHO)
    with pytest.raises(AddRefused, match="--publisher"):
        add_file(project, write(tmp_path, {"code": "share_b"}), Description("", ""))


def test_a_table_edited_in_place_is_named_with_line_and_described_anew(project: Path, tmp_path: Path) -> None:
    add_file(project, write(tmp_path, {}), WHO)
    place = project / OWN_LINES
    place.write_text(place.read_text("utf-8").replace("percent", "%"), "utf-8")
    with pytest.raises(CodebookWrong, match=r"^data/raw/codebook\.csv, line 2, column “unit”"):
        by_code()
    place.write_text(place.read_text("utf-8").replace("%", "score"), "utf-8")
    with pytest.raises(RawFileChanged, match=r'dvctt add "data/raw/codebook\.csv"'):
        processed.rebuild(project)
    add_file(project, place, WHO)
    processed.rebuild(project)
    assert by_code()["share_digital_signatures"].unit == "score"


def test_a_table_that_nobody_described_holds_and_is_told_of(project: Path) -> None:
    processed.rebuild(project)
    write(project / "data/raw", {}, name="codebook.csv")
    assert "share_digital_signatures" in by_code()
    assert not processed.is_fresh(project)
    assert ["which hold. Add it" in line for line in find_undescribed(project)] == [True]


def test_the_command_ends_with_2_and_says_which_line(project: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    file = write(tmp_path, {"breaks": "2022-13-01"})
    done = subprocess.run(
        [sys.executable, "-c", "from analysis.cli import main; main()",
         "add", file, "--publisher", "a", "--title", "b"],
        capture_output=True, text=True, check=False, env=os.environ | {"DVCTT_ROOT": str(project)},
        input="\n",
    )  # fmt: skip
    assert done.returncode == 2
    assert (
        "chi-tieu.csv, line 2, column “breaks”: “2022-13-01” is no day. Write it as 2022-08-15" in done.stderr
    )
    assert "Traceback" not in done.stderr


def test_a_table_of_indicators_is_known_for_one_whatever_separates_or_encodes_it(
    project: Path, tmp_path: Path
) -> None:
    text = codebook_text([LINE])
    tabs = tmp_path / "tabs.csv"
    tabs.write_text(text.replace(",", "\t"), "utf-8")
    add_file(project, tabs, WHO)
    assert LINE["code"] in by_code()
    for name, data, said in (
        ("utf-16.csv", text.encode("utf-16"), "is no UTF-8"),
        ("heads.csv", text.splitlines()[0].encode(), "no indicator below the heads"),
        (
            "columns.csv",
            text.replace(",synonyms", "").replace(",\n", "\n").encode(),
            "columns missing: “synonyms”",
        ),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(CodebookWrong, match=said):
            add_file(project, tmp_path / name, WHO)
    figures = tmp_path / "thang-4-2022.csv"
    figures.write_text("code,name_vi,Tỷ lệ hồ sơ xử lý trực tuyến (%)\n19,Thái Nguyên,41.5\n", "utf-8")
    assert "1 figure of 1 province" in "\n".join(add_file(project, figures, WHO).lines)

"""The commands clean and add, as a user types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gallery import exhibits
from gallery.exhibit import PRO_VI, SUB_VI, simple
from workbooks import csv, xlsx

from analysis.cleaning import processed
from analysis.cleaning.describing import AddRefused, Description, add_file
from analysis.cli import main


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_the_whole_gallery_in_one_run(tmp_path: Path) -> None:
    for exhibit in exhibits():
        (tmp_path / exhibit.file).write_bytes(exhibit.content)
    result = run("clean", *sorted(tmp_path.glob("[0-9]*")), "--out", tmp_path / "out")
    assert result.exit_code == 1  # exhibits without a layout beside them are asked
    assert f"6 of {len(exhibits())} files not usable as a whole" in result.output.splitlines()[-1]
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["totals"]["observations"] == sum(len(exhibit.figures) for exhibit in exhibits())
    assert report["totals"]["quarantine"] == sum(len(exhibit.quarantine) for exhibit in exhibits())
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Để riêng và cách sửa" in page and "Set aside, and how to mend it" in page
    assert 'href="../30-unknown-name.xlsx#' in page


def test_columns_are_those_of_the_design(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(simple()))
    assert run("clean", tmp_path / "a.xlsx", "--out", tmp_path / "out").exit_code == 0
    header = (tmp_path / "out" / "observations.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "province_code,province_frame,indicator,period_start,period_end,frequency,value,unit,numerator,denominator,"
        "qualifier,source_id,raw_location,note"
    )
    header = (tmp_path / "out" / "quarantine.csv").read_text(encoding="utf-8").splitlines()[0]
    assert {"file", "sheet", "cell", "value", "rule", "mend"} <= set(header.split(","))


def test_strict_fails_on_any_quarantine(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(simple("x")))
    assert run("clean", tmp_path / "a.xlsx", "--out", tmp_path / "out").exit_code == 0
    assert run("clean", tmp_path / "a.xlsx", "--out", tmp_path / "out", "--strict").exit_code == 1


def test_wrong_requests(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(simple()))
    assert run("clean", tmp_path / "none.xlsx", "--out", tmp_path).exit_code == 2
    assert run("clean", tmp_path / "a.xlsx").exit_code == 2
    assert run("clean", "--out", tmp_path).exit_code == 2
    (tmp_path / "bad.toml").write_text("first_rw = 3", encoding="utf-8")
    result = run("clean", tmp_path / "a.xlsx", "--out", tmp_path / "out", "--layout", tmp_path / "bad.toml")
    assert result.exit_code == 2 and "first_rw" in result.output


def test_our_own_table_reads_back_with_its_counts(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(
        xlsx(
            [
                ["Năm 2022"],
                ["Tỉnh", "Tổng số hồ sơ", "Số hồ sơ trực tuyến", f"{SUB_VI} (%)"],
                ["Hà Nội", 200, 50, 25],
            ]
        )
    )
    run("clean", tmp_path / "a.xlsx", "--out", tmp_path / "out")
    first = (tmp_path / "out" / "observations.csv").read_text(encoding="utf-8").splitlines()
    assert any(",25.0,percent,50.0,200.0,exact," in line for line in first)
    run("clean", tmp_path / "out" / "observations.csv", "--out", tmp_path / "again")
    again = (tmp_path / "again" / "observations.csv").read_text(encoding="utf-8").splitlines()
    cut = [",".join(line.split(",")[:11]) for line in first]
    assert sorted(",".join(line.split(",")[:11]) for line in again) == sorted(cut)


def fill(path: Path, **answers: str) -> None:
    """Fill in the first open place of each key, as a person does in an editor."""
    text = path.read_text(encoding="utf-8")
    for key, value in answers.items():
        assert f'\n{key} = ""' in text, (key, text)
        text = text.replace(f'\n{key} = ""', f'\n{key} = "{value}"', 1)
    path.write_text(text, encoding="utf-8")


ODD = [["Bảng tổng hợp"], ["", "Cột 1", "Cột 2"], ["Thái Nguyên", 28, 100], ["Yên Bái", 30, 200]]


def test_an_odd_sheet_gets_a_layout_that_then_works(tmp_path: Path) -> None:
    (tmp_path / "odd.xlsx").write_bytes(xlsx(ODD))
    result = run("clean", tmp_path / "odd.xlsx", "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "recognised 2 provinces, the first in A3" in result.output
    path = tmp_path / "out" / "odd.xlsx.layout.toml"
    fill(path, period="Quý I/2022", **{'"Cột 1"': PRO_VI, '"Cột 2"': "n_dossiers_total"})
    for _ in ("this month", "next month"):
        result = run("clean", tmp_path / "odd.xlsx", "--out", tmp_path / "out", "--layout", path)
        assert result.exit_code == 0, result.output
        assert "4 observations, 0 in quarantine" in result.output
        (tmp_path / "odd.xlsx").write_bytes(xlsx([*ODD[:2], ["Hà Nội", 1.5, 5], ["Sơn La", 2.5, 6]]))


def test_a_sheet_that_names_no_province_gets_a_layout_that_then_works(tmp_path: Path) -> None:
    rows = [["Kết quả nộp qua mạng"], ["Mốc", "Đạt"], ["Tháng 7/2022", "41,2"], ["Tháng 8/2022", "43,8"]]
    (tmp_path / "odd.xlsx").write_bytes(xlsx(rows))
    result = run("clean", tmp_path / "odd.xlsx", "--out", tmp_path / "out")
    assert result.exit_code == 1 and "no column or row of province names" in result.output
    path = tmp_path / "out" / "odd.xlsx.layout.toml"
    fill(path, province="Yên Bái", indicator=SUB_VI, period_column="A")
    result = run("clean", tmp_path / "odd.xlsx", "--out", tmp_path / "out", "--layout", path)
    assert result.exit_code == 0 and "2 observations, 0 in quarantine" in result.output, result.output


def test_corrections_are_applied_visibly_and_expire(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(csv(simple("82", "30")))
    (tmp_path / "corrections.toml").write_text(
        '[[correction]]\nfile = "a.csv"\ncell = "B3"\nexpect = "82"\nvalue = "28"\nwhy = "digits swapped in print"\n'
        'reported = "2022-09-01"\n',
        encoding="utf-8",
    )
    assert run("clean", tmp_path / "a.csv", "--out", tmp_path / "out").exit_code == 0
    line = (tmp_path / "out" / "observations.csv").read_text(encoding="utf-8").splitlines()[1]
    assert ",28.0," in line and "corrected from '82': digits swapped in print" in line
    assert "digits swapped" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    (tmp_path / "a.csv").write_bytes(csv(simple("28", "30")))
    result = run("clean", tmp_path / "a.csv", "--out", tmp_path / "out")
    assert result.exit_code == 1 and "expects '82'" in result.output


def test_a_described_file_is_cleaned_with_the_others(
    project_copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    (tmp_path / "ministry.xlsx").write_bytes(xlsx(simple()))
    words = ["add", tmp_path / "ministry.xlsx", "--publisher", "Bộ TT&TT", "--title", "Quý I", "--url", ""]
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert run("check").exit_code == 0
    rows = processed.observations(project_copy)
    added = rows[rows["raw_location"].str.contains("ministry.xlsx")]
    assert len(added) == 2 and len(rows) == 1331
    sources = processed.sources(project_copy).set_index("source_id")
    assert sources.loc[added["source_id"].iloc[0], "publisher"] == "Bộ TT&TT"
    assert run(*words).exit_code == 2  # the same bytes again


def test_add_asks_for_what_is_missing_and_refuses_what_cannot_be_read(
    project_copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.xlsx").write_bytes(xlsx(simple()))
    with pytest.raises(AddRefused, match="publisher and its title"):
        add_file(project_copy, tmp_path / "a.xlsx", Description("", "x"))
    (tmp_path / "b.xlsx").write_bytes(b"%PDF-1.4")
    with pytest.raises(AddRefused, match="is a PDF"):
        add_file(project_copy, tmp_path / "b.xlsx", Description("x", "x"))
    assert processed.is_fresh(project_copy) is False

"""A new file in data/raw, as a stranger adds it: named when forgotten, its bad rows held back one by one."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analysis.cleaning import processed
from analysis.cleaning.raw import PACKAGE, PackageUnreadable, read_package
from analysis.cli import main

FIGURES = "data/raw/published-figures/2026-11-21/published_figures.csv"
INDICATOR = "Tỷ lệ hồ sơ xử lý trực tuyến"
NATURAL = f"""Tỉnh,Chỉ tiêu,Ngày,Giá trị
Thái Nguyên,{INDICATOR},2022-08-31,"41,5%"
Yên Bái,{INDICATOR},2022-08-31,39.2
Sơn La,{INDICATOR},30/09/2022,"58,1"
Lào Cai,{INDICATOR},2022-09-30,158 %
Hà Giang,{INDICATOR},2022-09-31,12
Cao Bằng,{INDICATOR},2022-09-30,58,1
"""


@pytest.fixture
def project(project_copy: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    return project_copy


def dvctt(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def add(file: Path) -> Result:
    return dvctt(
        "add", str(file), "--publisher", "Sở TTTT", "--title", "Báo cáo", "--url", "https://example.org/a"
    )


def describe_anew(root: Path, path: str) -> None:
    """Write size and hash of a file that a test has changed into the package."""
    import hashlib

    package = json.loads((root / PACKAGE).read_text("utf-8"))
    for resource in package["resources"]:
        if path.endswith(resource["path"]):
            content = (root / path).read_bytes()
            resource |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    (root / PACKAGE).write_text(json.dumps(package, ensure_ascii=False), "utf-8")


def test_a_natural_table_is_added_and_its_bad_rows_are_held_back(project: Path, tmp_path: Path) -> None:
    (tmp_path / "thang-8.csv").write_text(NATURAL, "utf-8")
    assert add(tmp_path / "thang-8.csv").exit_code == 0
    cleaned = dvctt("clean")
    assert cleaned.exit_code == 0, cleaned.output
    assert "1332 observations, 88 targets, 88 in quarantine" in cleaned.output
    rows = processed.observations(project).query("raw_location.str.contains('thang-8')")
    assert rows[["province_code", "period_end", "value", "note"]].values.tolist() == [
        ["19", "2022-08-31", 41.5, ""],
        ["15", "2022-08-31", 39.2, ""],
        ["14", "2022-09-30", 58.1, ""],
    ]
    held = processed.quarantine(project).query("file.str.contains('thang-8')")
    assert sorted(held[["cell", "rule"]].values.tolist()) == [
        ["A7", "cells_uneven"],
        ["D5", "out_of_range"],
        ["D6", "period_unknown"],
    ]


def test_the_day_of_access_is_not_taken_for_the_period_of_a_table(project: Path, tmp_path: Path) -> None:
    other = "Tỷ lệ thanh toán trực tuyến tháng 8/2022 (%)"
    table = f"Tỉnh,{INDICATOR} (%),{other}\nYên Bái,39.2,30.5\nSơn La,58.1,31.5\n"
    (tmp_path / "bang.csv").write_text(table, "utf-8")
    assert add(tmp_path / "bang.csv").exit_code == 0
    dvctt("clean")
    held = processed.quarantine(project).query("file.str.contains('bang')")
    assert held["rule"].tolist() == ["period_unknown"] * 2


def test_a_file_without_any_period_is_not_added(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bang.csv").write_text(f"Tỉnh,{INDICATOR} (%)\nYên Bái,39.2\nSơn La,58.1\n", "utf-8")
    refused = add(tmp_path / "bang.csv")
    assert refused.exit_code == 2 and "no period is said for the table" in refused.output
    assert not any("bang" in raw.path for raw in read_package(project))


def test_a_file_nobody_described_is_named_with_how_to_add_it(project: Path) -> None:
    stray = project / "data/raw/sở/thang 8.csv"
    stray.parent.mkdir()
    stray.write_text(NATURAL, "utf-8")
    wanted = "data/raw/sở/thang 8.csv is not described in datapackage.json"
    assert wanted in dvctt("check").output
    assert wanted in dvctt("clean").output
    assert 'dvctt add "data/raw/sở/thang 8.csv" --publisher' in dvctt("clean").output
    assert add(stray).exit_code == 0
    assert [raw.path for raw in read_package(project)][-1] == "data/raw/sở/thang 8.csv"
    assert "not described" not in dvctt("check").output


def test_a_brief_says_what_it_does_not_use(project: Path) -> None:
    from analysis import briefs

    (project / "data/raw/moi.csv").write_text(NATURAL, "utf-8")
    assert [line.split(" is ")[0] for line in briefs.describe_unused()] == ["data/raw/moi.csv"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hash": None, "sha256": "ab"}, "“hash” is missing; it has “sha256”"),
        ({"hash": "sha256:12"}, "“hash” is 'sha256:12'. Expected"),
        ({"bytes": "12"}, "“bytes” is '12'. Expected"),
        ({"path": None}, "“path” is missing"),
        ({"sources": "x"}, "“sources” is 'x'"),
        ({"title": 3}, "“title” is 3"),
    ],
)
def test_a_wrong_key_is_named_with_its_resource(project: Path, change: dict[str, object], said: str) -> None:
    package = json.loads((project / PACKAGE).read_text("utf-8"))
    changed = package["resources"][1] | change
    package["resources"][1] = {key: value for key, value in changed.items() if value is not None}
    (project / PACKAGE).write_text(json.dumps(package), "utf-8")
    with pytest.raises(PackageUnreadable) as caught:
        read_package(project)
    assert "resource 2 (“target-setting”)" in str(caught.value) and said in str(caught.value)
    assert "checkout" not in str(caught.value)


FAULTS = [
    (",51.49,", ',"58,1",', "number_unreadable"),
    (",1.6,", ",1,6,", "cells_uneven"),
    (",39.82,", ",158,", "out_of_range"),
    (",4.6,", ",158 %,", "number_unreadable"),
    (",2022-03-31,", ",20/08/2022,", "date_unreadable"),
    (",2022-06-30,", ",2022-09-31,", "date_unreadable"),
    (",2021-08-20,2022-08-20,", ",2022-09-01,2022-08-20,", "date_unreadable"),
    (",percent,", ",count,", "unit_unlike"),
    (",exact,", ",sure,", "word_unknown"),
    (",observed,", ",seen,", "word_unknown"),
]


def test_bad_rows_of_printed_figures_are_held_back_one_by_one(project: Path) -> None:
    file = project / FIGURES
    lines = file.read_text("utf-8").split("\n")
    at_fault: dict[int, str] = {}
    for old, new, rule in FAULTS:
        # Of the lines that are figures: no targets, and none whose source gives no day.
        figures = (n for n, text in enumerate(lines) if ",observed," in text and ",,,," not in text)
        line = next(n for n in figures if n not in at_fault and old in lines[n])
        lines[line], at_fault[line] = lines[line].replace(old, new, 1), rule
    file.write_text("\n".join(lines), "utf-8")
    describe_anew(project, FIGURES)
    cleaned = dvctt("clean")
    assert cleaned.exit_code == 0, cleaned.output
    assert (
        f"{1329 - len(FAULTS)} observations, 88 targets, {85 + len(FAULTS)} in quarantine" in cleaned.output
    )
    held = processed.quarantine(project).query("file == @FIGURES and rule in @at_fault.values()")
    assert {
        int(cell[1:]) - 1: rule for cell, rule in zip(held["cell"], held["rule"], strict=True)
    } == at_fault


def test_a_figure_id_with_two_values_is_reported_and_both_are_kept(project: Path) -> None:
    file = project / FIGURES
    text = file.read_text("utf-8")
    again = text.split("\n")[1].replace(",51.49,", ",52.5,")
    file.write_text(text.rstrip("\n") + "\n" + again + "\n", "utf-8")
    describe_anew(project, FIGURES)
    cleaned = dvctt("clean")
    assert "figure_id F0001 stands there with 51.49 (line 2) and 52.5 (line" in cleaned.output
    assert "1330 observations" in cleaned.output
    assert "figures with another value elsewhere: 2; all are kept" in cleaned.output
    report = json.loads((project / "data/processed/report.json").read_text("utf-8"))
    (group,) = [g for g in report["contradictions"] if 52.5 in [f["value"] for f in g["figures"]]]
    assert group["differ"] and {51.49, 52.5} <= {figure["value"] for figure in group["figures"]}


def test_a_missing_column_is_named_without_a_traceback(project: Path) -> None:
    file = project / FIGURES
    file.write_text(file.read_text("utf-8").replace(",period_end,", ",until,", 1), "utf-8")
    describe_anew(project, FIGURES)
    cleaned = dvctt("clean")
    assert cleaned.exit_code == 1 and "period_end" in cleaned.output and "spreadsheet" in cleaned.output


def test_a_table_without_an_indicator_is_not_added_and_the_mend_is_told(
    project: Path, tmp_path: Path
) -> None:
    table = "Tỉnh;Tháng 8/2022;Tháng 9/2022\nThái Nguyên;41,5;43\nSơn La;58,1;57\n"
    (tmp_path / "bang.csv").write_text(table, "utf-8")
    refused = add(tmp_path / "bang.csv")
    assert refused.exit_code == 2 and "in the file's name" in refused.output
    assert "beside the output" not in refused.output, "nothing was written yet"
    (tmp_path / "own.csv").write_text(
        "Tỉnh;Tháng 8/2022: Số cây trồng mới\nThái Nguyên;41\nSơn La;58\n", "utf-8"
    )
    assert "that the codebook lacks, it writes the lines" in add(tmp_path / "own.csv").output
    form = "Tỉnh,Kỳ báo cáo,Tổng số hồ sơ tiếp nhận,Số hồ sơ trực tuyến,Tỷ lệ hồ sơ xử lý trực tuyến (%),Ghi chú\n"
    rows = "".join(f"Vĩnh Long,0{month}/2022,,,,số trong tháng\n" for month in range(1, 9))
    (tmp_path / "form.csv").write_text(form + rows, "utf-8")
    assert "the form is empty: 8 rows with names" in add(tmp_path / "form.csv").output
    (tmp_path / f"{INDICATOR}.csv").write_text(table, "utf-8")
    assert add(tmp_path / f"{INDICATOR}.csv").exit_code == 0
    (tmp_path / "empty.csv").write_text("", "utf-8")
    assert "Nothing was added." in add(tmp_path / "empty.csv").output


ODD = "Tên gọi;HS vào\nThái Nguyên;{a}\nYên Bái;{b}\n"
LAYOUT = '[indicators]\n"HS vào" = "n_dossiers_total"\n[[tables]]\nperiod = "{period}"\n'


def test_an_odd_file_is_added_with_its_layout_which_serves_the_next_one_too(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "thang-8.csv").write_text(ODD.format(a=111, b=222), "utf-8")
    refused = add(tmp_path / "thang-8.csv")
    assert refused.exit_code == 2 and "add the file with --layout" in refused.output
    (tmp_path / "filled.toml").write_text(LAYOUT.format(period="8/2022"), "utf-8")
    words = ["--publisher", "Sở TTTT", "--title", "Báo cáo", "--url", ""]
    added = dvctt("add", str(tmp_path / "thang-8.csv"), "--layout", str(tmp_path / "filled.toml"), *words)
    assert added.exit_code == 0, added.output
    (raw,) = [raw for raw in read_package(project) if raw.layout]
    assert raw.layout == f"{raw.path}.layout.toml"
    assert "is not described" not in dvctt("check").output
    (tmp_path / "thang-9.csv").write_text("Kết quả tháng 8/2022\n" + ODD.format(a=333, b=444), "utf-8")
    again = dvctt("add", str(tmp_path / "thang-9.csv"), "--layout", str(project / raw.layout), *words)
    assert again.exit_code == 0, again.output
    assert [one.layout for one in read_package(project)].count(raw.layout) == 2
    rows = processed.observations(project).query("raw_location.str.contains('thang-')")
    assert sorted(rows["value"]) == [111, 222, 333, 444]


def test_a_described_file_is_given_a_layout_and_another_one_later(project: Path, tmp_path: Path) -> None:
    heads = "Kết quả tháng 8/2022\nTỉnh;Tỷ lệ hồ sơ xử lý trực tuyến (%);HS vào\n"
    table = f"{heads}Thái Nguyên;41,5;111\nYên Bái;43,2;222\n"
    (tmp_path / "thang-8.csv").write_text(table, "utf-8")
    words = ["--publisher", "Sở TTTT", "--title", "Báo cáo", "--url", ""]
    assert dvctt("add", str(tmp_path / "thang-8.csv"), *words).exit_code == 0
    assert len(processed.observations(project).query("raw_location.str.contains('thang-8')")) == 2
    again = dvctt("add", str(tmp_path / "thang-8.csv"), *words)
    assert again.exit_code == 2 and "add it again with --layout" in again.output
    for code in ("n_services_total", "n_dossiers_total"):
        (tmp_path / "filled.toml").write_text(f'[indicators]\n"HS vào" = "{code}"\n', "utf-8")
        added = dvctt("add", str(tmp_path / "thang-8.csv"), "--layout", str(tmp_path / "filled.toml"), *words)
        assert added.exit_code == 0 and "read by thang-8.csv.layout.toml from now on" in added.output
        rows = processed.observations(project).query("raw_location.str.contains('thang-8')")
        assert sorted(rows["value"]) == [41.5, 43.2, 111, 222] and code in set(rows["indicator"])
    (raw,) = [raw for raw in read_package(project) if raw.layout]
    assert raw.layout == f"{raw.path}.layout.toml"
    assert "is not described" not in dvctt("check").output


def test_a_layout_that_changed_makes_the_tables_anew_and_one_that_is_gone_is_named(
    project: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(ODD.format(a=111, b=222), "utf-8")
    (tmp_path / "filled.toml").write_text(LAYOUT.format(period="8/2022"), "utf-8")
    words = ["--publisher", "Sở TTTT", "--title", "Báo cáo", "--url", ""]
    dvctt("add", str(tmp_path / "a.csv"), "--layout", str(tmp_path / "filled.toml"), *words)
    processed.observations(project)
    (raw,) = [raw for raw in read_package(project) if raw.layout]
    (project / raw.layout).write_text(LAYOUT.format(period="9/2022"), "utf-8")
    rows = processed.observations(project).query("raw_location.str.contains('a.csv')")
    assert set(rows["period_end"]) == {"2022-09-30"}
    (project / raw.layout).unlink()
    gone = dvctt("clean")
    assert gone.exit_code == 1 and f"{raw.layout} is not there" in gone.output


def test_shares_that_their_counts_contradict_are_named_with_status_1(project: Path, tmp_path: Path) -> None:
    names = ["Thái Nguyên", "Yên Bái", "Sơn La", "Cao Bằng"]
    rows = [f"{name},1000,{300 + n},{70 - 9 * n}" for n, name in enumerate(names)]
    head = "Tỉnh,Tổng số hồ sơ tiếp nhận,Số hồ sơ trực tuyến,Tỷ lệ hồ sơ xử lý trực tuyến (%)"
    (tmp_path / "thang-8-2022.csv").write_text("\n".join([head, *rows]), "utf-8")
    for result in (add(tmp_path / "thang-8-2022.csv"), dvctt("clean")):
        assert result.exit_code == 1 and "most shares are not those of the counts" in result.output


def test_of_a_file_that_was_not_added_nothing_is_promised(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bang.csv").write_text(
        f"Tỉnh,Chỉ tiêu,Ngày,Giá trị\nYên Bái,{INDICATOR},2022-08-31,158 %\n", "utf-8"
    )
    result = add(tmp_path / "bang.csv")
    assert result.exit_code == 2 and "D2:" in result.output and "report.html" not in result.output


def test_rows_that_contradict_each_other_on_one_decision_are_named_when_added(
    project: Path, tmp_path: Path
) -> None:
    head = "Tỉnh,Chỉ tiêu,Ngày ban hành,Chỉ tiêu giao,Thời hạn,Đối tượng,Số ký hiệu"
    row = f'Sơn La,{INDICATOR},5/5/2022,60%,31/12/2022,"Các sở, ban, ngành",1/QĐ'
    other = row.replace("Sơn La", "Lai Châu")
    (tmp_path / "qd.csv").write_text("\n".join([head, row, row.replace("60%", "70%"), other]), "utf-8")
    result = add(tmp_path / "qd.csv")
    assert "read: 1 decision with 1 target of 1 province" in result.output
    assert "held: 2 rows or cells" in result.output and "A2:" in result.output and "A3:" in result.output


def test_adding_decisions_says_which_count_and_why_the_others_do_not(project: Path, tmp_path: Path) -> None:
    head = "Tỉnh,Chỉ tiêu,Ngày ban hành,Chỉ tiêu giao,Thời hạn,Đối tượng,Số ký hiệu"
    scopes = ["Các sở", "", "UBND huyện", "toàn tỉnh"]
    rows = [
        f'{name},{INDICATOR},5/5/2022,60%,31/12/2022,"{scope}",{n}/QĐ-UBND'
        for n, (name, scope) in enumerate(
            zip(["Sơn La", "Lai Châu", "Hà Nam", "Phú Thọ"], scopes, strict=True)
        )
    ]
    (tmp_path / "qd.csv").write_text("\n".join([head, *rows]), "utf-8")
    output = add(tmp_path / "qd.csv").output
    assert "count as decisions that bind agencies: 3 of 4" in output
    assert "not qd.csv:5: “toàn tỉnh” names a whole area" in output


def test_what_only_the_press_tells_of_without_number_or_addressee_is_named(
    project: Path, tmp_path: Path
) -> None:
    row = f"Sơn La,{INDICATOR},5/5/2022,60%,31/12/2022,press"
    head = "province,indicator,announced,target_value,deadline,stated_by"
    (tmp_path / "bao.csv").write_text(f"{head}\n{row}", "utf-8")
    output = add(tmp_path / "bao.csv").output
    assert "bind agencies: 0 of 1" in output and "not bao.csv:2: only the press tells of it" in output


def test_no_address_is_asked_for_where_nobody_can_answer(project: Path, tmp_path: Path) -> None:
    (tmp_path / "thang-8.csv").write_text(NATURAL, "utf-8")
    words = ["add", str(tmp_path / "thang-8.csv"), "--publisher", "Sở", "--title", "Báo cáo"]
    done = CliRunner().invoke(main, words)  # its standard input is no terminal
    assert "Address" not in done.output and "read: 3 figures of 3 provinces" in done.output
    (added,) = [raw for raw in read_package(project) if raw.path.endswith("thang-8.csv")]
    assert added.url == ""


@pytest.mark.parametrize(
    ("published", "refused"),
    [("2022-07-31", True), ("2021", True), ("2022-08", False), ("2022-08-05", False), ("2022", False)],
)
def test_a_day_of_publication_before_the_figures_is_refused_with_both_days(
    project: Path, tmp_path: Path, published: str, refused: bool
) -> None:
    table = f"Tỉnh,{INDICATOR} tháng 8/2022 (%)\nYên Bái,39.2\nSơn La,58.1\n"
    (tmp_path / "bang.csv").write_text(table, "utf-8")
    known = ("--publisher", "Sở", "--title", "Báo cáo", "--url", "", "--published", published)
    said = dvctt("add", str(tmp_path / "bang.csv"), *known)
    assert said.exit_code == (2 if refused else 0), said.output
    if refused:
        assert all(text in said.output for text in (f"--published {published}", "2022-08-31", "bang.csv:2"))
        assert not any("bang.csv" in raw.path for raw in read_package(project))


def test_a_state_on_a_day_may_be_published_in_its_own_month(project: Path, tmp_path: Path) -> None:
    (tmp_path / "bang.csv").write_text(NATURAL.replace("30/09", "31/08").replace("09-30", "08-31"), "utf-8")
    known = ("--publisher", "Sở", "--title", "Báo cáo", "--url", "", "--published")
    assert dvctt("add", str(tmp_path / "bang.csv"), *known, "2022-08-25").exit_code == 0


def test_decisions_that_contradict_each_other_end_clean_with_status_1(project: Path, tmp_path: Path) -> None:
    assert dvctt("clean").exit_code == 0
    head = "Tỉnh,Chỉ tiêu,Ngày ban hành,Chỉ tiêu giao,Thời hạn,Đối tượng,Số ký hiệu"
    for n, level in enumerate(("50%", "60%")):
        row = f'Sơn La,{INDICATOR},5/5/2022,{level},31/12/2022,"Các sở, ban, ngành",1/QĐ'
        (tmp_path / f"qd-{n}.csv").write_text(f"{head}\n{row}\n", "utf-8")
        added = add(tmp_path / f"qd-{n}.csv")
        assert added.exit_code == 0, added.output
    cleaned = dvctt("clean")
    assert cleaned.exit_code == 1 and "contradict each other on one decision" in cleaned.output
    assert (processed.quarantine(project)["rule"] == "decision_contradicted").sum() == 2

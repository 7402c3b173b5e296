"""Figures beside the months before and after: what a wrong file is found to be, and that a right one is not found."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sent_months import COUNTS, SHARES, Fault, Months, panel, scaled, shifted, swapped, write, write_month

from analysis.cleaning import processed
from analysis.cleaning.corrections import CorrectionUnreadable, read_accepted
from analysis.cleaning.files import FileOutcome, clean_file
from analysis.cleaning.findings import Finding
from analysis.cleaning.messages import Message
from analysis.cleaning.over_time import GRAVE_RULES, find_all, hold_back
from analysis.cleaning.shapes import Cleaned, join
from analysis.cli import main
from analysis.panels.study_panel import assemble_panel
from analysis.study import read_study

MONTH = "2021-05"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


# A month that several tests send unchanged is read once; nothing changes what was read.
_read: dict[tuple[str, bytes], FileOutcome] = {}


def read(folder: Path, months: Months, **how: object) -> list[FileOutcome]:
    found = []
    for path in write(folder, months, **how):
        key = path.name, path.read_bytes()
        if key not in _read:
            _read[key] = clean_file(path)
        found.append(_read[key])
    return found


def whole(outcomes: list[FileOutcome]) -> Cleaned:
    return join([outcome.cleaned for outcome in outcomes])


def compare(outcomes: list[FileOutcome]) -> tuple[Cleaned, list[Finding], int]:
    """Return what is left, what was found, and how many figures are held back."""
    kept, read = whole(hold_back(outcomes)), whole(outcomes)
    held = len(read.observations) - len(kept.observations)
    assert held == len(kept.quarantine) - len(read.quarantine)
    return kept, find_all(read.observations), held


def grave(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.file.split(".")[0], finding.end, finding.rule) for finding in findings if finding.grave]


def found(
    folder: Path, fault: Fault, month: str = MONTH, **how: object
) -> tuple[Cleaned, list[Finding], int]:
    months = panel()
    months[month] = fault(months[month])
    kept, findings, held = compare(read(folder, months, **how))
    assert {place[:15] for place in kept.quarantine["file"]} <= {f"bao-cao-{month}"}
    return kept, findings, held


@pytest.mark.parametrize(
    ("fault", "rule", "code"),
    [
        (lambda rows: shifted(rows), "over_time_moved", "over_time_moved"),
        (lambda rows: shifted(rows, -1), "over_time_moved", "over_time_moved.up"),
        (lambda rows: shifted(rows, 1, 30), "over_time_moved", "over_time_moved"),
        (lambda rows: swapped(rows), "over_time_swapped", "over_time_swapped"),
        (lambda rows: swapped(rows, 32), "over_time_swapped", "over_time_swapped"),
        (lambda rows: scaled(rows, 0.1), "over_time_counts", "over_time_counts.scaled"),
        (lambda rows: scaled(rows, 0.1, 32), "over_time_counts", "over_time_counts.scaled"),
    ],
)
def test_a_wrong_month_is_found_and_held(tmp_path: Path, fault: Fault, rule: str, code: str) -> None:
    _, findings, held = found(tmp_path, fault, kind="csv")
    assert set(grave(findings)) == {(f"bao-cao-{MONTH}", "2021-05-31", rule)}
    assert {finding.said.code for finding in findings if finding.grave} == {code}
    assert held >= 31 * len(SHARES)
    for language, period in (("vi", "tháng 5/2021"), ("en", "2021-05")):
        told = findings[0].said.told(language)
        assert told.startswith(f"bao-cao-{MONTH}.csv: {period}: ") and "…:" not in told and "nan" not in told


def test_shares_without_counts_on_another_scale(tmp_path: Path) -> None:
    months = panel()
    months[MONTH] = scaled(months[MONTH], 0.1)
    _, findings, held = compare(read(tmp_path, months, columns=SHARES))
    assert grave(findings) == [(f"bao-cao-{MONTH}", "2021-05-31", "over_time_scaled")]
    assert findings[0].said.values["factor"] == pytest.approx(0.1)
    assert held == 126


def test_counts_in_thousands(tmp_path: Path) -> None:
    _, findings, held = found(tmp_path, lambda rows: scaled(rows, 1000, columns=(3, 4)))
    assert grave(findings) == [(f"bao-cao-{MONTH}", "2021-05-31", "over_time_scaled")]
    assert held == 378


def test_two_provinces_exchanged(tmp_path: Path) -> None:
    kept, findings, held = found(tmp_path, lambda rows: [*rows[:20], rows[21], rows[20], *rows[22:]])
    assert grave(findings) == [(f"bao-cao-{MONTH}", "2021-05-31", "over_time_moved")]
    assert held <= 18 and len(kept.observations) > 8 * 63 * 6 - 19


def test_one_block_that_slipped_alone_sets_the_month_aside(tmp_path: Path) -> None:
    def slip(rows: list[list[float]]) -> list[list[float]]:
        return [[*row[:3], *other[3:]] for row, other in zip(rows, shifted(rows), strict=True)]

    kept, findings, _ = found(tmp_path, slip)
    assert grave(findings) == [(f"bao-cao-{MONTH}", "2021-05-31", "over_time_moved")]
    left = kept.observations[kept.observations["period_end"] == "2021-05-31"]["indicator"]
    assert left.empty


@pytest.mark.parametrize("back", [1, 3])
def test_an_earlier_month_sent_again(tmp_path: Path, back: int) -> None:
    months = panel()
    earlier = f"2021-{7 - back:02d}"
    months["2021-07"] = [list(row) for row in months[earlier]]
    _, findings, _ = compare(read(tmp_path, months))
    assert grave(findings) == [("bao-cao-2021-07", "2021-07-31", "over_time_copied")]
    assert f"those of {earlier} (file “bao-cao-{earlier}.xlsx”)" in str(findings[0].said)


def test_a_month_under_the_name_of_another(tmp_path: Path) -> None:
    months = panel(months=10)
    months["2021-07"] = months.pop("2021-05")
    _, findings, _ = compare(read(tmp_path, dict(sorted(months.items()))))
    assert grave(findings) == [("bao-cao-2021-07", "2021-07-31", "over_time_misdated")]
    assert "fits 2021-05" in str(findings[0].said) and "khớp với tháng 5/2021" in findings[0].said.told("vi")


def test_two_files_of_one_month(tmp_path: Path) -> None:
    months = panel()
    outcomes = read(tmp_path, months)
    (tmp_path / "b").mkdir()
    again = [
        row if n > 2 else [*row[:4], row[4] + 90, round(100 * (row[4] + 90) / row[3], 2)]
        for n, row in enumerate(months[MONTH])
    ]
    path = write_month(tmp_path / "b", MONTH, again)
    _, findings, held = compare([*outcomes, clean_file(path, name="dinh-chinh.xlsx")])
    assert held == 0
    assert [(finding.rule, finding.said.values["provinces"]) for finding in findings] == [
        ("over_time_twice", 3)
    ]


def divided(rows: list[list[float]], columns: tuple[int, ...]) -> list[list[float]]:
    """Return a table in which columns were divided by ten, counts without the rest."""
    return [
        [(round(v / 10, 2) if j in SHARES else v // 10) if j in columns else v for j, v in enumerate(row)]
        for row in rows
    ]


@pytest.mark.parametrize(
    "fault",
    [
        shifted,
        lambda rows: shifted(rows, 1, 31),
        lambda rows: shifted(rows, -1, 0, 40),
        lambda rows: swapped(rows, 40),
        lambda rows: scaled(rows, 0.1, 50),
        lambda rows: divided(rows, COUNTS),
        lambda rows: divided(rows, (*COUNTS, *SHARES)),
        lambda rows: divided(rows, COUNTS[:2]),
    ],
)
def test_of_a_file_at_fault_in_more_than_a_few_rows_no_row_and_no_total_is_left(
    tmp_path: Path, fault: Fault
) -> None:
    months = panel()
    others = read(tmp_path, {month: rows for month, rows in months.items() if month != MONTH})
    wrong = clean_file(write_month(tmp_path, MONTH, fault(months[MONTH]), total=True))
    assert (wrong.cleaned.observations["province_code"] == "VN").sum() == 6
    outcomes = hold_back([*others, wrong])
    assert outcomes[-1].cleaned.observations.empty and outcomes[-1].refused
    held = outcomes[-1].cleaned.quarantine
    assert len(held) == len(wrong.cleaned.observations) + len(wrong.cleaned.quarantine)
    assert held["mend"].str.contains("totals included").any()
    assert all(len(outcome.cleaned.observations) == 378 for outcome in outcomes[:-1])


def test_a_copied_month_takes_its_total_along(tmp_path: Path) -> None:
    months = panel()
    last = max(months)
    others = read(tmp_path, {month: rows for month, rows in months.items() if month != last})
    outcomes = hold_back([*others, clean_file(write_month(tmp_path, last, months["2021-03"], total=True))])
    assert outcomes[-1].cleaned.observations.empty


@pytest.mark.parametrize(
    ("at_fault", "parts"),
    [("shares", (1, 1, 10)), ("counts", (1, 10, 1)), ("both", (100, 100, 10))],
)
@pytest.mark.parametrize("rows", [3, 63])
def test_the_months_before_say_whether_shares_or_counts_are_at_fault(
    tmp_path: Path, at_fault: str, parts: tuple[int, int, int], rows: int
) -> None:
    months = panel()
    for row in months[MONTH][:rows]:
        for start in (0, 3):
            whole, part, share = row[start : start + 3]
            row[start : start + 3] = [whole // parts[0], part // parts[1], round(share / parts[2], 2)]
    kept, findings, _ = compare(read(tmp_path, months))
    told = [finding.said.values["fault"] for finding in findings if "fault" in finding.said.values]
    assert {said.code for said in told if isinstance(said, Message)} == {f"over_time_fault.{at_fault}"}
    left = kept.observations[kept.observations["period_end"] == "2021-05-31"]
    if rows == 63:
        assert left.empty
    else:
        counts = left["unit"] == "count"
        assert (~counts).sum() == 2 * 60
        assert counts.sum() == 4 * (63 if at_fault == "shares" else 60)


def test_without_months_before_neither_shares_nor_counts_are_kept(tmp_path: Path) -> None:
    months = dict(list(panel().items())[:1])
    month = next(iter(months))
    months[month] = scaled(months[month], 0.1)
    kept, findings, _ = compare(read(tmp_path, months))
    assert kept.observations.empty
    assert "do not tell whether shares or counts are wrong" in str(findings[0].said)


def test_34_provinces(tmp_path: Path) -> None:
    months = panel("2025-08", frame="34")
    right = {path: list(map(list, rows)) for path, rows in months.items()}
    assert not compare(read(tmp_path, right, frame="34"))[1]
    months["2025-11"] = shifted(months["2025-11"])
    _, findings, _ = compare(read(tmp_path, months, frame="34"))
    assert grave(findings) == [("bao-cao-2025-11", "2025-11-30", "over_time_moved")]


def test_the_newest_month_is_judged_by_those_before(tmp_path: Path) -> None:
    assert grave(found(tmp_path, shifted, "2021-08")[1]) == [
        ("bao-cao-2021-08", "2021-08-31", "over_time_moved")
    ]


def test_too_little_to_compare_with_says_nothing(tmp_path: Path) -> None:
    months = dict(list(panel().items())[:2])
    months["2021-02"] = shifted(months["2021-02"])
    assert not compare(read(tmp_path, months))[1]


def test_right_panels_are_left_alone(tmp_path: Path) -> None:
    for seed in (2, 3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        _, findings, held = compare(read(folder, panel(months=9, seed=seed), kind="csv"))
        assert held == 0 and not findings


def test_the_projects_own_figures_are_left_alone(root: Path) -> None:
    from analysis.cleaning.described import clean_described

    _, findings, held = compare(clean_described(root))
    assert held == 0 and not [finding for finding in findings if finding.grave]


def test_another_indicator_under_the_name_is_held(tmp_path: Path) -> None:
    months, others = panel(months=10), panel(months=10, seed=9)
    for month in ("2021-08", "2021-09", "2021-10"):
        shares = [min(99.0, 40 + row[5] / 2) for row in others[month]]
        months[month] = [
            [*row[:2], share, *row[3:]] for row, share in zip(months[month], shares, strict=True)
        ]
    kept, findings, held = compare(read(tmp_path, months, columns=SHARES))
    wrong = ["2021-08-31", "2021-09-30", "2021-10-31"]
    assert {(end, rule) for _, end, rule in grave(findings)} == {(end, "over_time_pattern") for end in wrong}
    assert held == 3 * 63 == (kept.quarantine["rule"] == "over_time_pattern").sum()


def test_blocks_of_provinces_exchanged_in_the_newest_month_are_held_and_the_months_before_stay(
    tmp_path: Path,
) -> None:
    months = panel(months=4)
    last = max(months)
    rows = months[last]
    months[last] = [*rows[32:], *rows[:32]]
    result = run("clean", *write(tmp_path, months), "--out", tmp_path / "out")
    assert result.exit_code == 1 and "do not stand to each other" in result.output
    assert f"bao-cao-{last}.xlsx: 378 observations" in result.output
    assert f"{3 * 378} observations, 378 in quarantine" in result.output
    assert {line.split(":")[1].strip() for line in result.output.splitlines() if line[:9] == "compared:"} == {
        f"bao-cao-{last}.xlsx"
    }


def test_a_level_after_a_long_gap_holds_neither_the_month_after_nor_the_month_before(tmp_path: Path) -> None:
    months = panel(months=16)
    kept_months = sorted(months)[:10]
    newest = sorted(months)[-1]
    sent = {month: months[month] for month in kept_months} | {newest: months[kept_months[-1]]}
    sent[newest] = [[*row[:2], *(value * 1.01 for value in row[2:])] for row in sent[newest]]
    _, findings, _ = compare(read(tmp_path, sent))
    assert "over_time_misdated" not in {finding.rule for finding in findings}


def test_the_screen_the_report_and_the_exit_status_say_it(tmp_path: Path) -> None:
    months = panel()
    months[MONTH] = shifted(months[MONTH])
    result = run("clean", *write(tmp_path, months), "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert f"compared: bao-cao-{MONTH}.xlsx: 2021-05: the figures of" in result.output
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    problems = [problem for file in report["files"] for problem in file["problems"]]
    assert [problem["code"] for problem in problems] == ["over_time_moved"]
    assert "Tháng 5/2021: số liệu của" in problems[0]["vi"]
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert "Số liệu lệch dòng" in page and "Figures in the wrong row" in page
    held = pd.read_csv(tmp_path / "out" / "quarantine.csv")
    assert set(held["rule"]) == {"over_time_moved"} and held["cell"].str.fullmatch(r"[B-G]\d+").all()
    counted = {
        file["file"]: (file["observations"], file["tables"][0]["observations"]) for file in report["files"]
    }
    assert counted[f"bao-cao-{MONTH}.xlsx"] == (63 * 6 - len(held),) * 2
    assert counted["bao-cao-2021-04.xlsx"] == (63 * 6,) * 2


@pytest.mark.parametrize(
    ("name", "head", "held"),
    [
        ("Bao cao DVCTT thang 6-2023.csv", "tháng 5/2023", "01/05/2023 - 31/05/2023"),
        ("bao_cao_quy_IV-2022.csv", "quý III/2022", "01/07/2022 - 30/09/2022"),
        ("Bao cao thang 5-2023.csv", "tháng 5/2023", ""),
        ("Bao cao thang 5.csv", "tháng 4/2023", ""),  # no year: not surely a month of reporting
        ("Bao cao thang 6-2023.csv", "6 tháng đầu năm 2023", ""),  # a month that closes the half-year
        ("Bao cao 15-6-2023.csv", "tháng 5/2023", ""),  # the day on which it was sent
        ("Bao cao nam 2023.csv", "tháng 5/2023", ""),
    ],
)
def test_a_file_named_after_another_period_is_held_and_both_are_named(
    tmp_path: Path, name: str, head: str, held: str
) -> None:
    table = f"Tỉnh,Tỷ lệ hồ sơ xử lý trực tuyến {head} (%)\nYên Bái,39.2\nSơn La,58.1\n"
    (tmp_path / name).write_text(table, "utf-8")
    result = run("clean", tmp_path / name, "--out", tmp_path / "out")
    assert result.exit_code == (1 if held else 0), result.output
    assert f"{0 if held else 2} observations, {2 if held else 0} in quarantine" in result.output
    if held:
        assert f"“{Path(name).stem.replace('_', ' ')}” says" in result.output
        assert f"figures are of {held}:" in result.output


ACCEPTED = f"""[[accepted]]
file = 'bao-cao-{MONTH}.xlsx'
period = '2021-05-31'
finding = 'over_time_moved'
why = 'confirmed by the ministry on 3 June 2021'
"""


def test_an_accepted_finding_holds_nothing_and_is_still_said(tmp_path: Path) -> None:
    months = panel()
    months[MONTH] = shifted(months[MONTH])
    files = write(tmp_path, months)
    (tmp_path / "corrections.toml").write_text(ACCEPTED, "utf-8")
    result = run("clean", *files, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "accepted in corrections.toml (confirmed by the ministry on 3 June 2021)" in result.output
    assert f"{8 * 63 * 6} observations, 0 in quarantine" in result.output


def test_an_acceptance_of_what_is_not_found_is_said(tmp_path: Path) -> None:
    (tmp_path / "corrections.toml").write_text(ACCEPTED, "utf-8")
    accepted = read_accepted(tmp_path / "corrections.toml", GRAVE_RULES)
    outcomes = hold_back([clean_file(path) for path in write(tmp_path, panel())], accepted)
    said = [str(notice) for outcome in outcomes for notice in outcome.notices]
    assert len(said) == 1 and said[0].startswith(
        f"bao-cao-{MONTH}.xlsx: corrections.toml accepts over_time_moved"
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("over_time_moved", "moved", "finding 'moved' is not one of over_time_moved"),
        ("confirmed by the ministry on 3 June 2021", " ", "“why” is empty"),
        ("period", "month", "Expected [[accepted]] with file, period, finding, why"),
        ("period", "month", "[[accepted]] 1: “month” is no key, “period” is missing"),
    ],
)
def test_an_acceptance_that_cannot_be_read_names_what_is_wrong(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text(ACCEPTED.replace(old, new), "utf-8")
    with pytest.raises(CorrectionUnreadable) as error:
        read_accepted(path, GRAVE_RULES)
    assert expected in str(error.value)


def test_adding_a_wrong_month_keeps_the_file_and_its_figures_out(
    tmp_path: Path, root: Path, project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    months = panel(months=4)
    last = max(months)
    months[last] = shifted(months[last])
    *before, new = write(tmp_path, months)
    (tmp_path / "right").mkdir()
    words = ("--publisher", "Bộ TTTT", "--title", "Báo cáo tháng", "--url", "")
    for path in before:
        assert run("add", path, *words).exit_code == 0
    assert run("clean").exit_code == 0
    result = run("add", new, *words)
    assert result.exit_code == 1 and "2021-04: the figures of" in result.output
    assert "added data/raw/bo-tttt/" in result.output
    cleaned = run("clean")
    assert cleaned.exit_code == 1 and "2021-04: the figures of" in cleaned.output
    assert not (processed.observations(project_copy)["period_end"] == "2021-04-30").any()
    assert (processed.quarantine(project_copy)["rule"] == "over_time_moved").sum() == 378
    shutil.copytree(root / "studies", project_copy / "studies")
    panel_without = assemble_panel(read_study("services", root=project_copy), root=project_copy)
    assert (panel_without.periods[-1], panel_without.set_aside) == ("2021-03", ("2021-04",))
    right = write_month(tmp_path / "right", last, panel(months=4)[last])
    right = right.rename(right.with_name("gui-lai.xlsx"))
    assert run("add", right, *words).exit_code == 0
    run("clean")
    mended = assemble_panel(read_study("services", root=project_copy), root=project_copy)
    assert (mended.periods[-1], mended.set_aside) == ("2021-04", ())


def test_a_file_taken_out_since_the_last_clean_is_no_month_to_compare_with(
    tmp_path: Path, project_copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DVCTT_ROOT", str(project_copy))
    months = panel(months=4)
    words = ("--publisher", "Bộ TTTT", "--title", "Báo cáo tháng", "--url", "")
    for path in write(tmp_path, months):
        assert run("add", path, *words).exit_code == 0
    assert run("clean").exit_code == 0
    last = max(months)
    more = [[*row[:4], row[4] + 3, round(100 * (row[4] + 3) / row[3], 2)] for row in months[last]]
    again = write_month(tmp_path, last, more)
    package = project_copy / "data" / "raw" / "datapackage.json"
    content = json.loads(package.read_text("utf-8"))
    (gone,) = [one for one in content["resources"] if one["path"].endswith(f"bao-cao-{last}.xlsx")]
    content["resources"].remove(gone)
    package.write_text(json.dumps(content), "utf-8")
    (package.parent / gone["path"]).unlink()
    added = run("add", again, *words)
    assert added.exit_code == 0 and "is of the same period" not in added.output

"""Exports of dossiers: counted exactly, what cannot be counted is told by reason, and no number or person is kept."""

from __future__ import annotations

import gzip
import sys
import unicodedata
from pathlib import Path

import pytest
from filelock import FileLock

from analysis.cleaning.dossiers.dossier_layout import RecordLayoutUnreadable
from analysis.cleaning.files import clean_file
from analysis.cleaning.layout_file import read_layout
from analysis.cleaning.validation import check_shapes

HEADS = "ma_ho_so,nguoi_nop,tinh,co_quan,thu_tuc,ngay,kenh,trang_thai"
LAYOUT = """
[dossiers]
province_column = "tinh"
procedure_column = "thu_tuc"
day_column = "ngay"
channel_column = "kenh"
status_column = "trang_thai"
number_column = "ma_ho_so"
online = ["Trực tuyến"]
offline = ["Trực tiếp"]
processed = ["Đã trả"]
unprocessed = ["Đang xử lý"]
until = "2022-08-31"
"""


def row(
    number: int, day="05/07/2022", channel="Trực tuyến", status="Đã trả", procedure="P1", place="Thái Nguyên"
):
    return f"19-2022-{number:06d},Nguyễn Thị Mật {number},{place},Sở Tư pháp,{procedure},{day},{channel},{status}"


# 4 dossiers of Thái Nguyên in July: 2 filed online, 1 of them processed, 1 of 2 services with online dossiers.
FOUR = [
    row(1), row(2, status="Đang xử lý"), row(3, channel="Trực tiếp", procedure="P2"), row(4, channel="Trực tiếp"),
]  # fmt: skip


@pytest.fixture
def clean(tmp_path: Path):
    def run(rows, layout=LAYOUT, *, name="export.csv", change=lambda data: data):
        path = tmp_path / name
        path.write_bytes(change("\n".join([HEADS, *rows, ""]).encode()))
        (tmp_path / "layout.toml").write_text(layout, "utf-8")
        outcome = clean_file(path, layout=read_layout(tmp_path / "layout.toml"))
        check_shapes(outcome.cleaned)
        said = [*outcome.problems, *outcome.notices]
        everything = outcome.cleaned.quarantine.to_csv() + "".join(
            text for one in said for text in one.said.values()
        )
        assert "Mật" not in everything and "2022-0000" not in everything
        return outcome

    return run


def july_of(rows):
    rows = rows[(rows["province_code"] == "19") & (rows["period_end"] == "2022-07-31")]
    return dict(zip(rows["indicator"], rows["value"], strict=True))


def july(outcome):
    return july_of(outcome.cleaned.observations)


def held(outcome):
    lines = outcome.cleaned.quarantine
    assert set(lines["rule"]) <= {"dossiers_uncounted"}
    return dict(zip(lines["reason"], lines["value"], strict=True))


EXPECTED = {
    "n_dossiers_total": 4.0, "n_dossiers_online": 2.0, "n_services_with_online_dossiers": 1.0,
    "share_dossiers_submitted_online": 50.0, "share_dossiers_processed_online": 25.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change"),
    [("export.csv", bytes), ("export.csv.gz", gzip.compress),
     ("bom.csv", lambda data: b"\xef\xbb\xbf" + data),
     ("semicolons.csv", lambda data: data.replace(b",", b";")),
     ("nfd.csv", lambda data: unicodedata.normalize("NFD", data.decode()).encode()),
     ("blanks.csv", lambda data: data.replace("Trực tuyến".encode(), "TRỰC  tuyến ".encode()))],
)  # fmt: skip
def test_counts_are_exact_and_the_rule_is_said(clean, name, change):
    outcome = clean(FOUR, name=name, change=change)
    assert july(outcome) == EXPECTED and not held(outcome) and not outcome.problems
    [rule] = outcome.notices
    assert "filed online means that “kenh” says Trực tuyến" in rule.said[
        "en"
    ] and "4 dossiers counted" in str(rule)
    share = outcome.cleaned.observations.set_index("indicator").loc["share_dossiers_processed_online"]
    assert (share["numerator"], share["denominator"], share["qualifier"]) == (1, 4, "exact")


def test_parquet_with_typed_days_gives_the_same(clean, tmp_path):
    import duckdb

    outcome = clean(FOUR)
    days = "strptime(ngay, '%d/%m/%Y')::DATE AS ngay"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE ({days}) FROM read_csv('{tmp_path}/export.csv', all_varchar=true)) "
            f"TO '{tmp_path}/export.parquet' (FORMAT parquet)"
        )
    again = clean_file(tmp_path / "export.parquet", layout=read_layout(tmp_path / "layout.toml"))
    assert july(again) == july(outcome) == EXPECTED


@pytest.mark.parametrize(
    ("wrong", "reason", "shown"),
    [
        ([row(n, channel="Ki-ốt") for n in (10, 11, 12)], "3 rows were filed in a way that is not known", "Ki-ốt (3)"),
        ([row(10, channel="Nguyễn Thị Mật")], "1 rows were filed in a way that is not known", ""),
        ([row(10, status="19-2022-000010")] * 1, "1 rows have a state that is not known", ""),
        ([row(10, day="31/02/2022")], "no day received that can be read", "99/99/9999 (1)"),
        ([row(10, day="19-2022-000010")], "no day received that can be read", "99-9999-999999 (1)"),
        ([row(10, day="-5/7/2022")], "no day received that can be read", "-9/9/9999 (1)"),
        ([row(10, day="05/07/0022")], "received before 2000-01-01", ""),
        ([row(10, day="05/07/2023")], "received after 2022-08-31", ""),
        ([row(10, procedure="")], "name no procedure", ""),
        ([row(n, place="Atlantis") for n in (10, 11, 12)], "name no province we know", "Atlantis (3)"),
        ([row(10, place="")], "name no province we know", ""),
        ([row(10).rsplit(",", 3)[0]], "are no records", ""),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_counted_are_told_by_reason(clean, wrong, reason, shown):
    outcome = clean([*FOUR[:2], *wrong, *FOUR[2:]])
    assert july(outcome) == EXPECTED
    [(said, example)] = held(outcome).items()
    assert reason in said and example == shown
    assert outcome.rows_read == 4 + len(wrong)
    assert f"{len(wrong)} rows could not be counted" in str(outcome.notices[0])


def test_figures_of_a_month_with_uncounted_rows_are_called_about(clean):
    outcome = clean([*FOUR, row(9, channel="Ki-ốt")])
    assert set(outcome.cleaned.observations["qualifier"]) == {"about"}
    assert set(outcome.cleaned.observations["note"]) == {
        "counted from dossiers; 1 more of the month could not be counted"
    }


def test_a_dossier_listed_twice_counts_once_as_far_as_it_went(clean):
    outcome = clean([*FOUR, row(2), row(2)])
    assert july(outcome) == EXPECTED | {"share_dossiers_processed_online": 50.0}
    assert "2 rows repeat one, 0 rows could not be counted" in str(outcome.notices[0])


@pytest.mark.parametrize(
    "other", [{"channel": "Trực tiếp"}, {"place": "Hà Nội"}, {"day": "05/06/2022"}, {"procedure": "P9"}]
)
def test_one_number_on_rows_that_differ_counts_for_neither(clean, other):
    outcome = clean([*FOUR, row(9), row(9, **other)])
    assert july(outcome) == EXPECTED
    [said] = held(outcome)
    assert said.startswith("2 rows share a number")


def test_two_forms_of_days_are_read_and_month_first_is_refused(clean):
    both = clean([*FOUR[:3], row(4, channel="Trực tiếp", day="2022-07-30 10:15:00")])
    assert july(both) == EXPECTED
    mixed = clean([*FOUR, row(5, day="07/30/2022")])
    assert mixed.cleaned.observations.empty and "month is written first" in str(mixed.problems[0])
    stated = LAYOUT + 'day_formats = ["%m/%d/%Y"]\n'
    assert july(clean([one.replace("05/07/", "07/30/") for one in FOUR], stated)) == EXPECTED


def test_lines_of_another_encoding_are_counted(clean):
    rows = [*FOUR, row(8, place="Thái Nguyên").replace("Thái", "XXXX")]
    outcome = clean(rows, change=lambda data: data.replace(b"XXXX", b"Th\xe1i"))
    assert july(outcome) == EXPECTED and outcome.rows_read == 5
    [said] = held(outcome)
    assert said == "1 lines are not UTF-8, the first is line 6."


@pytest.mark.parametrize("name", ["export.csv.gz", "export.parquet"])
def test_a_file_that_is_cut_off_gives_nothing(clean, name, tmp_path):
    outcome = clean(
        [row(n) for n in range(2_000)], name=name, change=lambda data: gzip.compress(data)[: len(data) // 40]
    )
    assert outcome.cleaned.is_empty and outcome.cleaned.quarantine.empty
    assert "is cut off" in str(outcome.problems[0])


def test_months_that_were_not_over_are_left_out(clean):
    outcome = clean(FOUR, LAYOUT.replace("2022-08-31", "2022-07-20"))
    assert outcome.cleaned.is_empty
    assert "were of a month" not in str(held(outcome)) and "not over by 2022-07-20" in str(held(outcome))
    assert "no dossier that counts" in str(outcome.problems[0])


def test_months_since_the_merger_are_on_the_new_map(clean):
    later = LAYOUT.replace("2022-08-31", "2025-08-31")
    rows = [
        row(1, "05/08/2025"),
        row(2, "05/08/2025", place="Bắc Kạn"),
        row(3, "05/06/2025", place="Bắc Kạn"),
    ]
    found = clean(rows, later).cleaned.observations
    total = found[found["indicator"] == "n_dossiers_total"]
    assert sorted(total["province_frame"]) == ["34", "63"]


def test_units_have_figures_of_their_own_beside_their_provinces(clean):
    units = LAYOUT + 'unit_column = "co_quan"\n\n[dossiers.services_provided]\n"Sở Tư pháp" = 4\n'
    outcome = clean([*FOUR, row(7, place="Thái Nguyên").replace("Sở Tư pháp", "Xã Yên Lạc")], units)
    assert july(outcome)["n_dossiers_total"] == 5
    rows = outcome.cleaned.unit_observations
    levels = rows.drop_duplicates("unit_code").set_index("unit_code")["unit_level"].to_dict()
    assert levels == {"Sở Tư pháp": "department", "Xã Yên Lạc": "commune"}
    own = rows[rows["unit_code"] == "Sở Tư pháp"].set_index("indicator")["value"].to_dict()
    assert own == EXPECTED | {"share_services_with_online_dossiers": 25.0}
    unknown = clean([*FOUR, row(7).replace("Sở Tư pháp", "Đơn vị 12")], units)
    assert "whose level is not known" in str(held(unknown)) and july(unknown)["n_dossiers_total"] == 4


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (LAYOUT.replace('day_column = "ngay"', ""), "day_column is missing"),
        (LAYOUT.replace("day_column", "dya_column"), "unknown key 'dya_column'"),
        (LAYOUT + 'province = "Hà Nội"\n', "either province_column"),
        (LAYOUT.replace('processed = ["Đã trả"]\n', "", 1), "status_column needs processed"),
        (LAYOUT.replace("2022-08-31", "31/8/2022"), "Expected the day of the export"),
        (LAYOUT + "[[tables]]\n", "stands beside"),
    ],
)  # fmt: skip
def test_a_layout_says_what_is_missing(clean, layout, said):
    with pytest.raises(RecordLayoutUnreadable, match=said):
        clean(FOUR, layout)


def test_a_column_that_is_not_there_is_named_with_those_that_are(clean):
    outcome = clean(FOUR, LAYOUT.replace('"ngay"', '"ngày nhận"'))
    assert "has no column ngày nhận. Its columns are ma_ho_so, " in str(outcome.problems[0])


def test_a_workbook_is_no_export_of_dossiers(clean):
    assert "is no CSV, gzipped CSV or Parquet file" in str(clean(FOUR, name="export.xlsx").problems[0])


def test_nothing_is_left_behind(clean, tmp_path, monkeypatch):
    from analysis.cleaning.dossiers import database

    cache = tmp_path / "cache"
    monkeypatch.setattr(database, "_cache", lambda: cache)
    for folder in ("killed", "alive"):  # what a killed process left, and what another one works in
        (cache / f".counting-{folder}").mkdir(parents=True)
        (cache / f".counting-{folder}" / "lock").touch()
    with FileLock(cache / ".counting-alive" / "lock"):
        clean(FOUR)
        assert [path.name for path in cache.iterdir()] == [".counting-alive"]

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(database.Records, "unreadable", stop)
    with pytest.raises(KeyboardInterrupt):
        clean(FOUR)
    assert not [*cache.iterdir()]


def test_an_export_is_added_and_cleaned_as_any_other_file(clean, tmp_path, monkeypatch):
    from analysis.cleaning import processed
    from analysis.cleaning.describing import Description, add_file

    clean(FOUR, LAYOUT + 'unit_column = "co_quan"\n')
    root = tmp_path / "project"
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "datapackage.json").write_text('{"resources": []}', "utf-8")
    described = Description("UBND tỉnh Thái Nguyên", "Danh sách hồ sơ", accessed="2022-09-01")
    added = add_file(root, tmp_path / "export.csv", described, tmp_path / "layout.toml")
    assert "read: 5 figures of 1 unit of 1 province, July 2022" in added.lines
    assert any("Rule of counting" in line for line in added.lines)
    processed.rebuild(root)
    figures, targets, sources = processed.of_units("19", "63", root)
    assert len(figures) == 5 and targets.empty and sources["publisher"].tolist() == ["UBND tỉnh Thái Nguyên"]
    assert july_of(processed.observations(root)) == EXPECTED


def test_without_duckdb_it_is_said_how_to_install_it(clean, monkeypatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert 'pip install "duckdb>=1.4"' in str(clean(FOUR).problems[0])

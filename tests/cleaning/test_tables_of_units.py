"""Tables of communes and agencies: never their province's figures, summed only when whole, targets by unit."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.cleaning.dossiers.dossier_layout import RecordLayoutUnreadable
from analysis.cleaning.files import clean_file
from analysis.cleaning.layout_file import read_layout
from analysis.cleaning.validation import check_shapes

LAYOUT = """
[units]
province_column = "Tỉnh"
unit_column = "Đơn vị"
level = "commune"
period_column = "Tháng"
[units.figures]
"Số hồ sơ" = "n_dossiers_total"
"Trực tuyến" = "n_dossiers_online"
"""
HEAD = "Tỉnh,Đơn vị,Tháng,Số hồ sơ,Trực tuyến"
# Two provinces, three communes each; a commune bears another province's name.
ROWS = [
    f"{place},{unit},{month}/2022,{100 * k + month},{10 * k}"
    for place in ("Thái Nguyên", "Hà Nội") for k, unit in enumerate(("Phú Lạc", "Hòa Bình", "An Khánh"), 1)
    for month in (7, 8)
]  # fmt: skip


@pytest.fixture
def clean(tmp_path: Path):
    def run(rows, layout=LAYOUT, head=HEAD):
        (tmp_path / "communes.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
        (tmp_path / "layout.toml").write_text(layout, "utf-8")
        outcome = clean_file(tmp_path / "communes.csv", layout=read_layout(tmp_path / "layout.toml"))
        check_shapes(outcome.cleaned)
        return outcome

    return run


def sums(outcome, indicator="n_dossiers_total"):
    rows = outcome.cleaned.observations
    rows = rows[rows["indicator"] == indicator]
    return dict(zip(zip(rows["province_code"], rows["period_end"], strict=True), rows["value"], strict=True))


def test_without_a_layout_no_province_gets_a_communes_figure(tmp_path):
    rows = [f"{place},Phú {k},Xã {k},{m}/2022,{k},{k}" for place in ("Thái Nguyên", "Hà Nội") for k in range(800)
            for m in (7, 8)]  # fmt: skip
    (tmp_path / "long.csv").write_text(
        "\n".join(["Tỉnh,Huyện,Xã,Tháng,Số hồ sơ tiếp nhận,Số hồ sơ trực tuyến", *rows]), "utf-8"
    )
    outcome = clean_file(tmp_path / "long.csv")
    assert outcome.cleaned.is_empty and len(outcome.cleaned.quarantine) == 3_200


def test_units_are_summed_only_where_all_are_there(clean):
    alone = clean(ROWS)
    assert not sums(alone) and len(alone.cleaned.unit_observations) == 24
    assert "2 provinces" in str(alone.notices[0])
    stated = clean(ROWS, LAYOUT + '[units.complete]\n"Thái Nguyên" = 3\n"Hà Nội" = 4\n')
    assert sums(stated) == {("19", "2022-07-31"): 621, ("19", "2022-08-31"): 624}
    assert sums(stated, "n_dossiers_online") == {("19", "2022-07-31"): 60, ("19", "2022-08-31"): 60}
    assert "1 provinces (Hà Nội)" in str(stated.notices[0])
    gap = [row for row in ROWS if not row.startswith("Thái Nguyên,Phú Lạc,7")]
    assert sums(clean(gap, LAYOUT + '[units.complete]\n"Thái Nguyên" = 3\n')) == {("19", "2022-08-31"): 624}


@pytest.mark.parametrize("label", ["", "Tổng cộng", "Tỉnh Thái Nguyên"])
def test_units_are_summed_where_the_tables_own_total_agrees(clean, label):
    agreed = clean([*ROWS, f"Thái Nguyên,{label},7/2022,621,60"])
    assert sums(agreed) == {("19", "2022-07-31"): 621} and not agreed.problems
    assert len(agreed.cleaned.unit_observations) == 24
    wrong = clean([*ROWS, f"Thái Nguyên,{label},7/2022,700,60"])
    assert not sums(wrong) and "units sum up to 621, the province's own row says 700" in str(
        wrong.problems[0]
    )


def test_a_unit_listed_twice_in_a_month_is_not_summed(clean):
    assert not sums(clean([*ROWS, ROWS[0]], LAYOUT + '[units.complete]\n"Thái Nguyên" = 3\n')).get(
        ("19", "2022-07-31")
    )


def test_wide_tables_and_rows_that_say_nothing(clean):
    layout = LAYOUT.split("period_column")[0] + (
        '[units.figures]\n"T7" = { indicator = "n_dossiers_total", period = "7/2022" }\n'
        '"T8" = { indicator = "n_dossiers_total", period = "8/2022" }\n[units.complete]\n"Thái Nguyên" = 2\n'
    )
    rows = ["Thái Nguyên,Phú Lạc,1.200,1.300", "Thái Nguyên,An Khánh,800,x", "Atlantis,An Khánh,1,2"]
    outcome = clean(rows, layout, "Tỉnh,Đơn vị,T7,T8")
    assert sums(outcome) == {("19", "2022-07-31"): 2_000}
    assert sorted(outcome.cleaned.quarantine["cell"]) == ["B4", "D3"]


def test_targets_are_given_to_units_and_the_others_are_exempt(clean):
    layout = """
[units]
province = "Bà Rịa - Vũng Tàu"
unit_column = "Cơ quan"
announced = "5/8/2022"
document = "2456/QĐ-UBND"
[units.targets]
"Chỉ tiêu" = "share_dossiers_processed_online"
"""
    rows = ["Sở Tư pháp,60%", "Huyện Côn Đảo,50%", "Thanh tra tỉnh,", "Đội 7,50%"]
    outcome = clean(rows, layout, "Cơ quan,Chỉ tiêu")
    found = outcome.cleaned.unit_targets.set_index("unit_code")
    assert found["target_value"].to_dict() == {"Sở Tư pháp": 60.0, "Huyện Côn Đảo": 50.0}
    assert found["unit_level"].to_dict() == {"Sở Tư pháp": "department", "Huyện Côn Đảo": "district"}
    assert {*found["announced"], *found["province_code"], *found["document"]} == {
        "2022-08-05",
        "77",
        "2456/QĐ-UBND",
    }
    assert outcome.cleaned.quarantine["value"].tolist() == ["Đội 7"]


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (LAYOUT.replace('unit_column = "Đơn vị"\n', ""), "unit_column is missing"),
        (LAYOUT.replace('period_column = "Tháng"\n', ""), "say the period"),
        (LAYOUT.replace("n_dossiers_total", "n_dossier"), "n_dossier"),
        (LAYOUT.replace('"commune"', '"ward"'), "Expected one of department, district, commune"),
        (LAYOUT + '[units.targets]\n"x" = "n_dossiers_total"\n', "targets need announced"),
    ],
)  # fmt: skip
def test_a_layout_of_units_says_what_is_missing(clean, layout, said):
    with pytest.raises(RecordLayoutUnreadable, match=said):
        clean(ROWS, layout)


@pytest.mark.parametrize("page", ["dossiers.md", "ho-so.md"])
def test_the_layouts_that_the_page_shows_are_read(page, tmp_path):
    text = (Path(__file__).parents[2] / "docs" / page).read_text("utf-8")
    shown = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    for number, layout in enumerate(shown):
        (tmp_path / f"{number}.toml").write_text(layout, "utf-8")
        assert read_layout(tmp_path / f"{number}.toml").unit_column
    assert len(shown) == 3

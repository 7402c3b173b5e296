"""A panel holds what a study asks for, lists what it leaves out, and refuses by name what makes no panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.answers.study_answer import answer_study
from analysis.cleaning import processed
from analysis.errors import AnalysisError
from analysis.panels.refusals import PanelRefused
from analysis.panels.study_panel import assemble_panel, placebo_panel
from analysis.study import Study, read_study
from frames import DOSSIERS, SERVICES, figure, months, observations, sources, target, targets

TEN = ("04", "06", "14", "15", "19", "20", "58", "77", "83", "92")
D83 = "papi_d83_e_responsiveness"
SOURCES = sources(("s", "Monthly table", "2022-01"), ("d", "Decisions", "2021"))


def _panel(rows, decided=(), known=SOURCES, **words):
    study = Study(**{"name": "made", "outcome": SERVICES} | words)
    return assemble_panel(study, observations(rows), targets(list(decided)), known)


@pytest.fixture(scope="module")
def survey():
    return assemble_panel(read_study("survey"))


def test_the_survey_gives_the_published_first_look(survey):
    assert len(survey.rows) == 370 and survey.treated == TEN and survey.frequency == "A"
    assert survey.flags_inside == ("2023-01-01",) and len(survey.gaps) == 8
    on = (survey.rows["treated_from"] <= survey.rows["period"]).fillna(False).to_numpy(dtype=float)
    units = pd.get_dummies(survey.rows["province_code"], dtype=float)
    periods = pd.get_dummies(survey.rows["period"], dtype=float).iloc[:, 1:]
    design = np.column_stack([on, units, periods])
    estimate = np.linalg.lstsq(design, survey.rows["outcome"].to_numpy(), rcond=None)[0][0]
    assert round(estimate, 4) == 0.0198  # 0.66 percentage points of residents, as published


def test_levels_are_the_share_of_residents(survey):
    line = survey.levels.iloc[0]
    assert survey.level_name == "percentage points"
    assert line["percentage points"] == pytest.approx((line["outcome"] - 1 / 3) * 100 / 3)


def test_doubtful_provinces_had_some_other_target_or_campaign(survey):
    assert {"17", "24", "70"} <= set(survey.doubtful) and not set(survey.doubtful) & set(TEN)
    without = assemble_panel(read_study("survey", controls="without_doubtful"))
    assert not set(without.rows["province_code"]) & set(survey.doubtful)


def test_placebo_panel_has_the_other_outcome_and_the_same_provinces(survey):
    placebo = placebo_panel(survey.study)
    assert placebo.study.outcome == "papi_d82_internet_access" and placebo.treated == TEN
    assert placebo.points_per_unit is None and placebo.level_name == "score"
    assert placebo_panel(Study(name="made", outcome=SERVICES)) is None


def test_finest_frequency_is_the_one_most_provinces_have():
    assert _panel(months()).frequency == "M"
    few = [row for row in months() if row["province_code"] in TEN]
    yearly = [
        figure(row["province_code"], year, 20) for row in months(last="2021-01") for year in ("2020", "2021")
    ]
    panel = _panel(few + yearly)
    assert panel.frequency == "A" and panel.periods == [2020, 2021]
    assert _panel(few, frequency="M").periods[-1] == "2021-12"


@pytest.mark.parametrize(
    ("labels", "frequency"),
    [
        (("2021Q1", "2021Q2"), "Q"),
        (("2020S2", "2021S1"), "S"),
        (("2021-06", "2021-07"), "M"),
        (("2020", "2021"), "A"),
    ],
)
def test_each_frequency_keeps_its_periods_and_starts_in_its_own(labels, frequency):
    rows = [figure(row["province_code"], label, 30) for row in months(last="2021-01") for label in labels]
    panel = _panel(rows, [target("19", f"{2021}-06-30", date_precision="day")])
    assert panel.frequency == frequency and [str(p) for p in panel.periods] == list(labels)
    own = panel.rows.loc[panel.rows["province_code"] == "19", "treated_from"]
    assert own.isna().all() or {str(start) for start in own} <= set(labels)


def test_each_province_starts_with_its_own_decision_and_dose():
    decided = [
        target("19", "2021-04-05"),
        target("15", "2021-06", target_value=80.0),
        target("15", "2021-09-01"),
    ]
    panel = _panel(months(), decided)
    starts = panel.rows.drop_duplicates("province_code").set_index("province_code")
    assert starts.loc["19", "treated_from"] == "2021-04" and starts.loc["15", "treated_from"] == "2021-06"
    assert (
        starts.loc["15", "dose"] == 80
        and starts.loc["19", "dose"] == 60
        and np.isnan(starts.loc["01", "dose"])
    )
    assert panel.is_staggered and panel.treated == ("15", "19")


def test_provinces_treated_too_early_late_or_without_figures_are_told_apart():
    rows = [row for row in months() if row["province_code"] != "92"]
    decided = [
        target("19", "2021-01-05"),
        target("15", "2022-03-01"),
        target("92", "2021-05-01"),
        target("04", "2021-05-01"),
    ]
    panel = _panel(rows, decided)
    assert [s.province_code for s in panel.too_early] == ["19"] and "19" not in set(
        panel.rows["province_code"]
    )
    assert [s.province_code for s in panel.absent] == ["92"]
    # A start after the window is kept as untreated in it.
    assert panel.treated == ("04",) and {"04", "15"} == {s.province_code for s in panel.starts}


def test_anticipation_moves_who_starts_too_early():
    decided = [target("19", "2021-03-05"), target("15", "2021-09-05")]
    assert not _panel(months(), decided).too_early
    panel = _panel(months(), decided, anticipation_months=3)
    assert [s.province_code for s in panel.too_early] == ["19"] and panel.anticipation == 3


def test_gaps_are_listed_and_never_filled():
    rows = [row for row in months() if not (row["province_code"] == "96" and row["period_end"] < "2021-03")]
    panel = _panel(rows)
    assert panel.gaps.to_numpy().tolist() == [["96", "2021-01"], ["96", "2021-02"]]
    assert len(panel.rows) == 63 * 12 - 2


def test_bounds_are_left_out_and_said():
    rows = months()
    rows[3] |= {"qualifier": "over"}
    panel = _panel(rows)
    assert len(panel.rows) == len(rows) - 1
    assert panel.left_out["why"].tolist() == ["printed as a bound, not a value"]


@pytest.mark.parametrize(("breaks", "first", "last"), [("step", "2022-01", "2022-12"), ("before", "2022-01", "2022-07"),
                                                      ("after", "2022-08", "2022-12")])  # fmt: skip
def test_a_definition_break_is_a_step_or_cut_as_the_study_says(breaks, first, last):
    panel = _panel(months("2022-01", "2022-12"), breaks=breaks)
    assert (panel.periods[0], panel.periods[-1]) == (first, last)
    assert panel.breaks_inside == (("2022-08-15",) if breaks == "step" else ())


def test_what_makes_no_panel_is_refused_by_name():
    rows = months()
    with pytest.raises(PanelRefused, match=r"broke on 2022-08-15: data/raw/a/table.csv:01-2022-01"):
        _panel(months("2022-01", "2022-12"), breaks="refuse")
    with pytest.raises(PanelRefused, match="Units are mixed"):
        _panel([rows[0] | {"unit": "count"}, *rows[1:]])
    with pytest.raises(
        PanelRefused, match="63 provinces with frequency M on the map of 63, 2021-01-01 to 2021-12-31"
    ):
        _panel(rows, frame="34")
    with pytest.raises(PanelRefused, match="from 2023-01 to the last period"):
        _panel(rows, frequency="M", first="2023-01")
    with pytest.raises(PanelRefused, match=r"have no denominator.*weights = \"none\""):
        _panel(rows, weights="denominator")
    with pytest.raises(PanelRefused, match="No population of An Giang"):
        _panel([r for r in rows if r["province_code"] == "89"], weights="population", frequency="M")


def test_maps_and_parts_of_provinces_are_never_mixed():
    rows = months()
    mixed = [*rows, *(row | {"province_frame": "34"} for row in rows[:3])]
    assert len(_panel(mixed).rows) == len(rows)
    frame = observations(rows).assign(unit_code=["x", *([""] * (len(rows) - 1))])
    panel = assemble_panel(Study(name="made", outcome=SERVICES), frame, targets([]), SOURCES)
    assert len(panel.rows) == len(rows) - 1


def test_the_map_of_34_has_its_own_provinces(made_project_34):
    root = made_project_34.root
    panel = assemble_panel(read_study("services-34", root=root), root=root)
    assert panel.rows["province_code"].nunique() == 34 and panel.frequency == "M"
    assert made_project_34.starts == {s.province_code: s.period for s in panel.starts}


def test_denominators_weigh_where_the_study_says_so():
    panel = _panel(months(count=1000), weights="denominator")
    assert (panel.rows["weight"] == 1000).all() and panel.columns["weights"] == "weight"
    assert "weights" not in _panel(months()).columns


def test_a_correction_replaces_and_what_disagrees_is_undecided():
    known = sources(
        ("s", "Monthly table", "2022-01"), ("c", "Đính chính số liệu", "2022-02"), ("t", "Other", "2022-01")
    )
    rows = months()
    corrected = figure("19", "2021-05", 99, source_id="c", raw_location="data/raw/z/dinh-chinh.csv:1")
    rival = figure("15", "2021-05", 77, source_id="t", raw_location="data/raw/t/other.csv:1")
    panel = _panel([*rows, corrected, rival], known=known)
    cell = panel.rows[(panel.rows["province_code"] == "19") & (panel.rows["period"] == "2021-05")]
    assert cell["outcome"].tolist() == [99]
    assert ("15", "2021-05") in set(panel.gaps.itertuples(index=False, name=None))
    assert sorted(panel.left_out["why"]) == [
        "a correction replaces it", *["two figures, and nothing says which one holds"] * 2
    ]  # fmt: skip


def test_order_of_rows_names_of_files_and_publishers_change_nothing():
    known = sources(("s", "Monthly table", "2022-01"), ("c", "Corrected table", "2022-02"))
    rows = [*months(), figure("19", "2021-05", 99, source_id="c", raw_location="data/raw/z/b.csv:1")]
    decided = [target("19", "2021-04-05"), target("15", "2021-06-01")]
    first = _panel(rows, decided, known)
    moved = [row | {"raw_location": row["raw_location"].replace("raw/a", "raw/zz")} for row in reversed(rows)]
    again = _panel(moved, decided[::-1], known.iloc[::-1].assign(publisher="Another"))
    kept = ["province_code", "period", "outcome", "treated_from", "dose", "weight"]
    pd.testing.assert_frame_equal(first.rows[kept], again.rows[kept])
    pd.testing.assert_frame_equal(first.nation[["period", "value"]], again.nation[["period", "value"]])


def test_decisions_on_the_other_headline_indicator_treat_too():
    panel = _panel(months(), [target("19", "2021-04-05", indicator=DOSSIERS)])
    assert panel.treated == ("19",)
    assert np.isnan(panel.starts[0].dose or np.nan)  # but say nothing of the outcome's own dose


def test_real_targets_give_the_ten_of_the_press():
    study = read_study("survey", decided_until="2022-06-30")
    assert {"15", "19"} == set(assemble_panel(study).treated)
    broken = read_study("survey", outcome=D83, placebo_outcome="papi_d82_internet_access", breaks="after")
    assert assemble_panel(broken, processed.observations()).periods[0] == 2020


@pytest.mark.parametrize("words", [{"first": "2021"}, {"last": "2021Q3"}, {"first_treated": "2021"}])
def test_periods_of_another_frequency_than_the_figures_are_refused(words):
    key, text = next(iter(words.items()))
    with pytest.raises(PanelRefused, match=f"{key} = '{text}', but the figures used have frequency M"):
        _panel(months(), **words)


def test_a_panel_without_any_province_left_is_refused_by_name():
    few = [figure(code, label, 20) for code in ("19", "15") for label in ("2021-05", "2021-06")]
    with pytest.raises(PanelRefused, match=r"no province is left.*Yên Bái \(2021-05\)"):
        _panel(few, [target("19", "2021-05-05"), target("15", "2021-05-05")], frequency="M")


def test_a_province_whose_figures_end_before_its_start_is_not_treated_in_the_panel():
    rows = [row for row in months() if row["province_code"] != "15" or row["period_end"] < "2021-06"]
    panel = _panel(rows, [target("19", "2021-06-05"), target("15", "2021-06-05")])
    assert panel.treated == ("19",) and "15" in set(panel.rows["province_code"])


def test_an_answer_without_treated_provinces_says_which_decisions_there_are():
    panel = _panel(months(), [target("19", "2021-01-05"), target("15", "2022-06-05")])
    with pytest.raises(
        AnalysisError, match=r"Thái Nguyên \(2021-01\).*after the last period: Yên Bái \(2022-06\)"
    ):
        answer_study(panel)

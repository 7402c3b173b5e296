"""What notebooks stand on beside the panel: parameters, a province's panel and pair, other choices, roll-outs."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pandas as pd
import pytest

from analysis.answers import design, sensitivity
from analysis.answers.equation import regress
from analysis.panels.own_pair import choose_pair
from analysis.panels.own_panel import own_panel
from analysis.panels.refusals import PanelRefused
from analysis.panels.study_panel import assemble_panel
from analysis.reference.provinces import by_code
from analysis.study import Study, StudyUnreadable, read_study
from analysis.study_parameters import choose_study
from frames import SERVICES, figure, months, observations, sources, target, targets

SOURCES = sources(("s", "Monthly table", "2022-01"), ("d", "Decisions", "2021"))


@pytest.fixture(scope="module")
def survey():
    return assemble_panel(read_study("survey", draws=199))


@pytest.fixture(scope="module")
def made(made_project):
    study = read_study("services", root=made_project.root, draws=99)
    return assemble_panel(study, root=made_project.root)


def test_empty_parameters_leave_the_study_as_it_is():
    empty = {"outcome": "", "frame": "", "first": "", "provinces": "", "draws": 0, "seed": 0}
    assert choose_study("survey", **empty) == read_study("survey")


def test_parameters_take_names_by_comma_and_numbers_for_texts():
    study = choose_study("services", provinces="Yên Bái, thai nguyen", frame=63, draws=99)
    assert study.provinces == ("15", "19") and study.frame == "63" and study.draws == 99
    assert choose_study("survey", first=2020).first == "2020"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"study": "servces"}, "study = 'servces'.*Did you mean services"),
        ({"study": "services", "frame": 35}, "frame = 35.*Expected one of 63, 34"),
        ({"study": "services", "outcome": "papi_d81"}, "outcome = 'papi_d81'"),
        ({"study": "services", "provinces": "Yên Bái, Nowhere"}, "provinces = .*Nowhere"),
        ({"study": "services", "first": "2022-13"}, "first = '2022-13'"),
    ],
)
def test_a_wrong_parameter_is_named(words, named):
    with pytest.raises(StudyUnreadable, match=named):
        choose_study(**words)


def test_a_treated_province_has_its_own_start_and_no_other_treated_as_donors(made):
    own = own_panel(made, "Thái Nguyên")
    assert (own.start, own.is_treated, own.skipped) == ("2022-04", True, ("2022-01", "2022-02", "2022-03"))
    assert not set(own.rows["province_code"]) & (set(made.treated) - {"19"})
    assert set(own.rows.loc[own.rows["treated_from"].notna(), "province_code"]) == {"19"}


def test_an_untreated_province_is_a_placebo_from_a_start_that_can_be_chosen(made):
    assert own_panel(made, "An Giang").start == "2022-05" and not own_panel(made, "An Giang").is_treated
    assert own_panel(made, "An Giang", "2022-07").start == "2022-07"
    with pytest.raises(
        PanelRefused, match=r"start = '2025-01' is no period of the panel\. Periods: 2021-07 to 2022-12"
    ):
        own_panel(made, "An Giang", "2025-01")
    without = dataclasses.replace(made, rows=made.rows[made.rows["province_code"] != "89"])
    with pytest.raises(PanelRefused, match="An Giang: no figure in this window"):
        own_panel(without, "An Giang")


def test_on_the_map_of_34_a_province_means_the_unit_that_took_it_in(made_project_34):
    panel = assemble_panel(read_study("services-34", root=made_project_34.root), root=made_project_34.root)
    own = own_panel(panel, "Nam Định")
    assert (own.name, own.asked) == ("Ninh Bình", "Nam Định") and own_panel(panel, "Ninh Bình").asked == ""


def _pair(rows, decided=(), province="19", **words):
    study = Study(**{"name": "made", "outcome": SERVICES} | words)
    return choose_pair(observations(rows), SOURCES, targets(list(decided)), study, province)


def test_a_pair_is_the_last_month_before_the_decision_and_the_last_there_is():
    rows = months("2021-01", "2021-12", count=1000)
    pair = _pair(rows, [target("19", "2021-06-10")])
    assert (pair.before, pair.after, pair.n_counted) == ("2021-05-31", "2021-12-31", 63)
    ahead = _pair(rows, [target("19", "2021-06-10")], anticipation_months=3)
    assert (ahead.before, ahead.after) == ("2021-02-28", "2021-12-31")
    nation = pair.rows[pair.rows["province_code"] == "VN"].set_index("period_end")["value"]
    assert nation["2021-12-31"] - nation["2021-05-31"] == pytest.approx(
        7.0
    )  # every province rises by a point a month


def test_a_pair_never_reaches_across_a_change_of_definition():
    rows = months("2022-01", "2022-12", count=1000)
    assert _pair(rows, [target("19", "2022-05-10")]).after == "2022-07-31"
    after = _pair(rows, [target("19", "2022-09-10")], anticipation_months=3)
    assert (after.before, after.after) == ("2022-08-31", "2022-12-31")


def test_published_figures_choose_the_pair_where_there_are_no_whole_periods():
    rows = [figure("19", "2022-03", 28, frequency="X"), figure("19", "2022-06", 60, frequency="X")]
    pair = _pair(rows, [target("19", "2022-06-30", date_precision="before")])
    assert (pair.before, pair.after, pair.decided, pair.n_counted) == ("", "", "2022-06-30", 0)


def test_a_province_missing_on_one_date_does_not_move_the_country():
    rows = [*months("2021-01", "2021-12", count=1000)]
    kept = [r for r in rows if not (r["province_code"] == "79" and r["period_end"] == "2021-05-31")]
    pair = _pair(kept, [target("19", "2021-06-10")])
    nation = pair.rows[pair.rows["province_code"] == "VN"].set_index("period_end")["value"]
    assert pair.n_counted == 62 and nation["2021-12-31"] - nation["2021-05-31"] == pytest.approx(7.0)


def test_windows_come_from_the_panel_and_keep_both_sides(survey, made):
    assert sensitivity.windows_of(survey) == [None, (2019, 2023), (2020, 2024)]
    assert sensitivity.windows_of(made) == [None, ("2021-07", "2022-09"), ("2021-10", "2022-12")]


def test_two_way_is_marked_biased_only_with_several_starts(survey, made):
    assert (
        sensitivity.check_two_way(survey).passed
        and "0.66 percentage points" in sensitivity.check_two_way(survey).text
    )
    assert (
        sensitivity.check_two_way(made).passed is False and "biased" in sensitivity.check_two_way(made).text
    )


def test_curve_holds_every_method_of_the_study_and_refusals_with_their_reason(survey):
    curve = sensitivity.curve_of(survey, draws=99, seed=1)
    assert len(curve.rows) == 3 * 2 * 6
    methods = {"did", "event-study", "callaway-santanna", "lagged-outcome", "imputation", "synthetic-did"}
    assert {row["method"] for row in curve.rows} == methods
    assert all("estimate" in row or row["reason"] for row in curve.rows)
    whole = next(row for row in curve.rows if row["window"] == "all" and row["method"] == "did")
    assert whole["estimate"] == pytest.approx(0.66, abs=0.005)


def test_regression_is_the_answers_with_one_start_and_a_slope_a_group_with_several(
    survey, made, made_project
):
    one = regress(survey)
    assert (
        one.table["estimate"].iloc[0] == pytest.approx(0.6602, abs=1e-4)
        and r"\beta\,\text{treated}" in one.equation
    )
    assert one.table["std_error"].iloc[0] == pytest.approx(
        0.5706, abs=1e-4
    )  # 0.0171 on the score, as published
    several = regress(made)
    assert several.table["provinces"].sum() == len(made.treated) and r"\sum_g" in several.equation
    weighted = np.average(several.table["percentage points"], weights=several.table["provinces"])
    assert weighted == pytest.approx(made_project.truth["services"], abs=1.5)


def test_roll_out_spreads_each_step_over_the_regions_and_spares_the_treated(made):
    plan = design.plan_rollout(made, steps=4, per_step=6, seed=3)
    assert plan.before == (6, 8, 10, 12) and plan.n_periods == 18
    assert not set(plan.rows["province_code"]) & set(made.treated) and len(plan.rows) == 63 - 9
    counts = plan.rows[plan.rows["step"] > 0].groupby("step").size()
    assert counts.tolist() == [6, 6, 6, 6]
    sizes = plan.rows.groupby("region").size()
    started = plan.rows[plan.rows["step"] > 0].groupby("region").size().reindex(sizes.index, fill_value=0)
    # 24 of 54 start: each region as many as its size asks for, within one province a step.
    assert ((started - sizes * 24 / 54).abs() <= 1.5).all()


def test_roll_out_is_the_same_for_a_seed_and_another_for_another(made):
    first, again = (design.plan_rollout(made, seed=3) for _ in range(2))
    assert first.csv() == again.csv() != design.plan_rollout(made, seed=4).csv()
    table = pd.read_csv(io.StringIO(first.csv()), dtype=str)
    assert table.columns[:5].tolist() == ["province_code", "province", "region", "start", "2023-07"]
    assert set(table.loc[table["start"].isna(), "2023-12"]) == {"0"}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"per_step": 40}, "per_step of at most 13"),
        ({"steps": 0}, "steps = 0"),
        ({"steps": 9, "between": 4}, "fewer steps or fewer periods"),
        ({"first_step": "2024Q1"}, "first_step = '2024Q1'; expected a period written like 2022-12"),
    ],
)
def test_a_roll_out_that_cannot_be_is_refused_by_parameter(made, words, named):
    with pytest.raises(design.PlanRefused, match=named):
        design.plan_rollout(made, **words)


def test_noisier_provinces_need_larger_effects_and_longer_series_smaller_ones(made):
    alone = design.detectable_alone(made)
    assert alone["noise"].is_monotonic_increasing and alone["after 6"].is_monotonic_increasing
    assert (alone["after 6"] < alone["after 1"]).all()
    assert not set(alone.index) & set(made.levels.loc[made.levels["treated_from"].notna(), "province"])


def test_regions_of_the_map_of_34_are_those_of_the_province_of_that_name():
    assert design.region_of("37", "34") == by_code()["37"].region_en

"""A study of the units of one province: its panel, its targets with their dose, exempt units as comparison."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analysis.answers.study_answer import answer_study
from analysis.cleaning import processed
from analysis.cleaning.shapes import SOURCE_COLUMNS, UNIT_OBSERVATION_COLUMNS, UNIT_TARGET_COLUMNS, shape
from analysis.execution.tasks import Task
from analysis.panels.handed_panels import take_panel
from analysis.panels.own_panel import own_panel
from analysis.panels.refusals import PanelRefused
from analysis.panels.study_panel import assemble_panel
from analysis.reporting import answer_words, study_words
from analysis.stated_inputs import state_inputs
from analysis.study import Study, StudyUnreadable, read_study
from analysis.unit_briefs import make_unit_brief
from made_units import CODE, STUDY, make_units


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_units(tmp_path_factory.mktemp("units") / "project")


@pytest.fixture(scope="module")
def panel(made):
    return assemble_panel(read_study("agencies", root=made.root), root=made.root)


def test_the_panel_holds_units_with_their_dose_and_exempt_units_beside(made, panel):
    assert panel.rows["province_code"].nunique() == 208 and panel.frequency == "M"
    doses = panel.rows.drop_duplicates("province_code").set_index("province_code")["dose"]
    assert doses.fillna(0).to_dict() == made.target_of
    assert set(panel.rows["treated_from"].dropna()) == {"2022-08"}
    assert set(panel.rows["region"]) == {"department", "district", "commune"}


def test_no_table_of_provinces_has_a_units_figure(made, panel):
    assert len(panel.rows) and processed.observations(made.root).empty and processed.targets(made.root).empty


@pytest.mark.parametrize(("level", "effect"), [("department", 8.0), ("commune", 5.0)])
def test_the_known_effect_of_a_level_is_recovered(made, level, effect):
    study = read_study("agencies", root=made.root, unit_levels=[level], draws=99)
    own = assemble_panel(study, root=made.root)
    # The estimator alone: effects of each unit take longer than the rest of the answer.
    from analysis.estimation.methods.did import did

    found = did(own.rows, **own.columns, draws=99, seed=1)
    assert found.conf_low < effect < found.conf_high and abs(found.estimate - effect) < 1


def test_the_answer_names_units_and_not_provinces(made):
    study = read_study("agencies", root=made.root, unit_levels=["district"], draws=99)
    own = assemble_panel(study, root=made.root)
    answer = answer_study(own)
    text = f"{study_words.introduce(own)} {answer_words.answer_of(answer)} {study_words.limits(own)}"
    assert "6 units with targets against 3 others" in text and "9 units" in text
    assert "Bà Rịa" in text and "provinces" not in text
    assert {one.name for one in answer.own} <= {f"Huyện A{k}" for k in range(3, 9)}


def test_a_unit_stands_beside_its_donors(panel):
    own = own_panel(panel, "sở a7")
    assert own.name == "Sở A7" and own.rows["province_code"].nunique() == 1 + 68
    with pytest.raises(PanelRefused, match="no unit of the panel"):
        own_panel(panel, "Thái Nguyên")


def test_a_panel_handed_on_follows_from_the_tables_of_units(made, panel, tmp_path):
    study = read_study("agencies", root=made.root)
    assert take_panel(study, made.root).rows["province_code"].nunique() == 208
    tables = processed.hashes_of([study.outcome], made.root, units=(CODE, "63"))
    stated = [place for place in tables if "unit_" in place]
    assert stated == [
        f"parts/unit_observations.units-63-{CODE}.csv",
        f"parts/unit_targets.units-63-{CODE}.csv",
    ]
    assert all(tables[place] for place in stated)


def test_a_notebook_on_a_study_of_units_states_their_tables(made):
    (made.root / "notebooks").mkdir(exist_ok=True)
    notebook = made.root / "notebooks" / "03-regression.ipynb"
    if not notebook.exists():
        from analysis.project import find_root

        notebook.write_bytes((find_root() / "notebooks" / notebook.name).read_bytes())
    task = Task(notebook, {"study": "agencies"}, made.root / "out.ipynb")
    [stated] = state_inputs([task], made.root)
    assert any(str(one).endswith(f"unit_observations.units-63-{CODE}.csv") for one in stated.inputs)


def test_a_study_of_units_says_what_it_cannot_take():
    study = Study("agencies", "share_dossiers_processed_online", units="Thái Nguyên", provinces=("STP",))
    assert study.units == "19" and study.provinces == ("STP",)
    with pytest.raises(StudyUnreadable, match="unit_levels = 'ward'"):
        replace(study, unit_levels=("ward",))
    with pytest.raises(StudyUnreadable, match="units have no population"):
        replace(study, weights="population")
    with pytest.raises(PanelRefused):
        assemble_panel(
            study,
            shape([], UNIT_OBSERVATION_COLUMNS),
            shape([], UNIT_TARGET_COLUMNS),
            shape([], SOURCE_COLUMNS),
        )


def test_the_brief_says_which_units_moved_against_which_target(made):
    text = STUDY.replace("draws = 199", 'draws = 99\nunit_levels = ["department", "district"]')
    (made.root / "studies" / "offices.toml").write_text(text, "utf-8")
    vi, en = (path.read_text("utf-8") for path in make_unit_brief("offices", root=made.root))
    assert "which agencies moved, against which target" in en and "đơn vị nào chuyển biến" in vi
    assert "28 units, of which 20 were given a target and 8 were not" in en
    assert "Units with a target of 60 %: 14 units" in en and "Đơn vị được giao 50 %: 6 đơn vị" in vi
    size = float(re.search(r"60 %: 14 units, ([0-9.]+) percentage points", en)[1])
    assert abs(size - 8) < 1.5
    assert en.count("<tr>") == vi.count("<tr>") == 1 + 28 and "made-up-figures.csv!" in en
    with pytest.raises(StudyUnreadable, match="compares provinces"):
        (made.root / "studies" / "plain.toml").write_text(
            'outcome = "share_dossiers_processed_online"\n', "utf-8"
        )
        make_unit_brief("plain", root=made.root)

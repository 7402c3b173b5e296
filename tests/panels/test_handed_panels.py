"""A panel that is handed on is the assembled one, and another as soon as anything under it moved."""

from __future__ import annotations

import os
import shutil
from dataclasses import fields, replace

import pandas as pd
import pytest

from analysis.cleaning import processed
from analysis.cleaning.store import hash_tables
from analysis.cleaning.writing import write_json
from analysis.panels import handed_panels, handing_on
from analysis.panels.handing_on import FOLDER as HANDED_ON
from analysis.panels.refusals import PanelRefused
from analysis.panels.study_panel import assemble_panel
from analysis.study import read_study

PARTS = processed.FOLDER / "parts"


@pytest.fixture
def project(made_project, tmp_path, monkeypatch):
    """Return a copy of the made-up project whose tables are taken as they are."""
    processed.ready_root(made_project.root)
    root = tmp_path / "project"
    shutil.copytree(made_project.root, root, ignore=shutil.ignore_patterns("reports"))
    monkeypatch.setenv(processed.TRUSTED, str(root))
    monkeypatch.setenv("DVCTT_ROOT", str(root))
    return root


@pytest.fixture
def assembled(monkeypatch):
    """List the names of the studies whose panel is assembled."""
    calls = []

    def assemble(study, **words):
        calls.append(study.name)
        return assemble_panel(study, **words)

    monkeypatch.setattr(handed_panels, "assemble_panel", assemble)
    return calls


def _stamp_again(project):
    """Note the hashes of the tables as they are now, as cleaning does."""
    stamp = processed.read_stamp(project)
    stamp["tables"] = hash_tables(project, stamp["tables"])
    write_json(project / processed.FOLDER / processed.STAMP, stamp)


def _assert_same(one, other):
    for field in fields(one):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, pd.DataFrame):
            pd.testing.assert_frame_equal(left, right, check_index_type=len(left) > 0)
        else:
            assert left == right, field.name


def test_it_is_assembled_once_and_comes_back_with_the_same_values_and_types(project, assembled):
    study = read_study("services", root=project)
    expected = assemble_panel(study, root=project)
    for _ in range(2):
        _assert_same(expected, handed_panels.take_panel(study, project))
    assert assembled == ["services"]
    assert [path.suffix for path in (project / HANDED_ON).iterdir()] == [".json"]


def test_the_real_survey_comes_back_unchanged(root):
    study = read_study("survey")
    handed_panels.take_panel(study)
    _assert_same(assemble_panel(study), handed_panels.take_panel(study))


def test_another_study_figure_or_decision_makes_another_panel(project, assembled):
    study = read_study("services", root=project)
    first = handed_panels.take_panel(study, project)
    assert handed_panels.take_panel(replace(study, leave_out=("19",)), project).treated != first.treated
    for name, column, value in (
        ("observations.indicator-share_services_with_online_dossiers.csv", "value", 12.5),
        ("targets.current.csv", "scope", "không ràng buộc ai"),
    ):
        table = pd.read_csv(project / PARTS / name, dtype="str", keep_default_na=False)
        table.loc[table["province_code"] == "19", column] = str(value)
        table.to_csv(project / PARTS / name, index=False)
        _stamp_again(project)
        _assert_same(assemble_panel(study, root=project), handed_panels.take_panel(study, project))
    assert len(assembled) == 4


def test_a_refusal_is_handed_on_with_its_words(project, assembled):
    study = read_study("services-34", root=project)
    for _ in range(2):
        with pytest.raises(PanelRefused, match=r"no frequency at which most of the 34 provinces"):
            handed_panels.take_panel(study, project)
    assert assembled == ["services-34"]


def test_files_can_be_read_by_whom_the_umask_lets(project):
    before = os.umask(0o022)
    try:
        handed_panels.take_panel(read_study("services", root=project), project)
    finally:
        os.umask(before)
    (file,) = (project / HANDED_ON).iterdir()
    assert file.stat().st_mode & 0o777 == 0o644


def test_only_the_newest_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(handing_on, "KEPT", 3)
    for number in range(5):
        assert handing_on.take(f"text-{number}", lambda number=number: str(number), str, tmp_path) == str(
            number
        )
        os.utime(tmp_path / HANDED_ON / f"text-{number}.json", (number, number))
    assert {path.stem for path in (tmp_path / HANDED_ON).iterdir()} == {"text-2", "text-3", "text-4"}

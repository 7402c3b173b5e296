"""Answers are handed on while nothing under them moved, and computed anew otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.answers import handed_on
from analysis.errors import AnalysisError
from analysis.panels.handing_on import FOLDER
from brief_worlds import World, answer


@pytest.fixture(scope="module")
def panel():
    return World().panel("services")


@pytest.fixture
def counted(monkeypatch, panel):
    """Count how often an answer is computed."""
    calls = []

    def compute(*_, **words):
        calls.append(words)
        return answer(panel)

    monkeypatch.setattr("analysis.answers.study_answer.answer_study", compute)
    return calls


def test_answer_is_computed_once_and_comes_back_unchanged(tmp_path, panel, counted):
    first = handed_on.take_answer(panel, root=tmp_path)
    assert handed_on.take_answer(panel, root=tmp_path) == first == answer(panel)
    assert len(counted) == 1
    assert [path.suffix for path in (tmp_path / FOLDER).iterdir()] == [".json"]


def test_anything_it_follows_from_makes_another_answer(tmp_path, panel, counted):
    handed_on.take_answer(panel, root=tmp_path)
    rows = panel.rows.assign(outcome=panel.rows["outcome"] + (panel.rows.index == 0))
    for other in (
        replace(panel, rows=rows),
        replace(panel, study=replace(panel.study, anticipation_months=0)),
        replace(panel, doubtful=("01",)),
    ):
        handed_on.take_answer(other, root=tmp_path)
    handed_on.take_answer(panel, draws=99, root=tmp_path)
    handed_on.take_answer(panel, panel, root=tmp_path)
    assert len(counted) == 6


def test_where_a_figure_lies_makes_no_other_answer(tmp_path, panel, counted):
    handed_on.take_answer(panel, root=tmp_path)
    handed_on.take_answer(
        replace(panel, rows=panel.rows.assign(raw_location="x", source_id="y")), root=tmp_path
    )
    assert len(counted) == 1


def test_broken_or_edited_file_is_written_anew(tmp_path, panel, counted):
    handed_on.take_answer(panel, root=tmp_path)
    (file,) = (tmp_path / FOLDER).iterdir()
    whole = file.read_text("utf-8")
    estimate = next(digit for digit in "123456789" if f".{digit}" in whole)
    for number, broken in enumerate(("{", whole.replace(f".{estimate}", ".0"), whole.partition("\n")[2]), 2):
        file.write_text(broken, encoding="utf-8")
        assert handed_on.take_answer(panel, root=tmp_path) == answer(panel)
        assert len(counted) == number
        assert file.read_text("utf-8") == whole


def test_refusal_is_handed_on_with_its_reason(tmp_path, panel, monkeypatch):
    calls = []

    def refuse(*_, **__):
        calls.append(1)
        raise AnalysisError("imputation: no untreated province")

    monkeypatch.setattr("analysis.answers.study_answer.answer_study", refuse)
    for _ in range(2):
        with pytest.raises(handed_on.NotAnswered, match="no untreated province"):
            handed_on.take_answer(panel, root=tmp_path)
    assert len(calls) == 1


def test_folder_that_cannot_be_written_leaves_the_answer(tmp_path, panel, counted):
    (tmp_path / "reports").write_text("a file where the folder should be", encoding="utf-8")
    assert handed_on.take_answer(panel, root=tmp_path) == answer(panel)

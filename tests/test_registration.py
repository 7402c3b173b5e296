"""An analysis is called planned only when its study is older than all the figures it uses; the manifest says so."""

import json
import subprocess

import pytest

from analysis.execution.manifest import RECORD, describe_run, read_records
from analysis.study import read_study, register

STUDY = 'outcome = "papi_d81_portal_access"\nstatus = "registered"\n'
PLACE = "data/raw/papi/scores.csv:12"


@pytest.fixture
def project(tmp_path):
    """Return a function that makes a project with the days of its study's commit and of its figures."""

    def make(committed="2026-01-10", accessed="2026-02-01", study=STUDY):
        (tmp_path / "studies").mkdir(exist_ok=True)
        (tmp_path / "studies" / "plan.toml").write_text(study)
        raw = tmp_path / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        resource = {
            "name": "a",
            "path": "papi/scores.csv",
            "hash": "0" * 64,
            "bytes": 1,
            "accessed": accessed,
        }
        (raw / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
        if committed:
            day = {
                "GIT_COMMITTER_DATE": f"{committed}T12:00:00Z",
                "GIT_AUTHOR_DATE": f"{committed}T12:00:00Z",
            }
            name = {
                f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
            }
            for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "plan"]):
                subprocess.run(
                    ["git", *words], cwd=tmp_path, env={**day, **name, "PATH": "/usr/bin:/bin"}, check=True
                )
        return tmp_path

    return make


def told(root, **overrides):
    return register(read_study("plan", root=root, **overrides), [PLACE], root=root)


def test_a_study_committed_before_its_figures_came_in_is_planned(project):
    found = told(project())
    assert found.is_planned and found.why == ""
    assert (found.committed_on, found.first_figure_on) == ("2026-01-10", "2026-02-01")
    assert len(found.commit) == 40 and len(found.sha256) == 64


@pytest.mark.parametrize(
    ("made", "overrides", "why"),
    [
        ({"accessed": "2026-01-10"}, {}, "its first figures came in on 2026-01-10"),
        ({"committed": ""}, {}, "not committed"),
        ({"accessed": ""}, {}, "not known"),
        ({"study": STUDY.replace("registered", "exploratory")}, {}, "not registered"),
        ({}, {"seed": 7}, "overridden"),
    ],
)
def test_otherwise_it_is_exploratory_and_the_reason_is_said(project, made, overrides, why):
    found = told(project(**made), **overrides)
    assert not found.is_planned and why in found.why and str(found).startswith("Exploratory")


def test_a_study_edited_since_its_commit_is_not_planned(project):
    root = project()
    (root / "studies" / "plan.toml").write_text(STUDY + "seed = 3\n")
    assert "not committed" in told(root).why


def test_what_a_cell_asks_to_be_recorded_stands_in_the_manifest(project, tmp_path):
    shown = told(project())._repr_mimebundle_()
    cells = [{"outputs": [{"data": shown}]}, {"outputs": [{"data": {"text/plain": "2"}}]}]
    content = json.dumps({"cells": cells}).encode()
    assert describe_run(tmp_path, {}, 1.0, content)["records"] == [shown[RECORD]]
    assert shown[RECORD]["registration"]["committed_on"] == "2026-01-10"


@pytest.mark.parametrize(
    "content", [b"", b"{", b'{"cells": 5}', b'{"cells": [null]}', b'{"cells": [{"outputs": 3}]}']
)
def test_a_notebook_of_another_make_has_no_records(content):
    assert read_records(content) == []

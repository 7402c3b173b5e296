"""JupyterLab is started on a notebook of the project, or the reason is named; tests/browser has the rest."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from analysis import lab
from analysis.cli import main


def test_project_without_the_notebook_is_refused(tmp_path, monkeypatch, root):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "datapackage.json").write_text("{}")
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path))
    done = CliRunner().invoke(main, ["explore", "--no-browser"])
    assert done.exit_code == 2 and "holds no explore.ipynb" in done.output and "Traceback" not in done.output


def test_server_that_ends_before_it_answers_is_a_failure(root, monkeypatch):
    monkeypatch.setattr(lab, "OPTIONS", ("--version",))
    said: list[str] = []
    with pytest.raises(lab.LabFailed, match="ended with status 0"):
        lab.open_notebook(root, "explore", said.append, browser=False)
    assert said == []

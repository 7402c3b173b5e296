"""What a stated input stands for, absence included; what cannot be read is refused by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analysis.execution.fingerprint import Hasher
from analysis.execution.inputs import ABSENT, InputUnreadable, look_at
from analysis.execution.source import read_source
from analysis.execution.tasks import Task


@pytest.fixture
def state(tmp_path):
    """Return what inputs are now, by their names below a folder that is called like a pattern."""
    base = tmp_path / "[base]"
    base.mkdir()

    def look(*stated):
        found = [found for one in stated for found in look_at(one, base, Hasher(base).digest).items()]
        return {name.removeprefix(f"{base}/"): value for name, value in found}

    look.base = base
    return look


def write(base, *names):
    for name in names:
        (base / name).parent.mkdir(parents=True, exist_ok=True)
        (base / name).write_text(name)


def test_files_folders_and_patterns_stand_for_all_they_name(state):
    assert state("x.csv", "folder", "*.csv") == {"x.csv": ABSENT, "folder": ABSENT, "*.csv": ABSENT}
    write(
        state.base,
        "x.csv",
        "folder/deep/y",
        "folder/.hidden",
        "folder/__pycache__/z.pyc",
        ".z.csv",
        "a[1].csv",
    )
    found = state("x.csv", "folder", "*.csv", "a[1].csv", "folder/**/y")
    assert set(found) == {
        "x.csv", "a[1].csv", ".z.csv", "folder", "folder/deep", "folder/deep/y", "folder/.hidden",
    }  # fmt: skip
    (state.base / "folder" / "empty").mkdir()
    assert state("folder").keys() - found.keys() == {"folder/empty"}


def test_links_are_followed_noted_and_do_not_go_round(state):
    write(state.base, "folder/a/x", "folder/b/x", "elsewhere/y")
    current = state.base / "folder" / "current"
    current.symlink_to("a")
    (state.base / "folder" / "a" / "up").symlink_to("..")
    (state.base / "folder" / "out").symlink_to("../elsewhere")
    before = state("folder")
    assert "folder/out/y" in before
    current.unlink()
    current.symlink_to("b")
    assert state("folder") != before, "what was seen under another name counts under this one too"
    current.unlink()
    current.symlink_to("nowhere")
    assert state("folder/current") == {"folder/current": ABSENT}


def test_results_of_the_run_itself_are_no_inputs(state):
    write(state.base, "n.ipynb", "out.ipynb", "x.csv")
    own = [state.base / "n.ipynb", state.base / "out.ipynb"]
    content = '{"cells": [], "metadata": {"dvctt": {"inputs": ["."]}}}'
    own[0].write_text(content)
    found = Hasher(state.base).take(Task(own[0], {}, own[1]), read_source(own[0]))
    assert [name for name in found if name.startswith("input ")] == [f"input {state.base}", "input x.csv"]


def test_variables_and_versions_count_and_no_value_is_kept(state, monkeypatch):
    monkeypatch.setenv("DVCTT_TEST", "a secret")
    found = state("env:DVCTT_TEST", "env:DVCTT_ABSENT", "version:pytest", "version:no-such-library")
    assert found["env:DVCTT_ABSENT"] == found["version:no-such-library"] == ABSENT
    assert found["version:pytest"] == pytest.__version__
    assert "secret" not in str(found) and found["env:DVCTT_TEST"] != ABSENT


def test_what_cannot_be_read_is_named(state, monkeypatch):
    os.mkfifo(state.base / "pipe")
    with pytest.raises(InputUnreadable, match="pipe is neither a file nor a folder"):
        state("pipe")
    write(state.base, "closed.csv")

    def refuse(_path):
        raise PermissionError(13, "Permission denied", "closed.csv")

    with pytest.raises(
        InputUnreadable, match=r"closed\.csv cannot be read \(Permission denied.*Change its perm"
    ):
        look_at("closed.csv", state.base, refuse)
    monkeypatch.setenv("HOME", str(state.base))
    assert look_at("~/closed.csv", Path("/"), os.path.basename) == {
        str(state.base / "closed.csv"): "closed.csv"
    }

"""The command as its users meet it: wrong requests, changed raw files, folders that cannot be written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis.cli import main


@pytest.fixture
def clone(tmp_path, root, monkeypatch) -> Path:
    """A copy of what a run reads, so that a test may damage it."""
    for name in ("data", "notebooks", "studies"):
        shutil.copytree(
            root / name, tmp_path / name, ignore=shutil.ignore_patterns("*.json.lock", "processed")
        )
    (tmp_path / "data" / "processed").mkdir()
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path))
    return tmp_path


def _run(*words: str):
    return CliRunner().invoke(main, list(words), prog_name="dvctt")


def test_unknown_province_is_refused_with_the_nearest_spelling():
    done = _run("brief", "Thai Nguyn")
    assert done.exit_code == 2
    assert "Thai Nguyn" in done.output and "Thái Nguyên" in done.output


@pytest.mark.parametrize("words", [(), ("Thái Nguyên", "--all")])
def test_brief_needs_a_province_or_all(words):
    done = _run("brief", *words)
    assert done.exit_code == 2
    assert "--all" in done.output


def test_unknown_language_is_refused_with_those_offered():
    done = _run("brief", "Yên Bái", "--language", "vi,fr")
    assert done.exit_code == 2
    assert "fr is not offered" in done.output and "vi, en" in done.output


def test_changed_raw_file_stops_the_brief_and_shows_both_hashes(clone):
    raw = next((clone / "data" / "raw").rglob("published_figures.csv"))
    raw.write_text(raw.read_text("utf-8").replace("51.49", "61.49", 1), "utf-8")
    for words in (("check",), ("brief", "Thái Nguyên")):
        done = _run(*words)
        assert done.exit_code == 1
        assert "published_figures.csv" in done.output
        assert "dacc5fc87eef" in done.output, "the hash it should have"
        assert done.output.count("sha256") >= 1
    assert not (clone / "reports").exists() or not list((clone / "reports").rglob("*.html"))


def test_folder_that_cannot_be_written_gets_one_line(clone):
    (clone / "reports").write_text("a file where the folder should be")
    done = _run("brief", "Yên Bái")
    assert done.exit_code == 1
    assert "reports" in done.output and "Traceback" not in done.output


def test_help_names_every_command():
    done = _run("--help")
    assert done.exit_code == 0
    assert all(name in done.output for name in ("brief", "check", "clean"))

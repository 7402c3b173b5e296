"""Every command of docs/new-data.md is typed in a copy of the project, and prints what the page shows."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = "docs/new-data.md"
VIETNAMESE = "docs/so-lieu-moi.md"
WRITTEN_ON = "2026-11-30"  # the day of adding in the paths that the page shows
PARTS = ("src", "notebooks", "studies", "data/raw", "tests/example_files.py")
BLOCK = re.compile(r"(?:`(?P<file>[^`\n]+)`:\n)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


def blocks(root: Path, page: str) -> list[tuple[str, str, str]]:
    """Return (kind, file, text) of each block of a page; `file` is named right above a file's content."""
    text = (root / page).read_text(encoding="utf-8")
    return [(m["kind"], m["file"] or "", m["text"]) for m in BLOCK.finditer(text)]


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Return each command of a console block with the lines that are shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what the commands need: the page is about a clone, and nothing may be added to this one."""
    place = tmp_path_factory.mktemp("practice")
    for part in PARTS:
        (place / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (root / part).is_dir() else shutil.copy
        copy(root / part, place / part)
    return place


def run(project: Path, command: str) -> tuple[int, list[str]]:
    """Return the exit status of a shell command and all lines it printed, the day of today as that of the page."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=project,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(project / "src")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    today = dt.datetime.now().astimezone().date().isoformat()
    return done.returncode, done.stdout.replace(today, WRITTEN_ON).splitlines()


def check_shown(command: str, shown: list[str], printed: list[str]) -> None:
    """Assert that the shown lines were printed, in their order; `…` stands for anything."""
    rest = list(printed)
    for line in shown:
        form = ".*".join(re.escape(part) for part in line.split("…"))
        while rest and not re.fullmatch(form, rest[0]):
            rest.pop(0)
        assert rest, f"{PAGE}: `{command}` did not print\n  {line}\nbut:\n" + "\n".join(printed)
        rest.pop(0)


@pytest.mark.notebook
def test_the_commands_of_the_page_print_what_it_shows(root, project):
    status, printed = run(project, 'dvctt brief "Thái Nguyên"')  # the edition that the page compares with
    assert status == 0, printed
    for kind, file, text in blocks(root, PAGE):
        if file:
            (project / file).write_text(text, encoding="utf-8")
        for command, lines in commands(text) if kind == "console" else ():
            shown = [line for line in lines if not line.startswith("[exit status ")]
            expected = int(lines[-1].split()[-1].strip("]")) if shown != lines else None
            status, printed = run(project, command)
            check_shown(command, shown, printed)
            assert expected is None or status == expected, (command, printed)


def test_both_languages_show_the_same(root):
    pages = [
        [(kind, file, text) for kind, file, text in blocks(root, page) if kind != "toml"]
        for page in (PAGE, VIETNAMESE)
    ]
    assert pages[0] == pages[1]


def test_the_readme_shows_what_the_page_shows(root):
    printed = [
        line for kind, _, text in blocks(root, PAGE) if kind == "console" for line in text.splitlines()
    ]
    (shown,) = [text for kind, _, text in blocks(root, "README.md") if kind == "console"]
    for line in [line for line in shown.splitlines() if not line.startswith("$ ")]:
        start = line.split("…")[0]
        assert any(other.startswith(start) for other in printed), line

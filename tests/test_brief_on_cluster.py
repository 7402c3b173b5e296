"""`dvctt brief --scheduler`, run for real: three clones of the project that share no folder, one for each machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dask_programs import DaskPrograms

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.notebook

NAMES = ("client", "first", "second")
REQUEST = ("brief", "Thái Nguyên", "--language", "vi")


@pytest.fixture(scope="module")
def clones(root, tmp_path_factory):
    """Copy what a fresh clone holds that briefs need, three times."""
    place = tmp_path_factory.mktemp("clones")
    for name in NAMES:
        for part in ("src", "notebooks", "studies", "data/raw"):
            shutil.copytree(root / part, place / name / part)
    return {name: place / name for name in NAMES}


@pytest.fixture(scope="module")
def address(clones, tmp_path_factory):
    """Start a scheduler, and a worker in each of two clones."""
    programs = DaskPrograms(tmp_path_factory.mktemp("dask"))
    found = programs.start_scheduler()
    for name in ("first", "second"):
        clone = clones[name]
        programs.start_worker(found, "--name", name, cwd=clone, PYTHONPATH=str(clone / "src"))
    yield found
    programs.close()


def ask(clone: Path, *words: str, request: tuple[str, ...] = REQUEST) -> tuple[int, str]:
    """Run the command in a clone; return its exit status and all it said."""
    command = [sys.executable, "-m", "analysis.cli", *request, *words]
    done = subprocess.run(
        command,
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(clone / "src")},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def published(clone: Path) -> dict[str, object]:
    """Return every published file: its bytes, or a manifest without the time and the duration of the run.

    Answers that notebooks hand on lie where they were computed, and are published nowhere.
    """
    found: dict[str, object] = {}
    files = [path for path in (clone / "reports").rglob("*") if path.is_file() and path.suffix != ".lock"]
    for path in sorted(path for path in files if path.parent.name != "answers"):
        content = path.read_bytes()
        if path.name.endswith(".manifest.json"):
            manifest = json.loads(content)
            manifest["run"] = {**manifest["run"], "ended": "", "seconds": 0}
            found[path.relative_to(clone).as_posix()] = manifest
        else:
            found[path.relative_to(clone).as_posix()] = content
    return found


@pytest.fixture(scope="module")
def near_and_far(clones, address):
    """Make the same brief on the workers, which have cleaned nothing yet, and then on this machine alone."""
    status, said = ask(clones["client"], "--scheduler", address)
    assert status == 0, said
    far = published(clones["client"])
    shutil.rmtree(clones["client"] / "reports")
    status, said = ask(clones["client"], "--jobs", "2")
    assert status == 0, said
    return published(clones["client"]), far


def inputs_of(manifest):
    return [name.removeprefix("input ") for name in manifest["fingerprint"] if name.startswith("input ")]


def test_every_file_and_manifest_is_that_of_a_local_run(near_and_far):
    near, far = near_and_far
    assert {Path(name).name for name in far} >= {"brief.vi.html", "brief.vi.pdf", "results.json"}
    assert far == near
    inputs = inputs_of(far["reports/thai-nguyen/06-brief.manifest.json"])
    raw = {name for name in inputs if name.startswith("data/raw")}
    assert raw == {"data/raw/codebook.csv"}, "other raw files are checked once a run, not by notebooks"


def test_a_rerun_asks_no_worker(near_and_far, clones):
    begun = time.monotonic()
    status, said = ask(clones["client"], "--scheduler", "tcp://127.0.0.1:1")
    assert status == 0, said
    assert "0 to run, 3 up to date" in said
    assert time.monotonic() - begun < 15, "nobody was waited for"


def test_a_notebook_run_alone_depends_on_the_tables_it_reads_and_not_on_all_raw_files(
    near_and_far, clones, address
):
    status, said = ask(
        clones["client"], "--scheduler", address, request=("run", "notebooks/02-before-after.ipynb")
    )
    assert status == 0, said
    manifest = json.loads((clones["client"] / "reports/runs/02-before-after.manifest.json").read_bytes())
    inputs = inputs_of(manifest)
    raw = {name for name in inputs if name.startswith("data/raw/")}
    assert raw <= {"data/raw/codebook.csv"}, "the project's own lines of the codebook, and no raw figures"
    assert {Path(name).parts[:-1][:2] for name in set(inputs) - raw} == {("data", "processed"), ("studies",)}


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("src/analysis/estimation/methods/did.py", "code analysis changed. Bring its clone"),
        ("data/raw/published-figures/*/published_figures.csv", "published_figures.csv has other bytes"),
    ],
)
def test_a_worker_with_other_code_or_other_raw_data_is_refused_by_name(
    near_and_far, clones, address, file, told
):
    before = published(clones["client"])
    (path,) = clones["second"].glob(file)
    kept = path.read_bytes()
    path.write_bytes(kept + b"\n")
    try:
        status, said = ask(clones["client"], "--force", "--scheduler", address)
    finally:
        path.write_bytes(kept)
    assert status == 1
    assert "The worker second on" in said
    assert told in said
    assert "Traceback" not in said
    after = published(clones["client"])
    assert {name: after[name] for name in before} == before, "what was published stays"

"""The same results from the workers of a Dask cluster, which are checked first and may be lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from analysis.execution.manifest import manifest_path
from analysis.execution.run import Task, run_tasks
from dask_programs import DaskPrograms

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.notebook

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from faults import note_prepared  # noqa: E402

KILLS = int(os.environ.get("DVCTT_FAULT_KILLS", "1"))
SEED = int(os.environ.get("DVCTT_FAULT_SEED", "20220820"))
CELLS = (
    "import time, os",
    "time.sleep(0.2)\nprint('number', number, open(os.environ['DATA']).read())",
    "{1, 2}",
)
PROGRAM = """
import sys
from pathlib import Path
from analysis.errors import AnalysisError
from analysis.execution.run import Task, run_tasks
notebook, out, address, count = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
inputs = tuple(map(Path, sys.argv[5:]))
tasks = [Task(notebook, {"number": number}, out / f"{number}.ipynb", inputs) for number in range(count)]
try:
    outcomes = run_tasks(tasks, scheduler=address, failed_folder=out / "failed")
except AnalysisError as error:
    sys.exit(f"{type(error).__name__}: {error}")
sys.exit(any(outcome.status not in ("done", "fresh") for outcome in outcomes))
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    started = DaskPrograms(tmp_path_factory.mktemp("dask"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def cluster(programs):
    """Start a scheduler and two workers; give its address, the folder of the data, the workers and their starter."""
    place = programs.folder
    (place / "data.csv").write_text("7")
    path = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
    address = programs.start_scheduler(PYTHONPATH=path)
    start = partial(programs.start_worker, address, DATA=str(place / "data.csv"), PYTHONPATH=path)
    return address, place, [start(), start()], start


@pytest.fixture
def run(cluster, write_notebook):
    """Run `count` tasks on the cluster as a program of its own."""

    def go(out, *cells, count=4, inputs=(), wait=True):
        notebook = write_notebook("n", *(cells or CELLS), parameters="number: int = 0")
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            PROGRAM,
            str(notebook),
            str(out),
            cluster[0],
            str(count),
        ]
        process = subprocess.Popen(
            [*command, *map(str, inputs)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if not wait:
            return process
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    return go


def results(out):
    return {path.name: path.read_bytes() for path in out.glob("*.ipynb")}


def test_the_bytes_are_those_of_this_machine(run, cluster, write_notebook, tmp_path, monkeypatch):
    status, said = run(tmp_path / "far", count=2)
    assert status == 0, said
    monkeypatch.setenv("DATA", str(cluster[1] / "data.csv"))
    notebook = write_notebook("n", *CELLS, parameters="number: int = 0")
    tasks = [Task(notebook, {"number": number}, tmp_path / "near" / f"{number}.ipynb") for number in range(2)]
    run_tasks(tasks, forked=False)
    assert results(tmp_path / "far") == results(tmp_path / "near")
    far, near = (
        json.loads(manifest_path(tmp_path / where / "1.ipynb").read_text()) for where in ("far", "near")
    )
    assert far["fingerprint"] == near["fingerprint"]
    status, said = run(tmp_path / "far", count=2)
    assert "0 to run, 2 up to date" in said


def test_each_worker_is_prepared_once_a_run_and_not_once_a_notebook(cluster, write_notebook, tmp_path):
    log = tmp_path / "log"
    notebook = write_notebook("n", "import os; print(os.environ['PREPARED'])", parameters="number: int = 0")
    tasks = [Task(notebook, {"number": number}, tmp_path / f"{number}.ipynb") for number in range(6)]
    for counts in ({1, 2}, {2, 3, 4}):
        outcomes = run_tasks(tasks, scheduler=cluster[0], prepare=partial(note_prepared, log), force=True)
        assert [outcome.status for outcome in outcomes] == ["done"] * 6
        assert len(log.read_text().splitlines()) in counts


def test_a_failure_on_a_worker_is_told_here(run, tmp_path):
    status, said = run(tmp_path / "out", "1 / (number - 1)", count=2)
    assert status == 1
    assert "ZeroDivisionError" in said
    assert "number = 1" in said
    assert (tmp_path / "out" / "failed" / "out-1.ipynb").exists()
    assert (tmp_path / "out" / "0.ipynb").exists()


def test_a_lost_workers_notebooks_are_run_by_another(run, cluster, tmp_path):
    """Kill a worker at random moments: each run ends well, with the bytes of an undisturbed one."""
    _, _, workers, start = cluster
    for name, count in (("warming-up", 2), ("whole", 6)):
        begun = time.monotonic()
        status, said = run(tmp_path / name, count=count)
        assert status == 0, said
    seconds, moments = time.monotonic() - begun, random.Random(f"worker {SEED}")
    print(f"seed {SEED}, {KILLS} kills, an undisturbed run takes {seconds:.2f} s")
    for number in range(KILLS):
        out = tmp_path / f"out-{number}"
        process = run(out, *CELLS, count=6, wait=False)
        moment = moments.uniform(0, seconds)
        time.sleep(moment)
        family = psutil.Process(workers[number % 2].pid).children(recursive=True)
        workers[number % 2].send_signal(signal.SIGKILL)
        print(f"a worker with {len(family)} processes was killed {moment:.2f} s after the start")
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        assert results(out) == results(tmp_path / "whole")
        assert psutil.wait_procs(family, timeout=10)[1] == [], "its server and kernels went with it"
        workers[number % 2] = start()


def test_a_worker_with_another_input_is_refused(run, cluster, tmp_path):
    other = tmp_path / "only-here.csv"
    other.write_text("1")
    status, said = run(tmp_path / "good", count=1, inputs=[other])
    assert status == 0, said

    from analysis.execution.cluster import WorkerDiffers, refuse_other
    from analysis.execution.fingerprint import Hasher, library_versions

    hasher = Hasher(tmp_path)
    good = {"input only-here.csv": hasher.digest(other), **hasher.code(tmp_path), **library_versions()}
    refuse_other(good | {"cells": "0", "parameter x": "1", "input env:X": "0"}, hasher, tmp_path)
    for name, part in (
        ("input only-here.csv", r"input only-here\.csv changed\."),
        ("input absent.csv", r"input absent\.csv is gone\."),
        ("code analysis", r"code analysis changed\."),
        ("code beside.py", r"code beside\.py is gone\."),
        ("version numpy", r"version numpy 0 → \d"),
        ("version nothing", r"version nothing 0 → absent"),
    ):
        with pytest.raises(WorkerDiffers, match=part):
            refuse_other(good | {name: "0"}, hasher, tmp_path)


@pytest.mark.parametrize("address", ["", "nonsense", "tcp://host", "http://host:8786", "tcp://host:87a"])
def test_what_is_no_address_is_a_wrong_request_at_once(tmp_path, write_notebook, address):
    from analysis.execution.cluster import NoCluster

    with pytest.raises(NoCluster, match="is no address"):
        run_tasks([Task(write_notebook("n", "1"), {}, tmp_path / "n.ipynb")], scheduler=address)


def test_nobody_at_the_address_is_a_wrong_request_after_a_stated_time(tmp_path, write_notebook, monkeypatch):
    from analysis.execution import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    notebook = write_notebook("n", "1")
    with pytest.raises(cluster.NoCluster, match=r"answered at tcp://127\.0\.0\.1:1 within 1 s"):
        run_tasks([Task(notebook, {}, tmp_path / "n.ipynb")], scheduler="tcp://127.0.0.1:1")


def test_a_scheduler_without_workers_and_one_that_loses_them_are_told_of(
    programs, tmp_path, write_notebook, monkeypatch
):
    from analysis.execution import cluster as room

    address = programs.start_scheduler()
    flag = tmp_path / "running"
    cell = f"import time; open({str(flag)!r}, 'w'); time.sleep(60)"
    task = Task(write_notebook("n", cell), {}, tmp_path / "n.ipynb")
    monkeypatch.setattr(room, "CONNECT_SECONDS", 4.0)
    with pytest.raises(room.NoCluster, match="answers, but no worker joined it within 4 s"):
        run_tasks([task], scheduler=address)
    worker = programs.start_worker(address)

    def kill_when_running():
        while not flag.exists():
            time.sleep(0.05)
        worker.kill()

    threading.Thread(target=kill_when_running, daemon=True).start()
    monkeypatch.setattr(room, "CONNECT_SECONDS", 20.0)
    monkeypatch.setattr(room, "EMPTY_SECONDS", 1.0)
    with pytest.raises(room.ClusterLost, match=r"no worker for 1 s .* run the same command again"):
        run_tasks([task], scheduler=address)
    assert not (tmp_path / "n.ipynb").exists()


def test_a_worker_or_scheduler_without_this_package_is_refused(programs, tmp_path, write_notebook):
    from analysis.execution.cluster import WorkerDiffers

    (tmp_path / "other" / "analysis").mkdir(parents=True)
    (tmp_path / "other" / "analysis" / "__init__.py").write_text("")
    task, other = Task(write_notebook("n", "1"), {}, tmp_path / "n.ipynb"), str(tmp_path / "other")
    address = programs.start_scheduler()
    programs.start_worker(address, PYTHONPATH=other)
    with pytest.raises(WorkerDiffers, match=r"The worker at .* has no such version of this package"):
        run_tasks([task], scheduler=address)
    address = programs.start_scheduler(PYTHONPATH=other)
    programs.start_worker(address)
    with pytest.raises(WorkerDiffers, match="The scheduler has no such version of this package"):
        run_tasks([task], scheduler=address)

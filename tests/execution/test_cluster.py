"""The same results from the workers of a Dask cluster, which are checked first and may be lost."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from analysis.execution.manifest import manifest_path
from analysis.execution.run import Task, run_tasks

pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
pytestmark = pytest.mark.notebook

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


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a scheduler and two workers as programs of their own; give its address and the workers' starter."""
    place = tmp_path_factory.mktemp("cluster")
    (place / "data.csv").write_text("7")
    address = f"tcp://127.0.0.1:{free_port()}"
    environment = {**os.environ, "DVCTT_PRELOAD": "ipykernel.kernelapp", "DATA": str(place / "data.csv")}
    processes = []

    def start(*arguments):
        command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:], "--no-dashboard"]
        with (place / f"{len(processes)}.log").open("wb") as log:
            processes.append(
                subprocess.Popen(
                    command, cwd=place, env=environment, stdout=log, stderr=log, start_new_session=True
                )
            )
        return processes[-1]

    start("dask_scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2])
    workers = [start("dask_worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    yield address, place, workers, lambda: start("dask_worker", address, "--nthreads", "1", "--no-nanny")
    for process in processes:
        process.kill()
        process.wait()


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
    status, said = run(tmp_path / "far")
    assert status == 0, said
    monkeypatch.setenv("DATA", str(cluster[1] / "data.csv"))
    notebook = write_notebook("n", *CELLS, parameters="number: int = 0")
    tasks = [Task(notebook, {"number": number}, tmp_path / "near" / f"{number}.ipynb") for number in range(4)]
    run_tasks(tasks, warm=False)
    assert results(tmp_path / "far") == results(tmp_path / "near")
    far, near = (
        json.loads(manifest_path(tmp_path / where / "1.ipynb").read_text()) for where in ("far", "near")
    )
    assert far["fingerprint"] == near["fingerprint"], "also what the notebook was seen to read"
    assert str(cluster[1] / "data.csv") in far["fingerprint"]["inputs"]
    status, said = run(tmp_path / "far")
    assert "0 to run, 4 up to date" in said


def test_a_failure_on_a_worker_is_told_here(run, tmp_path):
    status, said = run(tmp_path / "out", "1 / (number - 1)", count=2)
    assert status == 1
    assert "ZeroDivisionError" in said
    assert "number = 1" in said
    assert (tmp_path / "out" / "failed" / "out-1.ipynb").exists()
    assert (tmp_path / "out" / "0.ipynb").exists()


def test_a_lost_workers_notebooks_are_run_by_another(run, cluster, tmp_path):
    _, _, workers, start = cluster
    status, said = run(tmp_path / "whole", count=6)
    assert status == 0, said
    process = run(tmp_path / "out", *CELLS, count=6, wait=False)
    deadline = time.monotonic() + 60
    while not list((tmp_path / "out").glob("*.ipynb")) and time.monotonic() < deadline:
        time.sleep(0.02)
    family = psutil.Process(workers[0].pid).children(recursive=True)
    workers[0].send_signal(signal.SIGKILL)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert results(tmp_path / "out") == results(tmp_path / "whole")
    assert psutil.wait_procs(family, timeout=10)[1] == [], "its server and kernels went with it"
    workers[0] = start()


def test_a_worker_with_another_input_is_refused(run, cluster, tmp_path):
    other = tmp_path / "only-here.csv"
    other.write_text("1")
    status, said = run(tmp_path / "good", count=1, inputs=[other])
    assert status == 0, said

    from analysis.execution.cluster import WorkerDiffers, _refuse_differences
    from analysis.execution.fingerprint import Fingerprint, Hasher, library_versions
    from analysis.execution.notebook import Order

    hasher = Hasher(tmp_path)
    good = {"only-here.csv": hasher.digest(other)}
    code = {"analysis/errors.py": hasher.code_digest("analysis/errors.py")}
    for inputs, codes, versions, part in (
        ({"only-here.csv": "0"}, code, library_versions(), "input only-here.csv"),
        ({"absent.csv": "0"}, code, library_versions(), "input absent.csv"),
        (good, {"analysis/errors.py": "0"}, library_versions(), "code analysis/errors.py"),
        (good, {"analysis/absent.py": "0"}, library_versions(), "code analysis/absent.py"),
        (good, code, library_versions() | {"numpy": "1.0"}, "instead of 1.0"),
    ):
        order = Order("n", b"", {}, tmp_path, Fingerprint("", {}, inputs, codes, versions))
        with pytest.raises(WorkerDiffers, match=part):
            _refuse_differences(order, hasher)
    _refuse_differences(
        Order("n", b"", {}, tmp_path, Fingerprint("", {}, good, code, library_versions())), hasher
    )


def test_nobody_at_the_address_is_a_wrong_request(tmp_path, write_notebook, monkeypatch):
    from analysis.execution import cluster

    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1.0)
    notebook = write_notebook("n", "1")
    with pytest.raises(cluster.NoCluster, match=r"dask worker tcp://127\.0\.0\.1:1"):
        run_tasks([Task(notebook, {}, tmp_path / "n.ipynb")], scheduler="tcp://127.0.0.1:1")

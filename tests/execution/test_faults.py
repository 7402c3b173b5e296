"""Whatever is killed, refused or full: no half-written result, a clear line, and a run that resumes.

The number of random kills is small here; `DVCTT_FAULT_KILLS=30` makes it thirty of each.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from analysis.execution import publish as publishing
from analysis.execution.publish import CannotWrite, check_writable, publish
from analysis.execution.run import Task, plan_tasks, run_tasks

sys.path.insert(0, str(Path(__file__).parent))
from faults import COUNT

PROGRAM = Path(__file__).parent / "faults.py"
KILLS = int(os.environ.get("DVCTT_FAULT_KILLS", "1"))
SEED = int(os.environ.get("DVCTT_FAULT_SEED", "20220820"))
CELLS = ("import time", "time.sleep(0.15)\nprint('number', number)", "print('x' * 20000)")


def heed_interrupts() -> None:
    """Take Ctrl-C as in a terminal, also where these tests were started in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def start(write_notebook, tmp_path):
    """Start the small run as a process of its own."""
    started = []

    def go(out, *cells, jobs=2):
        notebook = write_notebook("n", *(cells or CELLS), parameters="number: int = 0")
        command = [sys.executable, str(PROGRAM), str(notebook), str(out), str(jobs)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=heed_interrupts
        )
        started.append(process)
        return process

    yield go
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def finish(process, expected=0):
    said, _ = process.communicate(timeout=120)
    assert process.returncode == expected, said
    return said


def results(out):
    return {path.name: path.read_bytes() for path in sorted(out.glob("*.ipynb"))}


def leftovers(out):
    return sorted(path.name for path in out.iterdir() if path.name.startswith("."))


@pytest.fixture
def undisturbed(start, tmp_path_factory, request):
    """Return the results of a run that nothing befell, one notebook at a time, and the seconds it took; made once."""
    module = request.module
    if not hasattr(module, "_undisturbed"):
        out = tmp_path_factory.mktemp("undisturbed")
        started = time.monotonic()
        finish(start(out, jobs=1))
        module._undisturbed = results(out), time.monotonic() - started
        assert len(module._undisturbed[0]) == COUNT
    return module._undisturbed


def victims(process, name):
    """Return the server started by `process`, or the notebooks' processes that it forked."""
    with contextlib.suppress(psutil.Error):
        servers = psutil.Process(process.pid).children()
        return servers if name == "server" else [child for one in servers for child in one.children()]
    return []


def kill_one(process, name, moment):
    """Kill the first victim that is there from `moment` on (in seconds); tell whether the run lived to see it."""
    begun = time.monotonic()
    while process.poll() is None:
        found = victims(process, name) if time.monotonic() - begun >= moment else []
        if found:
            found[0].kill()
            print(f"the {name} was killed {time.monotonic() - begun:.2f} s after the start")
            return True
        time.sleep(0.005)
    return False


@pytest.mark.notebook
def test_a_run_killed_at_random_moments_never_leaves_half_a_result_and_resumes(start, undisturbed, tmp_path):
    whole, seconds = undisturbed
    print(f"seed {SEED}, {KILLS} kills, an undisturbed run takes {seconds:.2f} s")
    moments = random.Random(SEED)
    for round_number in range(KILLS):
        out = tmp_path / f"killed-{round_number}"
        process = start(out)
        time.sleep(moments.uniform(0.3, 1.0) * seconds)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=20)
        for name, content in results(out).items() if out.exists() else ():
            assert content == whole[name], f"{name} was published half"
        finish(start(out))
        assert results(out) == whole
        assert leftovers(out) == []


@pytest.mark.notebook
@pytest.mark.parametrize("victim", ["server", "notebook"])
def test_a_killed_server_or_notebook_costs_at_most_its_own_results(start, undisturbed, tmp_path, victim):
    whole, seconds = undisturbed
    print(f"seed {SEED}, {KILLS} kills, an undisturbed run takes {seconds:.2f} s")
    moments, kills, rounds = random.Random(f"{victim} {SEED}"), 0, 0
    while kills < KILLS:
        rounds += 1
        assert rounds <= 2 * KILLS + 5, "too many runs ended before their moment came"
        out = tmp_path / f"{victim}-{rounds}"
        process = start(out)
        kills += kill_one(process, victim, moments.uniform(0, seconds))
        said, _ = process.communicate(timeout=120)
        if victim == "server":
            assert process.returncode == 0, f"{said}: it is started anew once"
        else:
            assert process.returncode == 0 or "the kernel died (signal 9" in said, said
            finish(start(out))
        assert results(out) == whole
        assert leftovers(out) == []


@pytest.mark.notebook
@pytest.mark.parametrize(
    ("number", "moment"), [(signal.SIGINT, "first second"), (signal.SIGTERM, "while cells run")]
)
def test_a_stopped_run_ends_within_two_seconds_says_so_and_resumes(start, tmp_path, number, moment):
    out, flag = tmp_path / "stopped", tmp_path / "flag"
    stopped = tmp_path / "was-stopped"
    wait = f"import os, time, pandas; time.sleep(3 if number and not os.path.exists({str(stopped)!r}) else 0)"
    cells = (f"open({str(flag)!r}, 'w').close()", wait)
    process = start(out, *cells)
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        ready = list(out.glob("*.ipynb")) if moment == "while cells run" else list(out.glob(".*.lock"))
        if ready:
            break
        time.sleep(0.01)
    family = psutil.Process(process.pid).children(recursive=True)
    begun = time.monotonic()
    process.send_signal(number)
    said = finish(process, expected=1)
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert time.monotonic() - begun < 2 * busy
    assert "nothing is half-written. Run the same command again" in said
    assert "Traceback" not in said
    assert psutil.wait_procs(family, timeout=2)[1] == []
    assert not (out / "failed").exists()
    assert leftovers(out) == []
    stopped.touch()  # what is left need not wait
    finish(start(out, *cells))
    assert len(results(out)) == COUNT


@pytest.mark.notebook
def test_two_runs_at_once_share_the_work(start, tmp_path):
    log, out = tmp_path / "log", tmp_path / "out"
    cells = (
        f"with open({str(log)!r}, 'a') as file:\n    print(number, file=file)",
        "import time; time.sleep(0.3)",
    )
    runs = [start(out, *cells), start(out, *cells)]
    said = [finish(process) for process in runs]
    assert sorted(map(int, log.read_text().split())) == list(range(COUNT)), "nothing is run twice"
    assert len(results(out)) == COUNT
    assert any("another run is making it" in text for text in said)
    assert leftovers(out) == []


@pytest.fixture
def small_disk(tmp_path):
    """Mount a file system of 128 kB; only root may."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "dvctt-test", str(place)]
    try:
        mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("only root can mount a small file system here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.notebook
def test_a_full_disk_is_one_clear_line_and_loses_nothing(small_disk, write_notebook, capfd):
    notebook = write_notebook("n", "print('x' * 50000 * number)", parameters="number: int = 0")
    first = Task(notebook, {"number": 1}, small_disk / "1.ipynb")
    run_tasks([first], failed_folder=small_disk / "failed")
    kept = (small_disk / "1.ipynb").read_bytes()
    with pytest.raises(CannotWrite, match="the disk is full"):
        run_tasks(
            [first, Task(notebook, {"number": 9}, small_disk / "9.ipynb")],
            failed_folder=small_disk / "failed",
        )
    assert (small_disk / "1.ipynb").read_bytes() == kept
    assert sorted(path.name for path in small_disk.iterdir()) == ["1.ipynb", "1.manifest.json"]
    assert plan_tasks([first])[0].why == ()


def test_a_read_only_folder_is_refused_before_anything_runs(small_disk, write_notebook):
    notebook = write_notebook("n", "1")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(CannotWrite, match="read-only"):
        run_tasks([Task(notebook, {}, small_disk / "reports" / "n.ipynb")])


def test_a_folder_without_permission_or_behind_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="a file"):
        check_writable(tmp_path / "file" / "reports")
    if os.geteuid() == 0:
        return
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(CannotWrite, match="you may not write there"):
        check_writable(tmp_path / "closed")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_write_that_fails_leaves_the_old_result(tmp_path, monkeypatch, code):
    path = tmp_path / "result"
    publish(path, b"old")

    def fail(*_arguments):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(publishing.os, "fsync", fail)
    with pytest.raises(CannotWrite, match="nothing half-written was left"):
        publish(path, b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["result"]
    assert path.read_bytes() == b"old"


@pytest.mark.notebook
def test_a_clock_that_jumps_makes_nothing_stale_and_breaks_nothing(write_notebook, tmp_path, monkeypatch):
    data = tmp_path / "data.csv"
    data.write_text("1")
    notebook = write_notebook(
        "n", f"print(open({str(data)!r}).read() * number)", parameters="number: int = 3"
    )
    output = tmp_path / "n.ipynb"
    jumps = random.Random(SEED)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + jumps.uniform(-1e6, 1e6))
    task = Task(notebook, {}, output, (data,))
    (outcome,) = run_tasks([task], timeout=60, failed_folder=tmp_path / "failed")
    assert outcome.status == "done", outcome.failure
    for moment in (0, 2**31 - 1):
        for path in (data, notebook, output):
            os.utime(path, (moment, moment))
        assert plan_tasks([task])[0].why == ()
    data.write_text("2")
    os.utime(data, (0, 0))
    assert plan_tasks([task])[0].why == (f"input {data} changed",)

"""Running notebooks beside the plain papermill command, and a rerun with nothing to do beside doit's.

Wall seconds, both sides in turn in one run, because waiting is what parallel work is about; the processor seconds
of both are in the notes. Every province is taken, or as many as DVCTT_BENCH_PROVINCES says; the peer runs a few and is
scaled.
"""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from analysis.estimation.checks.power import simulate_power
from analysis.estimation.panel.simulate import Scenario, simulate_panel
from analysis.execution.run import Task, available_cores, plan_tasks, run_tasks
from analysis.project import find_root
from analysis.reference.provinces import provinces
from analysis.stated_inputs import state_inputs
from benchmarks.pools import open_pool
from benchmarks.side_by_side import Row, show

COUNT = int(os.environ.get("DVCTT_BENCH_PROVINCES", "63"))
SAMPLE = min(2, COUNT)  # provinces whose notebooks the peer runs
ROOT = find_root()
NOTEBOOKS = ROOT / "notebooks"
RUN = """
import pickle, sys
from analysis.cleaning import processed
from analysis.execution.run import run_tasks
from analysis.project import find_root
tasks, options = pickle.loads(sys.stdin.buffer.read())
with processed.trusted(find_root()):
    outcomes = run_tasks(tasks, **options)
sys.exit(any(outcome.status not in ("done", "fresh") for outcome in outcomes))
"""
# What the cells themselves cost where everything is imported: no kernel, no messages, nothing saved.
CELLS = """
import importlib, json, os, pickle, resource, sys
import nbformat
from analysis.cleaning import processed
from analysis.execution.engine import imported_modules
from analysis.project import find_root

tasks = pickle.loads(sys.stdin.buffer.read())
notebooks = {task.notebook: nbformat.read(task.notebook, as_version=4) for task in tasks}
cells = {path: [cell for cell in one.cells if cell.cell_type == "code"] for path, one in notebooks.items()}
for own in cells.values():
    for name in imported_modules(cell["source"] for cell in own):
        importlib.import_module(name)
os.chdir(tasks[0].notebook.parent)

def run(task):
    from IPython.core.interactiveshell import InteractiveShell
    shell = InteractiveShell.instance()
    for cell in cells[task.notebook]:
        if not shell.run_cell("".join(cell["source"])).success:
            os._exit(1)
        if "parameters" in cell["metadata"].get("tags", ()):
            shell.user_ns.update(task.parameters)
    os._exit(0)

with processed.trusted(find_root()):
    for task in tasks:
        pid = os.fork()
        if pid == 0:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            run(task)
        if os.waitpid(pid, 0)[1]:
            sys.exit(f"{task.notebook.name} failed")
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(spent.ru_utime + spent.ru_stime)
"""


@dataclass(frozen=True)
class Took:
    """Wall and processor seconds of a program and what it started, and their largest memory in MB."""

    wall_s: float
    cpu_s: float
    peak_mb: float = 0.0


def tasks_for(count: int, folder: Path, languages: Sequence[str] = ("vi", "en")) -> list[Task]:
    """Return the notebooks of the briefs of `count` provinces, as `dvctt brief` asks for them."""
    tasks = [Task(NOTEBOOKS / "03-regression.ipynb", {}, folder / "03-regression.ipynb")]
    for province in provinces()[:count]:
        name, own = province.name_vi, folder / province.slug
        tasks.append(Task(NOTEBOOKS / "02-before-after.ipynb", {"province": name}, own / "02.ipynb"))
        given = {"province": name, "language": ",".join(languages)}
        tasks.append(Task(NOTEBOOKS / "06-brief.ipynb", given, own / "06.ipynb"))
    return state_inputs(tasks, ROOT)


def took(
    command: Sequence[str], sent: bytes = b"", env: dict[str, str] | None = None, cwd: Path = ROOT
) -> Took:
    """Run a program to its end and say what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=cwd, env=env
    )
    with _peak_of(process.pid) as peak:
        _, said = process.communicate(sent)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        raise RuntimeError(
            f"{' '.join(command[:4])} … ended with status {process.returncode}:\n{said.decode()[-2000:]}"
        )
    return Took(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, max(peak))


@contextmanager
def _peak_of(pid: int) -> Iterator[list[float]]:
    """Watch the memory of a process and those it started: what forked kernels share is counted once (PSS)."""
    seen, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.5):
            total = 0.0
            try:
                root = psutil.Process(pid)
                for process in [root, *root.children(recursive=True)]:
                    total += process.memory_full_info().pss / 1e6
            except (psutil.Error, AttributeError):
                continue
            seen.append(total)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield seen
    over.set()
    thread.join()


def rerun(tasks: Sequence[Task]) -> Took:
    """Ask again for results that are up to date, without looking at the raw data as `dvctt brief` does first."""
    program = RUN.replace("from analysis.cleaning import processed\n", "")
    program = program.replace("with processed.trusted(find_root()):\n    outcomes", "if tasks:\n    outcomes")
    return took([sys.executable, "-c", program], pickle.dumps((list(tasks), {})))


def ours(tasks: Sequence[Task], **options: object) -> Took:
    """Run tasks in a program of its own, from the start of Python to its end."""
    return took([sys.executable, "-c", RUN], pickle.dumps((list(tasks), options)))


def papermill(tasks: Sequence[Task], folder: Path) -> Took:
    """Run tasks one after another with the plain papermill command."""
    folder.mkdir(parents=True, exist_ok=True)
    spent = []
    for number, task in enumerate(tasks):
        given = [part for name, value in task.parameters.items() for part in ("-p", name, str(value))]
        command = [
            sys.executable,
            "-m",
            "papermill",
            str(task.notebook),
            str(folder / f"{number}.ipynb"),
            *given,
        ]
        spent.append(took([*command, "-k", "python3", "--no-progress-bar"], cwd=task.notebook.parent))
    return Took(sum(one.wall_s for one in spent), sum(one.cpu_s for one in spent))


def row(name: str, us: Took, peer: str, them: Took, scale: float = 1.0, note: str = "") -> Row:
    """Return a comparison; the notes carry processor seconds and memory."""
    memory = f"; our peak memory {us.peak_mb:.0f} MB" if us.peak_mb else ""
    cpu = f"processor seconds {us.cpu_s:.1f} and {them.cpu_s * scale:.1f}{memory}; load {os.getloadavg()[0]:.1f}"
    peer_s = them.wall_s * scale
    text = f"{note}; {cpu}" if note else cpu
    return Row(name, us.wall_s, peer, _version(peer), peer_s, peer_s / us.wall_s, text)


def _version(peer: str) -> str:
    try:
        return version(peer.split()[0])
    except PackageNotFoundError:
        return "this project"


def plain_runs(folder: Path) -> Took:
    """Return what the papermill command takes for all briefs, a run for each language, scaled from those of a few.

    Two provinces' six runs stand for all, and 03 runs once.
    """
    first = papermill(tasks_for(1, folder)[:1], folder / "peer")
    sample = tasks_for(SAMPLE, folder, ("vi",))[1:] + [
        task for task in tasks_for(SAMPLE, folder, ("en",)) if task.notebook.stem.startswith("06")
    ]
    each, scale = papermill(sample, folder / "peer"), COUNT / SAMPLE
    return Took(scale * each.wall_s + first.wall_s, scale * each.cpu_s + first.cpu_s)


def bench_cluster_and_here(folder: Path) -> tuple[list[Row], Took]:
    """Run the briefs' notebooks with --jobs 2 and on two Dask workers of this machine; return the first's time too."""
    near = ours(tasks_for(COUNT, folder / "near"), jobs=2)
    address = "tcp://127.0.0.1:18765"
    host = ["--host", "127.0.0.1", "--port", "18765"]
    workers = [address, "--nworkers", "2", "--nthreads", "1"]
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{name}", *words, "--no-dashboard"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for name, words in (("scheduler", host), ("worker", workers))
    ]
    try:
        ours(tasks_for(1, folder / "dask-warm-up"), scheduler=address)
        far = ours(tasks_for(COUNT, folder / "dask"), scheduler=address)
    finally:
        for program in reversed(programs):
            program.terminate()
            program.wait(20)
    note = f"{2 * COUNT + 1} notebooks; the workers' processor time is not counted"
    return [row("two Dask workers", far, "--jobs 2", near, note=note)], near


def bench_permutations() -> Row:
    """Spread simulations of 9,999 permutations each over an Executor; the numbers are those of one process."""
    panel = simulate_panel(Scenario(n_units=63, n_periods=18, n_treated=9), seed=5)
    made, times = [], []
    for jobs in (available_cores(), 1):
        begun = time.perf_counter()
        with open_pool(jobs) as pool:
            made.append(
                simulate_power(panel, inferences=["permutation"], repetitions=64, draws=9_999, pool=pool)
            )
        times.append(Took(time.perf_counter() - begun, 0.0))
    if made[0] != made[1]:
        raise RuntimeError("an Executor gave other numbers than one process")
    return row(
        f"64 × 9,999 permutations over {available_cores()} processes", times[0], "one process", times[1]
    )


def _middle(many: Sequence[Took], field: str) -> float:
    return statistics.median(getattr(one, field) for one in many)


def bench_briefs(folder: Path) -> list[Row]:
    """Make all briefs, rendered, with the command as a user does, beside papermill and beside the cells' own time."""
    root = folder / "project"
    for part in ("notebooks", "studies", "data"):
        shutil.copytree(ROOT / part, root / part)
    tasks = tasks_for(COUNT, folder)
    chosen = [province.name_vi for province in provinces()[:COUNT]]
    command = [str(Path(sys.executable).parent / "dvctt"), "brief", *chosen, "--language", "vi,en"]
    us = took([*command, "--force"], env={**os.environ, "DVCTT_ROOT": str(root)}, cwd=root)
    them = plain_runs(folder)
    done = subprocess.run(
        [sys.executable, "-c", CELLS], input=pickle.dumps(tasks), capture_output=True, check=True, cwd=ROOT
    )
    cells = float(done.stdout.split()[-1])
    cores = available_cores()
    floor = Took(cells / cores, cells)
    name, note = f"dvctt brief, {COUNT} provinces", f"{len(tasks)} notebooks, HTML and PDF"
    return [
        row(
            name,
            us,
            "papermill command",
            them,
            note=f"{note}; papermill {3 * COUNT + 1} runs, scaled from {3 * SAMPLE + 1}, renders nothing",
        ),
        row(f"{name}, beside its cells", us, f"the cells alone over {cores} cores", floor, note=note),
    ]


def bench_one_province(folder: Path, whole: Took) -> Row:
    """Make one province's notebooks anew while the others are up to date, beside making all of them."""
    tasks = tasks_for(COUNT, folder / "near")
    shutil.rmtree(tasks[1].output.parent)
    return row("one changed province", ours(tasks, jobs=2), f"all {COUNT} provinces", whole)


def bench_nothing_to_do(folder: Path) -> list[Row]:
    """Rerun the whole graph when all of it is up to date, in turn with doit on the same files."""
    tasks = tasks_for(COUNT, folder / "near")
    run_tasks(tasks, jobs=2)
    if not _can_import("doit"):
        us = rerun(tasks)
        name = f"a rerun with nothing to do, {len(tasks)} results"
        return [Row(name, us.wall_s, "doit", "not installed", None, None)]
    doit = _write_dodo(tasks, folder / "doit")
    took(doit, cwd=folder / "doit")
    us, them = [], []
    for _ in range(5):
        us.append(rerun(tasks))
        them.append(took(doit, cwd=folder / "doit"))
    note = f"{len(tasks)} results"
    best, peer = (Took(_middle(side, "wall_s"), _middle(side, "cpu_s")) for side in (us, them))
    return [row(f"a rerun with nothing to do, {len(tasks)} results", best, "doit", peer, note=note)]


def _can_import(name: str) -> bool:
    return subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True).returncode == 0


def _write_dodo(tasks: Sequence[Task], folder: Path) -> list[str]:
    """Write doit's description of the same graph, each target with the files its result depends on."""
    folder.mkdir(parents=True)
    described = []
    for number, (task, verdict) in enumerate(zip(tasks, plan_tasks(tasks), strict=True)):
        names = [name.removeprefix("input ") for name in verdict.fingerprint if name.startswith("input ")]
        stated = [ROOT / name for name in names]
        files = [str(path) for path in stated if path.is_file()]
        files += [str(path) for path in sorted((ROOT / "src").rglob("*.py"))]
        described.append(
            {
                "name": str(number),
                "actions": ["true"],
                "file_dep": [str(task.notebook), *files],
                "targets": [str(task.output)],
            }
        )
    (folder / "dodo.py").write_text(f"TASKS = {described!r}\n\ndef task_notebook():\n    yield from TASKS\n")
    return [sys.executable, "-m", "doit", "--verbosity", "0"]


def bench_help() -> Row:
    """Start the command; the peer is papermill's."""
    folder = Path(sys.executable).parent
    sides: list[Callable[[], Took]] = [
        lambda: took([str(folder / "dvctt"), "--help"]),
        lambda: took([str(folder / "papermill"), "--help"]),
    ]
    us, them = ([side() for _ in range(5)] for side in sides)
    return row(
        "dvctt --help",
        Took(_middle(us, "wall_s"), _middle(us, "cpu_s")),
        "papermill command",
        Took(_middle(them, "wall_s"), _middle(them, "cpu_s")),
    )


def run() -> list[Row]:
    """Run every benchmark of this module."""
    with tempfile.TemporaryDirectory(prefix="dvctt-bench-") as name:
        folder = Path(name)
        rows = bench_briefs(folder)
        more, whole = bench_cluster_and_here(folder)
        rows += [*more, bench_one_province(folder, whole), *bench_nothing_to_do(folder)]
    return [*rows, bench_permutations(), bench_help()]


if __name__ == "__main__":
    show(run())

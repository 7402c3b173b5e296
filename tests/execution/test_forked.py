"""Notebooks in forked processes: byte for byte what plain papermill makes, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import logging
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import papermill
import psutil
import pytest

from analysis.execution import engine
from analysis.execution.forked import servers as own_servers
from analysis.execution.notebook import Order, execute
from analysis.execution.reproducible import to_bytes
from analysis.execution.run import Task, run_tasks

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork processes"),
]
PYTHON = {"name": "python3", "language": "python", "display_name": "Python 3"}


@pytest.fixture(scope="module", autouse=True)
def servers():
    engine.register()
    yield
    engine.close()


@pytest.fixture
def said(caplog):
    """Return what papermill logged as warnings."""
    logging.getLogger("papermill").setLevel(logging.WARNING)
    return lambda: [record.message for record in caplog.records if record.name == "papermill"]


def notebook(*cells, kernel=PYTHON):
    """Return a notebook whose cells may all raise, but for those that begin with `# last`."""
    made = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    for number, cell in enumerate(cells):
        source = textwrap.dedent(cell).strip()
        tags = [] if source.startswith("# last") else ["raises-exception"]
        made.cells.append(nbformat.v4.new_code_cell(source, id=f"c{number}", metadata={"tags": tags}))
    return made


def run(made, folder, engine_name="dvctt", **options):
    """Return a notebook's bytes as papermill left them, and how it ended."""
    output, ended = folder / f"out-{engine_name}.ipynb", ""
    try:
        papermill.execute_notebook(
            nbformat.from_dict(json.loads(json.dumps(made))),
            output,
            engine_name=engine_name,
            progress_bar=False,
            cwd=folder,
            **options,
        )
    except Exception as error:
        ended = re.sub(r"ipykernel_\d+", "ipykernel", f"{type(error).__name__}: {error}")
    content = to_bytes(nbformat.read(output, as_version=4), {})
    output.unlink()
    return content.decode(), ended


def same(made, folder, **options):
    """See that the engine makes of a notebook what papermill makes, and return it and how it ended."""
    plain, plain_end = run(made, folder, None, **options)
    ours, our_end = run(made, folder, **options)
    assert our_end == plain_end
    assert ours.splitlines() == plain.splitlines()
    return ours, our_end


TEXTS = """
import os, sys, threading, time
print("out"); print("err", file=sys.stderr); 1 + 1
# -
ts = [threading.Thread(target=print, args=("thread", i)) for i in range(3)]
for t in ts: t.start(); t.join()
# -
def later():
    time.sleep(0.5); print("late")
t = threading.Thread(target=later); t.start()
# -
t.join(); print("joined")
# -
import subprocess
subprocess.run(["echo", "child"]); os.system("echo system; echo bad >&2"); time.sleep(0.2)
# -
!echo bang
captured = !echo kept
captured
# -
import multiprocessing
def square(x):
    return x * x
with multiprocessing.get_context("fork").Pool(2) as pool: print(pool.map(square, range(9)))
# -
p = multiprocessing.get_context("fork").Process(target=print, args=("worker",)); p.start(); p.join(); time.sleep(0.3)
# -
sys.argv[0].endswith("ipykernel_launcher.py"), len(sys.argv), sys.path.index("")
# -
import signal, shutil
[signal.getsignal(getattr(signal, s)) for s in ("SIGINT", "SIGTERM", "SIGHUP", "SIGCHLD")], shutil.get_terminal_size()
# -
sorted(name for name in globals() if not name.startswith("_")), In[1][:9], sys.stdout, os.environ["TERM"]
# -
input("name?")
# -
os.close(os.open(".", os.O_RDONLY))
# -
for i in range(20000): print("line", i)
print("x" * 2_000_000)
"""
SHOWN = """
from IPython.display import HTML, Markdown, SVG, clear_output, display, update_display
first = display("first", display_id=True); display("named", display_id="n")
# -
first.update("second"); update_display("renamed", display_id="n")
# -
display("gone"); clear_output(); display("kept")
# -
display("gone"); clear_output(wait=True); print("kept")
# -
print("a"); display(HTML("<b>b</b>"), Markdown("*c*"), SVG("<svg></svg>"), metadata={"k": 1}); print("d")
# -
class Both:
    def _repr_mimebundle_(self, **_): return {"text/plain": "p", "application/x+json": {"a": (1, 2)}}
Both()
# -
class Broken:
    def __repr__(self): raise RuntimeError("no repr")
Broken()
# -
float("nan"), _, Out[1:2] if 0 else None
# -
def reciprocal(x):
    return 1 / x
reciprocal(0)
# -
f(
# -
raise KeyError("k") from ValueError("v")
# -
%nosuchmagic
# -
raise ExceptionGroup("several", [ValueError(1), TypeError("ăâ")])
# -
import warnings; warnings.warn("careful")
# -
import asyncio
await asyncio.sleep(0.01); print("slept"); asyncio.get_running_loop().is_running()
# -
async def five(): return 5
task = asyncio.create_task(five())
# -
await task
# -
asyncio.run(five())
# -
async with asyncio.timeout(0.05): await asyncio.sleep(5)
# -
%%capture kept
print("hidden")
# -
kept.stdout, get_ipython().__class__.__name__, "IPKernelApp" in get_ipython().config
# -
%history
# -
%xmode Plain
# -
1 / 0
# -
import sys; sys.exit(3)
# -
# last
reciprocal(0)
# -
print("never")
"""


@pytest.mark.parametrize("cells", [TEXTS, SHOWN], ids=["texts", "shown"])
def test_a_notebook_is_byte_for_byte_what_plain_papermill_makes(cells, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # with it ipykernel leaves child processes' output alone
    same(notebook(*cells.split("# -\n")), tmp_path)


LIBRARIES = """
import pandas as pd, numpy as np, seaborn, csv, json, helper
pd.DataFrame({f"column{i}": np.arange(70) * i for i in range(40)})
# -
print(_1); pd.get_option("display.max_columns"), pd.get_option("display.width")
# -
[getattr(module, "MARK", "library") for module in (seaborn, csv, json)], helper.__name__
# -
import matplotlib.pyplot as plt
plt.rcParams["axes.facecolor"], plt.rcParams["figure.figsize"]
# -
plt.style.use("./own.mplstyle"); plt.plot([1, 2])
# -
plt.isinteractive(), sorted(name for name in ("scipy.stats", "statsmodels.api") if name in __import__("sys").modules)
"""


def test_what_lies_beside_a_notebook_counts_as_for_a_kernel_of_its_own(tmp_path):
    """Tables as wide as a kernel's, settings and styles of the folder, modules named like libraries."""
    for name in ("seaborn", "csv", "json", "helper"):
        (tmp_path / f"{name}.py").write_text(f"MARK = 'beside: {name}'\n")
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: 0.8\nfigure.figsize: 3, 2\n")
    (tmp_path / "own.mplstyle").write_text("lines.linewidth: 5\n")
    made, _ = same(notebook(*LIBRARIES.split("# -\n")), tmp_path)
    assert "beside: seaborn" in made
    assert "image/png" in made


@pytest.mark.parametrize(
    ("cell", "end", "timeout"),
    [
        ("time.sleep(60)", "CellTimeoutError", 3),
        ("time.sleep(1); os.kill(os.getpid(), signal.SIGKILL)", "DeadKernelError", 60),
    ],
)
def test_what_is_left_of_a_notebook_that_dies_is_what_papermill_leaves(cell, end, timeout, tmp_path, capfd):
    """A kernel that dies at once may take what it had to say with it: papermill's own output needs the second."""
    made = notebook(
        "print('x')", f"import os, signal, time; print('y', flush=True); {cell}", "print('never')"
    )
    left, left_end = same(made, tmp_path, execution_timeout=timeout)
    assert "never\\n" not in left and '"execution_count": 2' in left
    assert left_end.startswith(end)


def test_a_notebook_that_kills_itself_at_once_keeps_its_earlier_cells(tmp_path, capfd):
    """Without papermill beside it: whether a kernel still says that its cell began is chance there."""
    left, end = run(
        notebook("print('x')", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), tmp_path
    )
    assert end.startswith("DeadKernelError") and "x\\n" in left


def test_another_kernel_is_itself_or_refused_and_never_this_python(tmp_path, monkeypatch, said):
    """`-k` and the notebook's own kernel are followed; one that only this engine cannot fork runs as papermill does."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    own = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    for name, spec in {
        "variable": {"argv": own, "language": "python", "env": {"MARK": "other"}},
        "flagged": {"argv": [own[0], "-Werror::UserWarning", *own[1:]], "language": "python"},
    }.items():
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        (folder / "kernel.json").write_text(json.dumps({"display_name": name, **spec}))
    asks = notebook("import os, sys; os.environ.get('MARK'), sys.warnoptions")
    assert "('other', [])" in run(asks, tmp_path, kernel_name="variable")[0]
    assert "the kernel variable is not the Python kernel of this environment" in said()[0]
    assert "(None, ['error::UserWarning'])" in run(asks, tmp_path, kernel_name="flagged")[0]
    assert len(said()) == 1
    julia = notebook(
        "n = 7; print(n^2)", kernel={"name": "julia-1.9", "language": "julia", "display_name": "J"}
    )
    with pytest.raises(Exception, match=r"No such kernel named julia-1\.9"):
        papermill.execute_notebook(julia, None, engine_name="dvctt", progress_bar=False)


@pytest.fixture
def order(tmp_path):
    def make(*cells, **options):
        return Order("n.ipynb", json.dumps(notebook(*cells)).encode(), {}, tmp_path, **options)

    return make


def printed(order):
    execution = execute(order)
    assert execution.failure is None, execution.failure
    cells = json.loads(execution.content)["cells"]
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


PLANT = """
import decimal, os, random, sys, warnings, numpy as np
here = [os.getcwd() == "/", "/planted" in sys.path, "planted" in dir()]
print([decimal.getcontext().prec, "PLANTED" in os.environ, *here])
print(random.random(), np.random.random())
decimal.getcontext().prec = 5; os.environ["PLANTED"] = "1"; os.chdir("/"); sys.path.append("/planted"); planted = 1
np.random.seed(0); random.seed(0)
"""


def test_nothing_planted_in_one_notebook_is_found_in_the_next(order):
    (state, first), (again, second) = (printed(order(PLANT)).splitlines() for _ in range(2))
    assert state == again == "[28, False, False, False, False]"
    assert len({*first.split(), *second.split()}) == 4, "each has its own random numbers"


def test_imports_are_made_once_and_anew_when_a_file_of_theirs_changes(order, tmp_path, monkeypatch):
    place = tmp_path / "library"
    place.mkdir()
    monkeypatch.setenv("PYTHONPATH", f"{place}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    (place / "slow.py").write_text("import os\nMADE_IN, MARK = os.getpid(), 'old'\n")
    asks = order("import os, slow; print(slow.MARK, slow.MADE_IN == os.getppid())")
    assert [printed(asks) for _ in range(2)] == ["old True\n"] * 2
    (place / "slow.py").write_text("import os\nMADE_IN, MARK = os.getpid(), 'newer'\n")
    assert printed(asks) == "newer True\n"
    (tmp_path / "slow.py").write_text("MARK, MADE_IN = 'beside', 0\n")
    assert printed(asks) == "newer True\n", "what PYTHONPATH names comes before the notebook's folder"


def test_a_library_that_starts_threads_is_left_to_each_notebook(order, tmp_path, monkeypatch):
    """As polars does: the notebook is forked all the same, from a process that never imported it."""
    place = tmp_path / "library"
    place.mkdir()
    monkeypatch.setenv("PYTHONPATH", f"{place}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    threads = (
        "import os, threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    (place / "threaded.py").write_text(threads + "MADE_IN = os.getpid()\n")
    code = "import sqlite3, threaded, os, sys; print(threaded.MADE_IN == os.getpid())"
    assert printed(order(code)) == "True\n"
    assert f"{place}" in str(list(own_servers().current)), "it was forked, not started"


def test_a_notebook_can_be_interrupted_and_goes_on(order):
    code = "import time\ntry:\n    print('x'); time.sleep(60)\nexcept KeyboardInterrupt:\n    print('interrupted')"

    def interrupt():
        while not engine._running:
            time.sleep(0.05)
        time.sleep(2)
        next(iter(engine._running)).km.kill(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    assert printed(order(code, "print('again')")) == "x\ninterrupted\nagain\n"
    thread.join()


def test_a_run_started_inside_a_running_event_loop_works(tmp_path, capfd):
    """As from a researcher's own notebook, whose kernel runs a loop in the main thread."""
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook("print(6 * 7)")))

    async def from_a_notebook():
        (outcome,) = run_tasks([Task(tmp_path / "n.ipynb", {}, tmp_path / "out" / "n.ipynb")])
        return outcome.status

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: asyncio.run(from_a_notebook())).result() == "done"


def _in_a_pool(given):
    return printed(given)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork.*:DeprecationWarning")
def test_a_forked_pool_may_use_the_engine_after_its_parent_has(order):
    given = order("print(6 * 7)")
    assert printed(given) == "42\n"
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_in_a_pool, [given, given]).get(60) == ["42\n"] * 2
    assert printed(given) == "42\n"


def test_a_notebook_whose_server_is_killed_fails_and_the_next_has_another(order):
    killed = execute(order("import os, time", "# last\nos.kill(os.getppid(), 9); time.sleep(60)"))
    assert (killed.failure.kind, killed.failure.cell) == ("DeadKernelError", 2)
    assert printed(order("print(1)")) == "1\n"


CLIENT = """
import json, sys
from pathlib import Path
from analysis.execution.notebook import Order, execute
execute(Order("n.ipynb", Path(sys.argv[1]).read_bytes(), {}, Path(sys.argv[1]).parent))
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_client_leaves_no_process_and_nothing_in_the_temporary_folder(tmp_path, number):
    flag, temporary = tmp_path / "pids", tmp_path / "tmp"
    temporary.mkdir()
    code = f"import os, time; open({str(flag)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}'); time.sleep(60)"
    (tmp_path / "n.ipynb").write_text(json.dumps(notebook(code)))
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(tmp_path / "n.ipynb")], env=os.environ | {"TMPDIR": str(temporary)}
    )
    deadline = time.monotonic() + 60
    while not (flag.exists() and flag.read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    started = [psutil.Process(int(pid)) for pid in flag.read_text().split()]
    client.send_signal(number)
    client.wait(20)
    assert psutil.wait_procs(started, timeout=5)[1] == []
    assert list(temporary.iterdir()) == []

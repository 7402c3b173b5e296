"""Warm kernels: as isolated as plain ones, the same bytes, and nothing left behind whoever is killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from analysis.execution import engine, warm
from analysis.execution.fingerprint import Fingerprint
from analysis.execution.notebook import Order, kernel_environment
from analysis.execution.notebook import execute as execute_order
from analysis.execution.zygote import PRELOADED

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="warm kernels need fork; plain ones are used here"),
]


@pytest.fixture(scope="module", autouse=True)
def server():
    """One server for the module, started anew by whoever killed it."""
    yield lambda: warm.start_server(kernel_environment(), PRELOADED)
    warm.close_servers()


NOTHING = Fingerprint("", {}, {}, {}, {})


def execute(order):
    return execute_order(order, warm=order.warm)


@pytest.fixture
def order(write_notebook):
    def make(*cells, warm=True, **options):
        path = write_notebook("n", *map(textwrap.dedent, cells))
        return Order("n.ipynb", path.read_bytes(), {}, path.parent, NOTHING, warm=warm, **options)

    return make


def printed(execution):
    assert execution.failure is None, execution.failure
    cells = json.loads(execution.content)["cells"]
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def gone(pid, seconds=5.0):
    """Tell whether a process ended within some seconds; one that only waits to be collected has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


STATE = """
    import json, os, random, signal, sys, threading, warnings
    import matplotlib, numpy as np, pandas as pd
    print(json.dumps({
        "names": "planted" in globals(),
        "module": hasattr(json, "planted"),
        "environment": os.environ.get("PLANTED"),
        "folder": os.getcwd(),
        "path": [entry for entry in sys.path if "planted" in entry],
        "threads": sorted(thread.name for thread in threading.enumerate() if "planted" in thread.name),
        "files": sorted({os.path.basename(os.readlink(f"/proc/self/fd/{fd}")) for fd in os.listdir("/proc/self/fd")
                        if os.path.exists(f"/proc/self/fd/{fd}") and os.path.isfile(f"/proc/self/fd/{fd}")}),
        "handler": signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL,
        "filters": [str(f) for f in warnings.filters if "planted" in str(f)],
        "size": matplotlib.rcParams["font.size"],
        "rows": pd.get_option("display.max_rows"),
        "numpy": np.random.random(), "random": random.random(),
    }))
"""
PLANT = """
    import json, os, random, signal, sys, threading, time, warnings
    import matplotlib, numpy as np, pandas as pd
    planted = 1
    json.planted = 1
    os.environ["PLANTED"] = "1"
    os.chdir("/")
    sys.path.insert(0, "/planted")
    threading.Thread(target=time.sleep, args=(60,), daemon=True, name="planted").start()
    planted_file = open(os.path.join(os.environ["HERE"], "planted.txt"), "w")
    signal.signal(signal.SIGUSR1, lambda *_: None)
    warnings.filterwarnings("ignore", message="planted")
    matplotlib.rcParams["font.size"] = 99
    pd.set_option("display.max_rows", 7)
    np.random.seed(0); random.seed(0)
    np.random.random(); random.random()
    print("planted")
"""


def test_nothing_planted_in_one_notebook_is_found_in_the_next(order, monkeypatch, tmp_path):
    monkeypatch.setenv("HERE", str(tmp_path))
    before = json.loads(printed(execute(order(STATE))))
    assert printed(execute(order(PLANT))) == "planted\n"
    after = json.loads(printed(execute(order(STATE))))
    plain = json.loads(printed(execute(order(STATE, warm=False))))
    draws = [{seed: state.pop(seed) for seed in ("numpy", "random")} for state in (before, after, plain)]
    assert len({draw["numpy"] for draw in draws}) == len({draw["random"] for draw in draws}) == 3
    assert before == after
    assert before == plain, "a warm kernel looks like a plain one"


FIGURE = """
    import matplotlib.pyplot as plt, numpy as np, pandas as pd
    x = np.random.default_rng(1).normal(size=500)
    matrix = np.outer(x, x)
    print(repr((matrix @ matrix).sum()), sorted({"a", "b", "c"}), object())
    fig, axis = plt.subplots()
    axis.plot(x)
    axis.set_title("Tỷ lệ")
    pd.DataFrame({"x": x}).describe()
"""


def test_warm_and_plain_kernels_give_the_same_bytes(order):
    warmed = [execute(order(FIGURE)) for _ in range(2)]
    plain = execute(order(FIGURE, warm=False))
    assert b"image/png" in plain.content
    assert warmed[0].content == warmed[1].content == plain.content


def test_threads_children_and_linear_algebra_work_after_the_fork(order):
    code = """
        import concurrent.futures, subprocess, sys, numpy as np
        a = np.random.default_rng(0).normal(size=(300, 300))
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            inverses = list(pool.map(np.linalg.inv, [a + 20 * k * np.eye(300) for k in range(4)]))
        right = all(np.allclose(b @ (a + 20 * k * np.eye(300)), np.eye(300)) for k, b in enumerate(inverses))
        print(right, subprocess.run([sys.executable, "-c", "print(2)"], capture_output=True).stdout)
    """
    assert printed(execute(order(code))) == "True b'2\\n'\n"


def test_a_kernel_can_be_interrupted_and_used_again(order):
    code = "import time\ntry:\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    print('interrupted')"
    found = []

    def interrupt():
        while not found:
            time.sleep(0.05)
            found.extend(m for m in list(engine._running) if m.last_process() is not None)
        time.sleep(1.5)
        found[0].last_process().send_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    started = time.monotonic()
    assert printed(execute(order(code, "print('again')"))) == "interrupted\nagain\n"
    thread.join()
    assert time.monotonic() - started < 20


def test_a_killed_kernel_is_a_failure_and_its_server_lives_on(order, server):
    pid = server().process.pid
    execution = execute(order("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"))
    assert (execution.failure.kind, execution.failure.cell) == ("DeadKernelError", 2)
    assert "signal 9" in execution.failure.text
    assert server().process.pid == pid
    assert printed(execute(order("print(1)"))) == "1\n"


def test_a_killed_server_takes_its_kernels_along_and_the_notebook_is_run_anew(order, server, tmp_path):
    flag = tmp_path / "kernels"
    code = f"""
        import os, time
        with open({str(flag)!r}, "a") as file:
            print(os.getpid(), os.getppid(), file=file)
        if len(open({str(flag)!r}).readlines()) == 1:
            os.kill(os.getppid(), 9)
            time.sleep(60)
        print("whole")
    """
    first_server = server().process.pid
    assert printed(execute(order(code))) == "whole\n"
    kernels = [line.split() for line in flag.read_text().splitlines()]
    assert kernels[0][1] == str(first_server)
    assert len(kernels) == 2
    assert gone(int(kernels[0][0]))
    assert server().process.pid != first_server


def test_a_cell_that_takes_too_long_leaves_no_process(order, server):
    flag = "import os; os.set_blocking(1, True); print(os.getpid())"
    execution = execute(order(flag, "import time\ntime.sleep(60)", cell_timeout=2.0))
    assert execution.failure.kind == "CellTimeoutError"
    pid = int(json.loads(execution.content)["cells"][1]["outputs"][0]["text"])
    assert gone(pid)


CLIENT = """
import sys, threading, time
from pathlib import Path
from analysis.execution.fingerprint import Fingerprint
from analysis.execution.notebook import Order, execute
content = Path(sys.argv[1]).read_bytes()
nothing = Fingerprint("", {}, {}, {}, {})
execute(Order("n.ipynb", content, {}, Path(sys.argv[1]).parent, nothing), warm=True)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_client_leaves_no_server_no_kernel_and_no_open_pipe(write_notebook, tmp_path, number):
    flag = tmp_path / "pids"
    notebook = write_notebook(
        "n",
        f"import os, time; open({str(flag)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')",
        "time.sleep(60)",
    )
    client = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(notebook)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "DVCTT_PRELOAD": "ipykernel.kernelapp"},
    )
    deadline = time.monotonic() + 60
    while not (flag.exists() and flag.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    kernel, own_server = map(int, flag.read_text().split())
    client.send_signal(number)
    client.communicate(timeout=20)
    assert client.returncode != 0
    assert gone(kernel)
    assert gone(own_server)


def test_a_server_whose_imports_leave_threads_is_not_used(tmp_path, monkeypatch):
    (tmp_path / "busy_module.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    busy = warm.WarmServer(kernel_environment(), ["busy_module"])
    with pytest.raises(warm.NoWarmKernels, match="left 2 threads running"):
        busy.wait_until_ready()
    assert gone(busy.process.pid)


def test_where_no_server_can_be_had_a_plain_kernel_runs_the_notebook(order, monkeypatch):
    def refuse(env, modules=()):
        raise warm.NoWarmKernels("none today")

    monkeypatch.setattr("analysis.execution.provisioner.start_server", refuse)
    assert printed(execute(order("import os; print(os.getppid())"))) == f"{os.getpid()}\n"


def test_a_run_started_inside_a_running_event_loop_works(order):
    """As from a researcher's own notebook, whose kernel runs a loop in the main thread."""

    async def from_a_notebook():
        return execute(order("print(6 * 7)"))

    with ThreadPoolExecutor(1) as pool:
        assert printed(pool.submit(lambda: asyncio.run(from_a_notebook())).result()) == "42\n"


def test_a_changed_import_time_environment_gets_a_server_of_its_own(monkeypatch):
    first = warm.start_server(kernel_environment(), ["json"])
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("MPLSOMETHING", "1")
    second = warm.start_server(kernel_environment(), ["json"])
    assert first is not second
    second.wait_until_ready()
    second.close()
    assert gone(second.process.pid)


def test_other_papermill_users_may_ask_for_it(write_notebook, tmp_path):
    import papermill

    notebook = write_notebook("n", "import os; print(number, os.getppid())", parameters="number: int = 0")
    parents = set()
    for number in (1, 2):
        warm_kernel = {"engine_name": "dvctt", "kernel_name": "python3", "language": "python"}
        executed = papermill.execute_notebook(
            notebook, tmp_path / "out.ipynb", {"number": number}, progress_bar=False, **warm_kernel
        )
        said, parent = executed.cells[-1].outputs[0].text.split()
        assert said == str(number)
        parents.add(int(parent))
    assert len(parents) == 1
    assert parents != {os.getpid()}


def test_jupyter_finds_the_provisioner_by_its_name():
    from importlib.metadata import entry_points

    (found,) = entry_points(group="jupyter_client.kernel_provisioners", name="dvctt-warm")
    assert found.load().__name__ == "WarmProvisioner"


def test_the_server_fills_a_modules_caches_once_for_all_kernels(tmp_path, monkeypatch, write_notebook):
    (tmp_path / "slow_table.py").write_text(
        "import os\nFILLED = []\n\ndef fill_caches():\n    FILLED.append(os.getpid())\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = warm.start_server(kernel_environment(), ["ipykernel.ipkernel", "slow_table"])
    path = write_notebook("n", "import os, slow_table\nprint(slow_table.FILLED, os.getppid())")
    order = Order("n.ipynb", path.read_bytes(), {}, path.parent, NOTHING, warm=True)
    for _ in range(2):
        assert printed(execute(order)).strip() == f"[{server.process.pid}] {server.process.pid}"
    server.close()

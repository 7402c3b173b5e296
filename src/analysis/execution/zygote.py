"""The warm server: a small process that has the libraries imported and forks a fresh kernel on request.

It serves the process that started it over a socket, one JSON line a request and an answer: `fork`, `poll`,
`signal`. When that process ends, however it ends, the socket closes; the server then kills its kernels and
leaves. A kernel whose server dies is killed by the system. The server runs one thread, and never a cell.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

PR_SET_PDEATHSIG = 1
PRELOADED = (
    "numpy",
    "pandas",
    "scipy.stats",
    "scipy.optimize",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "statsmodels.api",
    "statsmodels.formula.api",
    "seaborn",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "pandas.io.formats.style",
    "pandas.core.reshape.reshape",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "ipykernel_launcher",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "analysis.execution.kernel",
)


def default_modules() -> tuple[str, ...]:
    """Return what to import when nobody says: the names in DVCTT_PRELOAD, by comma, else a statistician's usual."""
    named = os.environ.get("DVCTT_PRELOAD", "")
    return tuple(part.strip() for part in named.split(",") if part.strip()) or PRELOADED


def serve(connection: socket.socket, modules: Iterable[str]) -> None:
    """Import `modules`, then answer requests until the other side of `connection` closes."""
    gc.disable()
    missing = preload(modules)
    system = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    gc.collect()
    gc.freeze()
    kernels: set[int] = set()
    lines = connection.makefile("rwb")
    _answer(lines, {"ready": os.getpid(), "missing": missing, "threads": count_threads()})
    with contextlib.suppress(OSError):
        for line in lines:
            request = json.loads(line)
            if request["do"] == "fork":
                kernels.add(pid := _fork(request, connection, system))
                _answer(lines, {"pid": pid})
            elif request["do"] == "poll":
                _answer(lines, {"status": _poll(request["pid"], kernels)})
            elif request["do"] == "signal":
                _answer(lines, {"sent": _signal(request["pid"], request["signal"], kernels)})
    for pid in kernels:
        _signal(pid, signal.SIGKILL, kernels)


def preload(modules: Iterable[str]) -> list[str]:
    """Import what is installed of `modules` and return the others."""
    # ipykernel sets this for a kernel before matplotlib is imported; here matplotlib comes first.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    missing = []
    for name in modules:
        try:
            _fill_caches(importlib.import_module(name))
        except ImportError:
            missing.append(name)
    # Imported here it would find no shell to show figures in, and a kernel would never show one.
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib_inline"]:
        del sys.modules[name]
    return missing


def _fill_caches(module: ModuleType) -> None:
    """Call the `fill_caches` that a module defines: it reads tables that every kernel would read again.

    What fails here fails again in the kernel that needs it, where its message is seen.
    """
    fill = getattr(module, "fill_caches", None)
    if callable(fill) and fill.__module__ == module.__name__:
        with contextlib.suppress(Exception):
            fill()


def count_threads() -> int:
    """Return how many threads this process has; forking is safe with one only."""
    tasks = Path("/proc/self/task")
    if tasks.is_dir():
        return len(list(tasks.iterdir()))
    return sys.modules["threading"].active_count() if "threading" in sys.modules else 1


def _answer(lines: Any, content: dict[str, object]) -> None:
    lines.write(json.dumps(content).encode() + b"\n")
    lines.flush()


def _poll(pid: int, kernels: set[int]) -> int | None:
    """Return a kernel's exit status, None while it runs; an ended one keeps its pid until it is asked for."""
    if pid not in kernels:
        return -signal.SIGKILL
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    kernels.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _signal(pid: int, number: int, kernels: set[int]) -> bool:
    if pid not in kernels:
        return False
    for send in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            send(pid, number)
            return True
    return False


def _fork(request: dict[str, Any], connection: socket.socket, system: ctypes.CDLL | None) -> int:
    server = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        connection.close()
        _leave_server(server, system)
        _enter_kernel(request)
        if system is None:
            request["arguments"].append(f"--IPKernelApp.parent_handle={server}")
        from analysis.execution.kernel import run_kernel

        run_kernel(request["arguments"])
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        _leave(status)
    raise AssertionError("a kernel must not outlive its exit")


def _leave_server(server: int, system: ctypes.CDLL | None) -> None:
    """Stand apart from the server: own session, default signals, death when the server dies."""
    os.setsid()
    if system is not None:
        system.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.enable()


def _enter_kernel(request: dict[str, Any]) -> None:
    """Take on what a freshly started process would have: streams, folder, environment, random state."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)
    if request.get("log"):
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 2)
        os.close(log)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()


def _leave(status: int) -> None:
    """Run what was registered for the end, then go without tearing down what the server shares."""
    atexit = importlib.import_module("atexit")
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(BaseException):
            stream.flush() if stream else None
    os._exit(status)


def main() -> None:
    """Serve on the inherited socket named by the first argument; the others are modules to import."""
    del sys.path[0]
    with socket.socket(fileno=int(sys.argv[1])) as connection:
        serve(connection, sys.argv[2:] or default_modules())


if __name__ == "__main__":
    main()

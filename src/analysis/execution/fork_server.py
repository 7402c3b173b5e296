"""The process that has libraries imported and forks one process a notebook, in which IPython's own shell runs cells.

The shell is made before anything is imported, so that what libraries look for when they are imported is there.
Nothing here runs a cell before it has forked.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import importlib.machinery
import os
import select
import signal
import sys
import threading
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import Any

import ipykernel_launcher  # type: ignore[import-untyped]

from analysis.execution.piped_kernel import PipeApp, leave, run_cells

PR_SET_PDEATHSIG = 1
# A thread of an allocator, pyarrow's, which takes and gives back its locks around every fork.
_FORKS_WELL = {"jemalloc_bg_thd"}
# Imported early it would set matplotlib up for notebooks that choose another backend.
_AT_FIRST_FIGURE = "matplotlib_inline"


class Server:
    """What the process that forks knows: its imports, as their files were then, and the processes it forked."""

    def __init__(self, app: PipeApp, control: Connection) -> None:
        self.app = app
        self.shell: Any = app.shell
        self.control = control
        self.running: dict[int, Connection] = {}
        self.files: dict[str, tuple[int, int]] = {}
        ours = __name__.partition(".")[0]
        self.before = {name for name in sys.modules if name.partition(".")[0] != ours}
        self.beside: set[str] = set()
        self.system = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def preload(self, names: list[str]) -> list[str]:
        """Import modules and return those of them after which this process could not fork any more."""
        path = list(sys.path)
        sys.path[:] = [
            folder for folder in path if folder
        ]  # a module beside the notebook is not ours to import
        spoiled = []
        for name in names:
            with contextlib.suppress(Exception), self.shell.builtin_trap:
                if name not in sys.modules:
                    importlib.import_module(name)
            if count_threads() > 1:
                spoiled.append(name)
                break
        sys.path[:] = path
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if file and file not in self.files:
                with contextlib.suppress(OSError):
                    self.files[file] = _state(file)
        self.beside = {name.partition(".")[0] for name in set(sys.modules) - self.before}
        gc.collect()
        gc.freeze()
        return spoiled

    def refusal(self) -> str:
        """Say why what was imported is not what a notebook would import now; nothing where it is."""
        for file, state in self.files.items():
            try:
                if _state(file) != state:
                    return f"{file} was changed"
            except OSError:
                return f"{file} is gone"
        importlib.invalidate_caches()
        here = importlib.machinery.FileFinder(".", *_loaders())
        for name in self.beside:
            if (spec := here.find_spec(name)) and spec.loader and not _is_imported(name):
                return f"{name} lies beside the notebook"
        return ""

    def serve(self) -> None:
        """Fork, signal and import as asked until the other side closes; then end what still runs."""
        woken, wake = os.pipe()
        for end in (woken, wake):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake)
        waited: list[Any] = [self.control, woken]
        with contextlib.suppress(EOFError, OSError):
            while True:
                ready, _, _ = select.select(waited, [], [])
                if woken in ready:
                    os.read(woken, 4096)
                    self._collect()
                if self.control in ready:
                    self._answer(self.control.recv())
        for pid in self.running:
            _kill(pid)

    def _answer(self, request: Any) -> None:
        if request[0] == "preload":
            roots = {name.partition(".")[0] for name in sys.modules} - {_AT_FIRST_FIGURE}
            self.control.send(self.preload([name for name in request[1] if name.partition(".")[0] in roots]))
        elif request[0] == "fork":
            refusal = self.refusal()
            self.control.send(refusal)
            if not refusal:
                self.control.send(self._fork(request[1]))

    def _fork(self, variables: dict[str, str]) -> int:
        connection, status, log = (recv_handle(self.control) for _ in range(3))
        for descriptor in (connection, status, log):
            os.set_inheritable(descriptor, False)
        server = os.getpid()
        pid = os.fork()
        if pid:
            self.running[pid] = Connection(status, readable=False)
            os.close(connection)
            os.close(log)
            return pid
        try:
            self._enter(server, log)
            os.environ.update(variables)
            run_cells(self.app, Connection(connection))
        except SystemExit as ended:
            leave(ended.code if isinstance(ended.code, int) else 1)
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
            leave(1)
        leave(0)
        raise AssertionError("not reached")

    def _enter(self, server: int, log: int) -> None:
        """Take on what a process of its own has: session, signals, streams, random state; die with the server."""
        self.control.close()
        for other in self.running.values():
            other.close()
        os.setsid()
        if self.system is not None:
            self.system.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != server:
                os._exit(1)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        os.close(log)
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        gc.enable()

    def _collect(self) -> None:
        """Tell of each ended process how it ended, and end what it left running."""
        for pid in list(self.running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                _kill(pid)
                with self.running.pop(pid) as told, contextlib.suppress(OSError):
                    told.send(os.waitstatus_to_exitcode(status))


def _kill(pid: int) -> None:
    """End a process and what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _is_imported(name: str) -> bool:
    """Tell whether a module that is imported is the one that would be imported now."""
    found = importlib.machinery.PathFinder.find_spec(name)
    return found is not None and found.origin == getattr(sys.modules.get(name), "__file__", None)


def _state(file: str) -> tuple[int, int]:
    found = os.stat(file)  # noqa: PTH116 - a thousand files are looked at before each fork
    return found.st_mtime_ns, found.st_size


def _loaders() -> list[tuple[Any, list[str]]]:
    machinery = importlib.machinery
    return [
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (machinery.SourceFileLoader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    ]


def count_threads() -> int:
    """Return how many threads a fork would lose: not those that end, or let go of their locks, for each fork."""
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        return threading.active_count()
    if len(list(tasks.iterdir())) == 1:
        return 1
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    with contextlib.suppress(OSError):
        return sum((task / "comm").read_text().strip() not in _FORKS_WELL for task in tasks.iterdir())
    return 2


def main() -> None:
    """Serve on the descriptor named by the first argument; the others are modules to import."""
    control, names = Connection(int(sys.argv[1])), sys.argv[2:]
    os.set_inheritable(control.fileno(), False)
    command = list(sys.orig_argv)
    sys.argv = [str(ipykernel_launcher.__file__), "-f", "none", "--HistoryManager.hist_file=:memory:"]
    gc.disable()
    app: Any = PipeApp.instance()
    app.initialize(sys.argv[3:])
    server = Server(app, control)
    if count_threads() == 1:
        spoiled = server.preload(names)
        again = [name for name in names if name not in spoiled]
        if server.refusal():
            again = []
        if again != names:
            # Begun anew without it: whoever comes from a process with other threads may stop for ever.
            os.set_inheritable(control.fileno(), True)
            os.execv(sys.executable, [*command[: len(command) - len(names)], *again])
    control.send(count_threads())
    server.serve()
    os._exit(0)

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
import signal
import sys
import tempfile
import threading
import traceback
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from pathlib import Path
from typing import IO, Any

import ipykernel_launcher  # type: ignore[import-untyped]

from analysis.execution.piped_kernel import PipeApp, leave, run_cells

PR_SET_PDEATHSIG = 1
_LOOK_SECONDS = 0.01  # how often an ended notebook is looked for
# A thread of an allocator, pyarrow's, which takes and gives back its locks around every fork.
_FORKS_WELL = {"jemalloc_bg_thd"}
# Imported early it would set matplotlib up for notebooks that choose another backend.
_AT_FIRST_FIGURE = "matplotlib_inline"


class Server:
    """What the process that forks knows: its imports, as their files were then, and the processes it forked."""

    def __init__(self, app: Any, control: Connection, learns: bool) -> None:
        self.app = app
        self.control = control
        self.running: dict[int, tuple[Connection, IO[str]]] = {}
        self.files: dict[str, tuple[int, int] | None] = {}
        ours = __name__.partition(".")[0]
        self.before = {name for name in sys.modules if name.partition(".")[0] != ours}
        self.learns = learns

    def preload(self, names: list[str]) -> None:
        """Import modules, none of them from the notebook's folder, and note their files."""
        path = list(sys.path)
        sys.path[:] = [folder for folder in path if folder]
        for name in names:
            with contextlib.suppress(Exception), self.app.shell.builtin_trap:
                importlib.import_module(name)
        sys.path[:] = path
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if file and file not in self.files:
                self.files[file] = _state(file)
        gc.collect()
        gc.freeze()

    def is_spoiled(self) -> bool:
        """Tell whether a notebook would import something else now, or threads are here that a fork would lose."""
        importlib.invalidate_caches()
        imported = {name.partition(".")[0] for name in set(sys.modules) - self.before}
        beside = {entry.name.partition(".")[0] for entry in Path().iterdir()}
        return (
            any(_state(file) != state for file, state in self.files.items())
            or any(not _is_imported(name) for name in imported & beside)
            or count_threads() > 1
        )

    def serve(self) -> None:
        """Fork as asked until the other side closes; then end what still runs."""
        with contextlib.suppress(EOFError, OSError):
            while True:
                if self.control.poll(_LOOK_SECONDS if self.running else None):
                    variables = self.control.recv()
                    self.control.send(None if self.is_spoiled() else self._fork(variables))
                self._collect()
        for pid in self.running:
            _kill(pid)

    def _fork(self, variables: dict[str, str]) -> int:
        self.control.send(0)  # the ends of its pipes are asked for
        connection, status = (recv_handle(self.control) for _ in range(2))
        for descriptor in (connection, status):
            os.set_inheritable(descriptor, False)
        notes = tempfile.TemporaryFile("w+")  # noqa: SIM115 - read when the notebook has ended
        server, pid = os.getpid(), os.fork()
        if pid:
            self.running[pid] = Connection(status, readable=False), notes
            os.close(connection)
            return pid
        try:
            self._enter(server)
            os.environ.update(variables)
            run_cells(self.app, Connection(connection))
            notes.write("\n".join(sorted(sys.modules)))
            notes.flush()
        except SystemExit as ended:
            leave(ended.code if isinstance(ended.code, int) else 1)
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
            leave(1)
        leave(0)
        raise AssertionError("not reached")

    def _enter(self, server: int) -> None:
        """Take on what a process of its own has: session, signals, streams, random state; die with the server."""
        self.control.close()
        for other, _ in self.running.values():
            other.close()
        os.setsid()
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != server:
                os._exit(1)
        if "numpy.random" in sys.modules:
            sys.modules["numpy.random"].seed()
        gc.enable()

    def _collect(self) -> None:
        """Tell of each ended process how it ended, end what it left running, and learn once what all will import."""
        for pid in list(self.running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            _kill(pid)
            told, notes = self.running.pop(pid)
            with told, notes, contextlib.suppress(OSError):
                told.send(os.waitstatus_to_exitcode(status))
                notes.seek(0)
                names = notes.read().split()
            if names and self.learns:
                self.learns = False
                roots = {name.partition(".")[0] for name in sys.modules} - {_AT_FIRST_FIGURE}
                self.preload([name for name in names if name.partition(".")[0] in roots])


def _kill(pid: int) -> None:
    """End a process and what it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _is_imported(name: str) -> bool:
    """Tell whether a module that is imported is the one that would be imported now."""
    found = importlib.machinery.PathFinder.find_spec(name)
    return found is None or found.origin in (None, getattr(sys.modules.get(name), "__file__", None))


def _state(file: str) -> tuple[int, int] | None:
    """Return a file's time and size; a thousand files are looked at before each fork."""
    try:
        found = os.stat(file)  # noqa: PTH116
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


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
    """Serve: arguments are a descriptor, "learn" or not, and modules to import."""
    control, learns, names = Connection(int(sys.argv[1])), sys.argv[2] == "learn", sys.argv[3:]
    os.set_inheritable(control.fileno(), False)
    sys.argv = [str(ipykernel_launcher.__file__), "-f", "none", "--HistoryManager.hist_file=:memory:"]
    gc.disable()
    app: Any = PipeApp.instance()
    app.initialize(sys.argv[3:])
    server = Server(app, control, learns)
    server.preload(names)
    if names and server.is_spoiled():
        # Begun anew without them: each notebook imports by itself what lies beside it or starts threads.
        os.set_inheritable(control.fileno(), True)
        os.execv(sys.executable, sys.orig_argv[: -len(names)])
    server.serve()
    os._exit(0)

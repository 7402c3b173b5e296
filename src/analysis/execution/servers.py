"""The processes of this program that fork notebooks' processes: one for each setting, replaced when out of date."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import Any

# The package is found where it lies, and nothing in the notebook's folder is taken for a library.
_START = (
    "import sys; del sys.path[0]; sys.path.append(sys.argv.pop(1)); "
    "from analysis.execution.fork_server import main; sys.path.pop(); main()"
)
_HOME = str(Path(__file__).parents[2])


class CannotFork(Exception):
    """No process can be forked here, for the reason given; the caller runs the notebook in a plain kernel."""


class Stopped(Exception):
    """The run was stopped; nothing is begun any more."""


@dataclass(frozen=True)
class Setting:
    """What a server's imports may depend on: interpreter and its flags, environment, folder, packages imported."""

    command: tuple[str, ...]
    env: tuple[tuple[str, str], ...]
    folder: str
    packages: frozenset[str]


class Server:
    """A running fork server; any thread may ask, one at a time."""

    def __init__(self, setting: Setting, modules: Sequence[str]) -> None:
        self.control, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                [*setting.command, "-c", _START, _HOME, str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                cwd=setting.folder,
                env=dict(setting.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.lock = threading.Lock()
        self.threads = 0

    def fork(
        self, variables: Mapping[str, str], connection: Connection, status: Connection, log: int
    ) -> int | None:
        """Return the number of a new process with these ends; None when what the server imported is out of date.

        Raises:
            CannotFork: the server is gone, or has threads that a fork would lose.
        """
        with self.lock, _told_as_cannot_fork():
            self.threads = self.threads or self.control.recv()
            if self.threads > 1:
                raise CannotFork("what Jupyter's start-up files import starts threads")
            self.control.send(("fork", dict(variables)))
            if self.control.recv():
                return None
            for descriptor in (connection.fileno(), status.fileno(), log):
                send_handle(self.control, descriptor, self.process.pid)
            pid: int = self.control.recv()
            return pid

    def preload(self, names: Sequence[str]) -> bool:
        """Have it import what a notebook of its setting had imported in the end, so that the next need not.

        False: something among it starts threads, so that this server can fork no more.
        """
        with self.lock, contextlib.suppress(OSError, EOFError):
            self.control.send(("preload", names))
            return not self.control.recv()
        return False

    def close(self) -> None:
        """End the server and with it every process it forked."""
        self.process.kill()
        self.process.wait()
        self.control.close()


@contextlib.contextmanager
def _told_as_cannot_fork() -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError):
        raise CannotFork("the process that forks them is gone") from None


class Servers:
    """The servers of this process, each for one setting."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.current: dict[Setting, Server] = {}
        self.started: list[Server] = []
        self.learned: set[Setting] = set()
        self.stopped = False

    def server(self, setting: Setting, modules: Sequence[str]) -> Server:
        """Return the server of a setting; it imports `modules` when it is started now.

        Raises:
            Stopped: the run was stopped.
        """
        with self.lock:
            if self.stopped:
                raise Stopped("The run was stopped.")
            if setting not in self.current:
                self.current[setting] = Server(setting, modules)
                self.started.append(self.current[setting])
            return self.current[setting]

    def fork(self, setting: Setting, modules: Sequence[str], *ends: Any) -> tuple[Server, int]:
        """Return a new process and its server; a server whose imports are out of date is replaced.

        Raises:
            CannotFork: as `Server.fork`.
            Stopped: the run was stopped.
        """
        for _attempt in range(3):
            server = self.server(setting, modules)
            try:
                pid = server.fork(*ends)
            except CannotFork:
                self.drop(setting, server)
                if self.stopped:
                    raise Stopped("The run was stopped.") from None
                raise
            if pid is not None:
                return server, pid
            self.drop(setting, server)
        raise CannotFork("modules it imports change all the time")

    def drop(self, setting: Setting, server: Server) -> None:
        """Use a server no more; what it forked runs on."""
        with self.lock:
            if self.current.get(setting) is server:
                del self.current[setting]

    def close(self) -> None:
        """End all servers at once, and every notebook they run."""
        with self.lock:
            for server in self.started:
                server.close()
            self.started.clear()
            self.current.clear()


_own: dict[int, Servers] = {}


def servers() -> Servers:
    """Return the servers of this process; a process that was forked from one that has servers begins its own."""
    return _own.setdefault(os.getpid(), Servers())


atexit.register(lambda: servers().close())


def setting_for(
    flags: Sequence[str], env: Mapping[str, str], folder: Path, modules: Sequence[str]
) -> Setting:
    """Return the setting of a notebook's process.

    Raises:
        CannotFork: this system cannot fork.
    """
    if not hasattr(os, "fork") or sys.platform == "win32":
        raise CannotFork("this system does not fork processes")
    packages = frozenset(name.partition(".")[0] for name in modules)
    return Setting((sys.executable, *flags), tuple(sorted(env.items())), str(folder), packages)

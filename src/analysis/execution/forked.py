"""A notebook's process, seen from the program that runs the notebook: what nbclient asks of a kernel and its client.

nbclient itself places outputs, keeps time and minds the tags of cells; only where it would speak to a kernel through
sockets, it speaks through a pipe to a process that `fork_server.py` forked.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.jsonutil import extract_dates
from jupyter_client.session import Session, json_unpacker

# The package is found where it lies, and nothing in the notebook's folder is taken for a library.
_START = (
    "import sys; del sys.path[0]; sys.path.append(sys.argv.pop(1)); "
    "from analysis.execution.fork_server import main; sys.path.pop(); main()"
)
_HOME = str(Path(__file__).parents[2])
END_SECONDS = 5.0


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
def _told_as_cannot_fork() -> Any:
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


@dataclass
class Forked:
    """One notebook's process as nbclient's kernel manager; `variables` are set in it before its first cell."""

    setting: Setting
    modules: Sequence[str]
    variables: Mapping[str, str]
    ipykernel: bool = False
    has_kernel: bool = False
    exit_status: int | None = None
    pid: int = 0
    server: Server | None = None
    imported: list[str] = field(default_factory=list)
    queues: dict[str, asyncio.Queue[Any]] = field(default_factory=dict)

    def start(self) -> None:
        """Fork the process.

        Raises:
            CannotFork: as `Server.fork`.
        """
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - read when the notebook has ended
        self.connection, theirs = Pipe()
        self.status, told = Pipe(duplex=False)
        with theirs, told:
            self.server, self.pid = servers().fork(
                self.setting, self.modules, self.variables, theirs, told, self.log.fileno()
            )
        self.has_kernel = True

    def client(self) -> PipeClient:
        """Return its client."""
        return PipeClient(self)

    def is_alive(self) -> bool:
        """Tell whether it runs; remember how it ended when it does not."""
        return not self._ended_within(0)

    def _ended_within(self, seconds: float) -> bool:
        if self.exit_status is None and self.status.poll(seconds):
            try:
                self.exit_status = self.status.recv()
            except (EOFError, OSError):
                self.exit_status = -signal.SIGKILL
        return self.exit_status is not None

    def last_words(self) -> str:
        """Return the end of what it wrote to its own standard error, where no cell's output goes."""
        end = self.log.seek(0, os.SEEK_END)
        self.log.seek(max(0, end - 2000))
        return self.log.read().decode(errors="replace")

    @property
    def process(self) -> Forked:
        """Return itself: what has `kill`, as a kernel's process has."""
        return self

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        for send in (os.killpg, os.kill):  # the second while it has not made its group yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self.is_alive():
                    send(self.pid, number)
                return

    async def interrupt_kernel(self) -> None:
        """Interrupt the cell it runs."""
        self._signal(signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False) -> None:
        """End it: `now`, or as jupyter_client does by interrupting it, then asking it, and at last killing it."""
        if not now:
            await self.interrupt_kernel()
            self.send(None)
            ended, loop = asyncio.Event(), asyncio.get_running_loop()
            loop.add_reader(self.status.fileno(), ended.set)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), END_SECONDS)
            loop.remove_reader(self.status.fileno())
        if self.is_alive():
            self.kill()
            self._ended_within(END_SECONDS)
        self._read()
        if self.imported and self.setting not in servers().learned and self.server:
            servers().learned.add(self.setting)
            if not self.server.preload(self.imported):
                servers().drop(self.setting, self.server)

    async def cleanup_resources(self) -> None:
        """Let go of the pipes; the log is kept for who wants its last words."""
        self.has_kernel = False
        with contextlib.suppress(RuntimeError, ValueError, OSError):
            asyncio.get_running_loop().remove_reader(self.connection.fileno())
        self.connection.close()
        self.status.close()

    async def get(self, channel: str, timeout: float | None) -> Any:
        """Return the next message of a channel.

        Raises:
            queue.Empty: none came within `timeout` seconds.
        """
        if not self.queues:
            self.queues = {"shell": asyncio.Queue(), "iopub": asyncio.Queue()}
            asyncio.get_running_loop().add_reader(self.connection.fileno(), self._read)
        try:
            return await asyncio.wait_for(self.queues[channel].get(), timeout)
        except TimeoutError:
            raise Empty from None

    def send(self, message: Mapping[str, Any] | None) -> None:
        """Send a request, or that no more will come; that nobody reads it shows when the answer is waited for."""
        with contextlib.suppress(OSError):
            self.connection.send(message)

    def _read(self) -> None:
        try:
            while self.connection.poll():
                first, *buffers = self.connection.recv()
                message = json_unpacker(first)
                if isinstance(message, list):
                    self.imported = message
                    continue
                message["header"] = extract_dates(message["header"])
                message["buffers"] = [memoryview(part) for part in buffers]
                reply = message["msg_type"].endswith("_reply")
                self.queues["shell" if reply else "iopub"].put_nowait(message)
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self.connection.fileno())


class PipeClient:
    """What nbclient asks of a kernel's client."""

    allow_stdin = False

    def __init__(self, process: Forked) -> None:
        self.process = process
        self.session = Session()
        self.shell_channel = Channel(process, "shell")
        self.iopub_channel = Channel(process, "iopub")

    def start_channels(self) -> None:
        """Nothing: the pipe is open."""

    stop_channels = start_channels

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """Nothing: a request waits in the pipe until it is read."""

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.is_alive()

    def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Send a cell and return the number of the request."""
        content = {"code": code, "silent": False, "store_history": store_history, "user_expressions": {}}
        return self._request("execute", {**content, "allow_stdin": False, "stop_on_error": stop_on_error})

    def kernel_info(self) -> str:
        """Ask who is there."""
        return self._request("kernel_info", {})

    def _request(self, kind: str, content: dict[str, object]) -> str:
        message = self.session.msg(f"{kind}_request", content)
        self.shell_channel.send(message)
        number: str = message["header"]["msg_id"]
        return number


@dataclass
class Channel:
    """One of the two channels that nbclient listens to."""

    process: Forked
    name: str

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message."""
        self.process.send(message)

    async def get_msg(self, timeout: float | None = None) -> Any:
        """Return the next message; raise `queue.Empty` when none comes in time."""
        return await self.process.get(self.name, timeout)


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

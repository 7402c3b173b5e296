"""A notebook's process, seen from the program that runs the notebook: what nbclient asks of a kernel and its client.

nbclient itself places outputs, keeps time and minds the tags of cells; only where it would speak to a kernel through
sockets, it speaks through a pipe to a process that `fork_server.py` forked.
"""
# mypy: disable-error-code=override

from __future__ import annotations

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.jsonutil import extract_dates
from jupyter_client.session import json_unpacker

END_SECONDS = 5.0
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


class ForkServer:
    """A running fork server; any thread may ask, one at a time."""

    def __init__(self, setting: Setting, modules: Sequence[str], learns: bool) -> None:
        self.control, theirs = Pipe()
        with theirs:
            self.process = subprocess.Popen(
                [
                    *setting.command,
                    "-c",
                    _START,
                    _HOME,
                    str(theirs.fileno()),
                    "learn" if learns else "",
                    *modules,
                ],
                pass_fds=[theirs.fileno()],
                cwd=setting.folder,
                env=dict(setting.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.lock = threading.Lock()

    def fork(self, variables: Mapping[str, str], *ends: Connection) -> int | None:
        """Return the number of a new process with these ends; None when what the server imported is out of date.

        Raises:
            CannotFork: the server is gone.
        """
        with self.lock:
            try:
                self.control.send(dict(variables))
                if self.control.recv() is None:
                    return None
                for end in ends:
                    send_handle(self.control, end.fileno(), self.process.pid)
                pid: int = self.control.recv()
            except (OSError, EOFError):
                raise CannotFork("the process that forks them is gone") from None
        return pid

    def was_killed(self) -> bool:
        """Tell whether it is gone though nobody here ended it; its notebooks went with it."""
        return self.process.poll() is not None and not self.control.closed

    def close(self) -> None:
        """End the server and with it every process it forked."""
        self.control.close()
        self.process.kill()
        self.process.wait()


class Servers:
    """The servers of this process, one for each setting, replaced when out of date."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.current: dict[Setting, ForkServer] = {}
        self.started: list[ForkServer] = []
        self.replaced: set[Setting] = set()
        self.stopped = False

    def server(self, setting: Setting, modules: Sequence[str]) -> ForkServer:
        """Return the server of a setting; it imports `modules` when it is started now.

        Raises:
            Stopped: the run was stopped.
        """
        with self.lock:
            if self.stopped:
                raise Stopped("The run was stopped.")
            if setting not in self.current:
                self.current[setting] = ForkServer(setting, modules, setting not in self.replaced)
                self.started.append(self.current[setting])
            return self.current[setting]

    def fork(self, setting: Setting, modules: Sequence[str], *request: Any) -> tuple[ForkServer, int]:
        """Return a new process and its server, which is replaced where it is gone or its imports are out of date.

        Raises:
            CannotFork: three servers in turn could not.
            Stopped: the run was stopped.
        """
        reason = CannotFork(
            "what it imports starts threads, changes all the time, or has a namesake beside it"
        )
        for _attempt in range(3):
            server = self.server(setting, modules)
            try:
                pid = server.fork(*request)
            except CannotFork as gone:
                pid, reason = None, gone
            if pid is not None:
                return server, pid
            with self.lock:  # what it forked runs on
                self.replaced.add(setting)
                if self.current.get(setting) is server:
                    del self.current[setting]
        raise reason

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


class Forked:
    """One notebook's process as nbclient's kernel manager."""

    has_kernel = True
    exit_status: int | None = None

    def __init__(self, setting: Setting, modules: Sequence[str], variables: Mapping[str, str]) -> None:
        """Fork the process; `variables` are set in it before its first cell.

        Raises:
            CannotFork, Stopped: as `Servers.fork`.
        """
        self.connection, theirs = Pipe()
        self.status, told = Pipe(duplex=False)
        with theirs, told:
            self.server, self.pid = servers().fork(setting, modules, variables, theirs, told)
        self.queues: dict[str, asyncio.Queue[Any]] = {}

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

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Send a signal, the one that ends it at once, to it and what it started."""
        for send in (os.killpg, os.kill):  # the second while it has not made its group yet
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if self.is_alive():
                    send(self.pid, number)
                return

    async def interrupt_kernel(self) -> None:
        """Interrupt the cell it runs."""
        self.kill(signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False) -> None:
        """End it: `now`, or as jupyter_client does by interrupting it, then asking it, and at last killing it."""
        if not now:
            await self.interrupt_kernel()
            self.send(None)
            await asyncio.to_thread(self._ended_within, END_SECONDS)
        if self.is_alive():
            self.kill()
            self._ended_within(END_SECONDS)

    async def cleanup_resources(self) -> None:
        """Let go of the pipes."""
        self.has_kernel = False
        with contextlib.suppress(RuntimeError, ValueError, OSError):
            asyncio.get_running_loop().remove_reader(self.connection.fileno())
        self.connection.close()
        self.status.close()

    async def get(self, channel: str, timeout: float | None = None) -> Any:
        """Return the next message of a channel, "shell" or "iopub".

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
                message["header"] = extract_dates(message["header"])
                message["buffers"] = [memoryview(part) for part in buffers]
                is_reply = message["msg_type"].endswith("_reply")
                self.queues["shell" if is_reply else "iopub"].put_nowait(message)
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self.connection.fileno())


class PipeClient(AsyncKernelClient):
    """jupyter_client's client, its two channels led through the pipe, which is open and waits for who reads it."""

    def __init__(self, process: Forked) -> None:
        super().__init__()
        self.process = process
        self._shell_channel, self._iopub_channel = (
            SimpleNamespace(send=process.send, get_msg=partial(process.get, name))
            for name in ("shell", "iopub")
        )

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.is_alive()

    def start_channels(self, *_which: bool, **_named: bool) -> None:
        """Nothing: the pipe is open."""

    stop_channels = start_channels

    def wait_for_ready(self, timeout: float | None = None) -> None:
        """Nothing: a request waits in the pipe until it is read."""

"""A notebook's process, seen from the program that runs the notebook: what nbclient asks of a kernel and its client.

nbclient itself places outputs, keeps time and minds the tags of cells; only where it would speak to a kernel through
sockets, it speaks through a pipe to a process that `fork_server.py` forked.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from queue import Empty
from typing import Any

from jupyter_client.jsonutil import extract_dates
from jupyter_client.session import Session, json_unpacker

from analysis.execution.servers import Server, Setting, servers

END_SECONDS = 5.0


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

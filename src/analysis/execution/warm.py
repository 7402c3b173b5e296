"""The client's side of the warm server: start it, ask it for kernels, notice when it is gone."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

START_SECONDS = 180.0
ANSWER_SECONDS = 30.0
# A fork keeps one thread: numerical libraries must not have started more when the server imports them.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_BAKED = (
    "PYTHON",
    "OMP_",
    "OPENBLAS_",
    "MKL_",
    "NUMEXPR_",
    "MPL",
    "LD_",
    "DYLD_",
    "LC_",
    "LANG",
    "HOME",
    "VIRTUAL_",
)


class NoWarmKernels(Exception):
    """The warm server cannot be used here; the caller starts plain kernels instead."""


class WarmServer:
    """A running zygote. Any thread may ask; one request is on its way at a time."""

    def __init__(self, env: Mapping[str, str], modules: Sequence[str] = ()) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dvctt-warm-")
        self._asking = threading.Lock()
        self._log = Path(self._folder.name) / "log"
        ours, theirs = socket.socketpair()
        empty = Path(self._folder.name) / "empty"
        empty.mkdir()
        with theirs, self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "analysis.execution.zygote", str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                cwd=empty,
                env={**dict.fromkeys(ONE_THREAD, "1"), **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._connection = ours
        self._lines = ours.makefile("rwb")
        self._ready = False
        self.alive = True

    def wait_until_ready(self) -> None:
        """Wait for the libraries to be imported.

        Raises:
            NoWarmKernels: the server did not start, or an import left threads that a fork would lose.
        """
        with self._asking:
            if self._ready:
                return
            answer = self._receive(START_SECONDS)
            if answer["threads"] != 1:
                self.close()
                raise NoWarmKernels(f"its imports left {answer['threads']} threads running")
            self._ready = True

    def fork(
        self, arguments: Sequence[str], *, cwd: str, env: Mapping[str, str], log: Path | None
    ) -> WarmProcess:
        """Return a fresh kernel process that serves ipykernel's `arguments`."""
        request = {"do": "fork", "arguments": list(arguments), "cwd": cwd, "env": dict(env)}
        answer = self.ask(request | {"log": str(log) if log else None})
        return WarmProcess(self, answer["pid"])

    def ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        """Send one request and return its answer.

        Raises:
            NoWarmKernels: the server is gone.
        """
        self.wait_until_ready()
        with self._asking:
            if not self.alive:
                raise NoWarmKernels("it has ended")
            try:
                self._lines.write(json.dumps(request).encode() + b"\n")
                self._lines.flush()
            except OSError as error:
                self.close()
                raise NoWarmKernels(f"it is gone ({error})") from None
            return self._receive(ANSWER_SECONDS)

    def _receive(self, seconds: float) -> dict[str, Any]:
        if not self.alive:
            raise NoWarmKernels("it has ended")
        self._connection.settimeout(seconds)
        try:
            line = self._lines.readline()
        except OSError as error:
            line, reason = b"", str(error)
        else:
            reason = self._last_words()
        if not line:
            self.close()
            raise NoWarmKernels(f"it is gone ({reason})")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            return lines[-1] if lines else "no word of why"
        return "no word of why"

    def close(self) -> None:
        """End the server and with it every kernel it forked."""
        self.alive = False
        for end in (self._lines, self._connection):
            with contextlib.suppress(OSError):
                end.close()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._folder.cleanup()


class WarmProcess:
    """A forked kernel, with as much of `subprocess.Popen` as a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, server: WarmServer, pid: int) -> None:
        self.server = server
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit status, None while it runs; with its server a kernel is dead too."""
        if self.returncode is None:
            try:
                self.returncode = self.server.ask({"do": "poll", "pid": self.pid})["status"]
            except NoWarmKernels:
                self.returncode = -signal.SIGKILL
        return self.returncode

    def wait(self) -> int | None:
        """Return the exit status of a process that `poll` has found ended."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel and the processes it started."""
        if self.returncode is None:
            with contextlib.suppress(NoWarmKernels):
                self.server.ask({"do": "signal", "pid": self.pid, "signal": int(number)})

    def kill(self) -> None:
        """Kill it at once."""
        self.send_signal(signal.SIGKILL)


_servers: dict[tuple[tuple[str, str], ...], WarmServer] = {}
_servers_lock = threading.Lock()


def start_server(env: Mapping[str, str], modules: Sequence[str] = ()) -> WarmServer:
    """Return the running server for this environment; start one that imports `modules` when there is none.

    Variables that libraries read when they are imported are part of its identity.

    Raises:
        NoWarmKernels: this system cannot fork.
    """
    if not hasattr(os, "fork") or sys.platform == "win32":
        raise NoWarmKernels("this system does not fork")
    baked = tuple(sorted((name, value) for name, value in env.items() if name.startswith(_BAKED)))
    with _servers_lock:
        server = _servers.get(baked)
        if server is None or not server.alive:
            server = _servers[baked] = WarmServer(env, modules)
    return server


def close_servers() -> None:
    """End every server this process started."""
    with _servers_lock:
        for server in _servers.values():
            if server.alive:
                server.close()
        _servers.clear()


atexit.register(close_servers)

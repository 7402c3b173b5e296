"""ipykernel's own kernel and shell without sockets: what it would send through them goes through a pipe.

The application is made, with the user's settings and start-up files, in the process that forks; `run_cells` is called
in the forked one.
"""
# mypy: allow-untyped-calls
# mypy: disable-error-code=override

from __future__ import annotations

import atexit
import codecs
import contextlib
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any

from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
from ipykernel.utils import _async_in_context
from jupyter_client.session import Session, json_packer
from tornado.ioloop import IOLoop

_FD = {"stdout": 1, "stderr": 2}


class PipeSession(Session):
    """Sends a message as one frame through a pipe; messages come in whole already."""

    connection: Connection
    owner = 0
    lock: Any = threading.Lock()

    def send(self, _stream: Any, msg_or_type: Any, content: Any = None, *args: Any, **options: Any) -> Any:
        """Send one message, made of the arguments as jupyter_client makes it."""
        named = dict(zip(("parent", "ident", "buffers", "track", "header", "metadata"), args, strict=False))
        named |= options
        message = msg_or_type
        if not isinstance(message, dict):
            made = {name: named.get(name) for name in ("parent", "header", "metadata")}
            message = self.msg(message, content=content, **made)
        if os.getpid() != self.owner:
            _hand_to_owner(message)
        else:
            parts = named.get("buffers") or message.get("buffers") or ()
            # A cell that is interrupted must not leave half a message in the pipe.
            with self.lock, _without_interrupts():
                self.connection.send([json_packer({**message, "buffers": []}), *map(bytes, parts)])
        return message

    def feed_identities(self, message: Any, **_options: Any) -> Any:
        """Return the message as it came: nobody else is at the other end."""
        return [], message

    def deserialize(self, message: Any, **_options: Any) -> Any:
        """Return the message as it came."""
        return message


def _hand_to_owner(message: dict[str, Any]) -> None:
    """Write a text that a process forked by a cell prints where the cell's own process reads it."""
    if message["msg_type"] == "stream":
        left = message["content"]["text"].encode(errors="replace")
        while left:
            left = left[os.write(_FD[message["content"]["name"]], left) :]


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Publisher(IOPubThread):
    """Stands where ipykernel has its thread of sockets; streams are flushed soon after they are written."""

    thread: Any = None
    io_loop: Any
    is_begun = False  # what forks may have no thread

    def __init__(self) -> None:
        self.io_loop = self

    def schedule(self, f: Callable[[], None]) -> None:
        """Do it now."""
        f()

    def call_later(self, seconds: float, flush: Callable[[], None]) -> None:
        """Flush soon."""
        if self.is_begun:
            timer = threading.Timer(seconds, flush)
            timer.daemon = True
            timer.start()


class Stream(OutStream):
    """ipykernel's stream; what compiled code and child processes wrote before a flush is sent with it."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "watchfd": False})
        self._reading = threading.Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def watch(self) -> None:
        """Begin to read what is written to the descriptor itself; called once, in the forked process."""
        self._master_pid = os.getpid()
        self._flush_pending = False
        self._buffers.clear()
        self._should_watch = True
        self._original_stdstream_copy = _FD[self.name]
        os.register_at_fork(after_in_child=self._leave_to_owner)
        self._setup_stream_redirects(self.name)

    def _leave_to_owner(self) -> None:
        """In a process that a cell forks, read nothing and hold no lock that another thread held."""
        self._fid = None
        self._buffer_lock = threading.RLock()
        self._buffers.clear()

    def _watch_pipe_fd(self) -> None:
        while self._fid is not None:
            select.select([self._fid], [], [])
            self._read_written()

    def _read_written(self) -> None:
        with self._reading:
            while self._fid is not None and select.select([self._fid], [], [], 0)[0]:
                self.write(self._decoder.decode(os.read(self._fid, 65536)))

    def flush(self) -> None:
        """Send all that was written up to now."""
        if self._fid is not None:
            self._read_written()
        self._flush()


# Libraries look whether a stream is ipykernel's.
Stream.__name__, Stream.__qualname__, Stream.__module__ = "OutStream", "OutStream", OutStream.__module__


class PipeKernel(IPythonKernel):
    """ipykernel's kernel; its client sends one request at a time, so that none waits to be refused after an error."""

    # What ipykernel asks where cells run: in the thread that all runs in.
    shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        pass


class PipeApp(IPKernelApp):
    """ipykernel's application without sockets and their threads."""

    kernel_class = PipeKernel
    outstream_class = f"{__name__}.Stream"

    def init_sockets(self) -> None:
        """Put the pipe in the place of all sockets."""
        self.session = PipeSession(parent=self)
        self.configure_tornado_logger()
        self.iopub_thread = Publisher()
        self.iopub_socket = self.iopub_thread

    def _nothing(self, **_options: Any) -> None:
        pass

    init_connection_file = init_poller = init_heartbeat = write_connection_file = log_connection_info = (
        _nothing
    )

    def init_kernel(self) -> None:
        """Make the kernel and with it the shell."""
        self.kernel = self.kernel_class.instance(
            parent=self,
            session=self.session,
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count


def run_cells(app: PipeApp, connection: Connection) -> None:
    """Answer requests that come through `connection` until it closes or the cells ask to exit."""
    app.session.connection, app.session.owner = connection, os.getpid()
    app.session.pid = os.getpid()
    app.iopub_thread.is_begun = True
    streams: tuple[Any, ...] = (sys.stdout, sys.stderr)
    for stream in streams:
        stream.watch()
    loop, kernel = IOLoop.current(), app.kernel
    kernel.shell.exit_now = False
    Kernel.start(kernel)
    answer = _async_in_context(partial(kernel.shell_main, None))

    def receive(*_event: object) -> None:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            loop.stop()
        else:
            loop.spawn_callback(answer, request) if request else loop.stop()

    loop.add_handler(connection.fileno(), receive, IOLoop.READ)
    loop.start()


def leave(status: int) -> None:
    """End as Python does, threads and what was registered for the end first, but without taking the modules apart."""
    with contextlib.suppress(BaseException):
        shutdown: Any = threading
        shutdown._shutdown()
    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    os._exit(status)

"""JupyterLab on one notebook of the project: start it, say where it answers, wait until it is stopped."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

from analysis.errors import AnalysisError, RequestError

HOST = "127.0.0.1"
SECONDS_TO_START = 60.0
# Nothing is asked of the internet: neither news nor newer versions. Stopping asks no question.
OPTIONS = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    "--ServerApp.answer_yes=True",
    "--ServerApp.port_retries=0",
    "--Application.log_level=ERROR",
    # Who runs this as root, as in a container, has let notebooks run as root already; only this machine gets in.
    "--ServerApp.allow_root=True",
    f"--ServerApp.ip={HOST}",
)


class NotebookMissing(RequestError):
    """The notebook to open is not in the project's folder."""


class LabFailed(AnalysisError):
    """JupyterLab ended, or did not answer, before it could be used."""


def open_notebook(root: Path, name: str, say: Callable[[str], None], *, browser: bool = True) -> None:
    """Open `notebooks/<name>.ipynb` in JupyterLab from the project's folder and wait until the server stops.

    Args:
        root: the project's folder; the server shows it and nothing above.
        name: the notebook's name without ending.
        say: receives the address, once it answers.
        browser: whether the system's browser is opened as well.

    Raises:
        NotebookMissing: the project holds no such notebook.
        LabFailed: JupyterLab is not installed, the server ended by itself, or did not answer within a minute.
    """
    if find_spec("jupyterlab") is None:
        raise LabFailed("JupyterLab is not installed here. Install it: pip install jupyterlab ipywidgets.")
    notebooks = root / "notebooks"
    if not (notebooks / f"{name}.ipynb").is_file():
        there = ", ".join(sorted(path.stem for path in notebooks.glob("*.ipynb"))) or "none at all"
        raise NotebookMissing(f"{notebooks} holds no {name}.ipynb; there is: {there}.")
    port, token = _free_port(), secrets.token_hex(24)
    place = f"notebooks/{name}.ipynb"
    program = [sys.executable, "-m", "jupyterlab", place, f"--ServerApp.root_dir={root}"]
    program += [f"--ServerApp.port={port}", *OPTIONS, *([] if browser else ["--no-browser"])]
    # The token goes by the environment: other users of the machine can read a program's arguments.
    words = {**os.environ, "JUPYTER_TOKEN": token, "DVCTT_ROOT": str(root)}
    server = subprocess.Popen(program, cwd=root, env=words)
    try:
        with _ending_like_ctrl_c():
            _wait_for_answer(server, port)
            say(f"http://{HOST}:{port}/lab/tree/{place}?token={token}\nStop it with Ctrl-C.")
            status = server.wait()
    except KeyboardInterrupt:
        status = 0
    finally:
        _stop(server)
    if status:
        raise LabFailed(f"JupyterLab ended with status {status}; its own messages stand above.")


@contextlib.contextmanager
def _ending_like_ctrl_c() -> Iterator[None]:
    """Let a request to end this program, or a closed terminal, end the server as Ctrl-C does."""
    signs = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {sign: signal.signal(sign, signal.default_int_handler) for sign in signs}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        if server.poll() is not None:
            raise LabFailed(
                f"JupyterLab ended with status {server.returncode}; its own messages stand above."
            )
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise LabFailed(f"JupyterLab did not answer on port {port} within {SECONDS_TO_START:.0f} seconds.")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end, so that it ends its kernels too, and insist after ten seconds."""
    if server.poll() is None:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

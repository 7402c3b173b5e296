"""Dask's scheduler and workers as programs of their own, as a user starts them, for tests against real ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path


class DaskPrograms:
    """Programs started by a test; `close` kills them all. What they say goes to files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def start_scheduler(self, **variables: str) -> str:
        """Start a scheduler on a free port and return its address; it may take a second to answer."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self._start(
            "dask_scheduler", "--host", "127.0.0.1", "--port", port, cwd=self.folder, variables=variables
        )
        return f"tcp://127.0.0.1:{port}"

    def start_worker(
        self, address: str, *options: str, cwd: Path | None = None, **variables: str
    ) -> subprocess.Popen[bytes]:
        """Start one worker of one thread in the folder `cwd`, with these variables beside ours."""
        arguments = (address, "--nthreads", "1", "--no-nanny", *options)
        return self._start("dask_worker", *arguments, cwd=cwd or self.folder, variables=variables)

    def _start(
        self, module: str, *arguments: str, cwd: Path, variables: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--no-dashboard"]
        with (self.folder / f"dask-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=os.environ | variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def close(self) -> None:
        """Kill what was started."""
        for process in self.processes:
            process.kill()
            process.wait()

"""A kernel provisioner for jupyter_client that takes kernels from the warm server, else starts plain ones."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from analysis.execution.warm import NoWarmKernels, WarmProcess, start_server

_LAUNCHERS = ("ipykernel_launcher", "ipykernel", "analysis.execution.kernel")


class WarmProvisioner(LocalProvisioner):
    """Forks python kernels of this very interpreter; any other kernel is started as jupyter_client would."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Launch a kernel with the command of its kernel specification."""
        arguments = kernel_arguments(cmd)
        if arguments is not None:
            try:
                kernel = await asyncio.to_thread(_fork, arguments, kwargs)
            except NoWarmKernels as reason:
                self.log.warning("No warm kernel (%s): starting a plain one.", reason)
            else:
                self.process = kernel
                self.pid = self.pgid = kernel.pid
                self.cwd = kwargs.get("cwd") or Path.cwd()
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel's process group; a warm kernel's by way of its server."""
        if isinstance(self.process, WarmProcess):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)


def kernel_arguments(command: list[str]) -> list[str] | None:
    """Return ipykernel's arguments when `command` starts it with this interpreter, else None."""
    if len(command) < 3 or command[1] != "-m" or command[2] not in _LAUNCHERS:
        return None
    same = os.path.realpath(command[0]) == os.path.realpath(sys.executable) and _in_this_environment(
        command[0]
    )
    return command[3:] if same else None


def _in_this_environment(executable: str) -> bool:
    return Path(executable).parent.absolute() == Path(sys.executable).parent.absolute()


def _fork(arguments: list[str], kwargs: dict[str, Any]) -> WarmProcess:
    env = {name: str(value) for name, value in (kwargs.get("env") or os.environ).items()}
    name = getattr(kwargs.get("stderr"), "name", None)
    log = Path(name) if isinstance(name, str) else None
    return start_server(env).fork(arguments, cwd=str(kwargs.get("cwd") or Path.cwd()), env=env, log=log)

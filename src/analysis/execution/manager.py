"""The manager of one kernel, without jupyter_client's fixed waits of a fifth of a second."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

WARM = "dvctt-warm"
PLAIN = "local-provisioner"
_POLL_SECONDS = 0.01
_ANSWER_SECONDS = 1.0
_IDLE_SECONDS = 0.02
_RECONNECT_MILLISECONDS = 5


class PromptClient(AsyncKernelClient):
    """A client that is ready when the kernel says so: at the `idle` that ends its first answer."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on both channels.

        Raises:
            RuntimeError: it died, or did not answer within `timeout` seconds.
        """
        deadline = time.monotonic() + (timeout or 60.0)
        while time.monotonic() < deadline:
            if await self._answers(self.kernel_info()):
                return
            if self.parent is None or not await self.parent.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self, request: str) -> bool:
        """Tell whether `request` was answered and its `idle` seen.

        What a kernel publishes before it has noticed our subscription is lost to us, so the wait for `idle` is
        short once the answer is there: the next request brings another.
        """
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                self._handle_kernel_info_reply(await self.shell_channel.get_msg(timeout=None))
            async with asyncio.timeout(_IDLE_SECONDS):
                while True:
                    message = await self.iopub_channel.get_msg(timeout=None)
                    ended = message["content"].get("execution_state") == "idle"
                    if ended and message["parent_header"].get("msg_id") == request:
                        return True
        except TimeoutError:
            return False


class PromptManager(AsyncKernelManager):
    """A manager that notices the end of its kernel within a hundredth of a second."""

    client_class = f"{__name__}.PromptClient"
    client_factory = PromptClient
    _process: Any = None

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        await super()._async_launch_kernel(kernel_cmd, **options)
        self._process = getattr(self.provisioner, "process", None)

    def last_process(self) -> Any:
        """Return the kernel's process, also after its end; None when none was started."""
        return self._process

    async def _async_finish_shutdown(
        self, waittime: float | None = None, pollinterval: float = _POLL_SECONDS, restart: bool = False
    ) -> None:
        await super()._async_finish_shutdown(waittime, pollinterval, restart)


@contextmanager
def kernel_manager(warm: bool) -> Iterator[tuple[PromptManager, Path]]:
    """Give a manager for one kernel of this interpreter and the private folder of its sockets."""
    _register_provisioner()
    folder = Path(tempfile.mkdtemp(prefix="dvctt-"))
    manager = PromptManager(
        kernel_name="python3",
        connection_file=str(folder / "kernel.json"),
        transport="ipc" if os.name == "posix" else "tcp",
    )
    manager._kernel_spec = KernelSpec(
        argv=[sys.executable, "-m", "analysis.execution.kernel", "-f", "{connection_file}"],
        display_name="Python 3",
        language="python",
        metadata={"kernel_provisioner": {"provisioner_name": WARM if warm else PLAIN}},
    )
    # A client connects before its kernel listens; waiting a tenth of a second to try again is most of a start.
    manager.context.setsockopt(zmq.RECONNECT_IVL, _RECONNECT_MILLISECONDS)
    try:
        yield manager, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _register_provisioner() -> None:
    """Make warm kernels known also where this package's entry points are not installed."""
    known: dict[str, Any] = KernelProvisionerFactory.instance().provisioners
    group = KernelProvisionerFactory.GROUP_NAME
    known.setdefault(WARM, EntryPoint(WARM, "analysis.execution.provisioner:WarmProvisioner", group))

"""The kernel itself: ipykernel as it comes, in a process of its own.

`python -m analysis.execution.kernel -f FILE` starts one cold; the warm server calls `run_kernel` after a fork.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any


def run_kernel(arguments: list[str]) -> None:
    """Serve one kernel until it is asked to shut down; `arguments` are ipykernel's own."""
    import ipykernel_launcher  # type: ignore[import-untyped]
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = [str(ipykernel_launcher.__file__), *arguments]
    kernel: Any = IPKernelApp.instance()
    kernel.initialize(arguments)
    kernel.start()


if __name__ == "__main__":
    # As ipykernel_launcher does: nothing in the notebook's folder may shadow a library while it loads.
    if sys.path[0] == "" or Path(sys.path[0]) == Path.cwd():
        del sys.path[0]
    run_kernel(sys.argv[1:])

"""What a worker of a cluster does: says what differs from the machine that asks, then executes its notebooks."""

from __future__ import annotations

import platform
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError
from analysis.execution.fingerprint import PACKAGE, Hasher, library_versions, project_folder
from analysis.execution.inputs import ABSENT, hash_inputs, is_file
from analysis.execution.notebook import Execution, Order, execute

_SHOWN = 5
_MEND_CODE = "Bring its clone to the same commit and its environment to the same versions, and start it anew."

# Sees that a project's folder has the data the notebooks need; returns variables for their processes.
Prepare = Callable[[Path], Mapping[str, str]]


class WorkerDiffers(AnalysisError):
    """A worker has other code, versions or inputs than this machine."""


@dataclass(frozen=True)
class Alike:
    """What a worker must be like for one run: versions and code of this package, and what sees to its data."""

    run: str
    versions: Mapping[str, str]
    code: Mapping[str, str]
    prepare: Prepare | None = None


_seen: dict[str, Mapping[str, str]] = {}
_seeing = threading.Lock()


@cache
def package_code() -> dict[str, str]:
    """Return the hash of this package as it was when this process first asked."""
    return {PACKAGE.name: Hasher(PACKAGE.parent).code(Path("/nowhere"))[PACKAGE.name]}


def see_alike(asked: Alike) -> Mapping[str, str]:
    """Compare this worker, once a run, with the machine that asks; return variables for notebooks' processes.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    with _seeing:
        if asked.run not in _seen:
            _refuse("", asked.versions, library_versions(), _MEND_CODE)
            _refuse("code", asked.code, package_code(), _MEND_CODE)
            try:
                _seen[asked.run] = asked.prepare(project_folder()) if asked.prepare else {}
            except AnalysisError as error:
                raise WorkerDiffers(f"{_who()}: {error}") from None
        return _seen[asked.run]


def execute_there(order: Order, folder: str, asked: Alike) -> Execution:
    """Execute an order on a worker, in the `folder` of its own clone.

    Raises:
        WorkerDiffers: this worker would not make the same result.
    """
    environment = see_alike(asked)
    workdir = project_folder() / folder
    if not workdir.is_dir():
        raise WorkerDiffers(f"{_who()} has no folder {workdir}. Start it in the clone.")
    here = replace(order, workdir=workdir, run=asked.run, environment={**environment, **order.environment})
    refuse_other_code(here, _hasher(project_folder()))
    refuse_other_inputs(here, _hasher(project_folder()))
    return execute(here)


_hasher = cache(Hasher)


def refuse_other_code(order: Order, hasher: Hasher) -> None:
    """Compare versions and code with those the order was made for, as they are now on this worker's disk.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    _refuse("", order.fingerprint.versions, library_versions(), _MEND_CODE)
    _refuse("code", order.fingerprint.code, hasher.code(order.workdir), _MEND_CODE)


def refuse_other_inputs(order: Order, hasher: Hasher) -> None:
    """Compare inputs with those the order was made for.

    Raises:
        WorkerDiffers: naming the first few that differ.
    """
    wanted = {name: state for name, state in order.fingerprint.inputs.items() if is_file(name)}
    there = {hasher.root / name: name for name in wanted}
    states = hash_inputs([path for path in there if not path.is_dir()], hasher.root, hasher.digest)
    found = {name: states.get(str(path), "folder") for path, name in there.items()}
    _refuse("input", wanted, found, "Bring its data to the same state (`dvctt clean`).")


def _refuse(what: str, wanted: Mapping[str, Any], found: Mapping[str, Any], mend: str) -> None:
    differing = [name for name, value in sorted(wanted.items()) if found.get(name) != value]
    if differing:
        shown = [_shown(what, name, wanted[name], found.get(name)) for name in differing[:_SHOWN]]
        more = f" and {len(differing) - _SHOWN} more" if len(differing) > _SHOWN else ""
        raise WorkerDiffers(f"{_who()} differs from this machine: {', '.join(shown)}{more}. {mend}")


def _shown(what: str, name: str, wanted: object, found: object) -> str:
    if not what:
        return f"{name} {found or 'absent'} instead of {wanted}"
    return f"{what} {name}" + ("" if found not in (None, ABSENT) else " (absent)")


def _who() -> str:
    """Name this worker as its scheduler does, and its machine."""
    from distributed import get_worker

    try:
        return f"The worker {get_worker().name} on {platform.node()}"
    except ValueError:
        return f"The worker on {platform.node()}"

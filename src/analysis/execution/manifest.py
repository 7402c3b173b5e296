"""The manifest beside each result: what it was made from, with what, when; read back to tell what is stale."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.execution.fingerprint import Fingerprint, manifest_path
from analysis.execution.publish import publish

RECORD = "application/vnd.dvctt.record+json"  # an output of this type goes into the manifest of its notebook


@dataclass(frozen=True)
class Manifest:
    """One result's record. `output_sha256` is the hash of the published bytes; `run` describes the run."""

    fingerprint: Fingerprint
    output_sha256: str
    run: Mapping[str, Any]


def read_manifest(output: Path) -> Manifest | None:
    """Return the manifest of `output`; None when there is none or it cannot be read."""
    try:
        content = json.loads(manifest_path(output).read_bytes())
        is_flat = all(isinstance(state, str) for state in content["fingerprint"].values())
        return Manifest(content["fingerprint"], content["output_sha256"], content["run"]) if is_flat else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def publish_result(output: Path, content: bytes, fingerprint: Fingerprint, run: Mapping[str, Any]) -> None:
    """Publish a result, then its manifest: a crash between the two makes it stale, never wrong.

    Raises:
        CannotWrite: its folder refuses them.
    """
    publish(output, content)
    made = {"fingerprint": fingerprint, "output_sha256": hashlib.sha256(content).hexdigest(), "run": run}
    text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)
    publish(manifest_path(output), f"{text}\n".encode())


def describe_run(
    root: Path, seeds: Mapping[str, object], seconds: float, content: bytes = b""
) -> dict[str, Any]:
    """Return who made a result and when: commit, seeds, machine, times (UTC and wall seconds).

    `content` is the executed notebook; what its cells ask to be recorded stands under `records`.
    """
    commit, changed = read_commit(root)
    records = read_records(content)
    return ({"records": records} if records else {}) | {
        "commit": commit,
        "uncommitted_changes": changed,
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "platform": platform.platform(),
        "seconds": round(seconds, 3),
        "seeds": dict(seeds),
    }


def read_records(content: bytes) -> list[Any]:
    """Return what cells of an executed notebook ask to be recorded: outputs of the type `RECORD`, in order."""
    try:
        cells = json.loads(content)["cells"] if content else []
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        return [output["data"][RECORD] for output in outputs if RECORD in output.get("data", {})]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


@lru_cache(maxsize=1)
def read_commit(root: Path) -> tuple[str | None, bool | None]:
    """Return the commit checked out at `root` and whether tracked files differ from it; None without git."""
    commit = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return (None, None) if commit is None or changed is None else (commit, bool(changed))


def last_change(root: Path, path: Path) -> tuple[str, str]:
    """Return the commit that last changed a file and its ISO day; empty texts where it is not committed as it is."""
    changed = _git(root, "status", "--porcelain", "--", str(path))
    found = _git(root, "log", "-1", "--format=%H %cs", "--", str(path))
    if changed or changed is None or not found:
        return "", ""
    commit, day = found.split()
    return commit, day


def _git(root: Path, *request: str) -> str | None:
    """Return what git says of the folder; None where there is no git or it is no clone."""
    command = ["git", "-C", str(root), *request]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode else done.stdout.strip()

"""`dvctt brief` killed at random moments: never a half-written file, and each resumed run ends as if nothing had been.

Each kill costs a run and its repetition, so they are made only on request: DVCTT_FAULT_KILLS=30 makes thirty.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

KILLS = int(os.environ.get("DVCTT_FAULT_KILLS", "0"))
SEED = int(os.environ.get("DVCTT_FAULT_SEED", "20220820"))
REQUEST = ("brief", "Thái Nguyên", "Yên Bái", "--language", "vi")

pytestmark = [
    pytest.mark.notebook,
    pytest.mark.skipif(not KILLS, reason="takes half a minute a kill: set DVCTT_FAULT_KILLS"),
]


@pytest.fixture(scope="module")
def clone(root, tmp_path_factory):
    """Copy what briefs need, so that nothing is edited under the test."""
    place = tmp_path_factory.mktemp("clone")
    for part in ("src", "notebooks", "studies", "data/raw"):
        shutil.copytree(root / part, place / part)
    return place


def start(clone: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "analysis.cli", *REQUEST],
        cwd=clone,
        env=os.environ | {"PYTHONPATH": str(clone / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(clone: Path) -> None:
    process = start(clone)
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said


def published(clone: Path) -> dict[str, object]:
    """Return what lies in `reports`: bytes, or a manifest without the time and the duration of its run."""
    found: dict[str, object] = {}
    files = (path for path in (clone / "reports").rglob("*") if path.is_file() and path.suffix != ".lock")
    for path in sorted(files):
        content: object = path.read_bytes()
        if path.name.endswith(".manifest.json"):
            manifest = json.loads(path.read_bytes())
            content = manifest | {"run": manifest["run"] | {"ended": "", "seconds": 0}}
        found[path.relative_to(clone).as_posix()] = content
    return found


def test_a_killed_run_leaves_whole_files_and_resumes_to_the_same_bytes(clone):
    finish(clone)  # cleans the raw data and compiles bytecode, which the runs below find done
    shutil.rmtree(clone / "reports")
    begun = time.monotonic()
    finish(clone)
    seconds, whole = time.monotonic() - begun, published(clone)
    assert len([name for name in whole if "/thai-nguyen/" in name or "/yen-bai/" in name]) >= 2 * 9
    print(f"seed {SEED}, {KILLS} kills, an undisturbed run takes {seconds:.1f} s")
    moments = random.Random(f"brief {SEED}")
    for number in range(KILLS):
        shutil.rmtree(clone / "reports")
        moment = moments.uniform(0, seconds)
        process = start(clone)
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        left = published(clone) if (clone / "reports").exists() else {}
        kept = {name: content for name, content in left.items() if "/." not in name}
        print(f"{number}: killed after {moment:.2f} s, {len(kept)} of {len(whole)} files were published")
        assert kept == {name: whole[name] for name in kept}
        finish(clone)
        assert published(clone) == whole

"""Each notebook runs with plain Papermill, with other parameters than its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

RUNS = {
    "01-data-audit": {"indicator": "share_dossiers_processed_online"},
    "02-before-after": {"province": "Yên Bái"},
    "03-regression": {"controls": "without_doubtful", "draws": "499"},
    "04-synthetic-control": {"province": "Bắc Ninh"},
    "05-sensitivity": {"draws": "199", "repetitions": "60"},
    "06-brief": {"province": "Bắc Ninh", "language": "en", "draws": "499"},
    "explore": {"province": "An Giang", "method": "synthetic-control"},
}


def test_every_notebook_has_a_run(root):
    names = {path.stem for path in (root / "notebooks").glob("*.ipynb")}
    assert set(RUNS) == names


@pytest.mark.notebook
@pytest.mark.parametrize("name", RUNS)
def test_notebook_runs_with_plain_papermill(name, root, tmp_path):
    out = tmp_path / "out.ipynb"
    words = [word for key, value in RUNS[name].items() for word in ("-p", key, value)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    program = [sys.executable, "-m", "papermill", str(root / "notebooks" / f"{name}.ipynb"), str(out), *words]
    done = subprocess.run(program, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    cells = [cell for cell in json.loads(out.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error"]
    warned = "".join("".join(o.get("text", "")) for o in outputs if o.get("name") == "stderr")
    assert "Warning" not in warned, warned
    shown = json.dumps([o.get("data", {}) for o in outputs], ensure_ascii=False)
    if "province" in RUNS[name]:
        assert RUNS[name]["province"] in shown

"""Each notebook runs with plain Papermill, with other parameters than its own, on the project's data, and in forked
processes on a made-up monthly panel; the survey's numbers are those published, and no text speaks of another study
than the one chosen.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from analysis.execution.notebook import Order, execute
from analysis.execution.parameters import read_schema

RUNS = {
    "01-data-audit": {"indicator": "share_dossiers_processed_online"},
    "02-before-after": {"province": "Yên Bái"},
    "03-regression": {"controls": "without_doubtful", "draws": "499"},
    "04-synthetic-control": {"province": "Bắc Ninh"},
    "05-sensitivity": {"draws": "199", "repetitions": "60"},
    "06-brief": {"province": "Bắc Ninh", "language": "en", "draws": "499"},
    "07-design": {"repetitions": "60"},
    "08-nation": {"language": "en"},
    "explore": {"province": "An Giang", "method": "synthetic-control"},
}
MADE = {
    "02-before-after": {"province": "Thái Nguyên"},
    "03-regression": {"draws": "199"},
    "04-synthetic-control": {"province": "Thái Nguyên", "draws": "199"},
    "05-sensitivity": {"draws": "99", "repetitions": "40"},
    "07-design": {"repetitions": "60"},
    "explore": {"live": "False"},
}
# Words of the survey; where another study is chosen no text may use them.
OF_THE_SURVEY = re.compile(r"survey|PAPI|respondents|\b2019\b")


def _run(name: str, root: Path, folder: Path, words: dict[str, str]) -> list[dict]:
    """Run a notebook with the papermill command and return its cells."""
    out = folder / "out.ipynb"
    given = [word for key, value in words.items() for word in ("-p", key, value)]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    program = [sys.executable, "-m", "papermill", str(root / "notebooks" / f"{name}.ipynb"), str(out), *given]
    done = subprocess.run(program, capture_output=True, text=True, cwd=folder, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text("utf-8"))["cells"]


def _run_on(home: Path, name: str, root: Path, words: dict[str, str]) -> list[dict]:
    """Run a notebook in a forked process on the data of `home` and return its cells."""
    notebook = root / "notebooks" / f"{name}.ipynb"
    values, environment = read_schema(notebook).convert(words), {"DVCTT_ROOT": str(home)}
    order = Order(name, notebook.read_bytes(), values, notebook.parent, environment=environment)
    execution = execute(order)
    assert execution.failure is None, execution.failure
    return json.loads(execution.content)["cells"]


def _shown(cells: list[dict]) -> str:
    """Return what the cells show, and check that none failed or warned."""
    outputs = [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]
    assert not [o for o in outputs if o["output_type"] == "error"]
    warned = "".join("".join(o.get("text", "")) for o in outputs if o.get("name") == "stderr")
    assert "Warning" not in warned, warned
    return json.dumps([o.get("data", {}) for o in outputs], ensure_ascii=False)


def test_every_notebook_of_the_project_has_a_run_and_is_checked(root):
    readme = (root / "README.md").read_text("utf-8")
    table = readme.partition("| notebook | its question |")[2].partition("\n\n")[0]
    named = set(re.findall(r"^\| `(\S+)` \|", table, re.M))
    checked = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["include"]
    assert set(RUNS) == named == {Path(path).stem for path in checked if path.endswith(".ipynb")}


def test_no_notebook_names_a_study_a_year_or_a_month_in_its_text(root):
    for name in MADE:
        for cell in json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]:
            text = "".join(cell["source"])
            if "parameters" not in cell["metadata"].get("tags", []):
                assert not re.search(r"\b20[12]\d\b|PAPI|papi_|[Ss]urvey", text), f"{name}: {text}"


@pytest.mark.notebook
@pytest.mark.parametrize("name", RUNS)
def test_notebook_runs_with_plain_papermill(name, root, tmp_path):
    shown = _shown(_run(name, root, tmp_path, RUNS[name]))
    if "province" in RUNS[name]:
        assert RUNS[name]["province"] in shown


@pytest.mark.notebook
def test_survey_gives_the_published_numbers(root, tmp_path):
    shown = _shown(_run("03-regression", root, tmp_path, {}))
    plain = re.sub(r"<[^>]+>", " ", shown)
    assert "+0.66 percentage points" in plain and "p = 0.28 by studentised-permutation" in plain
    assert " 0.0198 " in plain and " 0.004 " in plain and " 370" in plain
    assert "10 provinces with targets against 53 others" in plain


@pytest.mark.notebook
@pytest.mark.parametrize("name", MADE)
def test_notebook_follows_a_monthly_study(name, root, made_project):
    words = MADE[name] | {"study": "services"}
    shown = _shown(_run_on(made_project.root, name, root, words))
    assert "share_services_with_online_dossiers" in shown or name == "explore"
    texts = re.findall(r'"text/(?:plain|markdown)": (?:\[.*?\]|".*?")', shown)
    assert texts and not [text for text in texts if OF_THE_SURVEY.search(text)]
    if name == "03-regression":
        found = re.search(r"We estimate the share .*?: \+([\d.]+) percentage points", shown)
        assert float(found[1]) == pytest.approx(
            made_project.truth["services"], abs=1.0
        )  # two standard errors


@pytest.mark.notebook
@pytest.mark.parametrize("name", ["03-regression", "04-synthetic-control", "07-design"])
def test_notebook_runs_on_the_map_of_34(name, root, made_project_34):
    words = {"study": "services", "frame": "34"} | ({"province": "Nam Định"} if name.startswith("04") else {})
    words |= {"repetitions": "60"} if name.startswith("07") else {"draws": "199"}
    shown = _shown(_run_on(made_project_34.root, name, root, words))
    assert "of 34 provinces on the map of 34" in shown or "on the map of 34" in shown
    if name.startswith("04"):
        assert "On this map Nam Định is part of Ninh Bình" in shown


@pytest.mark.notebook
def test_roll_out_is_shown_as_csv_and_is_the_same_for_the_same_seed(root, made_project):
    words = {"study": "services", "repetitions": "40", "seed": "7"}
    first = _shown(_run_on(made_project.root, "07-design", root, words))
    assert "province_code,province,region,start," in first
    again = _shown(_run_on(made_project.root, "07-design", root, words))
    plan = r"province_code,province,region,start,.*?</pre>"
    assert re.search(plan, first)[0] == re.search(plan, again)[0]

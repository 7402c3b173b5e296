"""The house itself: one source of dependencies, one direction of imports, notebooks without outputs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from analysis import __version__

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "analysis"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NOTEBOOKS = [ROOT / path for path in PROJECT["tool"]["ruff"]["include"] if path.endswith(".ipynb")]
# From the ground up: a module or room imports only from layers below its own.
LAYERS = (
    ("errors",),
    ("periods", "project", "environment"),
    ("starting",),
    ("reference",),
    ("cleaning", "estimation", "execution"),
    ("study", "fetching"),
    ("study_parameters",),
    ("panels",),
    ("answers",),
    ("reporting",),
    ("explore", "brief_evidence", "stated_inputs"),
    ("site_evidence", "lab"),
    ("briefs", "unit_briefs"),
    ("door", "fetch_command"),
    ("estimate_command",),
    ("cli",),
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names}
SHOWN_AS = "analysis.reporting.tables"  # how a plan or a regression shows itself in a notebook


def _locked() -> dict[str, set[str]]:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins: dict[str, set[str]] = {}
    for line in lines:
        match = re.match(r"([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", line)
        if match:
            pins.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return pins


def _conda_names() -> dict[str, str]:
    text = (ROOT / "environment.yml").read_text("utf-8")
    entries = re.findall(r"^ +- ([a-z0-9-]+)(>=[^\s]+)?$", text, flags=re.MULTILINE)
    return {name: bound for name, bound in entries if name not in ("conda-forge", "nodefaults", "pip")}


def test_lock_satisfies_every_dependency():
    project = PROJECT
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    asked += [text for extra in project["project"]["optional-dependencies"].values() for text in extra]
    pins = _locked()
    for text in asked:
        requirement = Requirement(text)
        versions = pins[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), text


def test_lock_has_hashes_and_no_addresses():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text and "--index-url" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block.split("\n")[0])


def test_conda_environment_names_the_same_packages():
    conda = _conda_names()
    project = PROJECT["project"]
    asked = {
        Requirement(text).name: str(Requirement(text).specifier)
        for extra in ("lab", "dossiers")
        for text in [*project["dependencies"], *project["optional-dependencies"][extra]]
    }
    assert conda.pop("python") == PROJECT["project"]["requires-python"]
    assert conda == asked


def test_the_citation_names_the_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert citation["version"] == PROJECT["project"]["version"] == __version__
    assert citation["date-released"].year >= 2026


def test_the_users_packages_are_dependencies():
    project = PROJECT["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["lab"]]
    names = {Requirement(text).name for text in asked}
    assert {"jupyterlab", "pandas", "matplotlib", "seaborn", "statsmodels", "papermill"} <= names


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("analysis.")}


def test_imports_point_down_the_layers():
    upwards = []
    for path in SOURCE.rglob("*.py"):
        own = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        for name in _imports(path):
            other = name.split(".")[1]
            if other in LAYER and other != own and LAYER[other] >= LAYER[own]:
                upwards.append(f"{path.relative_to(ROOT)} imports {name}")
    assert [found for found in upwards if SHOWN_AS not in found] == []


def test_every_module_has_its_layer():
    there = {path.stem for path in SOURCE.glob("*.py")} | {
        path.parent.name for path in SOURCE.glob("*/__init__.py")
    }
    assert there - {"__init__"} == set(LAYER)


def test_reporting_knows_estimation_by_its_results():
    for path in (SOURCE / "reporting").rglob("*.py"):
        for name in _imports(path):
            known = not re.match(r"analysis\.(estimation|cleaning|execution)\b", name)
            assert known or re.match(r"analysis\.estimation($|\.results\b)", name), f"{path}: {name}"


def test_execution_and_estimation_know_nothing_of_provinces():
    known = re.compile(r"""province_(code|frame)|["']VN["']|\bNATION\b""")
    for room in ("execution", "estimation"):
        for path in (SOURCE / room).rglob("*.py"):
            assert not any(name.startswith("analysis.reference") for name in _imports(path)), path
            assert not known.search(path.read_text("utf-8")), path


def test_no_module_takes_anothers_private_name():
    for path in SOURCE.rglob("*.py"):
        for name in _imports(path):
            private = [part for part in name.split(".")[1:] if re.match("_[^_]", part)]
            assert not private, f"{path}: {name}"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_clean(notebook):
    content = json.loads(notebook.read_text("utf-8"))
    code = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    first = "".join(content["cells"][0]["source"])
    assert first.startswith("# ") and first.split("\n")[0].endswith("?")
    headings = re.findall(
        r"^# ",
        "\n".join("".join(c["source"]) for c in content["cells"] if c["cell_type"] == "markdown"),
        re.M,
    )
    assert len(headings) == 1
    assert not any("def " in "".join(cell["source"]) for cell in code)


def test_import_is_light():
    heavy = "statsmodels scipy matplotlib papermill pandera seaborn jinja2 typst httpx"
    program = f"import sys, analysis, analysis.cli; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tracked_files_name_no_machine():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    marks = re.compile(
        "/" + "root/|/" + "home/[a-z]|files\\.python" + "hosted|registry\\.npm" + "js|deb\\.debian" + "\\.org"
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if (
            path.is_file()
            and not name.startswith("data/raw/")
            and path.suffix not in {".png", ".pdf", ".xlsx", ".xls", ".ods"}
        ):
            assert not marks.search(path.read_text("utf-8", errors="replace")), name


# Inside cleaning, data flow this way; a package may read those before it. What all may use stands at its top.
STEPS = ("readers", "figures", "words", "tables", "heads", "layouts", "outcomes")
COMMON = {"messages", "shapes", "maps", "sources"}


@pytest.mark.parametrize("step", STEPS)
def test_packages_of_cleaning_import_only_those_before_them(step: str) -> None:
    cleaning = SOURCE / "cleaning"
    later = STEPS[STEPS.index(step) + 1 :]
    found = []
    for path in sorted((cleaning / step).glob("*.py")):
        for name in re.findall(r"from analysis\.cleaning\.(\w+)", path.read_text("utf-8")):
            if name in later or (not (cleaning / name).is_dir() and name not in COMMON):
                found.append(f"{step}/{path.name}: {name}")
    assert not found


def test_no_two_modules_of_tests_have_one_name(root):
    """pytest imports them by name alone: two of one name end the whole run, and no run of a part shows it."""
    names = [path.name for path in (root / "tests").rglob("test_*.py")]
    assert sorted(set(names)) == sorted(names)

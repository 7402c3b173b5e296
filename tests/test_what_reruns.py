"""What a change makes stale: the table of docs/execution.md is walked, change by change, on a copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest

from analysis import briefs
from analysis.cleaning import processed
from analysis.cleaning.describing import Description, add_file
from analysis.execution import fingerprint
from analysis.execution.manifest import publish_result
from analysis.execution.run import Task, plan_tasks
from analysis.reference.provinces import find_province
from analysis.reporting import edition, site_data
from analysis.stated_inputs import state_inputs

HERE, THERE = find_province("Cà Mau"), find_province("Yên Bái")
RESULT = b'{"cells": [], "metadata": {"papermill": {}}, "nbformat": 4, "nbformat_minor": 5}'
OWN = {
    "stated.ipynb": ["data.csv", "folder", "*.txt", "absent.csv", "env:DVCTT_TEST"],
    "unstated.ipynb": None,
}


@pytest.fixture(scope="module")
def built(rebuilt_project, tmp_path_factory):
    """Return a copy of the project with its tables, and two notebooks of a user's own in `own`."""
    place = tmp_path_factory.mktemp("copy").resolve() / "project"
    shutil.copytree(rebuilt_project, place)
    (place / "own" / "folder").mkdir(parents=True)
    for name in ("data.csv", "folder/a.csv", "one.txt", "unstated.csv", "target.csv"):
        (place / "own" / name).write_text("1")
    (place / "own" / "folder" / "link.csv").symlink_to(place / "own" / "target.csv")
    for name, inputs in OWN.items():
        own = {"dvctt": {"inputs": inputs}} if inputs is not None else {}
        cell = {"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": None}
        content = {"cells": [cell], "metadata": own, "nbformat": 4, "nbformat_minor": 5}
        (place / "own" / name).write_text(json.dumps(content))
    return place


@pytest.fixture
def project(built, tmp_path, monkeypatch):
    """Return a copy of that copy, in which every result is up to date."""
    place = tmp_path.resolve() / "project"
    shutil.copytree(built, place, symlinks=True)
    link = place / "own" / "folder" / "link.csv"
    link.unlink()
    link.symlink_to(place / "own" / "target.csv")
    package = tmp_path / "analysis"
    (package / "rooms").mkdir(parents=True)
    (package / "rooms" / "used.py").write_text("1")
    monkeypatch.setattr(fingerprint, "PACKAGE", package)
    monkeypatch.setenv("DVCTT_ROOT", str(place))
    monkeypatch.delenv("DVCTT_TEST", raising=False)
    pretend_run(place)
    return place


def tasks_of(project, draws=0):
    """Return the tasks by the words of the table: notebooks of two provinces, of all, and of a user's own."""
    found = {}
    for word, place in (("here", HERE), ("there", THERE)):
        for task in briefs.plan_brief(place, ["vi"], project).tasks:
            found[f"{task.notebook.stem[:2]} {word}" if place.slug in str(task.output) else "03"] = task
    found["03"] = Task(found["03"].notebook, {"draws": draws} if draws else {}, found["03"].output)
    for name in OWN:
        found[name.removesuffix(".ipynb")] = Task(
            project / "own" / name, {}, project / "reports" / "own" / name
        )
    return dict(zip(found, state_inputs(found.values(), project), strict=True))


def pretend_run(project):
    """Publish an empty result for each task, with the manifest that a run would give it."""
    for verdict in plan_tasks(tasks_of(project).values()):
        publish_result(verdict.task.output, RESULT, verdict.fingerprint, {})


def stale(project, **given):
    tasks = tasks_of(project, **given)
    return {word for word, verdict in zip(tasks, plan_tasks(tasks.values()), strict=True) if verdict.why}


def add_line(*places):
    """Return a change that adds a line to files of the project."""

    def change(project, _monkeypatch):
        for place in places:
            path = project / place
            path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n# a line\n")

    return change


def part(name):
    return f"data/processed/parts/{name}.csv"


def edit_notebook(cell=None, **metadata):
    def change(project, _monkeypatch):
        path = project / "notebooks" / "02-before-after.ipynb"
        content = json.loads(path.read_text("utf-8"))
        content["cells"][-1]["execution_count"] = 7
        content["metadata"] |= metadata
        if cell:
            content["cells"][-1]["source"] = cell
        path.write_text(json.dumps(content, indent=3), "utf-8")

    return change


def touch_all(project, _monkeypatch):
    for number, path in enumerate(path for path in project.rglob("*") if path.is_file()):
        os.utime(path, (number, number))


def edit_code(place):
    def change(_project, _monkeypatch):
        path = fingerprint.PACKAGE / place
        path.write_text(path.read_text() + "\n" if path.exists() else "")

    return change


def set_version(name):
    return lambda _project, monkeypatch: monkeypatch.setattr(
        fingerprint, "library_versions", lambda: {**versions, f"version {name}": "0"}
    )


versions = fingerprint.library_versions()
ALWAYS = {"unstated"}
BRIEFS = {"02 here", "06 here", "02 there", "06 there"}
PROJECTS = {*BRIEFS, "03"}
RERUNS = {
    "nothing": set(),
    "02 and 06 of that province": {"02 here", "06 here"},
    "02 and 06 of every province": BRIEFS,
    "06 of every province": {"06 here", "06 there"},
    "03 and 06 of every province": {"03", "06 here", "06 there"},
    "03": {"03"},
    "02 of every province": {"02 here", "02 there"},
    "all of the project": PROJECTS,
    "that result": {"02 here"},
    "that notebook": {"stated"},
    "everything": {*PROJECTS, "stated"},
}
CHANGES = {
    "a row about the province": add_line(part("observations.63-96")),
    "a row about another province": lambda project, _: None,
    "the first row about a province that had none": add_line(part("observations.34-96")),
    "a row about the country": add_line(part("observations.VN")),
    "a row of the survey": add_line(
        part("observations.survey"), part("observations.indicator-papi_d81_portal_access")
    ),
    "a monthly row of a headline indicator": add_line(
        part("observations.indicator-share_dossiers_processed_online")
    ),
    "the first row of an indicator that a study weighs by": lambda project, monkeypatch: weigh(project),
    "a decision that sets a target": add_line(part("targets.current")),
    "a line of the project's own codebook": lambda project, _: own_codebook(project),
    "a study that is read": add_line("studies/survey.toml"),
    "a study that is not read": add_line("studies/other.toml"),
    "a cell of the notebook": edit_notebook(cell="print('another')"),
    "outputs, counts and other metadata of the notebook": edit_notebook(widgets={"x": 1}),
    "a parameter": None,
    "code of the package that the notebook uses": edit_code("rooms/used.py"),
    "code of the package that it does not use": edit_code("rooms/unused.py"),
    "a module beside the notebook": add_line("own/helper.py"),
    "the version of Python or of a library the package declares": set_version("numpy"),
    "a stated file": add_line("own/data.csv"),
    "a stated file that was absent": add_line("own/absent.csv"),
    "a stated file that is gone": lambda project, _: (project / "own" / "data.csv").unlink(),
    "a file in a stated folder, changed or new": add_line("own/folder/new.csv"),
    "what a symbolic link in a stated folder points to": add_line("own/target.csv"),
    "a file that a stated pattern comes to match": add_line("own/two.txt"),
    "a stated environment variable": lambda _project, monkeypatch: monkeypatch.setenv("DVCTT_TEST", "1"),
    "an environment variable that is not stated": lambda _project, monkeypatch: monkeypatch.setenv("OTHER", "1"),
    "a file that is read and not stated": add_line("own/unstated.csv"),
    "the result, edited by hand": lambda project, _: add_line("reports/ca-mau/02-before-after.ipynb")(project, _),
    "times of files, a checkout, a copy, the clock": touch_all,
}  # fmt: skip


def own_codebook(project):
    package = resources.files("analysis.reference").joinpath("indicators.csv").read_text("utf-8")
    (project / "data" / "raw" / "codebook.csv").write_text(package.partition("\n")[0] + "\n", "utf-8")


def weigh(project):
    add_line("studies/dossiers.toml")(project, None)
    study = project / "studies" / "dossiers.toml"
    study.write_text(
        re.sub(r"(?m)^weights = .*$", "", study.read_text("utf-8")) + '\nweights = "population"\n', "utf-8"
    )
    pretend_run(project)
    add_line(part("observations.indicator-population"))(project, None)


def table_of_changes(root):
    text = (root / "docs" / "execution.md").read_text("utf-8")
    rows = re.findall(r"^\| (.+?) \| (.+?) \| (.+?) \|$", text.partition("| what changes |")[2], re.MULTILINE)
    return {change: reruns for change, reruns, _why in rows if change in CHANGES or not set(change) <= {"-"}}


def test_the_table_has_a_row_for_each_change(root):
    rows = list(table_of_changes(root))
    assert rows[: len(CHANGES)] == list(CHANGES)
    assert len(rows) >= 15


@pytest.mark.parametrize("change", CHANGES)
def test_the_table_says_what_reruns(root, project, monkeypatch, change):
    assert stale(project) == ALWAYS, "a notebook that states nothing always runs"
    make, given = CHANGES[change], {}
    if change == "a parameter":
        given = {"draws": 99}
    elif change == "a row about another province":
        add_line(part("observations.63-15"))(project, monkeypatch)
        assert stale(project) == {"02 there", "06 there"} | ALWAYS
        return
    else:
        make(project, monkeypatch)
    assert stale(project, **given) == RERUNS[table_of_changes(root)[change]] | ALWAYS


def test_a_notebook_that_states_nothing_is_told_why_it_runs(project):
    tasks = tasks_of(project)
    (verdict,) = plan_tasks([tasks["unstated"]])
    assert verdict.why == (
        "what it reads is not stated, so it runs every time (state it: --input, or `inputs` under `dvctt` in the "
        "notebook's metadata)",
    )
    stated = Task(
        tasks["unstated"].notebook, {}, tasks["unstated"].output, (project / "own" / "unstated.csv",)
    )
    assert NOT_STATED not in plan_tasks([stated])[0].why


NOT_STATED = "what it reads is not stated"


def test_a_first_figure_of_a_province_reruns_its_own_notebooks_only(project, tmp_path):
    """From the raw file to the plan: Cà Mau had no figure of this indicator."""
    more = tmp_path / "new.csv"
    more.write_text(
        'Tỉnh,Chỉ tiêu,Ngày,Giá trị\nCà Mau,Tỷ lệ hồ sơ xử lý trực tuyến,2022-09-30,"44,5%"\n', "utf-8"
    )
    add_file(project, more, Description(publisher="UBND tỉnh", title="Báo cáo"), None)
    with processed.trusted(project):
        assert stale(project) == {"02 here", "06 here"} | ALWAYS
        pretend_run(project)
        assert stale(project) == ALWAYS


def test_a_table_edited_by_hand_makes_nothing_stale_because_it_is_made_anew(project):
    table = project / part("observations.VN")
    whole = table.read_bytes()
    table.write_bytes(whole.replace(b"2022", b"2032"))
    assert stale(project) != ALWAYS
    with processed.trusted(project):
        assert stale(project) == ALWAYS
    assert table.read_bytes() == whole


def test_no_place_of_the_disk_is_ignored(project, monkeypatch):
    """A clone below /opt or /usr had no inputs, and so was always up to date."""
    for system in ("/opt", "/usr"):
        if not os.access(system, os.W_OK):
            pytest.skip(f"{system} cannot be written to")
        with tempfile.TemporaryDirectory(dir=system) as folder:
            place = Path(folder) / "clone"
            shutil.copytree(project, place, symlinks=True)
            monkeypatch.setenv("DVCTT_ROOT", str(place))
            pretend_run(place)
            assert stale(place) == ALWAYS
            add_line(part("observations.63-96"), "own/data.csv")(place, monkeypatch)
            assert stale(place) == {"02 here", "06 here", "stated"} | ALWAYS


def test_two_notebooks_of_one_name_do_not_share_a_result(project):
    """Also where their results are given one name, the second is not up to date because of the first."""
    other = project / "other" / "stated.ipynb"
    other.parent.mkdir()
    shutil.copy(project / "own" / "stated.ipynb", other)
    for name in ("data.csv", "one.txt"):
        shutil.copy(project / "own" / name, other.parent / name)
    task = Task(other, {}, project / "reports" / "own" / "stated.ipynb")
    assert "the result is that of own/stated.ipynb" in plan_tasks([task])[0].why


def test_the_index_marks_each_brief_that_would_be_made_anew(project, monkeypatch):
    made = {place.code: SimpleNamespace(languages=("vi",)) for place in (HERE, THERE)}
    monkeypatch.setattr(site_data, "find_briefs", lambda reports: made)
    current = {HERE.slug, THERE.slug}
    monkeypatch.setattr(edition, "is_current", lambda notebooks, folder, root: folder.name in current)
    assert briefs.find_stale(project) == ()
    assert briefs.describe_stale(()) == []
    current.remove(HERE.slug)  # the notebooks are as they were, but the edition is not made from them
    assert briefs.find_stale(project) == (HERE,)
    (project / "reports" / THERE.slug / "02-before-after.ipynb").unlink()
    assert set(briefs.find_stale(project)) == {HERE, THERE}
    edit_notebook(cell="1 + 1")(project, monkeypatch)
    current.add(HERE.slug)
    (line,) = briefs.describe_stale(briefs.find_stale(project))
    assert 'Cà Mau, Yên Bái. Make them anew: dvctt brief "Cà Mau" "Yên Bái"' in line

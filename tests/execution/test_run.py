"""The door: what is run, what is skipped and why, what a failure leaves behind."""

from __future__ import annotations

import datetime as dt
import json
import signal
from pathlib import Path

import pytest

from analysis.execution.manifest import manifest_path, read_manifest
from analysis.execution.parameters import UnknownParameter
from analysis.execution.run import Task, plan_tasks, run_tasks, signals_as_interrupt
from analysis.execution.staleness import SameOutput


def cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def printed(path):
    texts = (output.get("text", "") for cell in cells(path) for output in cell.get("outputs", []))
    return "".join(texts)


@pytest.fixture
def run(tmp_path, capfd):
    """Run tasks quietly, failures kept below the test's folder."""

    def go(*tasks, **options):
        options = {"jobs": 2, "failed_folder": tmp_path / "failed"} | options
        return run_tasks(tasks, **options)

    return go


def test_nothing_runs_when_a_request_is_wrong(write_notebook, tmp_path):
    flag = tmp_path / "ran"
    notebook = write_notebook("n", f"open({str(flag)!r}, 'w')", parameters="x: int = 1")
    good, bad = Task(notebook, {}, tmp_path / "a.ipynb"), Task(notebook, {"y": 1}, tmp_path / "b.ipynb")
    with pytest.raises(UnknownParameter):
        run_tasks([good, bad])
    with pytest.raises(SameOutput, match=r"a\.ipynb"):
        plan_tasks([good, Task(notebook, {"x": 2}, tmp_path / "a.ipynb")])
    assert not flag.exists()
    assert not (tmp_path / "a.ipynb").exists()


@pytest.mark.notebook
def test_a_result_is_made_once_and_again_only_for_a_reason(write_notebook, run, tmp_path, capfd):
    data = tmp_path / "data.csv"
    data.write_text("1")
    code = f"print(int(open({str(data)!r}).read()) + x)"
    notebook = write_notebook("n", code, parameters="x: int = 1  # added\nseed: int = 7")
    output = tmp_path / "out" / "n.ipynb"
    task = Task(notebook, {"x": 2}, output, (data,))

    def why():
        return plan_tasks([task])[0].why

    assert why() == ("there is no result yet",)
    assert [outcome.status for outcome in run(task)] == ["done"]
    assert printed(output) == "3\n"
    first = output.read_bytes()
    assert [outcome.status for outcome in run(task)] == ["fresh"]
    data.write_text("10")
    assert why() == (f"input {data} changed",)
    assert run(task)[0].why == (f"input {data} changed",)
    assert printed(output) == "12\n"
    data.write_text("1")
    run(task)
    assert output.read_bytes() == first, "the same inputs give the same bytes"
    manifest_path(output).write_text("{")
    assert why() == ("how the result was made is not recorded",)


@pytest.mark.notebook
@pytest.mark.parametrize("what", ["data.csv", "new.csv", "beside.py"])
def test_what_changes_while_a_notebook_runs_makes_its_result_stale_at_once(
    write_notebook, run, tmp_path, what
):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "data.csv").write_text("1")
    notebook = write_notebook("n", f"open({what!r}, 'w').write('2')", inputs=["*.csv"])
    task = Task(notebook, {}, tmp_path / "n.ipynb")
    run(task)
    assert [reason.split()[0] for reason in plan_tasks([task])[0].why] == [
        "code" if what == "beside.py" else "input"
    ]
    run(task)
    assert plan_tasks([task])[0].why == (), "written again as it was, it changes no more"


@pytest.mark.notebook
def test_the_manifest_says_what_a_result_was_made_from(write_notebook, run, tmp_path):
    notebook = write_notebook("n", "1", parameters="seed: int = 7")
    run(Task(notebook, {}, tmp_path / "n.ipynb"))
    manifest = read_manifest(tmp_path / "n.ipynb")
    assert manifest.run["seeds"] == {"seed": 7}
    assert [name for name in manifest.fingerprint if name.startswith("code ")] == ["code analysis"]
    names = ("python", "numpy", "pandas", "papermill", "ipykernel")
    assert {f"version {name}" for name in names} <= set(manifest.fingerprint)
    assert set(manifest.run) == {"commit", "uncommitted_changes", "ended", "platform", "seconds", "seeds"}


@pytest.mark.notebook
def test_a_failing_notebook_says_where_and_leaves_the_others_alone(write_notebook, run, tmp_path, capfd):
    bad = write_notebook(
        "bad", "print('so far')", "y = 1\n1 / (x - 1)", "print('never')", parameters="x: int = 1"
    )
    good = write_notebook("good", "print('well')")
    output = tmp_path / "out" / "bad.ipynb"
    output.parent.mkdir()
    output.write_text("an older result")
    failed, done = run(Task(bad, {"x": 1}, output), Task(good, {}, tmp_path / "out" / "good.ipynb"))
    assert (failed.status, done.status) == ("failed", "done")
    assert output.read_text() == "an older result"
    assert failed.failure.copy == tmp_path / "failed" / "out-bad.ipynb"
    message = failed.failure.text
    for part in ("bad.ipynb", "code cell 3", "ZeroDivisionError: division by zero", "x = 1", "| 1 / (x - 1)"):
        assert part in message
    assert message in capfd.readouterr().err
    half_done = cells(failed.failure.copy)
    assert "ZeroDivisionError" in half_done[0]["source"]
    assert "so far" in printed(failed.failure.copy)
    assert "never" not in printed(failed.failure.copy)

    write_notebook("bad", "print('mended')", parameters="x: int = 1")
    assert run(Task(bad, {"x": 1}, output))[0].status == "done"
    assert not failed.failure.copy.exists()


@pytest.mark.notebook
def test_a_dead_kernel_and_a_slow_cell_are_failures_with_their_reason(write_notebook, run, tmp_path):
    dead = write_notebook("dead", "import ctypes; ctypes.string_at(0)")
    slow = write_notebook("slow", "import time; time.sleep(0.01)", "time.sleep(60)")
    first, second = run(
        Task(dead, {}, tmp_path / "dead.ipynb"), Task(slow, {}, tmp_path / "slow.ipynb"), cell_timeout=3
    )
    assert (first.failure.kind, first.failure.cell) == ("DeadKernelError", 1)
    assert "signal 11" in first.failure.text
    assert (second.failure.kind, second.failure.cell) == ("CellTimeoutError", 2)
    assert "3 s a cell" in second.failure.text
    assert second.seconds < 30
    assert not (tmp_path / "slow.ipynb").exists()


@pytest.mark.notebook
def test_plain_lines_count_what_runs(write_notebook, run, tmp_path, capfd):
    notebook = write_notebook("n", "1")
    tasks = [Task(notebook, {}, tmp_path / "out" / f"{name}.ipynb") for name in "ab"]
    run(tasks[0])
    capfd.readouterr()
    run(*tasks)
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "notebooks: 1 to run, 1 up to date"
    assert lines[1].startswith("[1/1] out/b: done (")


def test_a_notebook_that_nobody_executed_is_never_written_over(write_notebook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    notebook, other = write_notebook("n", "1"), write_notebook("other", "1", folder="mine")
    for output in (notebook, other, notebook.parent / ".." / "notebooks" / "n.ipynb"):
        with pytest.raises(
            SameOutput, match=r"is a notebook that nobody executed.*Give another folder \(--out\)"
        ):
            plan_tasks([Task(notebook, {}, output)])
    (tmp_path / "link.ipynb").symlink_to(notebook)
    with pytest.raises(SameOutput):
        plan_tasks([Task(notebook, {}, tmp_path / "link.ipynb")])


@pytest.mark.notebook
def test_values_reach_the_cells_as_papermill_writes_them(write_notebook, run, tmp_path):
    cell = "import datetime as dt\nfrom pathlib import Path\nngày: dt.date | None = None\nmax_tokens = 5\n"
    cell += "nested: dict[str, list] = {}\nplace: Path | None = None"
    folder = "import os; os.close(os.open('.', os.O_RDONLY))"  # a cell that opens a folder once ended the whole run
    notebook = write_notebook("sổ tay", folder, "print([ngày, nested, max_tokens, place])", parameters=cell)
    nested = {"Yên Bái": [1, None, {"a": [True, 0.5]}], "": []}
    given = {"ngày": dt.date(2022, 8, 31), "nested": nested, "max_tokens": None, "place": Path("a b/ư.csv")}
    (outcome,) = run(Task(notebook, given, tmp_path / "n.ipynb"))
    assert outcome.status == "done", outcome.failure
    assert printed(tmp_path / "n.ipynb") == f"{['2022-08-31', nested, None, 'a b/ư.csv']}\n"
    assert run(Task(notebook, given, tmp_path / "n.ipynb"))[0].status == "fresh"


@pytest.mark.notebook
def test_a_notebook_of_format_3_runs(run, tmp_path):
    cell = {"cell_type": "code", "input": "print(6 * 7)", "language": "python", "metadata": {}, "outputs": []}
    sheet = {"cells": [cell | {"collapsed": False}], "metadata": {}}
    path = tmp_path / "old.ipynb"
    path.write_text(
        json.dumps({"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [sheet]})
    )
    (outcome,) = run(Task(path, {}, tmp_path / "out" / "old.ipynb", ()))
    assert outcome.status == "done", outcome.failure
    assert printed(tmp_path / "out" / "old.ipynb") == "42\n"


def test_what_ignores_a_hangup_goes_on_ignoring_it():
    """`nohup` ignores SIGHUP for what it starts; a run once took it back."""
    seen = []
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_as_interrupt():
            seen.append(signal.getsignal(signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests themselves were started by nohup
    try:
        with signals_as_interrupt():
            seen.append(signal.getsignal(signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert seen[0] is signal.SIG_IGN and seen[1] not in (signal.SIG_IGN, signal.SIG_DFL)

"""Two doors to every method: a call that displays itself, and a command that prints a table or JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import matplotlib
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import analysis
from analysis import did, event_study
from analysis.cli import main
from analysis.estimate_command import estimate as command
from analysis.estimation.methods import METHODS, find_method
from analysis.estimation.panel.simulate import Scenario, simulate_frame
from analysis.estimation.results import Estimate, from_json, to_json

KEYS = [
    "method",
    "estimand",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "conf_level",
    "p_value",
    "inference",
    "n_obs",
    "n_units",
    "n_treated",
    "unit",
]
WORDS = ["--unit", "unit", "--time", "period", "--outcome", "outcome", "--treated-from", "treated_from"]


@pytest.fixture(autouse=True)
def off_screen():
    """Draw to memory, and close what was drawn."""
    matplotlib.use("Agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture
def panel_file(tmp_path):
    """A simulated panel of 24 units, eight of them treated, long enough for every method."""
    frame = simulate_frame(Scenario(n_units=24, n_periods=18, n_treated=8, first_start=9, mean=50), seed=4)
    path = tmp_path / "panel.csv"
    frame.drop(columns="true_effect").to_csv(path, index=False)
    return path


def run(*words):
    """Run the command as a user does."""
    return CliRunner().invoke(main, ["estimate", *map(str, words)])


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"before-after", "synthetic-control"}))
def test_every_method_prints_the_same_keys(method, panel_file):
    """One JSON object with the words of the contract, finite numbers, and the method's name."""
    answer = run(method, panel_file, *WORDS, "--draws", 99, "--json")
    assert answer.exit_code == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert [key for key in KEYS if key not in found] == []
    assert found["method"] == method
    assert np.isfinite(found["estimate"])
    assert (found["n_units"], found["n_treated"]) == (24, 8)
    for name in ("terms", "weights", "checks"):
        assert found.get(name, "absent") not in ([], {})


def test_the_command_and_the_call_agree(panel_file):
    """The same words give the same numbers through both doors, p-values by permutation included."""
    frame = pd.read_csv(panel_file)
    called = did(frame, unit="unit", time="period", outcome="outcome", treated_from="treated_from", draws=199)
    printed = json.loads(run("did", panel_file, *WORDS, "--draws", 199, "--json").stdout)
    assert printed["estimate"] == called.estimate
    assert printed["p_values"] == called.p_values


def test_event_times_are_printed_zero_included(panel_file):
    """The event time of the start is 0 and has to be told from none."""
    printed = json.loads(run("event-study", panel_file, *WORDS, "--draws", 99, "--json").stdout)
    assert [term["event_time"] for term in printed["terms"]] == list(range(-9, 9))
    table = run("event-study", panel_file, *WORDS, "--draws", 99).stdout
    assert "0 (reference)" in table
    assert "pre-trend" in table


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["didd"], 2, "Allowed: before-after, its"),
        (["event_study"], 2, "Did you mean event-study?"),
        (["did", "--treatment", "outcome"], 2, "exactly one of --treated-from"),
        (["did", "--predictors", "a"], 2, "does not take --predictors"),
        (["did", "--outcome", "nowhere"], 2, "No column 'nowhere'"),
        (["did", "--inference", "magic"], 2, "studentised-permutation"),
        (["did", "--draws", "5"], 2, "at least 19"),
        (["did", "--outcome", "treated_from"], 1, "switches|no outcome|moves|differ|move"),
    ],
)
def test_wrong_requests_end_with_one_line(words, status, said, panel_file):
    """Exit 2 for the request, 1 for the panel; one line on stderr, no traceback."""
    method, *rest = words
    answer = run(method, panel_file, *WORDS, *rest)
    if status == 1:
        flat = panel_file.with_name("flat.csv")
        pd.read_csv(panel_file).assign(outcome=1.0).to_csv(flat, index=False)
        answer = run(method, flat, *WORDS)
    assert answer.exit_code == status
    assert answer.stderr.startswith("dvctt: ")
    assert answer.stderr.count("\n") == 1
    assert any(part in answer.stderr for part in said.split("|"))


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1258")])
def test_a_panel_as_vietnamese_excel_saves_it(separator, encoding, panel_file):
    """Semicolons or tabs, decimal commas, a mark or Windows-1258: the numbers are those of the plain file."""
    frame = pd.read_csv(panel_file)
    saved = panel_file.with_name("saved.csv")
    text = frame.assign(note="Hồ sơ").to_csv(index=False, sep=separator, decimal=",")
    legacy = text.replace("ồ", "ô\u0300") if encoding == "cp1258" else text
    saved.write_bytes(legacy.encode(encoding))
    one, other = (
        json.loads(run("did", file, *WORDS, "--draws", 99, "--json").stdout) for file in (panel_file, saved)
    )
    assert one == other


def test_thousands_are_not_taken_for_decimals(panel_file):
    """1,234 between tabs may be a thousand: it is refused, never read as 1.234."""
    frame = pd.read_csv(panel_file)
    frame.assign(outcome=[f"1,{n:03d}" for n in range(100, 100 + len(frame))]).to_csv(
        panel_file, index=False, sep="\t"
    )
    answer = run("did", panel_file, *WORDS, "--draws", 99)
    assert answer.exit_code != 0 and "outcome" in answer.stderr and "1,1" in answer.stderr


def test_the_result_goes_into_files(panel_file):
    """A figure and a table in each format; an ending that is none is refused before anything is estimated."""
    begins = {
        ".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF", ".tex": rb"\begin{tabular}", ".md": b"| ",
        ".html": b"<table>", ".csv": b"name,", ".xlsx": b"PK",
    }  # fmt: skip
    for ending, first in begins.items():
        option = "--figure" if ending in (".png", ".svg", ".pdf") else "--table"
        file = panel_file.with_suffix(ending).with_stem("result")
        answer = run("event-study", panel_file, *WORDS, "--draws", 99, option, file)
        assert answer.exit_code == 0 and "effect" in answer.stdout, answer.stderr
        assert file.read_bytes().startswith(first), ending
    answer = run("did", panel_file, *WORDS, "--figure", "result.docx")
    assert answer.exit_code == 2 and ".png, .svg, .pdf" in answer.stderr


def test_unreadable_files_are_refused_by_name(tmp_path):
    """No text, or empty: the file is named."""
    for name, content in (("bytes.csv", bytes(range(256)) * 20), ("empty.csv", b"")):
        (tmp_path / name).write_bytes(content)
        answer = run("did", tmp_path / name, *WORDS)
        assert answer.exit_code == 1
        assert name in answer.stderr
    assert run("did", tmp_path / "absent.csv", *WORDS).exit_code == 2


def test_leading_zeros_stay(tmp_path):
    """GSO codes keep their zero; whole numbers written 8001.0 lose theirs."""
    frame = simulate_frame(Scenario(n_units=24, n_periods=18, n_treated=1, first_start=9), seed=4)
    for make in ("{:02d}".format, "80{:02d}.0".format):
        path = tmp_path / "panel.csv"
        frame.assign(unit=frame["unit"].map(make)).to_csv(path, index=False)
        printed = json.loads(run("synthetic-control", path, *WORDS, "--json").stdout)
        assert set(printed["weights"]) <= {make(k).removesuffix(".0") for k in range(1, 25)}


def test_help_names_every_method():
    """The list in the help is the table's."""
    assert [name for name in METHODS if name not in (command.help or "")] == []
    for name in METHODS:
        assert callable(find_method(name))


def test_results_display_and_plot_themselves(panel_file):
    """A result is a table in a notebook, escaped; a plot returns its axis; JSON goes there and back."""
    frame = pd.read_csv(panel_file).rename(columns={"outcome": "<b>y</b>"})
    words = {
        "unit": "unit",
        "time": "period",
        "outcome": "<b>y</b>",
        "treated_from": "treated_from",
        "draws": 99,
    }
    study = event_study(frame, **words)
    html = study._repr_html_()
    assert "<table>" in html
    assert "&lt;b&gt;y&lt;/b&gt;" in html
    assert "<b>" not in html
    axis = study.plot()
    points = [line for line in axis.get_lines() if line.get_marker() == "o" and len(line.get_xdata()) > 1]
    assert points[0].get_ydata() == pytest.approx([t.estimate for t in study.terms if not t.is_reference])
    assert "<b>y</b>" in axis.get_ylabel()
    one = did(frame, **words)
    assert one.plot(axis) is axis
    assert from_json(Estimate, to_json(study)) == study
    assert [term.event_time for term in study.terms] == list(range(-9, 9))


def test_importing_analysis_is_light():
    """`import analysis` loads neither numpy nor pandas; the names come when they are asked for."""
    code = "import sys, analysis; print([m for m in ('numpy', 'pandas', 'scipy', 'statsmodels') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
    assert "did" in dir(analysis)
    with pytest.raises(AttributeError, match="it offers"):
        analysis.magic  # noqa: B018

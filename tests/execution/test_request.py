"""Requests from the command line and from files become typed tasks, or are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import RequestError
from analysis.execution.parameters import UnknownParameter, WrongParameter
from analysis.execution.request import (
    BadParameterFile,
    RepeatedParameter,
    output_name,
    read_parameter_file,
    tasks_from_request,
)

CELL = 'province: str = "Thái Nguyên"\nshare: float = 0.5\nrobust: bool = False\nday: str = ""'


@pytest.fixture
def notebook(write_notebook):
    return write_notebook("02-before-after", parameters=CELL)


@pytest.fixture
def tasks(notebook, tmp_path):
    """Return the tasks of one notebook for a file's text and command-line texts."""

    def make(text="", *texts, suffix="toml"):
        file = tmp_path / f"parameters.{suffix}"
        file.write_text(text, encoding="utf-8")
        return tasks_from_request([notebook], texts, [file], tmp_path / "out")

    return make


def test_the_command_line_wins_over_the_file(tasks):
    (task,) = tasks('province = "Cà Mau"\nshare = 1', ("share", "0.25"))
    assert task.parameters == {"province": "Cà Mau", "share": 0.25}
    assert task.output.name == "02-before-after--province=ca-mau--share=0.25.ipynb"


def test_a_notebooks_own_table_and_runs(tasks):
    made = tasks(
        'share = 0.1\n["02-before-after"]\nrobust = true\n'
        'runs = [{ province = "Yên Bái" }, { province = "Đồng Nai", share = 0.2 }]'
    )
    assert [task.parameters for task in made] == [
        {"share": 0.1, "robust": True, "province": "Yên Bái"},
        {"share": 0.2, "robust": True, "province": "Đồng Nai"},
    ]


@pytest.mark.parametrize("suffix", ["yaml", "yml"])
def test_yaml_says_what_it_means(tasks, suffix):
    (task,) = tasks("province: no\nshare: 0.5\nrobust: true\nday: 2022-12-31\n", suffix=suffix)
    assert task.parameters == {"province": "no", "share": 0.5, "robust": True, "day": "2022-12-31"}


@pytest.mark.parametrize(
    ("text", "suffix", "part"),
    [
        ("robust: no", "yaml", "write true or false"),
        ("share: 0,6", "yaml", "write 0.6"),
        ("share: 010", "yaml", "a number"),
        ("share: 1_000", "yaml", "a number"),
        ("province: 12", "yaml", 'put it in quotes if you mean the text "12"'),
        ("province: null", "yaml", "expected a text"),
        ("share: 1\nshare: 2", "yaml", "stands twice"),
        ("- a", "yaml", "must hold a table"),
        ("a: [", "yaml", "parameters.yaml"),
        ("!!python/object/apply:os.getcwd []", "yaml", "could not determine a constructor"),
        ("day = 2022-12-31", "toml", "put it in quotes"),
        ("share = '0,6'", "toml", "write 0.6"),
        ("share = 1\nshare = 2", "toml", "parameters.toml"),
        ("runs = [1]", "toml", "list of tables"),
        ("['other']\nshare = 1", "toml", "names none of 02-before-after"),
        ("x = 1", "ini", "only .toml, .yaml and .yml"),
    ],
)
def test_what_a_file_may_not_hold(tasks, text, suffix, part):
    with pytest.raises(RequestError) as refused:
        tasks(text, suffix=suffix)
    assert part in str(refused.value)


def test_an_empty_yaml_file_holds_nothing(tasks):
    assert tasks("", suffix="yaml")[0].parameters == {}


def test_what_the_command_line_may_not_hold(tasks):
    with pytest.raises(RepeatedParameter, match="share is given twice"):
        tasks("", ("share", "1"), ("share", "0"))
    with pytest.raises(UnknownParameter, match="Did you mean province"):
        tasks("", ("provinc", "x"))
    with pytest.raises(WrongParameter, match="write true or false"):
        tasks("", ("robust", "no"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadParameterFile, match=r"absent\.toml cannot be read"):
        read_parameter_file(tmp_path / "absent.toml")


def test_names_of_results_are_ascii_short_and_apart():
    assert output_name("n", {}) == "n.ipynb"
    long = [output_name("n", {"text": "a" * 200 + end}) for end in "bc"]
    assert long[0] != long[1]
    assert max(map(len, long)) <= 106
    assert output_name("n", {"place": "../x/y"}) == "n--place=x-y.ipynb"
    assert output_name("n", {"place": "省"}).isascii()
    assert Path(output_name("n", {"place": "/"})).name.startswith("n--place=")

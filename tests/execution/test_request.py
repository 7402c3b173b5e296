"""Requests from the command line and from files become typed tasks, or are refused."""

from __future__ import annotations

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
    assert "--province=ca-mau--share=0.25--" in task.output.name


def test_a_notebooks_own_table_and_runs(tasks):
    made = tasks(
        'share = 0.1\n["02-before-after"]\nrobust = true\n'
        'runs = [{ province = "Yên Bái" }, { province = "Đồng Nai", share = 0.2 }, { province = "Yên Bái" }]'
    )
    assert [task.parameters for task in made] == [
        {"share": 0.1, "robust": True, "province": "Yên Bái"},
        {"share": 0.2, "robust": True, "province": "Đồng Nai"},
    ]


def test_one_notebooks_table_is_nothing_to_another(notebook, write_notebook, tmp_path):
    other = write_notebook("03", parameters="table: dict = {}")
    file = tmp_path / "p.toml"
    file.write_text('["02-before-after"]\nshare = 0.1\n["03"]\ntable = { deep = { x = [1] } }')
    first, second = tasks_from_request([notebook, other], [], [file], tmp_path)
    assert (first.parameters, second.parameters) == ({"share": 0.1}, {"table": {"deep": {"x": [1]}}})


@pytest.mark.parametrize("suffix", ["yaml", "yml"])
def test_yaml_says_what_it_means(tasks, suffix):
    (task,) = tasks("province: no\nshare: 0.5\nrobust: true\nday: 2022-12-31\n", suffix=suffix)
    assert task.parameters == {"province": "no", "share": 0.5, "robust": True, "day": "2022-12-31"}


DEEP = 5_000
ALIASES = "a: &a0 [x]\n" + "".join(f"b{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("text", "suffix", "part"),
    [
        ("robust: no", "yaml", "write true or false"),
        ("share: 0,6", "yaml", "write 0.6"),
        ("share: 010", "yaml", "a number"),
        ("share: 1_000", "yaml", "a number"),
        ("share: 12:30", "yaml", "a number"),
        ("share: '1'", "yaml", "a number"),
        ("province: 12", "yaml", 'put it in quotes if you mean the text "12"'),
        ("province: null", "yaml", "expected a text"),
        ("province:", "yaml", "expected a text"),
        ("share: 1\nshare: 2", "yaml", "stands twice"),
        ("- a", "yaml", "must hold a table"),
        ("a: [", "yaml", "parameters.yaml"),
        ("share: !!python/object/apply:os.getcwd []", "yaml", "a number"),
        ("share: !x 1", "yaml", "the tag !x is not known"),
        ("province: &x [*x]", "yaml", "the alias *x is not followed"),
        (ALIASES, "yaml", "the alias *a0 is not followed"),
        ("share: " + "[" * DEEP + "]" * DEEP, "yaml", "nested more than 50 levels"),
        ("share = " + "[" * DEEP + "]" * DEEP, "toml", "nested more than 50 levels"),
        ("share = " + "[" * 60 + "]" * 60, "toml", "nested more than 50 levels"),
        ("share = '0,6'", "toml", "write 0.6"),
        ("share = 1\nshare = 2", "toml", "parameters.toml"),
        ("runs = [1]", "toml", "list of tables"),
        ("runs = 5", "toml", "list of tables"),
        ('["02-before-after"]\nruns = 5', "toml", "list of tables"),
        ('"02-before-after" = 5', "toml", "A table was expected"),
        ("['other notebook']\nshare = 1", "toml", "This table names none of 02-before-after"),
        ("[other]\nshare = 1", "toml", "has no parameter 'other'"),
        ("x = 1", "ini", "only .toml, .yaml and .yml"),
    ],
    ids=lambda text: str(text)[:30],
)
def test_what_a_file_may_not_hold(tasks, text, suffix, part):
    with pytest.raises(RequestError) as refused:
        tasks(text, suffix=suffix)
    assert part in str(refused.value)
    assert len(str(refused.value).partition(" Declared:")[0]) < 400


def test_a_day_of_toml_is_the_text_that_papermill_writes(tasks):
    assert tasks("day = 2022-12-31")[0].parameters == {"day": "2022-12-31"}


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


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Make a project of which `notebooks` is the own folder, and return a notebook there."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "raw" / "datapackage.json").write_text("{}")
    monkeypatch.setenv("DVCTT_ROOT", str(tmp_path))
    return tmp_path / "notebooks" / "n.ipynb"


def test_names_say_what_can_be_said_and_a_hash_the_rest(own):
    for given, name in (
        ({}, "n.ipynb"),
        ({"x": 1}, "n--x=1.ipynb"),
        ({"x": -1}, "n--x=-1.ipynb"),
        ({"x": True, "y": 0.25}, "n--x=true--y=0.25.ipynb"),
        ({"place": "ha-noi"}, "n--place=ha-noi.ipynb"),
    ):
        assert output_name(own, given) == name
    assert output_name(own, {"place": "Yên Bái"}).startswith("n--place=yen-bai--")
    assert output_name(own, {"place": "../x/y"}).startswith("n--place=x-y--")


def test_no_two_notebooks_or_sets_of_parameters_share_a_name(own, tmp_path):
    values = (
        1,
        -1,
        "1",
        "-1",
        1.0,
        True,
        "true",
        None,
        "null",
        "",
        " ",
        "a",
        "A",
        "á",
        "a b",
        "a-b",
        "a_b",
        "省",
        "/",
    )
    values += (
        [1],
        ["1"],
        "[1]",
        {"a": 1},
        "a" * 200 + "b",
        "a" * 200 + "c",
        "x--y=1",
        1e-5,
        "Yên Bái",
        "yen-bai",
    )
    sets = [{"x": value} for value in values] + [{}, {"x": 1, "y": 1}, {"y": 1, "x": 1}, {"xy": 1}, {"X": 1}]
    notebooks = [own, own.with_name("n--x=1.ipynb"), tmp_path / "a" / "n.ipynb", tmp_path / "b" / "n.ipynb"]
    notebooks += [
        tmp_path / "a" / "a" / "n.ipynb",
        tmp_path / "A" / "n.ipynb",
        tmp_path.parent / "a" / "n.ipynb",
    ]
    names = [output_name(notebook, given) for notebook in notebooks for given in sets]
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) <= 106 and all(name.isascii() for name in names)
    assert output_name(tmp_path / "a" / "n.ipynb", {}) == "n--in=a.ipynb"

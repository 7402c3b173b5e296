"""What is annotated is refused by name before any cell runs; what is not is taken as papermill takes it."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from pathlib import Path

import pytest

from analysis.execution.parameters import (
    BadParametersCell,
    SecretParameter,
    UnknownParameter,
    WrongParameter,
    read_schema,
)
from analysis.execution.source import NotebookNotFound

CELL = """from typing import Literal, Optional
province: str = "Thái Nguyên"  # the province in question
share: float = 0.6  # of files
draws: int = 999  # permutations
robust: bool = True
language: Literal["vi", "en"] = "vi"  # of labels
controls: list[str] = []  # columns
first: "int | None" = None  # first treated year
nested: dict[str, list[int]] = {"a": [1]}
day: dt.date = dt.date(2022, 8, 20)
place: Path = Path("x")
frame: pd.DataFrame = None
seed = 1  # no annotation: as papermill has it
max_tokens = None
a, b = 1, 2
total = a + b
"""


@pytest.fixture
def schema(write_notebook):
    limits = {"share": {"minimum": 0, "maximum": 1}, "draws": {"minimum": 9}}
    return read_schema(write_notebook("n", parameters=CELL, limits=limits))


def test_what_people_write_is_read_with_defaults_and_comments(schema):
    assert schema.defaults() == {
        "province": "Thái Nguyên", "share": 0.6, "draws": 999, "robust": True, "language": "vi", "controls": [],
        "first": None, "nested": {"a": [1]}, "frame": None, "seed": 1, "max_tokens": None,
    }  # fmt: skip
    assert {"day", "place", "a", "b", "total"} <= set(schema.parameters)
    assert 'province: str = "Thái Nguyên"  # the province in question' in schema.describe()
    assert "draws: int = 999  # permutations, minimum 9" in schema.describe()


def test_an_unknown_name_lists_what_is_declared_and_the_nearest(schema):
    with pytest.raises(UnknownParameter, match=r"Did you mean province or place\?") as refused:
        schema.check({"provnce": "Yên Bái"})
    assert refused.value.exit_status == 2
    assert schema.describe() in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("province", unicodedata.normalize("NFD", "Yên Bái"), "Yên Bái"), ("province", "12", "12"),
        ("province", "no", "no"), ("province", "null", "null"), ("share", "0.25", 0.25), ("share", "1", 1.0),
        ("share", "5e-1", 0.5), ("draws", "99", 99), ("robust", "false", False), ("robust", "True", True),
        ("language", "en", "en"), ("controls", '["gdp", "1"]', ["gdp", "1"]), ("first", "null", None),
        ("first", "2021", 2021), ("nested", '{"a": [1, 2]}', {"a": [1, 2]}), ("day", "2022-08-31", "2022-08-31"),
        ("place", "data/x.csv", "data/x.csv"), ("seed", "None", None), ("seed", "7", 7), ("seed", "0.5", 0.5),
        ("seed", "no", "no"), ("max_tokens", "9", 9), ("frame", "anything", "anything"), ("total", "5", 5),
    ],
)  # fmt: skip
def test_text_becomes_a_value(schema, name, text, value):
    converted = schema.convert({name: text})[name]
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("share", "0,6", "a number: write 0.6"), ("share", "1.2", "at most 1"), ("share", "nan", "a number"),
        ("share", "1_0", "a number"), ("share", "", "a number"), ("share", "０.5", "a number"),
        ("draws", "1e3", "a whole number"), ("draws", "99.0", "a whole number"), ("draws", "8", "at least 9"),
        ("draws", "１２", "a whole number"), ("robust", "no", "write true or false"),
        ("robust", "không", "write true or false"), ("robust", "0", "write true or false"),
        ("language", "fr", "one of 'vi' or 'en'"), ("controls", "gdp", "JSON"), ("controls", "[1]", "a text in item 1"),
        ("first", "none", "a whole number, or null"), ("nested", '{"a": 1}', "a list"),
        ("day", "31/8/2022", "valid date"),
    ],
)  # fmt: skip
def test_text_that_is_not_exactly_a_value_is_refused(schema, name, text, hint):
    with pytest.raises(WrongParameter, match="Declared:") as refused:
        schema.convert({name: text})
    assert hint in str(refused.value)
    assert f"n.ipynb, parameter {name} =" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("province", 19), ("province", False), ("province", None), ("share", "0.6"), ("share", True),
        ("share", float("nan")), ("draws", 99.0), ("draws", True), ("robust", 1), ("controls", "gdp"),
        ("controls", [1]), ("first", "2021"),
    ],
)  # fmt: skip
def test_values_of_another_type_are_refused(schema, name, value):
    with pytest.raises(WrongParameter):
        schema.check({name: value})


def test_values_are_those_that_papermill_can_write(schema):
    given = {
        "share": 1,
        "day": dt.date(2022, 8, 31),
        "place": Path("a/b"),
        "seed": (1, None),
        "frame": {"x": [1]},
    }
    expected = {"share": 1.0, "day": "2022-08-31", "place": "a/b", "seed": [1, None], "frame": {"x": [1]}}
    assert schema.check(given) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("api_key", "x"),
        ("db_password", "x"),
        ("ACCESS_TOKEN", "x"),
        ("province", "ghp_0123456789abcdefghijklmnop"),
        ("province", "postgresql://me:hidden@db.example/data"),
        ("province", "-----BEGIN RSA PRIVATE KEY-----"),
    ],
)
def test_what_looks_like_a_secret_is_refused_and_not_repeated(schema, name, value):
    with pytest.raises(SecretParameter) as refused:
        schema.check({name: value})
    assert value == "x" or value not in str(refused.value)


def test_ordinary_words_are_not_taken_for_secrets(write_notebook):
    cell = 'tokenizer: str = "words"\nkeys: list[str] = ["a"]\nmax_tokens: int = 5\ntoken = None'
    given = {"tokenizer": "sk", "max_tokens": 9}
    assert read_schema(write_notebook("n", parameters=cell)).check(given) == given


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x: int = 'a'", "expected a whole number"),
        ("x: int =", "line 1"),
        ('x: Literal["a", "b"] = "c"', "one of 'a' or 'b'"),
    ],
)
def test_a_cell_that_contradicts_itself_is_refused(write_notebook, cell, reason):
    with pytest.raises(BadParametersCell) as refused:
        read_schema(write_notebook("n", parameters=cell)).check({})
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "cell",
    [
        "import os\nx = os.sep", "print(1)\nx = 1", "x = None", "%matplotlib inline\nx = 1", "x: dict = {}",
        "x: int | str = 1", 'x: Literal["a", 1] = "a"', "if True:\n    x = 1", "x = y = 10**6", "# only\n\nx = {1, 2}",
        "x = [\n  1,  # one\n  2,\n]", "x: Annotated[int, 'unit'] = 1", "def f(z=1):\n    w = 2\nx = f()",
    ],
)  # fmt: skip
def test_cells_as_people_write_them_declare_their_names(write_notebook, cell):
    schema = read_schema(write_notebook("n", parameters=cell))
    assert schema.check({"x": 1 if "Literal" not in cell and "dict" not in cell else schema.defaults()["x"]})
    with pytest.raises(UnknownParameter):
        schema.check({"w": 1})


def test_limits_must_fit_what_is_declared(write_notebook):
    for cell, limits, part in (
        ("x: int = 1", {"y": {"minimum": 1}}, "names y, which no cell declares"),
        ("x: int = 1", {"x": {"max": 1}}, "has max; only allowed, minimum and maximum"),
        ("x: int = 1", {"x": {"minimum": 5}}, "expected at least 5"),
        ("x: list[int] = [1]", {"x": {"minimum": 5}}, "do not go with"),
        ("x: str = 'a'", {"x": {"allowed": ["b", "c"]}}, "one of 'b' or 'c'"),
    ):
        with pytest.raises(BadParametersCell, match=part):
            read_schema(write_notebook("n", parameters=cell, limits=limits)).check({})


def test_reading_a_schema_runs_nothing(write_notebook, tmp_path):
    flag = tmp_path / "ran"
    touch = f"__import__('pathlib').Path({str(flag)!r}).touch()"
    schema = read_schema(
        write_notebook("n", parameters=f"x: int = {touch} or 1\ny: {touch} = 1\nz: list[{touch}] = 1")
    )
    assert schema.check({"y": 2})
    assert not flag.exists()


def test_two_parameters_cells_are_refused(write_notebook):
    notebook = write_notebook("n", "y = 1", parameters="x: int = 1")
    content = json.loads(notebook.read_text())
    content["cells"][1]["metadata"]["tags"] = ["parameters"]
    notebook.write_text(json.dumps(content))
    with pytest.raises(BadParametersCell, match="2 cells tagged"):
        read_schema(notebook)


def test_a_notebook_without_the_cell_takes_no_parameter(write_notebook):
    schema = read_schema(write_notebook("n", "1"))
    assert schema.check({}) == {}
    with pytest.raises(UnknownParameter, match="has no cell tagged `parameters`"):
        schema.check({"x": 1})


def test_a_cell_of_another_language_takes_any_name(write_notebook):
    notebook = write_notebook("n", parameters="x <- 1")
    content = json.loads(notebook.read_text()) | {"metadata": {"kernelspec": {"name": "ir", "language": "R"}}}
    notebook.write_text(json.dumps(content))
    assert read_schema(notebook).convert({"x": "2"}) == {"x": 2}


def test_a_missing_notebook_names_those_beside_it(write_notebook):
    there = write_notebook("02-before-after", "1")
    with pytest.raises(NotebookNotFound, match=r"is not there\. In that folder: 02-before-after\.ipynb"):
        read_schema(there.with_name("02-before-aftr.ipynb"))


@pytest.mark.parametrize(
    "content",
    [
        "{", "null", "5", '["x"]', "{}", '{"cells": 5}', '{"cells": ["x"]}', '{"cells": [{"cell_type": "code"}]}',
        '{"cells": [{"cell_type": "code", "source": "", "metadata": null}]}', '{"cells": [], "metadata": null}',
        '{"cells": [], "metadata": {"dvctt": 5}}', '{"cells": [], "metadata": {"dvctt": {"inputs": "x"}}}',
        '{"cells": [{"cell_type": "code", "source": 5}]}', "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_one_line(tmp_path, content):
    path = tmp_path / "n.ipynb"
    path.write_text(content)
    with pytest.raises(NotebookNotFound, match="is not a notebook that can be read: ") as refused:
        read_schema(path)
    assert "\n" not in str(refused.value)


def test_an_address_is_refused_with_the_way_out():
    with pytest.raises(NotebookNotFound, match=r"is an address.*fetch the notebook first"):
        read_schema(Path("s3://bucket/n.ipynb"))


def test_a_notebook_of_format_3_is_read(tmp_path):
    cell = {
        "cell_type": "code",
        "input": "x: int = 1",
        "language": "python",
        "metadata": {"tags": ["parameters"]},
    }
    sheet = {"cells": [{**cell, "outputs": [], "collapsed": False}], "metadata": {}}
    path = tmp_path / "n.ipynb"
    path.write_text(
        json.dumps({"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [sheet]})
    )
    assert read_schema(path).defaults() == {"x": 1}

"""Parameters are refused by name before any kernel starts, and text is never guessed at."""

from __future__ import annotations

import json
import unicodedata

import pytest

from analysis.errors import RequestError
from analysis.execution.parameters import (
    BadParametersCell,
    NotebookNotFound,
    SecretParameter,
    UnknownParameter,
    WrongParameter,
    read_schema,
)

CELL = """province: str = "Thái Nguyên"  # the province in question
share: float = 0.6  # of files
draws: int = 999  # permutations
robust: bool = True
language: Literal["vi", "en"] = "vi"  # of labels
controls: list[str] = []  # columns
first: "int | None" = None  # first treated year
seed = 1  # inferred from its literal
"""


@pytest.fixture
def schema(write_notebook):
    return read_schema(
        write_notebook(
            "n", parameters=CELL, limits={"share": {"minimum": 0, "maximum": 1}, "draws": {"minimum": 9}}
        )
    )


def test_schema_holds_types_defaults_and_comments(schema):
    assert schema.defaults() == {
        "province": "Thái Nguyên",
        "share": 0.6,
        "draws": 999,
        "robust": True,
        "language": "vi",
        "controls": [],
        "first": None,
        "seed": 1,
    }
    assert [str(p.kind) for p in schema.parameters] == [
        "str",
        "float 0…1",
        "int 9…any",
        "bool",
        'one of "vi", "en"',
        "list[str]",
        "int or null",
        "int",
    ]
    assert schema.parameters[0].comment == "the province in question"
    assert schema.parameters[3].comment == ""


def test_an_unknown_name_lists_what_is_declared_and_the_nearest(schema):
    with pytest.raises(UnknownParameter) as refused:
        schema.check({"provnce": "Yên Bái"})
    assert refused.value.exit_status == 2
    assert "Did you mean province?" in str(refused.value)
    for parameter in schema.parameters:
        assert str(parameter) in str(refused.value)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("province", "Yên Bái", "Yên Bái"),
        ("province", unicodedata.normalize("NFD", "Yên Bái"), "Yên Bái"),
        ("province", "12", "12"),
        ("province", "no", "no"),
        ("share", "0.25", 0.25),
        ("share", "1", 1.0),
        ("share", "5e-1", 0.5),
        ("draws", "99", 99),
        ("robust", "false", False),
        ("robust", "True", True),
        ("language", "en", "en"),
        ("controls", '["gdp", "1"]', ["gdp", "1"]),
        ("first", "null", None),
        ("first", "2021", 2021),
    ],
)
def test_text_is_converted_to_the_declared_type(schema, name, text, value):
    converted = schema.convert({name: text})[name]
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("share", "0,6", "write 0.6"),
        ("share", "1.2", "from 0 to 1"),
        ("share", "nan", "a number"),
        ("share", "inf", "a number"),
        ("share", "1_0", "a number"),
        ("share", "", "a number"),
        ("share", "０.5", "a number"),
        ("draws", "1e3", "a whole number"),
        ("draws", "99.0", "a whole number"),
        ("draws", "8", "from 9"),
        ("draws", "１２", "a whole number"),
        ("robust", "no", "write true or false"),
        ("robust", "không", "write true or false"),
        ("robust", "0", "write true or false"),
        ("language", "fr", 'one of "vi", "en"'),
        ("controls", "gdp", "JSON"),
        ("controls", "[1]", "a text"),
        ("first", "none", "a whole number, or null"),
        ("seed", "null", "a whole number"),
    ],
)
def test_text_that_is_not_exactly_a_value_is_refused(schema, name, text, hint):
    with pytest.raises(WrongParameter, match="Declared:") as refused:
        schema.convert({name: text})
    assert hint in str(refused.value)
    assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("province", 19),
        ("province", False),
        ("province", None),
        ("share", "0.6"),
        ("share", True),
        ("share", float("nan")),
        ("draws", 99.0),
        ("draws", True),
        ("robust", 1),
        ("controls", "gdp"),
        ("controls", [1]),
        ("first", "2021"),
    ],
)
def test_values_of_another_type_are_refused(schema, name, value):
    with pytest.raises(WrongParameter):
        schema.check({name: value})


def test_a_whole_number_is_good_enough_for_a_float(schema):
    assert schema.check({"share": 1}) == {"share": 1.0}


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
    cell = 'tokenizer: str = "words"\nkeys: list[str] = ["a"]\nsource: str = "https://example.org/a:b"'
    assert read_schema(write_notebook("n", parameters=cell)).check({"tokenizer": "sk"}) == {"tokenizer": "sk"}


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x: int = 1 + n", "not a literal"),
        ("import os", "only lines of the form"),
        ("print(1)", "only lines of the form"),
        ("x: int = 'a'", "expected a whole number"),
        ("x: dict = {}", "is none of str"),
        ("x: int | str = 1", "mixes types"),
        ("x = None", "needs an annotation"),
        ("x: int =", "line 1"),
        ('x: Literal["a", 1] = "a"', "mixes types"),
        ('x: Literal["a", "b"] = "c"', "one of"),
    ],
)
def test_a_cell_that_is_not_annotated_literals_is_refused_with_its_line(write_notebook, cell, reason):
    with pytest.raises(BadParametersCell) as refused:
        read_schema(write_notebook("n", parameters=cell))
    assert reason in str(refused.value)
    assert refused.value.exit_status == 1


def test_limits_must_fit_what_is_declared(write_notebook):
    with pytest.raises(BadParametersCell, match="names y, which no cell declares"):
        read_schema(write_notebook("n", parameters="x: int = 1", limits={"y": {"minimum": 1}}))
    with pytest.raises(BadParametersCell, match="has max; only allowed, minimum and maximum"):
        read_schema(write_notebook("n", parameters="x: int = 1", limits={"x": {"max": 1}}))
    with pytest.raises(BadParametersCell, match="expected a whole number from 5 to any"):
        read_schema(write_notebook("n", parameters="x: int = 1", limits={"x": {"minimum": 5}}))


def test_reading_a_schema_runs_nothing(write_notebook, tmp_path):
    flag = tmp_path / "ran"
    notebook = write_notebook(
        "n", parameters=f"x: int = __import__('pathlib').Path({str(flag)!r}).touch() or 1"
    )
    with pytest.raises(BadParametersCell):
        read_schema(notebook)
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


def test_a_missing_notebook_names_those_beside_it(write_notebook, tmp_path):
    there = write_notebook("02-before-after", "1")
    with pytest.raises(NotebookNotFound, match=r"02-before-after\.ipynb") as refused:
        read_schema(there.with_name("02-before-aftr.ipynb"))
    assert isinstance(refused.value, RequestError)
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    with pytest.raises(NotebookNotFound, match="is not a notebook"):
        read_schema(broken)

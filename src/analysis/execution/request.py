"""What a user asks on the command line or in a file, as tasks: values typed by each notebook's own schema.

A TOML or YAML file holds parameters for every notebook; a table named after a notebook holds that one's own; a
list `runs` holds several sets, each one run:

    draws = 999
    ["02-before-after"]
    runs = [{ province = "Yên Bái" }, { province = "Cà Mau" }]
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.errors import RequestError
from analysis.execution.kinds import Value
from analysis.execution.parameters import Schema, read_schema
from analysis.execution.tasks import Task

RUNS = "runs"
_LONGEST_NAME = 100


class BadParameterFile(RequestError):
    """A file of parameters is not there, or is not TOML or YAML of the shape described above."""


class RepeatedParameter(RequestError):
    """A parameter is given twice on the command line."""


def tasks_from_request(
    notebooks: Sequence[Path], texts: Sequence[tuple[str, str]], files: Sequence[Path], folder: Path
) -> list[Task]:
    """Return one task for each notebook and set of parameters; values from `texts` win over those from `files`.

    Raises:
        RequestError: no such notebook or file, an unknown or mistyped parameter, one given twice.
    """
    names = [name for name, _ in texts]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise RepeatedParameter(f"-p {repeated[0]} is given twice. Give it once, or `runs` in a file (-f).")
    contents = [read_parameter_file(file) for file in files]
    _refuse_unknown_tables(contents, files, [notebook.stem for notebook in notebooks])
    tasks: list[Task] = []
    for notebook in notebooks:
        schema = read_schema(notebook)
        given = schema.convert(dict(texts))
        for values in _sets_for(notebook.stem, contents, schema):
            parameters = values | given
            tasks.append(Task(notebook, parameters, folder / output_name(notebook.stem, parameters)))
    return tasks


def _refuse_unknown_tables(
    contents: Sequence[Mapping[str, Any]], files: Sequence[Path], stems: Sequence[str]
) -> None:
    for file, content in zip(files, contents, strict=True):
        tables = [name for name, value in content.items() if isinstance(value, dict) and name not in stems]
        if tables:
            raise BadParameterFile(f"{file}: the table {tables[0]!r} names none of {', '.join(stems)}.")


def _sets_for(stem: str, contents: Sequence[Mapping[str, Any]], schema: Schema) -> list[dict[str, Value]]:
    """Return the checked sets of parameters that the files hold for one notebook, at least an empty one."""
    common: dict[str, Any] = {}
    runs: list[Any] = []
    for content in contents:
        for level in (content, content.get(stem, {})):
            common |= {name: v for name, v in level.items() if not isinstance(v, dict) and name != RUNS}
            runs += level.get(RUNS, [])
    if not all(isinstance(run, dict) for run in runs):
        raise BadParameterFile(f'`{RUNS}` must be a list of tables: runs = [{{ province = "Yên Bái" }}].')
    return [schema.check(common | run) for run in runs or [{}]]


def read_parameter_file(path: Path) -> dict[str, Any]:
    """Return the content of a TOML or YAML file; YAML as of version 1.2, where `no` and `0,6` are texts.

    Raises:
        BadParameterFile: what is wrong, and where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadParameterFile(f"{path} cannot be read: {error}.") from None
    if path.suffix == ".toml":
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadParameterFile(f"{path}: {error}.") from None
    if path.suffix in (".yaml", ".yml"):
        from analysis.execution.plain_yaml import read_plain_yaml

        return read_plain_yaml(text, path)
    raise BadParameterFile(f"{path}: only .toml, .yaml and .yml are read.")


def output_name(stem: str, parameters: Mapping[str, object]) -> str:
    """Return a file name that says which parameters a result was made with: ASCII, at most 100 characters."""
    parts = [f"{name}={_plain(str(value))}" for name, value in parameters.items()]
    name = "--".join([stem, *parts])
    if len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(name.encode()).hexdigest()[:12]
        name = f"{name[: _LONGEST_NAME - 14]}--{digest}"
    return f"{name}.ipynb"


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    ascii_only = bare.encode("ascii", "ignore").decode().lower()
    return (
        re.sub(r"[^a-z0-9.]+", "-", ascii_only).strip("-.") or hashlib.sha256(text.encode()).hexdigest()[:8]
    )

"""What a user asks on the command line or in a file, as tasks: values typed by each notebook's own schema.

A TOML or YAML file holds parameters for every notebook; a table named after a notebook holds that one's own; a
list `runs` holds several sets, each one run:

    draws = 999
    ["02-before-after"]
    runs = [{ province = "Yên Bái" }, { province = "Cà Mau" }]
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from analysis.errors import RequestError
from analysis.execution.fingerprint import project_folder
from analysis.execution.parameter_types import from_json
from analysis.execution.parameters import Schema, read_schema
from analysis.execution.source import read_source, refuse_address
from analysis.execution.tasks import Task

RUNS = "runs"
_LONGEST_NAME = 100
_DEEPEST = 50  # levels of tables and lists; papermill writes them out as Python, whose parser has limits


class BadParameterFile(RequestError):
    """A file of parameters is not there, or is not TOML or YAML of the shape described above."""


class RepeatedParameter(RequestError):
    """A parameter is given twice on the command line."""


def tasks_from_request(
    notebooks: Sequence[Path],
    texts: Sequence[tuple[str, str]],
    files: Sequence[Path],
    folder: Path,
    inputs: Sequence[str] = (),
) -> list[Task]:
    """Return one task for each notebook and set of parameters; values from `texts` win over those from `files`.

    Args:
        notebooks: as named on the command line.
        texts: parameters from the command line, name and text.
        files: parameter files.
        folder: where results go.
        inputs: what all these notebooks depend on beside what their own metadata states, as in `Task`.

    Raises:
        RequestError: no such notebook or file, an unknown or mistyped parameter, one given twice.
    """
    refuse_address(folder)
    names = [name for name, _ in texts]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise RepeatedParameter(f"-p {repeated[0]} is given twice. Give it once, or `runs` in a file (-f).")
    contents = {file: read_parameter_file(file) for file in files}
    stems = [notebook.stem for notebook in notebooks]
    for file, content in contents.items():
        _refuse_other_shapes(file, content, stems)
    tasks: dict[Path, Task] = {}
    for notebook in notebooks:
        schema = read_schema(read_source(notebook))
        given = schema.convert(dict(texts))
        for values in _sets_for(notebook.stem, stems, list(contents.values()), schema):
            parameters = values | given
            output = folder / output_name(notebook, parameters)
            # A notebook named twice, or two equal sets of parameters, are one result.
            tasks[output] = Task(notebook, parameters, output, tuple(inputs) or None)
    return list(tasks.values())


def _refuse_other_shapes(file: Path, content: Mapping[str, Any], stems: Sequence[str]) -> None:
    """Refuse a table of no notebook, a notebook's name without a table, and runs that are no list of tables."""

    def refuse(name: str, value: object, expected: str) -> NoReturn:
        raise BadParameterFile(f"{file}: {name} = {value!r:.60}. {expected}")

    for name, value in content.items():
        if name in stems and not isinstance(value, dict):
            refuse(name, value, f'A table was expected: ["{name}"] and below it name = value.')
        if isinstance(value, dict) and name not in stems and not name.isidentifier():
            refuse(name, value, f"This table names none of {', '.join(stems)}.")
    for level in (content, *(content[stem] for stem in stems if stem in content)):
        runs = level.get(RUNS, [])
        if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs):
            refuse(RUNS, runs, f'A list of tables was expected: {RUNS} = [{{ province = "Yên Bái" }}].')


def _sets_for(
    stem: str, stems: Sequence[str], contents: Sequence[Mapping[str, Any]], schema: Schema
) -> list[dict[str, Any]]:
    """Return the checked sets of parameters that the files hold for one notebook, at least an empty one."""
    common: dict[str, Any] = {}
    runs: list[Any] = []
    for content in contents:
        own = content.get(stem, {})
        common |= {name: value for name, value in content.items() if name not in (RUNS, *stems)}
        common |= {name: value for name, value in own.items() if name != RUNS}
        runs += [*content.get(RUNS, []), *own.get(RUNS, [])]
    return [schema.check(common | run) for run in runs or [{}]]


def read_parameter_file(path: Path) -> dict[str, Any]:
    """Return the content of a TOML or YAML file; plain words of YAML are read as JSON has them, so `no` is a text.

    Raises:
        BadParameterFile: what is wrong, and where.
    """
    readers: dict[str, Callable[[str], Any]] = {
        ".toml": tomllib.loads,
        ".yaml": _read_yaml,
        ".yml": _read_yaml,
    }
    if path.suffix not in readers:
        raise BadParameterFile(f"{path}: only .toml, .yaml and .yml are read.")
    try:
        content = readers[path.suffix](path.read_text(encoding="utf-8"))
        if _depth(content) > _DEEPEST:
            raise RecursionError
    except RecursionError:
        raise BadParameterFile(
            f"{path} is nested more than {_DEEPEST} levels deep. Write it flatter."
        ) from None
    except (OSError, ValueError) as error:
        raise BadParameterFile(f"{path} cannot be read: {' '.join(str(error).split())}.") from None
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise BadParameterFile(f"{path} must hold a table of parameters: `name: value`, one a line.")
    return content


def _depth(content: Any) -> int:
    below = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return 1 + max(map(_depth, below), default=0)


def _read_yaml(text: str) -> Any:
    """Read YAML with plain words as JSON has them; PyYAML takes `no` for false, `010` for 8 and `12:30` for 750."""
    import yaml  # type: ignore[import-untyped]

    class Loader(yaml.BaseLoader):  # type: ignore[misc]
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise ValueError(
                    f"the alias *{self.peek_event().anchor} is not followed; write the value out"
                )
            return super().compose_node(parent, index)

        def construct_scalar(self, node: Any) -> Any:
            if node.tag.startswith("!"):
                raise ValueError(f"the tag {node.tag} is not known")
            text = super().construct_scalar(node)
            return text if node.style else {"~": None, "": None}.get(text, from_json(text))

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [str(key.value) for key, _ in node.value]
            if len(set(keys)) < len(keys):
                raise ValueError(f"the key {max(keys, key=keys.count)!r} stands twice{node.start_mark}")
            return dict(super().construct_mapping(node, deep=deep))

    try:
        return yaml.load(text, Loader) or {}
    except yaml.YAMLError as error:
        raise ValueError(error) from None


def output_name(notebook: Path, parameters: Mapping[str, object]) -> str:
    """Return the name of a result: readable, of at most 100 characters, and of this notebook and parameters alone.

    What a readable name cannot tell apart (capitals, marks, other signs, long texts) is told by a hash at its end. A
    notebook that does not lie in the project's `notebooks` has its folder in the name.
    """
    folder, root = notebook.resolve().parent, project_folder().resolve()
    home = folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)
    said = {} if folder == root / "notebooks" else {"in": home}
    said |= {name: _written(value) for name, value in parameters.items()}
    short = {name: _readable(Path(text).name if name == "in" else text) for name, text in said.items()}
    readable = "--".join([notebook.stem, *(f"{name}={text}" for name, text in short.items())])
    as_it_is = said == short and "--" not in notebook.stem and all(name.islower() for name in short)
    if not as_it_is or len(readable) > _LONGEST_NAME:
        whole = json.dumps([notebook.stem, home, dict(parameters)], ensure_ascii=False, default=str)
        digest = hashlib.sha256(whole.encode()).hexdigest()[:12]
        readable = f"{readable[: _LONGEST_NAME - 14]}--{digest}"
    return f"{readable}.ipynb"


def _written(value: object) -> str:
    """Return a value as text; a text that spells a number, a boolean or null stands in quotes."""
    if isinstance(value, str) and isinstance(from_json(value), str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _readable(text: str) -> str:
    """Return a text as a name has it: other signs become one hyphen; a number keeps its minus."""
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    plain = re.sub(r"[^a-z0-9.]+", "-", bare.encode("ascii", "ignore").decode().lower()).strip("-.")
    return f"-{plain}" if re.fullmatch(r"-[0-9.]+", text) else plain or "-"

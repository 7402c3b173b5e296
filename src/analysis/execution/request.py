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
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import RequestError
from analysis.execution.parameters import Schema, read_schema
from analysis.execution.source import read_source, refuse_address
from analysis.execution.tasks import Task

if TYPE_CHECKING:
    import yaml  # type: ignore[import-untyped]

RUNS = "runs"
_LONGEST_NAME = 100
_DEEPEST = (
    50  # levels of tables and lists; papermill writes values out as Python, whose parser has its limits
)
_AS_IT_IS = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


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
    _refuse_no_runs(file, content)
    for name, value in content.items():
        if name in stems and not isinstance(value, dict):
            raise BadParameterFile(
                f"{file}: {name} = {_short(value)}. What is named after a notebook is a table of its parameters: "
                f'["{name}"] and below it name = value.'
            )
        if name in stems:
            _refuse_no_runs(file, value)
        elif isinstance(value, dict) and not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise BadParameterFile(f"{file}: the table {name!r} names none of {', '.join(stems)}.")


def _refuse_no_runs(file: Path, level: Mapping[str, Any]) -> None:
    runs = level.get(RUNS, [])
    if not isinstance(runs, list) or not all(isinstance(run, dict) for run in runs):
        raise BadParameterFile(
            f'{file}: {RUNS} = {_short(runs)}. Expected a list of tables: {RUNS} = [{{ province = "Yên Bái" }}].'
        )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:60]}…"


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
    readers = {".toml": _read_toml, ".yaml": _read_yaml, ".yml": _read_yaml}
    if path.suffix not in readers:
        raise BadParameterFile(f"{path}: only .toml, .yaml and .yml are read.")
    try:
        content = readers[path.suffix](path.read_text(encoding="utf-8"))
    except RecursionError:
        raise _too_deep(path) from None
    except (OSError, ValueError) as error:
        raise BadParameterFile(f"{path} cannot be read: {_one_line(error)}.") from None
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise BadParameterFile(f"{path} must hold a table of parameters: `name: value`, one a line.")
    _refuse_depth(path, content)
    return content


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _too_deep(path: Path) -> BadParameterFile:
    return BadParameterFile(f"{path} is nested more than {_DEEPEST} levels deep. Write it flatter.")


def _refuse_depth(path: Path, content: Any, level: int = 0) -> None:
    if level > _DEEPEST:
        raise _too_deep(path)
    for one in (
        content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    ):
        _refuse_depth(path, one, level + 1)


def _read_toml(text: str) -> Any:
    return tomllib.loads(text)


def _read_yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.load(text, _yaml_loader()) or {}
    except yaml.YAMLError as error:
        raise ValueError(_one_line(error)) from None


def _yaml_loader() -> type[yaml.BaseLoader]:
    """Return PyYAML's loader of texts, with plain words read as JSON has them and nothing said twice.

    Its other loaders take `no` for false, `010` for 8 and `12:30` for 750.
    """
    import yaml

    from analysis.execution.parameter_types import from_json

    class Loader(yaml.BaseLoader):  # type: ignore[misc]
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                event = self.peek_event()
                problem = f"the alias *{event.anchor} is not followed; write the value out"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
            return super().compose_node(parent, index)

        def construct_scalar(self, node: Any) -> Any:
            if node.tag.startswith("!") or "python/" in node.tag:
                problem = f"could not determine a constructor for the tag {node.tag}"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
            text = super().construct_scalar(node)
            return text if node.style else {"~": None, "": None}.get(text, from_json(text))

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            keys = [key.value for key, _ in node.value]
            twice = sorted({str(key) for key in keys if keys.count(key) > 1})
            if twice:
                problem = f"the key {twice[0]!r} stands twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
            return dict(super().construct_mapping(node, deep=deep))

    return Loader


def output_name(notebook: Path, parameters: Mapping[str, object]) -> str:
    """Return the name of a result: readable, of at most 100 characters, and of this notebook and parameters alone.

    What a readable name cannot tell apart (capitals, marks, a minus, other signs, long texts) is told by a hash at
    its end. A notebook that does not lie in the project's `notebooks` has its folder in the name.
    """
    parts, exact = [notebook.stem], True
    home = _home_of(notebook)
    if home:
        parts.append(f"in={_readable(Path(home).name)}")
        exact = _is_as_it_is(home)
    for name, value in parameters.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        parts.append(f"{name}={_readable(text)}")
        exact = exact and _is_as_it_is(value) and name == name.lower() and name.isascii()
    readable = "--".join(parts)
    if "--" in notebook.stem or len(readable) > _LONGEST_NAME or not exact:
        whole = json.dumps([notebook.stem, home, dict(parameters)], ensure_ascii=False, default=str)
        digest = hashlib.sha256(whole.encode()).hexdigest()[:12]
        readable = f"{readable[: _LONGEST_NAME - 14]}--{digest}"
    return f"{readable}.ipynb"


def _home_of(notebook: Path) -> str:
    """Return the folder of a notebook from the project's folder; nothing for the project's own `notebooks`."""
    from analysis.execution.fingerprint import project_folder

    folder, root = notebook.resolve().parent, project_folder().resolve()
    if folder == root / "notebooks":
        return ""
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)


def _is_as_it_is(value: object) -> bool:
    """Tell whether a value stands in a name as it is, and is not a text that looks like a number or a word of JSON."""
    text = json.dumps(value) if isinstance(value, (bool, int, float)) or value is None else str(value)
    if not isinstance(value, str):
        return _AS_IT_IS.fullmatch(text.removeprefix("-")) is not None and "--" not in text
    looks_otherwise = re.fullmatch(r"[0-9.e+-]+|true|false|null", text) is not None
    return not looks_otherwise and _AS_IT_IS.fullmatch(text) is not None


def _readable(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    ascii_only = bare.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.-]+", "-", ascii_only).strip(".") or "-"

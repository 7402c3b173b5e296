"""A notebook's parameters, read from its one cell tagged `parameters` and never executed; what is given is checked.

The cell is written as papermill's users write it. What it annotates, `draws: int = 999  # permutations`, is strict;
ranges stand in the notebook's metadata: `"dvctt": {"parameters": {"draws": {"minimum": 99, "maximum": 9999}}}`.
papermill's own inspection sees no `Literal[…]` and no `X | None`, so the cell is read by Python's `ast`.
"""

from __future__ import annotations

import ast
import difflib
import io
import json
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError, RequestError
from analysis.execution.parameter_types import LIMITS, WrongValue, check_value, convert_text
from analysis.execution.source import Source, read_source

TAG = "parameters"
UNKNOWN = object()  # the default of a parameter whose value is not a literal
_SECRET_NAME = re.compile(
    r"(^|_)(passwords?|passwd|pwd|secrets?|token|api_?keys?|private_?keys?|access_?keys?|credentials?)$|mat_khau",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|^(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|^gh[pousr]_[A-Za-z0-9]{20,}"
    r"|^AKIA[A-Z0-9]{12,}|^eyJ[\w-]{8,}\.eyJ|^[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@"
)
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)


class BadParametersCell(AnalysisError):
    """The notebook's parameters cell cannot be read, or says what cannot be."""


class UnknownParameter(RequestError):
    """A parameter the notebook does not declare."""


class WrongParameter(RequestError):
    """An annotated parameter with a value of another type or outside its range."""


class SecretParameter(RequestError):
    """A parameter that looks like a secret; it would be written into the executed notebook."""


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its annotation as written, None where it has none, its default, its comment."""

    name: str
    annotation: str | None = None
    default: Any = UNKNOWN
    comment: str = ""
    limits: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        kind = f": {self.annotation}" if self.annotation else ""
        shown = (
            ""
            if self.default is UNKNOWN
            else f" = {json.dumps(self.default, ensure_ascii=False, default=str)}"
        )
        bounds = "".join(f", {name} {bound}" for name, bound in self.limits.items())
        return f"{self.name}{kind}{shown}{bounds}" + (f"  # {self.comment}" if self.comment else "")


@dataclass(frozen=True)
class Schema:
    """What one notebook declares, in the order of its cell; `is_open`: its language is not read, any name may be."""

    notebook: Path
    parameters: tuple[Parameter, ...]
    is_open: bool = False

    def check(self, values: Mapping[str, object]) -> dict[str, Any]:
        """Return values as papermill is to have them: those annotated as their annotation has them.

        Raises:
            UnknownParameter, WrongParameter, SecretParameter: what is wrong, and what is declared.
            BadParametersCell: a default that its own annotation or range does not allow.
        """
        for parameter in self.parameters:
            if parameter.annotation and parameter.default is not UNKNOWN:
                self._refuse_default(parameter)
        return {name: self._checked(name, value, check_value) for name, value in values.items()}

    def convert(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return command-line texts as values; for what is annotated nothing is guessed.

        Raises:
            UnknownParameter, WrongParameter, SecretParameter: what is wrong, and what is declared.
        """
        return {name: self._checked(name, text, convert_text) for name, text in texts.items()}

    def defaults(self) -> dict[str, Any]:
        """Return the declared defaults that are literals, by name."""
        return {one.name: one.default for one in self.parameters if one.default is not UNKNOWN}

    def describe(self) -> str:
        """List the declared parameters, one a line."""
        if not self.parameters:
            return f"  {self.notebook.name} has no cell tagged `{TAG}` and takes none"
        return "\n".join(f"  {parameter}" for parameter in self.parameters)

    def _checked(self, name: str, value: Any, check: Any) -> Any:
        _refuse_secret(self.notebook, name, value)
        parameter = self._find(name)
        try:
            return check(parameter.annotation, parameter.limits, value)
        except WrongValue as wrong:
            shown = json.dumps(value, ensure_ascii=False, default=str)
            raise WrongParameter(
                f"{self.notebook.name}, parameter {name} = {shown}: {wrong}. Declared:\n{self.describe()}"
            ) from None

    def _refuse_default(self, parameter: Parameter) -> None:
        try:
            check_value(parameter.annotation, parameter.limits, parameter.default)
        except WrongValue as wrong:
            raise BadParametersCell(f"{self.notebook}, parameters cell, {parameter}: {wrong}.") from None

    def _find(self, name: str) -> Parameter:
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        if self.is_open:
            return Parameter(name)
        near = difflib.get_close_matches(name, [parameter.name for parameter in self.parameters], 3, 0.5)
        guess = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownParameter(
            f"{self.notebook.name} has no parameter {name!r}.{guess} Declared:\n{self.describe()}"
        )


def _refuse_secret(notebook: Path, name: str, value: object) -> None:
    by_name = isinstance(value, str) and bool(value) and _SECRET_NAME.search(name) is not None
    if by_name or (isinstance(value, str) and _SECRET_VALUE.search(value)):
        looks = "is named like" if by_name else "holds what looks like"
        raise SecretParameter(
            f"{notebook.name}: parameter {name!r} {looks} a secret, and parameters are written into the "
            "executed notebook for everyone to read. Take it from an environment variable there."
        )


def read_schema(notebook: Path | Source) -> Schema:
    """Return the schema of a notebook.

    Raises:
        NotebookNotFound: no such notebook.
        BadParametersCell: two such cells, code that is not Python, limits of what is not declared.
    """
    source = notebook if isinstance(notebook, Source) else read_source(notebook)
    tagged = [cell["text"] for cell in source.cells if cell["kind"] == "code" and TAG in cell["tags"]]
    if len(tagged) > 1:
        raise BadParametersCell(
            f"{source.path} has {len(tagged)} cells tagged `{TAG}`; leave the tag on one only."
        )
    if not source.is_python:
        return Schema(source.path, (), is_open=bool(tagged))
    limits = _limits(source)
    parameters = tuple(_read_parameters(source, tagged[0] if tagged else "", limits))
    undeclared = sorted(set(limits) - {parameter.name for parameter in parameters})
    if undeclared:
        raise BadParametersCell(
            f"{source.path}: metadata dvctt.parameters names {', '.join(undeclared)}, which no cell declares."
        )
    return Schema(source.path, parameters)


def _limits(source: Source) -> Mapping[str, Mapping[str, Any]]:
    known = source.own.get("parameters", {})
    limits: Mapping[str, Any] = known if isinstance(known, dict) else {"parameters": known}
    for name, limit in limits.items():
        wrong = sorted(set(limit) - {"allowed", *LIMITS}) if isinstance(limit, dict) else [json.dumps(limit)]
        if wrong:
            raise BadParametersCell(
                f"{source.path}: metadata dvctt.parameters.{name} has {', '.join(wrong)}; "
                "only allowed, minimum and maximum are known."
            )
    return limits


def _read_parameters(source: Source, text: str, limits: Mapping[str, Mapping[str, Any]]) -> list[Parameter]:
    """Return what the cell assigns, in order; a name assigned again counts as last assigned."""
    try:
        tree = ast.parse(_MAGIC.sub("", text))
    except (SyntaxError, ValueError, RecursionError) as reason:
        line = getattr(reason, "lineno", None)
        where = f", line {line}" if line else ""
        raise BadParametersCell(
            f"{source.path}, parameters cell{where}: {getattr(reason, 'msg', reason)}."
        ) from None
    comments = _comments_by_line(text)
    found: dict[str, Parameter] = {}
    for statement in tree.body:
        comment = comments.get(statement.end_lineno or statement.lineno, "")
        for name in _assigned(statement):
            annotation, default = _said_of(statement)
            found[name] = Parameter(name, annotation, default, comment, limits.get(name, {}))
    return list(found.values())


def _assigned(statement: ast.stmt) -> list[str]:
    """Return the names that a statement assigns, but in functions and classes of its own."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return []
    nodes = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [node.id for node in nodes if isinstance(node.ctx, ast.Store)]


def _said_of(statement: ast.stmt) -> tuple[str | None, Any]:
    """Return the annotation and the literal default of a plain assignment to one name."""
    annotation: str | None = None
    if isinstance(statement, ast.AnnAssign):
        annotation = ast.unparse(statement.annotation)
    elif not (isinstance(statement, ast.Assign) and [type(one) for one in statement.targets] == [ast.Name]):
        return None, UNKNOWN
    try:
        return annotation, UNKNOWN if statement.value is None else ast.literal_eval(statement.value)
    except (ValueError, TypeError, RecursionError):
        return annotation, UNKNOWN


def _comments_by_line(text: str) -> dict[int, str]:
    """Return the comments by line, as far as the cell is plain Python."""
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = token.string.lstrip("# ").rstrip()
    except (tokenize.TokenError, SyntaxError):
        pass
    return found

"""A notebook's parameters, read from its one cell tagged `parameters` and never executed; what is given is checked.

The cell is written as papermill's users write it. What it annotates, `draws: int = 999  # permutations`, is strict;
ranges stand in the notebook's metadata: `"dvctt": {"parameters": {"draws": {"minimum": 99, "maximum": 9999}}}`.
papermill's own inspection sees no `Literal[…]` and no `X | None`, so the cell is read by Python's `ast`.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.errors import AnalysisError, RequestError
from analysis.execution.parameter_types import LIMITS, WrongValue, check_value, convert_text
from analysis.execution.source import Source, read_source

TAG = "parameters"
_NOT_LITERAL = object()
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
    """One declared parameter: how the cell writes it, its annotation and default as far as there are any."""

    name: str
    written: str
    annotation: str | None
    default: Any
    limits: Mapping[str, Any]

    def __str__(self) -> str:
        return self.written + "".join(f", {name} {bound}" for name, bound in self.limits.items())


@dataclass(frozen=True)
class Schema:
    """What one notebook declares, in the order of its cell; `is_open`: its language is not read, any name may be."""

    notebook: Path
    parameters: Mapping[str, Parameter]
    is_open: bool = False

    def check(self, values: Mapping[str, object]) -> dict[str, Any]:
        """Return values as papermill is to have them: those annotated as their annotation has them.

        Raises:
            UnknownParameter, WrongParameter, SecretParameter: what is wrong, and what is declared.
            BadParametersCell: a default that its own annotation or range does not allow.
        """
        for one in self.parameters.values():
            try:
                if one.annotation and one.default is not _NOT_LITERAL:
                    check_value(one.annotation, one.limits, one.default)
            except WrongValue as wrong:
                raise BadParametersCell(f"{self.notebook}, parameters cell, {one}: {wrong}.") from None
        return {name: self._checked(name, value, check_value) for name, value in values.items()}

    def convert(self, texts: Mapping[str, str]) -> dict[str, Any]:
        """Return command-line texts as values; for what is annotated nothing is guessed.

        Raises:
            UnknownParameter, WrongParameter, SecretParameter: what is wrong, and what is declared.
        """
        return {name: self._checked(name, text, convert_text) for name, text in texts.items()}

    def defaults(self) -> dict[str, Any]:
        """Return the declared defaults that are literals, by name."""
        return {name: one.default for name, one in self.parameters.items() if one.default is not _NOT_LITERAL}

    def describe(self) -> str:
        """List the declared parameters, one a line."""
        none = f"{self.notebook.name} has no cell tagged `{TAG}` and takes none"
        return "\n".join(f"  {one}" for one in self.parameters.values()) or f"  {none}"

    def _checked(self, name: str, value: Any, check: Any) -> Any:
        _refuse_secret(self.notebook, name, value)
        if name not in self.parameters and not self.is_open:
            near = difflib.get_close_matches(name, list(self.parameters), 3, 0.5)
            guess = f" Did you mean {' or '.join(near)}?" if near else ""
            raise UnknownParameter(
                f"{self.notebook.name} has no parameter {name!r}.{guess} Declared:\n{self.describe()}"
            )
        known = self.parameters.get(name)
        try:
            return check(known and known.annotation, known.limits if known else {}, value)
        except WrongValue as wrong:
            shown = json.dumps(value, ensure_ascii=False, default=str)
            raise WrongParameter(
                f"{self.notebook.name}, parameter {name} = {shown}: {wrong}. Declared:\n{self.describe()}"
            ) from None


def _refuse_secret(notebook: Path, name: str, value: object) -> None:
    if not isinstance(value, str) or not value:
        return
    by_name = _SECRET_NAME.search(name) is not None
    if by_name or _SECRET_VALUE.search(value):
        looks = "is named like" if by_name else "holds what looks like"
        raise SecretParameter(
            f"{notebook.name}: parameter {name!r} {looks} a secret, and parameters are written into the "
            "executed notebook for everyone to read. Take it from an environment variable there."
        )


def read_schema(notebook: Path | Source) -> Schema:
    """Return the schema of a notebook.

    Raises:
        NotebookNotFound: no such notebook.
        BadParametersCell: two such cells, code that is not Python, limits of what is not declared or of no known kind.
    """
    source = notebook if isinstance(notebook, Source) else read_source(notebook)
    tagged = [text for kind, text, tags in source.cells if kind == "code" and TAG in tags]
    if len(tagged) > 1:
        raise BadParametersCell(
            f"{source.path} has {len(tagged)} cells tagged `{TAG}`; leave the tag on one only."
        )
    if not source.is_python:
        return Schema(source.path, {}, is_open=bool(tagged))
    parameters = _read_cell(source, tagged[0] if tagged else "")
    where = f"{source.path}: metadata dvctt.parameters"
    for name, limit in source.limits.items():
        if name not in parameters:
            raise BadParametersCell(f"{where} names {name}, which no cell declares.")
        if wrong := sorted(set(limit) - {"allowed", *LIMITS}):
            raise BadParametersCell(
                f"{where}.{name} has {', '.join(wrong)}; only allowed, minimum and maximum are known."
            )
    return Schema(source.path, parameters)


def _read_cell(source: Source, text: str) -> dict[str, Parameter]:
    """Return what the cell assigns, in order, but in functions and classes of its own."""
    try:
        statements = ast.parse(_MAGIC.sub("", text)).body
    except (SyntaxError, ValueError, RecursionError) as reason:
        where = f", line {reason.lineno}: {reason.msg}" if isinstance(reason, SyntaxError) else f": {reason}"
        raise BadParametersCell(f"{source.path}, parameters cell{where}.") from None
    lines, found = text.splitlines(), dict[str, Parameter]()
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        written = " ".join(line.strip() for line in lines[statement.lineno - 1 : statement.end_lineno])
        nodes = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
        for name in (node.id for node in nodes if isinstance(node.ctx, ast.Store)):
            found[name] = Parameter(name, written, *_said_of(statement), source.limits.get(name, {}))
    return found


def _said_of(statement: ast.stmt) -> tuple[str | None, Any]:
    """Return the annotation and the literal default of a plain assignment to one name."""
    annotation: str | None = None
    if isinstance(statement, ast.AnnAssign):
        annotation = ast.unparse(statement.annotation)
    elif not (isinstance(statement, ast.Assign) and [type(one) for one in statement.targets] == [ast.Name]):
        return None, _NOT_LITERAL
    try:
        return annotation, _NOT_LITERAL if statement.value is None else ast.literal_eval(statement.value)
    except (ValueError, TypeError, RecursionError):
        return annotation, _NOT_LITERAL

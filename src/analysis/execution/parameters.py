"""The typed schema of a notebook's parameters, read from its one cell tagged `parameters`, never executed.

The cell holds annotated literals with one comment each, `draws: int = 999  # permutations of the treated`.
Ranges and allowed values come from `Literal[…]` or from the notebook's metadata:
`"dvctt": {"parameters": {"draws": {"minimum": 99, "maximum": 9999}, "language": {"allowed": ["vi", "en"]}}}`.
"""

from __future__ import annotations

import ast
import difflib
import io
import json
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.errors import AnalysisError, RequestError
from analysis.execution.kinds import (
    Kind,
    Value,
    WrongValue,
    check_value,
    convert_text,
    kind_from_annotation,
    kind_from_value,
)

TAG = "parameters"
_SECRET_NAME = re.compile(
    r"(^|_)(passwords?|passwd|pwd|secrets?|tokens?|api_?keys?|private_?keys?|access_?keys?|credentials?)($|_)"
    r"|mat_khau",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|^(sk|pk|rk)[-_][A-Za-z0-9_-]{16,}|^gh[pousr]_[A-Za-z0-9]{20,}"
    r"|^AKIA[A-Z0-9]{12,}|^eyJ[\w-]{8,}\.eyJ|^[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@"
)


class NotebookNotFound(RequestError):
    """The notebook asked for does not exist or is not a notebook."""


class BadParametersCell(AnalysisError):
    """The notebook's parameters cell cannot be read as annotated literals."""


class UnknownParameter(RequestError):
    """A parameter the notebook does not declare."""


class WrongParameter(RequestError):
    """A declared parameter with a value of another type or outside its range."""


class SecretParameter(RequestError):
    """A parameter that looks like a secret; it would be written into the executed notebook."""


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its kind, its default and the comment that explains it."""

    name: str
    kind: Kind
    default: Value
    comment: str = ""

    def __str__(self) -> str:
        shown = json.dumps(self.default, ensure_ascii=False)
        return f"{self.name}: {self.kind} = {shown}" + (f"  # {self.comment}" if self.comment else "")


@dataclass(frozen=True)
class Schema:
    """What one notebook declares, in the order of its cell."""

    notebook: Path
    parameters: tuple[Parameter, ...]

    def check(self, values: Mapping[str, object]) -> dict[str, Value]:
        """Return `values` as their declared kinds hold them.

        Raises:
            UnknownParameter, WrongParameter, SecretParameter: what is wrong, and what is declared.
        """
        return {name: self._checked(name, value, from_text=False) for name, value in values.items()}

    def convert(self, texts: Mapping[str, str]) -> dict[str, Value]:
        """Return command-line texts as values of their declared kinds; nothing is guessed.

        Raises:
            UnknownParameter, WrongParameter, SecretParameter: what is wrong, and what is declared.
        """
        return {name: self._checked(name, text, from_text=True) for name, text in texts.items()}

    def defaults(self) -> dict[str, Value]:
        """Return the declared defaults by name."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def describe(self) -> str:
        """List the declared parameters, one a line."""
        if not self.parameters:
            return f"  {self.notebook.name} has no cell tagged `{TAG}` and takes none"
        return "\n".join(f"  {parameter}" for parameter in self.parameters)

    def _checked(self, name: str, value: object, *, from_text: bool) -> Value:
        _refuse_secret(self.notebook, name, value)
        kind = self._find(name).kind
        try:
            return convert_text(kind, str(value)) if from_text else check_value(kind, value)
        except WrongValue as wrong:
            shown = json.dumps(value, ensure_ascii=False, default=str)
            raise WrongParameter(
                f"{self.notebook.name}, parameter {name} = {shown}: {wrong}. Declared:\n{self.describe()}"
            ) from None

    def _find(self, name: str) -> Parameter:
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        near = difflib.get_close_matches(name, [parameter.name for parameter in self.parameters], 3, 0.5)
        guess = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownParameter(
            f"{self.notebook.name} has no parameter {name!r}.{guess} Declared:\n{self.describe()}"
        )


def _refuse_secret(notebook: Path, name: str, value: object) -> None:
    by_name = _SECRET_NAME.search(name) is not None
    if by_name or (isinstance(value, str) and _SECRET_VALUE.search(value)):
        looks = "is named like" if by_name else "holds what looks like"
        raise SecretParameter(
            f"{notebook.name}: parameter {name!r} {looks} a secret, and parameters are written into the "
            "executed notebook for everyone to read. Take it from an environment variable there."
        )


def read_cells(notebook: Path) -> dict[str, object]:
    """Return a notebook file's JSON.

    Raises:
        NotebookNotFound: there is no such file, or it is not a notebook of format 4.
    """
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotebookNotFound(f"There is no notebook {notebook}.{_beside(notebook)}") from None
    except (UnicodeDecodeError, ValueError) as reason:
        raise NotebookNotFound(f"{notebook} is not a notebook: {reason}.") from None
    if not isinstance(content, dict) or content.get("nbformat") != 4 or "cells" not in content:
        raise NotebookNotFound(f"{notebook} is not a notebook of format 4. Save it anew in JupyterLab.")
    return content


def _beside(notebook: Path) -> str:
    names = sorted(path.name for path in notebook.parent.glob("*.ipynb"))
    near = difflib.get_close_matches(notebook.name, names, 3, 0.4) or names
    return f" In {notebook.parent} there are: {', '.join(near)}." if names else ""


def read_schema(notebook: Path) -> Schema:
    """Return the schema of `notebook`.

    Raises:
        NotebookNotFound: no such notebook.
        BadParametersCell: two such cells, code that is not a literal, a default outside its range.
        SecretParameter: a declared parameter that looks like a secret.
    """
    content = read_cells(notebook)
    source = _parameters_source(notebook, content)
    limits = _limits(notebook, content)
    parameters = tuple(_read_parameters(notebook, source, limits))
    undeclared = sorted(set(limits) - {parameter.name for parameter in parameters})
    if undeclared:
        raise BadParametersCell(
            f"{notebook}: metadata dvctt.parameters names {', '.join(undeclared)}, which no cell declares."
        )
    return Schema(notebook, parameters)


def _parameters_source(notebook: Path, content: Mapping[str, object]) -> str:
    cells = content["cells"]
    tagged = [
        "".join(cell["source"])
        for cell in (cells if isinstance(cells, list) else [])
        if cell["cell_type"] == "code" and TAG in cell.get("metadata", {}).get("tags", [])
    ]
    if len(tagged) > 1:
        raise BadParametersCell(
            f"{notebook} has {len(tagged)} cells tagged `{TAG}`; leave the tag on one only."
        )
    return tagged[0] if tagged else ""


def _limits(notebook: Path, content: Mapping[str, object]) -> dict[str, dict[str, object]]:
    metadata = content.get("metadata")
    own = metadata.get("dvctt", {}) if isinstance(metadata, dict) else {}
    limits = own.get("parameters", {})
    for name, limit in limits.items():
        wrong = sorted(set(limit) - {"allowed", "minimum", "maximum"})
        if wrong:
            raise BadParametersCell(
                f"{notebook}: metadata dvctt.parameters.{name} has {', '.join(wrong)}; "
                "only allowed, minimum and maximum are known."
            )
    return dict(limits)


def _read_parameters(notebook: Path, source: str, limits: Mapping[str, dict[str, object]]) -> list[Parameter]:
    try:
        statements = ast.parse(source).body
    except SyntaxError as reason:
        raise BadParametersCell(f"{notebook}, parameters cell, line {reason.lineno}: {reason.msg}.") from None
    comments = _comments_by_line(source)
    parameters: list[Parameter] = []
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module in ("typing", "__future__"):
            continue
        try:
            parameters.append(_read_parameter(notebook, statement, comments, limits))
        except WrongValue as wrong:
            where = f"{notebook}, parameters cell, line {statement.lineno}"
            raise BadParametersCell(f"{where}, {ast.unparse(statement)!r}: {wrong}.") from None
    return parameters


def _read_parameter(
    notebook: Path, statement: ast.stmt, comments: Mapping[int, str], limits: Mapping[str, dict[str, object]]
) -> Parameter:
    name, annotation, literal = _assignment(statement)
    try:
        default = ast.literal_eval(literal)
    except ValueError:
        raise WrongValue("the value is not a literal") from None
    _refuse_secret(notebook, name, default)
    kind = kind_from_annotation(annotation) if annotation else kind_from_value(default)
    kind = _limited(kind, limits.get(name, {}))
    comment = comments.get(statement.end_lineno or statement.lineno, "")
    return Parameter(name, kind, check_value(kind, default), comment)


def _assignment(statement: ast.stmt) -> tuple[str, ast.expr | None, ast.expr]:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        return statement.target.id, statement.annotation, statement.value
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name):
            return target.id, None, statement.value
    raise WrongValue("only lines of the form `name: type = literal  # comment` may stand here")


def _limited(kind: Kind, limit: Mapping[str, object]) -> Kind:
    allowed = limit.get("allowed", kind.allowed)
    bounds = {side: limit.get(side) for side in ("minimum", "maximum")}
    if not isinstance(allowed, (list, tuple)):
        raise WrongValue("`allowed` in the notebook's metadata must be a list")
    if any(bound is not None and not isinstance(bound, (int, float)) for bound in bounds.values()):
        raise WrongValue("`minimum` and `maximum` in the notebook's metadata must be numbers")
    if kind.item is not None and limit:
        return replace(kind, item=_limited(kind.item, limit))
    return replace(kind, allowed=tuple(allowed), **bounds)  # type: ignore[arg-type]


def _comments_by_line(source: str) -> dict[int, str]:
    return {
        token.start[0]: token.string.lstrip("# ").rstrip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }

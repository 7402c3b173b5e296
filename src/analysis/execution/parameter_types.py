"""What an annotated parameter may hold, checked strictly by pydantic and never guessed at.

A parameter without an annotation, or with one that is no plain type of Python, takes what papermill takes.
"""

from __future__ import annotations

import ast
import contextlib
import datetime as dt
import json
import re
import typing
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_PLAIN: dict[str, Any] = {
    **{kind.__name__: kind for kind in (str, int, float, bool, list, dict, tuple, set)},
    **{kind.__name__: kind for kind in (dt.date, dt.datetime, dt.time, dt.timedelta, Path)},
    **{
        name: getattr(typing, name)
        for name in ("Any", "Literal", "Optional", "Union", "List", "Dict", "Tuple")
    },
}
_MODULES = re.compile(r"\b(typing|t|datetime|dt|pathlib)\.(?=[A-Za-z])")
_NODES: tuple[type[ast.AST], ...] = (
    *(ast.Expression, ast.Name, ast.Subscript, ast.Tuple, ast.List, ast.Constant),
    *(ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub, ast.Load),
)
LIMITS = {"minimum": "ge", "maximum": "le"}
# pydantic's words for what people meet most; its own stand for the rest.
_WORDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "a boolean: write true or false",
    "string": "a text",
    "literal": "one of {expected}",
    "greater": "at least {ge}",
    "less": "at most {le}",
    "list": "a list, written as JSON: [1, 2]",
    "none": "null",
}
_WITH_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


class WrongValue(ValueError):
    """A value that its type does not allow; says what was expected."""


@cache
def adapter_of(annotation: str | None, limits: str) -> Any:
    """Return the pydantic adapter of an annotation's text and its limits (JSON); None where it is no plain type."""
    found, known = _type_of(annotation or ""), json.loads(limits)
    if found is None:
        return None
    from pydantic import ConfigDict, Field, TypeAdapter

    if "allowed" in known:
        found = typing.Literal[tuple(known["allowed"])]
    bounds = Field(**{LIMITS[name]: bound for name, bound in known.items() if name in LIMITS})
    bounded: Any = typing.Annotated[found, bounds]
    return TypeAdapter(bounded, config=ConfigDict(strict=True, allow_inf_nan=False))


def _type_of(annotation: str) -> Any:
    """Return the type that an annotation's text means, None where a name in it is none of the plain ones."""
    text = _MODULES.sub("", annotation).strip()
    try:
        tree = ast.parse(text, mode="eval")
        if isinstance(tree.body, ast.Constant) and isinstance(tree.body.value, str):
            return _type_of(tree.body.value)
        if all(isinstance(node, _NODES) for node in ast.walk(tree)):
            return eval(compile(tree, "annotation", "eval"), {"__builtins__": {}}, _PLAIN)
    except (SyntaxError, NameError, TypeError):
        pass
    return None


def check_value(annotation: str | None, limits: Mapping[str, Any], value: object) -> Any:
    """Return a value as the annotation has it and as papermill can write it: whole numbers as float, texts in NFC.

    Raises:
        WrongValue: another type, a value that is not allowed, out of range, or not finite; limits of another type.
    """
    value = plain(value)
    try:
        adapter = adapter_of(annotation, json.dumps(limits))
        if adapter is None:
            return value
        if isinstance(value, str):
            value = unicodedata.normalize("NFC", value)
        return adapter.dump_python(adapter.validate_json(json.dumps(value)), mode="json")
    except TypeError as error:
        raise WrongValue(f"minimum and maximum do not go with {annotation}: {error}") from None
    except ValueError as refused:  # pydantic's
        null = ", or null" if re.search(r"\b(None|Optional)\b", annotation or "") else ""
        raise WrongValue(_said(refused.errors(), value) + null) from None  # type: ignore[attr-defined]


def convert_text(annotation: str | None, limits: Mapping[str, Any], text: str) -> Any:
    """Return the value that a command-line text stands for: spelt as JSON, texts without quotes.

    Without an annotation it is read as papermill's `-p` reads it.

    Raises:
        WrongValue: the text is no value of this type ("0,6" and "no" are not guessed at).
    """
    if adapter_of(annotation, json.dumps(limits)) is None:
        return _as_papermill(text)
    value = from_json(text.lower() if text in ("True", "False") else text)
    try:
        return check_value(annotation, limits, value)
    except WrongValue as wrong:
        try:
            return check_value(annotation, limits, text)
        except WrongValue:
            raise wrong from None


def from_json(text: str) -> Any:
    """Return the number, boolean, null, list or table that a text spells as JSON does; else the text itself."""
    try:
        found = json.loads(text, parse_constant=lambda name: name)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(found, str) else found


def _as_papermill(text: str) -> Any:
    for read in ({"True": True, "False": False, "None": None}.__getitem__, int, float):
        with contextlib.suppress(KeyError, ValueError):
            return read(text)
    return text


def plain(value: object) -> Any:
    """Return a value as JSON holds it; what JSON does not know is its text, as papermill writes it (days, paths)."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)


def _said(errors: list[Any], value: object) -> str:
    """Return what was expected, in words, with a hint for what people usually mean."""
    kinds = {error["type"].split("_")[0] for error in errors}
    said = f"expected {', or '.join(dict.fromkeys(map(_expected, errors)))}"
    if "float" in kinds and isinstance(value, str) and _WITH_COMMA.fullmatch(value):
        return f"{said}: write {value.replace(',', '.')}"
    if kinds == {"string"} and not isinstance(value, (str, list, dict)):
        return f"{said}: put it in quotes if you mean the text {json.dumps(str(value))}"
    return said


def _expected(error: Any) -> str:
    words = str(_WORDS.get(error["type"].split("_")[0], error["msg"]))
    where = "".join(f" in item {place + 1}" for place in error["loc"] if isinstance(place, int))
    return words.format(**error.get("ctx", {})) + where if words != error["msg"] else words + where

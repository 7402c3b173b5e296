"""What an annotated parameter may hold: its annotation as a type, checked strictly by pydantic, refused in plain words.

What a notebook annotates it means; a parameter without an annotation, or with one that is no plain type, takes what
papermill takes.
"""

from __future__ import annotations

import ast
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
    **{kind.__name__: kind for kind in (str, int, float, bool, list, dict, tuple, set, object)},
    **{kind.__name__: kind for kind in (dt.date, dt.datetime, dt.time, dt.timedelta, Path)},
    **{
        name: getattr(typing, name) for name in ("Any", "Literal", "Optional", "Union", "Sequence", "Mapping")
    },
    **{"List": list, "Dict": dict, "Tuple": tuple, "Set": set},
}
_NODES: tuple[type[ast.AST], ...] = (
    *(ast.Expression, ast.Name, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Constant),
    *(ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub, ast.Load),
)
LIMITS = {"minimum": "ge", "maximum": "le"}
_EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "finite_number": "a finite number",
    "bool": "true or false",
    "string": "a text",
    "literal": "one of {expected}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "list": "a list",
    "dict": "a table",
    "date": "a day, such as 2022-08-31",
    "none_required": "null",
}
_WITH_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_BOOLEAN_WORDS = ("yes", "no", "on", "off", "có", "không", "0", "1")


class WrongValue(ValueError):
    """A value that its type does not allow; says what was expected."""


@cache
def adapter_of(annotation: str, limits: str = "{}") -> Any:
    """Return the pydantic adapter of an annotation's text and its limits (JSON); None where it is no plain type.

    Raises:
        WrongValue: the limits do not go with the type.
    """
    found = _type_of(annotation)
    if found is None:
        return None
    from pydantic import ConfigDict, Field, TypeAdapter
    from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError

    known: dict[str, Any] = json.loads(limits)
    if "allowed" in known:
        found = typing.Literal[tuple(known["allowed"])]
    bounds = {LIMITS[name]: bound for name, bound in known.items() if name in LIMITS}
    try:
        return TypeAdapter(
            typing.Annotated[found, Field(**bounds)] if bounds else found,
            config=ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=False),
        )
    except (TypeError, PydanticUserError, PydanticSchemaGenerationError) as error:
        raise WrongValue(
            f"minimum and maximum do not go with {annotation} ({str(error).splitlines()[0]})"
        ) from None


def _type_of(annotation: str) -> Any:
    """Return the type that an annotation's text means, None where a name in it is none of the plain ones."""
    try:
        tree = ast.parse(annotation, mode="eval")
        if isinstance(tree.body, ast.Constant) and isinstance(tree.body.value, str):
            tree = ast.parse(tree.body.value, mode="eval")
        plain = ast.fix_missing_locations(_WithoutModules().visit(tree))
        if not all(isinstance(node, _NODES) for node in ast.walk(plain)):
            return None
        return eval(compile(plain, "annotation", "eval"), {"__builtins__": {}}, _PLAIN)
    except (SyntaxError, NameError, TypeError, ValueError, AttributeError):
        return None


class _WithoutModules(ast.NodeTransformer):
    """Read `typing.Optional` as `Optional` and `datetime.date` as `date`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        known = isinstance(node.value, ast.Name) and node.value.id in ("typing", "datetime", "dt", "pathlib")
        return ast.Name(node.attr, ast.Load()) if known else node


def check_value(annotation: str | None, limits: Mapping[str, Any], value: object) -> Any:
    """Return a value as the annotation has it and as papermill can write it: whole numbers as float, texts in NFC.

    Raises:
        WrongValue: another type, a value that is not allowed, out of range, or not finite.
    """
    value = plain(value)
    adapter = adapter_of(annotation, json.dumps(limits)) if annotation else None
    if adapter is None:
        return value
    from pydantic import ValidationError

    if re.search(r"\bstr\b|\bLiteral\b", annotation or ""):
        value = _in_nfc(value)
    try:
        found = adapter.validate_json(json.dumps(value))
        return adapter.dump_python(found, mode="json")
    except TypeError as error:
        raise WrongValue(f"minimum and maximum do not go with {annotation} ({error})") from None
    except ValidationError as refused:
        raise WrongValue(_said(refused.errors(), value, annotation or "")) from None


def convert_text(annotation: str | None, limits: Mapping[str, Any], text: str) -> Any:
    """Return the value that a command-line text stands for: spelt as JSON, texts without quotes; nothing is guessed.

    Without an annotation it is read as papermill's `-p` reads it.

    Raises:
        WrongValue: the text is no value of this type ("0,6" and "no" are not guessed at).
    """
    if annotation is None or adapter_of(annotation, json.dumps(limits)) is None:
        return as_papermill(text)
    value = from_json(text.lower() if text in ("True", "False") else text)
    try:
        return check_value(annotation, limits, value)
    except WrongValue as wrong:
        if isinstance(value, str):
            raise
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


def as_papermill(text: str) -> Any:
    """Return what papermill makes of a value given with `-p`."""
    words = {"True": True, "False": False, "None": None}
    if text in words:
        return words[text]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def plain(value: object) -> Any:
    """Return a value as JSON holds it; what JSON does not know is its text, as papermill writes it (days, paths)."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, (str, bool, int, float)) else str(value)


def _in_nfc(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_nfc(one) for one in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _said(errors: list[Any], value: object, annotation: str) -> str:
    """Return what was expected, in words, with a hint for what people usually mean."""
    ways = list(dict.fromkeys(_expected(error) for error in errors))
    kinds = {error["type"].split("_")[0] for error in errors}
    null = ", or null" if re.search(r"\bNone\b|\bOptional\b", annotation) else ""
    said = f"expected {', or '.join(ways)}{null}"
    if kinds & {"int", "float"} and isinstance(value, str) and _WITH_COMMA.fullmatch(value):
        return f"{said}: write {value.replace(',', '.')}" if "float" in kinds else said
    if "bool" in kinds and str(value).lower() in _BOOLEAN_WORDS:
        return f"{said}: write true or false"
    if "list" in kinds and isinstance(value, str):
        return f"{said}, written as JSON: '[\"a\", \"b\"]' or '[1, 2]'"
    if kinds <= {"string", "none"} and not isinstance(value, (str, list, dict)):
        return f"{said}: put it in quotes if you mean the text {json.dumps(str(value))}"
    return said


def _expected(error: Any) -> str:
    kind = error["type"]
    template = _EXPECTED.get(kind) or _EXPECTED.get(kind.split("_")[0])
    where = "".join(f" in item {place + 1}" for place in error["loc"] if isinstance(place, int))
    return (template.format(**error.get("ctx", {})) if template else error["msg"]) + where

"""What a notebook parameter may hold: a kind read from its annotation, and strict conversion to that kind."""

from __future__ import annotations

import ast
import json
import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Value = str | int | float | bool | list[object] | None
Base = Literal["str", "int", "float", "bool", "list"]

_BASES: dict[str, Base] = {"str": "str", "int": "int", "float": "float", "bool": "bool", "list": "list"}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WITH_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_WORDS = {"str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false"}


class WrongValue(ValueError):
    """A value that its kind does not allow; says what was expected."""


@dataclass(frozen=True)
class Kind:
    """The values a parameter takes.

    `allowed` lists them when they are few; `minimum` and `maximum` are inclusive.
    """

    base: Base
    item: Kind | None = None
    optional: bool = False
    allowed: tuple[Value, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def __str__(self) -> str:
        name = f"list[{self.item}]" if self.item else self.base
        if self.allowed:
            name = "one of " + ", ".join(json.dumps(value, ensure_ascii=False) for value in self.allowed)
        if self.minimum is not None or self.maximum is not None:
            name += f" {_bound(self.minimum)}…{_bound(self.maximum)}"
        return f"{name} or null" if self.optional else name

    def expected(self) -> str:
        """Say in words what this kind takes."""
        if self.allowed:
            return str(self)
        words = f"a list of {self.item}" if self.item else _WORDS.get(self.base, f"a {self.base}")
        if self.minimum is not None or self.maximum is not None:
            words += f" from {_bound(self.minimum)} to {_bound(self.maximum)}"
        return f"{words}, or null" if self.optional else words


def _bound(limit: float | None) -> str:
    return "any" if limit is None else f"{limit:g}"


def kind_from_annotation(node: ast.expr) -> Kind:
    """Return the kind an annotation declares: str, int, float, bool, list[…], Literal[…], each also `| None`.

    Raises:
        WrongValue: the annotation is none of these.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return kind_from_annotation(ast.parse(node.value, mode="eval").body)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _optional_kind(node)
    name = _annotation_name(node)
    if isinstance(node, ast.Subscript):
        if name == "list":
            return Kind("list", item=kind_from_annotation(node.slice))
        if name == "Literal":
            return _literal_kind(node.slice)
        if name == "Optional":
            return _with_null(kind_from_annotation(node.slice))
    elif name in _BASES:
        return Kind(_BASES[name])
    raise WrongValue(
        f"the annotation {ast.unparse(node)} is none of str, int, float, bool, list[…], Literal[…], "
        "nor one of these | None"
    )


def _annotation_name(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return _annotation_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _optional_kind(node: ast.BinOp) -> Kind:
    sides = [node.left, node.right]
    kept = [side for side in sides if not (isinstance(side, ast.Constant) and side.value is None)]
    if len(kept) != 1:
        raise WrongValue(f"the annotation {ast.unparse(node)} mixes types; only X | None is allowed")
    return _with_null(kind_from_annotation(kept[0]))


def _with_null(kind: Kind) -> Kind:
    return Kind(kind.base, kind.item, True, kind.allowed, kind.minimum, kind.maximum)


def _literal_kind(node: ast.expr) -> Kind:
    values = ast.literal_eval(node)
    values = values if isinstance(values, tuple) else (values,)
    bases = {type(value).__name__ for value in values}
    if len(bases) != 1 or not bases <= set(_BASES):
        raise WrongValue(f"Literal[{ast.unparse(node)}] mixes types")
    return Kind(_BASES[bases.pop()], allowed=values)


def kind_from_value(value: object) -> Kind:
    """Return the kind of a default that carries no annotation.

    Raises:
        WrongValue: the value does not show its kind (None, an empty or mixed list, a dict).
    """
    if isinstance(value, list) and value:
        items = {kind_from_value(item) for item in value}
        if len(items) == 1:
            return Kind("list", item=items.pop())
    name = type(value).__name__
    if name in _BASES and name != "list":
        return Kind(_BASES[name])
    raise WrongValue(f"the default {value!r} needs an annotation that says its type")


def check_value(kind: Kind, value: object) -> Value:
    """Return `value` as `kind` holds it: texts in NFC, whole numbers as float where a float is declared.

    Raises:
        WrongValue: another type, a value that is not allowed, out of range, or not finite.
    """
    if value is None and kind.optional:
        return None
    checked = _check_list(kind, value) if kind.base == "list" else _check_scalar(kind, value)
    if kind.allowed and checked not in kind.allowed:
        raise WrongValue(f"expected {kind.expected()}")
    if isinstance(checked, (int, float)) and not isinstance(checked, bool):
        _check_range(kind, checked)
    return checked


def _check_list(kind: Kind, value: object) -> list[object]:
    if not isinstance(value, (list, tuple)) or kind.item is None:
        raise WrongValue(f"expected {kind.expected()}")
    return [check_value(kind.item, item) for item in value]


def _check_scalar(kind: Kind, value: object) -> Value:
    if isinstance(value, str) and kind.base == "str":
        return unicodedata.normalize("NFC", value)
    if isinstance(value, bool) and kind.base == "bool":
        return value
    if isinstance(value, int) and not isinstance(value, bool) and kind.base in ("int", "float"):
        return value if kind.base == "int" else float(value)
    if isinstance(value, float) and kind.base == "float":
        if not math.isfinite(value):
            raise WrongValue("expected a finite number")
        return value
    raise WrongValue(f"expected {kind.expected()}" + _hint(kind, value))


def _check_range(kind: Kind, value: float) -> None:
    below = kind.minimum is not None and value < kind.minimum
    above = kind.maximum is not None and value > kind.maximum
    if below or above:
        raise WrongValue(f"expected {kind.expected()}")


def convert_text(kind: Kind, text: str) -> Value:
    """Return the value a command-line text stands for; the only spellings are JSON's, texts need no quotes.

    Raises:
        WrongValue: the text is not exactly a value of this kind ("0,6" and "no" are not guessed at).
    """
    if kind.optional and text == "null":
        return None
    if kind.base == "list":
        return check_value(kind, _read_json_list(kind, text))
    if kind.base == "str":
        return check_value(kind, text)
    if kind.base == "bool" and text.lower() in ("true", "false"):
        return check_value(kind, text.lower() == "true")
    if kind.base == "int" and _INTEGER.fullmatch(text):
        return check_value(kind, int(text))
    if kind.base == "float" and _NUMBER.fullmatch(text):
        return check_value(kind, float(text))
    raise WrongValue(f"expected {kind.expected()}" + _hint(kind, text))


def _read_json_list(kind: Kind, text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        raise WrongValue(
            f"expected {kind.expected()}, written as JSON: '[\"a\", \"b\"]' or '[1, 2]'"
        ) from None


def _hint(kind: Kind, value: object) -> str:
    if kind.base in ("int", "float") and isinstance(value, str) and _WITH_COMMA.fullmatch(value):
        return f": write {value.replace(',', '.')}" if kind.base == "float" else ""
    if kind.base == "bool" and str(value).lower() in ("yes", "no", "on", "off", "có", "không", "0", "1"):
        return ": write true or false"
    if kind.base == "str" and not isinstance(value, str):
        return f": put it in quotes if you mean the text {json.dumps(str(value))}"
    return ""

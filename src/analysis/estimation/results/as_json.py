"""Results as JSON text and back, unchanged, by the types of their fields."""

from __future__ import annotations

import dataclasses
import json
import math
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(result: Any) -> str:
    """Write a result as JSON text; a value that is not finite is refused."""
    return json.dumps(_plain(result), ensure_ascii=False, allow_nan=False)


def from_json(kind: type[T], text: str) -> T:
    """Read back what `to_json` wrote for a result of this kind."""
    value: T = _typed(kind, json.loads(text))
    return value


@cache
def _hints_of(kind: type) -> dict[str, Any]:
    """Return the types of a result's fields; an answer holds hundreds of terms of one kind."""
    return get_type_hints(kind)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "item") and not isinstance(value, str | bytes):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"a result holds {value}, which is not a number")
    return value


def _typed(kind: Any, value: Any) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        if value is None:
            return None
        return _typed(next(k for k in inner if k is not NoneType), value)
    if origin is tuple:
        return tuple(_typed(inner[0], v) for v in value)
    if origin is dict:
        return {k: _typed(inner[1], v) for k, v in value.items()}
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = _hints_of(kind)
        return kind(**{f.name: _typed(hints[f.name], value[f.name]) for f in dataclasses.fields(kind)})
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value

"""YAML without surprises: only true, false, null and decimal numbers are not texts; no key stands twice."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from analysis.errors import RequestError


class BadYaml(RequestError):
    """A YAML file that cannot be read as a table of parameters."""


class _PlainLoader(yaml.SafeLoader):  # type: ignore[misc]
    """The safe loader with the scalars of YAML 1.2's JSON schema."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 - PyYAML's own attribute

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice; PyYAML would keep the last."""
        keys = [key.value for key, _ in node.value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.MarkedYAMLError(
                problem=f"the key {twice[0]!r} stands twice", problem_mark=node.start_mark
            )
        return dict(super().construct_mapping(node, deep=deep))


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", "n~\0"),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first)
    )
_PlainLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))
_PlainLoader.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: float(loader.construct_scalar(node))
)


def read_plain_yaml(text: str, path: Path) -> dict[str, Any]:
    """Return the table a YAML text holds; `path` is for messages.

    Raises:
        BadYaml: not YAML, a key twice, not a table.
    """
    try:
        content = yaml.load(text, _PlainLoader)
    except yaml.YAMLError as error:
        raise BadYaml(f"{path}: {error}.") from None
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise BadYaml(f"{path} must hold a table of parameters: `name: value`, one a line.")
    return content

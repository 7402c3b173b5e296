"""The sentences of briefs, one file a language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from analysis.errors import RequestError

LANGUAGES = ("vi", "en")


@cache
def load_texts(name: str, language: str) -> dict[str, Any]:
    """Return the sentences of `name` (for example `brief`) in a language, by section and key.

    Raises:
        RequestError: there is no such language.
    """
    if language not in LANGUAGES:
        raise RequestError(f"there are no briefs in “{language}”. Languages: {', '.join(LANGUAGES)}.")
    return tomllib.loads(resources.files(__name__).joinpath(f"{name}.{language}.toml").read_text("utf-8"))

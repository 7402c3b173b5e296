"""Small notebooks of this room's own, written where a test wants them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

WriteNotebook = Callable[..., Path]


@pytest.fixture
def write_notebook(tmp_path: Path) -> WriteNotebook:
    """Write a notebook: its parameters cell (or none), its code cells, what its metadata states.

    Its cells have no ids, as those of many tools, of which nobody shall be warned.
    """

    def write(
        name: str,
        *cells: str,
        parameters: str | None = None,
        limits: dict[str, object] | None = None,
        inputs: Sequence[str] | None = (),
        folder: str = "notebooks",
    ) -> Path:
        sources = [(parameters, ["parameters"])] if parameters is not None else []
        sources += [(cell, []) for cell in cells]
        own = {"inputs": list(inputs)} if inputs is not None else {}
        own |= {"parameters": limits} if limits else {}
        content = {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "metadata": {"tags": tags} if tags else {},
                    "outputs": [],
                    "source": source,
                }
                for source, tags in sources
            ],
            "metadata": {"dvctt": own} if own else {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        path = tmp_path / folder / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return write

"""An executed notebook as bytes that depend on what was computed only, not on when, where or by which process."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# The address of an object and the number of a kernel process appear in texts and mean nothing afterwards.
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")
_PROCESS = re.compile(r"[^\s\"'<>]*[/\\]ipykernel_[0-9]+([/\\])")
_TEXT_TYPES = ("text/plain", "text/html", "text/markdown", "text/latex")


def to_bytes(notebook: Mapping[str, Any], parameters: Mapping[str, object]) -> bytes:
    """Return `notebook` (papermill's or nbformat's) as stable JSON, without papermill's times and paths."""
    content = json.loads(json.dumps(notebook))
    content["metadata"]["papermill"] = {"parameters": dict(parameters)}
    content["metadata"].pop("widgets", None)
    for number, cell in enumerate(content["cells"]):
        cell["id"] = f"cell-{number}"
        for passing in ("papermill", "execution"):
            cell["metadata"].pop(passing, None)
        for output in cell.get("outputs", []):
            _settle_output(output)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def _settle_output(output: dict[str, Any]) -> None:
    if "text" in output:
        output["text"] = settle_text(output["text"])
    if "traceback" in output:
        output["traceback"] = [settle_text(line) for line in output["traceback"]]
    data = output.get("data", {})
    for kind in _TEXT_TYPES:
        if kind in data:
            data[kind] = settle_text(data[kind])


def settle_text(text: str) -> str:
    """Return `text` without addresses of objects and without the number of the kernel's process."""
    return _PROCESS.sub(r"ipykernel\1", _ADDRESS.sub("at 0x…", text))

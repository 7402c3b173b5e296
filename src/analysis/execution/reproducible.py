"""An executed notebook as bytes that depend on what was computed only, not on when, where or by which process."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import groupby
from typing import Any

# The address of an object and the number of a kernel process appear in texts and mean nothing afterwards.
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]{6,16}\b")
_PROCESS = re.compile(r"(?:[^\s\"'<>]{0,200}[/\\])?ipykernel_[0-9]+([/\\])")
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
        if "outputs" in cell:
            cell["outputs"] = _merge_streams(cell["outputs"])
        for output in cell.get("outputs", []):
            _settle_output(output)
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def _merge_streams(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the outputs with neighbouring pieces of a stream as one text, standard output before errors.

    In how many messages a kernel sends a text, and which of two streams comes first, is chance; that both come
    before a figure shown after them is not. A line drawn anew after a carriage return keeps its last state.
    """
    merged: list[dict[str, Any]] = []
    for streams, group in groupby(outputs, key=lambda output: output["output_type"] == "stream"):
        pieces = list(group)
        if not streams:
            merged += pieces
            continue
        for name in ("stdout", "stderr"):
            text = "".join(piece["text"] for piece in pieces if piece["name"] == name)
            merged += [{"name": name, "output_type": "stream", "text": _last_states(text)}] if text else []
    return merged


def _last_states(text: str) -> str:
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


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
    # A figure is a text of megabytes; only one in a thousand texts names a process.
    if "ipykernel_" in text:
        text = _PROCESS.sub(r"ipykernel\1", text)
    return _ADDRESS.sub("at 0x…", text)

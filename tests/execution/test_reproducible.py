"""Bytes of an executed notebook depend on what was computed, not on when, where or by which process."""

from __future__ import annotations

import json
import time

from analysis.execution.reproducible import settle_text, to_bytes


def test_addresses_and_process_numbers_are_taken_out():
    assert settle_text("<Axes at 0x7f3e47d5ccc0> and 0x1f") == "<Axes at 0x…> and 0x1f"
    warning = '/tmp/ipykernel_4711/1234567.py:3: UserWarning: "x" at "C:\\Temp\\ipykernel_12\\9.py"'
    assert settle_text(warning) == 'ipykernel/1234567.py:3: UserWarning: "x" at "ipykernel\\9.py"'
    assert settle_text("data/ipykernel_notes.txt at 10") == "data/ipykernel_notes.txt at 10"


def test_a_long_text_takes_no_time():
    started = time.process_time()
    settle_text("x" * 5_000_000)
    settle_text("/" * 200_000 + "ipykernel_1/")
    assert time.process_time() - started < 2


def notebook(**passing):
    output = {
        "output_type": "execute_result",
        "data": {"text/plain": "<object at 0x7f3e47d5ccc0>"},
        "metadata": {},
    }
    cell = {
        "cell_type": "code",
        "id": passing.get("id", "a"),
        "metadata": {"tags": ["t"], "papermill": passing, "execution": passing},
        "outputs": [output],
        "source": "1",
        "execution_count": 1,
    }
    metadata = {"kernelspec": {"name": "python3"}, "papermill": passing, "widgets": passing}
    return {"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def test_times_and_identifiers_do_not_reach_the_file():
    first, second = (to_bytes(notebook(id=mark, start_time=mark), {"x": 1}) for mark in "ab")
    assert first == second
    content = json.loads(first)
    assert content["metadata"] == {"kernelspec": {"name": "python3"}, "papermill": {"parameters": {"x": 1}}}
    assert content["cells"][0]["metadata"] == {"tags": ["t"]}
    assert content["cells"][0]["id"] == "cell-0"
    assert content["cells"][0]["outputs"][0]["data"] == {"text/plain": "<object at 0x…>"}


def test_streams_are_one_text_between_figures_whatever_pieces_they_came_in():
    def stream(name, text):
        return {"output_type": "stream", "name": name, "text": text}

    figure = {"output_type": "display_data", "data": {"text/plain": "figure"}, "metadata": {}}
    pieces = [
        stream("stderr", "w"),
        stream("stdout", "a"),
        stream("stdout", "b\n"),
        figure,
        stream("stdout", "c"),
    ]
    content = notebook()
    content["cells"][0]["outputs"] = pieces
    outputs = json.loads(to_bytes(content, {}))["cells"][0]["outputs"]
    assert [output.get("text", "figure") for output in outputs] == ["ab\n", "w", "figure", "c"]


def test_a_line_drawn_anew_keeps_its_last_state():
    content = notebook()
    content["cells"][0]["outputs"] = [
        {"output_type": "stream", "name": "stderr", "text": "0%\r50%\r100%\nend\r\n"}
    ]
    outputs = json.loads(to_bytes(content, {}))["cells"][0]["outputs"]
    assert outputs[0]["text"] == "100%\nend\n"

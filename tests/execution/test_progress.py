"""What a run shows: one live line on a terminal, JSON lines for machines."""

from __future__ import annotations

import io
import json
from pathlib import Path

from analysis.execution.progress import View, describe_outcomes, describe_plan
from analysis.execution.staleness import Verdict
from analysis.execution.tasks import Failure, Outcome, Task

TASKS = [Task(Path("n.ipynb"), {"x": i}, Path(f"/out/yen-bai/{i}.ipynb")) for i in range(5)]
VERDICTS = [Verdict(task, None, {}, ("input a changed",) if i else ()) for i, task in enumerate(TASKS)]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_has_a_bar_that_is_taken_away_and_failures_that_stay(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    terminal = Terminal()
    view = View(terminal)
    with view.watching(VERDICTS):
        view.started(TASKS[1])
        view.started(TASKS[2])
        view.ended(Outcome(TASKS[1], "done", 1.0))
        view.started(TASKS[3])
        view.ended(Outcome(TASKS[2], "failed", 1.0, failure=Failure("E", "n.ipynb, code cell 1: E")))
    drawn = terminal.getvalue()
    assert drawn.startswith("notebooks: 4 to run, 1 up to date\n")
    assert "2/4 done · about " in drawn and "left, 1 running · 1 failed" in drawn
    assert "[2/4] yen-bai/2: FAILED (1.0 s)\nn.ipynb, code cell 1: E\n" in drawn
    assert "yen-bai/1: done" not in drawn
    assert drawn.rpartition("\r")[0].endswith(" "), "the bar is taken away"


def test_the_json_log_can_be_read_by_a_program():
    stream = io.StringIO()
    view = View(stream, as_json=True)
    with view.watching(VERDICTS[:2]):
        view.started(TASKS[1])
        view.waiting(TASKS[1])
        view.ended(Outcome(TASKS[1], "failed", 1.25, failure=Failure("KeyError", "text", 3)))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["plan", "plan", "start", "wait", "failed", "end"]
    assert lines[1]["why"] == ["input a changed"]
    assert lines[4]["failure"] == {"kind": "KeyError", "cell": 3, "text": "text"}
    assert lines[4]["seconds"] == 1.25
    assert lines[4]["parameters"] == {"x": 1}


def test_the_plan_and_the_sum_in_words():
    assert describe_plan(VERDICTS[:2]) == "/out/yen-bai/1.ipynb: input a changed\n1 to run, 1 up to date"
    many = Verdict(TASKS[1], None, {}, tuple("abcdef"))
    assert describe_plan([many]).startswith("/out/yen-bai/1.ipynb: a; b; c; and 3 more\n")
    outcomes = [Outcome(TASKS[0], "done"), Outcome(TASKS[1], "fresh"), Outcome(TASKS[2], "failed")]
    assert describe_outcomes(outcomes) == "1 made, 1 up to date, 1 failed: /out/yen-bai"

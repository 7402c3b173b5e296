"""What a run says to the person who asked for it: the plan before, the sum of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from analysis.execution.inputs import ABSENT, hash_inputs
from analysis.execution.staleness import Verdict
from analysis.execution.tasks import Outcome

_SHOWN_REASONS = 3


def describe_plan(verdicts: Sequence[Verdict]) -> str:
    """Say one line for each result that would be made, with its reasons, and count the others."""
    lines = [f"{_near(verdict.task.output)}: {_reasons(verdict.why)}" for verdict in verdicts if verdict.why]
    fresh = len(verdicts) - len(lines)
    return "\n".join([*lines, f"{len(lines)} to run, {fresh} up to date"])


def describe_absent(inputs: Sequence[str]) -> list[str]:
    """Say of each stated input that nothing is there: a slip of the pen, or something that is still to come."""
    found = {one: hash_inputs([one], Path.cwd(), lambda _path: "there") for one in inputs}
    lines = "--input {}: nothing is there now; once something is, the result is made anew."
    return [lines.format(one) for one, states in found.items() if set(states.values()) == {ABSENT}]


def describe_outcomes(outcomes: Sequence[Outcome]) -> str:
    """Say how many results were made, how many were up to date, how many failed, and where they lie."""
    counts = Counter(outcome.status for outcome in outcomes)
    made = [f"{counts['done']} made", f"{counts['fresh']} up to date"]
    made += [f"{counts['failed']} failed"] if counts["failed"] else []
    folders = sorted({str(_near(outcome.task.output.parent)) for outcome in outcomes})
    return f"{', '.join(made)}: {', '.join(folders[:3])}" + (" …" if len(folders) > 3 else "")


def _reasons(why: Sequence[str]) -> str:
    more = len(why) - _SHOWN_REASONS
    return "; ".join(why[:_SHOWN_REASONS]) + (f"; and {more} more" if more > 0 else "")


def _near(path: Path) -> Path:
    """Return the path as seen from the current folder where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path

"""Answers that are handed on: what one notebook computed of a study the others take, while nothing under it moved.

An answer follows from the panel's rows, the study, the code that estimates and the versions of the libraries.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.estimation.results import from_json, to_json
from analysis.panels.handing_on import PACKAGE, take, versions

if TYPE_CHECKING:
    from analysis.answers.study_answer import StudyAnswer
    from analysis.panels.study_panel import StudyPanel

_CODE = (
    "answers/study_answer.py",
    "answers/regions.py",
    "panels/study_panel.py",
    "panels/panel_rows.py",
    "panels/starts.py",
    "study.py",
    "periods.py",
)
_PLACES = ("source_id", "raw_location")  # columns of the rows that no estimate depends on


class NotAnswered(AnalysisError):
    """The study's method cannot be used on this panel; the message is the method's own."""


def take_answer(
    panel: StudyPanel,
    placebo: StudyPanel | None = None,
    *,
    draws: int = 0,
    seed: int = -1,
    root: Path | None = None,
) -> StudyAnswer:
    """Return the answer to a study: the one that another notebook left, else computed now and left for the next.

    Arguments are those of `answer_study`.

    Raises:
        NotAnswered: the method that answers cannot be used on this panel; the message says why.
    """
    key = answer_key(panel, placebo, draws, seed)
    return take(key, lambda: _compute(panel, placebo, draws, seed), _answer_of, root)


def answer_key(panel: StudyPanel, placebo: StudyPanel | None, draws: int, seed: int) -> str:
    """Return the sha256 of all that an answer follows from."""
    digest = hashlib.sha256(json.dumps([draws, seed, versions(), _digest_of_code()]).encode())
    for one in filter(None, (panel, placebo)):
        study = json.dumps([asdict(one.study), one.frequency, one.unit, one.doubtful], sort_keys=True)
        rows = one.rows.drop(columns=[name for name in _PLACES if name in one.rows])
        digest.update(study.encode() + rows.to_csv(index=False).encode())
    return digest.hexdigest()


def _compute(panel: StudyPanel, placebo: StudyPanel | None, draws: int, seed: int) -> str:
    """Return the answer as JSON text, or why there is none, so that it is not tried again for each province."""
    from analysis.answers.study_answer import answer_study

    try:
        return to_json(answer_study(panel, placebo, draws=draws, seed=seed))
    except AnalysisError as error:
        return json.dumps({"refused": str(error)}, ensure_ascii=False)


def _answer_of(text: str) -> StudyAnswer:
    from analysis.answers.study_answer import StudyAnswer

    refused = json.loads(text).get("refused")
    if refused:
        raise NotAnswered(refused)
    return from_json(StudyAnswer, text)


@cache
def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for path in (*sorted((PACKAGE / "estimation").rglob("*.py")), *(PACKAGE / name for name in _CODE)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
